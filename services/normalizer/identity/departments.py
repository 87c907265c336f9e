"""Whose document it is: the department, or unit, that title, labels, captions and headings name, scored."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from services.normalizer.identity.evidence import LONGEST, Evidence, EvidenceLine, EvidenceOrigin
from services.normalizer.identity.names import is_organisation, may_be_name, trimmed
from services.normalizer.identity.titles import TitleCandidate
from services.normalizer.language import regions
from services.normalizer.language.text import joined, label
from services.normalizer.tables.captions import Named, department_in
from shared.schemas.document import Cell, Table

_LABELLED: Final = re.compile(
    r"^(?P<over>主管|预算主管|项目主管)?(?:预算|编制|填报|编报|公开)?(?:部门|单位)(?:[(（](?:单位|部门|公章|盖章)[)）])?(?:名称)?(?:[(（](?:公章|盖章|签章)[)）])?[:：]"
)
_CELL_LABEL: Final = re.compile(
    r"(?P<over>主管|项目主管|预算主管)?(?P<own>预算|编制|填报|编报|项目|实施|项目实施)?(?:部门|单位)(?:及代码|\((?:单位|部门|盖章|公章)\)|及编码)*(?:名称)?:?"
)
_PUBLISHER: Final = re.compile(r"(?:发布机构|发布单位|信息来源|来源|公开单位)[:：]?")
_PART: Final = re.compile(
    r"^第[一二三四五六七八九十]{1,2}(?:部分|章)[、:：]?(?P<name>.{2,40}?)(?:单位|部门|基本)?(?:概况|简介|基本情况|概述)$"
)
_OF_YEAR: Final = re.compile(
    r"^(?:第[一二三四五六七八九十]{1,2}部分|[一二三四五六七八九十]{1,3}、)?(?P<name>\D{3,40}?)20\d\d年?度?.{0,20}(?:预算|决算)"
)
_TABLE_OF: Final = re.compile(r"^(?:\d{3,9})?(?P<name>\D{3,40}?)20\d\d年?度?.{0,24}表$")
_COMPILED: Final = re.compile(
    r"纳入(?P<name>[^，。；：]{3,40}?)20\d\d年?度?(?:部门)?(?:预算|决算)(?:编制|汇编|编报)"
)
_TOP_ROWS: Final = 5


@dataclass(frozen=True)
class DepartmentCandidate:
    """A name, how strongly its place says that it is the department, and the code printed with it."""

    name: str
    score: float
    reason: str
    code: str | None = None


def candidates(evidence: Evidence, titles: Sequence[TitleCandidate]) -> list[DepartmentCandidate]:
    """Every name that the document gives as the department's."""
    return [each for each in _candidates(evidence, titles) if may_be_name(each.name)]


def department_of(found: Sequence[DepartmentCandidate]) -> Named | None:
    """The name with the strongest evidence, in its fullest form, and the code that captions give."""
    if not found:
        return None
    scores = _summed(found)
    best = _in_full(max(scores, key=lambda name: (scores[name], len(name))), scores)
    own = [each for each in found if each.name in best or best in each.name]
    return Named(best, _code(own) or _code(each for each in found if is_organisation(each.name)))


def is_labelled(found: Sequence[DepartmentCandidate]) -> bool:
    """Whether a label or a caption names the department: `部门：水务局`."""
    return any(each.reason in ("label", "caption", "cell") and is_organisation(each.name) for each in found)


def _summed(found: Iterable[DepartmentCandidate]) -> dict[str, float]:
    """Name → its strongest evidence, and a little for every other kind of evidence."""
    reasons: dict[str, dict[str, float]] = {}
    for each in found:
        known = reasons.setdefault(each.name, {})
        known[each.reason] = max(each.score, known.get(each.reason, 0))
    return {name: max(known.values()) + min(8, 3 * (len(known) - 1)) for name, known in reasons.items()}


def _in_full(name: str, scores: dict[str, float]) -> str:
    """`name` with the place others print before it, and without 本级 where the whole department is named too."""
    whole = re.sub(r"(?:本级|[(（]本级[)）])$", "", name)
    name = whole if whole in scores else name
    fuller = [each for each in scores if each != name and each.endswith(name)]
    placed = [each for each in fuller if regions.is_place(each.removesuffix(name))]
    return max(placed, key=lambda each: (scores[each], each), default=name)


