"""What stands around a table: its title lines, unit, year and department; null when not stated."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from services.normalizer.language.money import UNIT_WORDS, UNITS, Unit, unit_in
from services.normalizer.language.text import code, joined, label, narrow, remembered, squeezed
from shared.schemas.document import Document, Paragraph, Table

_BEFORE: Final = 12
"""Paragraphs before a table that may belong to its caption."""
_LONGEST: Final = 80
_CONTENTS: Final = re.compile(r"(?:\t|\.{3,}|…+|·{3,}|\s{3,})\s*\d{1,4}\s*$")
_YEAR: Final = re.compile(r"(?:(?:预算|决算)?年度[:：]?)(20\d\d)|(20\d\d)年")
_CUT_UNIT: Final = re.compile("单位[:：]([百千]?[万亿]|千)$")
_DEPARTMENT: Final = re.compile(
    r"(?:(?:编制|编报|填报|公开|预算|主管)?(?:部门|单位)(?:\(单位\)|（单位）)?(?:名称)?(?:[(（](?:公章|盖章|签章)[)）])?|部门名称)[:：]"
    r"(?:[\[【(（]?(?P<code>\d{3,9})[\]】)）]?[-—_]?)?(?P<name>[^:：\d]{2,50}?)(?=$|单位[:：]|预算年度|金额单位|截止|\d)"
)
_CODED: Final = re.compile(
    r"[\[【(（]?(?P<code>\d{3}|\d{6}|\d{9})[\]】)）]?[-—_]?(?P<name>[\u4e00-\u9fff“”《（(][^:：]{1,50}?)"
    r"(?=$|单位[:：]|预算年度|金额单位|截止)"
)
_BETWEEN: Final = re.compile(
    r"[-—–\s]*(第?\d{1,4}页?([/共]+\d{1,4}页?)?)?[-—–\s]*|(续|接).{0,6}|.{0,6}单位[:：].{0,4}|"
    r"([Ss]heet|工作表|表)\s?\d{1,3}"
)
_OPENED: Final = {"）": "（", ")": "(", "】": "【", "]": "["}
_SECTION: Final = re.compile(
    "第[一二三四五六七八九十]{1,3}(?:部分|章|节)|[(（]?[一二三四五六七八九十]{1,3}[)）、]"
)
_NO_NAME: Final = re.compile(rf"^(?:{UNIT_WORDS}|人民币.*)$")
_NO_CODED_NAME: Final = re.compile(
    r"^(?:年|万元|元|个|人|月|号|第|一般公共服务|外交|国防|公共安全|教育$|科学技术|文化旅游体育|社会保障和就业|卫生健康$|节能环保|"
    r"城乡社区|农林水|交通运输$|资源勘探|商业服务业|金融$|自然资源海洋|住房保障|粮油物资|灾害防治|其他|转移性|债务|工资福利|"
    r"商品和服务|对个人和家庭|资本性|对企业)|(?:支出|收入|合计|预算|表)$"
)


@dataclass(frozen=True)
class Named:
    """A department as a caption names it."""

    name: str
    code: str | None


@dataclass(frozen=True)
class Caption:
    """The lines that belong to a table, nearest last; `own` says how many of them are rows of the table itself."""

    lines: tuple[str, ...]
    own: int = 0

    @property
    def unit(self) -> Unit | None:
        """The unit the nearest line states, also where `元` is cut off to the next line."""
        for number in range(len(self.lines) - 1, -1, -1):
            if unit := unit_in(self.lines[number]):
                return unit
            cut = _CUT_UNIT.search(squeezed(self.lines[number]))
            following = self.lines[number + 1 : number + 3]
            if cut and any(squeezed(line).endswith("元") for line in following):
                return UNITS.get(f"{cut[1]}元")
        return None

    @property
    def year(self) -> int | None:
        """The year the lines state (`预算年度：2024`, `2024年…表`), also where it stands on a line of its own."""
        for line in reversed(self.lines):
            if match := _YEAR.search(squeezed(narrow(line))):
                return int(match[1] or match[2])
        alone = [line for line in self.lines if re.fullmatch(r"20\d\d", squeezed(line))]
        return int(squeezed(alone[-1])) if alone else None

    @property
    def department(self) -> Named | None:
        """The department the lines name."""
        return next((named for line in reversed(self.lines) if (named := department_in(line))), None)


@remembered
def department_in(line: str) -> Named | None:
    """The department a caption line names: `550 峰峰机关事务`, `[263001]…`, `编制部门：…`."""
    plain = squeezed(line)
    if len(plain) > _LONGEST:
        return None
    match = _DEPARTMENT.search(plain) or _CODED.match(plain)
    if match and match.re is _DEPARTMENT and _NO_NAME.match(match["name"]):
        match = _CODED.match(plain)
    if not match or (match.re is _CODED and _NO_CODED_NAME.search(match["name"])):
        return None
    name = re.sub(r"[(（](?:公章|盖章|签章)[)）]?$", "", joined(match["name"]))
    return Named(_without_loose_end(name), code(match["code"]) if match["code"] else None)


def _without_loose_end(name: str) -> str:
    """`name` less the brackets at its end that were opened before it: `水务局】`, not `妇联（本级）`."""
    while name[-1:] in tuple(_OPENED) and name.count(name[-1]) > name.count(_OPENED[name[-1]]):
        name = name[:-1]
    return name


def is_contents_line(text: str) -> bool:
    """Whether `text` is a line of a table of contents: a title and its page number."""
    return len(text) < 2 * _LONGEST and bool(_CONTENTS.search(text))


def parts_a_table(text: str) -> bool:
    """Whether `text` may stand between two halves of a table: a page number, 续表, the unit, a sheet's number."""
    return bool(_BETWEEN.fullmatch(label(text)))


def running_heads(document: Document) -> frozenset[str]:
    """The lines that `document` prints more than once, as the heads of pages are; titles of sections are none."""
    lines = (block.text for block in document.blocks if isinstance(block, Paragraph))
    counts = Counter(label(line) for line in lines if len(line) <= _LONGEST)
    return frozenset(line for line, count in counts.items() if count > 1 and not _SECTION.match(line))


def lines_before(document: Document, block: int) -> list[str]:
    """The short lines between table `block` and the table before it, at most a few, the nearest last."""
    lines: list[str] = []
    table = document.blocks[block]
    for number in range(block - 1, max(-1, block - 1 - _BEFORE), -1):
        before = document.blocks[number]
        if isinstance(before, Table) or before.file != table.file:
            break
        if len(squeezed(before.text)) > _LONGEST or before.text.rstrip().endswith("。"):
            break
        lines = [*_lines(before), *lines]
    return lines


def _lines(paragraph: Paragraph) -> list[str]:
    """The lines of `paragraph`, and before them all of it as one where wrapping may have cut it."""
    lines = [line for line in paragraph.text.split("\n") if line.strip() and not is_contents_line(line)]
    return [joined(paragraph.text), *lines] if len(lines) > 1 else lines


def caption(before: Sequence[str], rows: Iterable[Sequence[str]]) -> Caption:
    """The caption of a table with the lines `before` it and the title `rows` within it (the texts of each)."""
    own = ["".join(f"{text} " for text in row).strip() for row in rows]
    return Caption((*before, *own), len(own))
