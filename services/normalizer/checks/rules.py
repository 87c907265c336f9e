"""The rules in order: name, severity, what must hold, function.

What must hold comes from 预算法 (arts. 12, 14, 32, 46: budgets are balanced, whole, and public down to the item),
地方预决算公开操作规程 (which tables a department publishes; empty ones are shown), the yearly instructions for
部门预算编制 (columns of the tables, codes of 政府收支分类科目) and the guidelines for 项目支出绩效目标. The
number is the rule's in the project's list of reconciliation checks.
"""

from collections.abc import Callable
from dataclasses import dataclass

from services.normalizer.checks import (
    accounts_wording,
    assets,
    between_tables,
    changes,
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
from shared.schemas.names import Severity


@dataclass(frozen=True)
class Rule:
    """A rule: its findings and its check record bear `name`; `function` writes into the outcome."""

    number: int
    name: str
    severity: Severity
    function: Callable[[Book, Outcome], None]


_ERROR, _WARNING, _INFO = Severity.ERROR, Severity.WARNING, Severity.INFO

CHECKS: tuple[Rule, ...] = (
    Rule(1, "balance_sum", _ERROR, totals.check_balance),
    Rule(2, "income_row_sum", _ERROR, totals.check_income_rows),
    Rule(2, "expenditure_row_sum", _ERROR, totals.check_expenditure_rows),
    Rule(3, "hierarchy_sum", _ERROR, hierarchy.check_hierarchy),
    Rule(4, "income_balance", _ERROR, between_tables.check_income_balance),
    Rule(4, "expenditure_balance", _ERROR, between_tables.check_expenditure_balance),
    Rule(4, "income_expenditure_codes", _WARNING, between_tables.check_codes),
    Rule(5, "appropriation_row_sum", _ERROR, between_tables.check_appropriation_rows),
    Rule(5, "appropriation_balance", _ERROR, between_tables.check_appropriation_balance),
    Rule(6, "appropriation_columns", _ERROR, between_tables.check_fund_columns),
    Rule(6, "fund_row_sum", _ERROR, between_tables.check_fund_rows),
    Rule(6, "fund_split", _ERROR, between_tables.check_fund_split),
    Rule(7, "basic_row_sum", _ERROR, between_tables.check_basic_rows),
    Rule(7, "basic_total", _ERROR, between_tables.check_basic_total),
    Rule(7, "basic_class", _INFO, between_tables.check_basic_classes),
    Rule(8, "three_public_sum", _ERROR, three_public.check_three_public),
    Rule(8, "three_public_row_sum", _ERROR, three_public.check_three_public_rows),
    Rule(8, "three_public_bound", _WARNING, three_public.check_three_public_bounds),
    Rule(9, "empty_table", _ERROR, three_public.check_empty_tables),
    Rule(10, "project_funds", _ERROR, projects.check_project_funds),
    Rule(10, "project_total", _WARNING, projects.check_project_total),
    Rule(10, "project_cost", _WARNING, projects.check_project_cost),
    Rule(10, "project_prose", _INFO, projects.check_project_prose),
    Rule(11, "procurement_quantity_price", _ERROR, procurement.check_quantity_price),
    Rule(11, "procurement_sum", _ERROR, procurement.check_procurement_sum),
    Rule(11, "procurement_total_blank", _INFO, procurement.check_total_blank),
    Rule(11, "procurement_funds", _ERROR, procurement.check_procurement_funds),
    Rule(11, "procurement_reserved", _ERROR, procurement.check_reserved),
    Rule(11, "procurement_none", _ERROR, procurement.check_none_planned),
    Rule(12, "asset_sum", _ERROR, assets.check_asset_sum),
    Rule(12, "asset_prose", _ERROR, assets.check_asset_prose),
    Rule(12, "asset_planned", _WARNING, assets.check_asset_planned),
    Rule(13, "change_sum", _ERROR, changes.check_change_sum),
    Rule(13, "change_prior", _ERROR, changes.check_change_prior),
    Rule(13, "three_public_change", _WARNING, changes.check_three_public_change),
    Rule(14, "prose_sum", _ERROR, prose.check_prose_sums),
    Rule(14, "prose_table", _ERROR, prose_tables.check_prose_tables),
    Rule(14, "agency_funds", _WARNING, prose.check_agency_funds),
    Rule(14, "prose_repeated", _WARNING, prose.check_repeated_facts),
    Rule(14, "prose_year", _WARNING, prose.check_years),
    Rule(27, "prose_share", _WARNING, rates.check_shares),
    Rule(27, "prose_growth", _WARNING, rates.check_growth),
    Rule(27, "completion_rate", _WARNING, rates.check_completion),
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
    Rule(18, "target_outlier", _INFO, target_quality.check_outliers),
    Rule(18, "target_stale_year", _INFO, target_quality.check_stale_years),
)
"""Every rule; those on units come after the arithmetic, whose off-scale comparisons they speak for."""
