"""The difference a shadow would make: its records against those that stand live, disclosure by disclosure."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from shared.archive.contract import Archive
from shared.bus.contract import Bus
from shared.bus.scan import scan
from shared.errors import Corrupt, Undecodable
from shared.replay.choice import RevisionName
from shared.replay.shadow import Shadow
from shared.schemas.events import NormalizedEvent, Rank
from shared.stage.codec import decode
from shared.stage.dead_letters import Choice, event_of, find
from shared.topics import NORMALIZED

EXAMPLES: Final = 3
_OF_THE_READING: Final = {"version", "revision_id"}
"""Fields that tell who read what, not what was read."""
Record = dict[str, Any]


@dataclass
class Some:
    """How many, and the first few of them."""

    count: int = 0
    examples: list[Record] = field(default_factory=list)

    def add(self, **example: object) -> None:
        """Count one more."""
        self.count += 1
        if len(self.examples) < EXAMPLES:
            self.examples.append(example)


@dataclass
class OfType:
    """The records of one type; `fields` tells in which fields, or in which part of provenance, records changed."""

    same: int = 0
    changed: int = 0
    added: Some = field(default_factory=Some)
    removed: Some = field(default_factory=Some)
    fields: dict[str, Some] = field(default_factory=dict)


@dataclass
class OfCheck:
    """Findings of one check."""

    gained: int = 0
    lost: int = 0


@dataclass
class Difference:
    """What would stand after promotion against what stands; `outranked` disclosures would stay as they are."""

    equal: int = 0
    differing: int = 0
    outranked: int = 0
    records: dict[str, OfType] = field(default_factory=dict)
    findings: dict[str, OfCheck] = field(default_factory=dict)
    failing: Some = field(default_factory=Some)
    """Revisions that become dead letters."""
    recovered: Some = field(default_factory=Some)
    """Revisions that are dead letters live and were read in the shadow."""
    still_failing: Some = field(default_factory=Some)


class Standing(NamedTuple):
    """The reading of a disclosure that stands on a bus."""

    rank: Rank
    records: str


@dataclass
class Readings:
    """What is on a bus of some disclosures: the reading that stands, the revisions read, and those that failed."""

    standing: dict[str, Standing] = field(default_factory=dict)
    read: set[RevisionName] = field(default_factory=set)
    failed: dict[RevisionName, Record] = field(default_factory=dict)


async def compare(live: Bus, shadow: Shadow, archive: Archive) -> Difference:
    """The difference between `shadow`, which is finished, and what stands on `live`.

    Raises Corrupt where the archive has lost records, ArchiveUnavailable, BusUnavailable.
    """
    disclosures = {each.key async for each in shadow.events()}
    before, after = await _readings(live, disclosures), await _readings(shadow.bus, disclosures)
    difference = Difference()
    _compare_failures(difference, before, after)
    for disclosure, ours in after.standing.items():
        theirs = before.standing.get(disclosure)
        if theirs is not None and ours.rank < theirs.rank:
            difference.outranked += 1
        elif await asyncio.to_thread(_compare_records, difference, archive, theirs, ours):
            difference.differing += 1
        else:
            difference.equal += 1
    return difference


async def _readings(bus: Bus, disclosures: set[str]) -> Readings:
    found = Readings()
    async for event in _normalized(bus, disclosures):
        reading = event.standing or event.reading
        found.standing[event.disclosure_id] = Standing(reading.rank, reading.records)
        found.read.add((event.revision_id, event.revision))
    for stage in ("parser", "normalizer"):
        async for letter in find(bus, stage, Choice()):
            failed = event_of(letter.letter)
            if letter.letter.key in disclosures:
                name = (failed.revision_id, failed.revision) if failed else (letter.place, 0)
                found.failed[name] = {
                    "disclosure_id": letter.letter.key,
                    "revision": failed.revision if failed else None,
                    "stage": stage,
                    "cause": letter.letter.cause,
                    "message": letter.letter.message,
                }
    return found


async def _normalized(bus: Bus, disclosures: set[str]) -> AsyncIterator[NormalizedEvent]:
    async for received in scan(bus, NORMALIZED):
        if received.key not in disclosures:
            continue
        try:
            yield decode(NormalizedEvent, received)
        except Undecodable:
            continue  # the store has it as a dead letter


def _compare_failures(difference: Difference, before: Readings, after: Readings) -> None:
    failed_before = before.failed.keys() - before.read
    for name, failure in after.failed.items():
        (difference.still_failing if name in failed_before else difference.failing).add(**failure)
    for name in sorted(failed_before & after.read):
        difference.recovered.add(**before.failed[name])


def _compare_records(difference: Difference, archive: Archive, before: Standing | None, after: Standing) -> bool:
    """Add one disclosure's records to `difference`; whether there is one."""
    olds = _records(archive, before.records) if before else {}
    news = olds if before and before.records == after.records else _records(archive, after.records)
    differs = False
    for name, new in news.items():
        of_type = difference.records.setdefault(new["record"], OfType())
        old = olds.get(name)
        if old is None:
            of_type.added.add(record=new)
            _count_finding(difference, new, gained=1)
        elif changes := _changes(old, new):
            of_type.changed += 1
            for path, (was, now) in changes.items():
                some = of_type.fields.setdefault(path, Some())
                some.add(disclosure_id=new["disclosure_id"], id=name, before=was, after=now)
        else:
            of_type.same += 1
            continue
        differs = True
    for old in (old for name, old in olds.items() if name not in news):
        difference.records.setdefault(old["record"], OfType()).removed.add(record=old)
        _count_finding(difference, old, lost=1)
        differs = True
    return differs


def _count_finding(difference: Difference, record: Record, gained: int = 0, lost: int = 0) -> None:
    if record["record"] == "finding":
        of_check = difference.findings.setdefault(record["check"], OfCheck())
        of_check.gained += gained
        of_check.lost += lost


def _changes(old: Record, new: Record) -> dict[str, tuple[object, object]]:
    """Field, or part of provenance, → what it was and is, where the two differ."""
    was, now = dict(_flat(old)), dict(_flat(new))
    return {
        path: (was.get(path), now.get(path))
        for path in was | now
        if was.get(path) != now.get(path) and path not in _OF_THE_READING
    }


def _flat(record: Mapping[str, Any]) -> list[tuple[str, object]]:
    parts = [(f"provenance.{name}", value) for name, value in record["provenance"].items()]
    return [*((name, value) for name, value in record.items() if name != "provenance"), *parts]


def _records(archive: Archive, key: str) -> dict[str, Record]:
    """Record id → record."""
    try:
        lines = archive.get(key).splitlines()
    except KeyError as error:
        raise Corrupt(f"The archive has lost the records {key}; restore it from a backup.") from error
    return {record["id"]: record for record in map(json.loads, lines)}
