"""Chooses the events a stage is to read again: of each revision the last, a disclosure's in order of revisions."""

from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal, cast

from shared.bus.contract import Bus, Received
from shared.bus.scan import scan
from shared.errors import Undecodable
from shared.schemas.events import Event, rank
from shared.stage.codec import decode
from shared.topics import FETCHED, NORMALIZED, PARSED, Topic

StageName = Literal["parser", "normalizer"]
INPUT: Final[dict[StageName, Topic]] = {"parser": FETCHED, "normalizer": PARSED}
"""Stage → the topic it reads, which is kept for ever."""
OUTPUT: Final[dict[StageName, Topic]] = {"parser": PARSED, "normalizer": NORMALIZED}
RevisionName = tuple[str, int]
"""Revision id and number: a disclosure that is put back to what it was has one id under two numbers."""


@dataclass(frozen=True)
class Choice:
    """Which revisions: all, or those that agree with everything given.

    `since` (inclusive) and `until` bound when it was fetched; `older_than` is a version, and takes what no gongkai
    of that version or a newer one has read.
    """

    portal: str | None = None
    disclosure: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    older_than: str | None = None

    def takes(self, event: Event) -> bool:
        """Whether `event` is one of them, apart from who read it."""
        return (
            self.portal in {None, event.origin.portal}
            and self.disclosure in {None, event.disclosure_id}
            and (self.since is None or self.since <= event.fetched_at)
            and (self.until is None or event.fetched_at < self.until)
        )


@dataclass
class Chosen:
    """The chosen events by where they lie; what else the topic holds is counted."""

    topic: Topic
    places: set[tuple[int, int]] = field(default_factory=set)
    revisions: Counter[str] = field(default_factory=Counter)
    """Disclosure → how many of its revisions are chosen."""
    others: int = 0
    unreadable: int = 0
    """Messages that are no event of the topic: dead letters already."""


async def choose(bus: Bus, stage: StageName, choice: Choice) -> Chosen:
    """The last event of each revision on what `stage` reads, where `choice` takes it; changes nothing."""
    chosen = Chosen(INPUT[stage])
    read = await _read_since(bus, OUTPUT[stage], choice.older_than) if choice.older_than else set()
    last: dict[RevisionName, tuple[str, tuple[int, int] | None]] = {}
    async for received in scan(bus, chosen.topic):
        try:
            event = _event(chosen.topic, received)
        except Undecodable:
            chosen.unreadable += 1
            continue
        name = (event.revision_id, event.revision)
        taken = choice.takes(event) and name not in read
        last[name] = (event.disclosure_id, (received.partition, received.offset) if taken else None)
    for disclosure, place in last.values():
        if place is None:
            chosen.others += 1
        else:
            chosen.places.add(place)
            chosen.revisions[disclosure] += 1
    return chosen


async def events(bus: Bus, chosen: Chosen) -> AsyncIterator[Received]:
    """The chosen messages; those of one disclosure by revision."""
    held: dict[str, list[tuple[int, Received]]] = {}
    async for received in scan(bus, chosen.topic):
        if (received.partition, received.offset) not in chosen.places:
            continue
        event = _event(chosen.topic, received)
        waiting = held.setdefault(event.disclosure_id, [])
        waiting.append((event.revision, received))
        if len(waiting) == chosen.revisions[event.disclosure_id]:
            for _, each in sorted(held.pop(event.disclosure_id), key=lambda one: one[0]):
                yield each


async def _read_since(bus: Bus, output: Topic, version: str) -> set[RevisionName]:
    """The revisions that gongkai `version` or a newer one has read."""
    found = set()
    async for received in scan(bus, output):
        try:
            event = _event(output, received)
        except Undecodable:
            continue
        if rank(event.revision, event.fetched_at, event.version) >= rank(
            event.revision, event.fetched_at, version
        ):
            found.add((event.revision_id, event.revision))
    return found


def _event(topic: Topic, received: Received) -> Event:
    return cast("Event", decode(topic.model, received))
