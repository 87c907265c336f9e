"""What a heading says of the table under it: a project's number and name, or the department as a whole."""

import re
from dataclasses import dataclass
from functools import cache

from services.normalizer.readers.performance.enumerations import read_marker
from services.normalizer.readers.performance.vocabulary import words
from services.normalizer.wording import joined, squeezed

LONGEST = 200
"""Characters; a longer paragraph is no heading."""

LONGEST_NAME = 100
LONGEST_WHOLE = 60

_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_TRAILING = re.compile(r"[（(][^（）()]{0,30}[)）]$")
_SECTION = re.compile(r"第[一二三四五六七八九十]{1,3}[部章]")
_ENDS = ("。", "；", ";", "，", ",", "：", ":")
_STRAY = "]】）)》〉"


@dataclass(frozen=True)
class Heading:
    """A heading over a performance table; `name` is null where it names no project."""

    number: int | None = None
    name: str | None = None
    whole: bool = False


def read_heading(text: str) -> Heading | None:
    """The heading that `text` is, or null: `3、…费绩效目标表` names a project, `…整体绩效…` the whole."""
    if len(text) > LONGEST:
        return None
    line = joined(text).rstrip("：:")
    bare = squeezed(text).rstrip("：:")
    if not bare or bare.endswith(_ENDS):
        return None
    line = _TRAILING.sub("", line).strip()
    match = _title().search(line)
    if any(word in bare for word in words().headings.whole):
        return Heading(whole=True) if _names_targets(bare) and len(bare) <= LONGEST_WHOLE else None
    if match:
        number, rest = split_marker(line[: match.start()])
        return Heading(number, clean_name(rest))
    if _SECTION.match(bare) and _names_targets(bare):
        return Heading()
    return None


def could_name(text: str) -> bool:
    """Whether a line is short and no sentence, so that it may be what a table under it is called."""
    bare = squeezed(text)
    return 3 < len(bare) <= LONGEST_NAME and bool(_CHINESE.search(bare)) and not bare.endswith(_ENDS)


def split_marker(text: str) -> tuple[int | None, str]:
    """The number that `text` is marked with (`3、`, `（二）`), and the text after it."""
    marker = read_marker(text)
    return (marker.number, text[marker.end :]) if marker else (None, text)


def clean_name(text: str) -> str | None:
    """A project's name: on one line, without a bracket that closes nothing."""
    name = joined(text)
    while name and name[0] in _STRAY:
        name = name[1:].strip()
    return name or None


def _names_targets(bare: str) -> bool:
    return any(word in bare for word in words().headings.whole_tables)


@cache
def _title() -> re.Pattern[str]:
    tables = "|".join(sorted(words().headings.tables, key=len, reverse=True))
    return re.compile(rf"(?:{tables})$")
