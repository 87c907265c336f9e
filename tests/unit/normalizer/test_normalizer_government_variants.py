"""Governments' documents as many counties word them: kinds, levels, years, reports, balances, classes."""

from collections.abc import Callable, Sequence
from itertools import zip_longest

import pytest

from services.normalizer.stage import normalize_document
from shared.schemas.document import Document
from shared.schemas.names import Severity, TableName
from shared.schemas.records import BudgetLine, Disclosure, Fact, Finding, RecordBase

Make = Callable[..., Document]
Rows = Sequence[Sequence[str]]
L = "<"


def read(document: Make, *written: str | Rows) -> list[RecordBase]:
    return normalize_document(document(list(written)))


def errors(records: Sequence[RecordBase]) -> list[str]:
    return [each.message for each in records if isinstance(each, Finding) and each.severity is Severity.ERROR]


def errors_or_warnings(records: Sequence[RecordBase]) -> str:
    loud = {Severity.ERROR, Severity.WARNING}
    return "".join(each.message for each in records if isinstance(each, Finding) and each.severity in loud)


def disclosure(records: Sequence[RecordBase]) -> Disclosure:
    return next(each for each in records if isinstance(each, Disclosure))


BY_NAME: Rows = [
    ["项目", "合计", "基本支出", "项目支出"],
    ["合计", "100", "60", "40"],
    ["机关工资福利支出", "60", "60", ""],
    ["工资奖金津补贴", "60", "60", ""],
    ["机关商品和服务支出", "40", "", "40"],
    ["公务接待费", "5", "", "5"],
    ["因公出国（境）费用", "3", "", "3"],
    ["公务用车运行维护费", "7", "", "7"],
    ["办公经费", "25", "", "25"],
]
BY_CODE: Rows = [
    ["科目编码", "科目名称", "金额"],
    ["501", "机关工资福利支出", "70"],
    ["50101", "工资奖金津补贴", "70"],
    ["502", "机关商品和服务支出", "30"],
    ["50206", "公务接待费", "4"],
    ["50207", "因公出国（境）费用", "1"],
    ["50208", "公务用车运行维护费", "9"],
    ["50201", "办公经费", "16"],
    ["", "支出合计", "100"],
]
FUSED: Rows = [
    ["经济分类", "2025年预算", "2026年预算"],
    ["30101 基本工资", "50", "55"],
    ["30102 津贴补贴", "20", "20"],
    ["30201 办公费", "8", "9"],
    ["30217 公务接待费", "2", "2"],
    ["30212 因公出国（境）费用", "1", "0"],
    ["30231 公务用车运行维护费", "4", "4"],
    ["合计", "85", "90"],
]


@pytest.mark.parametrize(
    ("title", "rows", "unit"),
    [
        ("2026年一般公共预算支出表（按政府经济分类）", BY_NAME, "万元"),
        ("一般公共预算支出预算表（政府预算经济分类科目）", BY_NAME, "万元"),
        ("2026年政府预算支出经济分类情况表", BY_CODE, "万元"),
        ("一般公共预算基本支出表（按经济分类）", FUSED, "万元"),
        ("表八 部门支出经济分类预算表", FUSED, "元"),
        ("政府经济分类支出预算明细表", BY_CODE, "元"),
        ("2026年财政拨款支出预算表（经济分类）", BY_NAME, "元"),
        ("附表5：支出预算经济分类汇总表", BY_CODE, "万元"),
        ("部门预算支出经济分类科目表", FUSED, "万元"),
        ("支出预算分类汇总表（按政府预算经济分类）", BY_CODE, "千元"),
    ],
)
def test_economic_classes_with_reception_and_vehicles_are_no_three_public(
    document: Make, title: str, rows: Rows, unit: str
) -> None:
    records = read(document, "临江区交通局2026年部门预算", title, f"单位：{unit}", rows)
    lines = [each for each in records if isinstance(each, BudgetLine)]
    assert [each for each in lines if each.table is TableName.THREE_PUBLIC] == []
    assert errors(records) == []


REPORTED = [
    ("青石县", "2025年，全县一般公共预算收入完成12.5亿元，增长3.1%，其中税收收入8亿元。",
     ("revenue", "general_public_budget", "whole_area", "execution", 2025, "1250000000.00")),
    ("临江区", "2025年，区本级一般公共预算支出完成345,600万元，为预算的97%。",
     ("expenditure", "general_public_budget", "own", "execution", 2025, "3456000000.00")),
    ("白塔市", "2026年，全市政府性基金预算收入安排30亿元，支出安排28亿元。",
     ("revenue", "government_fund", "whole_area", "budget", 2026, "3000000000.00")),
    ("河湾县", "2025年，全县国有资本经营预算收入完成560万元，支出完成120万元。",
     ("expenditure", "state_capital", "whole_area", "execution", 2025, "1200000.00")),
    ("松林县", "2026年，县本级一般公共预算收入预计5.2亿元，比上年增长4%。",
     ("revenue", "general_public_budget", "own", "budget", 2026, "520000000.00")),
    ("云岭旗", "2025年，全旗一般公共预算收入完成31,245万元，完成预算的102%。",
     ("revenue", "general_public_budget", "whole_area", "execution", 2025, "312450000.00")),
    ("望溪区", "2025年，全区一般公共预算收入实现22.08亿元。全区社会保险基金收入完成9.1亿元。",
     ("revenue", "social_insurance", "whole_area", "execution", 2025, "910000000.00")),
    ("青禾县", "2025年末，全县政府债务余额为88.3亿元，其中：一般债务40亿元，专项债务48.3亿元。",
     ("debt_balance", "debt", "whole_area", "execution", 2025, "8830000000.00")),
    ("竹溪县", "2026年，全县一般公共预算支出安排60.1亿元，其中教育支出12亿元。",
     ("expenditure", "general_public_budget", "whole_area", "budget", 2026, "6010000000.00")),
    ("石门县", "县级一般公共预算收入完成7.7亿元，税收收入完成5亿元。", None),
    ("松塬县", "——2025年，全县一般公共预算收入完成26.06亿元，增长17.6%。",
     ("revenue", "general_public_budget", "whole_area", "execution", 2025, "2606000000.00")),
]  # fmt: skip


