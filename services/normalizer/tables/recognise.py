"""Which known table is this: the kind for which its title, header, codes, rows, sums and neighbours speak most."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

from services.normalizer.language import vocabulary
from services.normalizer.language.text import label
from services.normalizer.language.totals import ends_in_total
from services.normalizer.language.vocabulary import Phrases
from services.normalizer.tables.captions import Caption, caption, lines_before, parts_a_table, running_heads
from services.normalizer.tables.columns import Columns, columns_of, meaning, proved
from services.normalizer.tables.grid import Grid
from services.normalizer.tables.headers import Frame, frame_of, is_body
from services.normalizer.tables.spec import OTHER, TableSpec, kinds_named, kinds_signed, specs
from services.normalizer.tables.titles import Title, title_in, titles_in
from shared.schemas.document import Document, Table
from shared.schemas.names import ColumnName, TableName

_NO_COLUMNS: Final = Columns()
_THRESHOLD: Final = 3
_ALONE: Final = 4
"""What a table without a title of its own must reach."""
_TITLE_ROW_CELLS: Final = 2
_SEVERAL: Final = 2
"""Tables of a government from which on a document is taken for its own budget."""


@dataclass(frozen=True)
class Evidence:
    """Why a table is taken for what it is: what speaks (or speaks against it), and with which weight."""

    sign: str
    weight: int


_OTHER_MONEY: Final = frozenset(
    {
        ColumnName.GOVERNMENT_FUND,
        ColumnName.STATE_CAPITAL,
        ColumnName.FISCAL_ACCOUNT,
        ColumnName.OTHER_INCOME,
        ColumnName.UNIT_FUNDS,
    }
)
"""Columns that a table of the general public budget alone has not."""
_ECONOMIC_CLASSES: Final = frozenset(
    {ColumnName.WAGES, ColumnName.GOODS_AND_SERVICES, ColumnName.SUBSIDIES_TO_PERSONS, ColumnName.CAPITAL}
)
_GOVERNMENTS: Final = Evidence("a government's own table", 0)


@dataclass(frozen=True)
class KnownTable:
    """A table of a known kind: where it stands, its caption, its header and rows, and what its columns are."""

    block: int
    grid: Grid
    kind: str
    title: str | None
    caption: Caption
    frame: Frame
    columns: Columns = _NO_COLUMNS
    evidence: tuple[Evidence, ...] = ()

    @property
    def header(self) -> tuple[int, ...]:
        """The rows of its header; none where it stands in the table before."""
        return self.frame.header

    @property
    def body(self) -> tuple[int, ...]:
        """The rows below the header that say something of their own."""
        return self.frame.body

    @property
    def paths(self) -> tuple[tuple[str, ...], ...]:
        """For each column the labels above it."""
        return self.frame.paths

    @property
    def top(self) -> int:
        """The row that says what its columns are, or where the header stands in the table before, the first."""
        return self.header[-1] if self.header else self.frame.first


@dataclass(frozen=True)
class _Seen:
    """A table about to be recognised."""

    document: Document
    block: int
    frame: Frame
    caption: Caption
    titles: Sequence[Title]
    previous: KnownTable | None
    """The known table before it, if nothing but lines stands between."""

    @cached_property
    def kinds(self) -> frozenset[str]:
        """The kinds that a title names, or that a header is of which no other kind has."""
        named = (kinds_named(title.subjects) for title in self.titles)
        return kinds_signed(self.frame.header_labels).union(*named)


def recognised(document: Document, grids: Mapping[int, Grid]) -> list[KnownTable]:
    """Every table some reader of this service may know, in order; `other` ones are those known to be none.

    One block may hold several, each with a title of its own inside.
    """
    found: list[KnownTable] = []
    heads = running_heads(document)
    for number, grid in grids.items():
        if grid.table.cells:
            found.extend(_in_block(document, number, grid, found[-1] if found else None, heads))
    return _without_a_governments(found)


def goes_on(table: KnownTable, line: str, heads: frozenset[str]) -> bool:
    """Whether `table` may go on below `line`: a page's number or head, 续表, its own title or that of its kind."""
    if parts_a_table(line):
        return True
    title = title_in(line)
    if title is None or not _is_of_a_kind(title):
        return label(line) in heads
    return table.kind != OTHER and bool(specs()[table.kind].named_by(title.subjects))


