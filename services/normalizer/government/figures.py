"""The figures of a composed panel, row by row: what its title, its columns and its rows say together of each."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final

from services.normalizer.government import terms
from services.normalizer.government.areas import Area, Place
from services.normalizer.government.frames import MoneyTable, Panel
from services.normalizer.government.parts import (
    DEBT_TABLES,
    DEBTS,
    LARGER,
    LabelParts,
    Side,
    debt_kind,
    fund_first,
    fund_in,
    opens_year,
    parts_of,
    side_in,
    year_in,
)
from services.normalizer.government.rows import PanelRows, RowLabel
from services.normalizer.language.enumerations import read_marker
from services.normalizer.language.money import Unit, is_amount, is_blank, unit_in
from services.normalizer.language.text import name, without_marker
from services.normalizer.language.totals import ends_in_total, is_grand, is_total
from shared.schemas.document import Cell
from shared.schemas.names import (
    Basis,
    BudgetLevel,
    ColumnName,
    DisclosureKind,
    Fund,
    LineClassification,
    TableName,
)

_NOTHING: Final = LabelParts()
_MAJOR: Final = re.compile(r"^[一二三四五六七八九十]{1,3}、")
_MINOR: Final = re.compile(r"^(?:其中|\d{1,2}[.、]|\([一二三四五六七八九十\d]{1,2}\))")
_BARE_YEAR: Final = re.compile(r"20\d\d(?:年|年度)?")
_RECEIVED: Final[Mapping[frozenset[bool], Side]] = {frozenset({True}): "income", frozenset({False}): "expenditure"}
_BOND: Final = re.compile(r"政府.{0,14}债券(?:\(.{0,16}\)|.{0,12}期)")
"""The name of one bond, whose year is that of its issue: 2019年某省政府专项债券(一期)."""
_NEW_LIMIT: Final = re.compile("新增[^和及、]{0,12}限额(?!.*余额)")
_KEPT: Final = re.compile("收支结余|滚存结余|累计结余|[本当]年结余")
"""What is left of both sides."""
_OF_THE_YEAR: Final = re.compile("(?:本年|当年|年度)?(?:收支)?结余")
_ACCUMULATED: Final = re.compile("(?:滚存|累计)结余")
_SIDE_ALONE: Final = re.compile(
    r"(?:20\d\d年?|[本当全]年|年度|财政|总|累计|预算|决算|计划|实际|完成|执行|安排|合计)*(?:收入|支出)(?:预算|决算|执行|完成|安排)*(?:数|额|金额|合计|小计|总计)?(?:[(].{1,8}[)])?"
)
"""A label that names a side and nothing of what is taken in or spent."""
_PROVIDED: Final = re.compile(r"(?:财力|资金|补助|转移支付|结转|债券|收入)安排$")
"""A label that says where the money comes from."""
_INVESTED: Final = re.compile("总?投资(?:额|数|金额|规模)?$")
"""A label that says what a project costs, not what of it is paid here."""
_DEFICIT: Final = re.compile("赤字")
"""What stands among the rows of a form on debt and is of the budget."""
_REDUCED: Final = re.compile("调减|核减|收回|调整")


@dataclass(frozen=True)
class Setting:
    """What stands around a table: the document's region, kind and year, and the level and fund its part is of."""

    place: Place
    kind: DisclosureKind | None
    fiscal_year: int | None
    around: LabelParts = _NOTHING


@dataclass(frozen=True)
class FigureParts:
    """Everything that is known of one figure; `cell` holds it."""

    cell: Cell
    name: str
    code: str | None
    line_no: int | None
    table: TableName
    side: Side | None
    fund: Fund | None
    level: BudgetLevel | None
    classification: LineClassification | None
    basis: Basis | None
    year: int | None
    area: Area | None
    column: ColumnName
    label: str
    unit: Unit | None


@dataclass
class _Context:
    """What the rows above say of those under them."""

    side: Side | None = None
    fund: Fund | None = None
    larger: bool = False
    """Whether they are of what is collected for every level of government."""
    group: LabelParts = _NOTHING
    major: LabelParts = _NOTHING


