"""Dead letters: made by the runner, listed and sent again by people."""

import base64
import hashlib
import traceback
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Final

from shared.bus.contract import Bus, Message, Received
from shared.bus.scan import scan
from shared.clock import Clock
from shared.errors import PermanentError
from shared.schemas.events import DeadLetter
from shared.stage.codec import SOURCE, decode, encode
from shared.topics import DEAD_LETTERS, StageName, topic
from shared.version import VERSION

REDRIVES: Final = "gongkai-redrives"
REDRIVE_OF: Final = "gongkai-redrive-of"
MOST_REDRIVES: Final = 3
_LONGEST_MESSAGE: Final = 2_000
_LONGEST_STACK: Final = 20_000


@dataclass(frozen=True)
class Choice:
    """Which dead letters: all, those of one cause, or the one at an offset of a partition."""

    cause: str | None = None
    partition: int | None = None
    offset: int | None = None

    def takes(self, found: "Found") -> bool:
        """Whether `found` is one of them."""
        return (
            self.cause in {None, found.letter.cause}
            and self.partition in {None, found.partition}
            and self.offset in {None, found.offset}
        )


@dataclass(frozen=True)
class Found:
    """A dead letter where it lies in its topic."""

    partition: int
    offset: int
    letter: DeadLetter

    @property
    def place(self) -> str:
        """Its name in the header of the message that is sent again."""
        return f"{self.letter.stage}/{self.partition}/{self.offset}"


@dataclass(frozen=True)
class Plan:
    """What a replay would do: what it sends, what was sent again before, and what was so too often."""

    send: Sequence[Found]
    sent_before: Sequence[Found]
    over_cap: Sequence[Found]


def dead_letter(stage: StageName, received: Received, error: PermanentError, clock: Clock) -> Message:
    """The message that tells why `stage` could not take `received`, with all that is needed to send it again."""
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
        key=received.key,
        value=base64.b64encode(received.value or b"").decode(),
        headers=dict(received.headers),
    )
    target = DEAD_LETTERS[stage]
    place = f"{received.topic}/{received.partition}/{received.offset}"
    headers = {
        "ce_specversion": "1.0",
        "ce_id": "l" + hashlib.sha256(f"{stage} {place}".encode()).hexdigest()[:24],
        "ce_type": target.name,
        "ce_source": SOURCE + stage,
        "ce_time": letter.failed_at.isoformat(),
        "ce_subject": received.key,
        "content-type": "application/json",
    }
    return encode(target, received.key, letter, headers)


async def find(bus: Bus, stage: StageName, choice: Choice) -> AsyncIterator[Found]:
    """The stage's dead letters that `choice` takes, oldest first."""
    async for received in scan(bus, DEAD_LETTERS[stage]):
        found = Found(received.partition, received.offset, decode(DeadLetter, received))
        if choice.takes(found):
            yield found


async def plan(bus: Bus, stage: StageName, choice: Choice, most_redrives: int = MOST_REDRIVES) -> Plan:
    """What sending the chosen dead letters again means; changes nothing."""
    chosen = [found async for found in find(bus, stage, choice)]
    sent = set()
    for name in sorted({found.letter.topic for found in chosen}):
        async for received in scan(bus, topic(name)):
            sent.add(received.headers.get(REDRIVE_OF))
    fresh = [found for found in chosen if found.place not in sent]
    return Plan(
        send=[found for found in fresh if found.letter.attempt <= most_redrives],
        sent_before=[found for found in chosen if found.place in sent],
        over_cap=[found for found in fresh if found.letter.attempt > most_redrives],
    )


async def replay(bus: Bus, planned: Plan) -> int:
    """Publish the original messages of `planned.send` again, all or none; returns how many."""
    await bus.publish([_original(found) for found in planned.send])
    return len(planned.send)


def _original(found: Found) -> Message:
    letter = found.letter
    headers = {**letter.headers, REDRIVES: str(letter.attempt), REDRIVE_OF: found.place}
    return Message(letter.topic, letter.key, base64.b64decode(letter.value), headers)


def _redrives(header: str | None) -> int:
    return int(header) if header and header.isascii() and header.isdigit() else 0
