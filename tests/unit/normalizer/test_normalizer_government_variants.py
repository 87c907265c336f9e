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
