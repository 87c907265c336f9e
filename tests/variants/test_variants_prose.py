"""The explanation (情况说明) in the words of many counties: the same figures, whatever they are called."""

import pytest

from tests.variants.variants_reading import read

TITLE = "青石县水务局2023年部门预算公开\n"

HENAN = """一、收入支出预算总体情况说明
青石县水务局2023年收入总计1234.56万元，支出总计1234.56万元，与2022年预算相比，收、支总计各增加34.56万元，增长2.9%。
二、收入预算总体情况说明
青石县水务局2023年收入合计1234.56万元，其中：一般公共预算1180万元；政府性基金预算30万元；财政专户管理资金收入10万元；\
其他收入4.56万元；上年结转10万元。
三、支出预算总体情况说明
青石县水务局2023年支出合计1234.56万元，其中：基本支出604.56万元，占48.97%；项目支出630万元，占51.03%。
四、财政拨款收入支出预算总体情况说明
青石县水务局2023年一般公共预算收支预算1180万元，政府性基金收支预算30万元。与2022年相比，一般公共预算收支预算增加30万元，\
增长2.6%；政府性基金收支预算减少5万元，下降14.29%。
九、“三公”经费支出预算情况说明
我局2023年“三公”经费预算为5万元。2023年“三公”经费支出预算数比2022年减少1万元。
具体支出情况如下：
（一）因公出国（境）费0万元，主要用于公务出国（境）的住宿费、旅费等。预算数比2022年增加0万元。
（二）公务用车购置及运行费4万元，其中，公务用车购置费0万元；公务用车运行维护费4万元，主要用于燃料费、维修费等支出。\
公务用车购置费预算数比2022年减少0万元，公务用车运行维护费预算数比2022年减少1万元。
（三）公务接待费1万元，主要用于按规定开支的各类公务接待支出。预算数与2022年持平。
十、其他重要事项的情况说明
（一）机关运行经费支出情况
我局2023年机关运行经费支出预算40万元，主要保障机构正常运转。
（二）政府采购支出情况
2023年政府采购预算安排50万元，其中：政府采购货物预算20万元、政府采购工程预算10万元、政府采购服务预算20万元。
（四）国有资产占用情况
2022年期末，我单位固定资产总额321.45万元，房屋建筑物200万元，车辆45.6万元。
"""
HUNAN = """三、部门收支总体情况
（一）收入预算：包括一般公共预算、政府性基金等财政拨款收入，以及经营收入、事业收入等单位资金。2023年本部门收入预算1234.56\
万元，其中，一般公共预算拨款1180万元，政府性基金预算拨款30万元，财政专户管理资金10万元，其他收入4.56万元，上年结转结余10\
万元。收入较去年增加34.56万元，主要是项目经费增加。
（二）支出预算：2023年本部门支出预算1234.56万元，其中，社会保障和就业60万元，卫生健康30万元，农林水1114.56万元，城乡社区\
30万元。支出较去年增加34.56万元，其中基本支出增加14.56万元，项目支出增加20万元，主要是项目经费增加。
七、其他重要事项的情况说明
1、机关运行经费：2023年本部门机关运行经费当年一般公共预算拨款40万元，比上一年减少2万元，降低4.76%，主要是压缩开支。
2、“三公”经费预算：2023年本部门“三公”经费预算数为5万元，其中，公务接待费1万元，公务用车购置及运行费4万元（其中，公务用车\
购置费0万元，公务用车运行费4万元），因公出国（境）费0万元。2023年三公经费预算较上一年减少1万元，主要是厉行节约。
3、一般性支出情况：2023年会议费预算3万元，拟召开2次会议，人数60人；培训费预算2万元。
4、政府采购情况：2023年本部门政府采购预算总额50万元，其中，货物类采购预算20万元；工程类采购预算10万元；服务类采购预算20万元。
6、预算绩效目标说明：2023年本部门整体支出和项目支出实行绩效目标管理，涉及金额1234.56万元，其中，基本支出604.56万元，项目\
支出630万元。
"""
LIAONING = """一、部门预算收支总体情况
2023年，青石县水务局收入总预算1234.56万元，比2022年增加34.56万元，其中：一般公共预算1180.00万元，政府性基金30.00万元，\
纳入财政专户管理的事业收入10.00万元，其他收入4.56万元，上年结余10.00万元。
2023年，青石县水务局支出总预算1234.56万元，比2022年增加34.56万元，其中：工资福利支出510万元，商品和服务支出38万元，项目支出630万元。
二、2023年青石县水务局预算的“三公”经费5万元，比2022年预算减少1万元。
因公出国（境）费用0万元；公务接待费1万元，减少1万元；公务用车购置及运行维护费4万元，其中公务用车运行维护费4万元。
三、机关运行经费安排情况说明
2023年机关运行费安排40万元。其中办公费20万元、差旅费5万元。
"""
ITEMS = """四、财政拨款“三公”经费预算情况及增减变化原因
2023年，我部门财政拨款“三公”经费预算安排5万元，较2022年减少1万元。具体为：
1.因公出国（境）费
2023年预算安排0万元，与上年持平。
2.公务用车购置及运维费
2023年预算安排4万元，较上年减少1万元。其中：
（1）公务用车购置费0万元。
（2）公务用车运行维护费4万元，较上年减少1万元，原因是车辆减少。
3.公务接待费
2023年安排预算1万元，较上年增加0万元。
"""

