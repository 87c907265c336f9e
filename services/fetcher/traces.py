"""How a disclosure's trace begins: with the poll that found it, and below it the collecting of its files."""

from collections.abc import Iterator
from datetime import datetime

from shared.bus.contract import Message
from shared.schemas.events import FetchedEvent
from shared.stage.trace import beginning, carry
from shared.tracing.contract import Span


def traced(message: Message, event: FetchedEvent) -> Message:
    """The message of `event`, going on from the collecting."""
    _, collect = beginning(event.id)
    (carrying,) = carry(collect, [message])
    return carrying


def spans(event: FetchedEvent, poll_began: datetime, ended: datetime) -> Iterator[Span]:
    """The poll as far as it was for `event`, and the collecting, which began when the event says."""
    poll, collect = beginning(event.id)
    about = {
        "gongkai.stage": "fetcher",
        "gongkai.portal": event.origin.portal or "",
        "gongkai.disclosure_id": event.disclosure_id,
    }
    yield Span("poll", poll, poll_began, ended, about)
    yield Span("collect", collect, event.fetched_at, ended, {**about, "gongkai.files": len(event.files)})
