"""The words of governments' tables (vocabulary/government.yaml), checked, and what of them a text holds."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Final, Generic, TypeVar

from pydantic import BaseModel, ConfigDict

from services.normalizer.language.text import label
from services.normalizer.language.word_lists import read_words
from services.normalizer.language.years import plain_years
from shared.schemas.names import Basis, BudgetLevel, ColumnName, Fund, LineClassification, Metric, TableName

T = TypeVar("T")
_FILE: Final = Path(__file__).parents[1] / "vocabulary" / "government.yaml"
_RANKS: Final = "省市县区州盟旗镇乡"
"""The last characters of the names of regions, which are the ranks of their governments."""
_HOLDER: Final = "X"


@lru_cache(maxsize=1 << 15)
def plain(text: str) -> str:
    """`text` as the words expect it: one line, no white space, ASCII brackets and digits, years in digits."""
    return plain_years(label(text))


@dataclass(frozen=True)
class Hit(Generic[T]):
    """A word of a list at its place in a text."""

    value: T
    start: int
    end: int


class WordLists(Generic[T]):
    """Words by what they stand for; of several at one place the longest counts, none overlap."""

    def __init__(self, lists: Mapping[T, Sequence[str]]) -> None:
        self._values: dict[str, T] = {}
        for value, words in lists.items():
            for word in words:
                self._values.setdefault(label(word), value)

    @property
    def words(self) -> tuple[str, ...]:
        """Every word."""
        return tuple(self._values)

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile("|".join(map(re.escape, sorted(self._values, key=lambda word: (-len(word), word)))))

    def hits(self, text: str) -> list[Hit[T]]:
        """The words in a `plain` text, from the left."""
        return [Hit(self._values[m[0]], m.start(), m.end()) for m in self._pattern.finditer(text)]

    def values(self, text: str) -> list[T]:
        """What the words of a `plain` text stand for, from the left."""
        return [hit.value for hit in self.hits(text)]

    def exactly(self, text: str) -> T | None:
        """What a `plain` text that is one of the words stands for."""
        return self._values.get(text)

    def without(self, text: str) -> str:
        """A `plain` text less every word of the lists."""
        return self._pattern.sub("", text)


class GovernmentTerms(BaseModel):
    """The lists as the file holds them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    funds: Mapping[Fund, tuple[str, ...]]
    brief: Mapping[Fund, tuple[str, ...]]
    implied: Mapping[Fund, tuple[str, ...]]
    fund_names: tuple[str, ...]
    rows_of_funds: Mapping[Fund, tuple[str, ...]]
    levels: Mapping[BudgetLevel, tuple[str, ...]]
    level_names: tuple[str, ...]
    tables: Mapping[TableName, tuple[str, ...]]
    received: tuple[str, ...]
    paid: tuple[str, ...]
    bases: Mapping[Basis, tuple[str, ...]]
    columns: Mapping[ColumnName, tuple[str, ...]]
    names: Mapping[str, tuple[str, ...]]
    no_money: tuple[str, ...]
    classes: Mapping[LineClassification, tuple[str, ...]]
    metrics: Mapping[Metric, tuple[str, ...]]
    items: tuple[str, ...]
    expenditure_classes: tuple[str, ...]
    ours: tuple[str, ...]
    beside: tuple[str, ...]


@cache
def terms() -> GovernmentTerms:
    """The file, checked."""
    return GovernmentTerms.model_validate(read_words(_FILE))


@cache
def funds() -> WordLists[Fund]:
    """Budgets, insurances and debts."""
    return WordLists(terms().funds)


@cache
def brief() -> WordLists[Fund]:
    """Kinds of debt in one word."""
    return WordLists(terms().brief)


@cache
def implied() -> WordLists[Fund]:
    """What only one budget has."""
    return WordLists(terms().implied)


@cache
def rows_of_funds() -> WordLists[Fund]:
    """Rows that only one budget has."""
    return WordLists(terms().rows_of_funds)


@cache
def levels(rank: str | None) -> WordLists[BudgetLevel]:
    """Words of levels as a government of `rank` (the last character of its region) uses them; None: of any."""
    ranks = rank if rank and rank in _RANKS else _RANKS
    return WordLists(
        {
            level: [each for word in words for each in _ranked(word, ranks)]
            for level, words in terms().levels.items()
        }
    )


def _ranked(word: str, ranks: str) -> list[str]:
    return [word.replace(_HOLDER, rank) for rank in ranks] if _HOLDER in word else [word]


@cache
def kinds() -> WordLists[TableName]:
    """Words of titles that say what a table is."""
    return WordLists(terms().tables)


@cache
def bases() -> WordLists[Basis]:
    """Words of what a figure is."""
    return WordLists(terms().bases)


@cache
def names_with_budget() -> WordLists[bool]:
    """Names that hold 预算 and say nothing of planned or spent."""
    return WordLists({True: terms().fund_names})


@cache
def names_with_level() -> WordLists[bool]:
    """Names that hold the word of a level and say nothing of whose money it is."""
    return WordLists({True: terms().level_names})


@cache
def columns() -> WordLists[ColumnName]:
    """What columns hold besides."""
    return WordLists(terms().columns)


@cache
def names() -> WordLists[str]:
    """Labels over the names of rows."""
    return WordLists(terms().names)


@cache
def received_or_paid() -> WordLists[bool]:
    """Whether a transfer is received."""
    return WordLists({True: terms().received, False: terms().paid})


@cache
def no_money() -> WordLists[bool]:
    """Labels of numbers that are no money."""
    return WordLists({True: terms().no_money})


@cache
def classes() -> WordLists[LineClassification]:
    """Names of classes."""
    return WordLists(terms().classes)
