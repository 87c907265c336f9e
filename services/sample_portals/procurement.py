"""政府采购预算: a table with a total, a subtotal for the unit and an item a line."""

from decimal import Decimal
from typing import Final

from services.sample_portals.budget import ZERO, Budget
from services.sample_portals.content import Content, Grid, GridCell, Heading, Prose, row
from services.sample_portals.prose import Speaker, facts
from services.sample_portals.tables import Truth, printed, yuan

MONEY: Final = (
    "total",
    "general_public_budget",
    "government_fund",
    "state_capital",
    "fiscal_account",
    "unit_funds",
    "carryover",
    "sme_reserved",
)


def procurement(speaker: Speaker, budget: Budget, unit: str) -> tuple[list[Content], list[Truth]]:
    """七、政府采购预算情况."""
    total = sum((purchase.total for purchase in budget.purchases), ZERO)
    body = [_cells("合计", total), _cells(f"{unit}小计", total)]
    truth = [
        *facts(speaker.year, procurement_total=total),
        _record("total", None, total),
        _record("subtotal", unit, total),
    ]
    for purchase in budget.purchases:
        plan = purchase.plan
        body.append(
            row(
                plan.name,
                printed(plan.budget),
                purchase.item,
                purchase.catalogue,
                purchase.unit,
                str(purchase.quantity),
                printed(purchase.price),
                printed(purchase.total),
                printed(purchase.total),
                *[""] * 6,
            )
        )
        truth.append(
            _record("item", unit, purchase.total)
            | {
                "project": plan.name,
                "project_budget": yuan(plan.budget),
                "item": purchase.item,
                "catalogue_code": purchase.catalogue,
                "measure_unit": purchase.unit,
                "quantity": str(purchase.quantity),
                "unit_price": yuan(purchase.price),
            }
        )
    content: list[Content] = [
        Heading("七、政府采购预算情况", 2),
        Prose(f"{speaker.year}年，我部门安排政府采购预算{total:.2f}万元。具体内容见下表。"),
        Prose("部门政府采购预算"),
        Prose("单位：万元"),
        Grid(_header(speaker.year), tuple(body), (16, 9, 12, 12, 7, 7, 8, 9, 9, 9, 9, 9, 8, 8, 9)),
    ]
    return content, truth


def _cells(label: str, total: Decimal) -> tuple[GridCell, ...]:
    return row(label, *[""] * 6, printed(total), printed(total), *[""] * 6)


def _record(line_type: str, organisation: str | None, total: Decimal) -> Truth:
    empty = (
        "project",
        "project_budget",
        "item",
        "catalogue_code",
        "measure_unit",
        "quantity",
        "unit_price",
        *MONEY,
    )
    return dict.fromkeys(empty) | {
        "record": "procurement_line",
        "line_type": line_type,
        "organisation": organisation,
        "total": yuan(total),
        "general_public_budget": yuan(total),
    }


def _header(year: int) -> tuple[tuple[GridCell, ...], ...]:
    single = ("采购物品名称", "政府采购目录序号", "计量单位", "数量", "单价")
    funds = (
        "合计",
        "一般公共预算拨款",
        "基金预算拨款",
        "国有资本经营预算拨款",
        "财政专户核拨",
        "单位资金",
        "上年结转结余",
    )
    top = (
        GridCell("政府采购项目来源", columns=2),
        *(GridCell(name, rows=2) for name in single),
        GridCell("政府采购金额（当年部门预算安排资金）", columns=7),
        GridCell(f"{year}年预留中小微企业份额", rows=2),
    )
    return (top, row("项目名称", "预算资金", *funds))
