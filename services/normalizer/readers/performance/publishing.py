"""Turns what was read of a project into its records."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Literal

from services.normalizer.collector import Collector
from services.normalizer.money import is_blank, yuan
from services.normalizer.readers.performance.enumerations import split_list
from services.normalizer.readers.performance.forms import Form
from services.normalizer.readers.performance.lines import Line
from services.normalizer.readers.performance.values import read_operator, read_value
from services.normalizer.wording import code, joined
from shared.schemas.records import Indicator, Project, Provenance

Scope = Literal["project", "department"]


def add_project(collector: Collector, place: Provenance, number: int | None, name: str, form: Form) -> None:
    """Add the project that `form` describes; what the form does not print is null."""
    printed_code = _text(form, "code")
    collector.add(
        Project,
        place,
        number=number,
        name=name,
        code=code(printed_code) if printed_code else None,
        unit_code=form.owner.code if form.owner else None,
        unit_name=form.owner.name if form.owner else None,
        budget=_money(form, "budget"),
        fiscal_funds=_money(form, "fiscal_funds"),
        other_funds=_money(form, "other_funds"),
        purpose=_text(form, "purpose"),
        schedule=form.plan,
        goals=tuple(filter(None, map(joined, split_list(form.texts.get("goals", ""))))),
    )


def add_indicators(
    collector: Collector, scope: Scope, number: int | None, name: str | None, lines: Sequence[Line]
) -> None:
    """Add an indicator a line."""
    for line in lines:
        value = read_value(_value_text(line.texts))
        collector.add(
            Indicator,
            collector.at_row(line.row.block, line.row.index),
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


def _value_text(texts: dict[str, str]) -> str | None:
    """The value in one text where the table prints sign, number and unit in columns of their own."""
    sign, value, unit = texts.get("symbol", ""), texts.get("value", ""), texts.get("unit", "")
    operator, rest = read_operator(sign)
    if operator is None or rest or read_operator(value)[0]:
        sign = ""
    if read_value(value).unit or not any(character.isdigit() for character in value):
        unit = ""
    return sign + value + unit or None


def _text(form: Form, kind: str) -> str | None:
    text = form.texts.get(kind, "")
    return None if is_blank(text) else joined(text)


def _money(form: Form, kind: str) -> Decimal | None:
    text = form.texts.get(kind, "")
    return None if is_blank(text) else yuan(text, form.units.get(kind) or form.unit)