@pytest.mark.parametrize(("county", "sentence", "wanted"), REPORTED)
def test_a_reports_figure_has_its_fund_level_basis_and_year(
    document: Make, county: str, sentence: str, wanted: tuple[object, ...] | None
) -> None:
    title = f"关于{county}2025年预算执行情况和2026年预算草案的报告"
    part = "二、2026年预算草案" if "2026年，" in sentence else "一、2025年预算执行情况"
    records = read(document, title, f"{county}财政局", "各位代表：", part, sentence)
    found = disclosure(records)
    assert (found.title, found.fiscal_year, found.kind) == (title, 2026, "government_budget")
    facts = {
        (each.metric, each.fund, each.level, each.basis, each.year, f"{each.amount:.2f}")
        for each in records
        if isinstance(each, Fact) and each.scope is None
    }
    assert all(level and year for _, _, level, _, year, _ in facts)
    assert wanted is None or wanted in facts
    told = [each.check for each in records if isinstance(each, Finding)]
    assert not {"prose_repeated", "prose_year"} & set(told)


@pytest.mark.parametrize(
    "text",
    [
        "建设山海城市，推进山海城市更新。", "平安区域建设，平安区域巡逻。", "推进和平县域经济，和平县域示范。",
        "学习安吉县经验，赴安吉县考察。", "新城区域开发，新城区域规划。", "开放平台县区联动，平台县区共建。",
        "与永嘉县对口协作，与永嘉县签约。", "建设宜居永州区域中心。", "全面振兴安区建设，振兴安区活力。",
        "借鉴大安市经验，学习大安市做法。",
    ],
)  # fmt: skip
def test_a_place_across_two_words_or_only_mentioned_is_not_the_region(document: Make, text: str) -> None:
    records = read(document, "2026年部门预算公开", "蓝湾海洋发展局", "一、主要职责", text)
    assert disclosure(records).region_code is None


INCOME = [
    ("103", "非税收入", "600"),
    ("10301", "政府性基金收入", "600"),
    ("1030148", "国有土地使用权出让收入", "550"),
    ("1030156", "城市基础设施配套费收入", "50"),
    ("", "本年收入合计", "600"),
]
OUTLAY = [
    ("212", "城乡社区支出", "700"),
    ("21208", "国有土地使用权出让收入安排的支出", "700"),
    ("2120801", "征地和拆迁补偿支出", "700"),
    ("", "本年支出合计", "700"),
]
FURTHER = [
    ([("", "上级补助收入", "50"), ("", "上年结转", "100")], [("", "债务还本支出", "50")]),
    (
        [("", "转移性收入", "150"), ("11008", "上年结余收入", "100"), ("11004", "政府性基金补助收入", "50")],
        [("", "转移性支出", "50"), ("23008", "调出资金", "50")],
    ),
    ([("", "债务转贷收入", "150")], [("", "债务还本支出", "20"), ("", "年终结余", "30")]),
    ([("", "调入资金", "80"), ("", "动用预算稳定调节基金", "70")], [("", "上解上级支出", "50")]),
    ([("", "专项债券收入", "150")], [("", "补助下级支出", "50")]),
]


@pytest.mark.parametrize(
    ("whole", "title"),
    [
        ("青石县城市管理局2026年部门预算", "2026年部门收支总表"),
        ("青石县2026年政府预算公开", "2026年青石县政府性基金预算收支平衡表"),
    ],
)
@pytest.mark.parametrize(("more_income", "more_outlay"), FURTHER)
def test_a_balance_with_levels_and_further_parts_holds(
    document: Make, whole: str, title: str, more_income: Rows, more_outlay: Rows
) -> None:
    income = [*INCOME, *more_income, ("", "收入总计", "750")]
    outlay = [*OUTLAY, *more_outlay, ("", "支出总计", "750")]
    rows = [
        ["收入", L, L, "支出", L, L],
        ["科目编码", "科目名称", "2026年预算数", "科目编码", "科目名称", "2026年预算数"],
        *([*one, *other] for one, other in zip_longest(income, outlay, fillvalue=("", "", ""))),
    ]
    assert errors(read(document, whole, title, "单位：万元", rows)) == []


