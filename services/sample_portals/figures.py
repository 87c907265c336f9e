"""The figures of one disclosure before a layout prints them: every table, sentence and project, in yuan."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Final

from services.sample_portals.budget import ZERO, Budget, Leaf
from services.sample_portals.performance import ProjectFigures

YUAN: Final = 10000
CLASSES: Final = (
    ("201", "一般公共服务支出"),
    ("202", "外交支出"),
    ("203", "国防支出"),
    ("204", "公共安全支出"),
    ("205", "教育支出"),
    ("206", "科学技术支出"),
    ("207", "文化旅游体育与传媒支出"),
    ("208", "社会保障和就业支出"),
    ("209", "社会保险基金支出"),
    ("210", "卫生健康支出"),
    ("211", "节能环保支出"),
    ("212", "城乡社区支出"),
    ("213", "农林水支出"),
    ("214", "交通运输支出"),
    ("215", "资源勘探工业信息等支出"),
    ("216", "商业服务业等支出"),
    ("217", "金融支出"),
    ("221", "住房保障支出"),
    ("224", "灾害防治及应急管理支出"),
    ("229", "其他支出"),
)
Amounts = dict[str, Decimal]


@dataclass
class StatementLine:
    """A row of a table, or one side of a row: `key` is what it is, `cells` are yuan by record column."""

    key: str
    cells: Amounts
    code: str | None = None
    name: str = ""
    side: str | None = None


@dataclass
class Figures:
    """Everything a disclosure says. What is changed here is printed so, and the truth says the same.

    `facts` are what prose states, by metric; `prior.` and `planned.` before a metric are last year's and the
    budget of the accounts. `restated` are those that a second mention prints otherwise; `rough` ones print whole
    万元. `said_year` is what the first sentence calls the year; `units` are those of a table or metric that
    differ; `sentences` stand in the place of those that would state a metric.
    """

    kind: str
    year: int
    statements: dict[str, list[StatementLine]] = field(default_factory=dict)
    facts: Amounts = field(default_factory=dict)
    restated: Amounts = field(default_factory=dict)
    rough: set[str] = field(default_factory=set)
    shares: Amounts = field(default_factory=dict)
    said_year: int | None = None
    units: dict[str, str] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    sentences: dict[str, str] = field(default_factory=dict)
    rows: dict[str, list[dict[str, object]]] = field(default_factory=dict)
    projects: list[ProjectFigures] = field(default_factory=list)
    notes: dict[str, str] = field(default_factory=dict)

    def copy(self) -> "Figures":
        """These figures for another print: what is changed in one is not in the other."""
        same = replace(self, projects=[project.copy() for project in self.projects], rough=set(self.rough))
        same.statements = {
            table: [replace(line, cells=dict(line.cells)) for line in lines]
            for table, lines in self.statements.items()
        }
        same.rows = {table: [dict(row) for row in rows] for table, rows in self.rows.items()}
        for name in ("facts", "restated", "shares", "units", "words", "sentences", "notes"):
            setattr(same, name, dict(getattr(self, name)))
        return same

    def line(self, table: str, key: str, side: str | None = None) -> StatementLine:
        """The line `key` of a table; KeyError where there is none."""
        for line in self.statements.get(table, ()):
            if line.key == key and line.side == side:
                return line
        raise KeyError((table, key, side))


def functional(leaves: Iterable[Leaf]) -> Iterator[tuple[str, str | None, str, list[Leaf]]]:
    """(key, code, name, leaves under it): the total, then each 类, its 款 and their 项."""
    under = list(leaves)
    yield "whole", None, "", under
    seen: set[str] = set()
    for leaf in under:
        for level in (0, 2, 4):
            code, name = leaf.codes[level], leaf.codes[level + 1]
            if code not in seen:
                seen.add(code)
                yield code, code, name, [each for each in under if each.codes[level] == code]


def _sum(leaves: Iterable[Leaf], part: Callable[[Leaf], Decimal]) -> Decimal:
    return sum((part(leaf) for leaf in leaves), ZERO) * YUAN


def _cells(leaves: list[Leaf], columns: dict[str, Callable[[Leaf], Decimal]]) -> Amounts:
    return {column: _sum(leaves, part) for column, part in columns.items()}


def _income(leaf: Leaf) -> Decimal:
    return leaf.total - leaf.opening + leaf.closing


def _nothing(_leaf: Leaf) -> Decimal:
    return ZERO


_SPENDING: Final[dict[str, Callable[[Leaf], Decimal]]] = {
    "total": lambda leaf: leaf.total,
    "basic": lambda leaf: leaf.basic,
    "project": lambda leaf: leaf.project,
    "personnel": lambda leaf: leaf.personnel,
    "public_use": lambda leaf: leaf.basic - leaf.personnel,
    "operating": _nothing,
    "remitted_to_superior": _nothing,
    "subsidy_to_affiliates": _nothing,
}
_FISCAL: Final = _SPENDING | {
    "total": lambda leaf: leaf.total - leaf.other,
    "project": lambda leaf: leaf.project - leaf.other,
    "opening": lambda leaf: leaf.opening,
    "income": lambda leaf: _income(leaf) - leaf.other,
    "closing": lambda leaf: leaf.closing,
}
_SOURCES: Final[dict[str, Callable[[Leaf], Decimal]]] = {
    "current_year": _income,
    "fiscal_appropriation": lambda leaf: _income(leaf) - leaf.other,
    "other_income": lambda leaf: leaf.other,
    "fiscal_account": _nothing,
    "business_income": _nothing,
    "general_public_budget": lambda leaf: ZERO if leaf.fund else _income(leaf) - leaf.other,
    "government_fund": lambda leaf: _income(leaf) if leaf.fund else ZERO,
    "state_capital": _nothing,
    "operating_income": _nothing,
    "superior_subsidy": _nothing,
    "affiliated_remittance": _nothing,
}


def _coded(leaves: Iterable[Leaf], columns: dict[str, Callable[[Leaf], Decimal]]) -> list[StatementLine]:
    return [
        StatementLine(key, _cells(under, columns), code, name) for key, code, name, under in functional(leaves)
    ]


def statements(budget: Budget, accounts: bool) -> dict[str, list[StatementLine]]:
    """The nine tables of a department's budget, or of its `accounts`."""
    leaves = budget.leaves
    income = _SOURCES | (
        {"total": _income}
        if accounts
        else {"total": lambda leaf: leaf.total + leaf.closing, "carryover": lambda leaf: leaf.opening}
    )
    spending = _coded(leaves, _SPENDING)
    spending[0].cells |= {"reserve": Decimal(0), "closing": _sum(leaves, lambda leaf: leaf.closing)}
    return {
        "balance": _balance(leaves),
        "income": [*_coded(leaves, income), *_income_rows(leaves)],
        "expenditure": spending,
        "appropriation_balance": _appropriations(leaves),
        "general_budget_expenditure": _coded([leaf for leaf in leaves if not leaf.fund], _FISCAL),
        "general_budget_basic_expenditure": _economic(budget),
        "appropriation_basic_expenditure": _economic(budget),
        "government_fund_expenditure": _fund_table([leaf for leaf in leaves if leaf.fund]),
        "state_capital_expenditure": [],
        "three_public": _three_public(budget),
    }


