"""The one writer of a fetcher: what its polls begin, learn and end is committed together, a moment at a time.

No poll waits for another's transaction, and SQLite is never asked to wait for a lock of this process. What is not
committed when the process is killed is learned again by the next poll, with the same ids.
"""

import asyncio
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, TypeVar

from sqlalchemy import Table, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel import SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.fetcher.fleet import leases
from services.fetcher.state.tables import (
    AddressState,
    ItemState,
    LedgerRow,
    OutboxRow,
    PollRecord,
    PortalState,
    RevisionState,
)
from shared import database, ids, metrics
from shared.archive.contract import Archive
from shared.bus.contract import Message
from shared.errors import DatabaseUnavailable, TakenOver
from shared.waiting import set_within

RUNNING: Final = "running"
ABORTED: Final = "aborted"
SUCCESSES: Final = frozenset({"ok", "unchanged"})
PAUSE_SECONDS: Final = 0.02
"""How long the writer waits for what others may have to write, where somebody waits for it."""
LONGEST_SECONDS: Final = 1.0
"""How long what nobody waits for may lie, and how much a kill loses."""
KEPT_POLLS: Final = 10
_FORGET: Final = text(
    "DELETE FROM fetcher_poll WHERE portal = :portal AND started_at < (SELECT min(started_at) FROM"
    " (SELECT started_at FROM fetcher_poll WHERE portal = :portal ORDER BY started_at DESC LIMIT :kept) AS kept)"
)
MOST_STEPS: Final = 500
PUTS_AT_ONCE: Final = 8
MOST_BYTES: Final = 32 * 1024 * 1024
"""Bytes of pages that may lie; a poll with more of them waits."""

T = TypeVar("T", bound=SQLModel)


@dataclass
class Known:
    """What is known of a portal as its poll begins: how the last one was, its items and addresses by key."""

    before: PortalState | None
    items: dict[str, ItemState] = field(default_factory=dict)
    addresses: dict[str, AddressState] = field(default_factory=dict)


@dataclass(frozen=True)
class Begin:
    """A poll takes its portal; its answer is Known."""

    portal: str
    now: datetime


@dataclass(frozen=True)
class Learned:
    """What a poll learned of its portal; all of it is kept or nothing. `pages` are archived first."""

    portal: str
    items: Sequence[ItemState] = ()
    addresses: Sequence[AddressState] = ()
    revision: RevisionState | None = None
    message: Message | None = None
    pages: Sequence[bytes] = ()


@dataclass(frozen=True)
class End:
    """How a poll ended; `counts` is JSON, `whole_at` when all its lists were read."""

    portal: str
    outcome: str
    reason: str | None
    counts: str
    now: datetime
    whole_at: datetime | None = None
    canary: tuple[datetime, str | None] | None = None
    """When the day's canary was looked at, and what was wrong with it."""
    record: PollRecord | None = None
    ledger: Sequence[LedgerRow] = ()
    after: Sequence[asyncio.Future[None]] = ()
    """What the poll learned: where that failed, the end fails."""


Step = Begin | Learned | End


