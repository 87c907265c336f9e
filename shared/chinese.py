"""What several services know of how Chinese budgets are printed."""

import re
import unicodedata
from typing import Final, Literal

_MARKER: Final = re.compile(r"^(?:[一二三四五六七八九十]{1,3}、|\([一二三四五六七八九十\d]{1,3}\)|\d{1,2}[.、])")
_BUDGETS: Final = "一般公共预算|公共财政预算|政府性基金|国有资本经营|社会保险基金|预算|基金|财政"
_OWNERS: Final = "地方|本年|当年|全[省市县区州盟旗]|[省市县区州盟旗]?本级|[省市县区州盟旗]级"
_YEAR_TOTAL: Final = re.compile(f"(?:{_OWNERS}|{_BUDGETS})*(收入|支出)(?:预算|决算)?(?:合计|小计)?")
_SIDES: Final[dict[str, Literal["income", "expenditure"]]] = {"收入": "income", "支出": "expenditure"}
_LONGEST: Final = 40


def year_total(name: str) -> Literal["income", "expenditure"] | None:
    """The side that a row's name is all of the year's own money of, without transfers and what is carried on.

    `本年收入合计`, `全县一般公共预算支出`; None for `收入总计`, `税收收入`.
    """
    plain = _MARKER.sub("", unicodedata.normalize("NFKC", "".join(name.split())))
    match = _YEAR_TOTAL.fullmatch(plain) if len(plain) <= _LONGEST else None
    return _SIDES[match[1]] if match else None
