"""Defects planted in the figures of a disclosure before a layout prints them: each breaks a check."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from random import Random
from typing import Final

from services.sample_portals.disclosure import PlantedDefect, PublishingDepartment, Written, write
from services.sample_portals.figures import Figures, StatementLine
from services.sample_portals.identities import broken
from services.sample_portals.layout import ProvinceLayout
from services.sample_portals.performance import ProjectFigures, Target
from services.sample_portals.truth import Truth

Change = Callable[[Figures, Random], None]
BASIC: Final = "general_budget_basic_expenditure"
GENERAL: Final = "general_budget_expenditure"
FUND: Final = "government_fund_expenditure"


@dataclass(frozen=True)
class Defect:
    """A way to be wrong: the check that tells of it and with which severity."""

    name: str
    check: str
    severity: str
    change: Change


def plant(
    layout: ProvinceLayout, publisher: PublishingDepartment, figures: Figures, names: tuple[str, ...]
) -> Written:
    """Print `figures` with the defects `names`; the truth says what is printed, the defects what is wrong.

    A defect for which the layout prints no figure is left out: `written.defects` has those that can be found.
    """
    rng = Random(f"{publisher.department}{publisher.year}")  # noqa: S311 - samples, not secrets
    written = write(layout, publisher, figures)
    wrong = broken(written)
    planted: list[PlantedDefect] = []
    for name in names:
        defect = DEFECTS[name]
        changed = figures.copy()
        try:
            defect.change(changed, rng)
        except (LookupError, StopIteration):
            continue
        before, after = written, write(layout, publisher, changed)
        now_wrong = broken(after)
        breaks = tuple(check for check in now_wrong if check not in wrong)
        if defect.check not in breaks:
            continue
        subjects = changed_records(before, after)
        planted.append(PlantedDefect(name, defect.check, defect.severity, breaks, subjects))
        figures, written, wrong = changed, after, now_wrong
    written.defects = planted
    return written


def changed_records(before: Written, after: Written) -> tuple[Truth, ...]:
    """The records that are new or other in `after`; where some only went, the projects they were of."""
    gone, new = list(before.truth), []
    for record in after.truth:
        if record in gone:
            gone.remove(record)
        else:
            new.append(record)
    owners = {record.get("project_name") for record in gone}
    bereft = [record for record in after.truth if record["record"] == "project" and record["name"] in owners]
    return tuple(new or bereft)


def possible(layout: ProvinceLayout, publisher: PublishingDepartment, figures: Figures) -> list[str]:
    """The defects that a layout shows of these figures, which hold."""
    shown = []
    for defect in DEFECTS.values():
        changed = figures.copy()
        try:
            defect.change(changed, Random(defect.name))  # noqa: S311 - samples, not secrets
        except (LookupError, StopIteration):
            continue
        if defect.check in broken(write(layout, publisher, changed)):
            shown.append(defect.name)
    return shown


def difference(rng: Random) -> Decimal:
    """A difference no rounding explains, in yuan: 3.17 to 9.83 万元."""
    return Decimal(rng.randint(317, 983)) * 100


def _add(line: StatementLine, columns: tuple[str, ...], amount: Decimal) -> None:
    for column in columns:
        line.cells[column] += amount


def _leaves(figures: Figures, table: str, column: str = "total") -> list[StatementLine]:
    longest = max((len(line.code or "") for line in figures.statements[table]), default=0)
    lines = [
        line for line in figures.statements[table] if len(line.code or "") == longest and line.cells[column] > 0
    ]
    if not longest or not lines:
        raise LookupError("the figures have no place for this defect")
    return lines


def _through(figures: Figures, table: str, code: str, columns: tuple[str, ...], amount: Decimal) -> None:
    """Add to a leaf and to every row above it, so that the table itself still adds up."""
    for line in figures.statements[table]:
        if line.key == "whole" or (line.code and code.startswith(line.code)):
            _add(line, columns, amount)


def _leaf(table: str, column: str) -> Change:
    """One cell of an item."""

    def change(figures: Figures, rng: Random) -> None:
        _add(rng.choice(_leaves(figures, table, column)), (column,), difference(rng))

    return change


def _whole_table(table: str, columns: tuple[str, ...], by: str = "total") -> Change:
    """An item and all above it: the table adds up, and no longer agrees with the others."""

    def change(figures: Figures, rng: Random) -> None:
        line = rng.choice(_leaves(figures, table, by))
        assert line.code
        _through(figures, table, line.code, columns, difference(rng))

    return change


def _between_items(table: str, columns: tuple[str, ...], by: str) -> Change:
    """Money moved from one item to another of the same table."""

    def change(figures: Figures, rng: Random) -> None:
        lines = _leaves(figures, table, by)
        if len(lines) < 2:
            raise LookupError("the figures have no place for this defect")
        giver = max(lines, key=lambda line: line.cells[by])
        taker = rng.choice([line for line in lines if line is not giver])
        assert giver.code
        assert taker.code
        amount = min(difference(rng), (giver.cells[by] / 2).quantize(Decimal(100)))
        _through(figures, table, giver.code, columns, -amount)
        _through(figures, table, taker.code, columns, amount)

    return change


def _cell(table: str, key: str, columns: tuple[str, ...], side: str | None = None) -> Change:
    def change(figures: Figures, rng: Random) -> None:
        _add(figures.line(table, key, side), columns, difference(rng))

    return change


def _fact(metric: str, sign: int = 1) -> Change:
    def change(figures: Figures, rng: Random) -> None:
        figures.facts[metric] += sign * difference(rng)

    return change


def wrong_class(figures: Figures, rng: Random) -> None:
    lines = [line for line in figures.statements["expenditure"] if line.code and len(line.code) == 3]
    _add(rng.choice(lines), ("total",), difference(rng))


def _appropriated_class(figures: Figures, rng: Random) -> None:
    lines = [
        line
        for line in figures.statements["appropriation_balance"]
        if line.key.isdigit() and line.cells["general_public_budget"]
    ]
    _add(rng.choice(lines), ("total",), difference(rng))


def _moved_to_public_use(figures: Figures, rng: Random) -> None:
    line = rng.choice([line for line in _leaves(figures, BASIC, "personnel") if line.cells["personnel"]])
    assert line.code
    amount = line.cells["personnel"]
    _through(figures, BASIC, line.code, ("personnel",), -amount)
    _through(figures, BASIC, line.code, ("public_use",), amount)


def _less_reception(figures: Figures, _rng: Random) -> None:
    reception = figures.line("three_public", "reception").cells["total"]
    amount = (reception / 2).quantize(Decimal(100))
    for key in ("reception", "subtotal", "whole", "with_meetings"):
        columns = ("total",) if key == "with_meetings" else ("total", "general_public_budget")
        _add(figures.line("three_public", key), columns, -amount)


def _emptied_fund(figures: Figures, _rng: Random) -> None:
    if not figures.statements[FUND]:
        raise LookupError("the figures have no place for this defect")
    figures.statements[FUND] = []


def _project(change: Callable[[ProjectFigures, Random], None]) -> Change:
    def changed(figures: Figures, rng: Random) -> None:
        change(rng.choice(figures.projects), rng)

    return changed


def _target(level2: str, **fields: str) -> Change:
    """One project's indicator of `level2` gets other words."""

    def change(figures: Figures, rng: Random) -> None:
        target = _find(rng.choice(figures.projects), level2)
        for name, value in fields.items():
            setattr(target, name, value)

    return change


