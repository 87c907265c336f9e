"""A project while its blocks go by, until it is whole and becomes records; what was not read is told."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from services.normalizer.language.enumerations import split_list
from services.normalizer.language.money import Unit, is_amount, is_blank, number, yuan
from services.normalizer.language.text import code, joined
from services.normalizer.readers.performance.forms import NAMED, Form, read_form
from services.normalizer.readers.performance.headings import FormHeading, clean_name
from services.normalizer.readers.performance.indicators import FUNDS, IndicatorHeader, IndicatorLine, settled
from services.normalizer.readers.performance.rows import FormRow
from services.normalizer.readers.performance.values import read_operator, read_value
from services.normalizer.recorder import Left, LeftKind, ReaderResult, Recorder
from services.normalizer.tables.captions import Named, department_in
from shared.schemas.names import Severity
from shared.schemas.records import Indicator, Project, Provenance

Scope = Literal["project", "department"]
MONEY = {
    "budget": "预算数",
    "fiscal_funds": "财政资金",
    "other_funds": "其他资金",
    "adjusted_budget": "全年预算数",
    "executed": "全年执行数",
}
_FORM_KINDS = ("code", "fiscal_funds", "other_funds", "goals", *sorted(FUNDS))
_SHOWN = 5
"""How many of many things a finding names."""
_FUSED = re.compile(r"(?P<code>[0-9A-Z]{12,30})\s*[-—_－]\s*(?P<name>.*[\u4e00-\u9fff].*)", re.DOTALL)
"""Code and name in one cell, as the budget system exports them: `51000021R000000019951-工资性支出`."""
_PERCENT = re.compile(r"(\d{1,6}(?:\.\d{1,8})?)[%％]?")


@dataclass
class FormDraft:
    """What stands under one heading: form rows, then indicator lines; `header` is the last one printed."""

    heading: FormHeading
    heading_block: int | None
    unit: Unit | None
    owner: Named | None
    form_rows: list[FormRow] = field(default_factory=list)
    lines: list[IndicatorLine] = field(default_factory=list)
    header: IndicatorHeader | None = None
    stated: Sequence[tuple[str, str]] = ()
    targets: list[IndicatorLine] = field(default_factory=list)
    """Those that rows of the form state."""
    score: str | None = None
    unread: list[tuple[str, FormRow]] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        """Whether it is the department's, by its heading."""
        return self.heading.whole

    def publish(self, publisher: "Publisher") -> None:
        """Add the project (or all that the table lists) and its indicators, or those of the department."""
        form = read_form(self.form_rows, self.stated)
        form.unit, form.owner = form.unit or self.unit, form.owner or self.owner
        publisher.unread_labels([*form.unknown, *self.unread])
        if self.header:
            publisher.unread_columns(self.header, self.lines)
        if self.header and self.header.many_projects:
            self._publish_listing(publisher, form, self.header)
        elif self._is_department(form):
            publisher.unread_whole(form)
            publisher.indicators("department", None, None, [*self.targets, *settled(self.lines)])
        elif form.texts or self.lines:
            if self.score and "total_score" not in form.texts:
                form.texts["total_score"] = self.score
            fused = fused_name(form)
            name = clean_name(fused) or self.heading.name or ""
            publisher.project(self._place(publisher, form), self.heading.number, name, form)
            publisher.indicators("project", self.heading.number, name, [*self.targets, *settled(self.lines)])

    def _publish_listing(self, publisher: "Publisher", form: Form, header: IndicatorHeader) -> None:
        for entry in entries(self.lines):
            entry.form.unit, entry.form.owner = form.unit or header.unit, entry.form.owner or form.owner
            entry.form.units = header.units
            place = publisher.recorder.at_row(entry.lines[0].row.block, entry.lines[0].row.index)
            publisher.project(place, entry.number, entry.name, entry.form)
            targets = [target for line in entry.lines for target in header.targets(line.row)]
            publisher.indicators("project", entry.number, entry.name, targets or list(settled(entry.lines)))

    def _is_department(self, form: Form) -> bool:
        if NAMED & form.texts.keys():
            return False
        if self.heading.whole or ("whole" in form.texts and self.heading.name is None):
            return True
        return self.heading == FormHeading() and "goals" not in form.texts

    def _place(self, publisher: "Publisher", form: Form) -> Provenance:
        row = form.places.get("name") or form.places.get("code")
        if row is None and self.heading_block is not None:
            return publisher.recorder.at_paragraph(self.heading_block)
        row = row or [*self.form_rows, *(line.row for line in self.lines)][0]
        return publisher.recorder.at_row(row.block, row.index)


def fused_name(form: Form) -> str:
    """The name that `form` prints, less the code before it, which becomes the form's where it prints none."""
    text = form.texts.get("name", "")
    match = _FUSED.fullmatch(joined(text))
    if match is None:
        return text
    if is_blank(form.texts.get("code", "")):
        form.texts["code"] = match["code"]
    return match["name"]


