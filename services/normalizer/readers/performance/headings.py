"""What a heading says of the table under it: a project's number and name, or the department as a whole."""

import re
from dataclasses import dataclass
from functools import cache

from services.normalizer.language.text import joined, squeezed
from services.normalizer.readers.performance.enumerations import read_marker
from services.normalizer.readers.performance.vocabulary import words

LONGEST = 200
"""Characters; a longer paragraph is no heading."""

LONGEST_NAME = 100

_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_TRAILING = re.compile(r"[（(][^（）()]{0,30}[)）]$")
_SECTION = re.compile(r"第[一二三四五六七八九十]{1,3}[部章]")
_GENERIC = re.compile(
    r"(?:部门|单位)?(?:主管)?(?:预算)?(?:专项)?(?:项目|资金)(?:支出|预算|安排|情况|及|和)*绩效目标"
)
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
    line = _TRAILING.sub("", joined(text).rstrip("：:")).strip()
    if not line or line.endswith(_ENDS):
        return None
    if _whole().search(squeezed(line)):
        return Heading(whole=True)
    number, rest = split_marker(line)
    match = _title().search(rest)
    if match:
        return Heading(number, clean_name(rest[: match.start()]))
    return Heading() if _opens_section(squeezed(rest)) else None


def read_line(text: str) -> Heading:
    """The heading that a line right above a table is, though it does not say what the table is."""
    number, name = split_marker(joined(text))
    for target in words().headings.targets:
        name = name.removesuffix(target)
    return Heading(number, clean_name(name))


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


def _opens_section(line: str) -> bool:
    """Whether `line` opens the part about projects: `第二部分 预算项目绩效目标`, `二、专项资金绩效目标`."""
    if _GENERIC.fullmatch(line):
        return True
    return bool(_SECTION.match(line)) and any(word in line for word in words().headings.targets)


@cache
def _title() -> re.Pattern[str]:
    tables = "|".join(sorted(words().headings.tables, key=len, reverse=True))
    return re.compile(rf"(?:{tables})[-—]?\d{{0,3}}$")


@cache
def _whole() -> re.Pattern[str]:
    """`…部门整体支出绩效目标表`, but no project whose name only holds such words."""
    kinds, targets = "|".join(words().headings.whole), "|".join(words().headings.targets)
    return re.compile(rf"(?:{kinds})[)）]?(?:{kinds})?(?:{targets})(?:(?!{targets})[^，。；：]){{0,10}}$")
