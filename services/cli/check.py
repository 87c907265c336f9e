"""`gongkai check`: whether topics, database and archive agree; each difference is named."""

import asyncio
import json
from collections import defaultdict
from collections.abc import Iterator, Set
from dataclasses import dataclass, field
from typing import TypeVar

import typer
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.cli.exits import FAILED
from services.cli.snapshot import OWNERS
from services.fetcher.state.tables import OutboxRow, RevisionState
from services.store.tables import Record
from services.store.tables import Revision as StoredReading
from shared import logs
from shared.archive.connect import open_archive
from shared.bus.connect import open_bus
from shared.bus.contract import Bus, Received
from shared.bus.scan import scan
from shared.database import create_engine, reading, upgrade
from shared.errors import Undecodable
from shared.schemas.events import DeadLetter, Event, FetchedEvent, NormalizedEvent
from shared.schemas.events import Reading as ReadingName
from shared.settings import Settings
from shared.sqlite import require_file
from shared.stage.codec import decode
from shared.stage.dead_letters import event_of
from shared.topics import DEAD_LETTERS, FETCHED, NORMALIZED, PARSED, RECORDS, TOPICS, group

_Revision = tuple[str, int]
E = TypeVar("E", bound=Event)


def check() -> None:
    """Compare topics, database and archive; exit code 1 where they differ. Best while nothing is under way."""
    settings = Settings.read()
    logs.configure(settings)
    for url in (settings.bus_url, settings.database_url):
        require_file(url)
    topics, kept = asyncio.run(_look(settings))
    archived = {each.key for each in open_archive(settings.archive_url).all()}
    for stage, count in topics.waiting.items():
        typer.echo(f"waiting\t{count} messages for the {stage}; what they will cause is not missed")
    differences = list(_differences(topics, kept, archived))
    for difference in differences:
        typer.echo(f"differs\t{difference}")
    typer.echo(f"{len(topics.fetched)} revisions, {len(kept.standing)} stand; {len(differences)} differences")
    if differences:
        raise typer.Exit(FAILED)


@dataclass
class _OnTopics:
    """What the topics say: each revision with its files, what became of it, and the records that stand."""

    fetched: dict[_Revision, FetchedEvent] = field(default_factory=dict)
    fetched_ids: set[str] = field(default_factory=set)
    parsed: set[_Revision] = field(default_factory=set)
    standing: dict[str, ReadingName] = field(default_factory=dict)
    failed: dict[str, set[_Revision]] = field(default_factory=lambda: defaultdict(set))
    records: dict[str, set[str]] = field(default_factory=dict)
    waiting: dict[str, int] = field(default_factory=dict)


@dataclass
class _InDatabase:
    """What the database says: readings, those that stand with their records' ids, and what was published."""

    readings: set[_Revision] = field(default_factory=set)
    standing: dict[str, StoredReading] = field(default_factory=dict)
    records: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    published: dict[str, str] = field(default_factory=dict)


async def _look(settings: Settings) -> tuple[_OnTopics, _InDatabase]:
    bus = await open_bus(settings.bus_url)
    try:
        await bus.create_topics(TOPICS)
        # The topics first: what is stored meanwhile is more than they say, and never less.
        topics = await _on_topics(bus)
    finally:
        await bus.close()
    for owner in OWNERS:
        await upgrade(settings.database_url, owner.MIGRATIONS, owner.VERSION_TABLE)
    engine = create_engine(settings.database_url)
    try:
        async with reading(engine) as session:
            return topics, await _in_database(session)
    finally:
        await engine.dispose()