EXECUTED: Rows = [
    ["一般公共预算收入", L, L, "一般公共预算支出", L, L],
    ["项目", "预算数", "完成数", "项目", "预算数", "完成数"],
    ["税收收入", "310", "305", "农林水支出", "280", "276"],
    ["非税收入", "20", "19", "教育支出", "50", "48"],
    ["收入合计", "330", "324", "支出合计", "330", "324"],
]
PLANNED: Rows = [
    ["一般公共预算收入", L, L, "一般公共预算支出", L, L],
    ["项目", "2025年完成数", "2026年预算数", "项目", "2025年完成数", "2026年预算数"],
    ["税收收入", "305", "316.4", "农林水支出", "276", "303.95"],
    ["非税收入", "19", "20", "教育支出", "48", "32.45"],
    ["收入合计", "324", "336.4", "支出合计", "324", "336.4"],
]


@pytest.mark.parametrize("level", ["whole_area", "own"])
@pytest.mark.parametrize("county", ["青石县", "临江区", "白塔市", "云岭旗", "松林州"])
def test_execution_of_last_year_and_the_budget_of_this_are_told_apart(
    document: Make, county: str, level: str
) -> None:
    whose = f"全{county[-1]}" if level == "whole_area" else f"{county[-1]}本级"
    records = read(
        document,
        f"{county}2026年政府预算公开",
        f"2025年{whose}一般公共预算收支执行情况表",
        "单位：万元",
        EXECUTED,
        f"2026年{whose}一般公共预算收支表",
        "单位：万元",
        PLANNED,
    )
    lines = [each for each in records if isinstance(each, BudgetLine)]
    assert len(lines) == 24
    assert {(each.basis, each.year) for each in lines} == {("budget", 2025), ("execution", 2025), ("budget", 2026)}
    assert {(each.column, each.level) for each in lines} == {("total", level)}
    assert errors(records) == []


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("2026年青石县一般公共预算支出表", "government_budget"),
        ("2025年临江区政府性基金预算支出决算表", "government_accounts"),
        ("2026年白塔市国有资本经营预算收入表", "government_budget"),
        ("9909 2024年青石县地方政府债务限额及余额决算情况表", "government_debt"),
        ("990101 松林县2025年地方政府债务限额及余额情况表", "government_debt"),
        ("2026年青石县水务局一般公共预算支出表", "department_budget"),
    ],
)
def test_a_single_table_tells_whose_it_is(document: Make, title: str, kind: str) -> None:
    rows = [["项目", "2025年预算数"], ["合计", "12.5"]]
    found = disclosure(read(document, title, "单位：万元", rows))
    assert found.kind == kind
    assert found.title == title.split(" ")[-1]


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("青石市人民政府关于2025年决算的报告", "government_accounts"),
        ("市本级2025年预算调整方案的报告", "government_adjustment"),
        ("临江区政府2025年政府决算公开", "government_accounts"),
        ("白云镇人民政府2025年部门决算公开", "final_accounts"),
    ],
)
def test_a_government_that_reports_is_no_department(document: Make, title: str, kind: str) -> None:
    found = disclosure(read(document, title, "一、收支情况", "2025年全市一般公共预算收入12亿元。"))
    assert (found.kind, found.department is None) == (kind, kind.startswith("government_"))


def test_all_that_is_collected_is_not_the_grand_total_of_a_budget(document: Make) -> None:
    title = "临江区2025年财政决算的报告"
    heads = ["主任：", "一、2025年财政决算情况", "（一）一般公共预算决算情况"]
    told = ["2025年全区实现财政总收入93.76亿元，同口径增长8.7%。", "2025年全区一般公共预算收入54.08亿元。"]
    records = read(document, title, *heads, *told)
    facts = {each.metric: each.amount for each in records if isinstance(each, Fact)}
    assert {metric: f"{amount:.0f}" for metric, amount in facts.items()} == {"revenue": "5408000000"}


def lines(records: Sequence[RecordBase]) -> list[BudgetLine]:
    return [each for each in records if isinstance(each, BudgetLine)]


def test_an_adjustment_with_both_sides_is_a_balance_whatever_its_title_leaves_out(document: Make) -> None:
    records = read(
        document,
        "关于2024年青石县一般公共预算调整情况表",
        "单位：万元",
        [
            ["收入", L, L, L, "支出", L, L, L],
            ["项目", "年初预算", "调整增减(+/-)", "调整后预算", "项目", "年初预算", "调整增减(+/-)", "调整后预算"],
            ["一般公共预算收入", "1000", "-50", "950", "一般公共预算支出", "1800", "150", "1950"],
            ["债务转贷收入", "200", "120", "320", "债务还本支出", "50", "20", "70"],
            ["收入总计", "1200", "70", "1270", "支出总计", "1850", "170", "2020"],
        ],
    )
    found = {(each.side, each.name, each.column, each.basis, str(each.amount)) for each in lines(records)}
    assert {each.table for each in lines(records)} == {TableName.GOVERNMENT_BALANCE}
    assert ("income", "债务转贷收入", "change", "adjusted_budget", "1200000") in found
    assert ("expenditure", "债务还本支出", "total", "budget", "500000") in found
    assert len(found) == 18


def test_a_title_whose_year_stands_on_the_next_line_is_a_governments(document: Make) -> None:
    records = read(
        document,
        "青石县本级国有资本经营收入预算表",
        "2024年",
        "单位：万元",
        [["项目", "上年预算数", "上年完成数", "本年预算数"], ["利润收入", "100", "90", "95"]],
    )
    assert [(each.basis, each.year) for each in lines(records)] == [
        ("budget", 2023),
        ("execution", 2023),
        ("budget", 2024),
    ]


