"""The way of one disclosure through the stages, as W3C trace context in the `traceparent` header."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from shared.bus.contract import Message, Received
from shared.topics import StageName

TRACEPARENT: Final = "traceparent"
_VALID: Final = re.compile(r"00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})")


def traceparent(stage: StageName, received: Received) -> str:
    """The span of `stage` on this message: in the message's trace, or in one made from its event's id.

    A message that is worked on again gives the same span again.
    """
    event = received.headers.get("ce_id") or f"{received.topic}/{received.partition}/{received.offset}"
    span = hashlib.sha256(f"{stage} {event}".encode()).hexdigest()[:16]
    found = _VALID.fullmatch(received.headers.get(TRACEPARENT, ""))
    trace, flags = found.groups() if found else (hashlib.sha256(event.encode()).hexdigest()[:32], "01")
    return f"00-{trace}-{span}-{flags}"


def carry(span: str, output: Sequence[Message]) -> list[Message]:
    """`output` with `span` as its parent."""
    parent: Mapping[str, str] = {TRACEPARENT: span}
    return [replace(message, headers={**message.headers, **parent}) for message in output]
