"""What values of vocabularies are called, in both languages (pages/labels.json); what fields mean, in Chinese."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

from shared.schemas.record_types import RECORD_TYPES

_PAGES: Final = Path(__file__).with_name("pages")


@cache
def _words() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    read: dict[str, Mapping[str, Mapping[str, str]]] = json.loads(
        (_PAGES / "labels.json").read_text(encoding="utf-8")
    )
    return {**read, "record": {each.name: each.labels for each in RECORD_TYPES}}


def labels(language: str, group: str) -> dict[str, str]:
    """The values of an enumeration, in order, and what they are called."""
    return {value: names[language] for value, names in _words()[group].items()}


def label(language: str, group: str, value: str | None) -> str:
    """What a value of an enumeration is called; the value itself where it has no name."""
    names = _words().get(group, {}).get(value or "")
    return names[language] if names else value or ""


@cache
def explanations() -> Mapping[str, str]:
    """A field's description in English → the same in Chinese."""
    read: dict[str, str] = json.loads((_PAGES / "explanations.json").read_text(encoding="utf-8"))
    return read


def explained(language: str, description: str) -> str:
    """The description of a field in the reader's language; of a field not known here, as it stands."""
    return explanations().get(description, description) if language == "zh" else description