TOTALS = {"income_total": "1234.56", "expenditure_total": "1234.56", "change_total": "34.56"}
SOURCES = {
    "income_general_public_budget": "1180",
    "income_government_fund": "30",
    "income_fiscal_account": "10",
    "income_other": "4.56",
    "income_carryover": "10",
}
KINDS = {"expenditure_basic": "604.56", "expenditure_project": "630"}
THREE_PUBLIC = {
    "three_public_total": "5",
    "three_public_change": "-1",
    "three_public_overseas": "0",
    "three_public_vehicle": "4",
    "three_public_vehicle_operation": "4",
    "three_public_reception": "1",
}
NO_CAR = {"three_public_vehicle_purchase": "0"}
OPERATING = {"agency_operating_funds": "40"}
PROCUREMENT = {"procurement_total": "50"}


@pytest.mark.parametrize(
    ("prose", "facts"),
    [
        (
            HENAN,
            {
                **TOTALS, **SOURCES, **KINDS, **THREE_PUBLIC, **NO_CAR, **OPERATING, **PROCUREMENT,
                "fixed_assets_year_end 2022": "321.45",
            },
        ),
        (
            HUNAN,
            {
                **TOTALS, **SOURCES, **KINDS, **THREE_PUBLIC, **NO_CAR, **OPERATING, **PROCUREMENT,
                "change_basic": "14.56", "change_project": "20",
            },
        ),
        (LIAONING, {**TOTALS, **SOURCES, **THREE_PUBLIC, **OPERATING, "expenditure_project": "630"}),
        (ITEMS, {**THREE_PUBLIC, **NO_CAR}),
    ],
    ids=["Henan", "Hunan", "Liaoning", "items under headings"],
)  # fmt: skip
def test_the_explanations_of_other_provinces(prose: str, facts: dict[str, str]) -> None:
    reading = read((TITLE + prose).encode())
    assert reading.facts == facts
    assert not reading.complaints


