"""A government's own tables → budget_line records: every figure of money with its fund, level, basis and year."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from services.normalizer.government import terms
from services.normalizer.government.areas import Place
from services.normalizer.government.compose import compose
from services.normalizer.government.figures import ComposedPanel, FigureParts, Setting
from services.normalizer.government.frames import MoneyTable, money_tables
from services.normalizer.government.parts import LabelParts, parts_of, title_parts, year_in
from services.normalizer.government.place import place_of
from services.normalizer.government.titles import title_of
from services.normalizer.language import money
from services.normalizer.language.text import joined, without_marker
from services.normalizer.layout import Layout
from services.normalizer.prose.sections import heading
from services.normalizer.recorder import Left, LeftKind, ReaderResult, Recorder, merged
from services.normalizer.tables.captions import lines_before
from services.normalizer.tables.contents import is_contents
from shared.schemas.document import Cell, Paragraph, Table
from shared.schemas.names import BudgetLevel, ColumnName, DisclosureKind, Severity
from shared.schemas.records import BudgetLine, Disclosure

_SHOWN: Final = 5
_TABLE: Final = re.compile(r"表(?:\(.{1,16}\))?$")
"""How the title of one table ends, which begins no part."""
_LONGEST_HEADING: Final = 60
_TOLD: Final = (DisclosureKind.GOVERNMENT_EXECUTION, DisclosureKind.GOVERNMENT_ACCOUNTS)
_CODED: Final = re.compile("编码|代码")
"""What the label over a column of codes says."""


def read(layout: Layout, recorder: Recorder, disclosure: Disclosure) -> ReaderResult:
    """The lines of every table of money of a government's document, in order."""
    place = place_of(layout, disclosure)
    whole = Setting(place, disclosure.kind, disclosure.fiscal_year, _of_title(disclosure, place))
    results: list[ReaderResult] = []
    earlier: tuple[MoneyTable, list[ComposedPanel]] | None = None
    part = LabelParts()
    for number, block in enumerate(layout.document.blocks):
        if isinstance(block, Paragraph):
            part = _part(block, part, place)
            continue
        if is_contents(block):
            continue
        reader = _Reader(recorder, number, lines_before(layout.document, number), _title_of_all(disclosure))
        setting = replace(whole, around=part.over(whole.around))
        understood = False
        for table in money_tables(layout.grids[number], earlier[0] if earlier else None):
            composed = reader.composed(table, setting, earlier)
            if composed:
                earlier = (table, composed)
                results.append(reader.lines(composed))
                results.append(reader.rest(table, composed))
                understood = True
        if not understood:
            results.append(reader.blank(block))
    return merged(results)


def _title_of_all(disclosure: Disclosure) -> str | None:
    """The title of a report on one year's execution or accounts, which is that of a table in it without one."""
    title = terms.plain(disclosure.title or "")
    return title if disclosure.kind in _TOLD and year_in(title) is not None else None


def _of_title(disclosure: Disclosure, place: Place) -> LabelParts:
    """The level and fund that the document's title says it is of, a table's that of the place it names alone."""
    printed = terms.plain(disclosure.title or "")
    title = place.apart(printed)
    said = parts_of(title, place.rank)
    of_debt = disclosure.kind is DisclosureKind.GOVERNMENT_DEBT
    first = place.first_in(printed) if _TABLE.search(printed) else None
    area = place.area(first) if first else None
    level = said.level or (area.level if area and area.level is BudgetLevel.WHOLE_AREA else None)
    return LabelParts(said.fund, level, basis=title_parts(title, place.rank).basis if of_debt else None)


def _part(paragraph: Paragraph, part: LabelParts, place: Place) -> LabelParts:
    """The part of the booklet that the tables below `paragraph` are of: its heading's, until prose or the next."""
    if len(terms.plain(paragraph.text)) > _LONGEST_HEADING:
        return LabelParts()
    whole = _TABLE.search(terms.plain(paragraph.text)) is None
    for line in [paragraph.text] if whole else paragraph.text.split("\n"):
        text = terms.plain(line)
        if (paragraph.heading or heading(line)) and not _TABLE.search(text):
            said = parts_of(place.apart(without_marker(text)), place.rank)
            part = LabelParts(fund=said.fund, level=said.level, year=said.year)
    return part