class Writer:
    """Commits the steps of one fetcher's polls in the order they come, many in a transaction."""

    def __init__(self, engine: AsyncEngine, member: int) -> None:
        self._engine = engine
        self._member = member
        self._waiting: list[tuple[Step, Archive | None, asyncio.Future[Any]]] = []
        self._hurry = asyncio.Event()
        self._room = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._bytes = 0

    def put(self, step: Step, archive: Archive | None = None, hurry: bool = True) -> asyncio.Future[Any]:
        """What comes of `step` once it is committed: Known for Begin, else None.

        It raises TakenOver where another fetcher has the portal, DatabaseUnavailable and ArchiveUnavailable.
        """
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        future.add_done_callback(_heard)
        self._waiting.append((step, archive, future))
        self._bytes += _size(step)
        if hurry or len(self._waiting) >= MOST_STEPS:
            self._hurry.set()
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._write_all())
        return future

    async def ended(self, end: End) -> None:
        """Keep how a poll ended; raises what `put` says."""
        await self.put(end)

    async def room(self) -> None:
        """Wait while more than MOST_BYTES of pages lie."""
        while self._bytes > MOST_BYTES:
            self._room.clear()
            self._hurry.set()
            await self._room.wait()

    async def _write_all(self) -> None:
        while self._waiting:
            await set_within(self._hurry, LONGEST_SECONDS)
            await asyncio.sleep(PAUSE_SECONDS)
            self._hurry.clear()
            batch, self._waiting = self._waiting[:MOST_STEPS], self._waiting[MOST_STEPS:]
            if self._waiting:
                self._hurry.set()
            await self._write(batch)
            self._bytes -= sum(_size(step) for step, _, _ in batch)
            self._room.set()

    async def _write(self, batch: Sequence[tuple[Step, Archive | None, asyncio.Future[Any]]]) -> None:
        """Write what can be written; where all of it together cannot, each by itself, so that each fails alone."""
        for step, _, future in batch:
            if isinstance(step, End) and (failed := _failed(step)):
                _answer(future, failed)
        batch = [each for each in batch if not each[2].done()]
        if not batch:
            return
        try:
            await asyncio.to_thread(_archive, [(step, archive) for step, archive, _ in batch if archive])
            answers = await self._commit([step for step, _, _ in batch])
        except Exception as error:  # noqa: BLE001 - whoever handed the step over raises it
            if len(batch) == 1 or isinstance(error, DatabaseUnavailable):
                for _, _, future in batch:
                    _answer(future, error)
                return
            for each in batch:
                await self._write([each])
            return
        for (_, _, future), answer in zip(batch, answers, strict=True):
            _answer(future, answer)

    async def _commit(self, steps: Sequence[Step]) -> list[object]:
        begins = {step.portal: step for step in steps if isinstance(step, Begin)}
        ends = {step.portal: step for step in steps if isinstance(step, End)}
        async with database.transaction(self._engine) as session:
            begun: Mapping[str, Known | TakenOver] = {}
            if begins:
                begun = await self._begin(session, begins)
            others = {step.portal for step in steps if not isinstance(step, Begin)}
            held = await leases.held(session, others, self._member) if others else frozenset()
            await _keep(session, [step for step in steps if isinstance(step, Learned) and step.portal in held])
            await self._end(session, [end for end in ends.values() if end.portal in held])
        return [begun[step.portal] if isinstance(step, Begin) else _kept(step.portal, held) for step in steps]

    async def _begin(self, session: AsyncSession, begins: Mapping[str, Begin]) -> dict[str, Known | TakenOver]:
        answers: dict[str, Known | TakenOver] = {}
        fetcher, refused = await leases.take(session, begins, self._member)
        answers |= refused
        taken = [name for name in begins if name not in refused]
        states = await session.exec(select(PortalState).where(col(PortalState.name).in_(taken)).with_for_update())
        before = {state.name: PortalState(**state.model_dump()) for state in states}
        known = {name: Known(before.get(name)) for name in taken}
        for item in await session.exec(select(ItemState).where(col(ItemState.portal).in_(taken))):
            known[item.portal].items[item.disclosure_id] = item
        for address in await session.exec(select(AddressState).where(col(AddressState.portal).in_(taken))):
            known[address.portal].addresses[address.key] = address
        running = []
        for name in taken:
            state = PortalState(**before[name].model_dump()) if name in before else _unpolled(begins[name])
            state.outcome, state.started_at, state.fetcher, state.asked = RUNNING, begins[name].now, fetcher, False
            running.append(state)
        session.expunge_all()
        await _upsert(session, PortalState, running)
        return answers | known

    async def _end(self, session: AsyncSession, ends: Sequence[End]) -> None:
        if not ends:
            return
        query = select(PortalState).where(col(PortalState.name).in_([end.portal for end in ends]))
        states = {state.name: state for state in await session.exec(query.with_for_update())}
        for end in ends:
            state = states[end.portal]
            state.outcome, state.reason = end.outcome, end.reason
            state.counts, state.finished_at = end.counts, end.now
            state.failures = 0 if end.outcome in SUCCESSES else state.failures + (end.outcome != ABORTED)
            state.success_at = end.now if end.outcome in SUCCESSES else state.success_at
            state.whole_at = end.whole_at or state.whole_at
            state.changed_at = end.now if end.outcome == "ok" else state.changed_at
            if end.canary is not None:
                state.canary_at, state.canary = end.canary
            session.add(state)
        await leases.let_go(session, [end.portal for end in ends], self._member)
        await _log(session, ends)


def _failed(end: End) -> BaseException | None:
    errors = (future.exception() for future in end.after if future.done() and not future.cancelled())
    return next((error for error in errors if error is not None), None)


def _unpolled(begin: Begin) -> PortalState:
    return PortalState(name=begin.portal, outcome=RUNNING, started_at=begin.now)


