"""Performance targets as printed: a form a project, or a listing of all projects on one sheet."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from services.sample_portals.content import Content, Grid, GridCell, Heading, Prose, row
from services.sample_portals.layout import FormLayout, cells
from services.sample_portals.performance import OPERATORS, ProjectFigures, Target
from services.sample_portals.truth import FigurePlace, Ledger, MoneyFormat, Printed, Truth, yuan

_FIELD: Final = re.compile(
    r"\{(name|code|unit_code|unit_name|budget|fiscal_funds|other_funds|purpose|goals|number|adjusted_budget|executed|execution_rate)\}"
)
_SCHEDULE: Final = re.compile(r"\{schedule\.(\d)\}")
_EMPTY: Final[Truth] = dict.fromkeys(
    ("code", "unit_code", "unit_name", "budget", "fiscal_funds", "other_funds", "purpose", "schedule")
)
_MONEY: Final = {
    "budget": "budget",
    "adjusted_budget": "budget",
    "executed": "budget",
    "fiscal_funds": "fiscal_funds",
    "other_funds": "other_funds",
}
"""The money of a form and the project's figure that it prints; what was planned was spent."""
LEVEL_COLUMNS: Final = ("level1", "level2", "level3", "description")


@dataclass(frozen=True)
class FormPrinter:
    """Prints the targets of projects; `fill` puts names and years into a layout's texts."""

    ledger: Ledger
    money: MoneyFormat
    words: dict[str, str]
    fill: Callable[[str], str]

    def projects(self, spec: FormLayout, projects: list[ProjectFigures]) -> list[Content]:
        """The forms of all projects in order, or their one listing."""
        if spec.listing:
            return self._listing(spec, projects)
        content: list[Content] = []
        for project in projects:
            record = self._record(project)
            self.ledger.records.append(record)
            if spec.heading:
                content.append(Heading(self._put(spec.heading, project, record), 3))
            content += [Prose(self._put(text, project, record)) for text in spec.before]
            form = [tuple(self._cell(cell, project, record) for cell in cells(text)) for text in spec.form]
            rows = [*form, *_head(spec, project), *indicator_rows(spec, project.targets)]
            width = sum(cell.columns for cell in _head(spec, project)[0])
            content.append(Grid((), tuple(rows), (12,) * width))
            self._indicators(spec, project, record)
        return content

    def _record(self, project: ProjectFigures) -> Truth:
        return {"record": "project", "name": project.name, **_EMPTY, "goals": []}

    def _cell(self, cell: GridCell, project: ProjectFigures, record: Truth) -> GridCell:
        return replace(cell, text=self._put(cell.text, project, record))

    def _put(self, text: str, project: ProjectFigures, record: Truth) -> str:
        """Fill one cell's placeholders; what is printed of the project is what its record holds."""

        def field(match: re.Match[str]) -> str:
            name = match[1]
            if name == "execution_rate":
                record[name] = "100"
                return "100.00%"
            if name in _MONEY:
                amount = getattr(project, _MONEY[name])
                record[name] = yuan(self.money.rounded(amount)) if amount else None
                return self.money.text(amount)
            if name in ("unit_code", "unit_name"):
                record[name] = self.words[name]
                return self.words[name]
            value = getattr(project, name)
            record[name] = list(value) if name == "goals" else value
            numbered = [f"{number}.{goal}" for number, goal in enumerate(project.goals, start=1)]
            return "\n".join(numbered) if name == "goals" else str(value)

        def step(match: re.Match[str]) -> str:
            record["schedule"] = [each or None for each in project.schedule]
            each = project.schedule[int(match[1])]
            return f"{each}%" if each else ""

        return self.fill(_SCHEDULE.sub(step, _FIELD.sub(field, text)))

    def _indicators(self, spec: FormLayout, project: ProjectFigures, record: Truth) -> None:
        """The indicators' records; the project's number is stated where it is printed."""
        owner: Truth = {"scope": "project", "project_name": project.name}
        if "number" in record:
            owner["project_number"] = record["number"]
        records = [indicator(spec.columns, target, owner) for target in project.targets]
        self.ledger.records += records
        if "weight" in spec.columns:
            for at, points in enumerate(_points(spec, project.targets)):
                records[at] |= {"weight": str(points)} | (
                    {"score": str(points)} if "score" in spec.columns else {}
                )
                place = FigurePlace("weight", project.name, str(at), str(spec.points))
                self.ledger.prints[place] = Printed(Decimal(points), Decimal(1), None)

    def _listing(self, spec: FormLayout, projects: list[ProjectFigures]) -> list[Content]:
        body: list[tuple[GridCell, ...]] = []
        before: list[str] = []
        for project in projects:
            record = self._record(project)
            self.ledger.records.append(record)
            before = [self._put(text, project, record) for text in spec.before]
            own = [column for column in spec.columns if column.startswith("{")]
            height = len(project.targets)
            merged = [GridCell(self._put(column, project, record), rows=height) for column in own]
            rows = indicator_rows(spec, project.targets)
            body += [(*merged, *rows[0]), *rows[1:]]
            self._indicators(spec, project, record)
        head = tuple(cells(self.fill(text)) for text in spec.head)
        return [*map(Prose, before), Grid(head, tuple(body), (12,) * len(spec.columns))]


