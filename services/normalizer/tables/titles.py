"""Which line is the title of a table, and what it names; none of its words is known by its place in the line."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from services.normalizer.language.text import joined, label, remembered
from services.normalizer.tables.spec import subjects_of

_NEXT: Final = re.compile(
    r"(?:(?:编制|填报|公开|编报|填制|预算|主管)*(?:部门|单位|日期|时间)(?:\(单位\))?(?:名称|代码)?|金额单位|货币单位)[:]"
)
_SENTENCE: Final = re.compile(r"[。；;，,!?]|本表|此表|详见|见附|如下|空表|说明|^注|\.{3,}|……")
_BEFORE: Final = re.compile(
    r"^.*?(?:公开|附|预算|决算)?(?:表|附件)[\d一二三四五六七八九十]+(?:[-—]\d+)?(?:[:、.]|表[:])?(?=\D)"
)
_UNTITLED: Final = re.compile(r"(?:预算|决算|计划|情况|明细|目标|指标)$")
_ENDS: Final = re.compile(r"表(?:格)?(?![示述明达格面决态])")
_OWN: Final = re.compile("部门|单位")
_LONGEST_REST: Final = 20
_LONGEST_UNTITLED: Final = 24
_LONGEST_END: Final = 6
_NAMES_WITHOUT: Final = ({"procurement"}, {"units"}, {"procurement", "expenditure"}, {"performance"})
"""Subjects whose tables are called by them alone, without 表."""
_FUNDS: Final = {"general_budget", "government_fund", "state_capital", "appropriation", "functional"}


@dataclass(frozen=True)
class Title:
    """A line that may be a table's title: as printed on one line, and the subjects it names."""

    text: str
    subjects: frozenset[str]

    @property
    def is_vague(self) -> bool:
        """Whether it names only whose money the table is of, not what the table is."""
        return self.subjects <= _FUNDS

    @property
    def names_a_fund(self) -> bool:
        """Whether it says whose money the table is of."""
        return bool(self.subjects & (_FUNDS - {"functional"}))

    @property
    def of_government(self) -> bool:
        """Whether it names a government as a whole."""
        return "government" in self.subjects


@remembered
def title_in(line: str) -> Title | None:
    """The title that `line` is, or None: `表四 财政拨款收支总表（单位：万元）`, `2024年部门政府采购预算`."""
    plain = label(line)
    if start := _NEXT.search(plain, 4):
        plain = plain[: start.start()].rstrip("(")
    if not plain or _SENTENCE.search(plain):
        return None
    ends = list(_ENDS.finditer(plain))
    subjects = _subjects(_BEFORE.sub("", plain))
    if ends and len(plain) - ends[-1].end() <= _LONGEST_REST:
        return Title(joined(line), subjects) if subjects else None
    if len(plain) <= _LONGEST_UNTITLED and subjects in _NAMES_WITHOUT and _UNTITLED.search(plain):
        return Title(joined(line), subjects)
    return None


def _subjects(plain: str) -> frozenset[str]:
    found = subjects_of(plain)
    return found - {"government"} if _OWN.search(plain) else found


def titles_in(lines: Sequence[str]) -> list[Title]:
    """The titles among the caption `lines`, the nearest to the table first; one cut over two lines is one."""
    found: list[Title] = []
    skip = False
    for number in range(len(lines) - 1, -1, -1):
        if skip:
            skip = False
            continue
        end = label(lines[number])
        begun = number > 0 and not label(lines[number - 1]).endswith("表")
        whole = begun and len(end) <= _LONGEST_END and end.endswith("表") and title_in(lines[number - 1] + end)
        title = whole or title_in(lines[number])
        skip = bool(whole)
        if title:
            found.append(title)
    return found