def _income_rows(leaves: tuple[Leaf, ...]) -> list[StatementLine]:
    """The rows of an income table that has a row a source."""
    rows = {
        "general": _sum(leaves, lambda leaf: ZERO if leaf.fund else _income(leaf) - leaf.other),
        "fund": _sum(leaves, lambda leaf: _income(leaf) if leaf.fund else ZERO),
        "other": _sum(leaves, lambda leaf: leaf.other),
        "carried": _sum(leaves, lambda leaf: leaf.opening),
    }
    rows |= {"general_again": rows["general"], "other_again": rows["other"]}
    return [StatementLine(key, {"total": amount}) for key, amount in rows.items()]


def _fund_table(leaves: list[Leaf]) -> list[StatementLine]:
    return _coded(leaves, _FISCAL) if leaves else []


def _classes(leaves: Iterable[Leaf], columns: dict[str, Callable[[Leaf], Decimal]]) -> list[StatementLine]:
    lines = []
    for code, name in CLASSES:
        cells = _cells([leaf for leaf in leaves if leaf.codes[0] == code], columns)
        lines.append(StatementLine(code, cells, name=name, side="expenditure"))
    return lines


def _balance(leaves: tuple[Leaf, ...]) -> list[StatementLine]:
    general = _sum(leaves, lambda leaf: ZERO if leaf.fund else _income(leaf) - leaf.other)
    fund = _sum(leaves, lambda leaf: _income(leaf) if leaf.fund else ZERO)
    other = _sum(leaves, lambda leaf: leaf.other)
    opening, closing = _sum(leaves, lambda leaf: leaf.opening), _sum(leaves, lambda leaf: leaf.closing)
    current = general + fund + other
    income = {"general": general, "fund": fund, "fiscal": general + fund, "other": other, "current": current}
    income |= dict.fromkeys(
        ("capital", "fiscal_account", "superior", "business", "operating", "affiliated", "unit_funds", "reserve"),
        Decimal(0),
    )
    income |= {"opening": opening, "whole": current + opening}
    columns = {**_SPENDING, "budget": _SPENDING["total"]}
    spent = _cells(list(leaves), columns)
    whole = spent | {"budget": spent["budget"] + closing, "total": spent["total"] + closing}
    zero = dict.fromkeys(columns, Decimal(0))
    left = zero | {"budget": closing, "total": closing}
    return [
        *(StatementLine(key, {"budget": amount}, side="income") for key, amount in income.items()),
        *_classes(leaves, columns),
        *(
            StatementLine(key, dict(cells), side="expenditure")
            for key, cells in (("current", spent), ("distribution", zero), ("closing", left), ("whole", whole))
        ),
    ]


