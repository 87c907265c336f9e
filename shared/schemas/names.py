"""The closed vocabularies of the records: kinds, tables, columns, metrics, severities, outcomes."""

from enum import StrEnum


class DisclosureKind(StrEnum):
    """What a document is: a department's, or a whole government's (budget law, articles 14, 20 and 21)."""

    DEPARTMENT_BUDGET = "department_budget"
    FINAL_ACCOUNTS = "final_accounts"
    PERFORMANCE_TARGETS = "performance_targets"
    GOVERNMENT_BUDGET = "government_budget"
    GOVERNMENT_ACCOUNTS = "government_accounts"
    GOVERNMENT_EXECUTION = "government_execution"
    GOVERNMENT_ADJUSTMENT = "government_adjustment"
    GOVERNMENT_DEBT = "government_debt"

    @property
    def of_government(self) -> bool:
        """Whether it is a government's own document: its tables and prose speak of no department."""
        return self.value.startswith("government_")


class TableName(StrEnum):
    BALANCE = "balance"
    INCOME = "income"
    EXPENDITURE = "expenditure"
    APPROPRIATION_BALANCE = "appropriation_balance"
    GENERAL_BUDGET_EXPENDITURE = "general_budget_expenditure"
    GENERAL_BUDGET_BASIC_EXPENDITURE = "general_budget_basic_expenditure"
    GOVERNMENT_FUND_EXPENDITURE = "government_fund_expenditure"
    STATE_CAPITAL_EXPENDITURE = "state_capital_expenditure"
    THREE_PUBLIC = "three_public"
    APPROPRIATION_EXPENDITURE = "appropriation_expenditure"
    APPROPRIATION_BASIC_EXPENDITURE = "appropriation_basic_expenditure"
    PROJECT_EXPENDITURE = "project_expenditure"
    DEPARTMENT_ECONOMIC_EXPENDITURE = "department_economic_expenditure"
    GOVERNMENT_ECONOMIC_EXPENDITURE = "government_economic_expenditure"
    AGENCY_OPERATING_FUNDS = "agency_operating_funds"


class ColumnName(StrEnum):
    BUDGET = "budget"
    TOTAL = "total"
    CURRENT_YEAR = "current_year"
    FISCAL_APPROPRIATION = "fiscal_appropriation"
    FISCAL_ACCOUNT = "fiscal_account"
    BUSINESS_INCOME = "business_income"
    OPERATING_INCOME = "operating_income"
    SUPERIOR_SUBSIDY = "superior_subsidy"
    AFFILIATED_REMITTANCE = "affiliated_remittance"
    OTHER_INCOME = "other_income"
    CARRYOVER = "carryover"
    BASIC = "basic"
    PROJECT = "project"
    OPERATING = "operating"
    REMITTED_TO_SUPERIOR = "remitted_to_superior"
    SUBSIDY_TO_AFFILIATES = "subsidy_to_affiliates"
    GENERAL_PUBLIC_BUDGET = "general_public_budget"
    GOVERNMENT_FUND = "government_fund"
    STATE_CAPITAL = "state_capital"
    PERSONNEL = "personnel"
    PUBLIC_USE = "public_use"
    YEAR_END_CARRYOVER = "year_end_carryover"
    UNIT_FUNDS = "unit_funds"
    EDUCATION_FEES = "education_fees"
    CAPITAL_CONSTRUCTION = "capital_construction"
    SURPLUS_USED = "surplus_used"
    RESERVE = "reserve"
    WAGES = "wages"
    GOODS_AND_SERVICES = "goods_and_services"
    SUBSIDIES_TO_PERSONS = "subsidies_to_persons"
    CAPITAL = "capital"
    CARRYOVER_GENERAL_PUBLIC_BUDGET = "carryover_general_public_budget"
    CARRYOVER_GOVERNMENT_FUND = "carryover_government_fund"
    CARRYOVER_STATE_CAPITAL = "carryover_state_capital"
    CARRYOVER_FISCAL_ACCOUNT = "carryover_fiscal_account"
    CARRYOVER_UNIT_FUNDS = "carryover_unit_funds"
    CARRYOVER_BASIC = "carryover_basic"
    CARRYOVER_PROJECT = "carryover_project"
    INCOME_BASIC = "income_basic"
    INCOME_PROJECT = "income_project"
    YEAR_END_CARRYOVER_BASIC = "year_end_carryover_basic"
    YEAR_END_CARRYOVER_PROJECT = "year_end_carryover_project"
    YEAR_END_SURPLUS = "year_end_surplus"
    GENERAL_PUBLIC_BUDGET_BASIC = "general_public_budget_basic"
    GENERAL_PUBLIC_BUDGET_PROJECT = "general_public_budget_project"
    GOVERNMENT_FUND_BASIC = "government_fund_basic"
    GOVERNMENT_FUND_PROJECT = "government_fund_project"
    STATE_CAPITAL_BASIC = "state_capital_basic"
    STATE_CAPITAL_PROJECT = "state_capital_project"


