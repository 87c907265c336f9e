"""The disclosure record: title, department, region, year and kind of the document as a whole."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from services.normalizer.language import regions
from services.normalizer.language.regions import Evidence
from services.normalizer.language.text import code, joined, label
from services.normalizer.layout import Layout
from services.normalizer.prose import years
from services.normalizer.prose.titles import Title, title_of
from services.normalizer.recorder import Recorder
from services.normalizer.tables.captions import Named, department_in, is_contents_line, lines_before
from shared.schemas.document import Document, Paragraph, Table
from shared.schemas.names import DisclosureKind, TableName
from shared.schemas.records import Attachment, Disclosure

_PROJECT: Final = re.compile(r"(?<![\dA-Za-z])(\d{6})\d\d[A-Z][0-9A-Z]{8,16}(?![\dA-Za-z])")
_BUDGET_PARTS: Final = re.compile("预算安排的总体情况|收入说明|支出说明|三公经费预算|部门预算收支")
_BUDGET_TABLES: Final = frozenset(TableName)
_BUDGET: Final = DisclosureKind.DEPARTMENT_BUDGET
_LONGEST_HEADING: Final = 60
_TARGET_PARTS: Final = re.compile("绩效目标|绩效指标")
_CAPTION_ROWS: Final = 2
_LABELLED_ROWS: Final = 4
_OPENING: Final = 20
"""Blocks at the top of a document where it may name its department."""
_NAMED: Final = re.compile(r"(?:预算)?(?:部门|单位)(?:名称)?:")
_LABEL: Final = re.compile(r"(?:预算|主管|项目主管)?部门(?:及代码|\(单位\)|及编码)?(?:名称)?:?")


def read(layout: Layout, recorder: Recorder) -> Disclosure:
    """The one disclosure record; what neither portal nor document states is null."""
    document = layout.document
    title = title_of(document)
    year = years.fiscal_year(document)
    named = _department(document, title)
    region_code, region_name = _region(document, title, named, year)
    return recorder.make(
        Disclosure,
        recorder.at_document(title.text or ""),
        title=title.text,
        region_code=region_code,
        region_name=region_name,
        department=named.name if named else None,
        department_code=named.code if named else None,
        fiscal_year=year,
        kind=_kind(layout, title),
        published_at=document.origin.published_at,
        source_url=document.origin.url,
        attachments=_attachments(document),
        revision=document.revision,
        supersedes=document.supersedes,
    )


def _attachments(document: Document) -> tuple[Attachment, ...]:
    """The files of the disclosure other than the article page itself."""
    return tuple(
        Attachment(name=file.name, url=file.url, sha256=file.sha256, format=file.format)
        for file in document.files
        if file.url is None or file.url != document.origin.url
    )


def _department(document: Document, title: Title) -> Named | None:
    """The department by the title, else by the captions; its code by the captions."""
    captions = Counter(_captioned(document))
    codes = Counter({each: count for each, count in captions.items() if each.code})
    best = min(codes, key=lambda each: _rank(each, codes), default=None)
    if title.department:
        return Named(title.department, best.code if best else None)
    if best:
        return _of_unit(best, captions)
    captions = captions or Counter(_labelled(document))
    return captions.most_common(1)[0][0] if captions else None


def _of_unit(unit: Named, captions: Counter[Named]) -> Named:
    """The department that captions name without code where the only coded name is its 本级's, else `unit`."""
    whole = (each for each in captions if not each.code and unit.name == f"{each.name}本级")
    return next(whole, unit)


def _rank(named: Named, codes: Counter[Named]) -> tuple[int, int, str]:
    """Orders codes: the one most others begin with (a department before its units), then the most frequent."""
    assert named.code
    within = sum(count for each, count in codes.items() if each.code and each.code.startswith(named.code))
    return -within, -codes[named], named.code


def _captioned(document: Document) -> Iterator[Named]:
    for number, block in enumerate(document.blocks):
        if not isinstance(block, Table):
            continue
        for line in (*lines_before(document, number), *_first_rows(block)):
            if named := department_in(line):
                yield named


def _labelled(document: Document) -> Iterator[Named]:
    """The names after the label of a department, in the opening lines or the first rows of a table.

    `部门名称：水务局`, `主管部门 | 306水务局`.
    """
    for number, block in enumerate(document.blocks):
        if isinstance(block, Paragraph):
            named = department_in(block.text) if number < _OPENING and _NAMED.match(label(block.text)) else None
            if named:
                yield named
            continue
        filled = [cell for cell in block.cells if cell.row <= _LABELLED_ROWS and cell.text.strip()]
        for before, cell in pairwise(filled):
            if before.row == cell.row and _LABEL.fullmatch(label(before.text)):
                yield department_in(cell.text) or Named(joined(cell.text), None)


def _first_rows(table: Table) -> Iterator[str]:
    """Each text of the first rows, where a caption may stand within the table."""
    for cell in table.cells:
        if cell.row >= _CAPTION_ROWS:
            break
        if cell.text.strip():
            yield cell.text


def _kind(layout: Layout, title: Title) -> DisclosureKind | None:
    document = layout.document
    for text in (document.origin.title, title.text):
        if kind := _kind_by_title(joined(text or "")):
            return kind
    titles = [table.title or "" for table in layout.of(*_BUDGET_TABLES)]
    if titles:
        return DisclosureKind.FINAL_ACCOUNTS if any("决算" in each for each in titles) else _BUDGET
    lines = [line for line in _lines(document) if len(line) < _LONGEST_HEADING]
    if any(_BUDGET_PARTS.search(line) for line in lines):
        return _BUDGET
    if any(_TARGET_PARTS.search(line) for line in lines):
        return DisclosureKind.PERFORMANCE_TARGETS
    return None


def _kind_by_title(title: str) -> DisclosureKind | None:
    """What a title says of itself: 决算 before 绩效 before 预算."""
    if "决算" in title and not re.search("预决算|预算.{0,6}决算", title):
        return DisclosureKind.FINAL_ACCOUNTS
    if "绩效" in title and not re.search("预算(?:信息)?(?:及|和|与|、)", title):
        return DisclosureKind.PERFORMANCE_TARGETS
    return _BUDGET if "预算" in title else None


def _lines(document: Document) -> list[str]:
    return [
        joined(block.text).replace("“", "").replace("”", "")
        for block in document.blocks
        if isinstance(block, Paragraph) and not is_contents_line(block.text)
    ]


def _region(
    document: Document, title: Title, named: Named | None, year: int | None
) -> tuple[str | None, str | None]:
    """Code and full name: the portal's own, else what the document's names agree on."""
    origin = document.origin
    if origin.region_code:
        known = regions.by_code(origin.region_code, year)
        return origin.region_code, known.full_name if known else origin.region_name
    cells = [
        cell.text for block in document.blocks if isinstance(block, Table) for cell in block.cells if cell.text
    ]
    texts = [*_lines(document), *map(joined, cells)]
    strongest: Sequence[str] = [text for text in (title.text, named.name if named else None) if text]
    evidence = Evidence(
        names=strongest,
        text="\n".join(texts),
        project_regions=[found for text in cells for found in _PROJECT.findall(code(text))],
        year=year,
    )
    region = regions.region_of(evidence)
    return (region.code, region.full_name) if region else (None, origin.region_name)