def _find(project: ProjectFigures, level2: str) -> Target:
    return next(target for target in project.targets if target.level2 == level2)


def _less_fiscal(project: ProjectFigures, rng: Random) -> None:
    project.fiscal_funds -= min(difference(rng), project.budget / 2)


def _dearer(project: ProjectFigures, rng: Random) -> None:
    amount = difference(rng) * 10
    project.budget += amount
    project.fiscal_funds += amount
    _find(project, "成本指标").number = f"{project.budget / 10000:.2f}"


def _cost_over_budget(project: ProjectFigures, rng: Random) -> None:
    _find(project, "成本指标").number = f"{(project.budget + difference(rng)) / 10000:.2f}"


def _falling(project: ProjectFigures, _rng: Random) -> None:
    project.schedule = ["25", "60", "40", "100"]


def _other_region(project: ProjectFigures, _rng: Random) -> None:
    project.code = f"{(int(project.code[:6]) + 7) % 1000000:06d}{project.code[6:]}"


def _no_effect(project: ProjectFigures, _rng: Random) -> None:
    project.targets = [target for target in project.targets if target.level1 == "产出指标"]


def _twice(project: ProjectFigures, _rng: Random) -> None:
    project.targets.insert(1, replace(project.targets[0]))


def _lighter(project: ProjectFigures, rng: Random) -> None:
    rng.choice(project.targets).weight -= 5


def _other_goal(project: ProjectFigures, _rng: Random) -> None:
    number = _find(project, "数量指标").number
    project.goals[0] = project.goals[0].replace(f"{number}次", f"{int(number) + 11}次")