def _head(spec: FormLayout, project: ProjectFigures) -> list[tuple[GridCell, ...]]:
    """The head of a form's indicators; `^*` at a cell is all rows down to the last indicator."""
    height = len(spec.head) + len(project.targets)
    return [cells(text.replace("^*", f"^{height}")) for text in spec.head]


def _points(spec: FormLayout, chosen: list[Target]) -> list[int]:
    """The printed weights: those of the targets, the first less what the form gives to the use of money."""
    return [target.weight - (at == 0) * (100 - spec.points) for at, target in enumerate(chosen)]


def indicator_rows(spec: FormLayout, chosen: list[Target]) -> list[tuple[GridCell, ...]]:
    """A row an indicator; the first level is one merged cell over its rows."""
    rows = []
    points = _points(spec, chosen)
    for at, target in enumerate(chosen):
        texts = {
            "level2": target.level2,
            "level3": target.level3,
            "description": target.description,
            "value_text": target.text,
            "sign": target.sign if not target.words else "定性",
            "number": target.words or target.number,
            "unit": target.unit,
            "actual": actual(target),
            "basis": target.basis,
            "weight": str(points[at]),
            "score": str(points[at]),
            "blank": "",
        }
        columns = [column for column in spec.columns if not column.startswith("{")]
        printed = row(*(texts[column] for column in columns if column != "level1"))
        if at == 0 or chosen[at - 1].level1 != target.level1:
            count = sum(1 for other in chosen if other.level1 == target.level1)
            place = columns.index("level1")
            printed = (*printed[:place], GridCell(target.level1, rows=count), *printed[place:])
        rows.append(printed)
    return rows


def actual(target: Target) -> str:
    """The value reached, as a 自评表 prints it."""
    return target.words or f"{target.number}{target.unit}"


def indicator(columns: tuple[str, ...], target: Target, owner: Truth) -> Truth:
    """The record of one indicator by the columns that a layout prints of it."""
    record: Truth = {
        "record": "indicator",
        **owner,
        **{level: (getattr(target, level) or None) if level in columns else None for level in LEVEL_COLUMNS},
        "basis": target.basis if "basis" in columns else None,
    }
    if "actual" in columns:
        record["actual_text"] = actual(target) or None
    if target.words:
        return record | ({"value_text": target.text} if "value_text" in columns else {}) | _WORDS
    value: Truth = {
        "operator": OPERATORS.get(target.sign),
        "value": target.number or None,
        "unit": target.unit or None,
    }
    return record | value | ({"value_text": target.text or None} if "value_text" in columns else {})


_WORDS: Final[Truth] = {"operator": None, "value": None, "unit": None}
