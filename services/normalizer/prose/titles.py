"""The title of a document and the department it names: the portal's, or the opening lines of the document."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from services.normalizer.language.text import joined
from services.normalizer.prose.years import plain_years
from services.normalizer.tables.captions import is_contents_line
from shared.schemas.document import Block, Document, Paragraph

_LONGEST: Final = 70
_KIND: Final = r"(?:预算|决算|绩效)"
_TITLE: Final = re.compile(
    rf"(?P<department>[^，。；：:]{{0,50}}?)(?:关于)?(?P<year>20\d\d)年?(?:度)?[^，。；：:]{{0,20}}?{_KIND}[^，。；]{{0,30}}"
)
_UNDATED: Final = re.compile(
    rf"(?P<department>[^，。；：:\d]{{4,40}}?)(?:部门|单位)?{_KIND}[^，。；\d]{{0,8}}(?:公开|说明)[^，。；\d]{{0,12}}"
)
_MARKED: Final = re.compile(
    r"[（(]?[一二三四五六七八九十\d]{1,3}[)）、.．]|第[一二三四五六七八九十]{1,3}(?:部分|章)|附件|表\s*\d"
)
_ATTACHED: Final = re.compile(r"附件\s*[一二三四五六七八九十\d]{0,3}\s*[:：]\s*")
_SUFFIX: Final = "局|委|办|部|院|中心|会|站|所|馆|政府|街道|乡|镇|队|校|学|园|社|处|公司|机关|厅|室|法院|检察院|联"
_INSIDE: Final = (
    re.compile(
        rf"20\d\d年?(?:度)?(?P<department>[^，。；：:、\d]{{3,40}}?(?:{_SUFFIX}))(?:部门|单位)?(?:收支)?{_KIND}"
    ),
    re.compile(rf"[（(](?P<department>[^（）()，。；：:、\d]{{3,40}}(?:{_SUFFIX}))[)）]$"),
)
"""Where else than before the year a title names its department: between year and kind, in brackets at the end."""
_NO_DEPARTMENT: Final = re.compile(
    r"(?:公开|目录|附件|索引|说明|情况|部门|单位|年度|本级|预算|决算|绩效|表|的|和|及|与|[\d\W])*"
)
_END: Final = re.compile(r"(?:信息)?(?:公开)?(?:情况)?(?:说明|公开|公示)")
_ORGANISATION: Final = re.compile(r"[^\d，。；：:、]{4,50}")
_TAIL: Final = re.compile(r"(?:关于|公开|的|本级部门|部门|单位|\(本级\)|（本级）)+$")


@dataclass(frozen=True)
class Title:
    """A title as published, and the department it names; each None where there is none."""

    text: str | None
    department: str | None


def title_of(document: Document) -> Title:
    """The portal's title, else the line of the document that reads most like one, with the name above it."""
    lines = list(_candidates(document))
    own = max(lines, key=_score, default=Title(None, None))
    if not document.origin.title:
        return own
    text = joined(document.origin.title)
    return Title(text, _title(text, "").department or own.department)


def _candidates(document: Document) -> Iterator[Title]:
    """Every line that reads like a title, whole paragraphs first, with the name above and a last word below it."""
    before = ""
    blocks = document.blocks
    for number, block in enumerate(blocks):
        if not isinstance(block, Paragraph):
            before = ""
            continue
        lines = block.text.split("\n")
        for raw in [block.text, *lines] if len(lines) > 1 else lines:
            line = _ATTACHED.sub("", joined(raw), count=1)
            if not line:
                continue
            if len(line) <= _LONGEST and not is_contents_line(raw) and not _MARKED.match(line):
                found = _title(line + _rest(blocks[number + 1 : number + 2]), before)
                if found.text:
                    yield found
            before = line if _ORGANISATION.fullmatch(line) and not is_contents_line(raw) else ""


def _rest(following: Sequence[Block]) -> str:
    """The end of a title that wraps into the next paragraph: `说明` alone on its line."""
    text = joined(following[0].text) if following and isinstance(following[0], Paragraph) else ""
    return text if _END.fullmatch(text) else ""


def _title(line: str, before: str) -> Title:
    """The title `line` is, together with the name on the line `before` it; without text where it is none."""
    match = _TITLE.fullmatch(plain_years(line)) or _UNDATED.fullmatch(plain_years(line))
    if not match:
        return Title(None, None)
    department = _TAIL.sub("", match["department"])
    if not _NO_DEPARTMENT.fullmatch(department):
        return Title(line, department)
    if before and not _NO_DEPARTMENT.fullmatch(before):
        return Title(before + line, _TAIL.sub("", before))
    inside = (pattern.search(plain_years(line)) for pattern in _INSIDE)
    return Title(line, next((found["department"] for found in inside if found), None))


def _score(title: Title) -> int:
    """How much a line reads like the document's title; the first of equals is taken."""
    text = title.text or ""
    score = 2 if title.department else 0
    score += 2 if re.search("公开|说明|信息", text) else 0
    score += 1 if re.search(r"20\d\d", plain_years(text)) else 0
    return score - (2 if re.search(r"目录$|表$", text) else 0)
