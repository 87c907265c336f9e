"""The rules in order: name, severity, what must hold, function.

What must hold comes from 预算法 (arts. 12, 14, 32, 46: budgets are balanced, whole, and public down to the item),
地方预决算公开操作规程 (which tables a department publishes; empty ones are shown), the yearly instructions for
部门预算编制 (columns of the tables, codes of 政府收支分类科目) and the guidelines for 项目支出绩效目标. The
number is the rule's in the project's list of reconciliation checks.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from services.normalizer.checks import (
    accounts_wording,
    assets,
    between_tables,
    changes,
    contents,
    empty,
    flows,
    government,
    government_agreement,
    government_balance,
    government_debt,
    government_publication,
    government_rates,
    government_totals,
    hierarchy,
    indicators,
    procurement,
    projects,
    prose,
    prose_tables,
    rates,
    target_quality,
    targets,
    three_public,
    totals,
    units,
)
from services.normalizer.checks.book import Book
from services.normalizer.checks.outcome import Outcome
from services.normalizer.language import vocabulary
from shared.schemas.names import Severity


class Tolerance(StrEnum):
    """How far figures may differ; the value is the sentence in docs/checks.md."""

    SUM = "(n + 1) half units of the last printed place, each figure's own, the bound included"
    SAME = "half a unit of each of the two prints; a printed zero is exact"
    PRODUCT = "half a unit of each factor and of the product, propagated"
    UNIT = "one unit of the last place of the report's figure, half a unit of the table's"
    RATE = "half a unit of each figure, one unit of the percentage's last place"
    BOUND = "half a unit of each of the figures compared"
    NONE = "none"


@dataclass(frozen=True)
class Rule:
    """A rule: its findings and its check record bear `name`; `function` writes into the outcome.

    `number` is that of the list of reconciliation checks, `severity` the gravest a finding of it may have. The
    docstring of `function` says in English what vocabulary/checks.yaml says for readers of budgets.
    """

    number: int
    name: str
    severity: Severity
    function: Callable[[Book, Outcome], None]
    tolerance: Tolerance = Tolerance.NONE

    @property
    def about(self) -> str:
        """The tables or texts it looks at."""
        return vocabulary.checks()[self.name].about

    @property
    def holds(self) -> str:
        """What must hold."""
        return vocabulary.checks()[self.name].holds

    @property
    def source(self) -> str:
        """The regulation what must hold comes from."""
        return next(text for last, text in SOURCES if self.number <= last)


SOURCES: Final = (
    (2, "预算法第三十二条、第四十六条；部门预算编制说明（收支总表、收入总表、支出总表的栏目）"),
    (3, "政府收支分类科目（类、款、项）；预算法第四十六条"),
    (7, "地方预决算公开操作规程第十一条（部门公开的表）；预算法第十二条（收支平衡）"),
    (8, "地方预决算公开操作规程第十三条（“三公”经费）"),
    (9, "地方预决算公开操作规程（没有数据的表应列空表并说明）"),
    (10, "中央部门预算绩效目标管理办法；项目支出绩效目标申报表"),
    (11, "政府采购法第三十三条；地方预决算公开操作规程（政府采购情况）"),
    (12, "地方预决算公开操作规程（国有资产占用情况）"),
    (14, "预算法第十四条（对公开的情况作出说明）"),
    (15, "预算法第十四条；各表标明的金额单位"),
    (22, "中央部门预算绩效目标管理办法；项目支出绩效目标申报表"),
    (27, "部门决算管理办法；部门决算公开表（九张）"),
    (35, "预算法第五条、第十二条、第十四条、第三十五条；政府收支分类科目；财预〔2016〕143号（政府预决算的表）"),
    (36, "预算法第三十五条；财预〔2018〕209号（地方政府债务信息公开）"),
    (37, "财预〔2016〕143号（地方预决算公开操作规程）；财预〔2018〕209号（地方政府债务信息公开）"),
)
"""By number, up to which one: where the rules come from."""


_ERROR, _WARNING, _INFO = Severity.ERROR, Severity.WARNING, Severity.INFO

CHECKS: tuple[Rule, ...] = (
    Rule(1, "balance_sum", _ERROR, totals.check_balance, Tolerance.SUM),
    Rule(2, "income_row_sum", _ERROR, totals.check_income_rows, Tolerance.SUM),
    Rule(2, "expenditure_row_sum", _ERROR, totals.check_expenditure_rows, Tolerance.SUM),
    Rule(3, "hierarchy_sum", _ERROR, hierarchy.check_hierarchy, Tolerance.SUM),
    Rule(4, "income_balance", _ERROR, between_tables.check_income_balance, Tolerance.SAME),
    Rule(4, "expenditure_balance", _ERROR, between_tables.check_expenditure_balance, Tolerance.SAME),
    Rule(4, "income_expenditure_codes", _WARNING, between_tables.check_codes, Tolerance.SAME),
    Rule(5, "appropriation_row_sum", _ERROR, between_tables.check_appropriation_rows, Tolerance.SUM),
    Rule(5, "appropriation_balance", _ERROR, between_tables.check_appropriation_balance, Tolerance.SUM),
    Rule(6, "appropriation_columns", _ERROR, between_tables.check_fund_columns, Tolerance.SAME),
    Rule(6, "fund_row_sum", _ERROR, between_tables.check_fund_rows, Tolerance.SUM),
    Rule(6, "fund_split", _ERROR, between_tables.check_fund_split, Tolerance.SUM),
    Rule(7, "basic_row_sum", _ERROR, between_tables.check_basic_rows, Tolerance.SUM),
    Rule(7, "basic_total", _ERROR, between_tables.check_basic_total, Tolerance.SAME),
    Rule(7, "basic_class", _INFO, between_tables.check_basic_classes),
    Rule(8, "three_public_sum", _ERROR, three_public.check_three_public, Tolerance.SUM),
    Rule(8, "three_public_row_sum", _ERROR, three_public.check_three_public_rows, Tolerance.SUM),
    Rule(8, "three_public_bound", _WARNING, three_public.check_three_public_bounds, Tolerance.BOUND),
    Rule(26, "three_public_budget", _ERROR, three_public.check_three_public_budget, Tolerance.SUM),
    Rule(26, "three_public_over_budget", _WARNING, three_public.check_three_public_over, Tolerance.BOUND),
    Rule(25, "fund_flow", _ERROR, flows.check_fund_flow, Tolerance.SUM),
    Rule(9, "empty_table", _ERROR, empty.check_empty_tables),
    Rule(9, "contents_table", _WARNING, contents.check_contents),
    Rule(10, "project_funds", _ERROR, projects.check_project_funds, Tolerance.SUM),
    Rule(10, "project_total", _WARNING, projects.check_project_total, Tolerance.BOUND),
    Rule(10, "project_cost", _WARNING, projects.check_project_cost, Tolerance.BOUND),
    Rule(10, "project_prose", _INFO, projects.check_project_prose, Tolerance.SAME),
    Rule(11, "procurement_quantity_price", _ERROR, procurement.check_quantity_price, Tolerance.PRODUCT),
    Rule(11, "procurement_sum", _ERROR, procurement.check_procurement_sum, Tolerance.SUM),
    Rule(11, "procurement_total_blank", _INFO, procurement.check_total_blank),
    Rule(11, "procurement_funds", _ERROR, procurement.check_procurement_funds, Tolerance.SUM),
    Rule(11, "procurement_reserved", _ERROR, procurement.check_reserved, Tolerance.BOUND),
    Rule(11, "procurement_none", _ERROR, procurement.check_none_planned),
    Rule(12, "asset_sum", _ERROR, assets.check_asset_sum, Tolerance.SUM),
    Rule(12, "asset_prose", _ERROR, assets.check_asset_prose, Tolerance.SAME),
    Rule(12, "asset_planned", _WARNING, assets.check_asset_planned, Tolerance.BOUND),
    Rule(13, "change_sum", _ERROR, changes.check_change_sum, Tolerance.SUM),
    Rule(13, "change_prior", _ERROR, changes.check_change_prior, Tolerance.SUM),
    Rule(13, "three_public_change", _WARNING, changes.check_three_public_change, Tolerance.SUM),
    Rule(14, "prose_sum", _ERROR, prose.check_prose_sums, Tolerance.SUM),
    Rule(14, "prose_table", _ERROR, prose_tables.check_prose_tables, Tolerance.SAME),
    Rule(14, "agency_funds", _WARNING, prose.check_agency_funds, Tolerance.BOUND),
    Rule(14, "prose_repeated", _WARNING, prose.check_repeated_facts, Tolerance.SAME),
    Rule(14, "prose_year", _WARNING, prose.check_years),
    Rule(27, "prose_share", _ERROR, rates.check_shares, Tolerance.SAME),
    Rule(27, "prose_growth", _WARNING, rates.check_growth, Tolerance.SAME),
    Rule(27, "completion_rate", _ERROR, rates.check_completion, Tolerance.SAME),
    Rule(27, "execution_rate", _WARNING, projects.check_execution_rate, Tolerance.RATE),
    Rule(26, "outturn_reason", _WARNING, accounts_wording.check_outturn),
    Rule(14, "form_wording", _INFO, accounts_wording.check_form_wording),
    Rule(15, "unit_mismatch", _ERROR, units.check_unit_mismatch),
    Rule(15, "unit_conflict", _ERROR, units.check_unit_conflict),
    Rule(16, "project_schedule", _WARNING, targets.check_schedules),
    Rule(17, "indicator_unit_mismatch", _WARNING, indicators.check_indicator_units),
    Rule(17, "indicator_rate", _WARNING, indicators.check_indicator_rates),
    Rule(17, "indicator_direction", _WARNING, indicators.check_indicator_direction),
    Rule(18, "unit_missing", _INFO, indicators.check_indicator_unit_missing),
    Rule(18, "indicator_placeholder", _INFO, indicators.check_placeholders),
    Rule(18, "indicator_level_missing", _INFO, indicators.check_names_missing),
    Rule(18, "indicator_value_missing", _INFO, indicators.check_values_missing),
    Rule(18, "indicator_repeated", _INFO, indicators.check_repeated_indicators),
    Rule(19, "project_code", _INFO, targets.check_project_codes),
    Rule(20, "indicator_levels", _INFO, targets.check_levels),
    Rule(21, "indicator_weights", _WARNING, targets.check_weights),
    Rule(22, "goal_indicator", _WARNING, targets.check_goal_figures),
    Rule(18, "target_one_value", _INFO, target_quality.check_one_value),
    Rule(18, "target_level_name", _INFO, target_quality.check_level_names),
    Rule(18, "target_purpose", _INFO, target_quality.check_purpose),
    Rule(18, "target_copied", _INFO, target_quality.check_copied_goals),
    Rule(18, "target_outlier", _WARNING, target_quality.check_outliers),
    Rule(18, "target_stale_year", _INFO, target_quality.check_stale_years),
    Rule(32, "government_codes", _ERROR, government.check_codes, Tolerance.SUM),
    Rule(32, "government_code_class", _WARNING, government.check_code_class),
    Rule(33, "government_sides", _ERROR, government.check_sides, Tolerance.SUM),
    Rule(33, "government_balance", _ERROR, government_balance.check_parts, Tolerance.SUM),
    Rule(33, "government_surplus", _ERROR, government_balance.check_surplus, Tolerance.SUM),
    Rule(33, "government_three_public", _ERROR, government_balance.check_three_public, Tolerance.SUM),
    Rule(33, "government_guarantees", _WARNING, government_balance.check_guarantees, Tolerance.SUM),
    Rule(34, "government_tax", _ERROR, government_totals.check_tax, Tolerance.SUM),
    Rule(34, "government_totals", _ERROR, government_totals.check_totals, Tolerance.SUM),
    Rule(35, "government_areas", _ERROR, government.check_areas, Tolerance.SUM),
    Rule(35, "government_tables", _WARNING, government_agreement.check_tables, Tolerance.SAME),
    Rule(35, "government_economic", _WARNING, government_agreement.check_economic, Tolerance.SAME),
    Rule(35, "government_report", _WARNING, government_agreement.check_report, Tolerance.UNIT),
    Rule(35, "government_rates", _WARNING, government_rates.check_rates, Tolerance.RATE),
    Rule(36, "government_debt_limit", _WARNING, government_debt.check_debt_limit, Tolerance.BOUND),
    Rule(36, "government_debt_kinds", _WARNING, government_debt.check_debt_kinds, Tolerance.SUM),
    Rule(36, "government_debt_flow", _INFO, government_debt.check_debt_flow, Tolerance.SUM),
    Rule(36, "government_bond_use", _WARNING, government_debt.check_bond_use, Tolerance.SUM),
    Rule(37, "government_published", _INFO, government_publication.check_published),
)
"""Every rule; those on units come after the arithmetic, whose off-scale comparisons they speak for."""
