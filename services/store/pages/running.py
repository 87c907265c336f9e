"""What runs: the stages and the portals, which of them need somebody, and since when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlmodel.ext.asyncio.session import AsyncSession

from services.store.queries.portals import PortalFacts, portals
from shared.bus.contract import Bus
from shared.bus.progress import Position
from shared.errors import TransientError
from shared.stage.lag import READ, waiting
from shared.topics import DEAD_LETTERS, StageName, Topic, group

STALE: Final = timedelta(days=2)
"""So long without a good poll a portal is told as stale, whatever its last poll said."""
STILL: Final = timedelta(minutes=10)
_NOBODY: Final = "gongkai.status"
"""A group that never reads: what it has yet to read is all there is."""
_LOOKED_AT: Final = 200
"""Messages looked at for the oldest that waits."""


@dataclass(frozen=True)
class StageState:
    """A stage: messages on the topic it reads, those it has not finished, and its dead letters.

    `oldest` is when the oldest of those that wait was published; None where none does, or it cannot be told.
    """

    name: StageName
    arrived: int
    waiting: int
    dead_letters: int
    oldest: datetime | None = None


@dataclass(frozen=True)
class RunningSystem:
    """The stages and the portals as they are `now`."""

    now: datetime
    stages: Sequence[StageState]
    portals: Sequence[PortalFacts]

    @property
    def bad_stages(self) -> Sequence[StageState]:
        return [each for each in self.stages if self.stands_still(each) or each.dead_letters]

    @property
    def bad_portals(self) -> Sequence[PortalFacts]:
        return [each for each in self.portals if self.needs_somebody(each)]

    def needs_somebody(self, portal: PortalFacts) -> bool:
        """Whether a portal's polls go wrong, none has gone well for two days, or one is overdue."""
        stale = portal.success_at is not None and self.now - portal.success_at > STALE
        return portal.in_trouble or stale or portal.is_overdue(self.now)

    def stands_still(self, stage: StageState) -> bool:
        """Whether messages wait for a stage, the oldest for ten minutes, and nothing was stored in these."""
        last = max((each.applied_at for each in self.portals if each.applied_at), default=None)
        is_old = stage.oldest is None or self.now - stage.oldest > STILL
        return stage.waiting > 0 and is_old and (last is None or self.now - last > STILL)

    def age(self, moment: datetime | None) -> str:
        """How long ago, in the largest unit that fits: `3 d`, `5 h`, `12 min`, `40 s`; empty for never."""
        if moment is None:
            return ""
        seconds = max(0, int((self.now - moment).total_seconds()))
        for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
            if seconds >= size:
                return f"{seconds // size} {unit}"
        return f"{seconds} s"


async def running(session: AsyncSession, bus: Bus | None, now: datetime) -> RunningSystem:
    """The system as it runs; no stages while the bus is away."""
    return RunningSystem(now, await stages(bus) if bus else (), await portals(session))


async def stages(bus: Bus) -> Sequence[StageState]:
    """The state of each stage; empty while the bus is away."""
    try:
        return [await _stage(bus, name, topic) for name, topic in READ]
    except TransientError:
        return ()


async def _stage(bus: Bus, name: StageName, topic: Topic) -> StageState:
    unfinished = await waiting(bus, name, topic)
    return StageState(
        name,
        sum((await bus.lag(_NOBODY, [topic])).values()),
        unfinished,
        sum((await bus.lag(_NOBODY, [DEAD_LETTERS[name]])).values()),
        await _oldest(bus, name, topic) if unfinished else None,
    )


async def _oldest(bus: Bus, name: StageName, topic: Topic) -> datetime | None:
    """When the oldest message that waits was published; None where it is not among the first ones."""
    positions = await bus.positions(group(name), [topic])
    lag = await bus.lag(group(name), [topic])
    starts = [positions[place].next if place in positions else 0 for place, count in lag.items() if count]
    found = await bus.read(topic, min(starts, default=0), _LOOKED_AT)
    times = [
        each.published_at
        for each in found
        if each.published_at and not _is_done(positions.get((each.topic, each.partition)), each.offset)
    ]
    return min(times, default=None)


def _is_done(position: Position | None, offset: int) -> bool:
    return position is not None and position.has(offset)
