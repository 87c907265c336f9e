"""What values of vocabularies are called, in Chinese and in English (pages/labels.json)."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

from shared.schemas.record_types import RECORD_TYPES

_FILE: Final = Path(__file__).with_name("pages") / "labels.json"


@cache
def _words() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    read: dict[str, Mapping[str, Mapping[str, str]]] = json.loads(_FILE.read_text(encoding="utf-8"))
    return {**read, "record": {each.name: each.labels for each in RECORD_TYPES}}


def labels(language: str, group: str) -> dict[str, str]:
    """The values of an enumeration, in order, and what they are called."""
    return {value: names[language] for value, names in _words()[group].items()}


def label(language: str, group: str, value: str | None) -> str:
    """What a value of an enumeration is called; the value itself where it has no name."""
    names = _words().get(group, {}).get(value or "")
    return names[language] if names else value or ""