@pytest.mark.parametrize(
    "title",
    [
        "2024年1-6月青石县财政收支情况表",
        "黄泥镇2024年一般公共预算收支平衡表",
        "2024年县对乡镇一般公共预算转移支付表",
        "2024年青石县一般公共预算收入分部门完成情况表",
        "2024年青石县一般公共预算“三保”支出表",
    ],
)
def test_tables_that_only_a_government_has_are_its_own(document: Make, title: str) -> None:
    records = read(document, title, "单位：万元", [["项目", "2024年预算数"], ["教育支出", "100"], ["合计", "100"]])
    assert disclosure(records).kind.of_government  # type: ignore[union-attr]
    assert {each.fund for each in lines(records)} == {"general_public_budget"}


def test_a_blank_form_with_codes_is_told_as_blank(document: Make) -> None:
    records = read(
        document,
        "2024年青石县国有资本经营预算支出表",
        [["科目编码", "科目名称", "2024年预算数"], ["223", "国有资本经营预算支出", ""]],
    )
    assert [each.message for each in records if isinstance(each, Finding) and each.check == "unread_table"] == [
        "《2024年青石县国有资本经营预算支出表》没有填列金额。"
    ]


def test_what_is_owed_at_the_end_of_the_year_of_accounts_is_final(document: Make) -> None:
    records = read(
        document,
        "关于2022年青石县财政决算（草案）的报告",
        "政府债务情况",
        "截至2022年底，全县政府债务余额33.9亿元，其中一般债务余额14.5亿元，专项债务余额19.4亿元。",
    )
    found = [(each.fund, each.basis, each.year) for each in records if isinstance(each, Fact)]
    assert found == [("debt", "final", 2022), ("general_debt", "final", 2022), ("special_debt", "final", 2022)]


def test_the_labels_of_a_table_of_two_columns_are_no_title(document: Make) -> None:
    rows = [["科目", "2024年预算"], ["教育支出", "100"], ["卫生健康支出", "50"], ["合计", "150"]]
    records = read(document, "2024年青石县一般公共预算支出预算表", "单位：千元", rows)
    assert disclosure(records).title == "2024年青石县一般公共预算支出预算表"
    assert {(each.level, each.year) for each in lines(records)} == {("whole_area", 2024)}


def test_what_is_owed_by_a_day_of_the_year_of_the_title_is_executed(document: Make) -> None:
    records = read(
        document,
        "青石县2023年政府债务限额和余额情况说明",
        "省财政厅核定我县2023年政府债务限额61.20亿元。截至2023年12月31日，我县政府债务余额为58.30亿元。",
    )
    found = [(each.metric, each.basis, each.year) for each in records if isinstance(each, Fact)]
    assert found == [("debt_limit", "limit", 2023), ("debt_balance", "execution", 2023)]


def test_a_row_without_a_name_is_called_as_its_labels_are(document: Make) -> None:
    records = read(
        document,
        "2024年青石县县本级“三公”经费预算汇总表",
        "单位：万元",
        [
            ["合计", "因公出国（境）费", "公务用车购置及运行费", L, L, "公务接待费"],
            ["", "", "小计", "购置费", "运行费", ""],
            ["280", "0", "190", "45", "145", "80"],
        ],
    )
    found = [(each.table, each.name, each.column, each.basis, each.year) for each in lines(records)]
    names = ["合计", "因公出国(境)费", "公务用车购置及运行费小计", "购置费", "运行费", "公务接待费"]
    assert found == [("government_three_public", name, "total", "budget", 2024) for name in names]
    assert "“合计”" in errors_or_warnings(records)


def test_two_tables_side_by_side_under_their_own_titles_are_each_read(document: Make) -> None:
    sheet: Rows = [
        ["附表1", "", "", "", "附表2", "", ""],
        ["2024年青石县一般公共预算收入表", "", "", "", "2024年青石县一般公共预算支出表", "", ""],
        ["", "", "单位：万元", "", "", "", "单位：万元"],
        ["项目", "2023年执行数", "2024年预算数", "", "项目", "2023年执行数", "2024年预算数"],
        ["税收收入", "100", "110", "", "教育支出", "80", "85"],
        ["合计", "100", "110", "", "合计", "80", "85"],
    ]
    found = lines(read(document, sheet))
    assert [each.table for each in found] == [TableName.GOVERNMENT_REVENUE] * 4 + [
        TableName.GOVERNMENT_EXPENDITURE
    ] * 4
    assert {(each.basis, each.year) for each in found} == {("execution", 2023), ("budget", 2024)}


def test_the_title_below_a_list_of_the_tables_is_of_the_first_table(document: Make) -> None:
    rows: Rows = [["项目", "预算数"], ["税收收入", "100"], ["收入合计", "100"]]
    names = ["表一、一般公共预算收入表", "表二、一般公共预算支出表", "表三、政府性基金收入表"]
    records = read(
        document, "青石县2024年财政预算公开", "目录", *names, "表一：2024年一般公共预算收入表", "单位：万元", rows
    )
    assert {(each.table, each.year) for each in lines(records)} == {("government_revenue", 2024)}
    assert len(lines(records)) == 2


