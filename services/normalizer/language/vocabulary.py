"""The vocabulary (vocabulary/*.yaml) as typed, compiled data: words, header labels, metric phrases, regions."""

import csv
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Final, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, TypeAdapter

from services.normalizer.language.text import remembered
from services.normalizer.language.word_lists import read_words
from shared.schemas.names import Basis, ColumnName, Metric

_SAYING_NO_METRIC: Final = (
    "owner", "passing", "planned", "spent", "increase", "decrease", "reaching", "beside_change", "reason",
    "ordinal", "elsewhere", "intends", "purchases", "heading",
)  # fmt: skip
_LIST_OF: Final = {"owner": "owners", "reason": "reasons", "ordinal": "ordinals", "heading": "heading_words"}
_FOLDER: Final = Path(__file__).parents[1] / "vocabulary"
_PIECE: Final = re.compile(r"\{\w+\}|[\[\]<>|…]|[^\[\]<>|…{}]+")
_SIGNS: Final = {"[": "(?:", "]": ")?", "<": "(?:", ">": ")", "|": "|", "…": ".{0,12}"}


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


Phrase = Annotated[str, AfterValidator(str.strip)]
"""Plain text with options: see vocabulary/words.yaml."""


class Words(_Strict):
    """Lists of words, the subjects a table's title may name, and how offices' names end."""

    lists: dict[str, tuple[Phrase, ...]]
    subjects: dict[str, tuple[Phrase, ...]]
    government_rows: tuple[Phrase, ...]
    offices: tuple[str, ...]

    def pattern(self, name: str) -> str:
        """The words of list `name` as a regular expression, the longer before those they contain."""
        return "|".join(self.expression(phrase) for phrase in sorted(self.lists[name], key=len, reverse=True))

    def expression(self, phrase: str) -> str:
        """`phrase` as a regular expression."""
        return "".join(self._piece(piece) for piece in _PIECE.findall(phrase))

    def _piece(self, piece: str) -> str:
        if piece in _SIGNS:
            return _SIGNS[piece]
        return f"(?:{self.pattern(piece[1:-1])})" if piece.startswith("{") else re.escape(piece)


class Phrases:
    """Phrases of which a label may be one, compiled: `in` asks for the whole label, `within` for a part of it."""

    def __init__(self, phrases: Iterable[str]) -> None:
        self.expression: Final = "|".join(f"(?:{words().expression(each)})" for each in phrases) or "(?!)"
        """What matches one of them."""
        pattern = re.compile(self.expression)
        self._is = remembered(lambda label: pattern.fullmatch(label) is not None)
        self.within: Final = remembered(lambda label: pattern.search(label) is not None)
        """Whether a phrase stands anywhere in a label."""

    def __contains__(self, label: str) -> bool:
        return self._is(label)


def _phrases(value: Any) -> Phrases:
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise ValueError(f"a list of phrases is wanted, not {value!r}")
    return Phrases(value)


OneOf = Annotated[Phrases, BeforeValidator(_phrases)]
"""A list of phrases in YAML."""


class ColumnTerms(_Strict):
    """How header labels are understood."""

    line_no: OneOf
    code: OneOf
    other_code: OneOf
    code_parts: tuple[str, ...]
    unit_code: OneOf
    name: OneOf
    unit_name: OneOf
    remark: OneOf
    earlier: OneOf
    compared: OneOf
    generic: OneOf
    bases: dict[Basis, OneOf]
    columns: dict[ColumnName, OneOf]
    within: dict[ColumnName, dict[ColumnName, ColumnName]]
    groups: OneOf
    this_year: OneOf
    titles: dict[ColumnName, str]


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
    unit_endings: tuple[str, ...]
    passing: tuple[str, ...]
    planned: tuple[str, ...]
    spent: tuple[str, ...]
    increase: tuple[str, ...]
    decrease: tuple[str, ...]
    reaching: tuple[str, ...]
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


class CheckTerms(_Strict):
    """What a check looks at and what must hold, in Chinese."""

    about: str
    holds: str


class Region(_Strict):
    """A region of GB/T 2260; `full_name` with its parents, `since` and `until` years where they are known."""

    code: str
    name: str
    full_name: str
    since: int | None
    until: int | None


M = TypeVar("M", bound=_Strict)


def _read(file: str) -> Any:
    return read_words(_FOLDER / file)


@cache
def words() -> Words:
    """The words that titles and labels are made of."""
    return Words.model_validate(_read("words.yaml"))


def table_files() -> dict[str, Any]:
    """Kind of table → what its file under vocabulary/tables says, unchecked."""
    return {path.stem: _read(f"tables/{path.name}") for path in sorted((_FOLDER / "tables").glob("*.yaml"))}


@cache
def columns() -> ColumnTerms:
    """The labels of the budget tables' columns."""
    return ColumnTerms.model_validate(_read("columns.yaml"))


@cache
def metrics() -> MetricTerms:
    """The phrases of figures in prose."""
    return MetricTerms.model_validate(_read("metrics.yaml"))


@cache
def customary_regions() -> dict[str, tuple[str, ...]]:
    """Code of a region → how it is called beside its names of GB/T 2260."""
    return TypeAdapter(dict[str, tuple[str, ...]]).validate_python(_read("customary_regions.yaml"))


@cache
def regions() -> tuple[Region, ...]:
    """Every region in force at some time since 2014."""
    with (_FOLDER / "regions.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            Region.model_validate({name: value or None for name, value in row.items()})
            for row in csv.DictReader(file)
        )


@cache
def checks() -> dict[str, CheckTerms]:
    """Check → what it says to readers of budgets."""
    return {name: CheckTerms.model_validate(terms) for name, terms in _read("checks.yaml").items()}
