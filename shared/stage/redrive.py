"""Sends the original messages of dead letters again: each letter once, and what keeps failing no more."""

import base64
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Final

from pydantic import ValidationError

from shared.bus.contract import Bus, Message, Received
from shared.bus.scan import scan
from shared.errors import Undecodable
from shared.schemas.events import DeadLetter, NormalizedEvent
from shared.stage.codec import decode
from shared.stage.dead_letters import REDRIVES, Choice, Found, find
from shared.topics import NORMALIZED, StageName, topic

REDRIVE_OF: Final = "gongkai-redrive-of"
CAP: Final = 3
"""How often a message is sent again unless the operator says otherwise."""


@dataclass
class Tally:
    """What redriving came, or would come, to: letters sent, and those left for what reason."""

    sent: int = 0
    sent_before: int = 0
    over_cap: int = 0
    gone: int = 0


async def due(bus: Bus, stage: StageName, choice: Choice, cap: int, tally: Tally) -> AsyncIterator[Message]:
    """The messages that redriving the chosen letters publishes, counted in `tally` one by one.

    Left are letters sent again before, those of a message sent again `cap` times, those whose original is gone,
    and letters that are written meanwhile. Publishes nothing itself.
    """
    ends, starts = await _bounds(bus, stage, choice)
    sent = await _sent(bus, starts)
    async for found in find(bus, stage, choice):
        if found.offset > ends.get(found.partition, -1):
            continue
        if found.place in sent:
            tally.sent_before += 1
        elif found.letter.attempt > cap:
            tally.over_cap += 1
        elif (original := await _original(bus, found)) is None:
            tally.gone += 1
        else:
            tally.sent += 1
            yield original


async def _bounds(bus: Bus, stage: StageName, choice: Choice) -> tuple[dict[int, int], dict[str, int]]:
    """Partition → offset of its last chosen letter, and topic → least offset of the letters' originals."""
    ends: dict[int, int] = {}
    starts: dict[str, int] = {}
    async for found in find(bus, stage, choice):
        ends[found.partition] = found.offset
        name, offset = found.letter.topic, found.letter.offset
        starts[name] = min(offset, starts.get(name, offset))
    return ends, starts


async def _sent(bus: Bus, starts: dict[str, int]) -> set[str]:
    """The places of the letters that were sent again: their messages came after the originals."""
    places = set()
    for name, start in starts.items():
        async for received in scan(bus, topic(name), start):
            if REDRIVE_OF in received.headers:
                places.add(received.headers[REDRIVE_OF])
    return places


async def _original(bus: Bus, found: Found) -> Message | None:
    """What is sent again; None when the letter does not carry it and its topic no longer has it."""
    letter = found.letter
    if letter.value is None:
        original = await _at(bus, letter)
        if original is None:
            return None
        value = original.value
    else:
        value = base64.b64decode(letter.value)
    if letter.topic == NORMALIZED.name and value is not None:
        value = await _with_what_stands(bus, letter, value)
    headers = {**letter.headers, REDRIVES: str(letter.attempt), REDRIVE_OF: found.place}
    return Message(letter.topic, letter.key, value, headers)


async def _at(bus: Bus, letter: DeadLetter) -> Received | None:
    """The original where it was read, if its topic still has it."""
    async for received in scan(bus, topic(letter.topic), letter.offset):
        if received.offset > letter.offset:
            return None
        if received.partition == letter.partition:
            return received
    return None


async def _with_what_stands(bus: Bus, letter: DeadLetter, value: bytes) -> bytes:
    """The normalized event of `letter`, which as the last of its disclosure must say what stands by now."""
    last = await bus.latest(NORMALIZED, letter.key)
    if last is None:
        return value
    try:
        event = NormalizedEvent.model_validate_json(value)
        newest = decode(NormalizedEvent, last)
    except (ValidationError, Undecodable):
        return value
    stands = newest.standing or newest.reading
    standing = None if stands == event.reading else stands
    return event.model_copy(update={"standing": standing}).model_dump_json().encode()
