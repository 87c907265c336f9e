"""What is known of each kind of table: its file under vocabulary/tables, checked: titles, columns, sums."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, cached_property, lru_cache
from operator import itemgetter
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict

from services.normalizer.language import vocabulary
from services.normalizer.language.vocabulary import OneOf
from shared.schemas.names import ColumnName, TableName

Classification = Literal["functional", "economic", "government_economic"]
OTHER: Final = "other"
"""The kind of a table whose title says that it is none of those known."""
_DUTIES: Final = "管理|监督|监管|服务|事务|核算|支付|集中|交易|联合"
"""What may stand between a subject and the end of an office's name: 政府采购管理办公室."""


class TableSpec(BaseModel):
    """A kind of table.

    `titles`: each the subjects (words.yaml) that such a title names, between spaces; `allows`: those it may
    name besides. `sided`: income beside expenditure. `codes`: the classification its codes are of. `about`:
    columns that all of it is about, so that a label that says so says nothing of its column. `header`: what its
    header must hold, any of each list; `signature`: what a header must hold to be known without a title.
    `names`: how the column is headed that says what a row is of, where several name something.
    `rows`: labels that only its rows have. `sums`: total → the parts that it may be the sum of; `memo`: columns
    that only tell a part of another (其中). `items`: what else it lists, by a name. `fields`: where every column
    is a field of a record, the labels of each. `total`: how its total row begins.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)

    title: str
    titles: tuple[str, ...]
    allows: frozenset[str] = frozenset()
    sided: bool = False
    codes: Classification | None = None
    about: frozenset[ColumnName] = frozenset()
    header: tuple[OneOf, ...] = ()
    signature: tuple[OneOf, ...] = ()
    columns: frozenset[ColumnName] = frozenset()
    names: OneOf | None = None
    rows: OneOf | None = None
    memo: frozenset[ColumnName] = frozenset()
    sums: Mapping[ColumnName, tuple[tuple[ColumnName, ...], ...]] = {}
    items: Mapping[str, OneOf] = {}
    fields: Mapping[str, OneOf] = {}
    total: OneOf | None = None
    may_be_empty: bool = False

    @property
    def by_classification(self) -> bool:
        """Whether it is called by the classification of its codes, so that no other codes can be its own."""
        return all("economic" in title for title in self.titles)

    def named_by(self, subjects: frozenset[str]) -> int:
        """How many of the `subjects` of a title this kind needs; 0 where they are not those of such a title."""
        fitting = [len(each) for each in self._needed if each <= subjects <= each | self.allows]
        return max(fitting, default=0)

    def signed_by(self, labels: Sequence[str]) -> bool:
        """Whether a header with these `labels` is this kind's without a title."""
        return bool(self.signature) and all(any(map(each.within, labels)) for each in self.signature)

    def hinted_by(self, subjects: frozenset[str]) -> bool:
        """Whether a title names part of what this kind's titles name, and nothing else: `一般公共预算表`."""
        return bool(subjects) and any(subjects <= each | self.allows and subjects & each for each in self._needed)

    @cached_property
    def _needed(self) -> tuple[frozenset[str], ...]:
        """The subjects of each title."""
        return tuple(frozenset(title.split()) for title in self.titles)


def three_public_item(text: str) -> str | None:
    """Which item of the “三公” table a label names; 公务用车购置及运行 is that of both."""
    items = specs()[TableName.THREE_PUBLIC].items
    if items["vehicle_purchase"].within(text) and re.search("运行|运维|维护", text):
        return "vehicle"
    return next((item for item, phrases in items.items() if phrases.within(text)), None)


@cache
def specs() -> dict[str, TableSpec]:
    """Kind → what is known of it."""
    found = {kind: TableSpec.model_validate(terms) for kind, terms in vocabulary.table_files().items()}
    known = vocabulary.words().subjects.keys()
    for kind, spec in found.items():
        if unknown := {word for title in spec.titles for word in title.split()} - known | spec.allows - known:
            raise ValueError(
                f"vocabulary/tables/{kind}.yaml names subjects that words.yaml does not know: {unknown}"
            )
    return found


@lru_cache(maxsize=4096)
def kinds_named(subjects: frozenset[str]) -> Mapping[str, int]:
    """The kinds that a title with these subjects names, and how many of the subjects each needs."""
    return {kind: count for kind, spec in specs().items() if (count := spec.named_by(subjects))}


@lru_cache(maxsize=1024)
def kinds_signed(labels: tuple[str, ...]) -> frozenset[str]:
    """The kinds that a header with these labels is known to be of without a title."""
    return frozenset(kind for kind, spec in specs().items() if spec.signed_by(labels))


def titles() -> dict[TableName, str]:
    """How messages call each budget table."""
    return {name: specs()[name].title for name in TableName if not name.of_government}


@lru_cache(maxsize=4096)
def subjects_of(title: str) -> frozenset[str]:
    """What `title` (a label) names, the longest words first: `一般公共预算基本支出表` general_budget and basic."""
    found: set[str] = set()
    at = 0
    while start := _any_subject().search(title, at):
        at, subject = max(_subjects_at(title, start.start()), key=itemgetter(0))
        found.add(subject)
    return frozenset(found)


def _subjects_at(title: str, at: int) -> Iterator[tuple[int, str]]:
    """Where each subject ends that begins at `at`."""
    for subject, pattern in _patterns():
        if match := pattern.match(title, at):
            yield match.end(), subject


@cache
def _any_subject() -> re.Pattern[str]:
    return re.compile("|".join(pattern.pattern for _, pattern in _patterns()))


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    words = vocabulary.words()
    no_office = f"(?!(?:{_DUTIES})*(?:{'|'.join(words.offices)}))"
    return tuple(
        (subject, re.compile(f"(?:{'|'.join(words.expression(phrase) for phrase in phrases)}){no_office}"))
        for subject, phrases in words.subjects.items()
    )