def _purchase(**changes: Decimal) -> Change:
    """The first item of the procurement table gets other money: fields plus yuan."""

    def change(figures: Figures, _rng: Random) -> None:
        item = next(row for row in figures.rows["procurement_line"] if row["line_type"] == "item")
        for name, amount in changes.items():
            item[name] = Decimal(str(item[name] or 0)) + amount

    return change


def wrong_quantity(figures: Figures, _rng: Random) -> None:
    item = next(row for row in figures.rows["procurement_line"] if row["line_type"] == "item")
    item["quantity"] = str(int(str(item["quantity"])) + 3)


def _more_total(figures: Figures, rng: Random) -> None:
    total = figures.rows["procurement_line"][0]
    amount = difference(rng)
    for name in ("total", "general_public_budget"):
        if name in total:
            total[name] = Decimal(str(total[name])) + amount


def _over_reserved(figures: Figures, rng: Random) -> None:
    item = next(row for row in figures.rows["procurement_line"] if "sme_reserved" in row and row["item"])
    item["sme_reserved"] = Decimal(str(item["total"])) + difference(rng)


def _none_planned(figures: Figures, _rng: Random) -> None:
    figures.sentences["procurement_total"] = "{year}年，我部门未安排政府采购预算。"


def _more_assets(figures: Figures, rng: Random) -> None:
    total = figures.rows["asset"][0]
    total["value"] = Decimal(str(total["value"])) + difference(rng)


def _restated(figures: Figures, rng: Random) -> None:
    figures.restated["expenditure_total"] = figures.facts["expenditure_total"] + difference(rng)


def _wrong_year(figures: Figures, _rng: Random) -> None:
    figures.said_year = figures.year - 3


def _agency_in_yuan(figures: Figures, _rng: Random) -> None:
    figures.units["agency_operating_funds"] = "元"
    figures.facts["agency_operating_funds"] /= 10000


def _caption_in_yuan(figures: Figures, _rng: Random) -> None:
    figures.units[GENERAL] = "元"
    for line in figures.statements[GENERAL]:
        line.cells = {column: amount / 10000 for column, amount in line.cells.items()}


def _share(name: str) -> Change:
    def change(figures: Figures, rng: Random) -> None:
        part, whole = (figures.facts[each] for each in name.split("/"))
        right = (part * 100 / whole).quantize(Decimal("0.01"))
        figures.shares[name] = right + rng.choice((-9, -2, 3, 10))

    return change


def _over_budget(figures: Figures, _rng: Random) -> None:
    figures.facts["planned.three_public_total"] = figures.facts["three_public_total"] / 2
    figures.words["reason"] = ""
    for line in figures.statements["three_public"]:
        if "planned" in line.cells:
            line.cells["planned"] /= 4


def _fund_left(figures: Figures, rng: Random) -> None:
    if not figures.statements[FUND]:
        raise LookupError("the figures have no place for this defect")
    _whole_table(FUND, ("closing",))(figures, rng)


