"""The money of one fictional county for the years that its documents tell of, in yuan.

Figures stand under addresses `fund.level.statement`; the cells of a line are by series: `prior` what was done the
year before, `planned` and `adjusted` the year's budget, `done` what was done of it, `next` the next year's budget;
of insurances and debts, by fund.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from random import Random
from typing import Final

from services.sample_portals.figures import StatementLine

SERIES: Final = ("prior", "planned", "adjusted", "done", "next")
INSURANCES: Final = ("resident_pension", "employee_medical", "unemployment")
DEBTS: Final = ("general_debt", "special_debt")
TOWNS: Final = ("白塔镇", "河湾镇", "松林乡")
WAN: Final = 10_000
FURTHER: Final = "further"
"""What the keys of lines begin with that every layout prints by their names, before the total."""
Amounts = dict[str, Decimal]
Codes = Sequence[tuple[str, str]]

_TAXES: Final[Codes] = (
    ("10101", "增值税"),
    ("10104", "企业所得税"),
    ("10106", "个人所得税"),
    ("10109", "城市维护建设税"),
    ("10110", "房产税"),
    ("10118", "耕地占用税"),
    ("10119", "契税"),
)
_FEES: Final[Codes] = (
    ("10302", "专项收入"),
    ("10304", "行政事业性收费收入"),
    ("10305", "罚没收入"),
    ("10307", "国有资源（资产）有偿使用收入"),
)
_GENERAL: Final[Codes] = (
    ("201", "一般公共服务支出"),
    ("20101", "人大事务"),
    ("2010101", "行政运行"),
    ("2010104", "人大会议"),
    ("20103", "政府办公厅（室）及相关机构事务"),
    ("2010301", "行政运行"),
    ("2010308", "信访事务"),
    ("204", "公共安全支出"),
    ("20402", "公安"),
    ("2040201", "行政运行"),
    ("2040220", "执法办案"),
    ("205", "教育支出"),
    ("20502", "普通教育"),
    ("2050201", "学前教育"),
    ("2050202", "小学教育"),
    ("2050203", "初中教育"),
    ("208", "社会保障和就业支出"),
    ("20805", "行政事业单位养老支出"),
    ("2080505", "机关事业单位基本养老保险缴费支出"),
    ("20808", "抚恤"),
    ("2080801", "死亡抚恤"),
    ("213", "农林水支出"),
    ("21301", "农业农村"),
    ("2130101", "行政运行"),
    ("2130122", "农业生产发展"),
    ("21303", "水利"),
    ("2130314", "防汛"),
    ("221", "住房保障支出"),
    ("22102", "住房改革支出"),
    ("2210201", "住房公积金"),
)
_FUND: Final[Codes] = (
    ("212", "城乡社区支出"),
    ("21208", "国有土地使用权出让收入安排的支出"),
    ("2120801", "征地和拆迁补偿支出"),
    ("2120803", "城市建设支出"),
    ("21214", "污水处理费安排的支出"),
    ("2121401", "污水处理设施建设和运营"),
    ("229", "其他支出"),
    ("22960", "彩票公益金安排的支出"),
    ("2296002", "用于社会福利的彩票公益金支出"),
    ("2296003", "用于体育事业的彩票公益金支出"),
)
_FUND_REVENUE: Final[Codes] = (
    ("1030148", "国有土地使用权出让收入"),
    ("1030156", "城市基础设施配套费收入"),
    ("1030178", "污水处理费收入"),
    ("1030199", "其他政府性基金收入"),
)
_CAPITAL_REVENUE: Final[Codes] = (
    ("1030601", "利润收入"),
    ("1030602", "股利、股息收入"),
    ("1030603", "产权转让收入"),
)
_CAPITAL: Final[Codes] = (
    ("223", "国有资本经营预算支出"),
    ("22301", "解决历史遗留问题及改革成本支出"),
    ("2230105", "国有企业退休人员社会化管理补助支出"),
    ("22302", "国有企业资本金注入"),
    ("2230201", "国有经济结构调整支出"),
)
_ECONOMIC: Final[Codes] = (
    ("501", "机关工资福利支出"),
    ("50101", "工资奖金津补贴"),
    ("50102", "社会保障缴费"),
    ("502", "机关商品和服务支出"),
    ("50201", "办公经费"),
    ("50205", "委托业务费"),
    ("505", "对事业单位经常性补助"),
    ("50501", "工资福利支出"),
    ("509", "对个人和家庭的补助"),
    ("50901", "社会福利和救助"),
)


_PROJECTS: Final[Mapping[str, tuple[str, ...]]] = {
    "general_debt": ("白塔镇至河湾镇公路改建工程", "松林小学教学楼建设项目", "农村饮水安全巩固提升工程"),
    "special_debt": (
        "县城污水处理厂扩建项目",
        "县人民医院综合楼建设项目",
        "老旧小区改造配套工程",
        "产业园区标准化厂房",
    ),
}


@dataclass
class GovernmentFigures:
    """Everything a county's documents say. What is changed here is printed so, and the truth says the same.

    `facts` are figures that the report states otherwise than the tables, `rates` percentages that are printed
    otherwise, each by its place; `codes` those of a table printed with other codes; `omitted` tables are left out.
    """

    year: int
    statements: dict[str, list[StatementLine]] = field(default_factory=dict)
    facts: Amounts = field(default_factory=dict)
    rates: Amounts = field(default_factory=dict)
    codes: dict[tuple[str, str], str] = field(default_factory=dict)
    omitted: frozenset[str] = frozenset()

    def copy(self) -> "GovernmentFigures":
        """These figures for another print."""
        statements = {
            address: [replace(line, cells=dict(line.cells)) for line in lines]
            for address, lines in self.statements.items()
        }
        return replace(
            self,
            statements=statements,
            facts=dict(self.facts),
            rates=dict(self.rates),
            codes=dict(self.codes),
        )

    def line(self, address: str, key: str) -> StatementLine:
        """The line `key` of a statement; KeyError where there is none."""
        for line in self.statements[address]:
            if line.key == key:
                return line
        raise KeyError((address, key))


def make_accounts(rng: Random, year: int) -> GovernmentFigures:
    """A county's figures around `year`; whatever is a sum of others is one."""
    figures = GovernmentFigures(year)
    own, below = _revenue(rng, 4000), [_revenue(rng, 200) for _ in TOWNS]
    spent, spent_below = _coded(rng, _GENERAL, 9000), [_coded(rng, _GENERAL, 300) for _ in TOWNS]
    figures.statements = {
        "general.own.revenue": own,
        "general.whole.revenue": _together([own, *below]),
        "general.own.expenditure": spent,
        "general.whole.expenditure": _together([spent, *spent_below]),
        "general.whole.areas": _areas(own, below),
        "fund.whole.revenue": _listed(rng, _FUND_REVENUE, 5000),
        "fund.whole.expenditure": _coded(rng, _FUND, 4000),
        "capital.own.revenue": _listed(rng, _CAPITAL_REVENUE, 60),
        "capital.own.expenditure": _coded(rng, _CAPITAL, 40),
        "general.own.economic": _split(rng, _ECONOMIC, _total(spent)["next"]),
        "general.own.three_public": _three_public(rng),
        "insurance.own.done": _insurances(rng),
        "insurance.own.next": _insurances(rng),
        "general.own.guarantees": _guarantees(rng),
        "debt.whole.debt": _debt(rng),
    }
    figures.statements["debt.whole.bonds"] = _bonds(rng, figures.line("debt.whole.debt", "new").cells)
    for name in ("general.own", "general.whole", "fund.whole", "capital.own"):
        revenue, expenditure = (figures.statements[f"{name}.{each}"] for each in ("revenue", "expenditure"))
        income, outlay = _balance(rng, name.partition(".")[0], _total(revenue), _total(expenditure))
        figures.statements |= {f"{name}.income": income, f"{name}.outlay": outlay}
    figures.statements["general.whole.transfers"] = _transfers(rng, figures.statements["general.whole.income"])
    granted = figures.line("fund.whole.income", "transfer")
    figures.statements["fund.whole.grants"] = [StatementLine("total", dict(granted.cells))]
    return figures


