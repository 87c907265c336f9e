"""Builds disclosures by hand, and judges them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeVar

import pytest

from services.normalizer.checks.run import run
from services.normalizer.layout import layout_of
from services.normalizer.prose.explanation import explanation
from services.normalizer.recorder import Left, LeftKind, ReaderResult, Recorder
from shared.schemas.document import Document, SourceFile
from shared.schemas.names import CheckStatus, ColumnName, DisclosureKind, Metric, Severity, TableName
from shared.schemas.records import (
    BudgetLine,
    Check,
    Disclosure,
    Fact,
    Finding,
    Provenance,
    RecordBase,
)

FILE = SourceFile(sha256="0" * 64, name="budget.pdf", format="pdf")
WAN = Decimal(10_000)
CENT = Decimal("0.01")


def wan(amount: Decimal) -> str:
    """`amount` in 万元 as printed: `215.09`."""
    return f"{amount:.2f}"


@dataclass
class Line:
    """A printed row: `cells` in 万元."""

    table: TableName
    name: str
    cells: dict[ColumnName, Decimal]
    code: str | None = None
    side: str | None = None


R = TypeVar("R", bound=RecordBase)


class Collected:
    """The records made of a document by hand, and what was left of it."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.records: list[RecordBase] = []
        self.left: list[Left] = []
        self.recorder = Recorder(document)

    def add(self, model: type[R], provenance: Provenance, **fields: object) -> R:
        """Make and keep a record."""
        record = self.recorder.make(model, provenance, **fields)
        self.records.append(record)
        return record

    def leave(self, kind: LeftKind, provenance: Provenance) -> None:
        """Say that something was not read there."""
        self.left.append(Left(kind, Severity.WARNING, "没有读入。", provenance))

    def of(self, model: type[R]) -> list[R]:
        """The records of `model`."""
        return [record for record in self.records if isinstance(record, model)]

    def at_document(self, text: str = "") -> Provenance:
        """The document as a whole."""
        return self.recorder.at_document(text)


@dataclass
class Publication:
    """A department's tables and prose before they become records; figures in 万元."""

    lines: list[Line] = field(default_factory=list)
    facts: dict[Metric, Decimal] = field(default_factory=dict)
    scales: dict[TableName, Decimal] = field(default_factory=dict)
    facts_before: dict[Metric, Decimal] = field(default_factory=dict)

    def add(
        self,
        table: TableName,
        name: str,
        cells: Mapping[ColumnName, Decimal],
        code: str | None = None,
        side: str | None = None,
    ) -> None:
        """Print a row, zeros left blank as the forms do."""
        printed = {column: amount for column, amount in cells.items() if amount or name in {"合计", "总计"}}
        if printed:
            self.lines.append(Line(table, name, printed, code, side))

    def line(self, table: TableName, row: str, side: str | None = None) -> Line:
        """The row of `table` with that code or name."""
        return next(
            line
            for line in self.lines
            if line.table is table and row in (line.code, line.name) and side in (None, line.side)
        )

    def collect(self, document: Document | None = None) -> Collected:
        """The records a reader makes of it."""
        collector = Collected(document or blank_document())
        collector.add(
            Disclosure,
            collector.at_document(),
            title="某局2024年部门预算",
            region_code="130406",
            region_name="河北省邯郸市峰峰矿区",
            department="某局",
            department_code="550",
            fiscal_year=2024,
            kind=DisclosureKind.DEPARTMENT_BUDGET,
            published_at=None,
            source_url=None,
            attachments=(),
            revision=1,
            supersedes=None,
        )
        numbers: dict[TableName, int] = {}
        for row, line in enumerate(self.lines):
            numbers[line.table] = numbers.get(line.table, 0) + 1
            scale = self.scales.get(line.table, WAN)
            for place, (column, amount) in enumerate(line.cells.items()):
                collector.add(
                    BudgetLine,
                    Provenance(
                        document=FILE.sha256,
                        table=list(TableName).index(line.table),
                        row=row,
                        column=place + 3,
                        text=wan(amount),
                    ),
                    table=line.table,
                    line_no=numbers[line.table],
                    side=line.side,
                    code=line.code,
                    name=line.name,
                    column=column,
                    amount=amount * scale,
                )
        for year, facts in ((2024, self.facts), (2023, self.facts_before)):
            for metric, amount in facts.items():
                text = f"{metric}{wan(abs(amount))}万元"
                stated = Provenance(document=FILE.sha256, text=text)
                collector.add(Fact, stated, metric=metric, year=year, amount=amount * WAN)
        return collector


@dataclass(frozen=True)
class Report:
    """What the rules say of one document."""

    collector: Collected

    @property
    def findings(self) -> list[Finding]:
        return self.collector.of(Finding)

    @property
    def failed(self) -> set[str]:
        return {check.check for check in self.collector.of(Check) if check.status is CheckStatus.FAIL}

    def check(self, name: str) -> Check:
        return next(check for check in self.collector.of(Check) if check.check == name)

    def of(self, name: str) -> list[Finding]:
        return [finding for finding in self.findings if finding.check == name]


def blank_document() -> Document:
    return Document(disclosure_id="d1", revision_id="v1", files=(FILE,), blocks=(), version="0")


def _judge(collector: Collected) -> Report:
    places = (record.provenance.block for record in collector.records)
    taken = frozenset(block for block in places if block is not None)
    layout = layout_of(collector.document)
    told = tuple(each for disclosure in collector.of(Disclosure) for each in explanation(layout, disclosure))
    read = ReaderResult(tuple(collector.records), taken, tuple(collector.left), told)
    collector.records += run(layout, collector.recorder, read)
    return Report(collector)


@pytest.fixture(scope="session")
def judge() -> Callable[[Collected], Report]:
    """Runs every rule on the collected records."""
    return _judge


@pytest.fixture(scope="session")
def new_publication() -> Callable[[], Publication]:
    """Makes a publication without any table."""
    return Publication


@pytest.fixture
def collector() -> Collected:
    """A department budget of 2024 without any figures."""
    return Publication().collect()