_ALL: Final = (
    Defect("income_of_the_year", "balance_sum", "error", _cell("balance", "current", ("budget",), "income")),
    Defect(
        "spending_total", "balance_sum", "error", _cell("balance", "whole", ("budget", "total"), "expenditure")
    ),
    Defect("income_row", "income_row_sum", "error", _leaf("income", "total")),
    Defect("expenditure_row", "expenditure_row_sum", "error", _leaf("expenditure", "basic")),
    Defect("wrong_class", "hierarchy_sum", "error", wrong_class),
    Defect(
        "income_table",
        "income_balance",
        "error",
        _whole_table("income", ("total", "current_year", "fiscal_appropriation"), "fiscal_appropriation"),
    ),
    Defect("expenditure_table", "expenditure_balance", "error", _whole_table("expenditure", ("total", "project"))),
    Defect(
        "income_items",
        "income_expenditure_codes",
        "warning",
        _between_items("income", ("total", "current_year", "fiscal_appropriation"), "fiscal_appropriation"),
    ),
    Defect("appropriated_class", "appropriation_row_sum", "error", _appropriated_class),
    Defect(
        "appropriated_income",
        "appropriation_balance",
        "error",
        _cell("appropriation_balance", "general", ("budget",), "income"),
    ),
    Defect("general_table", "appropriation_columns", "error", _whole_table(GENERAL, ("total", "project"))),
    Defect("general_row", "fund_row_sum", "error", _leaf(GENERAL, "total")),
    Defect("general_items", "fund_split", "error", _between_items(GENERAL, ("total", "project"), "project")),
    Defect("basic_row", "basic_row_sum", "error", _leaf(BASIC, "total")),
    Defect("basic_table", "basic_total", "error", _whole_table(BASIC, ("total", "personnel"), "personnel")),
    Defect("basic_class", "basic_class", "info", _moved_to_public_use),
    Defect(
        "three_public_total",
        "three_public_sum",
        "error",
        _cell("three_public", "subtotal", ("total", "general_public_budget")),
    ),
    Defect(
        "three_public_whole",
        "three_public_sum",
        "error",
        _cell("three_public", "whole", ("total", "general_public_budget")),
    ),
    Defect("three_public_row", "three_public_row_sum", "error", _cell("three_public", "reception", ("total",))),
    Defect("three_public_bound", "three_public_bound", "warning", _less_reception),
    Defect("empty_fund_table", "empty_table", "error", _emptied_fund),
    Defect("project_funds", "project_funds", "error", _project(_less_fiscal)),
    Defect("project_total", "project_total", "warning", _project(_dearer)),
    Defect("project_cost", "project_cost", "warning", _project(_cost_over_budget)),
    Defect("project_prose", "project_prose", "info", _fact("project.first")),
    Defect("wrong_quantity", "procurement_quantity_price", "error", wrong_quantity),
    Defect("procurement_sum", "procurement_sum", "error", _more_total),
    Defect("procurement_funds", "procurement_funds", "error", _purchase(general_public_budget=Decimal(31700))),
    Defect("procurement_reserved", "procurement_reserved", "error", _over_reserved),
    Defect("procurement_none", "procurement_none", "error", _none_planned),
    Defect("asset_sum", "asset_sum", "error", _more_assets),
    Defect("asset_prose", "asset_prose", "error", _fact("fixed_assets_year_end")),
    Defect("asset_planned", "asset_planned", "warning", _fact("fixed_assets_planned")),
    Defect("wrong_change", "change_sum", "error", _fact("change_total")),
    Defect("change_prior", "change_prior", "error", _fact("prior.expenditure_total")),
    Defect("three_public_change", "three_public_change", "warning", _fact("three_public_change")),
    Defect("prose_sum", "prose_sum", "error", _fact("expenditure_personnel")),
    Defect("prose_table", "prose_table", "error", _fact("expenditure_total")),
    Defect("prose_income", "prose_table", "error", _fact("income_total")),
    Defect("agency_funds", "agency_funds", "warning", _fact("agency_operating_funds")),
    Defect("prose_repeated", "prose_repeated", "warning", _restated),
    Defect("prose_year", "prose_year", "warning", _wrong_year),
    Defect("unit_of_agency_funds", "unit_mismatch", "error", _agency_in_yuan),
    Defect("unit_of_a_table", "unit_conflict", "error", _caption_in_yuan),
    Defect("schedule_falls", "project_schedule", "warning", _project(_falling)),
    Defect("count_in_per_cent", "indicator_unit_mismatch", "warning", _target("数量指标", unit="%")),
    Defect("rate_over_100", "indicator_rate", "warning", _target("质量指标", number="130")),
    Defect("satisfaction_at_most", "indicator_direction", "warning", _target("服务对象满意度指标", sign="≤")),
    Defect("rate_without_unit", "unit_missing", "info", _target("质量指标", unit="")),
    Defect("placeholder", "indicator_placeholder", "info", _target("社会效益指标", level3="**服务能力")),
    Defect("value_missing", "indicator_value_missing", "info", _target("社会效益指标", words="")),
    Defect("level_missing", "indicator_level_missing", "info", _target("时效指标", level3="", description="")),
    Defect("indicator_twice", "indicator_repeated", "info", _project(_twice)),
    Defect("code_of_another_region", "project_code", "info", _project(_other_region)),
    Defect("no_effect_indicators", "indicator_levels", "info", _project(_no_effect)),
    Defect("weights", "indicator_weights", "warning", _project(_lighter)),
    Defect("goal_and_indicator", "goal_indicator", "warning", _project(_other_goal)),
    Defect("fund_flow", "fund_flow", "error", _fund_left),
    Defect("three_public_planned", "three_public_budget", "error", _cell("three_public", "whole", ("planned",))),
    Defect("three_public_over_budget", "three_public_over_budget", "warning", _over_budget),
    Defect("share", "prose_share", "error", _share("expenditure_basic/expenditure_total")),
    Defect("rate", "completion_rate", "error", _share("three_public_total/planned.three_public_total")),
)
DEFECTS: Final = {defect.name: defect for defect in _ALL}
"""Every defect by name; the checks are those of the list of reconciliation checks, 1 to 27."""
