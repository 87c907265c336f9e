"""What must be true of a disclosure and is no equality of figures, under the name of its check."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import pairwise
from typing import Final

from services.sample_portals.content import Prose
from services.sample_portals.disclosure import Written
from services.sample_portals.truth import FigurePlace, Truth


def _records(written: Written, kind: str) -> list[Truth]:
    return [record for record in written.truth if record["record"] == kind]


def _number(record: Truth, name: str) -> Decimal:
    return Decimal(str(record.get(name) or 0))


def _text(record: Truth, name: str) -> str:
    return str(record.get(name) or "")


def _by_project(written: Written) -> Iterator[tuple[Truth, list[Truth]]]:
    for project in _records(written, "project"):
        yield (
            project,
            [
                record
                for record in _records(written, "indicator")
                if record.get("project_name") == project["name"]
                and record.get("project_number") == project.get("number")
            ],
        )


def _shares(written: Written) -> list[Truth]:
    """Indicators that are a rate or a satisfaction."""
    return [
        record
        for record in _records(written, "indicator")
        if _text(record, "level3").endswith("率") or "满意度" in _text(record, "level3")
    ]


def _counts(written: Written) -> list[Truth]:
    return [record for record in _records(written, "indicator") if _text(record, "level3").endswith("次数")]


def _schedule(written: Written) -> bool:
    for record in _records(written, "project"):
        schedule = record.get("schedule")
        steps = list(map(Decimal, filter(None, schedule))) if isinstance(schedule, list) else []
        last = isinstance(schedule, list) and schedule[-1]
        if any(after < before for before, after in pairwise(steps)) or (last and steps[-1] != 100):
            return False
    return True


def _unit_mismatch(written: Written) -> bool:
    facts = {place.key: printed.amount for place, printed in written.prints.items() if place.table == "fact"}
    agency, public = facts.get("agency_operating_funds"), facts.get("expenditure_public_use")
    return not agency or not public or not Decimal("0.00009") < agency / public < Decimal("0.00011")


def _unit_conflict(written: Written) -> bool:
    general = written.prints.get(FigurePlace("general_budget_expenditure", "whole", "total"))
    spent = written.prints.get(FigurePlace("expenditure", "whole", "total"))
    return not general or not spent or not general.amount or general.amount * 1000 > spent.amount


def _repeated(written: Written) -> bool:
    keys = Counter(
        tuple(sorted((name, str(value)) for name, value in record.items()))
        for record in _records(written, "indicator")
        if record["scope"] == "project"
    )
    return max(keys.values(), default=0) < 2


def _codes(written: Written) -> bool:
    told = written.truth[0]
    region, year = str(told["region_code"]), told.get("fiscal_year")
    return all(
        _text(record, "code").startswith(region)
        and (year is None or 2000 + int(_text(record, "code")[6:8]) <= int(str(year)))
        for record in _records(written, "project")
        if record.get("code")
    )


def _levels(written: Written) -> bool:
    for _, indicators in _by_project(written):
        levels = {_text(record, "level1") for record in indicators}
        if levels and not ({"产出指标", "效益指标"} <= levels):
            return False
    return True


def _goals(written: Written) -> bool:
    for project, indicators in _by_project(written):
        goals = project["goals"]
        assert isinstance(goals, list)
        for record in indicators:
            subject = _text(record, "level3").removesuffix("次数")
            stated = [goal for goal in goals if f"开展{subject}" in goal]
            if record.get("value") and subject != record["level3"]:
                right = f"{subject}{record['value']}次"
                if any(right not in goal for goal in stated):
                    return False
    return True


def _bounds(written: Written) -> bool:
    basic = "general_budget_basic_expenditure"
    for code, key in (("30212", "overseas"), ("30231", "operation"), ("30217", "reception")):
        part = written.prints.get(FigurePlace(basic, code, "total"))
        bound = written.prints.get(FigurePlace("three_public", key, "total"))
        if part and bound and part.amount - bound.amount > max(part.unit, bound.unit):
            return False
    return True


def _basic_class(written: Written) -> bool:
    table = "general_budget_basic_expenditure"
    for place, printed in written.prints.items():
        if place.table != table or place.column not in ("personnel", "public_use") or not place.key.isdigit():
            continue
        right = "personnel" if place.key[:3] in ("301", "303") else "public_use"
        if printed.amount and place.column != right:
            return False
    return True


def _empty(written: Written) -> bool:
    declared = any(isinstance(block, Prose) and "无政府性基金" in block.text for block in written.content)
    whole = written.prints.get(FigurePlace("appropriation_balance", "whole", "government_fund", "expenditure"))
    return not declared or whole is None or not whole.amount


def _project_total(written: Written) -> bool:
    spending = written.prints.get(FigurePlace("expenditure", "whole", "project")) or written.prints.get(
        FigurePlace("fact", "expenditure_project", str(written.truth[0].get("fiscal_year")))
    )
    budgets = [_number(record, "budget") for record in _records(written, "project") if record.get("budget")]
    if spending is None or not budgets:
        return True
    return sum(budgets) - spending.amount <= (spending.unit + 100 * len(budgets)) / 2


def _project_cost(written: Written) -> bool:
    for project, indicators in _by_project(written):
        for record in indicators:
            cost = _number(record, "value") * 10000
            if (
                _text(record, "level2") == "成本指标"
                and project.get("budget")
                and cost > _number(project, "budget") + 100
            ):
                return False
    return True


def _project_prose(written: Written) -> bool:
    stated = {place.key: printed for place, printed in written.prints.items() if place.table == "project"}
    return all(
        abs(stated[_text(record, "name")].amount - _number(record, "budget")) <= 100
        for record in _records(written, "project")
        if _text(record, "name") in stated and record.get("budget")
    )


def _reserved(written: Written) -> bool:
    return all(
        _number(row, "sme_reserved") <= _number(row, "total") for row in _records(written, "procurement_line")
    )


def _none_planned(written: Written) -> bool:
    said = any(isinstance(block, Prose) and "未安排政府采购预算" in block.text for block in written.content)
    return not said or not _records(written, "procurement_line")


def _planned(written: Written) -> bool:
    facts = {place.key: printed for place, printed in written.prints.items() if place.table == "fact"}
    planned, bought = facts.get("fixed_assets_planned"), facts.get("procurement_total")
    return not planned or not bought or planned.amount - bought.amount <= max(planned.unit, bought.unit)


def _years(written: Written) -> bool:
    year = written.truth[0].get("fiscal_year")
    return year is None or all(
        int(str(record["year"])) in (year, int(str(year)) - 1) for record in _records(written, "fact")
    )


def _weights(written: Written) -> bool:
    points: defaultdict[tuple[str, str | None], Decimal] = defaultdict(Decimal)
    for place, printed in written.prints.items():
        if place.table == "weight":
            points[place.key, place.side] += printed.amount
    return all(str(total) == wanted for (_, wanted), total in points.items())


def _reasons(written: Written) -> bool:
    facts = {place.key: printed.amount for place, printed in written.prints.items() if place.table == "fact"}
    actual, planned = facts.get("three_public_total"), facts.get("planned.three_public_total")
    text = "".join(
        block.text for block in written.content if isinstance(block, Prose) and "完成预算" in block.text
    )
    return not actual or not planned or actual <= planned or "大于预算数的主要原因" in text


def _has_value(record: Truth) -> bool:
    return "value_text" not in record or bool(record["value_text"])


CLAIMS: Final[dict[str, Callable[[Written], bool]]] = {
    "three_public_bound": _bounds,
    "basic_class": _basic_class,
    "empty_table": _empty,
    "project_total": _project_total,
    "project_cost": _project_cost,
    "project_prose": _project_prose,
    "procurement_reserved": _reserved,
    "procurement_none": _none_planned,
    "asset_planned": _planned,
    "prose_year": _years,
    "unit_mismatch": _unit_mismatch,
    "unit_conflict": _unit_conflict,
    "project_schedule": _schedule,
    "indicator_unit_mismatch": lambda written: all(record.get("unit") != "%" for record in _counts(written)),
    "indicator_rate": lambda written: all(_number(record, "value") <= 100 for record in _shares(written)),
    "indicator_direction": lambda written: all(record.get("operator") != "<=" for record in _shares(written)),
    "unit_missing": lambda written: all(record.get("unit") for record in _shares(written) if record.get("value")),
    "indicator_placeholder": lambda written: all(
        "**" not in _text(record, "level3") for record in _records(written, "indicator")
    ),
    "indicator_value_missing": lambda written: all(map(_has_value, _records(written, "indicator"))),
    "indicator_level_missing": lambda written: all(
        record.get("level3") for record in _records(written, "indicator")
    ),
    "indicator_repeated": _repeated,
    "project_code": _codes,
    "indicator_levels": _levels,
    "indicator_weights": _weights,
    "goal_indicator": _goals,
    "three_public_over_budget": _reasons,
}
