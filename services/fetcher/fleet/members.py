"""The fetchers that share a database: each tells by a beat that it lives, and removes those that fell silent.

No two clocks are compared: whoever looks counts how often in a row there was no new beat, and a look that comes
late, as after a pause of the machine, is still one look. A fetcher that cannot tell its beat gives up before the
others do; one that was paused meanwhile finds itself removed, and its writes refused.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Final

import structlog
from sqlalchemy import delete, update
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel import col, select

from services.fetcher.fleet.tasks import bounded
from services.fetcher.state.repository import Seen
from services.fetcher.state.tables import MemberState
from shared import database
from shared.errors import DatabaseUnavailable, TakenOver
from shared.processes import Process
from shared.waiting import set_within

BEAT_SECONDS: Final = 4.0
SILENT_LOOKS: Final = 5
"""Looks without a new beat, BEAT_SECONDS apart, after which a fetcher counts as dead."""
ALONE_SECONDS: Final = 15.0
"""Shorter than SILENT_LOOKS looks: whoever could not tell its beat for so long stops before others take over."""
LEAVE_SECONDS: Final = 5.0

log = structlog.get_logger()


@asynccontextmanager
async def joined(seen: Seen, name: str) -> AsyncIterator["Member"]:
    """A member called `name` among the fetchers of the database of `seen`; raises DatabaseUnavailable."""
    member = Member(seen.engine, await _enter(seen.engine, name))
    try:
        await member.look()
        yield member
    finally:
        with suppress(DatabaseUnavailable):  # the others find out by its silence
            await bounded(LEAVE_SECONDS, member.leave())


class Member:
    """One of the fetchers, from `joined` on; `seen` is the memory under its name."""

    def __init__(self, engine: AsyncEngine, number: int) -> None:
        self.seen = Seen(engine, number)
        self._engine = engine
        self._number = number
        self._silent: dict[int, tuple[int, int]] = {}
        self._told = asyncio.get_running_loop().time()

    async def keep(self, stop: asyncio.Event) -> None:
        """Tell the beat, and look after the others, until `stop` is set.

        Raises TakenOver when the others took this one for dead, DatabaseUnavailable when it could not tell its
        beat for ALONE_SECONDS.
        """
        loop = asyncio.get_running_loop()
        while True:
            if await set_within(stop, BEAT_SECONDS):
                return
            began = loop.time()
            try:
                await bounded(self._told + ALONE_SECONDS - began, self._beat())
                self._told = began
                await bounded(ALONE_SECONDS, self.look())
            except DatabaseUnavailable as error:
                if loop.time() >= self._told + ALONE_SECONDS:
                    raise DatabaseUnavailable(
                        f"The database was away for {ALONE_SECONDS:g} s, others may poll this fetcher's portals; "
                        "it starts again."
                    ) from error

    def check(self) -> None:
        """Raise TakenOver when no beat was told for so long, as in a pause, that others may be at work already."""
        if asyncio.get_running_loop().time() >= self._told + ALONE_SECONDS:
            raise TakenOver(f"For {ALONE_SECONDS:g} s the other fetchers did not hear of this one.")

    async def look(self) -> None:
        """Remove the members whose process ended, or whose beat did not change for SILENT_LOOKS looks."""
        async with database.reading(self._engine) as session:
            others = (await session.exec(select(MemberState).where(MemberState.number != self._number))).all()
        counts = {}
        for other in others:
            assert other.number is not None
            beat, looks = self._silent.get(other.number, (other.beat, -1))
            counts[other.number] = (other.beat, looks + 1 if beat == other.beat else 0)
        self._silent = counts
        ended = await asyncio.to_thread(self._ended, others)
        for other in others:
            if other.number in ended or self._silent[other.number or 0][1] >= SILENT_LOOKS:
                await self._remove(other)

    async def leave(self) -> None:
        """Be no member any more; what it still holds is free."""
        async with database.transaction(self._engine) as session:
            await session.exec(delete(MemberState).where(col(MemberState.number) == self._number))

    async def _beat(self) -> None:
        change = update(MemberState).where(col(MemberState.number) == self._number)
        async with database.transaction(self._engine) as session:
            told = await session.exec(change.values(beat=col(MemberState.beat) + 1))
            if told.rowcount != 1:
                raise TakenOver("The other fetchers took this one for dead; it starts again.")

    async def _remove(self, other: MemberState) -> None:
        """Unless it told a beat meanwhile."""
        gone = delete(MemberState).where(
            col(MemberState.number) == other.number, col(MemberState.beat) == other.beat
        )
        async with database.transaction(self._engine) as session:
            removed = (await session.exec(gone)).rowcount
        if removed:
            log.warning("a fetcher is dead, what it held is free", fetcher=other.name)

    def _ended(self, others: Sequence[MemberState]) -> set[int | None]:
        """The members whose process has certainly ended; of another machine's nothing is certain."""
        here = Process.this()
        one_machine = self._engine.dialect.name == "sqlite"
        processes = [(other.number, Process(*json.loads(other.process))) for other in others]
        return {
            number
            for number, process in processes
            if (one_machine or process.boot == here.boot) and process.certainly_gone(here)
        }


async def _enter(engine: AsyncEngine, name: str) -> int:
    state = MemberState(name=name, process=json.dumps(await asyncio.to_thread(Process.this)))
    async with database.transaction(engine) as session:
        session.add(state)
        await session.flush()
        assert state.number is not None
        return state.number
