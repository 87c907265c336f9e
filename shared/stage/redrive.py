"""Has the messages of dead letters worked on again: each letter once, and what keeps failing no more."""

import base64
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Final

import structlog

from shared.bus.contract import Bus, Message, Received
from shared.bus.scan import scan
from shared.errors import Undecodable
from shared.schemas.events import DeadLetter, Event, ParsedEvent
from shared.stage.codec import decode
from shared.stage.dead_letters import REDRIVES, Choice, event_of, find
from shared.topics import NORMALIZED, PARSED, StageName, topic

REDRIVE_OF: Final = "gongkai-redrive-of"
CAP: Final = 3
"""How often a message is sent again unless the operator says otherwise."""
_RevisionName = tuple[str, int]
"""Revision id and number."""
log = structlog.get_logger()


@dataclass
class Tally:
    """What redriving came, or would come, to: letters sent, and those left for what reason."""

    sent: int = 0
    sent_before: int = 0
    over_cap: int = 0
    gone: int = 0
    no_event: int = 0


@dataclass
class _Chosen:
    """Of the chosen letters: the offset of the last in each partition, and what to look for where."""

    ends: dict[int, int] = field(default_factory=dict)
    starts: dict[str, int] = field(default_factory=dict)
    """Topic → the offset from which on it may tell what was sent again."""
    revisions: set[_RevisionName] = field(default_factory=set)
    """Those of the store's letters."""


@dataclass
class _Past:
    """The places of letters sent again before; of each chosen revision the last parsed event."""

    places: set[str] = field(default_factory=set)
    parsed: dict[_RevisionName, Received] = field(default_factory=dict)
    times: Counter[_RevisionName | None] = field(default_factory=Counter)
    """How often a revision was sent again for the store."""


async def due(bus: Bus, stage: StageName, choice: Choice, cap: int, tally: Tally) -> AsyncIterator[Message]:
    """The messages that redriving the chosen letters publishes, counted in `tally` one by one.

    They are the originals; for a letter of the store the parsed event of its revision, of which the normalizer
    makes the original anew. Left are letters sent again before, those of a message sent again `cap` times, those
    whose original is gone, those of the store that hold no event, and letters that are written meanwhile.
    Publishes nothing itself.
    """
    chosen = await _chosen(bus, stage, choice)
    past = await _past(bus, chosen)
    async for found in find(bus, stage, choice):
        if found.offset > chosen.ends.get(found.partition, -1):
            continue
        before = max(found.letter.attempt - 1, past.times[_revision(found.letter)])
        if found.place in past.places:
            tally.sent_before += 1
        elif before >= cap:
            tally.over_cap += 1
        elif _of_store(found.letter) and event_of(found.letter) is None:
            tally.no_event += 1
            log.warning("not sent again, it is no event", place=found.place, cause=found.letter.cause)
        elif (original := await _original(bus, found.letter, past)) is None:
            tally.gone += 1
        else:
            tally.sent += 1
            headers = {**original.headers, REDRIVES: str(before + 1), REDRIVE_OF: found.place}
            yield Message(original.topic, original.key, original.value, headers)


async def _chosen(bus: Bus, stage: StageName, choice: Choice) -> _Chosen:
    chosen = _Chosen()
    async for found in find(bus, stage, choice):
        letter = found.letter
        chosen.ends[found.partition] = found.offset
        revision = _revision(letter)
        if revision:
            chosen.revisions.add(revision)
        name, offset = (PARSED.name, 0) if _of_store(letter) else (letter.topic, letter.offset)
        chosen.starts[name] = min(offset, chosen.starts.get(name, offset))
    return chosen


async def _past(bus: Bus, chosen: _Chosen) -> _Past:
    """What the topics tell; a message sent again came after its original."""
    past = _Past()
    for name, start in chosen.starts.items():
        async for received in scan(bus, topic(name), start):
            place = received.headers.get(REDRIVE_OF, "")
            past.places |= {place} - {""}
            revision = _parsed(received) if chosen.revisions else None
            if revision in chosen.revisions:
                past.parsed[revision] = received
                past.times[revision] += place.startswith("store/")
    return past


async def _original(bus: Bus, letter: DeadLetter, past: _Past) -> Message | None:
    """What is sent again; None when the letter does not carry it and its topic no longer has it."""
    if _of_store(letter):
        # Only the normalizer may say on its topic what stands. Said by anybody else it could be what stood a
        # moment ago, and the next revision would leave records that are gone on their topics for ever.
        revision = _revision(letter)
        return past.parsed.get(revision) if revision else None
    if letter.value is not None:
        return Message(letter.topic, letter.key, base64.b64decode(letter.value), letter.headers)
    return await _at(bus, letter)


async def _at(bus: Bus, letter: DeadLetter) -> Received | None:
    """The original where it was read, if its topic still has it."""
    async for received in scan(bus, topic(letter.topic), letter.offset):
        if received.offset > letter.offset:
            return None
        if received.partition == letter.partition:
            return received
    return None


def _of_store(letter: DeadLetter) -> bool:
    return letter.topic == NORMALIZED.name


def _revision(letter: DeadLetter) -> _RevisionName | None:
    """The revision a letter of the store is about."""
    event = event_of(letter) if _of_store(letter) else None
    return _name(event) if event else None


def _parsed(received: Received) -> _RevisionName | None:
    try:
        return _name(decode(ParsedEvent, received))
    except Undecodable:
        return None


def _name(event: Event) -> _RevisionName:
    return event.revision_id, event.revision
