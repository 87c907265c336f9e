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
    GOVERNMENT_REVENUE = "government_revenue"
    GOVERNMENT_EXPENDITURE = "government_expenditure"
    GOVERNMENT_BALANCE = "government_balance"
    GOVERNMENT_THREE_PUBLIC = "government_three_public"
    TRANSFERS = "transfers"
    FUND_SURPLUS = "fund_surplus"
    DEBT_LIMIT = "debt_limit"
    DEBT_BALANCE = "debt_balance"
    DEBT_ISSUE = "debt_issue"
    DEBT_SERVICE = "debt_service"
    BOND_USE = "bond_use"

    @property
    def of_government(self) -> bool:
        """Whether it is a table of a government's own budget, accounts or debt."""
        return self in _OF_GOVERNMENT


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
    OWN_RESOURCES = "own_resources"
    TAX_REBATE = "tax_rebate"
    GENERAL_TRANSFER = "general_transfer"
    SPECIAL_TRANSFER = "special_transfer"
    TRANSFERRED_IN = "transferred_in"
    DEBT_PROCEEDS = "debt_proceeds"
    NEW_BONDS = "new_bonds"
    REFINANCING = "refinancing"
    PRINCIPAL = "principal"
    INTEREST = "interest"
    CHANGE = "change"
    OTHER = "other"


class Basis(StrEnum):
    """What a figure is: planned, as changed in the year, executed, in the end, or the most that may be."""

    BUDGET = "budget"
    ADJUSTED_BUDGET = "adjusted_budget"
    FINAL = "final"
    DRAFT = "draft"
    EXECUTION = "execution"
    EXPECTED_EXECUTION = "expected_execution"
    LIMIT = "limit"
    PLAN = "plan"


class Fund(StrEnum):
    """A government's budget that money is of (budget law, article 5), a social insurance, or its debt by kind."""

    GENERAL_PUBLIC_BUDGET = "general_public_budget"
    GOVERNMENT_FUND = "government_fund"
    STATE_CAPITAL = "state_capital"
    SOCIAL_INSURANCE = "social_insurance"
    ENTERPRISE_PENSION = "enterprise_pension"
    RESIDENT_PENSION = "resident_pension"
    AGENCY_PENSION = "agency_pension"
    EMPLOYEE_MEDICAL = "employee_medical"
    RESIDENT_MEDICAL = "resident_medical"
    WORK_INJURY = "work_injury"
    UNEMPLOYMENT = "unemployment"
    MATERNITY = "maternity"
    LONG_TERM_CARE = "long_term_care"
    FISCAL_ACCOUNT = "fiscal_account"
    DEBT = "debt"
    GENERAL_DEBT = "general_debt"
    SPECIAL_DEBT = "special_debt"

    @property
    def of_insurance(self) -> bool:
        """Whether it is one of the social insurances."""
        return self in _INSURANCES


class BudgetLevel(StrEnum):
    """Whose money it is: the whole area's, the government's own, or that of governments below it."""

    WHOLE_AREA = "whole_area"
    OWN = "own"
    SUBORDINATES = "subordinates"


class LineClassification(StrEnum):
    """What the rows of a government's table are."""

    FUNCTIONAL = "functional"
    GOVERNMENT_ECONOMIC = "government_economic"
    DEPARTMENT_ECONOMIC = "department_economic"
    DEPARTMENT = "department"
    PROJECT = "project"
    ITEM = "item"
    AREA = "area"


_OF_GOVERNMENT = frozenset(
    {
        TableName.GOVERNMENT_REVENUE,
        TableName.GOVERNMENT_EXPENDITURE,
        TableName.GOVERNMENT_BALANCE,
        TableName.GOVERNMENT_THREE_PUBLIC,
        TableName.TRANSFERS,
        TableName.FUND_SURPLUS,
        TableName.DEBT_LIMIT,
        TableName.DEBT_BALANCE,
        TableName.DEBT_ISSUE,
        TableName.DEBT_SERVICE,
        TableName.BOND_USE,
    }
)
_INSURANCES = frozenset(
    {
        Fund.ENTERPRISE_PENSION,
        Fund.RESIDENT_PENSION,
        Fund.AGENCY_PENSION,
        Fund.EMPLOYEE_MEDICAL,
        Fund.RESIDENT_MEDICAL,
        Fund.WORK_INJURY,
        Fund.UNEMPLOYMENT,
        Fund.MATERNITY,
        Fund.LONG_TERM_CARE,
    }
)


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
    REVENUE = "revenue"
    TAX_REVENUE = "tax_revenue"
    NON_TAX_REVENUE = "non_tax_revenue"
    EXPENDITURE = "expenditure"
    REVENUE_GRAND_TOTAL = "revenue_grand_total"
    EXPENDITURE_GRAND_TOTAL = "expenditure_grand_total"
    TRANSFERS_RECEIVED = "transfers_received"
    TRANSFERS_PAID = "transfers_paid"
    TRANSFERRED_IN = "transferred_in"
    TRANSFERRED_OUT = "transferred_out"
    CARRIED_IN = "carried_in"
    CARRIED_OVER = "carried_over"
    SURPLUS = "surplus"
    SURPLUS_ACCUMULATED = "surplus_accumulated"
    DEBT_LIMIT = "debt_limit"
    DEBT_BALANCE = "debt_balance"
    DEBT_ISSUED = "debt_issued"
    DEBT_REPAID = "debt_repaid"
    DEBT_INTEREST = "debt_interest"


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
