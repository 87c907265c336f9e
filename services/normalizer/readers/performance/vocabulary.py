"""The words of performance targets (words.yaml), loaded once and checked against a strict model."""

import re
from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, field_validator

from services.normalizer.language.text import label

Operator = Literal[">=", "<=", ">", "<", "="]
_BRACKETED = re.compile(r"[(\[【][^()\[\]【】]*[)\]】]")
_LAYOUT = re.compile(r"[:*_]+")
_YEAR = re.compile(r"^(?:19|20)\d\d年度?")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Headings(_Strict):
    tables: tuple[str, ...]
    whole: tuple[str, ...]
    targets: tuple[str, ...]


class GoalWords(_Strict):
    section: tuple[str, ...]
    closed_by: tuple[str, ...]
    goal: tuple[str, ...]
    indicators: tuple[str, ...]


class ValueWords(_Strict):
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


class Words(_Strict):
    """`columns`, `value_columns` and `labels` go from a word, as `key` writes it, to its kind."""

    columns: dict[str, str]
    value_columns: dict[str, str]
    labels: dict[str, str]
    level1_names: frozenset[str]
    level2_names: frozenset[str]
    headings: Headings
    goals: GoalWords
    values: ValueWords

    @property
    def level_names(self) -> frozenset[str]:
        """The names of both upper levels."""
        return self.level1_names | self.level2_names

    @field_validator("columns", "value_columns", "labels", mode="before")
    @classmethod
    def _by_word(cls, value: dict[str, list[str]]) -> dict[str, str]:
        return {key(word): kind for kind, synonyms in reversed(value.items()) for word in synonyms}


@cache
def words() -> Words:
    """The vocabulary; raises pydantic.ValidationError where words.yaml is not of its form."""
    text = Path(__file__).with_name("words.yaml").read_text(encoding="utf-8")
    return Words.model_validate(yaml.safe_load(text))


def key(text: str) -> str:
    """`text` as a header or label word: no spaces, brackets, colons, leading year or 其中."""
    plain = _YEAR.sub("", _BRACKETED.sub("", _LAYOUT.sub("", label(text))))
    return plain.removeprefix("其中")
