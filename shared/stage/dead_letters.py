"""Dead letters: made by the runner, found again by people."""

import base64
import hashlib
import re
import traceback
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import structlog
from pydantic import ValidationError

from shared.bus.contract import Bus, Message, Received
from shared.bus.scan import scan
from shared.bus.sizes import brief, check_sizes
from shared.clock import Clock
from shared.errors import PermanentError, TooLarge, Undecodable
from shared.schemas.events import DeadLetter, Event
from shared.stage.codec import SOURCE, decode, encode
from shared.topics import DEAD_LETTERS, StageName
from shared.version import VERSION

REDRIVES: Final = "gongkai-redrives"
LONGEST_VALUE: Final = 512 * 1024
"""Bytes of a value that its dead letter carries along, where the letter then still goes on a bus."""
_MOST_HEADERS: Final = 50
"""Headers a letter names; with each of them brief it goes on a bus even where JSON escapes every character."""
_COUNT: Final = re.compile(r"[0-9]{1,6}")
_LONGEST_MESSAGE: Final = 2_000
_LONGEST_STACK: Final = 20_000
log = structlog.get_logger()


@dataclass(frozen=True)
class Choice:
    """Which dead letters: all, or those that agree with everything given; `since` inclusive, `until` not."""

    cause: str | None = None
    portal: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    partition: int | None = None
    offset: int | None = None

    def takes(self, found: "Found") -> bool:
        """Whether `found` is one of them."""
        return (
            self.cause in {None, found.letter.cause}
            and self.partition in {None, found.partition}
            and self.offset in {None, found.offset}
            and (self.since is None or self.since <= found.letter.failed_at)
            and (self.until is None or found.letter.failed_at < self.until)
            and (self.portal is None or self.portal == found.portal)
        )


@dataclass(frozen=True)
class Found:
    """A dead letter where it lies in its topic."""

    partition: int
    offset: int
    letter: DeadLetter

    @property
    def place(self) -> str:
        """Its name: stage, partition and offset."""
        return f"{self.letter.stage}/{self.partition}/{self.offset}"

    @property
    def portal(self) -> str | None:
        """The portal its event came from; None where the letter cannot tell."""
        event = event_of(self.letter)
        return event.origin.portal if event else None


@dataclass
class Group:
    """The dead letters of one stage and cause: how many, and when the first and the last failed."""

    stage: StageName
    cause: str
    count: int
    oldest: datetime
    newest: datetime


def dead_letter(stage: StageName, received: Received, error: PermanentError, clock: Clock) -> Message:
    """The message that tells why `stage` could not take `received`, with all that is needed to send it again.

    It never exceeds what a bus takes: a key or headers longer than any of ours are brief in it, and then, or where
    the value is too long, the original is left to be found at its place.
    """
    headers = [(brief(name), brief(value)) for name, value in list(received.headers.items())[:_MOST_HEADERS]]
    letter = DeadLetter(
        stage=stage,
        cause=error.cause,
        message=str(error)[:_LONGEST_MESSAGE],
        stack="".join(traceback.format_exception(error))[-_LONGEST_STACK:],
        attempt=_redrives(received.headers.get(REDRIVES)) + 1,
        failed_at=clock.now(),
        version=VERSION,
        topic=received.topic,
        partition=received.partition,
        offset=received.offset,
        key=brief(received.key),
        value=None,
        headers=dict(headers),
    )
    whole = letter.key == received.key and letter.headers == dict(received.headers)
    if whole and received.value is not None and len(received.value) <= LONGEST_VALUE:
        value = base64.b64encode(received.value).decode()
        with suppress(TooLarge):
            return _message(letter.model_copy(update={"value": value}), stage)
    return _message(letter, stage)


def _message(letter: DeadLetter, stage: StageName) -> Message:
    """Raises TooLarge where it goes on no bus."""
    target = DEAD_LETTERS[stage]
    place = f"{letter.topic}/{letter.partition}/{letter.offset}"
    headers = {
        "ce_specversion": "1.0",
        "ce_id": "l" + hashlib.sha256(f"{stage} {place}".encode()).hexdigest()[:24],
        "ce_type": target.name,
        "ce_source": SOURCE + stage,
        "ce_time": letter.failed_at.isoformat(),
        "ce_subject": letter.key,
        "content-type": "application/json",
    }
    message = encode(target, letter.key, letter, headers)
    check_sizes([message])
    return message


async def find(bus: Bus, stage: StageName, choice: Choice) -> AsyncIterator[Found]:
    """The stage's dead letters that `choice` takes, by offset; warns of a message that is none."""
    async for received in scan(bus, DEAD_LETTERS[stage], choice.offset or 0):
        if choice.offset is not None and received.offset > choice.offset:
            return
        try:
            found = Found(received.partition, received.offset, decode(DeadLetter, received))
        except Undecodable as error:
            log.warning("left out", reason=str(error), partition=received.partition)
            continue
        if choice.takes(found):
            yield found


async def groups(bus: Bus, stage: StageName, choice: Choice) -> list[Group]:
    """The stage's dead letters that `choice` takes, by cause, the most frequent first."""
    by_cause: dict[str, Group] = {}
    async for found in find(bus, stage, choice):
        cause, at = found.letter.cause, found.letter.failed_at
        group = by_cause.setdefault(cause, Group(stage, cause, 0, at, at))
        group.count += 1
        group.oldest, group.newest = min(group.oldest, at), max(group.newest, at)
    return sorted(by_cause.values(), key=lambda group: -group.count)


def event_of(letter: DeadLetter) -> Event | None:
    """What the message in `letter` tells as an event; None when it is none, or the letter does not carry it."""
    try:
        return Event.model_validate_json(base64.b64decode(letter.value or ""))
    except ValidationError:
        return None


def _redrives(header: str | None) -> int:
    return int(header) if header and _COUNT.fullmatch(header) else 0