def _in_block(
    document: Document, number: int, grid: Grid, last: KnownTable | None, heads: frozenset[str]
) -> Iterator[KnownTable]:
    between = document.blocks[last.block + 1 : number] if last else ()
    previous = None if any(isinstance(each, Table) for each in between) else last
    frame = frame_of(grid)
    if frame is None:
        table = _rest(document, number, grid, previous, heads) or _other(document, number, grid)
        if table:
            yield table
        return
    before: Sequence[str] = lines_before(document, number)
    for part in _parts(frame):
        own = [[cell.text for cell in grid.filled(row)] for row in range(part.first, part.header[0])]
        text = caption(before, own)
        table = _known(_Seen(document, number, part, text, titles_in(text.lines), previous))
        if table:
            yield table
        previous, before = table, ()


def _parts(frame: Frame) -> Iterator[Frame]:
    """`frame` cut where a further table begins in it: a row that is a title, and a header below."""
    for row in frame.below:
        cells = frame.grid.filled(row)
        if not cells or len(cells) > _TITLE_ROW_CELLS or frame.grid.has_amounts(row):
            continue
        title = title_in(" ".join(cell.text for cell in cells))
        if title is None or not _is_of_a_kind(title) or row not in frame.body:
            continue
        rest = frame_of(frame.grid, row)
        if rest is not None and rest.header[0] > row:
            yield replace(frame, end=row, given=frame.paths)
            yield from _parts(rest)
            return
    yield frame


def _known(seen: _Seen) -> KnownTable | None:
    """The table as the kind for which most speaks; `other` where its title names something else."""
    best: KnownTable | None = None
    weight = 0
    for kind, spec in specs().items():
        if not _may_be(seen, kind, spec):
            continue
        columns = columns_of(seen.frame, spec) if spec.columns else _NO_COLUMNS
        evidence = tuple(_evidence(seen, kind, spec, columns))
        reached = sum(each.weight for each in evidence)
        named = any(each.sign == "title" for each in evidence)
        if reached >= (_THRESHOLD if named else _ALONE) and reached > weight:
            weight = reached
            title = next(
                (title.text for title in seen.titles if title.is_vague or spec.named_by(title.subjects)), None
            )
            best = KnownTable(
                seen.block, seen.frame.grid, kind, title, seen.caption, seen.frame, columns, evidence
            )
    if best is None or (best.title is None and _is_titled_otherwise(seen)):
        return _otherwise(seen)
    if _is_a_governments(seen):
        return replace(best, kind=OTHER, columns=_NO_COLUMNS, evidence=(_GOVERNMENTS,))
    if seen.previous and _repeats(best, seen.previous) and not best.caption.unit:
        lines = (*seen.previous.caption.lines, *seen.caption.lines)
        return replace(best, caption=Caption(lines, seen.caption.own))
    return best


def _repeats(table: KnownTable, previous: KnownTable) -> bool:
    """Whether `table` may go on with the one before: of its kind, and without a title or with the same header."""
    if table.kind != previous.kind:
        return False
    return not table.title or table.frame.header_labels == previous.frame.header_labels


def _may_be(seen: _Seen, kind: str, spec: TableSpec) -> bool:
    """Whether a title, the table before, or a header or rows that no other kind has, make `kind` possible."""
    if kind in seen.kinds or _goes_on(seen, kind):
        return True
    if seen.titles and seen.titles[0].is_vague and spec.hinted_by(seen.titles[0].subjects):
        return True
    return kind == TableName.THREE_PUBLIC and _of_items(seen.frame, spec) is not None


def _is_titled_otherwise(seen: _Seen) -> bool:
    """Whether the nearest title names something that is no kind of table known."""
    return bool(seen.titles) and not seen.titles[0].is_vague and not _is_of_a_kind(seen.titles[0])


def _is_of_a_kind(title: Title) -> bool:
    return bool(kinds_named(title.subjects))


def _otherwise(seen: _Seen) -> KnownTable | None:
    """The table as one known to be none, because its title says so."""
    if not _is_titled_otherwise(seen):
        return None
    title = seen.titles[0]
    evidence = (_GOVERNMENTS,) if title.of_government else ()
    return KnownTable(seen.block, seen.frame.grid, OTHER, title.text, seen.caption, seen.frame, evidence=evidence)


