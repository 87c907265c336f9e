"""Years as Chinese print writes them, in digits."""

import re
from typing import Final

from services.normalizer.language.text import narrow, remembered, squeezed

_DIGITS: Final = str.maketrans("〇○O零一二三四五六七八九", "0000123456789")
_CHINESE: Final = re.compile(r"二[〇○O0零][〇○O0零一二三四五六七八九]{2}(?=年)")
_SHORT: Final = re.compile(r"(?<![\d.])(?=[123]\d年度?(?:部门|单位|本级)?(?:预算|决算|绩效))")
"""Before a year in two digits: `22年度决算`."""
YEAR: Final = re.compile(r"(?<!\d)20\d\d(?!\d)")
"""A year in text that `plain_years` gave."""


@remembered
def plain_years(text: str) -> str:
    """`text` on one line without white space, years in four digits (`二〇二一年` and `21年度预算` are of 2021)."""
    return _SHORT.sub("20", _CHINESE.sub(lambda match: match[0].translate(_DIGITS), narrow(squeezed(text))))


def years_in(plain: str) -> list[int]:
    """The years in a text of `plain_years`, in order."""
    return [int(year) for year in YEAR.findall(plain)]
