"""The budget tables of appropriated money: both sides by fund, basic spending by economic item, 三公."""

from decimal import Decimal

from services.sample_portals.budget import ZERO, Economic
from services.sample_portals.content import Grid, GridCell, row
from services.sample_portals.tables import CLASSES, Tables, numeral, printed


def appropriation_balance(tables: Tables) -> None:
    """部门预算财政拨款收支总表."""
    budget = tables.budget
    income = [
        ("一般公共预算拨款", budget.total - budget.carryover - budget.fund),
        ("政府性基金预算拨款", budget.fund),
        ("国有资本经营预算拨款", ZERO),
    ]
    body: list[tuple[GridCell, ...]] = []
    number = 0
    for at, (code, class_name) in enumerate(CLASSES):
        number = at + 1
        name, amount = income[at] if at < len(income) else ("", ZERO)
        leaves = [leaf for leaf in budget.leaves if leaf.codes[0] == code]
        fund = sum((leaf.total for leaf in leaves if leaf.fund), ZERO)
        total = sum((leaf.total for leaf in leaves), ZERO)
        left = f"{numeral(number)}、{name}" if name else ""
        label = f"{numeral(number)}、{class_name}"
        _both_sides(tables, body, (number, left, amount, label, total, fund), (name, class_name))
    fund, total, carryover = budget.fund, budget.total, budget.carryover
    for left, amount, right, spent, of_fund in (
        ("本年收入合计", total - carryover, "本年支出合计", total, fund),
        ("年初财政拨款结转和结余", carryover, "年末财政拨款结转和结余", ZERO, ZERO),
        ("收入总计", total, "支出总计", total, fund),
    ):
        number += 1
        _both_sides(tables, body, (number, left, amount, right, spent, of_fund), (left, right))
    header = (
        (GridCell("序号", rows=2), GridCell("收入", columns=2), GridCell("支出", columns=5)),
        row(
            "项目",
            "金额",
            "项目",
            "合计",
            "一般公共预算财政拨款",
            "政府性基金预算财政拨款",
            "国有资本经营预算财政拨款",
        ),
        row("栏次", "1", "2", "3", "4", "5", "6", "7"),
    )
    grid = Grid(header, tuple(body), (6, 20, 12, 22, 12, 12, 12, 12), tables.running_head)
    tables.add("部门预算财政拨款收支总表", grid)


def _both_sides(
    tables: Tables,
    body: list[tuple[GridCell, ...]],
    line: tuple[int, str, Decimal, str, Decimal, Decimal],
    names: tuple[str, str],
) -> None:
    number, left, amount, right, total, fund = line
    general = total - fund
    body.append(row(str(number), left, printed(amount), right, *map(printed, (total, general, fund, ZERO))))
    tables.line("appropriation_balance", number, names[0], {"budget": amount}, side="income")
    figures = {"total": total, "general_public_budget": general, "government_fund": fund}
    tables.line("appropriation_balance", number, names[1], figures, side="expenditure")


def basic(tables: Tables) -> None:
    """部门预算一般公共预算财政拨款基本支出表."""
    body: list[tuple[GridCell, ...]] = []

    def add(code: str | None, name: str, lines: list[Economic]) -> None:
        personnel = sum((line.amount for line in lines if line.personnel), ZERO)
        public = sum((line.amount for line in lines if not line.personnel), ZERO)
        figures = {"total": personnel + public, "personnel": personnel, "public_use": public}
        body.append(row(str(len(body) + 1), code or "", name, *map(printed, figures.values())))
        tables.line("general_budget_basic_expenditure", len(body), name, figures, code=code)

    lines = list(tables.budget.economic)
    add(None, "合计", lines)
    for class_code in dict.fromkeys(line.class_code for line in lines):
        under = [line for line in lines if line.class_code == class_code]
        add(class_code, under[0].class_name, under)
        for line in under:
            add(line.code, line.name, [line])
    header = (
        (
            GridCell("序号", rows=2),
            GridCell("支出部门经济分类科目", columns=2),
            GridCell("一般公共预算基本支出", columns=3),
        ),
        row("科目编码", "科目名称", "合计", "人员经费", "公用经费"),
        row("栏次", "1", "2", "3", "4", "5"),
    )
    grid = Grid(header, tuple(body), (6, 12, 26, 14, 14, 14), tables.running_head)
    tables.add("部门预算一般公共预算财政拨款基本支出表", grid)


def three_public(tables: Tables) -> None:
    """部门预算财政拨款“三公”经费支出表."""
    vehicle = tables.budget.economic_line("30231")
    reception = tables.budget.economic_line("30217")
    total = vehicle + reception
    lines = (
        ("合计", "合计", total),
        ("“三公”经费小计", "“三公”经费小计", total),
        ("一、因公出国（境）费", "因公出国（境）费", ZERO),
        ("二、公务用车购置及运维费", "公务用车购置及运维费", vehicle),
        ("其中：公务用车购置费", "公务用车购置费", ZERO),
        ("公务用车运行维护费", "公务用车运行维护费", vehicle),
        ("三、公务接待费", "公务接待费", reception),
    )
    body = []
    for number, (label, name, amount) in enumerate(lines, start=1):
        body.append(row(str(number), label, printed(amount), printed(amount), "", ""))
        tables.line("three_public", number, name, {"total": amount, "general_public_budget": amount})
    header = (
        (GridCell("序号", rows=2), GridCell("项目", rows=2), GridCell("资金性质", columns=4)),
        row("合计", "一般公共预算财政拨款", "政府性基金预算拨款", "国有资本经营预算财政拨款"),
        row("栏次", "1", "2", "3", "4", "5"),
    )
    grid = Grid(header, tuple(body), (6, 28, 14, 16, 16, 16), tables.running_head)
    tables.add("部门预算财政拨款“三公”经费支出表", grid)
