"""What a total calls itself: the one place that knows 合计, 总计, 小计, 共计, 总额 and their like."""

import re
from functools import cache
from typing import Final

from services.normalizer.language import vocabulary
from services.normalizer.language.text import joined, label, remembered, without_marker

_QUOTES: Final = re.compile("[“”\"'‘’:]")
_PARTIAL: Final = re.compile("小计")
_SUM: Final = "(?:合计|总计|共计|小计)"
_BARE: Final = re.compile(_SUM)
_LAST_LINE: Final = re.compile(
    "结[转余](?:收入|支出)?总计|(?:收入|支出|补助|费|结[转余])本年(?:收入|支出)(?:合计|总计)"
)
"""The last line of a side, and the total below it."""
_MARKED_AGAIN: Final = re.compile(
    r"(?<=[\u4e00-\u9fff)])(?:[一二三四五六七八九十]{1,3}、|\d{1,2}[.、](?!\d))(?![一二三四五六七八九十\d])[\u4e00-\u9fff]"
)
"""The list marker of another name behind one; between numerals it is none: 小学一、二年级."""


@remembered
def is_total(text: str) -> bool:
    """Whether `text` names nothing but a total: `合计`, `合 计`, `本年支出合计`, `收入总计`, `总计(元)`."""
    return bool(_whole().fullmatch(_plain(text)))


@remembered
def ends_in_total(text: str) -> bool:
    """Whether `text` names a total, of whatever: also `人员经费合计`, `某某局小计`."""
    return bool(_ending().fullmatch(_plain(text)))


@remembered
def without_total(text: str) -> str:
    """`text` as it is printed, less the word for a total at its end: `公用经费合计` is `公用经费`."""
    return _word_at_end().sub("", without_marker(joined(text)))


def holds_more(text: str) -> bool:
    """Whether `text` names a total and what it takes in beside: `合计（含会议费、培训费）`."""
    return bool(_with_more().match(_plain(text)))


@remembered
def names_several(text: str) -> bool:
    """Whether `text` is the names of several rows in one: `合计工资福利支出`, `二、上年结转` over `收入总计`."""
    plain = _plain(text)
    if _run_together().search(plain) or _MARKED_AGAIN.search(plain) or _LAST_LINE.search(plain):
        return True
    first, *below = text.split("\n")
    marked = _plain(first) != _QUOTES.sub("", label(first)) and not ends_in_total(first)
    return marked and any(is_total(line) and not _BARE.fullmatch(_plain(line)) for line in below)


def is_grand(text: str) -> bool:
    """Whether `text` names the whole of a side: `收入总计`."""
    return _plain(text).endswith("总计")


def is_partial(text: str) -> bool:
    """Whether `text` names a total of a part only: `小计`."""
    return bool(_PARTIAL.search(_plain(text)))


def _plain(text: str) -> str:
    return _QUOTES.sub("", without_marker(label(text)))


@cache
def _whole() -> re.Pattern[str]:
    words = vocabulary.words()
    unit = f"(?:\\((?:{words.pattern('unit')})\\))?"
    total = f"{words.pattern('total')}|{words.pattern('total_alone')}"
    return re.compile(f"(?:{words.pattern('item_of_total')})*(?:{total}){unit}")


@cache
def _word_at_end() -> re.Pattern[str]:
    return re.compile(f"(?:{vocabulary.words().pattern('total')})$")


@cache
def _run_together() -> re.Pattern[str]:
    """A word for a total with another name or another total behind it."""
    words = vocabulary.words()
    of_total = f"(?:{words.pattern('item_of_total')}|数|额|栏)"
    return re.compile(f"{_SUM}(?:{of_total}*{_SUM}|(?!{of_total}*(?:$|[(（]))[\u4e00-\u9fff]{{2}}|\\d[.、])")


@cache
def _with_more() -> re.Pattern[str]:
    return re.compile(f"(?:{vocabulary.words().pattern('total')})\\(包?[含括]")


@cache
def _ending() -> re.Pattern[str]:
    return re.compile(f".{{0,24}}?(?:{vocabulary.words().pattern('total')})")