@dataclass
class ListedProject:
    """One project of a table that lists many, a run of rows each: name, money and goals have their columns."""

    name: str
    number: int | None
    form: Form
    lines: list[IndicatorLine] = field(default_factory=list)

    def goes_on(self, name: str, printed_code: str | None, owner: Named | None) -> bool:
        """Whether a row with that name, code and owner is of this project too."""
        same_code = printed_code is None or printed_code == self.form.texts.get("code")
        return self.name == name and same_code and self.form.owner == owner

    def take(self, line: IndicatorLine) -> None:
        """Add a row; what it prints again is taken once."""
        for kind in _FORM_KINDS:
            text = line.texts.get(kind)
            if text and text not in self.form.texts.get(kind, ""):
                self.form.add(kind, text, line.row)
        if not line.levels and "score" in line.texts:
            self.form.add("total_score", line.texts["score"], line.row)
        self.lines.append(line)


def entries(lines: Iterable[IndicatorLine]) -> list[ListedProject]:
    """The projects that `lines` list; a name left blank, or printed again with the same owner, goes on with it.

    A row with a unit and no target, no goal and no project of its own is the unit's subtotal.
    """
    found: list[ListedProject] = []
    owner: Named | None = None
    for line in lines:
        names_unit = not (line.said or "goals" in line.texts or "code" in line.texts)
        owner = _owner(line.texts, names_unit) or owner
        either = line.texts.get("unit_or_project")
        form = Form(owner=owner)
        form.texts.update(name=line.texts.get("project") or (None if names_unit else either) or "")
        name = clean_name(fused_name(form))
        printed_code = line.texts.get("code") or form.texts.get("code")
        if name and (not found or not found[-1].goes_on(name, printed_code, owner)):
            found.append(ListedProject(name, _ordinal(line.texts.get("number", "")), form))
        if found and (name or line.said or line.levels or "goals" in line.texts):
            found[-1].take(line)
    return found


def _owner(texts: dict[str, str], names_unit: bool) -> Named | None:
    """The unit that a row prints; a column for units and projects names one where the row says nothing else."""
    text = texts.get("unit_name") or (texts.get("unit_or_project") if names_unit else None)
    if text is None:
        return None
    found = department_in(text) or Named(text, None)
    printed_code = texts.get("unit_code")
    return Named(found.name, found.code or (code(printed_code) if printed_code else None))


