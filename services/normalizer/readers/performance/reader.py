"""Performance targets → goals, projects and indicators.

Reads the document's blocks in order: a heading opens a project (or the department as a whole); the tables under it
are its form and its indicators, in one table or several.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import zip_longest

from services.normalizer.language.money import Unit, unit_in
from services.normalizer.layout import Layout
from services.normalizer.readers.performance.drafts import NAMED, Draft
from services.normalizer.readers.performance.forms import is_caption, label_of, opens_form
from services.normalizer.readers.performance.goals import read_goals
from services.normalizer.readers.performance.headings import (
    Heading,
    could_name,
    read_heading,
    read_line,
    split_marker,
)
from services.normalizer.readers.performance.lines import line_of
from services.normalizer.readers.performance.publishing import Publisher
from services.normalizer.readers.performance.rows import (
    Header,
    Row,
    is_header_words,
    is_split,
    read_header,
    rows_of,
)
from services.normalizer.recorder import ReaderResult, Recorder, merged
from services.normalizer.tables.captions import Named, department_in
from shared.schemas.document import Document, Paragraph, Table

_TELLING = frozenset({"goals", "schedule"})


def read(layout: Layout, recorder: Recorder) -> ReaderResult:
    """The document's goals, projects and indicators."""
    document = layout.document
    publisher = Publisher(recorder)
    reader = _Reader(document, publisher)
    for index, block in enumerate(document.blocks):
        if isinstance(block, Table):
            reader.table(index, block)
        else:
            reader.paragraph(index, block)
    reader.close()
    return merged([read_goals(document, recorder), publisher.result(frozenset(reader.taken))])


class _Reader:
    """The heading that stands, what was said since of money unit and owner, and the project being read."""

    def __init__(self, document: Document, publisher: Publisher) -> None:
        self.document = document
        self.publisher = publisher
        self.draft: Draft | None = None
        self.last: tuple[int, int] | None = None
        self.counted = 0
        self.taken: set[int] = set()
        self._stand(Heading(), None)

    def _stand(self, heading: Heading, block: int | None) -> None:
        self.heading, self.heading_block = heading, block
        self.above: int | None = None
        self.unit: Unit | None = None
        self.owner: Named | None = None
        self.said = set[int]() if block is None else {block}

    def paragraph(self, index: int, block: Paragraph) -> None:
        """Take a heading, a caption or the owner; else keep in mind what stands above the next table."""
        unit, owner = unit_in(block.text), department_in(block.text)
        heading = read_heading(block.text)
        if heading:
            self.close()
            self._stand(self._whole(index, heading), index)
            self.counted, self.unit = self.heading.number or 0, unit
        elif is_caption(block.text) or owner:
            self.unit, self.owner = unit or self.unit, owner or self.owner
            self.said.add(index)
        elif could_name(block.text):
            self.above = index

    def _whole(self, index: int, heading: Heading) -> Heading:
        """`heading` with the line above where it was broken in two: only that line has the number due."""
        before = self.document.blocks[index - 1] if index else None
        if heading.number is not None or heading.whole or not isinstance(before, Paragraph):
            return heading
        number, name = split_marker(before.text)
        if number is None or number not in {1, self.counted + 1} or not could_name(before.text):
            return heading
        return Heading(number, name + (heading.name or ""))

    def table(self, index: int, table: Table) -> None:
        """Take the rows of a performance table; leave any other table alone."""
        rows = list(rows_of(index, table))
        header = self._carried(index, table)
        if header is None and not concerns(rows):
            self._stand(self.heading, self.heading_block)
            return
        page_break, page = True, None
        for row, below in zip_longest(rows, rows[1:]):
            printed = read_header(row, below)
            title = read_heading(row.cells[0].text) if len(row.cells) == 1 else None
            if printed:
                header = self._open(self._marked_above()).header = printed
                page_break = True
            elif title:
                self._title(title)
                header = None
            elif header is None or leaves(row, header):
                self._open(self._begins(row)).form_rows.append(row)
                header = None
            elif not is_split(row) and not is_header_words(row):
                self._open(False).lines.append(line_of(row, header, page_break or row.page != page))
                header, page_break, page = replace(header, level1=None), False, row.page
        self.taken.update({index, *self.said})
        self.last, self.above = (index, table.column_count), None

    def close(self) -> None:
        """Publish the project being read."""
        if self.draft is not None:
            self.draft.publish(self.publisher)
        self.draft = None

    def _carried(self, index: int, table: Table) -> Header | None:
        """The header that still holds for a table right under the last one, where a page break cut it."""
        if self.draft is None or self.last != (index - 1, table.column_count):
            return None
        return self.draft.header

    def _open(self, new: bool) -> Draft:
        """The project being read, or the next one: a `new` one, or the first under its heading."""
        if self.draft is not None and new:
            self.close()
            self.heading, self.heading_block = (self.heading, None) if self.heading.whole else (Heading(), None)
        if self.draft is None:
            if self.heading == Heading() and self.above is not None:
                self.heading, self.heading_block = read_line(self._text(self.above)), self.above
            self.draft = Draft(self.heading, self.heading_block, self.unit, self.owner)
            self.above = None
        return self.draft

    def _begins(self, row: Row) -> bool:
        """Whether form row `row` opens another form than the one being read."""
        if self.draft is None:
            return False
        return self.draft.header is not None or bool(names_in([row]) & names_in(self.draft.form_rows))

    def _marked_above(self) -> bool:
        """Whether a numbered line stands between the last table and this one."""
        return self.above is not None and split_marker(self._text(self.above))[0] is not None

    def _title(self, heading: Heading) -> None:
        """Take a title inside the table, unless a numbered heading above it waits for this table."""
        if self.draft is not None or self.heading.number is None:
            self.close()
            self._stand(heading, None)

    def _text(self, index: int) -> str:
        block = self.document.blocks[index]
        return block.text if isinstance(block, Paragraph) else ""


def concerns(rows: Sequence[Row]) -> bool:
    """Whether a table is about performance: it has an indicator header, or a form with goals or a plan."""
    if any(read_header(row, None) for row in rows):
        return True
    return any(label_of(row.cells[0]) in _TELLING and len(row.cells) > 1 for row in rows)


def leaves(row: Row, header: Header) -> bool:
    """Whether `row` under an indicator header is a form's again."""
    return opens_form(row) and header.kind_at(row.cells[0].column) in {None, "", "level1", "number"}


def names_in(rows: Sequence[Row]) -> set[str]:
    """Which labels of a project's identity stand in `rows`."""
    return {kind for row in rows for cell in row.cells if (kind := label_of(cell)) in NAMED}
