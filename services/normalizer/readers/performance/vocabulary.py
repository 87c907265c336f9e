"""The words of performance targets (vocabulary/performance.yaml), loaded once, checked by a strict model."""

import re
from collections import defaultdict
from collections.abc import Mapping, Set
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, field_validator

from services.normalizer.language.text import label, remembered
from services.normalizer.language.word_lists import read_words

Operator = Literal[">=", "<=", ">", "<", "="]
_BRACKETED = re.compile(r"[(\[【](?!(?:专项|项目)[)\]】])[^()\[\]【】]*[)\]】]")
"""What stands in brackets says nothing of a word, but that a column of units holds projects too."""
_LAYOUT = re.compile(r"[:*_★▲☆]+")
_LEAD = re.compile(r"^(?:\d{1,2}[.、]|[一二三四五六七八九十]{1,2}、)")
_YEAR = re.compile(r"^(?:19|20)\d\d年度?")
_POINTS = re.compile(r"(?<=[\u4e00-\u9fff])\d{1,3}(?:[-—~]\d{1,3})?分$")
_LONGEST_WORD = 24
"""Characters; a longer text is content, neither label nor header."""

_FEWEST_KEPT = 3
"""Characters of a word that a narrow cell leaves when it can still be told which word it is."""
_MOST_CUT = 3
"""Characters that it cuts off then at most."""
_MONEY = frozenset(("fiscal_funds", "other_funds"))
_REMEMBERED = 4096
"""Words whose kind is kept at hand."""


class _WordGroup(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class HeadingWords(_WordGroup):
    """The words of headings: of what kind a form is, whose it is, and what names nothing."""

    kinds: tuple[str, ...]
    whole: tuple[str, ...]
    targets: tuple[str, ...]
    generic: tuple[str, ...]


class GoalWords(_WordGroup):
    """The words of the section of a department's goals."""

    section: tuple[str, ...]
    closed_by: tuple[str, ...]
    goal: tuple[str, ...]
    indicators: tuple[str, ...]


class ValueWords(_WordGroup):
    """Operator words, longest first."""

    comparisons: tuple[tuple[str, Operator], ...]
    bounds: tuple[tuple[str, Operator], ...]
    filler: tuple[str, ...]
    percent: frozenset[str]
    longest_unit: int
    never_in_unit: tuple[str, ...]

    @field_validator("comparisons", "bounds", mode="before")
    @classmethod
    def _longest_first(cls, value: dict[str, list[str]]) -> list[tuple[str, str]]:
        pairs = [(word, operator) for operator, synonyms in value.items() for word in synonyms]
        return sorted(pairs, key=lambda pair: -len(pair[0]))


class MoneyWords(_WordGroup):
    """What the names of a project's whole money are made of, each with one of `nouns` at least."""

    nouns: tuple[str, ...]
    others: tuple[str, ...]


class PerformanceWords(_WordGroup):
    """`columns`, `value_columns`, `labels` and `funds` go from a word, as `key` writes it, to its kind."""

    leading: tuple[str, ...]
    columns: dict[str, str]
    value_columns: dict[str, str]
    labels: dict[str, str]
    funds: dict[str, str]
    in_words: frozenset[str]
    money: MoneyWords
    totals: frozenset[str]
    long_term: frozenset[str]
    level1_names: frozenset[str]
    level2_names: frozenset[str]
    headings: HeadingWords
    goals: GoalWords
    values: ValueWords

    @property
    def level_names(self) -> frozenset[str]:
        """The names of both upper levels."""
        return self.level1_names | self.level2_names

    @field_validator("columns", "value_columns", "labels", "funds", mode="before")
    @classmethod
    def _by_word(cls, value: dict[str, list[str]]) -> dict[str, str]:
        return {key(word): kind for kind, synonyms in reversed(value.items()) for word in synonyms}


@cache
def words() -> PerformanceWords:
    """The vocabulary; raises pydantic.ValidationError where performance.yaml is not of its form."""
    path = Path(__file__).parents[2] / "vocabulary" / "performance.yaml"
    return PerformanceWords.model_validate(read_words(path))


@lru_cache(maxsize=_REMEMBERED)
def label_kind(word: str) -> str | None:
    """The kind of value that `word`, as `key` writes it, is a label for, or null."""
    return _known(words().labels, word) or _cut_short(word) or ("funds" if names_money(word) else None)


@lru_cache(maxsize=_REMEMBERED)
def column_kind(word: str) -> str | None:
    """What a column headed `word` of an indicator table holds, or null."""
    return _known(words().columns, word) or ("budget" if names_money(word) else None)


def named_level(word: str) -> str | None:
    """`word` where it names an upper level, alone or after the level above it: 产出数量指标; else null."""
    return word if level_name(word) or level_name(word[2:]) else None


def names_money(word: str) -> bool:
    """Whether `word` is made of nothing but words for all the money of a project: 项目资金额度."""
    return bool(_whole_money().fullmatch(word)) and any(noun in word for noun in words().money.nouns)


@cache
def _whole_money() -> re.Pattern[str]:
    return re.compile(f"(?:{'|'.join((*words().money.nouns, *words().money.others))})+")


@lru_cache(maxsize=_REMEMBERED)
def level_name(text: str) -> str | None:
    """The name of an upper level that `text` is, as the vocabulary writes it, or null: 数量 is 数量指标."""
    word = key(text)
    return next((name for name in (word, f"{word}指标") if name in words().level_names), None)


@lru_cache(maxsize=_REMEMBERED)
def fund_kind(word: str) -> str | None:
    """What a column headed `word` of the money of a form holds, or null."""
    return words().funds.get(word)


def _known(kinds: Mapping[str, str], word: str) -> str | None:
    """The kind of `word`, where need be without what may stand before it."""
    while word:
        if word in kinds:
            return kinds[word]
        lead = next((lead for lead in words().leading if word.startswith(lead)), None)
        if lead is None:
            return None
        word = word.removeprefix(lead)
    return None


def _cut_short(word: str) -> str | None:
    """The kind of money whose labels, all of one kind, begin as `word` does, which a narrow cell cuts off.

    Other labels are not completed: 预期目标 is no 预期目标值.
    """
    begun = _beginnings().get(word, frozenset())
    return next(iter(begun)) if len(begun) == 1 and begun <= _MONEY else None


@cache
def _beginnings() -> Mapping[str, Set[str]]:
    """What a narrow cell may leave of a label → the kinds of the labels that begin so."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for whole, kind in words().labels.items():
        for end in range(max(_FEWEST_KEPT, len(whole) - _MOST_CUT), len(whole)):
            found[whole[:end]].add(kind)
    return dict(found)


@remembered
def key(text: str) -> str:
    """`text` as a header or label word: no spaces, brackets, colons, list marker, leading year, points or 其中.

    Empty where it is too long for one.
    """
    if len(text) > 2 * _LONGEST_WORD:
        return ""
    plain = _BRACKETED.sub("", _LAYOUT.sub("", label(text)))
    plain = _POINTS.sub("", _YEAR.sub("", _LEAD.sub("", plain))).removeprefix("其中")
    return plain if len(plain) <= _LONGEST_WORD else ""
