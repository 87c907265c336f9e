"""A department's budget as numbers that add up, in 万元 with two places."""

from dataclasses import dataclass, replace
from decimal import Decimal
from random import Random
from typing import Final

ZERO: Final = Decimal("0.00")

COMMON_FUNCTIONS: Final = (
    ("208", "社会保障和就业支出", "20805", "行政事业单位养老支出", "2080505", "机关事业单位基本养老保险缴费支出"),
    ("210", "卫生健康支出", "21011", "行政事业单位医疗", "2101101", "行政单位医疗"),
    ("221", "住房保障支出", "22102", "住房改革支出", "2210201", "住房公积金"),
)
FUND_FUNCTION: Final = (
    "212",
    "城乡社区支出",
    "21208",
    "国有土地使用权出让收入安排的支出",
    "2120899",
    "其他国有土地使用权出让收入安排的支出",
)
PERSONNEL_LINES: Final = (
    (
        "301",
        "工资福利支出",
        (
            ("30101", "基本工资"),
            ("30102", "津贴补贴"),
            ("30108", "机关事业单位基本养老保险缴费"),
            ("30110", "职工基本医疗保险缴费"),
            ("30113", "住房公积金"),
        ),
    ),
    ("303", "对个人和家庭的补助", (("30302", "退休费"), ("30305", "生活补助"))),
)
PUBLIC_LINES: Final = (
    (
        "302",
        "商品和服务支出",
        (
            ("30201", "办公费"),
            ("30207", "邮电费"),
            ("30211", "差旅费"),
            ("30215", "会议费"),
            ("30216", "培训费"),
            ("30217", "公务接待费"),
            ("30229", "福利费"),
            ("30231", "公务用车运行维护费"),
        ),
    ),
    ("310", "资本性支出", (("31002", "办公设备购置"),)),
)
PROJECT_NAMES: Final = (
    "信息系统运行维护",
    "业务培训",
    "宣传印刷",
    "专项检查",
    "基层站所补助",
    "设备更新",
    "档案整理",
    "购买服务",
    "应急储备",
    "下乡帮扶",
)


def money(rng: Random, low: int, high: int, places: int = 2) -> Decimal:
    """A figure between `low` and `high` 万元, to `places` places: 2 is hundreds of 元, 4 is whole 元."""
    scale: int = 10**places
    return Decimal(rng.randint(low * scale, high * scale)) / scale


@dataclass(frozen=True)
class Leaf:
    """A functional item (类, 款, 项) with its spending in 万元; `fund` is true for 政府性基金.

    Of its project spending `other` is paid by 其他收入; `opening` was left from the year before, `closing` is left
    for the next: its income is what it spends, less `opening`, with `closing`.
    """

    codes: tuple[str, str, str, str, str, str]
    basic: Decimal
    project: Decimal
    fund: bool = False
    personnel: Decimal = ZERO
    other: Decimal = ZERO
    opening: Decimal = ZERO
    closing: Decimal = ZERO

    @property
    def total(self) -> Decimal:
        return self.basic + self.project


@dataclass(frozen=True)
class Economic:
    """An economic item of basic expenditure."""

    code: str
    name: str
    class_code: str
    class_name: str
    amount: Decimal
    personnel: bool


@dataclass(frozen=True)
class Plan:
    """A project and its money."""

    name: str
    budget: Decimal
    fiscal: Decimal
    leaf: str


@dataclass(frozen=True)
class Purchase:
    """A line of the procurement budget."""

    plan: Plan
    item: str
    catalogue: str
    unit: str
    quantity: int
    price: Decimal

    @property
    def total(self) -> Decimal:
        return self.price * self.quantity


@dataclass(frozen=True)
class Budget:
    """All figures of one department and year; `carryover` pays for part of the first project."""

    leaves: tuple[Leaf, ...]
    economic: tuple[Economic, ...]
    plans: tuple[Plan, ...]
    purchases: tuple[Purchase, ...]
    carryover: Decimal
    change_basic: Decimal
    change_project: Decimal
    vehicles: tuple[int, Decimal]
    equipment: tuple[int, Decimal]
    other_assets: tuple[int, Decimal]

    @property
    def personnel(self) -> Decimal:
        return sum((line.amount for line in self.economic if line.personnel), ZERO)

    @property
    def public_use(self) -> Decimal:
        return sum((line.amount for line in self.economic if not line.personnel), ZERO)

    @property
    def basic(self) -> Decimal:
        return self.personnel + self.public_use

    @property
    def project(self) -> Decimal:
        return sum((leaf.project for leaf in self.leaves), ZERO)

    @property
    def total(self) -> Decimal:
        return self.basic + self.project

    @property
    def change(self) -> Decimal:
        """Against the year before; a decrease is negative."""
        return self.change_basic + self.change_project

    @property
    def fund(self) -> Decimal:
        return sum((leaf.total for leaf in self.leaves if leaf.fund), ZERO)

    def economic_line(self, code: str) -> Decimal:
        """The amount of one economic item, zero where the budget has none."""
        return sum((line.amount for line in self.economic if line.code == code), ZERO)


