"""CHECKS 10 and 27: what a project's table says of its money, and all of them against 项目支出."""

import re
from decimal import Decimal

from services.normalizer.checks.book import Book
from services.normalizer.checks.equations import Figure, sum_tolerance
from services.normalizer.checks.outcome import Outcome, Stated
from services.normalizer.checks.wording import money, shown
from services.normalizer.language.money import UNITS
from services.normalizer.language.text import label
from shared.schemas.document import Paragraph
from shared.schemas.names import ColumnName, DisclosureKind, Metric, Severity, TableName
from shared.schemas.records import Indicator, Project

_COST = re.compile(r"成本")
_OTHER_COST = re.compile(r"单位成本|单价|每|人均|户均|平均|标准|总投资|总造价|合同|累计|[/／]")
_BOUND_OPERATORS = ("<=", "<", "=", None)
_SHORTEST_NAME = 6
_HUNDRED = Decimal(100)
_AMOUNT = re.compile(r"(?<![\d.])(\d{1,12}(?:\.\d{1,6})?)(万元|元)")
_BEFORE_NAME = "，,、；;：:为是（(“"
_CHANGE = re.compile(r"增加|减少|增长|下降|上年|新增|调整")
"""Of a sentence whose amounts are changes, not whole amounts."""
_SCALES = {**UNITS, "万": UNITS["万元"]}


def check_project_funds(book: Book, outcome: Outcome) -> None:
    """Of each project: 预算数 = 财政资金 + 其他资金, unless its form prints money from further sources.

    Where 其他资金 is blank, a budget above 财政资金 may be of sources that the form does not name: a warning.
    """
    if not book.projects:
        outcome.absent = "没有项目绩效目标表"
    trial = Outcome()
    for project in book.projects:
        budget = book.figure(project, "budget")
        parts = [book.figure(project, field) for field in ("fiscal_funds", "other_funds")]
        printed = [part for part in parts if part is not None]
        if budget is None or not printed:
            continue
        subject = f"项目“{shown(project.name)}”预算数"
        unnamed = parts[1] is None and printed[0].amount < budget.amount
        severity = Severity.WARNING if unnamed else None
        trial.adds_up(subject, budget, printed, "财政资金与其他资金之和", _doubt(book, project), severity)
    outcome.absorb(trial, "项目绩效目标表")


def check_project_total(book: Book, outcome: Outcome) -> None:
    """The projects together cost no more than 项目支出; they may be less, where not all are published.

    A project whose table is printed twice counts once. Each figure may be off by half a unit of its last place.
    In final accounts nothing is compared: what was spent is no bound for what was budgeted.
    """
    if book.disclosure and book.disclosure.kind is DisclosureKind.FINAL_ACCOUNTS:
        outcome.absent = "部门决算的项目支出是决算数"
        return
    once = {(one.code or one.number, label(one.name), one.budget): one for one in book.projects}
    budgets = [figure for one in once.values() if (figure := book.figure(one, "budget")) is not None]
    spending = _project_spending(book)
    if not budgets or spending is None:
        outcome.lacks("没有项目预算数或项目支出合计" if book.projects else "没有项目绩效目标表")
        return
    total = sum((figure.amount for figure in budgets), Decimal(0))
    allowed = sum_tolerance((*budgets, spending))
    outcome.tried()
    over = total - spending.amount
    if over > allowed:
        outcome.breaks(
            f"{len(budgets)}个项目的预算数合计{money(total)}，超过项目支出{money(spending.amount)}，"
            f"超出{money(over)}。",
            (spending.record, *(figure.record for figure in budgets)),
            (total, spending.amount),
        )
    elif over and abs(over) <= allowed:
        outcome.rounded += 1


def _project_spending(book: Book) -> Figure | None:
    """项目支出 of 支出总表, else of prose."""
    if len(book.volumes) == 1:
        sheet = book.volumes[0].get(TableName.EXPENDITURE)
        grand = sheet.grand() if sheet else None
        if grand is not None and ColumnName.PROJECT in grand.cells:
            return grand.cells[ColumnName.PROJECT]
    return book.fact(Metric.EXPENDITURE_PROJECT)