async def _on_topics(bus: Bus) -> _OnTopics:
    found = _OnTopics()
    for topic in TOPICS:
        for stage in topic.consumers:
            if count := sum((await bus.lag(group(stage), [topic])).values()):
                found.waiting[stage] = count
    async for received in scan(bus, FETCHED):
        if event := _event(FetchedEvent, received):
            found.fetched[_name(event)] = event
            found.fetched_ids.add(event.id)
    async for received in scan(bus, PARSED):
        if parsed := _event(Event, received):
            found.parsed.add(_name(parsed))
    async for received in scan(bus, NORMALIZED):
        if normalized := _event(NormalizedEvent, received):
            found.standing[received.key] = normalized.standing or normalized.reading
    for stage, letters in DEAD_LETTERS.items():
        async for received in scan(bus, letters):
            if failed := event_of(decode(DeadLetter, received)):
                found.failed[stage].add(_name(failed))
    for kind, topic in RECORDS.items():
        live = found.records[kind] = set()
        async for received in scan(bus, topic):
            (live.discard if received.value is None else live.add)(received.key)
    return found


async def _in_database(session: AsyncSession) -> _InDatabase:
    found = _InDatabase()
    for one in await session.exec(select(StoredReading)):
        found.readings.add((one.revision_id, one.revision))
        if one.standing:
            found.standing[one.disclosure_id] = one
    ids = select(Record.type, Record.id).join(StoredReading, col(StoredReading.key) == col(Record.revision))
    for kind, record in await session.exec(ids.where(col(StoredReading.standing))):
        found.records[kind].add(record)
    waiting = select(OutboxRow.event_id).where(col(OutboxRow.published_at).is_(None))
    outbox = set(await session.exec(waiting))
    for revision in await session.exec(select(RevisionState)):
        if revision.event_id not in outbox:
            found.published[revision.event_id] = revision.disclosure_id
    return found


def _differences(topics: _OnTopics, kept: _InDatabase, archived: Set[str]) -> Iterator[str]:
    for event in topics.fetched.values():
        for file in event.files:
            if file.sha256 not in archived:
                yield f"{_told(event)} was fetched, its file {file.name} is not in the archive ({file.sha256})"
    for event_id, disclosure in kept.published.items():
        if event_id not in topics.fetched_ids:
            yield f"{disclosure}: published by the fetcher as {event_id}, which {FETCHED.name} has not"
    yield from _left_on_the_way(topics, kept)
    yield from _standing(topics, kept, archived)
    for kind, topic in RECORDS.items():
        if topics.waiting:
            break
        for record in sorted(topics.records[kind] - kept.records[kind]):
            yield f"{kind} {record} stands on {topic.name} and not in the database"
        for record in sorted(kept.records[kind] - topics.records[kind]):
            yield f"{kind} {record} stands in the database and not on {topic.name}"


def _left_on_the_way(topics: _OnTopics, kept: _InDatabase) -> Iterator[str]:
    for name, event in topics.fetched.items():
        if name in kept.readings or any(name in failed for failed in topics.failed.values()):
            continue
        if name not in topics.parsed:
            if "parser" not in topics.waiting:
                yield f"{_told(event)} was fetched and never parsed"
        elif not topics.waiting.keys() & {"normalizer", "store"}:
            yield f"{_told(event)} was parsed and is not in the database"


def _standing(topics: _OnTopics, kept: _InDatabase, archived: Set[str]) -> Iterator[str]:
    for disclosure, row in kept.standing.items():
        for what, key in (("document", row.document), ("records", row.records)):
            if key not in archived:
                yield f"{disclosure} stands in the database, its {what} is not in the archive ({key})"
        if sum(json.loads(row.counts).values()) == 0:
            yield f"{disclosure} stands in the database without a record"
    if "store" in topics.waiting:
        return
    for disclosure in sorted(topics.standing.keys() | kept.standing.keys()):
        told, found = topics.standing.get(disclosure), kept.standing.get(disclosure)
        if told is None or found is None or told.records != found.records:
            yield f"{disclosure}: other records stand on {NORMALIZED.name} than in the database"


def _event(model: type[E], received: Received) -> E | None:
    try:
        return decode(model, received)
    except Undecodable:  # a dead letter says so
        return None


def _name(event: Event) -> _Revision:
    return event.revision_id, event.revision


def _told(event: Event) -> str:
    return f"{event.disclosure_id} revision {event.revision}"
