"""Performance targets and evaluations → goals, projects and indicators.

Reads the document's blocks in order: a heading opens a project (or the department as a whole); the tables under it
are its form and its indicators, in one table or several.
"""

from collections.abc import Sequence
from dataclasses import replace

from services.normalizer.language.money import Unit, unit_in
from services.normalizer.layout import Layout
from services.normalizer.readers.performance.forms import NAMED, inline, is_caption, opens_form
from services.normalizer.readers.performance.goals import read_goals
from services.normalizer.readers.performance.headings import (
    FormHeading,
    could_name,
    read_heading,
    read_line,
    split_marker,
)
from services.normalizer.readers.performance.indicators import (
    IndicatorHeader,
    heads_columns,
    is_header_words,
    is_split,
    line_of,
    read_headers,
    stated_targets,
    total_score,
)
from services.normalizer.readers.performance.projects import FormDraft, Publisher
from services.normalizer.readers.performance.rows import FormRow, may_concern, rows_of
from services.normalizer.readers.performance.vocabulary import column_kind, level_name, words
from services.normalizer.recorder import ReaderResult, Recorder, merged
from services.normalizer.tables.captions import Named, department_in
from services.normalizer.tables.grid import Grid
from shared.schemas.document import Document, Paragraph, Table

_PAIR = 2
"""Cells of a label with its value."""
_TELLING = frozenset({"goals", "schedule"})
_BEGINNING = frozenset({*NAMED, "goals", "whole", "purpose", "budget"})
"""The labels that begin a form where they stand under indicators."""


def read(layout: Layout, recorder: Recorder) -> ReaderResult:
    """The document's goals, projects and indicators."""
    document = layout.document
    publisher = Publisher(recorder)
    reader = _Reader(document, publisher)
    for index, block in enumerate(document.blocks):
        if isinstance(block, Table):
            reader.table(index, layout.grids[index])
        else:
            reader.paragraph(index, block)
    reader.close()
    return merged([read_goals(document, recorder), publisher.result(frozenset(reader.taken))])