def test_an_insurance_of_units_is_no_departments(document: Make) -> None:
    rows: Rows = [["项目", "2024年预算数"], ["本年收入", "200"], ["本年支出", "190"], ["本年收支结余", "10"]]
    title = "2024年青石县机关事业单位基本养老保险基金收支预算表"
    assert {each.fund for each in lines(read(document, title, "单位：万元", rows))} == {"agency_pension"}


def test_a_limit_with_its_unit_behind_is_money(document: Make) -> None:
    rows: Rows = [["项目", "2023年限额（亿元）", "2023年末余额（亿元）"], ["一般债务", "10.5", "10.1"]]
    found = lines(read(document, "2023年青石县地方政府债务情况表", rows))
    assert [(each.table, each.amount) for each in found] == [
        ("debt_limit", 1_050_000_000),
        ("debt_balance", 1_010_000_000),
    ]


@pytest.mark.parametrize(
    ("title", "level"),
    [
        ("2025年青石瑶族自治县自治县本级一般公共预算支出表", "own"),
        ("2025年全自治县一般公共预算支出表", "whole_area"),
        ("2025年第十五师师本级一般公共预算支出表", "own"),
        ("2025年师市一般公共预算支出表", "whole_area"),
    ],
)
def test_autonomous_counties_and_the_divisions_of_the_corps_name_their_levels(
    document: Make, title: str, level: str
) -> None:
    whose = "新疆生产建设兵团第十五师2025年预算公开" if "师" in title else "青石瑶族自治县2025年财政预算公开"
    rows = [["科目编码", "科目名称", "2025年预算数"], ["201", "一般公共服务支出", "9"], ["205", "教育支出", "5"]]
    records = read(document, whose, title, "单位：万元", rows)
    assert disclosure(records).kind == "government_budget"
    assert {each.level for each in lines(records)} == {level}


def test_rows_that_are_governments_below_are_areas_whatever_stands_over_them(document: Make) -> None:
    rows = [["单位", "合计", "专项转移支付"], ["竹溪镇", "9", "4"], ["白云乡", "5", "1"], ["合计", "14", "5"]]
    title = "2025年县对乡镇一般公共预算转移支付表"
    found = lines(read(document, "青石县2025年政府预算公开", title, "单位：万元", rows))
    assert {each.classification for each in found} == {"area"}
    assert [each.area_name for each in found] == ["竹溪镇"] * 2 + ["白云乡"] * 2 + [None] * 2


def test_a_row_that_says_expected_is_expected_under_a_column_of_execution(document: Make) -> None:
    rows = [
        ["项目", "执行数", "预算数"],
        ["一、2023年末地方政府专项债务余额实际数", "80000", ""],
        ["二、2024年末地方政府专项债务余额预计执行数", "95000", ""],
    ]
    found = lines(read(document, "青石县2024年政府专项债务限额和余额情况表", "单位：万元", rows))
    assert [(each.year, each.basis) for each in found] == [(2023, "execution"), (2024, "expected_execution")]


def test_a_table_under_a_heading_is_of_the_place_that_the_title_of_the_whole_names(document: Make) -> None:
    rows = [["项目", "年初预算", "上半年完成"], ["税收收入", "75", "38"], ["非税收入", "25", "14"]]
    title = "青石县2024年上半年预算执行情况表"
    found = lines(read(document, title, "单位：万元", "一、一般公共预算收入", rows))
    assert {(each.fund, each.level) for each in found} == {("general_public_budget", "whole_area")}


@pytest.mark.parametrize(
    "title",
    ["青石县政府债务分年度偿还计划表", "青石县地方政府债务限额及余额情况表", "临江区政府专项债务余额情况表"],
)
def test_a_table_of_debt_without_a_year_is_a_governments(document: Make, title: str) -> None:
    rows = [["项目", "一般债务", "专项债务"], ["2025年", "5", "6"], ["2026年", "4", "3"]]
    records = read(document, title, "单位：万元", rows)
    assert (disclosure(records).kind, disclosure(records).title) == ("government_debt", title)
    assert len(lines(records)) == 4


def test_classes_groups_and_items_in_columns_of_their_own_are_codes(document: Make) -> None:
    rows = [
        ["类", "款", "项", "科目名称", "合计"],
        ["212", "", "", "城乡社区支出", "12"],
        ["", "08", "", "国有土地使用权出让收入安排的支出", "12"],
        ["", "", "01", "征地和拆迁补偿支出", "12"],
    ]
    found = lines(read(document, "2025年松林县本级政府性基金支出预算表", "单位：万元", rows))
    assert [each.code for each in found] == ["212", "21208", "2120801"]
    assert {each.classification for each in found} == {"functional"}


def test_the_economic_classes_of_departments_are_no_department(document: Make) -> None:
    title = "2025年青石县一般公共预算基本支出预算表（按部门预算支出经济分类）"
    rows = [["经济科目编码", "经济科目名称", "合计"], ["301", "工资福利支出", "12"], ["30101", "基本工资", "12"]]
    records = read(document, title, "单位：元", rows)
    assert disclosure(records).kind == "government_budget"
    assert {each.classification for each in lines(records)} == {"department_economic"}


