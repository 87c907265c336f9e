"""The nine budget tables of a department, each as a grid with the records it says."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from services.sample_portals.budget import ZERO, Budget, Leaf
from services.sample_portals.content import Content, Grid, GridCell, Heading, Prose, row

Truth = dict[str, object]

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
NUMERALS: Final = "一二三四五六七八九十"
YUAN: Final = 10000


def numeral(number: int) -> str:
    """1 → 一, 12 → 十二, 20 → 二十."""
    tens, ones = divmod(number, 10)
    return ("" if tens == 0 else ("十" if tens == 1 else NUMERALS[tens - 1] + "十")) + (
        NUMERALS[ones - 1] if ones else ""
    )


def printed(amount: Decimal) -> str:
    """As a budget table prints 万元: two places, blank for nothing."""
    return f"{amount:.2f}" if amount else ""


def yuan(amount: Decimal) -> str:
    """万元 → the record's decimal string in yuan."""
    return f"{amount * YUAN:.2f}"


@dataclass
class Tables:
    """The tables of one disclosure as they are written, with the records they say."""

    budget: Budget
    running_head: tuple[str, ...]
    content: list[Content] = field(default_factory=list)
    truth: list[Truth] = field(default_factory=list)

    def add(self, title: str, grid: Grid) -> None:
        self.content += [Heading(title, 2), grid]

    def line(self, table: str, number: int, name: str, figures: dict[str, Decimal], **more: object) -> None:
        """One record a filled money cell of a row."""
        for column, amount in figures.items():
            if amount:
                self.truth.append(
                    {
                        "record": "budget_line",
                        "table": table,
                        "line_no": number,
                        "side": None,
                        "code": None,
                        "name": name,
                        "column": column,
                        "amount": yuan(amount),
                    }
                    | more
                )


def functional(leaves: Iterable[Leaf]) -> Iterator[tuple[str | None, str, list[Leaf]]]:
    """(code, name, leaves under it): the 合计 row, then each 类, its 款 and their 项."""
    under = list(leaves)
    yield None, "合计", under
    seen: set[str] = set()
    for leaf in under:
        for level in (0, 2, 4):
            code, name = leaf.codes[level], leaf.codes[level + 1]
            if code not in seen:
                seen.add(code)
                yield code, name, [each for each in under if each.codes[level] == code]


def _sum(leaves: Iterable[Leaf], part: Callable[[Leaf], Decimal]) -> Decimal:
    return sum((part(leaf) for leaf in leaves), ZERO)


def _class_totals(leaves: Iterable[Leaf]) -> dict[str, Decimal]:
    totals: dict[str, Decimal] = {}
    for leaf in leaves:
        totals[leaf.codes[0]] = totals.get(leaf.codes[0], ZERO) + leaf.total
    return totals


def balance(tables: Tables) -> None:
    """部门预算收支总表."""
    budget = tables.budget
    current = budget.total - budget.carryover
    income = [
        ("一般公共预算拨款收入", current - budget.fund),
        ("政府性基金预算拨款收入", budget.fund),
        ("国有资本经营预算拨款收入", ZERO),
        ("财政专户管理资金收入", ZERO),
        ("单位资金", ZERO),
    ]
    totals = _class_totals(budget.leaves)
    body, number = [], 0
    for at, (code, class_name) in enumerate(CLASSES):
        number = at + 1
        name, amount = income[at] if at < len(income) else ("", ZERO)
        spent = totals.get(code, ZERO)
        left = f"{numeral(number)}、{name}" if name else ""
        body.append(row(str(number), left, printed(amount), f"{numeral(number)}、{class_name}", printed(spent)))
        tables.line("balance", number, name, {"budget": amount}, side="income")
        tables.line("balance", number, class_name, {"budget": spent}, side="expenditure")
    for income_name, amount, expenditure_name, spent in (
        ("本年收入合计", current, "本年支出合计", budget.total),
        ("上年结转结余", budget.carryover, "年终结转结余", ZERO),
        ("收入总计", budget.total, "支出总计", budget.total),
    ):
        number += 1
        body.append(row(str(number), income_name, printed(amount), expenditure_name, printed(spent)))
        tables.line("balance", number, income_name, {"budget": amount}, side="income")
        tables.line("balance", number, expenditure_name, {"budget": spent}, side="expenditure")
    header = (
        (GridCell("序号", rows=2), GridCell("收入", columns=2), GridCell("支出", columns=2)),
        row("项目", "预算数", "项目", "预算数"),
        row("栏次", "1", "2", "3", "4"),
    )
    tables.add("部门预算收支总表", Grid(header, tuple(body), (6, 26, 14, 26, 14), tables.running_head))


