"""A reading's records, arranged for its page."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from itertools import groupby
from typing import Final, TypeVar

from services.store.pages.government import GovernmentOverview
from services.store.pages.sheets import Entry, Sheet, sheets
from services.store.rows import is_unread
from shared.schemas.names import CheckStatus, ColumnName, Metric, Severity, TableName
from shared.schemas.record_types import RECORD_TYPES, RecordType, UnknownRecord, decode, plain, type_of
from shared.schemas.records import (
    Asset,
    BudgetLine,
    Check,
    Disclosure,
    Fact,
    Finding,
    Goal,
    Indicator,
    OrganisationUnit,
    ProcurementLine,
    Project,
    RecordBase,
)

R = TypeVar("R", bound=RecordBase)

MOST_ROWS: Final = 500
FEWEST_ROWS: Final = 40
"""Rows a page shows of one table at most, and at least where it has them."""
PAGE_ROWS: Final = 6_000
"""Rows of all tables together from which on each is shown in part."""
_SEVERITIES: Final = tuple(Severity)
_STATUSES: Final = (
    CheckStatus.FAIL,
    CheckStatus.ERROR,
    CheckStatus.ROUNDING,
    CheckStatus.PASS,
    CheckStatus.INSUFFICIENT_DATA,
    CheckStatus.NOT_APPLICABLE,
)
_HEADLINES: Final = (
    Metric.INCOME_TOTAL,
    Metric.EXPENDITURE_TOTAL,
    Metric.EXPENDITURE_BASIC,
    Metric.EXPENDITURE_PROJECT,
    Metric.THREE_PUBLIC_TOTAL,
    Metric.PROCUREMENT_TOTAL,
)
_IN_TABLES: Final[Mapping[Metric, tuple[TableName, ColumnName]]] = {
    Metric.INCOME_TOTAL: (TableName.INCOME, ColumnName.TOTAL),
    Metric.EXPENDITURE_TOTAL: (TableName.EXPENDITURE, ColumnName.TOTAL),
    Metric.EXPENDITURE_BASIC: (TableName.EXPENDITURE, ColumnName.BASIC),
    Metric.EXPENDITURE_PROJECT: (TableName.EXPENDITURE, ColumnName.PROJECT),
    Metric.THREE_PUBLIC_TOTAL: (TableName.THREE_PUBLIC, ColumnName.TOTAL),
}
"""Where a table prints what prose may leave out: the row 合计."""

_HEADS: Final = {"", "disclosure", "findings"}
SECTIONS: Final[Mapping[str, str]] = {
    section: next(each.name for each in RECORD_TYPES if each.section == section)
    for section in dict.fromkeys(each.section for each in RECORD_TYPES if each.section not in _HEADS)
}
"""Section of the page → the record type it is called by."""

_FUNDS: Final = (*ProcurementLine.FUNDS, "sme_reserved")
"""The money columns of a procurement table beside its total."""


@dataclass(frozen=True)
class Headline:
    """A figure everybody looks for first, and the record it comes from."""

    metric: Metric
    amount: Decimal
    record: RecordBase


@dataclass(frozen=True)
class Listed:
    """Records of one type, as a plain table."""

    name: str
    kind: RecordType
    records: Sequence[RecordBase]

    @property
    def fields(self) -> Sequence[str]:
        """Its columns: the type's own fields, or all that its records bring."""
        if self.kind.model is not UnknownRecord:
            return self.kind.own
        return list(dict.fromkeys(name for each in self.records for name in each.model_extra or {}))


class ProjectOrder(StrEnum):
    """What a disclosure's projects are sorted by."""

    PUBLISHED = "published"
    BUDGET = "budget"
    FINDINGS = "findings"


@dataclass(frozen=True)
class Cause:
    """The findings of one rule and one severity."""

    check: str
    severity: Severity
    findings: Sequence[Finding]