def test_revenue_above_the_functions_of_spending_has_none(document: Make) -> None:
    rows = [["项目", "本年累计数"], *([name, "9"] for name in ("一般公共预算收入", "税收收入"))]
    rows += [[name, "9"] for name in ("一般公共预算支出", "一般公共服务支出", "教育支出")]
    found = lines(read(document, "青石县2024年1-9月一般公共预算收支执行情况表", "单位：万元", rows))
    assert [each.classification for each in found] == ["item"] * 2 + ["functional"] * 3


def test_the_sum_of_the_whole_city_is_of_the_whole_city(document: Make) -> None:
    rows = [
        ["科目", "全市合计", "市本级", "县（区）小计"],
        ["教育支出", "200", "60", "140"],
        ["农林水支出", "80", "20", "69"],
        ["支出合计", "280", "80", "200"],
    ]
    records = read(document, "2025年白塔市一般公共预算支出预算表", "单位：万元", rows)
    assert [each.level for each in lines(records)] == ["whole_area", "own", "subordinates"] * 3
    assert "80万元" in errors_or_warnings(records)


def test_the_kinds_of_a_limit_that_was_added_are_no_limits(document: Make) -> None:
    records = read(
        document,
        "关于2024年青石县新增地方政府债务限额及预算调整方案的报告",
        "省财政厅下达我县2024年新增地方政府债务限额3.2亿元，其中：一般债务限额0.7亿元，专项债务限额2.5亿元。",
        "2024年全县政府债务限额调整为71.5亿元，其中：一般债务限额30亿元。",
    )
    found = [(each.fund, f"{each.amount:.0f}") for each in records if isinstance(each, Fact)]
    assert found == [("debt", "7150000000"), ("general_debt", "3000000000")]


def test_a_table_without_a_title_is_what_the_report_on_one_year_is_of(document: Make) -> None:
    rows = [
        ["项目", "年初预算", "一季度累计完成", "完成年初预算%"],
        ["一般公共预算收入", "80000", "21000", "26.3"],
        ["一般公共预算支出", "320000", "95000", "29.7"],
    ]
    told = "2025年一季度，全县一般公共预算收入完成2.1亿元，增长4%。"
    found = lines(read(document, "青石县2025年一季度财政预算执行情况", told, "单位：万元", rows))
    assert [(each.side, each.basis, each.year) for each in found] == [
        (side, basis, 2025) for side in ("income", "expenditure") for basis in ("budget", "execution")
    ]


def test_rows_of_levels_are_areas_of_these_levels(document: Make) -> None:
    rows = [["级次", "预算数"], ["全市", "100"], ["市本级", "40"], ["县（市、区）级", "60"]]
    found = lines(read(document, "2024年白塔市一般公共预算收入预算表", "单位：亿元", rows))
    assert [each.level for each in found] == ["whole_area", "own", "subordinates"]


def test_the_sum_of_columns_of_several_budgets_is_of_none(document: Make) -> None:
    rows = [
        ["科目编码", "科目名称", "合计", "一般公共预算", "政府性基金预算"],
        ["501", "机关工资福利支出", "5", "5", ""],
        ["503", "机关资本性支出（一）", "4", "1", "3"],
    ]
    title = "临江区2024年区级政府预算支出决算经济分类汇总表"
    found = lines(read(document, title, "单位：万元", rows))
    assert [each.fund for each in found if each.name.startswith("机关工资")] == [None, "general_public_budget"]
    assert [each.fund for each in found][2:] == [None, "general_public_budget", "government_fund"]


def test_what_is_spent_on_in_a_column_is_no_total(document: Make) -> None:
    rows = [
        ["科目名称", "合计", "资本性支出", "费用性支出"],
        ["国有企业资本金注入", "30", "30", ""],
        ["解决历史遗留问题及改革成本支出", "15", "", "15"],
    ]
    found = lines(read(document, "2025年青石县国有资本经营预算支出表", "单位：万元", rows))
    assert [each.column for each in found] == ["total", "other", "total", "other"]


def test_a_title_behind_the_word_for_what_is_attached_begins_with_its_place(document: Make) -> None:
    title = "附表：2024年青石县一般公共预算收支平衡表"
    rows = [["项目", "预算数", "项目", "预算数"], ["税收收入", "9", "教育支出", "8"]]
    found = lines(read(document, "关于财政预算调整方案的报告", title, "单位：万元", rows))
    assert {each.level for each in found} == {"whole_area"}


def test_a_group_whose_cell_lost_its_zero_has_it_in_the_code(document: Make) -> None:
    rows = [
        ["类", "款", "科目名称", "合计"],
        ["212", "", "城乡社区支出", "12"],
        ["", "8", "土地出让安排的支出", "12"],
    ]
    found = lines(read(document, "2025年松林县政府性基金支出预算表", "单位：万元", rows))
    assert [each.code for each in found] == ["212", "21208"]


def test_projects_beside_the_regions_they_are_in_stay_projects(document: Make) -> None:
    rows = [["序号", "地区", "项目名称", "债券性质", "安排金额"]]
    rows += [["1", "临江区", "医院扩建项目", "专项债券", "50"], ["2", "青石县", "学校建设项目", "专项债券", "40"]]
    found = lines(read(document, "白塔市2024年新增地方政府债券使用情况表", "单位：万元", rows))
    assert [(each.name, each.classification, each.area_name) for each in found] == [
        ("医院扩建项目", "project", "临江区"),
        ("学校建设项目", "project", "青石县"),
    ]