def _ordinal(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 5 else None


class Publisher:
    """Makes projects and indicators; gathers what must be told of them all at the end."""

    def __init__(self, recorder: Recorder) -> None:
        self.recorder = recorder
        self._records: list[Project | Indicator] = []
        self._left: list[Left] = []
        self._unitless: list[Project] = []
        self._nameless: list[Project] = []
        self._labels: dict[str, FormRow] = {}
        self._columns: dict[str, FormRow] = {}

    def project(self, place: Provenance, ordinal: int | None, name: str, form: Form) -> None:
        """Add the project that `form` describes; what the form does not print is null."""
        printed_code = _text(form, "code")
        project = self.recorder.make(
            Project,
            place,
            number=ordinal,
            name=name,
            code=code(printed_code) if printed_code else None,
            unit_code=form.owner.code if form.owner else None,
            unit_name=form.owner.name if form.owner else None,
            **{kind: _money(form, kind) for kind in MONEY},
            purpose=_purpose(form),
            schedule=form.plan,
            goals=tuple(filter(None, map(joined, split_list(form.texts.get("goals", ""))))),
            execution_rate=_rate(form),
            score=number(form.texts.get("total_score", "")),
            completion=_text(form, "completion"),
        )
        self._records.append(project)
        if not name:
            self._nameless.append(project)
        self._doubt(project, form)

    def indicators(
        self, scope: Scope, ordinal: int | None, name: str | None, lines: Sequence[IndicatorLine]
    ) -> None:
        """Add an indicator a line."""
        for line in lines:
            value = read_value(_value_text(line.texts))
            actual = line.texts.get("actual")
            indicator = self.recorder.make(
                Indicator,
                self.recorder.at_row(line.row.block, line.row.index),
                scope=scope,
                project_number=ordinal,
                project_name=name,
                level1=line.level1,
                level2=line.level2,
                level3=line.texts.get("level3"),
                description=line.texts.get("description"),
                value_text=value.text,
                operator=value.operator,
                value=value.number,
                unit=value.unit,
                basis=line.texts.get("basis"),
                weight=_points(line.texts.get("weight")),
                actual_text=actual,
                actual=read_value(actual).number,
                score=_points(line.texts.get("score")),
                reason=line.texts.get("reason"),
            )
            self._records.append(indicator)

    def unread_labels(self, labels: Iterable[tuple[str, FormRow]]) -> None:
        """Keep in mind the labels of a form that no vocabulary has."""
        for word, row in labels:
            self._labels.setdefault(word, row)

    def unread_whole(self, form: Form) -> None:
        """Keep in mind the money and the goals of a whole department, which have no record."""
        for kind, what in (("budget", "部门整体支出"), ("goals", "部门整体绩效目标")):
            if kind in form.places:
                self._labels.setdefault(what, form.places[kind])

    def unread_columns(self, header: IndicatorHeader, lines: Iterable[IndicatorLine]) -> None:
        """Keep in mind the filled columns under `header` that no vocabulary has."""
        if all(column.kind or not column.word for column in header.columns):
            return
        for line in lines:
            for word in header.unknown(line.row):
                self._columns.setdefault(word, line.row)

    def result(self, taken: frozenset[int]) -> ReaderResult:
        """All that was published, and what was left: money without a unit, names, labels and columns."""
        if self._unitless:
            projects = f"{_names(self._unitless)}等{len(self._unitless)}个项目"
            text = f"{projects}的绩效目标表没有注明金额单位，金额无法换算。"
            self._leave(LeftKind.UNIT, text, self._unitless)
        if self._nameless:
            text = f"{len(self._nameless)}个绩效目标表没有印出项目名称。"
            self._leave(LeftKind.PROJECT_NAME, text, self._nameless)
        self._leave_words(LeftKind.ROW, self._labels, "栏")
        self._leave_words(LeftKind.COLUMN, self._columns, "列")
        return ReaderResult(tuple(self._records), taken, tuple(self._left))

    def _doubt(self, project: Project, form: Form) -> None:
        unread = [kind for kind in MONEY if _printed(form, kind) and getattr(project, kind) is None]
        if any(is_amount(form.texts[kind]) for kind in unread):
            self._unitless.append(project)
        for kind in unread:
            if not is_amount(form.texts[kind]):
                said = joined(form.texts[kind])[:40]
                text = f"项目“{project.name}”的{MONEY[kind]}“{said}”不是金额，没有读入。"
                self._leave(LeftKind.CELL, text, [project])
        if form.further:
            words = "、".join(f"“{word}”" for word in dict.fromkeys(form.further))
            text = f"项目“{project.name}”的{words}没有对应的记录项，没有读入。"
            self._left.append(Left(LeftKind.ROW, Severity.INFO, text, project.provenance, (project.id,)))

    def _leave(self, kind: LeftKind, message: str, projects: Sequence[Project]) -> None:
        ids = tuple(project.id for project in projects[:_SHOWN])
        self._left.append(Left(kind, Severity.WARNING, message, projects[0].provenance, ids))

    def _leave_words(self, kind: LeftKind, rows: dict[str, FormRow], what: str) -> None:
        if not rows:
            return
        words = "、".join(f"“{word}”" for word in list(rows)[:_SHOWN])
        more = f"等{len(rows)}{what}" if len(rows) > _SHOWN else what
        row = next(iter(rows.values()))
        text = f"绩效表的{words}{more}没有对应的记录项，没有读入。"
        self._left.append(Left(kind, Severity.INFO, text, self.recorder.at_row(row.block, row.index)))


def _names(projects: Sequence[Project]) -> str:
    return "、".join(f"“{project.name}”" for project in projects[:_SHOWN])


def _value_text(texts: dict[str, str]) -> str | None:
    """The value in one text where the table prints sign, number and unit in columns of their own."""
    sign, value, unit = texts.get("symbol", ""), texts.get("value", ""), texts.get("unit", "")
    operator, rest = read_operator(sign)
    if operator is None or rest or read_operator(value)[0]:
        sign = ""
    return (sign + value + _unit_for(value, unit)) or None


def _unit_for(value: str, unit: str) -> str:
    """`unit` where `value` is a figure that prints none itself."""
    return "" if read_value(value).unit or not any(map(str.isdigit, value)) else unit


def _points(text: str | None) -> Decimal | None:
    """Points or per cent as a number: `10`, `10分`, `10%`."""
    return number(joined(text).rstrip("分%％")) if text else None


def _rate(form: Form) -> Decimal | None:
    """The rate of execution in per cent; printed without its sign and up to 1 it is a fraction."""
    match = _PERCENT.fullmatch(joined(form.texts.get("execution_rate", "")))
    if match is None:
        return None
    rate = Decimal(match[1])
    return rate * 100 if match[0] == match[1] and 0 < rate <= 1 else rate


def _printed(form: Form, kind: str) -> bool:
    return not is_blank(form.texts.get(kind, ""))


def _text(form: Form, kind: str) -> str | None:
    return joined(form.texts[kind]) if _printed(form, kind) else None


def _purpose(form: Form) -> str | None:
    """The purpose on one line; a single `1.` before it numbers nothing."""
    text = _text(form, "purpose")
    items = split_list(text) if text else []
    return items[0] if len(items) == 1 else text


def _money(form: Form, kind: str) -> Decimal | None:
    if not _printed(form, kind):
        return None
    return yuan(form.texts[kind], form.units.get(kind) or form.unit)
