"""What a heading says of the table under it: a project's number and name, or the department as a whole."""

import re
from dataclasses import dataclass
from functools import cache

from services.normalizer.language.enumerations import read_marker
from services.normalizer.language.money import without_unit
from services.normalizer.language.text import joined, remembered, squeezed
from services.normalizer.readers.performance.forms import inline
from services.normalizer.readers.performance.vocabulary import words

LONGEST = 200
"""Characters; a longer paragraph is no heading."""

LONGEST_NAME = 100

_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_TRAILING = re.compile(r"[（(][^（）()]{0,30}[)）]$")
_SECTION = re.compile(r"第[一二三四五六七八九十]{1,3}[部章]")
_ENDS = ("。", "；", ";", "，", ",", "：", ":")
_STRAY = "]】）)》〉"


@dataclass(frozen=True)
class FormHeading:
    """A heading over a performance table; `name` is null where it names no project."""

    number: int | None = None
    name: str | None = None
    whole: bool = False


@remembered
def read_heading(text: str) -> FormHeading | None:
    """The heading that `text` is, or null: `3、…费绩效目标表` names a project, `…整体绩效…` the whole."""
    if len(text) > LONGEST:
        return None
    said = inline(text)
    if said and said[0] == "name":
        return FormHeading(name=clean_name(said[1]))
    line = _TRAILING.sub("", without_unit(joined(text)).rstrip("：:")).strip()
    if not line or line.endswith(_ENDS):
        return None
    if _whole().search(squeezed(line)):
        return FormHeading(whole=True)
    number, rest = split_marker(line)
    match = _title().search(rest)
    if match:
        return FormHeading(number, project_name(rest[: match.start()]))
    return FormHeading() if _opens_section(squeezed(rest)) else None


def read_line(text: str) -> FormHeading:
    """The heading that a line right above a table is, though it does not say what the table is."""
    number, name = split_marker(joined(text))
    for target in words().headings.targets:
        name = name.removesuffix(target)
    return FormHeading(number, project_name(name))


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


def project_name(text: str) -> str | None:
    """The project that `text` names, or null where it is made of general words only: `2024年部门项目支出`."""
    return None if _generic().fullmatch(squeezed(text)) else clean_name(text)


def _opens_section(line: str) -> bool:
    """Whether `line` opens the part about projects: `第二部分 预算项目绩效目标`, `二、专项资金绩效目标`."""
    targets = words().headings.targets
    if _SECTION.match(line):
        return any(word in line for word in targets)
    return line.endswith(targets) and bool(_generic().fullmatch(line))


@cache
def _title() -> re.Pattern[str]:
    kinds = "|".join(words().headings.kinds)
    return re.compile(
        rf"(?<!整体)绩效(?:[^绩，。；：、]{{0,6}}?(?:{kinds}))[^绩，。；：]{{0,8}}表[-—]?[\d-]{{0,4}}$"
    )


@cache
def _whole() -> re.Pattern[str]:
    """`…部门整体支出绩效目标表`, but no project whose name only holds such words."""
    kinds, targets = "|".join(words().headings.whole), "|".join(words().headings.targets)
    return re.compile(rf"(?:{kinds})[)）]?(?:{kinds})?(?:{targets})(?:(?!{targets})[^，。；：]){{0,10}}$")


@cache
def _generic() -> re.Pattern[str]:
    plain = "|".join(sorted(map(re.escape, words().headings.generic), key=len, reverse=True))
    return re.compile(rf"(?>{plain}|[\dA-Za-z（）()《》“”\-—_、.．:：])*+")