def test_the_unit_beside_who_made_the_table_is_the_tables(document: Make) -> None:
    sheet: Rows = [
        ["2025年临江区一般公共预算收入预算表", L, L],
        ["编制部门：区财政局", "", "单位：万元"],
        ["收入项目", "2024年执行数", "2025年预算数"],
        ["税收收入", "300", "330"],
    ]
    found = lines(read(document, "临江区2025年政府预算公开", sheet))
    assert [str(each.amount) for each in found] == ["3000000", "3300000"]


def test_what_a_figure_is_changed_from_is_not_what_it_is_changed_to(document: Make) -> None:
    records = read(
        document,
        "关于云岭旗2024年预算调整方案（草案）的报告",
        "旗本级一般公共预算收入由年初预算的5亿元调整为4.8亿元，支出由20亿元调整为21.5亿元。",
        "上级核定我旗2024年政府债务限额55.2亿元，其中新增3亿元。",
    )
    found = [(each.metric, each.basis, f"{each.amount:.0f}") for each in records if isinstance(each, Fact)]
    assert found == [
        ("revenue", "budget", "500000000"),
        ("revenue", "adjusted_budget", "480000000"),
        ("expenditure", "adjusted_budget", "2150000000"),
        ("debt_limit", "limit", "5520000000"),
    ]


def test_what_a_city_pays_its_counties_is_the_citys(document: Make) -> None:
    records = read(
        document,
        "关于白塔市2024年预算执行情况和2025年预算草案的报告",
        "一、2024年预算执行情况",
        "市级一般公共预算支出完成120.3亿元。市对县区转移支付支出50.1亿元，债务还本支出6.3亿元。",
    )
    found = [(each.metric, each.level) for each in records if isinstance(each, Fact)]
    assert found == [(metric, "own") for metric in ("expenditure", "transfers_paid", "debt_repaid")]


def test_columns_of_where_the_money_comes_from_are_no_totals(document: Make) -> None:
    rows = [
        ["科目名称", "合计", "当年财力安排", "上级专项转移支付", "政府债券"],
        ["教育支出", "50", "40", "9", "1"],
    ]
    found = lines(read(document, "2025年临江区一般公共预算支出资金来源情况表", "单位：万元", rows))
    assert [each.column for each in found] == ["total", "own_resources", "special_transfer", "other"]
    assert {each.fund for each in found} == {"general_public_budget"}


def test_a_change_by_whatever_word_is_a_change(document: Make) -> None:
    rows = [
        ["项目", "年初预算数", "变更数", "变更后预算数"],
        ["税收收入", "40", "-3", "37"],
        ["非税收入", "10", "1", "11"],
    ]
    found = lines(read(document, "云岭旗2024年一般公共预算收入变更情况表", "单位：万元", rows))[:3]
    assert [(each.column, each.basis) for each in found] == [
        ("total", "budget"),
        ("change", "adjusted_budget"),
        ("total", "adjusted_budget"),
    ]


def test_the_word_for_a_total_beside_the_names_names_its_row(document: Make) -> None:
    rows = [["企业名称", "项目名称", "预算数"], ["县水务公司", "供水管网改造", "30"], ["合计", "", "30"]]
    found = lines(read(document, "2025年青禾县县级国有资本经营预算支出项目表", "单位：万元", rows))
    assert [each.name for each in found] == ["供水管网改造", "合计"]


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("2024年竹溪县乡镇一般公共预算收支决算汇总表", "government_accounts"),
        ("2024年白塔市市级一般公共预算收入执行情况表（分月）", "government_execution"),
        ("竹溪县2024年一般公共预算收入分征收部门完成情况表", "government_execution"),
        ("2025年松林县财政专户管理资金收支预算表", "government_budget"),
        ("青石县2024年1-12月财政收支快报", "government_execution"),
        ("竹溪县人民代表大会常务委员会关于批准2023年县本级财政决算的决议", "government_accounts"),
    ],
)
def test_tables_and_papers_of_governments_by_whatever_name_are_theirs(
    document: Make, title: str, kind: str
) -> None:
    rows = [["名称", "一季度"], ["白云乡", "20"], ["黄泥镇", "30"]]
    assert disclosure(read(document, title, "单位：万元", rows)).kind == kind


def test_the_task_of_a_year_is_its_budget(document: Make) -> None:
    rows = [
        ["乡镇", "年度任务", "累计完成", "去年同期"],
        ["竹溪镇", "30", "29", "28"],
        ["白云乡", "15", "14", "14"],
    ]
    found = lines(read(document, "青石县2024年各乡镇财政收入完成情况表", "单位：万元", rows))
    assert [(each.basis, each.year) for each in found][:3] == [
        ("budget", 2024),
        ("execution", 2024),
        ("execution", 2023),
    ]


def test_a_heading_and_a_title_in_one_paragraph_are_a_part_and_a_title(document: Make) -> None:
    rows = [["项目", "预算数", "决算数"], ["税收收入", "20", "21"], ["非税收入", "5", "5"]]
    head = "二、市本级一般公共预算\n2023年一般公共预算收入决算表"
    found = lines(read(document, "白塔市2023年财政决算公开", head, "单位：万元", rows))
    assert {(each.fund, each.level, each.basis) for each in found} == {
        ("general_public_budget", "own", "budget"),
        ("general_public_budget", "own", "final"),
    }


