"""The vocabulary (vocabulary/*.yaml) as typed, compiled data: table titles, header labels, metric phrases."""

import csv
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Final, TypeVar

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict

from shared.schemas.names import ColumnName, Metric

_SAYING_NO_METRIC: Final = (
    "owner", "passing", "planned", "spent", "increase", "decrease", "beside_change", "reason", "ordinal",
    "elsewhere", "intends", "purchases", "heading",
)  # fmt: skip
_LIST_OF: Final = {"owner": "owners", "reason": "reasons", "ordinal": "ordinals", "heading": "heading_words"}
_FOLDER: Final = Path(__file__).parents[1] / "vocabulary"


def _pattern(value: Any) -> re.Pattern[str]:
    if isinstance(value, list):
        value = "|".join(f"(?:{_text(each)})" for each in value)
    return re.compile(_text(value))


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"a pattern is text, not {value!r}")
    return value


Pattern = Annotated[re.Pattern[str], BeforeValidator(_pattern)]
"""One regular expression, or several as a list, of which any matches."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class TableTerms(_Strict):
    """How a kind of table is known, and the columns its records may have."""

    titles: Pattern
    header: tuple[Pattern, ...] = ()
    signature: tuple[Pattern, ...] = ()
    body: tuple[Pattern, ...] = ()
    columns: frozenset[ColumnName] = frozenset()


class ColumnTerms(_Strict):
    """How header labels are understood."""

    line_no: Pattern
    code: Pattern
    code_parts: tuple[str, ...]
    unit_code: Pattern
    name: Pattern
    excluded: Pattern
    generic: Pattern
    columns: dict[ColumnName, Pattern]
    groups: Pattern


class FieldTerms(_Strict):
    """The labels of a table whose every column is a field of its records, and of its total rows."""

    fields: dict[str, Pattern]
    total: Pattern | None = None
    subtotal: Pattern | None = None


class MetricTerms(_Strict):
    """The words of the explanation; the file says what each list is."""

    strong: dict[Metric, tuple[str, ...]]
    weak: dict[Metric, tuple[str, ...]]
    both: tuple[str, ...]
    funds: dict[str, tuple[str, ...]]
    income_parts: tuple[str, ...]
    expenditure_parts: tuple[str, ...]
    procurement_classes: tuple[str, ...]
    vehicle_operation_in_brief: tuple[str, ...]
    vehicle_purchase_in_brief: tuple[str, ...]
    owners: tuple[str, ...]
    owner_endings: frozenset[str]
    passing: tuple[str, ...]
    planned: tuple[str, ...]
    spent: tuple[str, ...]
    increase: tuple[str, ...]
    decrease: tuple[str, ...]
    beside_change: tuple[str, ...]
    reasons: tuple[str, ...]
    ordinals: tuple[str, ...]
    elsewhere: tuple[str, ...]
    intends: tuple[str, ...]
    purchases: tuple[str, ...]
    silent_sections: tuple[str, ...]
    explaining: tuple[str, ...]
    heading_words: tuple[str, ...]

    def words(self) -> Iterator[tuple[str, Metric | None, str]]:
        """Every word that may stand before a figure: the list it is of, the metric it names, the word."""
        named: list[tuple[str, Metric | None, tuple[str, ...]]] = [
            *(("strong", metric, words) for metric, words in self.strong.items()),
            *(("weak", metric, words) for metric, words in self.weak.items()),
            *(("fund", None if name == "other" else Metric(name), words) for name, words in self.funds.items()),
            ("both", None, self.both),
            ("part", Metric.INCOME_PART, self.income_parts),
            ("part", Metric.EXPENDITURE_PART, self.expenditure_parts),
            ("class", Metric.PROCUREMENT_PART, self.procurement_classes),
            ("brief", Metric.THREE_PUBLIC_VEHICLE_OPERATION, self.vehicle_operation_in_brief),
            ("brief", Metric.THREE_PUBLIC_VEHICLE_PURCHASE, self.vehicle_purchase_in_brief),
            *((role, None, getattr(self, _LIST_OF.get(role, role))) for role in _SAYING_NO_METRIC),
        ]
        for role, metric, words in named:
            yield from ((role, metric, word) for word in words)


class Region(_Strict):
    """A region of GB/T 2260; `full_name` with its parents, `since` and `until` years where they are known."""

    code: str
    name: str
    full_name: str
    since: int | None
    until: int | None


M = TypeVar("M", bound=_Strict)


def _read(file: str) -> Any:
    return yaml.safe_load((_FOLDER / file).read_text(encoding="utf-8"))


@cache
def tables() -> dict[str, TableTerms]:
    """Kind of table → its vocabulary."""
    return {kind: TableTerms.model_validate(terms) for kind, terms in _read("tables.yaml").items()}


@cache
def columns() -> ColumnTerms:
    """The labels of the budget tables' columns."""
    return ColumnTerms.model_validate(_read("columns.yaml"))


@cache
def fields(kind: str) -> FieldTerms:
    """The labels of the columns of `kind`: organisation_units, procurement, assets."""
    return FieldTerms.model_validate(_read("fields.yaml")[kind])


@cache
def metrics() -> MetricTerms:
    """The phrases of figures in prose."""
    return MetricTerms.model_validate(_read("metrics.yaml"))


@cache
def regions() -> tuple[Region, ...]:
    """Every region in force at some time since 2014."""
    with (_FOLDER / "regions.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            Region.model_validate({name: value or None for name, value in row.items()})
            for row in csv.DictReader(file)
        )