class _Reader:
    """The heading that stands, what was said since of money unit and owner, and the project being read."""

    def __init__(self, document: Document, publisher: Publisher) -> None:
        self.document = document
        self.publisher = publisher
        self.draft: FormDraft | None = None
        self.last: tuple[int, int] | None = None
        self.counted = 0
        self.taken: set[int] = set()
        self._stand(FormHeading(), None)

    def _stand(self, heading: FormHeading, block: int | None) -> None:
        self.heading, self.heading_block = heading, block
        self.above: int | None = None
        self.unit: Unit | None = None
        self.owner: Named | None = None
        self.said = set[int]() if block is None else {block}
        self.stated: list[tuple[str, str]] = []

    def paragraph(self, index: int, block: Paragraph) -> None:
        """Take a heading, a caption or the owner; else keep in mind what stands above the next table."""
        heading = read_heading(block.text)
        unit, owner = unit_in(block.text), department_in(block.text)
        if heading:
            self.close()
            heading = self._whole(index, heading)
            if heading == FormHeading() and self.heading.name and self.heading_block == index - 1:
                self.said.add(index)
                return
            self._stand(heading, index)
            self.counted, self.unit = self.heading.number or 0, unit
        elif is_caption(block.text) or owner:
            self.unit, self.owner = unit or self.unit, owner or self.owner
            self.said.add(index)
        elif self.draft is None and self.heading != FormHeading() and (said := inline(block.text)):
            self.stated.append(said)
            self.said.add(index)
        elif could_name(block.text):
            self.above = index

    def _whole(self, index: int, heading: FormHeading) -> FormHeading:
        """`heading` with the line above where it was broken in two: only that line has the number due."""
        before = self.document.blocks[index - 1] if index else None
        if heading.number is not None or heading.whole or not isinstance(before, Paragraph):
            return heading
        number, name = split_marker(before.text)
        if number is None or number not in {1, self.counted + 1} or not could_name(before.text):
            return heading
        return FormHeading(number, name + (heading.name or ""))

    def table(self, index: int, grid: Grid) -> None:
        """Take the rows of a performance table; leave any other table alone."""
        table = grid.table
        header = self._carried(index, table)
        rows = list(rows_of(index, grid)) if header is not None or may_concern(table) else []
        headers = read_headers(rows)
        if header is None and not concerns(rows, headers):
            self._stand(self.heading, self.heading_block)
            return
        page_break, page = True, None
        seen: IndicatorHeader | None = None
        for place, (row, printed) in enumerate(zip(rows, headers, strict=True)):
            title = read_heading(row.first.text) if len(row.cells) == 1 and not row.first.label else None
            if self._adds_up(row):
                continue
            if header is None and seen is not None and _is_under(row, seen):
                header = self._open(False).header = seen
            if printed:
                seen = printed
                header = self._open(self._opens_another()).header = printed
                page_break = True
            elif title:
                self._title(title)
                header = None
            elif header is None or leaves(row, header):
                header = None
                if not (heads_columns(row) and place + 1 < len(rows) and headers[place + 1]):
                    self._form_row(row)
            elif not (is_split(row) or is_header_words(row) or row.counts_columns):
                self._line(row, header, page_break or row.page != page)
                header = replace(header, level1=None) if header.level1 else header
                page_break, page = False, row.page
        self.taken.update({index, *self.said})
        self.last, self.above = (index, table.column_count), None

    def close(self) -> None:
        """Publish the project being read."""
        if self.draft is not None:
            self.draft.publish(self.publisher)
        self.draft = None

    def _form_row(self, row: FormRow) -> None:
        """Take a row of a form, unless it only heads the columns of indicators or of a listing."""
        kinds = {column_kind(word) for word in row.words}
        if is_header_words(row) and kinds & {"indicators", "value", "actual"} and "budget" not in kinds:
            return
        draft = self._open(self._begins(row))
        if targets := stated_targets(row):
            draft.targets += targets
        else:
            draft.form_rows.append(row)

    def _adds_up(self, row: FormRow) -> bool:
        """Take a row that adds up the indicators above it, for the points of all."""
        if self.draft is None or self.draft.header is None or row.first.word not in words().totals:
            return False
        self.draft.score = total_score(row, self.draft.header) or self.draft.score
        return True

    def _line(self, row: FormRow, header: IndicatorHeader, page_break: bool) -> None:
        """Take a row under an indicator header."""
        draft = self._open(False)
        if header.long_term:
            draft.unread.append((header.long_term, row))
        elif not header.is_no_indicator(row):
            draft.lines.append(line_of(row, header, page_break))

    def _carried(self, index: int, table: Table) -> IndicatorHeader | None:
        """The header that still holds for a table right under the last one, where a page break cut it."""
        if self.draft is None or self.last != (index - 1, table.column_count):
            return None
        return self.draft.header

    def _open(self, new: bool) -> FormDraft:
        """The project being read, or the next one: a `new` one, or the first under its heading."""
        if self.draft is not None and new:
            self.close()
            holds = self.heading.whole and self.above is None
            self.heading, self.heading_block = (self.heading, None) if holds else (FormHeading(), None)
        if self.draft is None:
            if self.heading == FormHeading() and self.above is not None:
                self.heading, self.heading_block = read_line(self._text(self.above)), self.above
            self.draft = FormDraft(self.heading, self.heading_block, self.unit, self.owner, stated=self.stated)
            self.stated = []
            self.above = None
        return self.draft

    def _begins(self, row: FormRow) -> bool:
        """Whether form row `row` opens another form than the one being read."""
        if self.draft is None:
            return False
        labels = labels_in([row])
        return bool(labels & _BEGINNING if self.draft.header else labels & NAMED & labels_in(self.draft.form_rows))

    def _opens_another(self) -> bool:
        """Whether an indicator header opens another form: a number, or under the whole's a name, stands above."""
        if self.draft is None or self.above is None:
            return False
        text = self._text(self.above)
        if split_marker(text)[0] is not None:
            return True
        return self.draft.is_whole and self.draft.header is not None and read_line(text).name is not None

    def _title(self, heading: FormHeading) -> None:
        """Take a title inside the table, unless a heading above it names the form already."""
        if self.draft is not None or (self.heading.number is None and self.heading.name is None):
            self.close()
            self._stand(heading, None)

    def _text(self, index: int) -> str:
        block = self.document.blocks[index]
        return block.text if isinstance(block, Paragraph) else ""


def concerns(rows: Sequence[FormRow], headers: Sequence[IndicatorHeader | None]) -> bool:
    """Whether a table is about performance: it has an indicator header, or a form with goals or a plan."""
    return any(headers) or any(map(_tells, rows))


def _tells(row: FormRow) -> bool:
    if row.first.label in _TELLING:
        return len(row.cells) > 1
    said = inline(row.first.text)
    return said is not None and said[0] in _TELLING


def _is_under(row: FormRow, header: IndicatorHeader) -> bool:
    """Whether `row`, of a form whose own header a page break took, begins as the rows under `header` do."""
    at_level = header.kind_at(row.first.column) == "level1" and level_name(row.first.word) is not None
    return at_level and any(header.kind_at(cell.column) == "value" for cell in row.cells)


def leaves(row: FormRow, header: IndicatorHeader) -> bool:
    """Whether `row` under an indicator header is a form's again, not one whose level is called like a label."""
    if row.first.label == "apart" and len(row.cells) > _PAIR and not any(cell.label for cell in row.cells[1:]):
        return False
    return opens_form(row) and header.kind_at(row.first.column) in {None, "", "level1", "number"}


def labels_in(rows: Sequence[FormRow]) -> set[str]:
    """Which kinds of labels stand in `rows`."""
    return {cell.label for row in rows for cell in row.cells if cell.label}