@dataclass(frozen=True)
class ComposedPanel:
    """The columns of a panel with what title and labels say of each."""

    table: MoneyTable
    panel: Panel
    title: str
    whole: LabelParts
    columns: Mapping[int, LabelParts]
    areas: Mapping[int, Area]
    unit: Unit | None
    setting: Setting
    classification: LineClassification | None
    nested: bool
    """Whether rows under an insurance are of it."""
    strange: list[Cell] = field(default_factory=list)
    nameless: list[int] = field(default_factory=list)

    def figures(self) -> Iterator[FigureParts]:
        """Every figure of the panel, row by row."""
        context = _Context(side=self._first_side())
        for row in self.table.body:
            cells = [self._money(row, column) for column in self.panel.money]
            called = self._rows.read(row)
            printed = called.name
            filled = [cell for cell in cells if cell is not None and not is_blank(cell.text)]
            if not printed and self.panel.is_nameless:
                for cell in filled:
                    yield from self._alone(cell, row)
                continue
            if not printed:
                self.nameless.extend([row] if any(is_amount(cell.text) for cell in filled) else [])
                continue
            said = self._said(printed, row, context, bool(filled))
            for cell in filled:
                if not is_amount(cell.text):
                    self.strange.append(cell)
                    continue
                made = self._figure(cell, called, said, row)
                if made is not None:
                    yield made

    def _alone(self, cell: Cell, row: int) -> Iterator[FigureParts]:
        """The figure of a row without a name, called as the labels above it are."""
        path = self.table.paths[cell.column]
        called = path[-1] if path else ""
        if len(path) > 1 and is_total(called):
            called = path[-2] + called
        made = (
            self._figure(cell, RowLabel(None, None, name(called)), _NOTHING, row) if is_amount(cell.text) else None
        )
        if made is None:
            self.strange.append(cell)
        else:
            summed = made.table is TableName.GOVERNMENT_THREE_PUBLIC
            yield replace(made, column=ColumnName.TOTAL) if summed else made

    def _money(self, row: int, column: int) -> Cell | None:
        cell = self.table.grid.own(row, column)
        return cell if cell is not None and cell.column == column else None

    @cached_property
    def _rows(self) -> PanelRows:
        return PanelRows(self.table, self.panel, self.classification)

    @cached_property
    def _marked(self) -> bool:
        """Whether rows have markers of the highest rank, so that others are within them."""
        return any(_MAJOR.match(self._rows.label(row)) for row in self.table.body)

    def _first_side(self) -> Side | None:
        if self.whole.side or self.whole.table in DEBT_TABLES:
            return self.whole.side
        return next((side for row in self.table.body if (side := side_in(self._rows.label(row)))), None)

    def _said(self, printed: str, row: int, context: _Context, pays: bool) -> LabelParts:
        """What the row says with those above it, and leaves for those below."""
        label = self._rows.label(row) or terms.plain(printed)
        if self.whole.table in DEBT_TABLES:
            return self._debt(label, row, context, pays)
        if self.whole.table is TableName.GOVERNMENT_BALANCE and not self.whole.side:
            left = "收入" not in label and (_KEPT.search(label) or ("结余" in label and _MAJOR.match(label)))
            goes_on = not left or self._total_side(row) == context.side
            context.side = (side_in(label) if not left else None) or (context.side if goes_on else None)
        if self.whole.table is TableName.TRANSFERS and (_MAJOR.match(label) or not self._marked):
            given = set(terms.received_or_paid().values(label))
            context.side = _RECEIVED.get(frozenset(given), None if _MAJOR.match(label) else context.side)
        sided = {TableName.GOVERNMENT_BALANCE, TableName.TRANSFERS}
        side = context.side if self.whole.table in sided and not self.whole.side else None
        year = year_in(label) if _BARE_YEAR.fullmatch(label) else None
        return LabelParts(
            side=side, fund=self._budget(label, context) or self._insurance(label, context), year=year
        )

    def _budget(self, label: str, context: _Context) -> Fund | None:
        """The budget that a row is of where the table is of several: as it says, or the one that it is within."""
        of_columns = {over.fund for over in self.columns.values()} - DEBTS - {None}
        if self.whole.fund is not None or len(of_columns) > 1:
            return None
        within = bool(_MINOR.match(label))
        context.larger = bool(LARGER.search(label)) or (within and context.larger)
        context.fund = fund_first(label) or (context.fund if within else None)
        if context.fund or context.larger or LARGER.search(self.title):
            return context.fund
        return terms.rows_of_funds().exactly(terms.plain(without_marker(label)))

    def _total_side(self, row: int) -> Side | None:
        """The side of the next row that names one, where it is a grand total: what stands above is part of it."""
        below = (self._rows.label(each) for each in self.table.body if each > row)
        label = next((label for label in below if side_in(label)), "")
        return side_in(label) if is_grand(label) else None

    def _insurance(self, label: str, context: _Context) -> Fund | None:
        """The insurance that a row or the one it stands under is of."""
        if self.whole.fund is None or not (
            self.whole.fund is Fund.SOCIAL_INSURANCE or self.whole.fund.of_insurance
        ):
            return None
        found = fund_in(label)
        if found is not None and found.of_insurance:
            context.fund = found
        elif found is not None or ends_in_total(label) or (_MAJOR.match(label)) or not self.nested:
            context.fund = None
        return context.fund

    def _debt(self, label: str, row: int, context: _Context, pays: bool) -> LabelParts:
        """What a row of a table of debt says; 其中 and what has no kind of its own goes on with the row above."""
        text = self.table.grid.text
        bond = fund_in(" ".join(terms.plain(text(row, column)) for column in self.panel.bonds))
        own = parts_of(label, self.setting.place.rank)
        if _BOND.search(label):
            own = replace(own, year=None)
        fund = own.fund if own.fund in DEBTS else None
        if self.whole.table is TableName.BOND_USE:
            return LabelParts(fund=bond)
        if _DEFICIT.search(label):
            balance, budget = TableName.GOVERNMENT_BALANCE, Fund.GENERAL_PUBLIC_BUDGET
            return LabelParts(fund=budget, table=balance, basis=own.basis, year=own.year)
        if not pays and not self._in_list(row):
            context.group, context.major = LabelParts(fund=fund), LabelParts()
            return context.group
        said = replace(_debt_parts(label, own), fund=fund)
        if not _MAJOR.match(label) and said.table in {None, context.major.table}:
            said = said.over(context.major)
        if self._opens(label, said, own):
            context.major = replace(said, fund=None)
            context.fund = None
        group = fund_in(" ".join(terms.plain(text(row, column)) for column in self.panel.names[:-1]))
        if ends_in_total(label) and not _MINOR.match(label):
            context.fund = None
        around = next((each for each in (group, bond, context.fund, context.group.fund) if each in DEBTS), None)
        if said.fund in {None, Fund.DEBT} and around is not None:
            said = replace(said, fund=around)
        if not label.startswith("其中") and self._sides_of_debt[label] < 2:
            context.fund = fund if fund is not Fund.DEBT else None
        return said

    def _opens(self, label: str, said: LabelParts, own: LabelParts) -> bool:
        """Whether a row of debt opens a group: by its marker, its year, or as a side of debt named once."""
        if _MAJOR.match(label) or _MINOR.match(label) or said.table is None:
            return bool(_MAJOR.match(label))
        return self._sides_of_debt[label] == 1 or (own.year is not None and not self.panel.areas)

    @cached_property
    def _sides_of_debt(self) -> Counter[str]:
        """How often rows name a side of debt alone (余额, 本金), where others name both kinds of debt.

        One that is named once is of both kinds; one that is named again and again is of the kind above it.
        """
        labels = [self._rows.label(row) for row in self.table.body]
        kinds = {label: fund_in(label) for label in labels}
        if not {Fund.GENERAL_DEBT, Fund.SPECIAL_DEBT} <= set(kinds.values()):
            return Counter()
        return Counter(label for label in labels if debt_kind(label) and kinds[label] in {None, Fund.DEBT})

    def _in_list(self, row: int) -> bool:
        """Whether a row is an item between those above and below it, by their markers: a line also left blank."""
        own, above, below = (read_marker(self._rows.label(each)) for each in (row, row - 1, row + 1))
        return own is not None and (own.follows(above) or (below is not None and below.follows(own)))

    def _area(self, row: int, printed: str) -> Area | None:
        for column in self.panel.areas:
            cell = self.table.grid.at(row, column)
            if cell is not None and (area := self.setting.place.area(cell.text)):
                return area
            if cell is not None and cell.text.strip() and not self.panel.names:
                return Area(name(cell.text), None, None)
        if self.classification is LineClassification.AREA and not self.panel.areas:
            return self.setting.place.area(printed)
        return None

    def _figure(self, cell: Cell, row: RowLabel, said: LabelParts, at: int) -> FigureParts | None:
        over = self.columns[cell.column]
        area = self._area(at, row.name) or self.areas.get(cell.column)
        table = self._table(said, over)
        if table is None:
            return None
        fund, side = self._fund(said, over), said.side or over.side or self.whole.side
        basis = self._basis(said, over, table)
        return FigureParts(
            cell=cell,
            name=row.name,
            code=row.code,
            line_no=row.line_no,
            table=table,
            side=side,
            fund=fund,
            level=self._level(area, over),
            classification=self._class(side),
            basis=basis,
            year=self._year(said, over),
            area=area if area is not None and area.level is not None else None,
            column=self._column(over, table, row.name, cell.column),
            label="/".join(self.table.paths[cell.column]),
            unit=self._unit(cell.column),
        )

    def _class(self, side: Side | None) -> LineClassification | None:
        """What the row is: revenue has no functions, whatever the expenditure below it has."""
        of_function = self.classification is LineClassification.FUNCTIONAL
        return LineClassification.ITEM if of_function and side == "income" else self.classification

    def _level(self, area: Area | None, over: LabelParts) -> BudgetLevel | None:
        """The level of the region of the row or column, else of the column, the title, the part of the document.

        Debt of 地方政府 is the whole area's where nothing says otherwise.
        """
        if area is not None and area.level is not None:
            return area.level
        if area is not None and not ends_in_total(area.name):
            return None
        stated = over.level or self.whole.level or self.setting.around.level
        whole = area is not None or self.whole.table in DEBT_TABLES
        return stated or (BudgetLevel.WHOLE_AREA if whole else None)

    def _table(self, said: LabelParts, over: LabelParts) -> TableName | None:
        if self.whole.table not in DEBT_TABLES or self.whole.table is TableName.BOND_USE:
            return over.table if over.table is TableName.TRANSFERS else self.whole.table
        return said.table or over.table or self.whole.table

    def _fund(self, said: LabelParts, over: LabelParts) -> Fund | None:
        """The most specific fund; a debt's kind before debt as a whole."""
        found = [fund for fund in (said.fund, over.fund, self.whole.fund) if fund]
        if said.table is TableName.GOVERNMENT_BALANCE:
            return said.fund
        if self.whole.table in DEBT_TABLES:
            kinds = [fund for fund in found if fund in DEBTS and fund is not Fund.DEBT]
            return kinds[0] if kinds else Fund.DEBT
        insurances = [fund for fund in found if fund.of_insurance]
        if insurances:
            return insurances[0]
        return next((fund for fund in (self.whole.fund, over.fund, said.fund) if fund), None)

    def _basis(self, said: LabelParts, over: LabelParts, table: TableName) -> Basis | None:
        if table is TableName.DEBT_LIMIT:
            return Basis.LIMIT
        stated = [
            basis for basis in (over.basis, said.basis, self.whole.basis) if basis and basis is not Basis.LIMIT
        ]
        if stated[:1] == [Basis.PLAN] and table not in DEBT_TABLES and self._year(said, over) == self._budgeted:
            return Basis.BUDGET
        if stated[:1] == [Basis.EXECUTION] and said.basis is Basis.EXPECTED_EXECUTION:
            return Basis.EXPECTED_EXECUTION
        return stated[0] if stated else self._usual(over)

    @property
    def _budgeted(self) -> int | None:
        """The year that a budget is of, which what it calls a plan is."""
        of_budget = self.setting.kind is DisclosureKind.GOVERNMENT_BUDGET
        return self.setting.fiscal_year if of_budget else None

    def _usual(self, over: LabelParts) -> Basis | None:
        """What figures of a document of its kind are where nothing says so."""
        year, fiscal = over.year or self.whole.year, self.setting.fiscal_year
        if self.setting.kind is DisclosureKind.GOVERNMENT_ACCOUNTS:
            return Basis.FINAL
        if self.setting.kind is DisclosureKind.GOVERNMENT_EXECUTION:
            return Basis.EXECUTION
        if self.setting.kind is DisclosureKind.GOVERNMENT_BUDGET and year and fiscal:
            return Basis.BUDGET if year == fiscal else Basis.EXECUTION if year == fiscal - 1 else None
        return self.setting.around.basis

    def _year(self, said: LabelParts, over: LabelParts) -> int | None:
        told = self.whole.basis if over.shift or said.shift else over.basis or self.whole.basis
        whole = self.whole.year or self.setting.around.year or self._fiscal(told)
        if said.year is not None:
            return said.year
        base = over.year if over.year is not None else (whole + over.shift if whole is not None else None)
        return base + said.shift if base is not None else None

    def _fiscal(self, basis: Basis | None) -> int | None:
        """The document's year where no other is meant: what was executed is of the year before a budget's."""
        if self.setting.kind is DisclosureKind.GOVERNMENT_BUDGET and basis in {
            Basis.EXECUTION,
            Basis.EXPECTED_EXECUTION,
            Basis.FINAL,
            Basis.ADJUSTED_BUDGET,
        }:
            return None
        return self.setting.fiscal_year

    def _column(self, over: LabelParts, table: TableName, printed: str, column: int) -> ColumnName:
        path = self.table.paths[column]
        labels = printed + "".join(path)
        beside = [
            other for number, other in enumerate(self.table.paths) if number != column and other[:1] == path[:1]
        ]
        if over.column is ColumnName.TOTAL and len(beside) > 1 and all("新增" in "".join(each) for each in beside):
            labels += "新增"
        if table is TableName.DEBT_LIMIT and ("新增" in labels or _NEW_LIMIT.search(self.title)):
            return ColumnName.NEW_BONDS
        if self.whole.table in DEBT_TABLES and _REDUCED.search(labels) and not re.search("调整后", labels):
            return ColumnName.CHANGE
        if (
            table in {TableName.FUND_SURPLUS, TableName.GOVERNMENT_BALANCE}
            and path
            and _OF_THE_YEAR.fullmatch(path[-1])
        ):
            return ColumnName.TOTAL
        if table is TableName.FUND_SURPLUS and path and _ACCUMULATED.search(path[-1]):
            return ColumnName.YEAR_END_CARRYOVER
        return over.column or (ColumnName.TOTAL if self._is_plain(over, column) else ColumnName.OTHER)

    def _is_plain(self, over: LabelParts, column: int) -> bool:
        """Whether the lowest label says no more than fund, level, basis, year or side."""
        path = self.table.paths[column]
        if not path or column in self.areas:
            return True
        if _INVESTED.search(path[-1]):
            return False
        leaf = parts_of(path[-1], self.setting.place.rank)
        sided = leaf.side if _SIDE_ALONE.fullmatch(path[-1]) else None
        of_debt = self.whole.table in DEBT_TABLES
        said = (
            leaf.fund if of_debt or leaf.fund not in DEBTS else None,
            leaf.level,
            leaf.basis if not _PROVIDED.search(path[-1]) else None,
            sided if not of_debt else None,
            leaf.year,
            debt_kind(path[-1]) if of_debt else None,
        )
        return any(each is not None for each in said) or leaf.shift != 0 or bool(over.table)

    def _unit(self, column: int) -> Unit | None:
        own = next((unit for text in reversed(self.table.paths[column]) if (unit := unit_in(text))), None)
        return own or self.unit


def _debt_parts(label: str, own: LabelParts) -> LabelParts:
    """The side of debt, what the figure is, and its year, as the label of a row has them."""
    kind = debt_kind(label)
    basis = Basis.LIMIT if kind is TableName.DEBT_LIMIT else own.basis
    opens = opens_year(label)
    year = own.year - 1 if own.year is not None and opens and "年初" in label else own.year
    column = ColumnName.CHANGE if _REDUCED.search(label) else None
    return LabelParts(table=kind, basis=basis, year=year, shift=-1 if opens and year is None else 0, column=column)