def _by_fund(general: Decimal, fund: Decimal) -> Amounts:
    total = general + fund
    return {
        "budget": total,
        "total": total,
        "general_public_budget": general,
        "government_fund": fund,
        "state_capital": Decimal(0),
    }


def _appropriations(leaves: tuple[Leaf, ...]) -> list[StatementLine]:
    def split(part: Callable[[Leaf], Decimal], under: Iterable[Leaf] = leaves) -> Amounts:
        chosen = list(under)
        general = _sum([leaf for leaf in chosen if not leaf.fund], part)
        return _by_fund(general, _sum([leaf for leaf in chosen if leaf.fund], part))

    income, opening = split(lambda leaf: _income(leaf) - leaf.other), split(lambda leaf: leaf.opening)
    spent, closing = split(lambda leaf: leaf.total - leaf.other), split(lambda leaf: leaf.closing)
    left = {
        "general": income["general_public_budget"],
        "fund": income["government_fund"],
        "capital": Decimal(0),
        "current": income["total"],
        "opening": opening["total"],
        "opening_general": opening["general_public_budget"],
        "opening_fund": opening["government_fund"],
        "opening_capital": Decimal(0),
        "whole": income["total"] + opening["total"],
    }
    whole = {column: spent[column] + closing[column] for column in spent}
    right = []
    for code, name in CLASSES:
        cells = split(lambda leaf: leaf.total - leaf.other, [leaf for leaf in leaves if leaf.codes[0] == code])
        right.append(StatementLine(code, cells, name=name, side="expenditure"))
    return [
        *(StatementLine(key, {"budget": amount}, side="income") for key, amount in left.items()),
        *right,
        *(
            StatementLine(key, cells, side="expenditure")
            for key, cells in (("current", spent), ("closing", closing), ("whole", whole))
        ),
    ]


def _economic(budget: Budget) -> list[StatementLine]:
    def add(key: str, code: str | None, name: str, personnel: Decimal, public: Decimal) -> None:
        cells = {"total": personnel + public, "personnel": personnel, "public_use": public}
        lines.append(StatementLine(key, {column: each * YUAN for column, each in cells.items()}, code, name))

    lines: list[StatementLine] = []
    add("whole", None, "", budget.personnel, budget.public_use)
    for class_code in dict.fromkeys(line.class_code for line in budget.economic):
        under = [line for line in budget.economic if line.class_code == class_code]
        personnel = sum((line.amount for line in under if line.personnel), ZERO)
        public = sum((line.amount for line in under if not line.personnel), ZERO)
        add(class_code, class_code, under[0].class_name, personnel, public)
        for line in under:
            amounts = (line.amount, ZERO) if line.personnel else (ZERO, line.amount)
            add(line.code, line.code, line.name, *amounts)
    return lines