def test_the_sides_of_insurances_may_stand_under_the_years(document: Make) -> None:
    rows = [
        ["险种", "2024年执行情况", L, L, "2025年预算情况", L, L],
        ["", "收入", "支出", "当年结余", "收入", "支出", "当年结余"],
        ["城乡居民基本养老保险基金", "20", "16", "4", "21", "17", "4"],
        ["失业保险基金", "2", "1", "1", "2", "1", "1"],
    ]
    found = lines(read(document, "2025年青石县社会保险基金预算情况表", "单位：万元", rows))[:6]
    assert {each.fund for each in found} == {"resident_pension"}
    assert [(each.side, each.basis, each.year, each.column) for each in found] == [
        (side, basis, year, "total")
        for basis, year in (("execution", 2024), ("budget", 2025))
        for side in ("income", "expenditure", None)
    ]


@pytest.mark.parametrize("what", ["上级补助收入决算明细表", "税收返还和转移支付收入决算表"])
def test_what_a_county_receives_from_above_is_its_accounts(document: Make, what: str) -> None:
    rows = [
        ["科目编码", "科目名称", "决算数"],
        ["11001", "返还性收入", "30"],
        ["11002", "一般性转移支付收入", "90"],
    ]
    records = read(document, f"2024年青石县{what}", "单位：万元", rows)
    assert disclosure(records).kind == "government_accounts"
    assert {(each.table, each.side) for each in lines(records)} == {("transfers", "income")}


def test_what_is_left_of_spending_is_a_part_of_its_table(document: Make) -> None:
    rows = [
        ["预算科目", "年初预算数", "变动项目", L, "调整预算数", "决算数", "预算结余"],
        ["", "", "小计", "动支预备费", "", "", ""],
        ["教育支出", "40", "2", "1", "42", "41", "1"],
        ["农林水支出", "20", "5", "0", "25", "24", "1"],
    ]
    title = "（03表）2023年度一般公共预算支出预算变动及结余、结转情况表"
    found = lines(read(document, "青石县2023年财政决算公开", title, "单位：万元", rows))[:5]
    assert {(each.table, each.classification) for each in found} == {("government_expenditure", "functional")}
    assert [(each.column, each.basis) for each in found] == [
        ("total", "budget"),
        ("change", "adjusted_budget"),
        ("change", "adjusted_budget"),
        ("total", "adjusted_budget"),
        ("total", "final"),
    ]


def test_the_total_beside_its_levels_is_of_the_whole_county(document: Make) -> None:
    rows = [
        ["预算科目", "决算数合计", L, L, "预算科目", "决算数合计", L, L],
        ["", "合计", "县级", "乡级", "", "合计", "县级", "乡级"],
        ["税收收入", "50", "40", "10", "教育支出", "40", "30", "10"],
        ["非税收入", "10", "9", "1", "农林水支出", "20", "15", "5"],
    ]
    title = "（08表）2023年度一般公共预算收支决算分级表"
    found = lines(read(document, "青石县2023年财政决算公开", title, "单位：万元", rows))
    assert [each.level for each in found] == ["whole_area", "own", "subordinates"] * 4


def test_what_is_collected_for_all_levels_is_of_no_ones_budget(document: Make) -> None:
    rows = [
        ["预算科目", "本年收入计划", "累计完成数", L, L],
        ["", "", "中央级", "县乡级", "合计"],
        ["税收收入", "900", "70", "57", "127"],
        ["增值税", "450", "39", "25", "64"],
    ]
    title = "二〇二四年二月青石县大口径财政收入执行情况表"
    found = lines(read(document, "青石县2024年2月财政收支情况", title, "单位：万元", rows))
    assert {each.fund for each in found} == {None}
    assert [(each.level, each.column) for each in found[:3]] == [
        ("whole_area", "total"),
        ("whole_area", "other"),
        ("whole_area", "total"),
    ]


def test_a_list_in_panels_side_by_side_under_a_form_number_is_read_whole(document: Make) -> None:
    rows = [
        ["预算科目", "决算数", "预算科目", "决算数", "预算科目", "决算数"],
        ["一般公共预算收入合计", "900", "城市维护建设税", "50", "专项收入", "80"],
        ["增值税", "400", "房产税", "40", "罚没收入", "70"],
        ["企业所得税", "200", "契税", "60", "", ""],
    ]
    title = "2023年度青石县一般公共预算收入决算明细表"
    written = ["青石县2023年财政决算公开", title, "决算04表", "单位：万元", rows]
    found = lines(read(document, *written))
    assert len(found) == 8
    assert {(each.table, each.side, each.year) for each in found} == {("government_revenue", "income", 2023)}


def test_columns_that_are_not_understood_beside_others_are_told(document: Make) -> None:
    rows = [
        ["税收情况", "金额", "其他", "数额"],
        ["税收收入", "100", "办公用房", "50"],
        ["收入合计", "100", "合计", "50"],
    ]
    records = read(document, "青石县2023年财政决算公开", "2023年度青石县决算情况表", "单位：万元", rows)
    assert len(lines(records)) == 2
    assert "第3至4列" in errors_or_warnings(records)
