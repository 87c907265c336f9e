"""CHECKS 11: the rows of 政府采购预算, their sums, and the amount prose gives."""

import re
from collections.abc import Sequence
from decimal import Decimal

from services.normalizer.checks.book import Book
from services.normalizer.checks.equations import Figure
from services.normalizer.checks.outcome import YUAN, Outcome, Stated
from services.normalizer.checks.wording import money, shown, yuan
from services.normalizer.language.text import label
from services.normalizer.language.totals import is_total
from shared.schemas.document import Paragraph
from shared.schemas.names import Metric
from shared.schemas.records import ProcurementLine

_FUNDS = ("general_public_budget", "government_fund", "state_capital", "fiscal_account", "unit_funds")
_SENTENCE = re.compile("[。；;]")
_NONE = re.compile(
    r"(未|没有|不|无)(安排|编制|列|涉及|产生|发生)?(任何|有)?(部门|本级)?政府采购(预算|项目|计划|支出|事项|资金)|"
    r"政府采购(预算|项目|计划|支出)?(未安排|没有安排|为?零|为?0(\.0+)?万?元|无预算)"
)
_OTHERS = re.compile(
    r"上年|去年|其中|除|以外|服务类|工程类|货物类|服务未|工程未|货物未|进口|[1-9]\d*(\.\d+)?(万|亿)?元"
)
"""Of a sentence about some of the procurement, another year's, or with an amount."""
_MEASURED = ("米", "㎡", "m", "吨", "克", "斤", "升", "亩", "顷", "里", "元", "时")
"""How units end whose quantities are measured, and so rounded; others are counted."""


def _lines(book: Book, kind: str) -> list[ProcurementLine]:
    """The lines of that kind in the first file that has any: the same table is often attached twice."""
    first = book.procurement[0].provenance.document if book.procurement else None
    return [line for line in book.procurement if line.line_type == kind and line.provenance.document == first]


def _totals(book: Book, lines: Sequence[ProcurementLine]) -> list[Figure]:
    return [figure for line in lines if (figure := book.figure(line, "total")) is not None]


def _doubt(book: Book) -> str | None:
    blocks = {line.provenance.block for line in book.procurement}
    return "政府采购表有未能读出的内容" if blocks & book.unread else None


def _without_figure(book: Book) -> str | None:
    """That a row of the tables has a name and no amount, which may have been lost: its sums then say nothing."""
    paid = {(line.provenance.block, line.provenance.row) for line in book.procurement if line.total is not None}
    for table in book.layout.of("procurement"):
        for row in table.body if any(block == table.block for block, _ in paid) else ():
            if (table.block, row) not in paid and (labels := table.grid.labels(row)):
                return f"政府采购表“{shown(labels[0])}”一行没有填列金额"
    return None


def _has_items(book: Book, outcome: Outcome) -> bool:
    if not book.procurement:
        outcome.absent = "没有政府采购预算表"
    return bool(book.procurement)


def check_quantity_price(book: Book, outcome: Outcome) -> None:
    """Of each item: 金额 = 数量 × 单价."""
    if not _has_items(book, outcome):
        return
    for line in _lines(book, "item"):
        total, price = book.figure(line, "total"), book.figure(line, "unit_price")
        if total is None or price is None or line.quantity is None:
            continue
        quantity = f"{line.quantity.normalize():f}{line.measure_unit or ''}"
        item = shown(line.item or line.project)
        subject = f"政府采购表“{item}”数量{quantity}、单价{money(price.amount)}，金额"
        outcome.product(subject, total, price, line.quantity, _quantity_unit(line))


def _quantity_unit(line: ProcurementLine) -> Decimal:
    """The last place a quantity is printed to; a whole number of counted things is exact."""
    assert line.quantity is not None
    exponent = line.quantity.as_tuple().exponent
    if isinstance(exponent, int) and exponent < 0:
        return Decimal(1).scaleb(exponent)
    return Decimal(1) if label(line.measure_unit or "").endswith(_MEASURED) else Decimal(0)


def check_procurement_sum(book: Book, outcome: Outcome) -> None:
    """合计 = Σ 小计 = Σ items, 小计 = its items, and prose says the same."""
    if not _has_items(book, outcome):
        return
    doubt = _doubt(book)
    items, subtotals = _lines(book, "item"), _lines(book, "subtotal")
    totals = _totals(book, _lines(book, "total"))
    sums = _totals(book, items)
    if len(sums) < len(items):
        doubt = doubt or "政府采购表有没有金额的明细行"
    if any(line.item for line in items) and not all(line.item for line in items):
        doubt = doubt or "政府采购表有没有品名的行，不能确定是否为明细"
    if len(totals) > 1:
        doubt = doubt or "有多张政府采购表"
    for total in totals[:1]:
        if sums:
            ways = [sums, _totals(book, [line for line in items if line.item])]
            outcome.adds_up_some_way("政府采购表合计", total, ways, "各行金额合计", doubt)
        if _totals(book, subtotals):
            reason = doubt or _without_figure(book)
            outcome.adds_up("政府采购表合计", total, _totals(book, subtotals), "各单位小计之和", reason)
    _check_subtotals(book, outcome, doubt)
    stated = book.fact(Metric.PROCUREMENT_TOTAL)
    if stated is None or not stated.amount:
        return
    if totals:
        outcome.agrees("正文中政府采购预算", stated, totals[0], "政府采购表合计", doubt)
    elif sums:
        outcome.adds_up("正文中政府采购预算", stated, sums, "政府采购表各行金额合计", doubt)


