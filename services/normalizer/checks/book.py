"""Everything the rules read of one document: tables, facts, projects, procurement, assets, and what is missing."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cached_property

from services.normalizer.checks.equations import Figure
from services.normalizer.checks.government_runs import Place, columns_of, runs_of
from services.normalizer.checks.outcome import OffScale, Outcome
from services.normalizer.checks.places import Places
from services.normalizer.checks.sheets import Sheet, Volume, build_volumes
from services.normalizer.checks.wording import TABLE_TITLES
from services.normalizer.language.money import is_amount
from services.normalizer.layout import Layout
from services.normalizer.prose.stated import Statement
from services.normalizer.recorder import LeftKind, ReaderResult
from services.normalizer.unread import prints_figures
from shared.schemas.document import Block, Table
from shared.schemas.names import Basis, DisclosureKind, Metric, TableName
from shared.schemas.records import (
    Asset,
    BudgetLine,
    Disclosure,
    Fact,
    Indicator,
    ProcurementLine,
    Project,
    RecordBase,
)

_OFTEN_EMPTY = (TableName.GOVERNMENT_FUND_EXPENDITURE, TableName.STATE_CAPITAL_EXPENDITURE)


class Book:
    """The records of one document, arranged for the rules.

    `off_scale` gathers the comparisons of the rules already run that only a factor 10,000 explains; the rules on
    units come after the arithmetic and speak for them.
    """

    def __init__(self, layout: Layout, read: ReaderResult) -> None:
        document = layout.document
        self._places = Places(document, read.records)
        self.layout = layout
        self._taken = read.taken
        self.document = document
        disclosures = read.of(Disclosure)
        self.disclosure = disclosures[0] if disclosures else None
        self.facts = read.of(Fact)
        self.told = read.told
        self.projects = read.of(Project)
        self.indicators = read.of(Indicator)
        self._indicators = _by_project(read)
        self.procurement = read.of(ProcurementLine)
        self.assets = read.of(Asset)
        self.off_scale: list[OffScale] = []
        self.unread = _blocks(read, LeftKind.CELL)
        self.doubted = frozenset(record for left in read.left for record in left.subjects)
        self.lines = lines = [line for line in read.of(BudgetLine) if not line.table.of_government]
        self.government = [line for line in read.of(BudgetLine) if line.table.of_government]
        printed = [(line, figure) for line in lines if (figure := self.figure(line)) is not None]
        self.without_unit = frozenset(line.table for line in lines if line.amount is None)
        self.volumes = build_volumes(printed, layout.grids)

    @property
    def year(self) -> int | None:
        """The fiscal year."""
        return self.disclosure.fiscal_year if self.disclosure else None

    def figure(self, record: RecordBase, field: str = "amount") -> Figure | None:
        """The money in `field` of `record`, or None where nothing is printed or no unit is stated."""
        amount = getattr(record, field)
        return None if amount is None else Figure(amount, self._places.unit(record, field), record, field)

    @cached_property
    def government_figures(self) -> dict[str, Figure]:
        """What the lines of governments' tables print, by the ids of their records."""
        return {line.id: figure for line in self.government if (figure := self.figure(line)) is not None}

    @cached_property
    def government_runs(self) -> Mapping[int | None, int]:
        """Of each block of a government's table the block it goes on: of a continuation the first of its run."""
        return runs_of(self.government, self.document)

    @cached_property
    def government_columns(self) -> Mapping[Place, int | None]:
        """Of each block and column of a government's table the column that it goes on."""
        return columns_of(self.government)

    def block(self, index: int | None) -> Block | None:
        """The block of the document a record stands in, if it names one."""
        return self.document.blocks[index] if index is not None and index < len(self.document.blocks) else None

    def sheets(self, name: TableName, basis: Basis | None = None) -> list[Sheet]:
        """Every table of that name, one a set."""
        return [sheet for volume in self.volumes if (sheet := volume.get(name, basis)) is not None]

    def sheets_or_reason(self, outcome: Outcome, *names: TableName) -> Iterator[tuple[Volume, list[Sheet]]]:
        """The sets that hold all of `names`; where none does, `outcome` learns why."""
        found = False
        for volume in self.volumes:
            sheets = [volume.get(name) for name in names]
            present = [sheet for sheet in sheets if sheet is not None]
            if len(present) == len(names):
                found = True
                yield volume, present
        if not found:
            self.explain_missing(outcome, [name for name in names if not self.sheets(name)] or list(names))

    def explain_missing(self, outcome: Outcome, names: list[TableName]) -> None:
        """Say whether the tables are no part of this kind of disclosure, or were not published or read."""
        kind = self.disclosure.kind if self.disclosure else None
        for name in names:
            title = TABLE_TITLES[name]
            if name in self.without_unit:
                outcome.lacks(f"{title}没有标明金额单位")
            elif self.prints_figures(name):
                outcome.lacks(f"{title}未能读出")
            elif kind is DisclosureKind.PERFORMANCE_TARGETS:
                outcome.absent = f"绩效文本不含{title}"
            elif name in _OFTEN_EMPTY and self.volumes and self.all_read:
                outcome.absent = f"{title}没有金额"
            else:
                outcome.lacks(f"未公开或未识别{title}")

    def prints_figures(self, name: TableName) -> bool:
        """Whether a table of that name is there and holds amounts, read or not."""
        return any(
            is_amount(cell.text)
            for table in self.layout.of(name)
            for row in table.body
            for cell in table.grid.filled(row)
        )

    @cached_property
    def all_read(self) -> bool:
        """Whether every table with figures was read."""
        return not any(
            isinstance(block, Table) and number not in self._taken and prints_figures(block)
            for number, block in enumerate(self.document.blocks)
        )

    def facts_of(self, metric: Metric, year: int | None = None) -> list[Figure]:
        """The figures prose gives of the whole for `metric` in `year` (the fiscal year where None)."""
        wanted = self.year if year is None else year
        return [
            figure
            for fact in self.facts
            if fact.metric is metric
            and fact.scope is None
            and (fact.year == wanted or fact.year is None)
            and (figure := self.figure(fact)) is not None
        ]

    def fact_at(self, block: int, amount: Decimal) -> Fact | None:
        """The fact of that amount in a paragraph, else the first of it anywhere: a restated figure is one fact."""
        return self._facts_by_amount.get((block, amount)) or self._facts_by_amount.get((None, amount))

    def as_printed(self, figure: Figure) -> Figure:
        """`figure` of a fact with the unit of its own last place, whatever its paragraph prints beside it."""
        statement = self.statement_of(figure.record, figure.amount)
        return figure if statement is None else figure._replace(unit=statement.unit)

    def statement_of(self, record: RecordBase, amount: Decimal) -> Statement | None:
        """The statement that a fact of `amount` was made of."""
        return self._statements.get((record.provenance.block, abs(amount)))

    @cached_property
    def _statements(self) -> dict[tuple[int | None, Decimal], Statement]:
        found: dict[tuple[int | None, Decimal], Statement] = {}
        for told in self.told:
            for each in told.statements:
                found.setdefault((told.block, abs(each.amount)), each)
        return found

    @cached_property
    def _facts_by_amount(self) -> dict[tuple[int | None, Decimal], Fact]:
        found: dict[tuple[int | None, Decimal], Fact] = {}
        for fact in self.facts:
            if fact.amount is not None:
                found.setdefault((fact.provenance.block, abs(fact.amount)), fact)
                found.setdefault((None, abs(fact.amount)), fact)
        return found

    def fact(self, metric: Metric, year: int | None = None) -> Figure | None:
        """The first figure prose gives for `metric`."""
        return next(iter(self.facts_of(metric, year)), None)

    def indicators_of(self, project: Project) -> list[Indicator]:
        """The indicators of `project`, not those of another of the same name."""
        return self._indicators.get(project.id, [])


def _by_project(read: ReaderResult) -> dict[str, list[Indicator]]:
    """Project id → its indicators: those that follow it in the records under its number and name."""
    last: dict[tuple[int | None, str | None], str] = {}
    found: defaultdict[str, list[Indicator]] = defaultdict(list)
    for record in read.records:
        if isinstance(record, Project):
            last[record.number, record.name] = record.id
        elif isinstance(record, Indicator) and record.scope == "project":
            owner = last.get((record.project_number, record.project_name))
            if owner is not None:
                found[owner].append(record)
    return found


def _blocks(read: ReaderResult, kind: LeftKind) -> frozenset[int]:
    """The blocks of which something of `kind` was left."""
    places = (left.provenance.block for left in read.left if left.kind is kind)
    return frozenset(block for block in places if block is not None)


def has_amounts(table: Table) -> bool:
    """Whether a cell of `table` prints an amount."""
    return any(is_amount(cell.text) for cell in table.cells)