def _kept(portal: str, held: Collection[str]) -> TakenOver | None:
    if portal in held:
        return None
    return TakenOver(f"Another fetcher has taken over {portal}; what this one found of it is not kept.")


async def _keep(session: AsyncSession, learned: Sequence[Learned]) -> None:
    await _upsert(session, ItemState, {i.disclosure_id: i for each in learned for i in each.items}.values())
    addresses = {(a.portal, a.key): a for each in learned for a in each.addresses}
    await _upsert(session, AddressState, addresses.values())
    await _insert(session, RevisionState, [each.revision for each in learned if each.revision])
    rows = [
        OutboxRow(
            event_id=each.revision.event_id,
            topic=each.message.topic,
            key=each.message.key,
            value=each.message.value or b"",
            headers=json.dumps(dict(each.message.headers)),
        )
        for each in learned
        if each.revision and each.message
    ]
    await _insert(session, OutboxRow, rows)


async def _insert(session: AsyncSession, model: type[T], rows: Sequence[T]) -> None:
    if rows:
        await (await session.connection()).execute(_table(model).insert(), [_values(row) for row in rows])


async def _upsert(session: AsyncSession, model: type[T], rows: Iterable[T]) -> None:
    """Write rows over those of their keys."""
    values = [_values(row) for row in rows]
    if not values:
        return
    table = _table(model)
    dialect = sqlite if database.on_sqlite(session) else postgresql
    insert = dialect.insert(table)
    changed = {column.name: insert.excluded[column.name] for column in table.columns if not column.primary_key}
    statement = insert.on_conflict_do_update(index_elements=list(table.primary_key.columns), set_=changed)
    await (await session.connection()).execute(statement, values)


async def _log(session: AsyncSession, ends: Sequence[End]) -> None:
    """Keep the polls' own records, the last KEPT_POLLS of each portal, and add up what hosts were asked."""
    records = [end.record for end in ends if end.record]
    if not records:
        return
    connection = await session.connection()
    await _upsert(session, PollRecord, records)
    await connection.execute(_FORGET, [{"portal": record.portal, "kept": KEPT_POLLS} for record in records])
    rows: dict[tuple[str, str, str], LedgerRow] = {}
    for row in (row for end in ends for row in end.ledger):
        known = rows.setdefault((row.host, row.day, row.verdict), row)
        if known is not row:
            known.requests, known.bytes = known.requests + row.requests, known.bytes + row.bytes
    if rows:
        add = text(
            "INSERT INTO fetcher_ledger (host, day, verdict, requests, bytes)"
            " VALUES (:host, :day, :verdict, :requests, :bytes) ON CONFLICT (host, day, verdict) DO UPDATE SET"
            " requests = fetcher_ledger.requests + excluded.requests,"
            " bytes = fetcher_ledger.bytes + excluded.bytes"
        )
        await connection.execute(add, [_values(rows[key]) for key in sorted(rows)])  # in one order: no deadlock


def _table(model: type[SQLModel]) -> Table:
    table: Table = model.__table__  # type: ignore[attr-defined]
    return table


def _values(row: SQLModel) -> dict[str, Any]:
    columns = _table(type(row)).columns
    values = {column.name: getattr(row, column.name) for column in columns}
    return {name: value for name, value in values.items() if value is not None or not columns[name].primary_key}


def _archive(batch: Sequence[tuple[Step, Archive]]) -> None:
    """Put the pages of the batch into the archive, several at a time: most of it is waiting for the disk."""
    pages = [
        (step.portal, archive, data)
        for step, archive in batch
        for data in (step.pages if isinstance(step, Learned) else ())
    ]
    if pages:
        with ThreadPoolExecutor(min(PUTS_AT_ONCE, len(pages))) as pool:
            for _ in pool.map(_put, *zip(*pages, strict=True)):
                pass


def _put(portal: str, archive: Archive, data: bytes) -> None:
    """Put a page; what is there may be damaged and is put too."""
    known = archive.has(ids.content_hash(data))
    archive.put(data)
    if not known:
        metrics.BYTES_ARCHIVED.labels(portal).inc(len(data))


def _size(step: Step) -> int:
    return sum(map(len, step.pages)) if isinstance(step, Learned) else 0


def _answer(future: asyncio.Future[Any], answer: object) -> None:
    if future.done():
        return
    if isinstance(answer, BaseException):
        future.set_exception(answer)
    else:
        future.set_result(answer)


def _heard(future: asyncio.Future[Any]) -> None:
    """Nobody may be left to hear of the error: see it here, so that asyncio does not complain."""
    if not future.cancelled():
        future.exception()