def _history(rng: Random, size: int) -> Amounts:
    """What one item was over the years, in yuan, whole 万元."""
    prior = rng.randint(size // 3 + 1, size)
    planned = prior + rng.randint(0, prior // 8 + 1)
    adjusted = planned + rng.randint(-planned // 10, planned // 7 + 1)
    done = adjusted - rng.randint(0, adjusted // 9 + 1)
    coming = done + rng.randint(0, done // 9 + 1)
    return {
        name: Decimal(each * WAN)
        for name, each in zip(SERIES, (prior, planned, adjusted, done, coming), strict=True)
    }


def _sum(lines: Iterable[StatementLine]) -> Amounts:
    found: Amounts = {}
    for line in lines:
        for name, amount in line.cells.items():
            found[name] = found.get(name, Decimal(0)) + amount
    return found


def _total(lines: Sequence[StatementLine]) -> Amounts:
    return next(line.cells for line in lines if line.key == "total")


def _listed(rng: Random, codes: Codes, size: int) -> list[StatementLine]:
    lines = [StatementLine(code, _history(rng, size), code, name) for code, name in codes]
    return [*lines, StatementLine("total", _sum(lines))]


def _revenue(rng: Random, size: int) -> list[StatementLine]:
    """Taxes and other revenue with their sums, and all of it."""
    taxes, fees = (
        [StatementLine(code, _history(rng, size), code, name) for code, name in each] for each in (_TAXES, _FEES)
    )
    tax = StatementLine("tax", _sum(taxes), "101", "税收收入")
    non_tax = StatementLine("non_tax", _sum(fees), "103", "非税收入")
    return [tax, *taxes, non_tax, *fees, StatementLine("total", _sum([tax, non_tax]))]


def _tree(codes: Codes, leaf: Callable[[str], Amounts]) -> list[StatementLine]:
    """A line a code; the cells of a code with others under it are their sums; then the total."""
    leaves = [code for code, _ in codes if not any(other != code and other.startswith(code) for other, _ in codes)]
    cells = {code: leaf(code) for code in leaves}
    names = dict(codes)
    lines = [
        StatementLine(
            code,
            _sum(StatementLine(each, cells[each]) for each in leaves if each.startswith(code)),
            code,
            names[code],
        )
        for code, _ in codes
    ]
    return [*lines, StatementLine("total", _sum(line for line in lines if len(line.key) == 3))]


def _coded(rng: Random, codes: Codes, size: int) -> list[StatementLine]:
    return _tree(codes, lambda _code: _history(rng, size))


def _split(rng: Random, codes: Codes, whole: Decimal) -> list[StatementLine]:
    """`whole` yuan of the next year's budget by the leaves of `codes`."""
    leaves = [code for code, _ in codes if len(code) > 3]
    shares = [rng.randint(1, 9) for _ in leaves]
    parts = [(whole * share / sum(shares) / WAN).quantize(Decimal(1)) * WAN for share in shares]
    parts[0] += whole - sum(parts)
    cells = dict(zip(leaves, parts, strict=True))
    return _tree(codes, lambda code: {"next": cells[code]})


def _together(several: Sequence[list[StatementLine]]) -> list[StatementLine]:
    """The same statement of several governments added up."""
    return [replace(same[0], cells=_sum(same)) for same in zip(*several, strict=True)]


def _areas(own: list[StatementLine], below: Sequence[list[StatementLine]]) -> list[StatementLine]:
    towns = [
        StatementLine(f"town{number}", dict(_total(each)), None, TOWNS[number])
        for number, each in enumerate(below)
    ]
    at_own = StatementLine("own", dict(_total(own)), None, "县本级")
    return [StatementLine("whole", _sum([at_own, *towns]), None, "全县"), at_own, *towns]


_BESIDES: Final[Mapping[str, tuple[Codes, Codes]]] = {
    "general": (
        (("rebate", "返还性收入"), ("transfer", "一般性转移支付收入"), ("special", "专项转移支付收入")),
        (("remitted", "上解上级支出"), ("repaid", "债务还本支出"), ("stabilised", "安排预算稳定调节基金")),
    ),
    "fund": ((("transfer", "政府性基金转移支付收入"),), (("repaid", "债务还本支出"), ("out", "调出资金"))),
    "capital": ((("transfer", "国有资本经营预算转移支付收入"),), (("out", "调出资金"),)),
}
_INCOME: Final[Mapping[str, Codes]] = {
    "general": (("last", "上年结余收入"), ("in", "调入资金"), ("bonds", "债务转贷收入")),
    "fund": (("last", "上年结余收入"), ("bonds", "债务转贷收入")),
    "capital": (("last", "上年结余收入"),),
}


def _balance(
    rng: Random, fund: str, revenue: Amounts, expenditure: Amounts
) -> tuple[list[StatementLine], list[StatementLine]]:
    """Both sides: the year's own, what comes besides, the total; what is passed down makes both equal."""
    size = int(expenditure["planned"] / WAN) // 6 + 3
    granted = [StatementLine(key, _history(rng, size), None, name) for key, name in _BESIDES[fund][0]]
    besides = [StatementLine(key, _history(rng, size), None, name) for key, name in _INCOME[fund]]
    spent = [StatementLine(key, _history(rng, size), None, name) for key, name in _BESIDES[fund][1]]
    left = StatementLine("left", _history(rng, size), None, "年终结余")
    left.cells |= {"planned": Decimal(0), "next": Decimal(0)}
    filled = next(line for line in granted if line.key == "transfer")
    for name in SERIES:
        out = expenditure[name] + sum((line.cells[name] for line in (*spent, left)), Decimal(0))
        come = revenue[name] + sum((line.cells[name] for line in (*granted, *besides)), Decimal(0))
        short = out - come + filled.cells[name]
        filled.cells[name] = max(short, Decimal(WAN))
        spent[0].cells[name] += filled.cells[name] - short
    head = StatementLine("granted", _sum(granted), None, "上级补助收入")
    income = [StatementLine("current", dict(revenue)), head, *granted, *besides]
    outlay = [StatementLine("current", dict(expenditure)), *spent, left]
    tops = [line for line in income if line not in granted]
    return (
        [*income, StatementLine("total", _sum(tops))],
        [*outlay, StatementLine("total", _sum(outlay))],
    )


def _transfers(rng: Random, income: Sequence[StatementLine]) -> list[StatementLine]:
    """What came from above, the general transfers by kind."""
    cells = {line.key: line.cells for line in income}
    share = rng.randint(3, 7)
    part = {
        name: (amount * share / 10 / WAN).quantize(Decimal(1)) * WAN for name, amount in cells["transfer"].items()
    }
    rest = {name: amount - part[name] for name, amount in cells["transfer"].items()}
    return [
        StatementLine("rebate", dict(cells["rebate"]), None, "返还性收入"),
        StatementLine("transfer", dict(cells["transfer"]), None, "一般性转移支付收入"),
        StatementLine("even", part, None, "均衡性转移支付收入"),
        StatementLine("fixed", rest, None, "固定数额补助收入"),
        StatementLine("special", dict(cells["special"]), None, "专项转移支付收入"),
        StatementLine("total", dict(cells["granted"])),
    ]


def _three_public(rng: Random) -> list[StatementLine]:
    keys = (("overseas", "因公出国（境）费"), ("reception", "公务接待费"))
    plain = [StatementLine(key, _history(rng, 60), None, name) for key, name in keys]
    operation = StatementLine("operation", _history(rng, 200), None, "公务用车运行维护费")
    purchase = StatementLine("purchase", _history(rng, 90), None, "公务用车购置费")
    vehicles = StatementLine("vehicles", _sum([operation, purchase]), None, "公务用车购置及运行费")
    return [StatementLine("total", _sum([*plain, vehicles])), *plain, vehicles, operation, purchase]


def _guarantees(rng: Random) -> list[StatementLine]:
    """“三保”: what is guaranteed first, and all of it."""
    keys = (("livelihood", "保基本民生"), ("wages", "保工资"), ("operations", "保运转"))
    lines = [StatementLine(key, _history(rng, 9000), None, name) for key, name in keys]
    return [StatementLine("total", _sum(lines)), *lines]


def _bonds(rng: Random, new: Amounts) -> list[StatementLine]:
    """What the new bonds of either kind are used for; no two projects that follow have the same amount."""
    lines = []
    for kind, names in _PROJECTS.items():
        shares = rng.sample(range(1, 20), len(names))
        parts = [(new[kind] * share / sum(shares) / WAN).quantize(Decimal(1)) * WAN for share in shares]
        parts[0] += new[kind] - sum(parts)
        other = {each: Decimal(0) for each in DEBTS if each != kind}
        lines += [
            StatementLine(f"{kind}{number}", {kind: part, **other}, None, name)
            for number, (name, part) in enumerate(zip(names, parts, strict=True))
        ]
    return [*lines, StatementLine("total", _sum(lines))]


def _insurances(rng: Random) -> list[StatementLine]:
    """Of each insurance what came in, was spent and is left."""

    def each(low: int, high: int) -> Amounts:
        return {name: Decimal(rng.randint(low, high) * WAN) for name in INSURANCES}

    premiums, subsidies, interest = each(2000, 9000), each(500, 3000), each(20, 90)
    revenue = {name: premiums[name] + subsidies[name] + interest[name] for name in INSURANCES}
    paid, other = each(2000, 6000), each(10, 60)
    spent = {name: paid[name] + other[name] for name in INSURANCES}
    surplus = {name: revenue[name] - spent[name] for name in INSURANCES}
    last = each(9000, 20000)
    kept = {name: last[name] + surplus[name] for name in INSURANCES}
    rows = (
        ("revenue", "本年收入", revenue),
        ("premiums", "保险费收入", premiums),
        ("subsidies", "财政补贴收入", subsidies),
        ("interest", "利息收入", interest),
        ("spent", "本年支出", spent),
        ("paid", "社会保险待遇支出", paid),
        ("other", "其他支出", other),
        ("surplus", "本年收支结余", surplus),
        ("last", "上年结余", last),
        ("kept", "年末滚存结余", kept),
    )
    return [
        StatementLine(key, {**cells, "social_insurance": sum(cells.values(), Decimal(0))}, None, name)
        for key, name, cells in rows
    ]


def _debt(rng: Random) -> list[StatementLine]:
    def each(low: int, high: int) -> Amounts:
        return {name: Decimal(rng.randint(low, high) * WAN) for name in DEBTS}

    before, new, again = each(60000, 180000), each(2000, 20000), each(1000, 9000)
    repaid, interest = each(1000, 9000), each(1000, 5000)
    issued = {name: new[name] + again[name] for name in DEBTS}
    balance = {name: before[name] + issued[name] - repaid[name] for name in DEBTS}
    limit = {name: balance[name] + rng.randint(500, 9000) * WAN for name in DEBTS}
    rows = (
        ("before", before),
        ("limit", limit),
        ("issued", issued),
        ("new", new),
        ("again", again),
        ("repaid", repaid),
        ("interest", interest),
        ("balance", balance),
    )
    return [StatementLine(key, {**cells, "debt": sum(cells.values(), Decimal(0))}) for key, cells in rows]
