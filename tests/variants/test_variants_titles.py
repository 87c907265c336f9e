"""Who publishes what for which year: titles as counties write them, and units beside accounts."""

import pytest

from tests.variants.variants_department import LEFT, as_html, as_tabs
from tests.variants.variants_reading import read


@pytest.mark.parametrize(
    "opening",
    [
        "2023年度部门预算公开（青石县水务局）",
        "青石县水务局关于2023年部门预算信息公开的说明",
        "附件1：青石县水务局2023年部门预算",
        "青石县水务局\n2023年度部门预算",
        "2023年青石县水务局部门预算公开情况说明",
        "青石县水务局二○二三年部门预算",
        "青石县水务局（本级）2023年度单位预算公开",
        "2023年部门预算公开\n\n部门名称：青石县水务局",
        "目  录\n第一部分 部门概况\n第二部分 2023年部门预算\n\n青石县水务局2023年度部门预算",
    ],
)
def test_the_department_and_the_year_of_a_budget(opening: str) -> None:
    disclosure = read(f"{opening}\n一、收入说明\n2023年收入预算1234.56万元。\n".encode()).disclosure
    assert (disclosure.department, disclosure.fiscal_year) == ("青石县水务局", 2023)
    assert disclosure.kind == "department_budget"


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("青石县水务局2022年度部门决算公开", "final_accounts"),
        ("青石县水务局2022年部门整体绩效目标", "performance_targets"),
        ("青石县水务局2022年部门预算及绩效信息公开", "department_budget"),
    ],
)
def test_the_kind_a_title_says(title: str, kind: str) -> None:
    disclosure = read(f"{title}\n一、部门职责\n负责水利工作。\n".encode()).disclosure
    assert (disclosure.kind, disclosure.department, disclosure.fiscal_year) == (kind, "青石县水务局", 2022)


def test_rows_of_units_between_their_accounts_are_called_by_the_unit() -> None:
    rows = [
        ["单位编码", "单位名称", "科目编码", "科目名称", "合计", "基本支出", "项目支出"],
        ["306", "青石县水务局", "", "", "1234.56", "604.56", "630.00"],
        ["306001", "青石县水务局本级", "", "", "1134.56", "504.56", "630.00"],
        ["306001", "青石县水务局本级", "2130301", "行政运行", "1134.56", "504.56", "630.00"],
        ["306002", "青石县水务站", "", "", "100.00", "100.00", ""],
        ["306002", "青石县水务站", "2130301", "行政运行", "100.00", "100.00", ""],
    ]
    reading = read(as_html([(["2023年部门支出总表", "单位：万元"], rows)]))
    totals = [(code, name) for code, name, column, _ in reading.lines("expenditure") if column == "total"]
    assert sorted(totals, key=str) == [
        ("2130301", "行政运行"),
        ("2130301", "行政运行"),
        (None, "青石县水务局"),
        (None, "青石县水务局本级"),
        (None, "青石县水务站"),
    ]
    assert not reading.complaints


def test_an_empty_table_is_known_whatever_its_blank_rows() -> None:
    note = "注：本部门无政府性基金预算支出，故以空表列示。"
    rows = [
        ["科目编码", "科目名称", "合计", "基本支出", "项目支出"],
        ["", "合计", "", "", ""],
        ["", "", "", "", ""],
        [note, LEFT, LEFT, LEFT, LEFT],
    ]
    reading = read(as_tabs([(["2023年政府性基金预算支出表", "单位：万元"], rows)]))
    assert not reading.tables
    assert not reading.unread


def test_fixed_assets_among_all_assets_are_not_counted_twice() -> None:
    rows = [
        ["项目", "行次", "数量", "金额"],
        ["一、资产总额", "1", "", "521.45"],
        ["（一）流动资产", "2", "—", "200.00"],
        ["（二）固定资产", "3", "—", "321.45"],
        ["其中：1.房屋（平方米）", "4", "1500", "200.00"],
        ["2.汽车（辆）", "5", "2", "45.60"],
        ["3.其他固定资产", "6", "—", "75.85"],
    ]
    titles = ["青石县水务局2023年部门预算", "截至2022年12月31日，本部门固定资产总额为321.45万元。"]
    caption = ["国有资产占用情况表", "截止2022年12月31日    金额单位：万元"]
    reading = read(as_tabs([(titles, []), (caption, rows)]))
    assert ("固定资产", "3214500") in reading.said("asset", "category", "value")
    assert reading.facts == {"fixed_assets_year_end 2022": "321.45"}
    assert not reading.complaints


@pytest.mark.parametrize(
    ("prose", "units"),
    [
        (
            "机构设置：\n我部门下设2个预算单位：\n1.青石县水务局（本级）\n2.青石县水务站\n",
            [("青石县水务局（本级）", None, None, None), ("青石县水务站", None, None, None)],
        ),
        (
            "（二）机构设置\n纳入本部门决算汇编范围的独立核算单位共1个，具体情况如下：青石县水务局（本级），行政单位，财政拨款。\n",
            [("青石县水务局（本级）", "行政单位", None, "财政拨款")],
        ),
        (
            (
                "（二）机构设置\n青石县水务局内设2个股室：\n1.办公室\n2.财务股\n所属事业单位2个：\n"
                "1.青石县水务站，事业单位，股级，财政性资金基本保证；\n2.青石县水利工程队，自收自支。\n"
            ),
            [
                ("青石县水务站", "事业单位", "股级", "财政性资金基本保证"),
                ("青石县水利工程队", None, None, "自收自支"),
            ],
        ),
        ("（二）机构设置\n根据上述职责，青石县水务局设下列内设机构：（一）办公室。（二）规划计划股。\n", []),
    ],
    ids=["a list", "one in a sentence", "beside inner offices", "inner offices alone"],
)
def test_units_listed_in_prose(prose: str, units: list[tuple[str | None, ...]]) -> None:
    reading = read(f"青石县水务局2023年部门预算公开\n一、部门职责及机构设置情况\n{prose}".encode())
    assert reading.said("organisation_unit", "name", "nature", "rank", "funding") == units
    assert not reading.complaints