def _evidence(seen: _Seen, kind: str, spec: TableSpec, columns: Columns) -> Iterator[Evidence]:
    """What speaks for `seen` being a table of `kind`, and what against it."""
    yield from _of_titles(seen, spec)
    if _goes_on(seen, kind):
        yield Evidence("the table before, with the same header", 6)
    yield from _of_header(seen.frame, spec)
    yield from _of_rows(seen.frame, kind, spec)
    yield from _of_funds(seen, spec)
    if spec.columns:
        yield from _of_columns(seen.frame, spec, columns)


def _of_titles(seen: _Seen, spec: TableSpec) -> Iterator[Evidence]:
    for number, title in enumerate(seen.titles):
        if precise := spec.named_by(title.subjects):
            yield Evidence("title", (8 if number == 0 else 3) + precise)
            return
        if number == 0 and title.is_vague and spec.hinted_by(title.subjects):
            yield Evidence("title, in part", 2)


def _goes_on(seen: _Seen, kind: str) -> bool:
    """Whether the table before is of `kind` and has the same header."""
    previous = seen.previous
    if previous is None or previous.kind != kind or not previous.header or seen.titles:
        return False
    return seen.frame.header_labels == previous.frame.header_labels


def _of_header(frame: Frame, spec: TableSpec) -> Iterator[Evidence]:
    labels = frame.header_labels
    for wanted in spec.header:
        yield Evidence("header", 1 if _found(wanted, labels) else -4)
    if spec.signed_by(labels):
        yield Evidence("signature", 1 + len(spec.signature))


def _found(wanted: Phrases, labels: Iterable[str]) -> bool:
    return any(map(wanted.within, labels))


def _of_rows(frame: Frame, kind: str, spec: TableSpec) -> Iterator[Evidence]:
    codes = frame.classification
    if codes and spec.codes:
        against = -12 if spec.by_classification else -6
        crossed = spec.by_classification and codes == "functional" and _crosses(frame)
        yield Evidence(f"codes {codes}", 2 if codes == spec.codes or crossed else against)
    if spec.rows is not None:
        count = sum(text in spec.rows for text in frame.row_labels)
        if count > 1:
            yield Evidence("rows", min(count, 3))
        elif spec.codes == "government_economic" and codes != spec.codes:
            yield Evidence("no rows of the classification", -2)
    if kind == TableName.THREE_PUBLIC:
        yield _of_items(frame, spec) or Evidence("no items", -4 if frame.row_labels else 0)


def _crosses(frame: Frame) -> bool:
    """Whether the rows are accounts by function and the columns classes by economic nature: 工资福利支出 …."""
    return len({meaning(text) for path in frame.labels for text in path} & _ECONOMIC_CLASSES) > 1


def _of_funds(seen: _Seen, spec: TableSpec) -> Iterator[Evidence]:
    """Whether a table of one fund, of which no title says whose money it is, has columns of other funds."""
    if ColumnName.GENERAL_PUBLIC_BUDGET not in spec.about or any(title.names_a_fund for title in seen.titles):
        return
    others = _OTHER_MONEY - spec.columns
    if any(meaning(text) in others for path in seen.frame.labels for text in path):
        yield Evidence("columns of other funds", -8)


def _of_items(frame: Frame, spec: TableSpec) -> Evidence | None:
    """What tells that the table is of the “三公” items: its header holds them, or most of its rows do."""
    needed = [spec.items[name] for name in ("overseas", "vehicle", "reception")]
    if all(_found(item, frame.header_labels) for item in needed):
        return Evidence("items in the header", 5)
    if sum(_found(item, frame.grid.texts) for item in needed) < 2:
        return None
    rows = frame.row_labels
    if sum(_found(item, rows) for item in needed) > 1:
        of_items = sum(any(item.within(text) for item in spec.items.values()) for text in rows)
        if of_items * 2 >= len(rows) - 2:
            return Evidence("items in the rows", 4)
    return None