@dataclass(frozen=True)
class ProjectTargets:
    """A project, its indicators and what does not hold in either; indicators of no published project have none."""

    project: Project | None
    name: str | None
    indicators: Sequence[Indicator]
    findings: Sequence[Finding]

    @property
    def budget(self) -> Decimal | None:
        return self.project.budget if self.project else None

    @property
    def severities(self) -> Mapping[str, int]:
        """Severity → how many findings, the gravest first."""
        return Counter(each.severity for each in self.findings)


def _causes(findings: Iterable[Finding]) -> list[Cause]:
    groups: defaultdict[tuple[Severity, str], list[Finding]] = defaultdict(list)
    for each in findings:
        groups[each.severity, each.check].append(each)
    return [Cause(check, severity, found) for (severity, check), found in groups.items()]


class Contents:
    """All records of one reading."""

    def __init__(self, bodies: Iterable[str], order: ProjectOrder = ProjectOrder.PUBLISHED) -> None:
        self.records = [decode(body) for body in bodies]
        self._order = order
        self.by_id = {record.id: record for record in self.records}

    def of(self, model: type[R]) -> list[R]:
        """The records of one type, in published order."""
        return [record for record in self.records if isinstance(record, model)]

    @cached_property
    def disclosure(self) -> Disclosure | None:
        return next(iter(self.of(Disclosure)), None)

    @cached_property
    def headlines(self) -> list[Headline]:
        """The figures everybody looks for first, from prose or else from the tables."""
        found = (self._headline(metric) for metric in _HEADLINES)
        return [each for each in found if each]

    def _headline(self, metric: Metric) -> Headline | None:
        year = self.disclosure.fiscal_year if self.disclosure else None
        for fact in self.of(Fact):
            whole = fact.metric is metric and fact.scope is None
            if whole and fact.amount is not None and fact.year in {year, None}:
                return Headline(metric, fact.amount, fact)
        table, column = _IN_TABLES.get(metric, (None, None))
        for line in self.of(BudgetLine):
            is_total = line.name.replace(" ", "") in {"合计", "总计"} and not line.code
            if line.table is table and line.column is column and is_total and line.amount is not None:
                return Headline(metric, line.amount, line)
        return None

    @cached_property
    def government(self) -> GovernmentOverview:
        """A government's budgets and debt at a glance."""
        return GovernmentOverview(self.of(BudgetLine), self.of(Fact))

    @property
    def shown_rows(self) -> int:
        """How many rows of each table the page shows: fewer where there are many; the rest is a link away."""
        return max(FEWEST_ROWS, min(MOST_ROWS, PAGE_ROWS // max(1, len(self.sheets))))

    @cached_property
    def sheets(self) -> list[Sheet]:
        return sheets(self.of(BudgetLine))

    @cached_property
    def facts(self) -> list[list[Fact]]:
        """Facts in published order, those of one sentence together."""
        groups = groupby(self.of(Fact), key=lambda fact: (fact.provenance.block, fact.provenance.text))
        return [list(group) for _, group in groups]

    @cached_property
    def units(self) -> list[OrganisationUnit]:
        return self.of(OrganisationUnit)

    @cached_property
    def goals(self) -> list[Goal]:
        return self.of(Goal)

    @cached_property
    def department_indicators(self) -> list[Indicator]:
        return [each for each in self.of(Indicator) if each.scope == "department"]

    @cached_property
    def projects(self) -> list[ProjectTargets]:
        """Each project with its indicators, in the order asked for."""
        found = [
            ProjectTargets(project, name, indicators, self._told_of((*filter(None, [project]), *indicators)))
            for project, name, indicators in self._targets()
        ]
        if self._order is ProjectOrder.BUDGET:
            found.sort(key=lambda each: (each.budget is None, -(each.budget or 0)))
        elif self._order is ProjectOrder.FINDINGS:
            found.sort(key=lambda each: [-each.severities.get(severity, 0) for severity in _SEVERITIES])
        return found

    def _told_of(self, records: Iterable[RecordBase]) -> list[Finding]:
        """The findings that concern any of `records`, the gravest first."""
        ids = {each.id for each in records}
        return [each for each in self.findings if not ids.isdisjoint(each.subjects)]

    def _targets(self) -> list[tuple[Project | None, str | None, Sequence[Indicator]]]:
        """Project, name and indicators, in published order."""
        groups: defaultdict[tuple[int | None, str | None], list[Indicator]] = defaultdict(list)
        for indicator in self.of(Indicator):
            if indicator.scope == "project":
                groups[indicator.project_number, indicator.project_name].append(indicator)
        of_projects = [
            (project, project.name, groups.pop((project.number, project.name), [])) for project in self.of(Project)
        ]
        return [*of_projects, *((None, name, rest) for (_, name), rest in groups.items())]

    @cached_property
    def procurement(self) -> list[ProcurementLine]:
        return self.of(ProcurementLine)

    @cached_property
    def procurement_funds(self) -> list[str]:
        """The fund columns any procurement line fills."""
        return [name for name in _FUNDS if any(getattr(line, name) is not None for line in self.procurement)]

    @cached_property
    def assets(self) -> list[Asset]:
        return self.of(Asset)

    @cached_property
    def findings(self) -> list[Finding]:
        """What does not hold in the disclosure, the gravest first, without mere notes."""
        found = [each for each in self.of(Finding) if not is_unread(each) and each.severity is not Severity.INFO]
        return sorted(found, key=lambda each: _SEVERITIES.index(each.severity))

    @cached_property
    def causes(self) -> list[Cause]:
        """The findings by what is wrong, the gravest first."""
        return _causes(self.findings)

    @cached_property
    def causes_of_notes(self) -> list[Cause]:
        """The notes by what they are about."""
        return _causes(self.notes)

    @cached_property
    def wrong(self) -> dict[str, Finding]:
        """Id of a record → the finding that it is the first subject of: the figure that does not hold."""
        return {each.subjects[0]: each for each in reversed(self.findings) if each.subjects}

    def has_wrong(self, sheet: Sheet) -> bool:
        """Whether a finding is about one of the table's figures."""
        return any(map(self._is_wrong, sheet.rows))

    def shown(self, sheet: Sheet) -> Sequence[Sequence[Entry | None]]:
        """The rows of a table that the page shows: the first ones, and any with a figure that does not hold."""
        return [row for number, row in enumerate(sheet.rows) if number < self.shown_rows or self._is_wrong(row)]

    def _is_wrong(self, row: Sequence[Entry | None]) -> bool:
        return any(line.id in self.wrong for entry in row if entry for line in entry.figures.values())

    @cached_property
    def placed(self) -> set[str]:
        """The ids of the records that stand on the page, where a finding can lead to them."""
        lines = {
            line.id
            for sheet in self.sheets
            for row in self.shown(sheet)
            for entry in row
            if entry
            for line in entry.figures.values()
        }
        return lines | {each.id for each in self.records if not isinstance(each, BudgetLine | Disclosure)}

    @cached_property
    def notes(self) -> list[Finding]:
        """What is worth a look, and no more."""
        return [each for each in self.of(Finding) if not is_unread(each) and each.severity is Severity.INFO]

    @cached_property
    def unread(self) -> list[Finding]:
        """What the program could not read."""
        return [each for each in self.of(Finding) if is_unread(each)]

    @cached_property
    def checks(self) -> list[Check]:
        """The outcome of every rule, failures first."""
        return sorted(self.of(Check), key=lambda each: _STATUSES.index(each.status))

    @cached_property
    def types(self) -> list[str]:
        """The types there are records of."""
        return list(dict.fromkeys(map(type_of, self.records)))

    @cached_property
    def others(self) -> list[Listed]:
        """The records that no section of their own shows, of known types and of those of a later version."""
        return [
            Listed(name, plain(name), [record for record in self.records if type_of(record) == name])
            for name in self.types
            if not plain(name).section
        ]

    @cached_property
    def sections(self) -> list[str]:
        """The sections of the page: what was checked, and all that have something to show."""
        filled = {"goals": self.goals or self.department_indicators}
        named = [*SECTIONS, "others"]
        return ["findings", *(name for name in named if filled.get(name) or getattr(self, name))]
