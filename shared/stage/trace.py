"""A disclosure revision's trace, from the ids of its events: the same wherever and however often it is made.

One trace a revision: the poll that found it, the collecting of its files, then a span a stage. Messages carry
their span in the `traceparent` header, whether or not anybody collects traces.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Final

from shared.bus.contract import Message, Received
from shared.topics import StageName
from shared.tracing.contract import Place

TRACEPARENT: Final = "traceparent"
_VALID: Final = re.compile(r"00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})")


def beginning(event_id: str) -> tuple[Place, Place]:
    """The first two spans of the trace of a fetched event: the poll, and below it the collecting."""
    trace = _digits(event_id, 32)
    poll = Place(trace, _digits(f"poll {event_id}", 16))
    return poll, Place(trace, _digits(f"collect {event_id}", 16), poll.span)


def place(stage: StageName, received: Received) -> Place:
    """The span of `stage` on this message: in the message's trace, or in one made from its event's id.

    A message that is worked on again gives the same span again; one that was sent again, which its headers
    `gongkai-…` say, gives another.
    """
    headers = received.headers
    event = headers.get("ce_id") or f"{received.topic}/{received.partition}/{received.offset}"
    telling = [text for name, text in sorted(headers.items()) if name.startswith(("gongkai-", TRACEPARENT))]
    span = _digits(" ".join([stage, event, *telling]), 16)
    found = _VALID.fullmatch(headers.get(TRACEPARENT, ""))
    if found is None:
        return Place(_digits(event, 32), span)
    trace, parent, flags = found.groups()
    return Place(trace, span, parent, flags)


def carry(span: Place, output: Sequence[Message], further: Mapping[str, str] | None = None) -> list[Message]:
    """`output` with `span` as its parent, and `further` headers."""
    added = {TRACEPARENT: span.traceparent, **(further or {})}
    return [Message(each.topic, each.key, each.value, {**each.headers, **added}) for each in output]


def _digits(text: str, count: int) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:count]