def _check_subtotals(book: Book, outcome: Outcome, doubt: str | None) -> None:
    items = _lines(book, "item")
    for subtotal in _lines(book, "subtotal"):
        total = book.figure(subtotal, "total")
        under = [line for line in items if line.organisation == subtotal.organisation]
        if total is not None and under and subtotal.organisation is not None:
            subject = f"政府采购表“{shown(subtotal.organisation)}”小计"
            outcome.adds_up(subject, total, _totals(book, under), "所属各行之和", doubt)


def check_total_blank(book: Book, outcome: Outcome) -> None:
    """A 合计 row that is printed is filled in."""
    if not _has_items(book, outcome):
        return
    blocks = {line.provenance.block for line in book.procurement}
    if _lines(book, "total"):
        outcome.tried()
        return
    if not any(_prints_total_row(book, block) for block in blocks):
        outcome.absent = "政府采购表没有合计行"
        return
    outcome.tried()
    stated = book.fact(Metric.PROCUREMENT_TOTAL)
    sums = _totals(book, _lines(book, "item"))
    expected = stated.amount if stated else sum((figure.amount for figure in sums), Decimal(0))
    source = "正文公布的政府采购预算" if stated else "各行金额合计"
    outcome.breaks(
        f"政府采购表“合计”行没有填列金额，{source}为{money(expected)}。",
        [figure.record for figure in (stated, *sums) if figure is not None],
        texts=Stated(yuan(expected), None, YUAN),
    )


def _prints_total_row(book: Book, block: int | None) -> bool:
    """Whether a row of table `block` names a total and holds nothing else."""
    grid = book.layout.grids.get(block) if block is not None else None
    rows = map(grid.labels, grid.rows()) if grid else ()
    return any(len(texts) == 1 and is_total(texts[0]) for texts in rows)


def check_procurement_funds(book: Book, outcome: Outcome) -> None:
    """In each row 合计 = its fund columns; 上年结转 may be one of them or stand beside the year's own money."""
    if not _has_items(book, outcome):
        return
    trial = Outcome()
    for line in book.procurement:
        total, before = book.figure(line, "total"), book.figure(line, "carryover")
        parts = [figure for field in _FUNDS if (figure := book.figure(line, field)) is not None]
        ways = [[*parts, before], parts] if before is not None else [parts]
        if total is not None and ways[0]:
            subject = f"政府采购表“{shown(_name(line))}”合计"
            trial.adds_up_some_way(subject, total, ways, "各类资金之和", _doubt(book))
    outcome.absorb(trial, "政府采购表资金来源")


def check_reserved(book: Book, outcome: Outcome) -> None:
    """What is reserved for small firms (预留中小微企业份额) is no more than the total."""
    if not _has_items(book, outcome):
        return
    for line in book.procurement:
        total, reserved = book.figure(line, "total"), book.figure(line, "sme_reserved")
        if total is not None and reserved is not None:
            outcome.at_most(f"政府采购表“{shown(_name(line))}”预留中小微企业份额", reserved, total, "采购金额")


def check_none_planned(book: Book, outcome: Outcome) -> None:
    """A department that says it plans no procurement has no rows with money."""
    said = _says_none(book)
    if said is None:
        outcome.absent = "正文没有说明未安排政府采购预算"
        return
    outcome.tried()
    stated = book.fact(Metric.PROCUREMENT_TOTAL)
    sums = [figure for figure in _totals(book, _lines(book, "item")) if figure.amount]
    total = sum((figure.amount for figure in sums), Decimal(0))
    if total:
        outcome.breaks(
            f"正文说明“{said}”，但政府采购表列有{len(sums)}行，金额合计{money(total)}。",
            [*([stated.record] if stated and not stated.amount else []), *(figure.record for figure in sums)],
            (Decimal(0), total),
        )


def _says_none(book: Book) -> str | None:
    """The clause of prose that says no procurement is planned, or gives its amount as zero."""
    for block in book.document.blocks:
        if isinstance(block, Paragraph) and "采购" in block.text:
            for sentence in _SENTENCE.split(label(block.text)):
                if (match := _NONE.search(sentence)) and not _OTHERS.search(sentence):
                    return match[0]
    stated = book.fact(Metric.PROCUREMENT_TOTAL)
    return "政府采购预算0万元" if stated is not None and not stated.amount else None


def _name(line: ProcurementLine) -> str:
    names = {"total": "合计", "subtotal": f"{line.organisation or ''}小计"}
    return names.get(line.line_type) or line.item or line.project or ""
