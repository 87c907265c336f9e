"""What a revision of a disclosure says otherwise than the one before: record by record, value by value.

Two records are the same one if they have the same id; else if their keys differ in numbers of rows alone, as where
a row was put in above them; else if they stand under the same heads with the same amount and only their name
differs. What the program says of a document (the outcomes of its checks) is no change of the document.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from pydantic import AwareDatetime, Field

from shared import ids
from shared.schemas.model import Model, Text
from shared.schemas.names import DisclosureKind
from shared.schemas.record_types import RecordType, plain, type_of
from shared.schemas.records import CONTEXT, Check, Disclosure, Provenance, RecordBase

_NUMBERS: Final = frozenset({"line_no", "number", "project_number"})
"""Fields of keys that count rows."""
_REFERENCES: Final = frozenset({"subjects", "findings"})
"""Fields that name other records, whose ids may change with the numbers of their rows."""
_OF_THE_READING: Final = frozenset({"revision", "supersedes", "figures_printed", "figures_read"})
"""What a disclosure record says of its reading, not of what was published."""


class FieldChange(Model):
    """A field of a record, in both revisions."""

    field: str = Field(title="字段", description="its name (docs/fields.md)")
    before: Text | None = Field(title="原值", description="what it was, as JSON has it; null: nothing")
    after: Text | None = Field(title="新值", description="what it is; null: nothing")


class Change(Model):
    """A record that a revision of a disclosure added, removed or changed."""

    id: str = Field(
        title="标识，同样的内容总是相同", description="c and 24 hex digits, of both revisions and the record"
    )
    disclosure_id: str = Field(title="公开文件的标识", description="of the disclosure")
    revision_id: str = Field(title="公开文件这一版的标识", description="of the revision that says otherwise")
    supersedes: str = Field(title="相比的版本的标识", description="revision_id of the one it is compared with")
    revision: int = Field(title="第几版", description="number of the revision that says otherwise")
    fetched_at: AwareDatetime = Field(title="抓取时间", description="when that revision was taken from its portal")
    region_code: str | None = Field(title="行政区划代码", description="GB/T 2260, six digits")
    department: Text | None = Field(title="部门", description="as the disclosure's record has it")
    fiscal_year: int | None = Field(title="年度", description="as the disclosure's record has it")
    kind: DisclosureKind | None = Field(title="文件类型", description="what the disclosure is")
    change: Literal["added", "removed", "changed"] = Field(title="变化", description="what became of the record")
    record_type: str = Field(title="记录类型", description="budget_line, fact, project, …")
    record_id: str = Field(title="记录的标识", description="in the newer revision; of a removed one in the older")
    name: Text = Field(title="名称", description="what the record is called: its name, metric, message")
    key: dict[str, Text] = Field(
        title="区别它的字段", description="the fields that tell the record from others: table, code, column, …"
    )
    fields: tuple[FieldChange, ...] = Field(
        title="各字段的变化", description="those that differ; of a record added or removed all that say something"
    )
    before: Provenance | None = Field(title="原出处", description="its place in the older revision; null: added")
    after: Provenance | None = Field(title="新出处", description="its place in the newer revision; null: removed")
    same_version: bool = Field(
        title="同一程序版本", description="whether one gongkai read both; else a change may be one of reading"
    )


@dataclass(frozen=True)
class Pair:
    """A record in both revisions; None where a revision has none."""

    before: RecordBase | None
    after: RecordBase | None

    @property
    def newest(self) -> RecordBase:
        """It as the newer revision has it, or did."""
        found = self.after or self.before
        assert found is not None
        return found


def changes(old: Iterable[RecordBase], new: Iterable[RecordBase], fetched_at: datetime) -> list[Change]:
    """What `new` says otherwise than `old`, in the order of `new`, what is gone at the end."""
    before, after = list(old), list(new)
    disclosure = next((each for each in (*after, *before) if isinstance(each, Disclosure)), None)
    if disclosure is None or not before:
        return []
    found = []
    for pair in pairs(before, after):
        fields = differences(pair)
        if fields:
            found.append(_change(pair, fields, (before[0], disclosure), fetched_at))
    return found


def pairs(old: Sequence[RecordBase], new: Sequence[RecordBase]) -> list[Pair]:
    """The records of both, those that are the same one together."""
    taken: dict[int, RecordBase] = {}
    left = [each for each in old if not isinstance(each, Check)]
    wanted = [each for each in new if not isinstance(each, Check)]
    for key in _KEYS:
        by_key: defaultdict[Hashable, list[RecordBase]] = defaultdict(list)
        for each in left:
            by_key[key(each)].append(each)
        for each in wanted:
            same = by_key.get(key(each))
            if id(each) not in taken and same:
                taken[id(each)] = same.pop(0)
        gone = {id(each) for each in taken.values()}
        left = [each for each in left if id(each) not in gone]
    return [*(Pair(taken.get(id(each)), each) for each in wanted), *(Pair(each, None) for each in left)]


def differences(pair: Pair) -> tuple[FieldChange, ...]:
    """The fields in which the two differ."""
    kind = plain(type_of(pair.newest))
    names = [*kind.own, *(pair.newest.model_extra or {})]
    found = []
    for name in names:
        was, now = _value(pair.before, name), _value(pair.after, name)
        numbered = name in _NUMBERS and pair.before is not None and pair.after is not None
        if was != now and not numbered and name not in _OF_THE_READING | _REFERENCES:
            found.append(FieldChange(field=name, before=was, after=now))
    return tuple(found)


def _change(
    pair: Pair, fields: tuple[FieldChange, ...], of: tuple[RecordBase, Disclosure], fetched_at: datetime
) -> Change:
    older, disclosure = of
    record = pair.newest
    what: Literal["added", "removed", "changed"] = (
        "removed" if pair.after is None else "added" if pair.before is None else "changed"
    )
    return Change(
        id=ids.change_id(older.revision_id, disclosure.revision_id, record.id),
        disclosure_id=disclosure.disclosure_id,
        revision_id=disclosure.revision_id,
        supersedes=older.revision_id,
        revision=disclosure.revision,
        fetched_at=fetched_at,
        **{name: getattr(disclosure, name) for name in CONTEXT},
        change=what,
        record_type=type_of(record),
        record_id=record.id,
        name=called(record),
        key={name: value for name in (*record.KEY, *record.PARTS) if (value := _value(record, name))},
        fields=fields,
        before=pair.before.provenance if pair.before else None,
        after=pair.after.provenance if pair.after else None,
        same_version=older.version == disclosure.version,
    )


def called(record: RecordBase) -> str:
    """What a record is called: the first of its names, its metric or check."""
    names = (*plain(type_of(record)).named, "metric", "check")
    return next((str(value) for name in names if (value := getattr(record, name, None))), "")


def readable(value: str | None) -> str:
    """A value of a change as people read it: a list one after the other, a file by its name and hash."""
    if value is None:
        return "—"
    try:
        parts = json.loads(value) if value.startswith("[") else value
    except json.JSONDecodeError:
        parts = value
    return "；".join(_part(each) for each in parts) if isinstance(parts, list) else value


def _part(value: Any) -> str:
    if isinstance(value, dict) and "sha256" in value:
        return f"{value.get('name', '')} ({str(value['sha256'])[:12]}…)"
    return "—" if value is None else str(value)


def _value(record: RecordBase | None, name: str) -> str | None:
    value = record.model_dump(mode="json", include={name}).get(name) if record else None
    if value is None or isinstance(value, str):
        return value or None
    return json.dumps(value, ensure_ascii=False) if value != [] else None


def _by_id(record: RecordBase) -> Hashable:
    return record.id


def _by_key(record: RecordBase) -> Hashable:
    return type_of(record), *_told(record, _NUMBERS | _REFERENCES)


def _by_amount(record: RecordBase) -> Hashable:
    """All but its name, where it has an amount to be known by."""
    kind: RecordType = plain(type_of(record))
    amount = getattr(record, kind.amount, None) if kind.amount else None
    if amount is None:
        return record.id
    return type_of(record), amount, *_told(record, {*_NUMBERS, *kind.named})


_KEYS: Final[tuple[Callable[[RecordBase], Hashable], ...]] = (_by_id, _by_key, _by_amount)


def _told(record: RecordBase, without: Set[str]) -> Iterator[str]:
    """What a record says in the fields of its key, but for those `without`."""
    return (str(getattr(record, name, None)) for name in (*record.KEY, *record.PARTS) if name not in without)