def _economic(rng: Random, places: int) -> tuple[Economic, ...]:
    lines = []
    for personnel, classes in ((True, PERSONNEL_LINES), (False, PUBLIC_LINES)):
        for class_code, class_name, items in classes:
            for code, name in items:
                low, high = (20, 400) if personnel else (1, 25)
                lines.append(
                    Economic(code, name, class_code, class_name, money(rng, low, high, places), personnel)
                )
    return tuple(sorted(lines, key=lambda line: line.code))


def _plans(rng: Random, leaves: tuple[tuple[str, ...], ...], places: int) -> tuple[Plan, ...]:
    names = rng.sample(PROJECT_NAMES, rng.randint(4, 7))
    plans = []
    for number, name in enumerate(names):
        budget = money(rng, 5, 300, places)
        leaf = leaves[number % len(leaves)][4]
        plans.append(Plan(f"{name}经费", budget, budget, leaf))
    return tuple(plans)


def _purchases(rng: Random, plans: tuple[Plan, ...]) -> tuple[Purchase, ...]:
    goods = (
        ("台式计算机", "A02010105", "台"),
        ("复印机", "A02020100", "台"),
        ("复印纸", "A05040101", "箱"),
        ("其他服务", "C99000000", "项"),
    )
    chosen = rng.sample(goods, rng.randint(2, 4))
    return tuple(
        Purchase(rng.choice(plans), item, catalogue, unit, rng.randint(1, 9), Decimal(rng.randint(5, 60)) / 100)
        for item, catalogue, unit in chosen
    )


def make_budget(
    rng: Random, functions: tuple[tuple[str, str, str, str, str, str], ...], fund: bool, places: int = 2
) -> Budget:
    """The budget of a department that works in `functions`; with `fund`, one leaf is paid by a government fund.

    Its figures are in 万元 to `places` places.
    """
    economic = _economic(rng, places)
    basic = sum((line.amount for line in economic), ZERO)
    public = sum((line.amount for line in economic if not line.personnel), ZERO)
    plans = _plans(rng, (*functions, FUND_FUNCTION) if fund else functions, places)
    spent = {plan.leaf: ZERO for plan in plans}
    for plan in plans:
        spent[plan.leaf] += plan.budget
    leaves = []
    left = basic
    for codes in COMMON_FUNCTIONS:
        part = (basic * rng.randint(4, 9) / 100).quantize(ZERO)
        left -= part
        leaves.append(Leaf(codes, part, ZERO, personnel=part))
    for number, codes in enumerate(functions):
        project = spent.get(codes[4], ZERO)
        if number == 0:
            leaves.append(Leaf(codes, left, project, personnel=left - public))
        elif project:
            leaves.append(Leaf(codes, ZERO, project))
    if spent.get(FUND_FUNCTION[4]):
        leaves.append(Leaf(FUND_FUNCTION, ZERO, spent[FUND_FUNCTION[4]], fund=True))
    carryover = money(rng, 1, 4, places) if rng.random() < 0.5 else ZERO
    carrier = next((leaf for leaf in leaves if not leaf.fund and leaf.project > carryover), leaves[0])
    return Budget(
        leaves=tuple(
            replace(leaf, opening=carryover) if leaf is carrier else leaf
            for leaf in sorted(leaves, key=lambda leaf: leaf.codes[4])
        ),
        economic=economic,
        plans=plans,
        purchases=_purchases(rng, plans),
        carryover=carryover,
        change_basic=money(rng, -60, 60, places),
        change_project=money(rng, -80, 80, places),
        vehicles=(rng.randint(1, 9), money(rng, 10, 120)),
        equipment=(rng.randint(1, 5), money(rng, 25, 200)),
        other_assets=(rng.randint(50, 900), money(rng, 30, 600)),
    )


def with_other_income(rng: Random, budget: Budget, accounts: bool) -> Budget:
    """`budget` with a project partly paid by 其他收入; as `accounts`, with money left at the year's end too."""
    chosen = max((leaf for leaf in budget.leaves if not leaf.fund), key=lambda leaf: leaf.project)
    leaves = []
    for leaf in budget.leaves:
        if leaf is chosen:
            part = (leaf.project / rng.randint(4, 9)).quantize(ZERO)
            leaves.append(replace(leaf, other=part, closing=money(rng, 1, 9) if accounts else ZERO))
        elif leaf.fund and accounts:
            leaves.append(replace(leaf, opening=money(rng, 1, 4), closing=money(rng, 1, 9)))
        else:
            leaves.append(leaf)
    return replace(budget, leaves=tuple(leaves))


def left_for_next_year(rng: Random, budget: Budget) -> Budget:
    """`budget` with income of the year that is spent in the next (结转下年)."""
    chosen = max((leaf for leaf in budget.leaves if not leaf.fund), key=lambda leaf: leaf.project)
    leaves = [replace(leaf, closing=money(rng, 1, 9)) if leaf is chosen else leaf for leaf in budget.leaves]
    return replace(budget, leaves=tuple(leaves))
