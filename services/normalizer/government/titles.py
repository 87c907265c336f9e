"""The title of a government's table among the lines above it; lines of a list of contents and notes are none."""

import re
from collections.abc import Sequence
from typing import Final

from services.normalizer.government import terms

_SUBJECT: Final = re.compile(
    r"收支|收入|支出|债务|债券|转移支付|税收返还|结余|余额|限额|经费|平衡|预备费|资金|项目|三保"
)
_NOTE: Final = re.compile(
    r"^(?:注|备注|说明|附注|单位|金额单位|来源|编制)[:：]|[。；;]|^\d+[.、].{0,60}(?:反映|公开)"
)
_ALONE: Final = re.compile(
    r"(?:附?表|附件|续表)[一二三四五六七八九十百\d—–.-]*[:：]?|[(（].{0,8}[)）]|单位[:：]?.{0,8}|"
    r"[\u4e00-\u9fff]{0,8}\d{1,3}(?:[-—–]\d{1,2})*表"
)
_NUMBERED: Final = re.compile(
    r"^\s*(?:(?:附?表|附件)?\s*\d{1,2}(?:\s*[-—–.]\s*\d{1,2})*|(?!20\d\d\s)\d{2,9})[\s　]+(?=\S)"
)
"""A table's number, or a region's code, with a space after it."""
_NUMBER: Final = re.compile(
    r"^附?[表件][:：]|^(?:附?表|附件|续表)(?:[一二三四五六七八九十百]{1,4}|\d{1,3})(?:[-—–.]\d{1,2})*?[:：、.]?(?=20\d\d|\D)|"
    r"^\d{1,2}(?:[-—–]\d{1,2})+?(?=20\d\d年|\D)|^\d{4,9}(?=[^\d年])|^[一二三四五六七八九十]{1,3}、|^\(\d{1,2}\)"
)
_CONTENTS: Final = re.compile(r"^(?:附?表|附件|\d{1,2}[.、])")
_LISTED_AS: Final = re.compile("^(?:附?表|附件)?[一二三四五六七八九十百\\d—–.-]+")
_WHOLE: Final = re.compile(r"表(?:格)?(?:[(（].{0,16}[)）])*$|草案$|情况$")
_LONGEST: Final = 70
_LISTED: Final = 3
"""How many lines that are titles of tables make a list of contents."""


def title_of(lines: Sequence[str]) -> str | None:
    """The nearest of the `lines` above a table that says what it is of, with the line before where it is cut."""
    plain = [terms.plain(_NUMBERED.sub("", line)) for line in lines]
    kept = without_contents(plain)
    for at in range(len(kept) - 1, -1, -1):
        if not _is_title(kept[at]):
            continue
        cut = at > 0 and _is_cut(kept[at - 1], kept[at])
        return _NUMBER.sub("", (kept[at - 1] if cut else "") + kept[at])
    return None


def without_contents(lines: Sequence[str]) -> list[str]:
    """`lines` less runs that list tables one after the other."""
    kept: list[str] = []
    run: list[str] = []
    for line in (*lines, ""):
        if _CONTENTS.match(line) and _SUBJECT.search(line) and not _ALONE.fullmatch(line):
            run.append(line)
            continue
        kept += run if len(run) < _LISTED else _begun_again(run)
        run = []
        if line:
            kept.append(line)
    return kept


def _begun_again(run: Sequence[str]) -> Sequence[str]:
    """Of a list of contents and the titles right below it the titles: their numbers were listed before."""
    numbers = [match[0] if (match := _LISTED_AS.match(line)) else line for line in run]
    return run[next((at for at, number in enumerate(numbers) if number in numbers[:at]), len(run)) :]


def _is_title(line: str) -> bool:
    if len(line) > _LONGEST or _NOTE.search(line) or _ALONE.fullmatch(line):
        return False
    if terms.funds().hits(line) and re.search("(?:预算|决算)(?:草案|执行情况)?$", line):
        return True
    return bool(_SUBJECT.search(line)) or bool(re.search(r"表(?:\(.{0,12}\))?$", line) and len(line) > 4)


def _is_cut(before: str, line: str) -> bool:
    """Whether `line` goes on with the title that the line `before` began."""
    if _NOTE.search(before) or _ALONE.fullmatch(before) or _WHOLE.search(before) or len(before) > _LONGEST:
        return False
    if re.search(r"20\d\d", line):
        return False
    funds = terms.funds()
    dated = re.search(r"20\d\d", before) and (_SUBJECT.search(before) or funds.hits(before))
    return bool(dated) or bool(funds.hits(before) and not funds.hits(line))
