"""Tables of units, procurement and assets."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from services.normalizer.readers import assets, organisation_units, procurement
from shared.schemas.records import Asset, Finding, OrganisationUnit, ProcurementLine, RecordBase

Read = Callable[[Any, Any], list[RecordBase]]
FUNDS = ["合计", "一般公共预算拨款", "基金预算拨款", "国有资本经营预算拨款", "财政专户核拨", "单位资金"]


def bought(records: list[RecordBase]) -> list[ProcurementLine]:
    return [each for each in records if isinstance(each, ProcurementLine)]


def test_units_are_read_by_their_header_also_with_numbers_and_a_header_again(read: Read) -> None:
    header = ["序号", "单位名称", "单位性质", "单位规格", "经费保障形式"]
    table = [
        header,
        ["1", "某某局\n本级", "行政", "正科级", "财政拨款"],
        header,
        ["2", "服务中心", "事业", "", "财政性资金基本保证"],
    ]
    records = [
        each
        for each in read(organisation_units.read, ["部门机构设置情况", table])
        if isinstance(each, OrganisationUnit)
    ]
    assert [(each.name, each.nature, each.rank, each.funding) for each in records] == [
        ("某某局本级", "行政", "正科级", "财政拨款"),
        ("服务中心", "事业", None, "财政性资金基本保证"),
    ]


def test_procurement_items_stand_under_their_unit(read: Read) -> None:
    table = [
        [
            "政府采购项目来源",
            "<",
            "采购物品名称",
            "政府采购目录序号",
            "计量单位",
            "数量",
            "单价",
            "政府采购金额",
            "<",
            "<",
            "<",
            "<",
            "<",
        ],
        ["项目名称", "预算资金", "^", "^", "^", "^", "^", *FUNDS],
        ["合  计", "", "", "", "", "", "", "60", "60", "", "", "", ""],
        ["服务中心小计", "", "", "", "", "", "", "60", "60", "", "", "", ""],
        ["运维经费", "60", "服务器", "A0201\n0103", "台", "2", "20", "40", "40", "", "", "", ""],
        ["", "", "触摸屏", "A02010608", "台", "1", "20", "20", "20", "", "", "", ""],
    ]
    lines = bought(read(procurement.read, ["部门政府采购预算", "[263001]某某局", "单位：万元", table]))
    assert [(each.line_type, each.organisation, each.project, each.item) for each in lines] == [
        ("total", None, None, None),
        ("subtotal", "服务中心", None, None),
        ("item", "服务中心", "运维经费", "服务器"),
        ("item", "服务中心", "运维经费", "触摸屏"),
    ]
    assert lines[2].catalogue_code == "A02010103"
    assert (lines[2].quantity, lines[2].unit_price, lines[2].total) == (
        Decimal(2),
        Decimal(200000),
        Decimal(400000),
    )
    assert lines[2].government_fund is None


def test_a_blank_total_and_a_note_are_no_lines(read: Read) -> None:
    table = [
        ["项目名称", "采购物品名称", "数量", "单价（元）", "采购金额（万元）"],
        ["合计", "", "", "", ""],
        ["", "复印纸", "10", "200", "0.2"],
        ["注：单价因规格而变动。", "", "", "", ""],
    ]
    lines = bought(read(procurement.read, ["政府采购预算表", table]))
    assert [(each.item, each.unit_price, each.total) for each in lines] == [
        ("复印纸", Decimal(200), Decimal(2000))
    ]


@pytest.mark.parametrize(
    ("share", "funds", "expected"),
    [
        (["2024年预留中小微企业份额", ""], ["", "上年结转结余"], (None, Decimal(2996000))),
        (["2024年预留中小微企业份额"], ["上年结转结余"], (None, Decimal(2996000))),
    ],
)
def test_a_column_under_both_headers_is_what_its_figures_say(
    read: Read, share: list[str], funds: list[str], expected: tuple[Decimal | None, Decimal | None]
) -> None:
    table = [
        ["项目名称", "采购物品名称", "数量", "政府采购金额", "<", *share],
        ["", "", "", "合计", "一般公共预算拨款", *funds],
        ["物业", "其他服务", "1", "299.6", "299.6", *[""] * (len(share) - 1), "299.6"],
    ]
    line = bought(read(procurement.read, ["部门政府采购预算", "单位：万元", table]))[0]
    assert (line.carryover, line.sme_reserved) == expected


def test_a_fund_under_the_wrong_header_that_the_total_needs_stays_a_fund(read: Read) -> None:
    table = [
        ["项目名称", "采购物品名称", "数量", "政府采购金额", "<", "2024年预留中小微企业份额"],
        ["", "", "", "合计", "一般公共预算拨款", "上年结转结余"],
        ["物业", "其他服务", "1", "5", "3", "2"],
    ]
    line = bought(read(procurement.read, ["部门政府采购预算", "单位：万元", table]))[0]
    assert (line.carryover, line.sme_reserved) == (Decimal(20000), None)


def test_assets_have_a_date_and_dashes_are_null(read: Read) -> None:
    table = [
        ["编制部门：某某局", "截止时间：2020年12月31日", "<"],
        ["项   目", "数量", "价值（金额单位：万元）"],
        ["资产总额", "——", "1714.56"],
        ["1、房屋（平方米）", "", ""],
        ["其中：办公用房（平方米）", "0", "0"],
        ["2、车辆（台、辆）", "5", "101.55"],
    ]
    records = [each for each in read(assets.read, ["固定资产占用情况表", table]) if isinstance(each, Asset)]
    assert [(each.category, each.quantity, each.value) for each in records] == [
        ("资产总额", None, Decimal("17145600")),
        ("办公用房（平方米）", 0, 0),
        ("车辆（台、辆）", 5, Decimal("1015500")),
    ]
    assert {each.as_of for each in records} == {date(2020, 12, 31)}


def test_assets_without_a_unit_have_no_value_and_a_finding(read: Read) -> None:
    table = [["项目", "数量", "价值"], ["资产总额", "1", "1714.56"]]
    records = read(assets.read, ["国有资产占用情况表", "截止时间：2023-12-31", table])
    assert [each.value for each in records if isinstance(each, Asset)] == [None]
    assert [each.check for each in records if isinstance(each, Finding)] == ["unit_missing"]
