"""Turns what was read of projects into records, and what could not be read of them into findings."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Literal

from services.normalizer.language.money import is_amount, is_blank, yuan
from services.normalizer.language.text import code, joined
from services.normalizer.readers.performance.enumerations import split_list
from services.normalizer.readers.performance.forms import Form
from services.normalizer.readers.performance.lines import Line
from services.normalizer.readers.performance.values import read_operator, read_value
from services.normalizer.recorder import Left, LeftKind, ReaderResult, Recorder
from shared.schemas.names import Severity
from shared.schemas.records import Indicator, Project, Provenance

Scope = Literal["project", "department"]
MONEY = {"budget": "预算数", "fiscal_funds": "财政资金", "other_funds": "其他资金"}

_SHOWN = 5
"""How many of many projects a finding names."""


class Publisher:
    """Makes projects and indicators; gathers what must be told of them all at the end."""

    def __init__(self, recorder: Recorder) -> None:
        self.recorder = recorder
        self._records: list[Project | Indicator] = []
        self._left: list[Left] = []
        self._unitless: list[Project] = []
        self._nameless: list[Project] = []

    def project(self, place: Provenance, number: int | None, name: str, form: Form) -> None:
        """Add the project that `form` describes; what the form does not print is null."""
        printed_code = _text(form, "code")
        project = self.recorder.make(
            Project,
            place,
            number=number,
            name=name,
            code=code(printed_code) if printed_code else None,
            unit_code=form.owner.code if form.owner else None,
            unit_name=form.owner.name if form.owner else None,
            **{kind: _money(form, kind) for kind in MONEY},
            purpose=_purpose(form),
            schedule=form.plan,
            goals=tuple(filter(None, map(joined, split_list(form.texts.get("goals", ""))))),
        )
        self._records.append(project)
        if not name:
            self._nameless.append(project)
        self._doubt(project, form)

    def indicators(self, scope: Scope, number: int | None, name: str | None, lines: Sequence[Line]) -> None:
        """Add an indicator a line."""
        for line in lines:
            value = read_value(_value_text(line.texts))
            indicator = self.recorder.make(
                Indicator,
                self.recorder.at_row(line.row.block, line.row.index),
                scope=scope,
                project_number=number,
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
            )
            self._records.append(indicator)

    def result(self, taken: frozenset[int]) -> ReaderResult:
        """All that was published; the projects without a money unit and those without a name are told of."""
        if self._unitless:
            names = "、".join(f"“{project.name}”" for project in self._unitless[:_SHOWN])
            text = f"{names}等{len(self._unitless)}个项目的绩效目标表没有注明金额单位，金额无法换算。"
            self._leave(LeftKind.UNIT, text, self._unitless)
        if self._nameless:
            text = f"{len(self._nameless)}个绩效目标表没有印出项目名称。"
            self._leave(LeftKind.PROJECT_NAME, text, self._nameless)
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

    def _leave(self, kind: LeftKind, message: str, projects: Sequence[Project]) -> None:
        ids = tuple(project.id for project in projects[:_SHOWN])
        self._left.append(Left(kind, Severity.WARNING, message, projects[0].provenance, ids))


def _value_text(texts: dict[str, str]) -> str | None:
    """The value in one text where the table prints sign, number and unit in columns of their own."""
    sign, value, unit = texts.get("symbol", ""), texts.get("value", ""), texts.get("unit", "")
    operator, rest = read_operator(sign)
    if operator is None or rest or read_operator(value)[0]:
        sign = ""
    if read_value(value).unit or not any(character.isdigit() for character in value):
        unit = ""
    return sign + value + unit or None


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
