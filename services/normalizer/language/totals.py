"""What a total calls itself: the one place that knows 合计, 总计, 小计, 共计, 总额 and their like."""

import re
from functools import cache
from typing import Final

from services.normalizer.language import vocabulary
from services.normalizer.language.text import label, remembered, without_marker

_QUOTES: Final = re.compile("[“”\"'‘’:]")
_PARTIAL: Final = re.compile("小计")


@remembered
def is_total(text: str) -> bool:
    """Whether `text` names nothing but a total: `合计`, `合 计`, `本年支出合计`, `收入总计`, `总计(元)`."""
    return bool(_whole().fullmatch(_plain(text)))


@remembered
def ends_in_total(text: str) -> bool:
    """Whether `text` names a total, of whatever: also `人员经费合计`, `某某局小计`."""
    return bool(_ending().fullmatch(_plain(text)))


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
def _ending() -> re.Pattern[str]:
    return re.compile(f".{{0,24}}?(?:{vocabulary.words().pattern('total')})")