def _three_public(budget: Budget) -> list[StatementLine]:
    vehicle, reception = budget.economic_line("30231") * YUAN, budget.economic_line("30217") * YUAN
    amounts = {
        "whole": vehicle + reception,
        "subtotal": vehicle + reception,
        "overseas": Decimal(0),
        "vehicle": vehicle,
        "purchase": Decimal(0),
        "operation": vehicle,
        "reception": reception,
    }
    lines = [
        StatementLine(key, {"total": amount, "general_public_budget": amount, "planned": amount})
        for key, amount in amounts.items()
    ]
    meeting, training = budget.economic_line("30215") * YUAN, budget.economic_line("30216") * YUAN
    more = {
        "meeting": meeting,
        "training": training,
        "with_meetings": vehicle + reception + meeting + training,
        "agency": budget.public_use * YUAN,
    }
    return lines + [StatementLine(key, {"total": amount}) for key, amount in more.items()]


def facts(budget: Budget, accounts: bool) -> Amounts:
    """What prose may state, by metric, in yuan."""
    leaves = budget.leaves
    general = sum((_income(leaf) - leaf.other for leaf in leaves if not leaf.fund), ZERO)
    fund = sum((_income(leaf) for leaf in leaves if leaf.fund), ZERO)
    other = sum((leaf.other for leaf in leaves), ZERO)
    opening, closing = (sum((getattr(leaf, end) for leaf in leaves), ZERO) for end in ("opening", "closing"))
    income = general + fund + other
    stated = {
        "income_total": income if accounts else income + opening,
        "income_general_public_budget": general,
        "income_government_fund": fund,
        "income_state_capital": ZERO,
        "income_fiscal_account": ZERO,
        "income_unit_funds": ZERO,
        "income_other": other,
        "income_carryover": opening,
        "expenditure_total": budget.total,
        "expenditure_basic": budget.basic,
        "expenditure_personnel": budget.personnel,
        "expenditure_public_use": budget.public_use,
        "expenditure_project": budget.project,
        "change_total": budget.change,
        "change_basic": budget.change_basic,
        "change_project": budget.change_project,
        "agency_operating_funds": budget.public_use,
        "procurement_total": sum((purchase.total for purchase in budget.purchases), ZERO),
        "fixed_assets_year_end": budget.vehicles[1] + budget.equipment[1] + budget.other_assets[1],
        "whole": income + opening,
        "closing": closing,
        "fiscal": general + fund,
        "general_spent": sum((leaf.total - leaf.other for leaf in leaves if not leaf.fund), ZERO),
    }
    stated |= {
        "fixed_assets_planned": stated["procurement_total"],
        "prior.expenditure_total": budget.total - budget.change,
        "prior.whole": stated["whole"] - budget.change,
        "change_reserve": ZERO,
        "expenditure_reserve": ZERO,
        "project.first": budget.plans[0].budget,
    }
    for leaf in leaves:
        name = f"class.{leaf.codes[0]}"
        stated[name] = stated.get(name, ZERO) + leaf.total
    return {name: amount * YUAN for name, amount in (stated | _three_public_facts(budget)).items()}


def _three_public_facts(budget: Budget) -> Amounts:
    """In 万元; a little more was planned the year before."""
    vehicle, reception = budget.economic_line("30231"), budget.economic_line("30217")
    return {
        "three_public_total": vehicle + reception,
        "three_public_overseas": ZERO,
        "three_public_vehicle": vehicle,
        "three_public_vehicle_purchase": ZERO,
        "three_public_vehicle_operation": vehicle,
        "three_public_reception": reception,
        "three_public_change": Decimal(-1),
        "prior.three_public_total": vehicle + reception + 1,
    }