@dataclass(frozen=True)
class CodedTable:
    """A table of functional rows: its columns as (record column, header, figure of the leaves)."""

    name: str
    title: str
    leaves: tuple[Leaf, ...]
    columns: tuple[tuple[str, str, Callable[[list[Leaf]], Decimal]], ...]


def coded(tables: Tables, table: CodedTable, group: tuple[str, int, int] | None = None) -> None:
    """A table with 序号, 科目编码, 科目名称 and money columns; `group` (header, first, count) joins some above."""
    body = []
    if _sum(table.leaves, lambda leaf: leaf.total):
        for number, (code, name, under) in enumerate(functional(table.leaves), start=1):
            figures = {column: figure(under) for column, _, figure in table.columns}
            body.append(row(str(number), code or "", name, *map(printed, figures.values())))
            tables.line(table.name, number, name, figures, code=code)
    top = [GridCell("序号", rows=2), GridCell("功能分类科目", columns=2)]
    below = [GridCell("科目编码"), GridCell("科目名称")]
    for at, (_, header, _) in enumerate(table.columns):
        if group and group[1] <= at < group[1] + group[2]:
            if at == group[1]:
                top.append(GridCell(group[0], columns=group[2]))
            below.append(GridCell(header))
        else:
            top.append(GridCell(header, rows=2))
    count = 2 + len(table.columns)
    numbers = row("栏次", *(str(number) for number in range(1, count + 1)))
    widths = (6, 12, 24, *([12] * len(table.columns)))
    tables.add(table.title, Grid((tuple(top), tuple(below), numbers), tuple(body), widths, tables.running_head))
    if not body:
        tables.content.append(
            Prose(f"注：无{table.title.removeprefix('部门预算').removesuffix('支出表')}，空表列示。")
        )


def _total(leaves: list[Leaf]) -> Decimal:
    return _sum(leaves, lambda leaf: leaf.total)


def _basic(leaves: list[Leaf]) -> Decimal:
    return _sum(leaves, lambda leaf: leaf.basic)


def _project(leaves: list[Leaf]) -> Decimal:
    return _sum(leaves, lambda leaf: leaf.project)


def _nothing(_leaves: list[Leaf]) -> Decimal:
    return ZERO


def income(tables: Tables) -> None:
    """部门预算收入总表."""
    budget = tables.budget
    carrier = next((leaf for leaf in budget.leaves if leaf.project > budget.carryover), None)

    def carried(leaves: list[Leaf]) -> Decimal:
        return budget.carryover if carrier in leaves else ZERO

    def current(leaves: list[Leaf]) -> Decimal:
        return _total(leaves) - carried(leaves)

    columns = (
        ("total", "合计", _total),
        ("current_year", "小计", current),
        ("fiscal_appropriation", "财政拨款收入", current),
        ("fiscal_account", "财政专户收入", _nothing),
        ("business_income", "事业收入", _nothing),
        ("operating_income", "经营收入", _nothing),
        ("superior_subsidy", "上级补助收入", _nothing),
        ("affiliated_remittance", "附属单位上缴收入", _nothing),
        ("other_income", "其他收入", _nothing),
        ("carryover", "上年结转", carried),
    )
    coded(tables, CodedTable("income", "部门预算收入总表", budget.leaves, columns), ("本年收入", 1, 8))


def expenditure(tables: Tables) -> None:
    """部门预算支出总表."""
    columns = (
        ("total", "合计", _total),
        ("basic", "基本支出", _basic),
        ("project", "项目支出", _project),
        ("operating", "经营支出", _nothing),
        ("remitted_to_superior", "上解上级支出", _nothing),
        ("subsidy_to_affiliates", "对附属单位补助支出", _nothing),
    )
    coded(tables, CodedTable("expenditure", "部门预算支出总表", tables.budget.leaves, columns))


FUND_COLUMNS: Final = (("total", "合计", _total), ("basic", "基本支出", _basic), ("project", "项目支出", _project))


def general(tables: Tables) -> None:
    """部门预算一般公共预算财政拨款支出表."""
    leaves = tuple(leaf for leaf in tables.budget.leaves if not leaf.fund)
    title = "部门预算一般公共预算财政拨款支出表"
    coded(tables, CodedTable("general_budget_expenditure", title, leaves, FUND_COLUMNS))


def funds(tables: Tables) -> None:
    """部门预算政府性基金预算财政拨款支出表 and 国有资本经营, the latter empty."""
    leaves = tuple(leaf for leaf in tables.budget.leaves if leaf.fund)
    title = "部门预算政府性基金预算财政拨款支出表"
    coded(tables, CodedTable("government_fund_expenditure", title, leaves, FUND_COLUMNS))
    title = "部门预算国有资本经营预算财政拨款支出表"
    coded(tables, CodedTable("state_capital_expenditure", title, (), FUND_COLUMNS))
