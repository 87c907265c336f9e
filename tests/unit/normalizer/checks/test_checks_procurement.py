"""Procurement and assets: rows, sums and what prose says of them."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from shared.schemas.document import Cell, Paragraph, Table
from shared.schemas.names import CheckStatus, Metric, Severity
from shared.schemas.records import Asset, Fact, ProcurementLine, Provenance

if TYPE_CHECKING:
    from tests.unit.normalizer.checks.conftest import Collected, Report

Judge = Callable[["Collected"], "Report"]

_WAN = Decimal(10_000)
_BLANK = ("government_fund", "state_capital", "fiscal_account", "unit_funds", "carryover", "sme_reserved")


def _buy(collector: Collected, item: str, quantity: str, price: str, total: str, **more: object) -> None:
    """An item row: money in 万元 as printed."""
    fields: dict[str, object] = {
        **dict.fromkeys(_BLANK),
        "line_type": "item",
        "organisation": None,
        "project": "办公经费",
        "project_budget": None,
        "item": item,
        "catalogue_code": None,
        "measure_unit": "台",
        "quantity": Decimal(quantity),
        "unit_price": Decimal(price) * _WAN,
        "total": Decimal(total) * _WAN,
        "general_public_budget": Decimal(total) * _WAN,
    }
    text = "\t".join(("办公经费", item, quantity, price, total))
    collector.add(ProcurementLine, Provenance(document="0", block=0, text=text), **{**fields, **more})


def _sum(collector: Collected, line_type: str, total: str, organisation: str | None = None) -> None:
    place = Provenance(document="0", block=0, text=total)
    names = [name for name in ProcurementLine.KEY if name not in ("line_type", "organisation")]
    blank = dict.fromkeys((*names, *_BLANK, "project_budget", "measure_unit", "quantity", "unit_price"))
    collector.add(
        ProcurementLine,
        place,
        **{**blank, "general_public_budget": None},
        line_type=line_type,
        organisation=organisation,
        total=Decimal(total) * _WAN,
    )


def _say(collector: Collected, metric: Metric, amount: str, text: str, year: int = 2024) -> None:
    block = len(collector.document.blocks)
    blocks = (*collector.document.blocks, Paragraph(file=0, text=text))
    collector.document = collector.document.model_copy(update={"blocks": blocks})
    place = Provenance(document="0", block=block, text=text)
    collector.add(Fact, place, metric=metric, year=year, amount=Decimal(amount) * _WAN)


def test_quantity_times_price_must_be_the_amount(collector: Collected, judge: Judge) -> None:
    _buy(collector, "服务器", "3", "20.00", "60.00")
    _buy(collector, "触控一体机", "4", "3.32", "3.32")
    [finding] = judge(collector).findings
    assert (finding.check, finding.expected, finding.actual, finding.difference) == (
        "procurement_quantity_price",
        "132800.00",
        "33200.00",
        "-99600.00",
    )
    assert finding.severity is Severity.ERROR


@pytest.mark.parametrize(("quantity", "price", "total"), [("9", "0.01", "0.13"), ("6", "0.02", "0.09")])
def test_a_price_rounded_to_the_last_place_explains_the_product(
    quantity: str, price: str, total: str, collector: Collected, judge: Judge
) -> None:
    _buy(collector, "粉盒", quantity, price, total)
    assert judge(collector).check("procurement_quantity_price").status is CheckStatus.ROUNDING


def test_totals_subtotals_and_prose_must_be_the_sum_of_the_items(collector: Collected, judge: Judge) -> None:
    _sum(collector, "total", "31.00")
    _sum(collector, "subtotal", "20.00", "甲单位")
    _buy(collector, "复印机", "2", "10.00", "20.00", organisation="甲单位")
    _sum(collector, "subtotal", "11.00", "乙单位")
    _buy(collector, "计算机", "1", "10.00", "10.00", organisation="乙单位")
    _say(collector, Metric.PROCUREMENT_TOTAL, "35.00", "安排政府采购预算35.00万元。")
    pairs = {(finding.expected, finding.actual) for finding in judge(collector).of("procurement_sum")}
    assert pairs == {("300000.00", "310000.00"), ("100000.00", "110000.00"), ("310000.00", "350000.00")}


def test_a_total_row_left_blank_is_told_with_the_amount_of_prose(collector: Collected, judge: Judge) -> None:
    cells = (Cell(row=0, column=0, text="合  计"), Cell(row=1, column=0, text="办公经费"))
    table = Table(file=0, index=0, row_count=2, column_count=5, cells=cells)
    collector.document = collector.document.model_copy(update={"blocks": (table,)})
    _buy(collector, "复印机", "2", "10.00", "20.00")
    _say(collector, Metric.PROCUREMENT_TOTAL, "20.00", "安排政府采购预算20.00万元。")
    [finding] = judge(collector).findings
    assert (finding.check, finding.expected, finding.actual) == ("procurement_total_blank", "200000.00", None)


def test_a_table_without_total_row_has_no_blank_total(collector: Collected, judge: Judge) -> None:
    _buy(collector, "复印机", "2", "10.00", "20.00")
    report = judge(collector)
    assert report.failed == set()
    assert report.check("procurement_total_blank").status is CheckStatus.NOT_APPLICABLE


def test_rows_contradict_a_department_that_plans_no_procurement(collector: Collected, judge: Judge) -> None:
    _buy(collector, "复印机", "2", "10.00", "20.00")
    _say(collector, Metric.PROCUREMENT_TOTAL, "0", "我部门未安排政府采购预算。")
    [finding] = judge(collector).findings
    assert (finding.check, finding.expected, finding.actual) == ("procurement_none", "0.00", "200000.00")


def test_more_reserved_for_small_firms_than_spent_is_found(collector: Collected, judge: Judge) -> None:
    _buy(collector, "保洁服务", "1", "20.00", "20.00", sme_reserved=Decimal(210_000))
    [finding] = judge(collector).findings
    assert (finding.check, finding.expected, finding.actual) == ("procurement_reserved", "200000.00", "210000.00")


def _own(collector: Collected, **values: str) -> None:
    for category, value in values.items():
        place = Provenance(document="0", text=f"{category}\t{value}")
        amount = Decimal(value) * _WAN
        collector.add(Asset, place, category=category, quantity=None, value=amount, as_of=None)


def test_assets_must_be_the_sum_of_their_parts(collector: Collected, judge: Judge) -> None:
    _own(collector, 资产总额="2127.38", 房屋="100.00", 办公用房="80.00", 车辆="485.99", 其他固定资产="1551.98")
    [finding] = judge(collector).findings
    assert (finding.check, finding.expected, finding.actual) == ("asset_sum", "21379700.00", "21273800.00")


def test_parts_of_a_part_are_not_added(collector: Collected, judge: Judge) -> None:
    _own(collector, 资产总额="150.00", 房屋="100.00", 办公用房="80.00", 其他固定资产="50.00")
    _say(collector, Metric.FIXED_ASSETS_YEAR_END, "150.00", "上年末固定资产金额为150.00万元。", 2023)
    report = judge(collector)
    assert report.failed == set()
    assert report.check("asset_prose").status is CheckStatus.PASS


@pytest.mark.parametrize(("listed", "failed"), [("，已列入政府采购预算", {"asset_planned"}), ("", set())])
def test_purchases_said_to_be_procured_fit_into_procurement(
    listed: str, failed: set[str], collector: Collected, judge: Judge
) -> None:
    _say(collector, Metric.PROCUREMENT_TOTAL, "2.00", "安排政府采购预算2.00万元。")
    _say(collector, Metric.FIXED_ASSETS_PLANNED, "3.20", f"拟购置固定资产总额为3.20万元{listed}。")
    assert judge(collector).failed == failed


def test_prices_in_another_unit_are_one_mismatch_and_not_one_a_row(collector: Collected, judge: Judge) -> None:
    for number in range(5):
        _buy(collector, f"设备{number}", "2", "0.001", "20.00")
    [finding] = judge(collector).findings
    assert (finding.check, finding.expected, finding.actual) == ("unit_mismatch", "20.00", "200000.00")


def test_the_same_asset_table_in_two_files_is_not_added_up(collector: Collected, judge: Judge) -> None:
    for document in ("1", "2"):
        for category, value in (("资产总额", "150.00"), ("车辆", "100.00"), ("其他固定资产", "50.00")):
            place = Provenance(document=document, block=int(document), text=f"{category}\t{value}")
            amount = Decimal(value) * _WAN
            collector.add(Asset, place, category=category, quantity=None, value=amount, as_of=None)
    assert judge(collector).failed == set()