def check_execution_rate(book: Book, outcome: Outcome) -> None:
    """CHECKS 27: of a 自评表 执行率 = 全年执行数 / 全年预算数, or 年初预算数 where the form has both."""
    for project in book.projects:
        rate, spent = project.execution_rate, book.figure(project, "executed")
        plans = [book.figure(project, field) for field in ("adjusted_budget", "budget")]
        printed = [plan for plan in plans if plan is not None and plan.amount > 0]
        if rate is None or spent is None or not printed:
            continue
        outcome.tried()
        place = Decimal(1).scaleb(int(rate.as_tuple().exponent))
        if any(_executes(rate, place, spent, plan) for plan in printed):
            continue
        expected = (spent.amount / printed[0].amount * _HUNDRED).quantize(place)
        outcome.breaks(
            f"项目“{shown(project.name)}”的执行率为{rate:f}%，全年执行数{money(spent.amount)}除以"
            f"预算数{money(printed[0].amount)}应为{expected:f}%。",
            (project,),
            texts=Stated(str(expected), str(rate), "%"),
        )
    if not outcome.comparisons:
        outcome.absent = "没有印有执行率的项目"


def _executes(rate: Decimal, place: Decimal, spent: Figure, plan: Figure) -> bool:
    """Whether printing explains the rate: half a unit of each amount, one unit of its own last place."""
    low = (spent.amount - spent.unit / 2) / (plan.amount + plan.unit / 2) * _HUNDRED
    high = (spent.amount + spent.unit / 2) / max(plan.amount - plan.unit / 2, plan.unit / 2) * _HUNDRED
    return low - place <= rate <= high + place


def check_project_cost(book: Book, outcome: Outcome) -> None:
    """A project's 成本指标 in money stays within its budget; a cost for each of something is no whole."""
    for project in book.projects:
        budget = book.figure(project, "budget")
        for indicator in book.indicators_of(project):
            cost = _whole_cost(indicator)
            if budget is None or cost is None:
                continue
            outcome.tried()
            if cost.amount > budget.amount + (cost.unit + budget.unit) / 2:
                outcome.breaks(
                    f"项目“{shown(project.name)}”的成本指标“{shown(indicator.level3 or indicator.description)}”为"
                    f"{money(cost.amount)}，超过项目预算{money(budget.amount)}。",
                    (project, indicator),
                    (budget.amount, cost.amount),
                )


def _whole_cost(indicator: Indicator) -> Figure | None:
    """The money a cost indicator allows, in yuan; None where it is no money, or not this year's whole."""
    texts = [indicator.level3 or "", indicator.description or "", indicator.value_text or ""]
    if not _COST.search(indicator.level2 or "") or any(_OTHER_COST.search(text) for text in texts):
        return None
    if indicator.value is None or indicator.operator not in _BOUND_OPERATORS:
        return None
    scale = _SCALES.get(label(indicator.unit or ""))
    exponent = indicator.value.as_tuple().exponent
    if scale is None or not isinstance(exponent, int):
        return None
    return Figure(indicator.value * scale, scale.scaleb(min(0, exponent)), indicator)


def check_project_prose(book: Book, outcome: Outcome) -> None:
    """A project named in full in prose, an amount right after it, has the same amount there."""
    by_name: dict[str, list[Project]] = {}
    for project in book.projects:
        by_name.setdefault(label(project.name), []).append(project)
    named = {name: same[0] for name, same in by_name.items() if len(same) == 1 and len(name) >= _SHORTEST_NAME}
    if not named:
        outcome.absent = "没有可与正文核对的项目"
        return
    lengths = sorted({len(name) for name in named}, reverse=True)
    for block in book.document.blocks:
        if isinstance(block, Paragraph) and "元" in block.text:
            for sentence in label(block.text).split("。"):
                if not _CHANGE.search(sentence):
                    _compare_sentence(book, outcome, sentence, named, lengths)


def _compare_sentence(
    book: Book, outcome: Outcome, sentence: str, named: dict[str, Project], lengths: list[int]
) -> None:
    for match in _AMOUNT.finditer(sentence):
        before = sentence[max(0, match.start() - lengths[0] - 1) : match.start()]
        project = next((named[end] for size in lengths if (end := before[-size:]) in named), None)
        budget = book.figure(project, "budget") if project is not None else None
        if project is None or budget is None:
            continue
        place = match.start() - len(label(project.name))
        if place > 0 and sentence[place - 1] not in _BEFORE_NAME:
            continue
        digits, word = match.groups()
        unit = UNITS[word].scaleb(-len(digits.partition(".")[2]))
        printed = Figure(Decimal(digits) * UNITS[word], unit, project)
        outcome.agrees(f"正文中项目“{shown(project.name)}”的金额", printed, budget, "该项目绩效目标表预算数")


def _doubt(book: Book, project: Project) -> str | None:
    place = project.provenance.block
    left = place in book.unread or project.id in book.doubted
    return f"项目“{shown(project.name)}”的表有未能读出的内容" if left else None