def _code(found: Iterable[DepartmentCandidate]) -> str | None:
    """The code most others begin with (a department's before its units'), then the most frequent."""
    codes = Counter(each.code for each in found if each.code)
    return min(
        codes,
        key=lambda code: (-sum(n for other, n in codes.items() if other.startswith(code)), -codes[code], code),
        default=None,
    )


def _candidates(evidence: Evidence, titles: Sequence[TitleCandidate]) -> Iterator[DepartmentCandidate]:
    for title in titles:
        if title.department:
            yield DepartmentCandidate(title.department, _by_title(title), title.origin.value)
    yield from _on_cover(evidence.opening)
    yield from _captioned(evidence)
    for table in (block for block in evidence.document.blocks if isinstance(block, Table)):
        yield from _in_cells(table)
    for heading in (*evidence.parts, *evidence.body):
        yield from _in_heading(heading)
    for text in evidence.sentences:
        if "纳入" in text and (match := _COMPILED.search(text)):
            yield DepartmentCandidate(trimmed(match["name"]), 42, "编制范围")
    for head in (file.head for file in evidence.document.files if file.head and file.head.source):
        yield DepartmentCandidate(joined(head.source or ""), 20, "ContentSource")
    for each in evidence.file_names:
        if is_organisation(each.plain):
            yield DepartmentCandidate(each.plain, 25, "file name")


def _by_title(title: TitleCandidate) -> float:
    assert title.department
    score = {EvidenceOrigin.PORTAL: 98.0, EvidenceOrigin.META: 92.0, EvidenceOrigin.PAGE_NAME: 84.0}.get(
        title.origin, 12 + title.score * 0.85
    )
    return min(score, 98.0) - (0 if is_organisation(title.department) else 12)


def _on_cover(opening: Sequence[EvidenceLine]) -> Iterator[DepartmentCandidate]:
    for each in opening:
        name = each.plain.lstrip("-—－")
        if match := _LABELLED.match(label(each.text)):
            if named := department_in(each.text):
                yield DepartmentCandidate(named.name, 76 if match["over"] else 83, "label", named.code)
        elif len(name) <= LONGEST // 2 and is_organisation(name):
            placed = regions.begins_with_place(name)
            yield DepartmentCandidate(name, 62 + (4 if placed else 0), "cover")


def _captioned(evidence: Evidence) -> Iterator[DepartmentCandidate]:
    for each in evidence.titles_of_tables:
        if named := department_in(each.text):
            yield DepartmentCandidate(named.name, 70 if named.code else 68, "caption", named.code)
        elif (match := _TABLE_OF.match(each.plain)) and is_organisation(name := trimmed(match["name"])):
            yield DepartmentCandidate(name, 44, "table title")


def _in_cells(table: Table) -> Iterator[DepartmentCandidate]:
    """The names beside a label, or alone with a code, in the first rows: `主管部门 | 306水务局`."""
    filled = _filled(table)
    for cell in filled:
        if cell.row < 2 and (named := department_in(cell.text)):
            yield DepartmentCandidate(named.name, 68, "caption", named.code)
    for before, cell in pairwise(filled):
        if before.row != cell.row:
            continue
        text = label(before.text)
        if _PUBLISHER.fullmatch(text) and is_organisation(joined(cell.text)):
            yield DepartmentCandidate(joined(cell.text), 34, "publisher")
        elif match := _CELL_LABEL.fullmatch(text):
            named = department_in(cell.text) or Named(joined(cell.text), None)
            if named.code or is_organisation(named.name):
                score = 66 if match["over"] or match["own"] in ("项目", "实施", "项目实施") else 69
                yield DepartmentCandidate(named.name, score, "cell", named.code)


def _filled(table: Table) -> list[Cell]:
    filled = []
    for cell in table.cells:
        if cell.row >= _TOP_ROWS:
            break
        if cell.text.strip():
            filled.append(cell)
    return filled


def _in_heading(line: EvidenceLine) -> Iterator[DepartmentCandidate]:
    if match := _PART.match(line.plain):
        yield DepartmentCandidate(trimmed(match["name"]), 60, "概况")
    elif (match := _OF_YEAR.match(line.plain)) and is_organisation(name := trimmed(match["name"])):
        yield DepartmentCandidate(name, 45, "heading")
