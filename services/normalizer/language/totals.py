"""What a total calls itself: the one place that knows 合计, 总计, 小计, 共计, 总额 and their like."""

import re
from typing import Final

from services.normalizer.language.text import label, without_marker

_QUOTES: Final = re.compile("[“”\"'‘’:]")
_WORD: Final = "合计数?|总计数?|共计|小计数?|总额|总数|总和"
_ITEM: Final = (
    "本年度?|当年|收入|支出|收支|资金|预算|决算|部门|单位|全部|各项|金额|总|财政拨款|(?:政府)?采购|(?:固定)?资产|项目|"
    "基本支出|项目支出|人员经费|公用经费|三公经费|经费"
)
_WHOLE: Final = re.compile(rf"(?:{_ITEM})*(?:{_WORD}|计)(?:\((?:[百千]?万元|元|亿元)\))?")
_ENDING: Final = re.compile(rf".{{0,24}}?(?:{_WORD})")
_PARTIAL: Final = re.compile("小计")


def is_total(text: str) -> bool:
    """Whether `text` names nothing but a total: `合计`, `合 计`, `本年支出合计`, `收入总计`, `总计(元)`."""
    return bool(_WHOLE.fullmatch(_plain(text)))


def ends_in_total(text: str) -> bool:
    """Whether `text` names a total, of whatever: also `人员经费合计`, `某某局小计`."""
    return bool(_ENDING.fullmatch(_plain(text)))


def is_partial(text: str) -> bool:
    """Whether `text` names a total of a part only: `小计`."""
    return bool(_PARTIAL.search(_plain(text)))


def _plain(text: str) -> str:
    return _QUOTES.sub("", without_marker(label(text)))