@pytest.mark.parametrize(
    ("sentence", "facts"),
    [
        ("2023年收支总预算1234.56万元。", {"income_total": "1234.56", "expenditure_total": "1234.56"}),
        (
            "2023年收入、支出总预算均为1234.56万元，较2022年收入、支出总预算各增加34.56万元。",
            {"income_total": "1234.56", "expenditure_total": "1234.56", "change_total": "34.56"},
        ),
        (
            "青石县水务局2023年收支预算总数1234.56万元，比2022年收支预算总数增加34.56万元，主要原因是项目支出预算增加。",
            {"income_total": "1234.56", "expenditure_total": "1234.56", "change_total": "34.56"},
        ),
        (
            "2023年收入预算1234.56万元，较上年1200万元增加34.56万元，增长2.88%。",
            {"income_total": "1234.56", "change_total": "34.56"},
        ),
        ("２０２３年预算收入１，２３４．５６万元。", {"income_total": "1234.56"}),
        (
            "2023年本部门支出预算约0.123456亿元，其中基本支出6045600元。",
            {"expenditure_total": "1234.56", "expenditure_basic": "604.56"},
        ),
        (
            "2023年支出预算1234.56万元，按用途分：人员经费支出540万元；公用经费支出64.56万元；项目支出630万元。",
            {
                "expenditure_total": "1234.56", "expenditure_personnel": "540", "expenditure_public_use": "64.56",
                "expenditure_project": "630",
            },
        ),
        (
            "2023年预算收支安排1234.56万元，较2022年预算增加-34.56万元，其中：基本支出增加14.56万元，项目支出减少49.12万元。",
            {
                "income_total": "1234.56", "expenditure_total": "1234.56", "change_total": "-34.56",
                "change_basic": "14.56", "change_project": "-49.12",
            },
        ),
        (
            "2023年部门预算收支较上年减少12.3万元，下降5%，其中：基本支出增加（减少）-10万元，项目支出减少2.3万元。",
            {"change_total": "-12.3", "change_basic": "-10", "change_project": "-2.3"},
        ),
        (
            "2023年“三公”经费预算总额5万元，比2022年的6万元减少1万元，下降16.67%。",
            {"three_public_total": "5", "three_public_change": "-1"},
        ),
        (
            "“三公”经费预算5万元，其中：因公出国（境）费用0万元；公务用车购置及运维费4万元（购置费0万元，运维费4万元）；公务接待费1万元。",
            {
                "three_public_total": "5", "three_public_overseas": "0", "three_public_vehicle": "4",
                "three_public_vehicle_purchase": "0", "three_public_vehicle_operation": "4",
                "three_public_reception": "1",
            },
        ),
        ("2023年机关运行经费预算40万元，较2022年的42万元减少2万元，下降4.76%。", {"agency_operating_funds": "40"}),
        (
            "我单位为事业单位，不安排机关运行经费。2022年机关运行经费12万元。",
            {"agency_operating_funds 2022": "12"},
        ),
        (
            "2023年本部门政府采购预算共计50万元，其中货物10万元、服务40万元；政府购买服务预算15万元。",
            {"procurement_total": "50"},
        ),
        ("截至2022年底，我局固定资产原值321.45万元，净值120万元。", {"fixed_assets_year_end 2022": "321.45"}),
        (
            "2022年末固定资产金额为321.45万元。本年度拟购置固定资产总额为2万元，已列入政府采购预算。",
            {"fixed_assets_year_end 2022": "321.45", "fixed_assets_planned": "2"},
        ),
        (
            "“三公”经费2022年预算6万元，2023年预算5万元，减少1万元。",
            {"three_public_total 2022": "6", "three_public_total": "5", "three_public_change": "-1"},
        ),
        (
            "2022年收入预算1200万元，2023年收入预算1234.56万元，增加34.56万元。",
            {"income_total 2022": "1200", "income_total": "1234.56", "change_total": "34.56"},
        ),
        (
            "2023年部门预算收入合计1234.56万元，其中：本年收入1224.56万元，上年结转10万元。",
            {"income_total": "1234.56", "income_carryover": "10"},
        ),
        (
            "2023年支出预算1234.56万元，其中基本支出604.56万元。2023年一般公共预算支出1180万元，其中基本支出580万元。",
            {"expenditure_total": "1234.56", "expenditure_basic": "604.56"},
        ),
        (
            "收入总计1234.56万元。其中：本年收入合计1224.56万元，包括一般公共预算拨款收入1180万元；上年结转结余10万元。",
            {"income_total": "1234.56", "income_general_public_budget": "1180", "income_carryover": "10"},
        ),
        ("公务接待费预算1万元，比2022年预算1.5万元减少0.5万元。", {"three_public_reception": "1"}),
        ("2023年财政拨款收支预算总数1210万元，比2022年财政拨款收支预算总数增加30万元。", {}),
        ("2023年一般公共预算当年拨款1180万元，比2022年预算数增加30万元，主要原因是人员增资。", {}),
        ("信息系统建设项目100万元，其中设备购置费60万元、运行维护费40万元。", {}),
        (
            "2023年收支总预算1234.56万元（比上年增加34.56万元），其中：一般公共预算拨款收入1200万元、上年结转34.56万元。",
            {
                "income_total": "1234.56", "expenditure_total": "1234.56", "change_total": "34.56",
                "income_general_public_budget": "1200", "income_carryover": "34.56",
            },
        ),
        (
            "2023年收支总预算1234.56万元。收入预算：一般公共预算拨款1200万元、财政专户管理资金30万元、其他收入4.56万元。",
            {
                "income_total": "1234.56", "expenditure_total": "1234.56", "income_general_public_budget": "1200",
                "income_fiscal_account": "30", "income_other": "4.56",
            },
        ),
        (
            "“三公”经费由2022年的6万元减少到2023年的5万元，减少1万元，下降16.67%。",
            {"three_public_total": "5", "three_public_change": "-1"},
        ),
        (
            "2023年收入预算较上年增加34.56万元，达到1234.56万元，增长2.88%。",
            {"income_total": "1234.56", "change_total": "34.56"},
        ),
        (
            "2023年收支总预算1234.56万元，其中一般公共预算收入1204.56万元（含上年结转收入10万元），政府性基金预算收入30万元。",
            {
                "income_total": "1234.56", "expenditure_total": "1234.56",
                "income_general_public_budget": "1204.56", "income_government_fund": "30",
            },
        ),
        (
            "2023年收入预算1234.56万元，其中一般公共预算拨款收入1204.56万元、政府性基金拨款收入30万元，较上年增加14.56万元。",
            {
                "income_total": "1234.56", "income_general_public_budget": "1204.56",
                "income_government_fund": "30", "change_total": "14.56",
            },
        ),
        (
            "2023年支出预算1234.56万元，其中基本支出1224.56万元，项目支出10万元，较上年增加34.56万元。",
            {
                "expenditure_total": "1234.56", "expenditure_basic": "1224.56", "expenditure_project": "10",
                "change_total": "34.56",
            },
        ),
        (
            "2023年收入预算1234.56万元，其中：财政拨款1234.56万元。\n\n与上年对比增加34.56万元，增长2.88%，主要是新增项目。",
            {"income_total": "1234.56", "change_total": "34.56"},
        ),
    ],
)  # fmt: skip
def test_a_sentence_gives_these_figures_and_no_others(sentence: str, facts: dict[str, str]) -> None:
    reading = read((TITLE + "一、情况说明\n" + sentence + "\n").encode())
    assert reading.facts == facts
    assert not reading.complaints