class _Reader:
    """Reads the tables of money of one block."""

    def __init__(self, recorder: Recorder, block: int, before: Sequence[str], whole: str | None) -> None:
        self._recorder = recorder
        self._block = block
        self._before = before
        self._whole = whole

    def composed(
        self, table: MoneyTable, setting: Setting, earlier: tuple[MoneyTable, list[ComposedPanel]] | None
    ) -> list[ComposedPanel]:
        """The panels of `table` that are understood."""
        first = not table.titles or table.titles[0] == 0 or table.header[:1] == (0,)
        found: list[ComposedPanel] = []
        for panel in table.panels:
            caption = table.caption(self._before if first or not table.titles else (), panel)
            title, unit = title_of(caption.lines), caption.unit
            if earlier and (not table.header or (title is None and table.paths == earlier[0].paths)):
                title, unit = title or earlier[1][0].title, unit or earlier[1][0].unit
            title = title or self._whole
            made = compose(table, panel, title, unit, setting, found) if title else None
            if made is not None:
                found.append(made)
        return found

    def blank(self, table: Table) -> ReaderResult:
        """Tells of `table` where its title is known and it holds no figure: a form that was left blank."""
        title = title_of(self._before)
        coded = {cell.column for cell in table.cells if _CODED.search(cell.text)}
        filled = any(_is_figure(cell) for cell in table.cells if cell.column not in coded)
        if title is None or title_parts(title, None).table is None or filled:
            return ReaderResult()
        left = self._tell(LeftKind.TABLE, Severity.INFO, f"《{title}》没有填列金额。", 0)
        return ReaderResult(taken=frozenset({self._block}), left=(left,))

    def rest(self, table: MoneyTable, composed: Sequence[ComposedPanel]) -> ReaderResult:
        """Tells of the panels of `table` that are not understood beside those that are."""
        known, title = {each.panel for each in composed}, f"《{joined(composed[0].title)}》"
        left = tuple(
            self._tell(
                LeftKind.COLUMN,
                Severity.WARNING,
                f"{title}的第{panel.first + 1}至{panel.last + 1}列不知属于收入还是支出，没有读入。",
                table.body[0],
            )
            for panel in table.panels
            if panel not in known
        )
        return ReaderResult(left=left)

    def lines(self, panels: Sequence[ComposedPanel]) -> ReaderResult:
        """The records of `panels`, and what was left of them."""
        records: list[BudgetLine] = []
        left: list[Left] = []
        for panel in panels:
            made = [self._record(figure) for figure in panel.figures()]
            records += made
            left += self._left(panel, made)
        return ReaderResult(tuple(records), frozenset({self._block}), tuple(left))

    def _record(self, figure: FigureParts) -> BudgetLine:
        return self._recorder.make(
            BudgetLine,
            self._recorder.at_cell(self._block, figure.cell),
            table=figure.table,
            line_no=figure.line_no,
            side=figure.side,
            code=figure.code,
            name=figure.name,
            column=figure.column,
            amount=money.yuan(figure.cell.text, figure.unit),
            basis=figure.basis,
            fund=figure.fund,
            level=figure.level,
            classification=figure.classification,
            year=figure.year,
            area_code=figure.area.code if figure.area else None,
            area_name=figure.area.name if figure.area else None,
            column_label=figure.label or None,
        )

    def _left(self, panel: ComposedPanel, records: Sequence[BudgetLine]) -> Iterator[Left]:
        title = f"《{joined(panel.title)}》"
        if panel.strange:
            yield self._tell(
                LeftKind.CELL,
                Severity.WARNING,
                f"{title}的{_cells(panel.strange)}不是金额，没有读入。",
                panel.strange[0].row,
            )
        if panel.nameless:
            rows = "、".join(f"第{row + 1}行" for row in panel.nameless[:_SHOWN])
            more = f"等{len(panel.nameless)}行" if len(panel.nameless) > _SHOWN else ""
            yield self._tell(
                LeftKind.ROW, Severity.INFO, f"{title}的{rows}{more}没有名称，没有读入。", panel.nameless[0]
            )
        others = list(
            dict.fromkeys(each.column_label or "" for each in records if each.column is ColumnName.OTHER)
        )
        if others:
            names = "、".join(f"“{text}”" for text in others[:_SHOWN])
            more = f"等{len(others)}列" if len(others) > _SHOWN else ""
            row = panel.table.header[-1] if panel.table.header else panel.table.body[0]
            yield self._tell(
                LeftKind.COLUMN, Severity.INFO, f"{title}的{names}{more}含义未识别，按原表头记录。", row
            )
        unpaid = tuple(each.id for each in records if each.amount is None)
        if unpaid:
            row = panel.table.body[0]
            left = self._tell(
                LeftKind.UNIT,
                Severity.WARNING,
                f"{title}没有注明金额单位，{len(unpaid)}条记录的金额无法换算。",
                row,
            )
            yield Left(left.kind, left.severity, left.message, left.provenance, unpaid[:_SHOWN])

    def _tell(self, kind: LeftKind, severity: Severity, message: str, row: int) -> Left:
        return Left(kind, severity, message, self._recorder.at_row(self._block, row))


def _is_figure(cell: Cell) -> bool:
    """Whether a cell holds money, as far as its print tells: no serial number, no text that dots cut."""
    text = terms.plain(cell.text)
    value = money.number(text)
    return value is not None and not (text.isdigit() and len(text) < 3)


def _cells(cells: Sequence[Cell]) -> str:
    texts = "、".join(f"第{cell.row + 1}行“{joined(cell.text)[:40]}”" for cell in cells[:_SHOWN])
    return texts + (f"等{len(cells)}处" if len(cells) > _SHOWN else "")
