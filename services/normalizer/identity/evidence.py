"""What of a document may say who published it, for which year and what: collected once, with its place."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from typing import Final

from services.normalizer.identity.names import is_organisation, trimmed
from services.normalizer.language.money import is_amount, unit_in, without_unit
from services.normalizer.language.text import joined, squeezed
from services.normalizer.language.years import YEAR, plain_years
from services.normalizer.layout import Layout
from services.normalizer.tables.captions import is_contents_line, lines_before
from shared.schemas.document import Cell, Document, Paragraph, SourceFile, Table

LONGEST: Final = 70
"""Characters of a line that is no sentence."""
_MOST_OPENING: Final = 25
_TOP_ROWS: Final = 6
_FEW_ROWS: Final = 8
_SHORT: Final = 10
"""Characters of a label."""
_CONTROL: Final = 2
"""Characters of what an export prints beside a title and means nothing (`0`)."""
_LABEL: Final = re.compile("科目|项目|收入|支出|部门|单位|地区|区县|县区|乡镇|名称|内容|年度|类别|类型|指标")
"""Labels of columns as short as that."""
_TABLE: Final = re.compile(r".*20\d\d年.*表|附?[表件]\s*[一二三四五六七八九十\d—–.-]{1,5}")
"""The title or number of one of several tables that stand side by side."""
_ADDRESS: Final = re.compile(r"地址|邮编|电话|版权|首页|备案|>|»")
_FURNITURE: Final = re.compile(
    r"(?:索引号|文号|发布(?:机构|日期|时间|单位)|成文日期|生成日期|公开(?:方式|时限|日期)|公文目录|关键字|主题词|有效性|是否有效|"
    r"导航|打印|关闭|分享|政府信息公开)[:：]?|20\d\d[-/]\d{1,2}[-/]\d{1,2}(?:\d{1,2}:\d\d(?::\d\d)?)?"
)
"""What a page prints around an article, alone on its line."""
_CONTENTS_WITHIN: Final = re.compile(r"\s[（(]?目\s*录[)）]?\s")
_HAN: Final = re.compile(r"[\u4e00-\u9fff]")
_SENTENCE: Final = re.compile(r"[。；]$|[。；].")
_CONTENTS: Final = re.compile(r"(?:目录|目次)")
MARKED: Final = re.compile(
    r"[（(]?[一二三四五六七八九十]{1,3}[)）、.．]|[（(]?\d{1,3}(?:[)）、.．](?!\d)|[)）、.．](?=20\d\d年))|第[一二三四五六七八九十]{1,3}(?:部分|章)|[①-⑳]"
)
"""The marker of a heading or of an item of a list."""
_SEGMENTS: Final = re.compile(r"_+|\s+-+\s+|-(?=[\u4e00-\u9fff]{3,})|[|｜]|—+")
_EXTENSION: Final = re.compile(r"\.[A-Za-z]{2,5}$")


class EvidenceOrigin(StrEnum):
    """Where a statement stood."""

    PORTAL = "portal"
    META = "meta"
    PAGE_NAME = "page name"
    OPENING = "opening"
    TABLE_TITLE = "table title"
    PART = "part heading"
    BODY = "body"
    FILE_NAME = "file name"


@dataclass(frozen=True)
class EvidenceLine:
    """A line: its `text` as published, `plain` (no white space, years in digits), where it stood, its number.

    `heading` is its level where the format says that it is one: also the name of a workbook's sheet.
    """

    text: str
    plain: str
    origin: EvidenceOrigin
    order: int
    heading: int | None = None


@dataclass(frozen=True)
class _Line:
    """A line of the document, with its level where it is of a heading."""

    text: str
    heading: int | None = None


@dataclass(frozen=True)
class Evidence:
    """All that a document says of itself, in order within each origin."""

    document: Document
    portal: EvidenceLine | None
    heads: tuple[EvidenceLine, ...]
    opening: tuple[EvidenceLine, ...]
    table_titles: tuple[tuple[EvidenceLine, ...], ...]
    """The lines above each table, and those within it above its header."""
    parts: tuple[EvidenceLine, ...]
    body: tuple[EvidenceLine, ...]
    file_names: tuple[EvidenceLine, ...]

    @cached_property
    def sentences(self) -> tuple[str, ...]:
        """The paragraphs, on one line each, years in digits."""
        blocks = self.document.blocks
        return tuple(plain_years(block.text) for block in blocks if isinstance(block, Paragraph))

    @cached_property
    def titles_of_tables(self) -> tuple[EvidenceLine, ...]:
        """All of `table_titles`."""
        return tuple(each for lines in self.table_titles for each in lines)

    @cached_property
    def short(self) -> str:
        """Every statement, a line each: where a name is looked for that should stand more than once."""
        groups = (self.heads, self.opening, self.titles_of_tables, self.parts, self.body, self.file_names)
        return "\n".join(each.plain for group in groups for each in group)


def evidence_of(layout: Layout) -> Evidence:
    """Collect the lines of a document that may tell its identity."""
    document = layout.document
    tops = {
        number: tuple(_top_rows(block)) for number, block in enumerate(document.blocks) if isinstance(block, Table)
    }
    opening, rest = _opening_and_rest(document, tops)
    title = document.origin.title
    parts = [line for line in rest if line.text.lstrip().startswith("第") and MARKED.match(joined(line.text))]
    apart = set(parts)
    return Evidence(
        document=document,
        portal=next(_made([_Line(title)], EvidenceOrigin.PORTAL), None) if title else None,
        heads=tuple(_heads(document.files)),
        opening=tuple(_made(_upright(opening), EvidenceOrigin.OPENING)),
        table_titles=tuple(_titles_of_tables(document, tops)),
        parts=tuple(_made(parts, EvidenceOrigin.PART)),
        body=tuple(_made((line for line in rest if line not in apart), EvidenceOrigin.BODY)),
        file_names=tuple(_made(_file_names(document.files), EvidenceOrigin.FILE_NAME)),
    )


def _made(lines: Iterable[_Line], origin: EvidenceOrigin) -> Iterator[EvidenceLine]:
    number = 0
    for each in lines:
        line = without_unit(joined(each.text))
        if line:
            yield EvidenceLine(line, plain_years(line), origin, number, each.heading)
            number += 1


def _upright(lines: Iterable[_Line]) -> list[_Line]:
    """`lines`, those of one character, as a cover prints a title downwards, joined to the line before."""
    found: list[_Line] = []
    for line in lines:
        if found and _HAN.fullmatch(line.text.strip()):
            found[-1] = replace(found[-1], text=found[-1].text + line.text.strip())
        else:
            found.append(line)
    return found


def _heads(files: Iterable[SourceFile]) -> Iterator[EvidenceLine]:
    for file in files:
        if file.head:
            yield from _made([_Line(file.head.title or "")], EvidenceOrigin.META)
            yield from _made(map(_Line, _SEGMENTS.split(file.head.name or "")), EvidenceOrigin.PAGE_NAME)


def _file_names(files: Iterable[SourceFile]) -> list[_Line]:
    first = next(iter(files), None)
    return [_Line(part) for part in _SEGMENTS.split(_EXTENSION.sub("", first.name))] if first else []


def _opening_and_rest(document: Document, tops: Mapping[int, Sequence[str]]) -> tuple[list[_Line], list[_Line]]:
    """The lines at the top of each file that are neither contents, headings nor sentences; and all later lines."""
    opening: list[_Line] = []
    rest: list[_Line] = []
    open_file, count = -1, 0
    ended = False
    for number, block in enumerate(document.blocks):
        if block.file != open_file:
            open_file, count, ended = block.file, 0, False
        for line in _lines(block.text.split("\n") if isinstance(block, Paragraph) else tops[number]):
            line = line if count or ended else _without_number(line)
            ended = ended or count >= _MOST_OPENING or _ends_opening(line)
            heading = block.heading if isinstance(block, Paragraph) else None
            (rest if ended else opening).append(_Line(line, heading))
            count += not ended
        ended = ended or (isinstance(block, Table) and _holds_figures(block) and not _is_card(block))
    return opening, rest


def _without_number(line: str) -> str:
    """The first line of a file less the number of a list it was taken from: `4.青石县水利局2023年度部门决算`."""
    marker = MARKED.match(joined(line))
    rest = joined(line)[marker.end() :].strip() if marker else ""
    year = YEAR.search(plain_years(rest))
    return rest if year and is_organisation(trimmed(plain_years(rest)[: year.start()])) else line


def _lines(lines: Iterable[str]) -> list[str]:
    """Those of `lines` that are short; of a text all on one line what stands before its table of contents."""
    kept = []
    for line in lines:
        if contents := _CONTENTS_WITHIN.search(line, 4, 2 * LONGEST):
            kept += [line[: contents.start()], contents[0]]
        elif line.strip() and len(line) < 2 * LONGEST and not _ADDRESS.search(line):
            kept += [] if _FURNITURE.fullmatch(squeezed(line)) else [_EXTENSION.sub("", line)]
    return kept


def _ends_opening(line: str) -> bool:
    plain = plain_years(line)
    if _CONTENTS.fullmatch(plain) or is_contents_line(line) or len(plain) > LONGEST:
        return True
    return bool(MARKED.match(plain) or _SENTENCE.search(plain))


def _is_card(table: Table) -> bool:
    """Whether it is what a portal prints of an article above it: 索引号, 发布机构, 成文日期 …"""
    labels = {squeezed(cell.text).strip("[]【】:：") for cell in table.cells}
    return sum(bool(_FURNITURE.fullmatch(each)) for each in labels if len(each) < _SHORT) > 2


def _holds_figures(table: Table) -> bool:
    return table.row_count > _FEW_ROWS or any(is_amount(cell.text) for cell in table.cells)


def _top_rows(table: Table) -> Iterator[str]:
    """The texts that stand alone, or beside a unit, in their rows above the row that says what the columns are."""
    rows: dict[int, list[Cell]] = {}
    for cell in table.cells:
        if cell.row >= _TOP_ROWS:
            break
        text = cell.text.strip()
        if (len(text) > _CONTROL or _LABEL.fullmatch(text)) and not unit_in(cell.text):
            rows.setdefault(cell.row, []).append(cell)
    for cells in rows.values():
        beside = len(cells) > 1 and all(_TABLE.fullmatch(cell.text.strip()) for cell in cells)
        if len(cells) > 1 and not beside and any(_HAN.search(cell.text) for cell in cells):
            break
        for cell in cells if beside else cells[:1]:
            if _HAN.search(cell.text):
                yield from cell.text.split("\n")


def _titles_of_tables(document: Document, tops: Mapping[int, Sequence[str]]) -> Iterator[tuple[EvidenceLine, ...]]:
    number = 0
    for index, block in enumerate(document.blocks):
        if isinstance(block, Table) and block.cells:
            lines = [*lines_before(document, index), *tops[index]]
            short = (_Line(line) for line in lines if len(line) < 2 * LONGEST)
            found = tuple(_made(short, EvidenceOrigin.TABLE_TITLE))
            yield tuple(EvidenceLine(each.text, each.plain, each.origin, number) for each in found)
            number += 1