def _of_columns(frame: Frame, spec: TableSpec, columns: Columns) -> Iterator[Evidence]:
    two = len({part.side for part in columns.parts if part.side}) > 1 if spec.sided else frame.two_sided
    if two != spec.sided:
        yield Evidence("one side" if spec.sided else "two sides", -5)
    paying = [column for column, held in enumerate(frame.held) if held.amounts]
    if columns.named:
        missing = sum(column in columns.unread for column in paying)
        yield Evidence("columns", 2 if not missing else 0 if missing < columns.named else -2)
    elif paying:
        yield Evidence("no column", -6)
    held = proved(columns)
    if held is not None:
        yield Evidence("sums", 1 if held else -1)


def _is_a_governments(seen: _Seen) -> bool:
    """Whether the table is a government's own: its title says so, or it has taxes and transfers among its rows."""
    if seen.titles and seen.titles[0].of_government:
        return True
    if seen.titles and "部门" in seen.titles[0].text:
        return False
    rows = Phrases(vocabulary.words().government_rows)
    return len({text for text in seen.frame.row_labels if text in rows}) > 2


def _without_a_governments(found: list[KnownTable]) -> list[KnownTable]:
    """`found`, where they are a government's own budget none of them a department's unless its title says so."""
    governments = sum(_GOVERNMENTS in table.evidence for table in found)
    departments = sum(_is_a_departments(table) for table in found)
    if governments < _SEVERAL or governments <= departments:
        return found
    return [
        table
        if table.kind == OTHER or _is_a_departments(table)
        else replace(table, kind=OTHER, columns=_NO_COLUMNS)
        for table in found
    ]


def _is_a_departments(table: KnownTable) -> bool:
    return table.kind != OTHER and any(word in (table.title or "") for word in ("部门", "单位"))


def _rest(
    document: Document, number: int, grid: Grid, previous: KnownTable | None, heads: frozenset[str]
) -> KnownTable | None:
    """The table without header right under the one before: its rows go on, or it is the row of its total."""
    if previous is None:
        return None
    between = document.blocks[previous.block + 1 : number]
    if any(isinstance(block, Table) or not goes_on(previous, block.text, heads) for block in between):
        return None
    alike = previous.grid.column_count == grid.column_count and _pays_alike(previous, grid)
    if not alike and not _is_total_of(previous, grid):
        return None
    first = next((row for row in grid.rows() if is_body(grid, row, ())), None)
    if first is None:
        return None
    paths = (*previous.paths, *[()] * grid.column_count)[: grid.column_count]
    frame = Frame(grid, first, (), grid.row_count, paths)
    evidence = (Evidence("right under the table before", 6),)
    text = Caption(previous.caption.lines)
    return KnownTable(number, grid, previous.kind, previous.title, text, frame, previous.columns, evidence)


def _pays_alike(previous: KnownTable, grid: Grid) -> bool:
    """Whether `grid` has amounts, and nothing else, where the rows of the table before have them."""
    paid = {column for part in previous.columns.parts for column in part.paying}
    paid = paid or {
        cell.column for row in previous.body for cell in previous.grid.filled(row) if previous.grid.pays(cell)
    }
    cells = [cell for row in grid.rows() for cell in grid.filled(row) if cell.column in paid]
    return bool(cells) and all(grid.pays(cell) or grid.held(cell) == "blank" for cell in cells)


def _is_total_of(previous: KnownTable, grid: Grid) -> bool:
    """Whether `grid` is a total's row of the table before, its label drawn over the columns of codes and names."""
    if len(previous.columns.parts) != 1 or grid.row_count > 1:
        return False
    first, *rest = grid.cells(0)
    if not ends_in_total(first.text) or not rest or len(rest) > len(previous.columns.parts[0].paying):
        return False
    return all(grid.pays(cell) or grid.held(cell) == "blank" for cell in rest)


def _other(document: Document, number: int, grid: Grid) -> KnownTable | None:
    """The table without header whose nearest title names something that has no records."""
    before = lines_before(document, number)
    titles = titles_in(before)
    if not titles or titles[0].is_vague or _is_of_a_kind(titles[0]):
        return None
    frame = Frame(grid, 0, (), grid.row_count, ((),) * grid.column_count)
    return KnownTable(number, grid, OTHER, titles[0].text, Caption(tuple(before)), frame)