ACCOUNTS = "青石县水务局2024年度部门决算公开\n\n目录\n\n第三部分 决算情况说明\n\n"
BUDGET = "青石县水务局2025年部门预算公开\n\n一、收支说明\n\n"


@pytest.mark.parametrize(
    ("text", "metric", "amount"),
    [
        ("支出预算：2025年年初预算数3012.45万元，其中农林水3012.45万元。", "expenditure_total", "3012.45"),
        ("相应安排支出预算3012.45万元。", "expenditure_total", "3012.45"),
        ("收入预算3012万元，其中：\n\n一般公共预算3000万元，占99%。", "income_general_public_budget", "3000"),
        (
            "2025年支出预算3012万元。其中：基本支出1200万元，比2024年年初预算数1150万元增加50万元；项目支出1812万元。",
            "expenditure_project", "1812",
        ),
        ("2025年收入预算（含上年结转12万元）3012.45万元。", "income_total", "3012.45"),
        ("公务用车购置0辆，购置费0万元，公务用车4辆，运行维护费10万元。", "three_public_vehicle_operation", "10"),
        ("机关运行经费：维持机关日常运转而开支的机关运行经费，合计156.3万元。", "agency_operating_funds", "156.3"),
        ("2025年青石县水务局机关及水利站机关运行经费156.3万元。", "agency_operating_funds", "156.3"),
        ("2025年水务局本级及下属2家单位的机关运行经费财政拨款预算156.3万元。", "agency_operating_funds", "156.3"),
        ("基本工资、津贴补贴等人员经费支出900万元。", "expenditure_personnel", "900"),
    ],
)  # fmt: skip
def test_further_wordings_of_a_figure(text: str, metric: str, amount: str) -> None:
    assert read((BUDGET + text).encode()).facts.get(metric) == amount


@pytest.mark.parametrize(
    ("text", "metric"),
    [
        ("青石县水利站2025年收入预算500万元，支出预算500万元。", "income_total"),
        ("青石县水利站2025年收入预算500万元，支出预算500万元，其中：基本支出300万元。", "expenditure_basic"),
        ("水利站政府采购预算120万元，局本级政府采购预算100万元。", "procurement_total"),
        ("2025年政府性基金预算收入200万元，支出200万元，其中：项目支出200万元。", "expenditure_total"),
        ("2025年政府性基金预算收入200万元，支出200万元，其中：项目支出200万元。", "expenditure_project"),
        ("2025年“三公”经费预算23.5万元（含会议费2万元、培训费3万元）。", "three_public_total"),
    ],
)
def test_a_units_or_a_funds_figure_is_not_the_departments(text: str, metric: str) -> None:
    assert metric not in read((BUDGET + text).encode()).facts


def test_a_change_of_a_funds_outturn_is_checked_against_both_years() -> None:
    text = "2024年财政拨款支出决算4900.1万元，比2023年决算数5010.1万元{change}万元，下降2.2%。"
    assert not read((ACCOUNTS + text.format(change="减少110")).encode()).complaints
    told = read((ACCOUNTS + text.format(change="减少100")).encode()).complaints
    assert "change_prior" in [each.partition(":")[0] for each in told]


def test_a_change_against_the_plan_is_no_change_against_the_year_before() -> None:
    text = "2024年“三公”经费决算数18.2万元，比2024年“三公”经费年初预算20万元减少1.8万元。"
    assert read((ACCOUNTS + text).encode()).facts == {"three_public_total": "18.2"}


@pytest.mark.parametrize(
    "text",
    [
        "2025年政府采购预算220万元。\n\n二、其他\n\n局本级政府采购预算100万元，水利站政府采购预算120万元。",
        "2025年收入预算3012万元。\n\n二、所属单位\n\n青石县水利站2025年收入预算500万元。",
        "2025年“三公”经费预算18.5万元，比上年预算减少1.5万元。2024年“三公”经费决算15万元。",
        "2023年收入2700万元，2024年预算收入2900万元，2025年预算收入3012.45万元。",
        "与2024年收入预算2900万元相比，2025年收入预算3012.45万元增加112.45万元，增长3.88%。",
    ],
)
def test_what_only_looks_contradictory_is_told_of_nothing(text: str) -> None:
    assert not read((BUDGET + text).encode()).complaints