class Basis(StrEnum):
    """What a figure of a table is: planned, as changed in the year, or spent in the end."""

    BUDGET = "budget"
    ADJUSTED_BUDGET = "adjusted_budget"
    FINAL = "final"


class Metric(StrEnum):
    INCOME_TOTAL = "income_total"
    INCOME_GENERAL_PUBLIC_BUDGET = "income_general_public_budget"
    INCOME_GOVERNMENT_FUND = "income_government_fund"
    INCOME_STATE_CAPITAL = "income_state_capital"
    INCOME_FISCAL_ACCOUNT = "income_fiscal_account"
    INCOME_UNIT_FUNDS = "income_unit_funds"
    INCOME_OTHER = "income_other"
    INCOME_CARRYOVER = "income_carryover"
    INCOME_WITH_CARRYOVER = "income_with_carryover"
    INCOME_PART = "income_part"
    EXPENDITURE_TOTAL = "expenditure_total"
    EXPENDITURE_BASIC = "expenditure_basic"
    EXPENDITURE_PERSONNEL = "expenditure_personnel"
    EXPENDITURE_PUBLIC_USE = "expenditure_public_use"
    EXPENDITURE_PROJECT = "expenditure_project"
    EXPENDITURE_WITH_CARRYOVER = "expenditure_with_carryover"
    EXPENDITURE_PART = "expenditure_part"
    CHANGE_TOTAL = "change_total"
    CHANGE_BASIC = "change_basic"
    CHANGE_PROJECT = "change_project"
    CHANGE_PART = "change_part"
    AGENCY_OPERATING_FUNDS = "agency_operating_funds"
    THREE_PUBLIC_TOTAL = "three_public_total"
    THREE_PUBLIC_OVERSEAS = "three_public_overseas"
    THREE_PUBLIC_VEHICLE = "three_public_vehicle"
    THREE_PUBLIC_VEHICLE_PURCHASE = "three_public_vehicle_purchase"
    THREE_PUBLIC_VEHICLE_OPERATION = "three_public_vehicle_operation"
    THREE_PUBLIC_RECEPTION = "three_public_reception"
    THREE_PUBLIC_CHANGE = "three_public_change"
    PROCUREMENT_TOTAL = "procurement_total"
    PROCUREMENT_PART = "procurement_part"
    FIXED_ASSETS_YEAR_END = "fixed_assets_year_end"
    FIXED_ASSETS_PLANNED = "fixed_assets_planned"


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class CheckStatus(StrEnum):
    PASS = "pass"  # noqa: S105 - an outcome, not a secret
    ROUNDING = "rounding"
    FAIL = "fail"
    NOT_APPLICABLE = "not_applicable"
    INSUFFICIENT_DATA = "insufficient_data"
    ERROR = "error"
