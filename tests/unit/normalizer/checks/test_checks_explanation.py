"""The explanation against itself and against the tables: what is wrong is told, what only looks wrong is not."""

import pytest

from services.normalizer.stage import normalize_document
from services.parser.contents import NamedBytes
from services.parser.stage import read_document
from shared.schemas.names import Severity
from shared.schemas.records import Check, Finding

BUDGET = "青石县水务局2023年部门预算公开\n\n一、部门预算情况说明\n\n"
ACCOUNTS = "青石县水务局2023年度部门决算\n\n一、收入支出决算总体情况说明\n\n"

Told = dict[str, tuple[Severity, str]]


def findings(text: str) -> Told:
    """By check: the severity and message of its last finding."""
    records = normalize_document(read_document([NamedBytes("a.txt", text.encode())]))
    return {each.check: (each.severity, each.message) for each in records if isinstance(each, Finding)}


def status(text: str, check: str) -> str:
    records = normalize_document(read_document([NamedBytes("a.txt", text.encode())]))
    return next(each.status.value for each in records if isinstance(each, Check) and each.check == check)


CHANGES = (
    "2023年收入、支出预算总计{total}万元，与上年相比收、支预算总计各增加{change}万元。\n\n"
    "此外，基本支出预算数为700万元。与上年相比增加40万元。\n\n"
    "项目支出预算数为200万元。与上年相比增加20万元。\n\n"
    "单位预留机动经费预算数为100万元。与上年相比增加30万元。\n"
)


def test_a_change_is_the_sum_of_all_its_stated_parts() -> None:
    assert status(BUDGET + CHANGES.format(total=1000, change=90), "change_sum") == "pass"


def test_parts_in_several_paragraphs_that_do_not_add_up_are_a_warning() -> None:
    severity, message = findings(BUDGET + CHANGES.format(total=1000, change=95))["change_sum"]
    assert severity is Severity.WARNING
    assert "可能不止" in message


def test_parts_that_are_not_all_say_nothing() -> None:
    text = BUDGET + CHANGES.format(total=1080, change=95)
    assert "change_sum" not in findings(text)
    assert status(text, "change_sum") == "insufficient_data"


@pytest.mark.parametrize(("basic", "expected"), [("0.00", "pass"), ("5.00", "fail")])
def test_a_change_of_zero_is_a_part_like_another(basic: str, expected: str) -> None:
    sentence = (
        "2023年预算收支安排100万元，较2022年预算增加30.00万元，"
        f"其中：基本支出增加{basic}万元；项目支出增加30.00万元。"
    )
    assert status(BUDGET + sentence, "change_sum") == expected


def test_of_two_changes_of_totals_that_of_expenditure_is_the_sum_of_its_parts() -> None:
    text = (
        "2023年收入总计90万元，比上年减少10万元。\n\n"
        "2023年支出总计120万元，比上年增加20万元，其中：基本支出增加5万元，项目支出增加15万元。\n"
    )
    assert status(BUDGET + text, "change_sum") == "pass"
    assert "prose_repeated" not in findings(BUDGET + text)


@pytest.mark.parametrize(
    ("change", "wrong"), [("58.84", False), ("85.84", True), ("58.8", False)], ids=["right", "wrong", "rounded"]
)
def test_a_change_is_this_year_less_the_year_before_named_in_the_comparison(change: str, wrong: bool) -> None:
    text = BUDGET + f"2023年支出预算1197.87万元，比2022年预算1139.03万元增加{change}万元。"
    assert ("change_prior" in findings(text)) is wrong


SHARES = "2023年度本年支出合计967.78万元，其中：基本支出300.12万元，占{basic}%；项目支出667.66万元，占68.99%。"


@pytest.mark.parametrize(("basic", "wrong"), [("31.01", False), ("31", False), ("31.02", False), ("41.01", True)])
def test_a_share_is_its_part_of_the_whole(basic: str, wrong: bool) -> None:
    found = findings(ACCOUNTS + SHARES.format(basic=basic))
    assert ("prose_share" in found) is wrong
    if wrong:
        assert "41.01" in found["prose_share"][1]
        assert "31.01" in found["prose_share"][1]


@pytest.mark.parametrize(
    "sentence",
    [
        "本年收入合计100万元，其中：财政拨款收入80万元，占80%，包括一般公共预算收入60万元，占75%；其他收入20万元，占20%。",
        "财政拨款支出总计200万元，其中基本支出150万元，占总支出的75%；项目支出50万元，占总支出的25%。",
        "“三公”经费支出决算中，因公出国（境）费支出决算0万元，占0%；公务接待费支出决算0.39万元，占100%。",
        "政府采购支出总额100万元。其中：货物支出40万元，占40%；授予中小企业合同金额80万元，占政府采购支出总额的80%。",
    ],
)
def test_a_share_of_another_whole_is_no_fault(sentence: str) -> None:
    assert "prose_share" not in findings(ACCOUNTS + sentence)


def test_shares_go_on_over_the_paragraphs_of_an_enumeration() -> None:
    listed = (
        "2023年本部门收入预算合计1000万元，其中：\n\n一般公共预算收入900万元，占90%；\n\n"
        "其他资金收入100万元，占{share}%。\n"
    )
    assert "prose_share" not in findings(BUDGET + listed.format(share=10))
    assert findings(BUDGET + listed.format(share=19))["prose_share"][0] is Severity.ERROR


def test_shares_of_three_public_are_of_their_sum() -> None:
    sentence = (
        "2023年“三公”经费预算支出中，因公出国（境）费支出20万元，占“三公”经费的{first}%；"
        "公务用车购置及运行费支出30万元，占“三公”经费的30%；公务接待费支出50万元，占“三公”经费的50%。"
    )
    assert "prose_share" not in findings(BUDGET + sentence.format(first=20))
    assert "8.75%" in findings(BUDGET + sentence.format(first="8.75"))["prose_share"][1]


@pytest.mark.parametrize(
    ("sentence", "wrong"),
    [
        ("财政拨款支出年初预算为904.80万元，支出决算为837.78万元，完成年初预算的92.59%。", False),
        ("财政拨款支出年初预算为904.80万元，支出决算为837.78万元，完成年初预算的95.29%。", True),
        ("财政拨款支出年初预算为0万元，全年预算为321.02万元，支出决算为307.82万元，完成全年预算的95.89%。", False),
        ("财政拨款支出年初预算为0万元，全年预算为321.02万元，支出决算为307.82万元，完成年初预算的95.89%。", True),
        (
            "“三公”经费支出预算为7.42万元，支出决算为3.34万元，完成预算的45.01%，其中：公务接待费决算为3.34万元，完成预算的61%。",
            False,
        ),
    ],
)
def test_a_completion_rate_is_the_outturn_of_the_plan_that_is_named(sentence: str, wrong: bool) -> None:
    assert ("completion_rate" in findings(ACCOUNTS + sentence)) is wrong


@pytest.mark.parametrize(
    ("sentence", "wrong"),
    [
        ("项目支出预算数为43.35万元。与上年相比减少12.38万元，减少22.21%。", False),
        ("项目支出预算数为43.35万元。与上年相比减少12.38万元，减少13.22%。", True),
        ("2023年收入预算100万元，比2022年增加100万元，增长100%。", False),
        ("2023年支出预算5万元，比年初预算减少8.38万元，下降52.38%。", False),
    ],
)
def test_a_rate_of_change_is_of_the_year_before(sentence: str, wrong: bool) -> None:
    assert ("prose_growth" in findings(BUDGET + sentence)) is wrong


@pytest.mark.parametrize(
    ("words", "severity"),
    [
        ("决算数大于预算数的主要原因是人员变动", Severity.WARNING),
        ("决算数小于预算数的主要原因是人员变动", None),
    ],
)
def test_the_words_on_outturn_and_plan_agree_with_the_figures(words: str, severity: Severity | None) -> None:
    text = f"1.农林水支出（类）水利（款）防汛（项）。年初预算为15.6万元，支出决算为15.1万元，{words}。"
    assert findings(ACCOUNTS + text).get("outturn_reason", (None, ""))[0] is severity


def test_an_outturn_above_the_plan_without_a_reason_is_told() -> None:
    text = "“三公”经费支出预算为5万元，支出决算为7万元，完成预算的140%"
    assert findings(ACCOUNTS + text + "。")["outturn_reason"][0] is Severity.INFO
    assert "outturn_reason" not in findings(ACCOUNTS + text + "，主要原因是增加外事任务。")


def test_the_wording_of_a_form_left_standing_is_told_where_there_is_a_figure() -> None:
    assert "form_wording" in findings(ACCOUNTS + "“三公”经费决算数比2022年度减少0.15万元，下降（增长）27.78%。")
    assert "form_wording" not in findings(ACCOUNTS + "政府性基金收入0万元，与上年相比增加（减少）0万元。")


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("本部门2021年度收、支总计（含结转和结余）1146.59万元。与2022年度决算相比，收支各减少240.78万元。", True),
        ("本部门2022年度收、支总计1146.59万元。与2022年度相比，收支各减少240.78万元。", True),
        ("本部门2023年度收、支总计1146.59万元。与2022年度相比，收支各减少240.78万元。", False),
        ("第三部分 青石县水务局2022年度部门决算情况说明\n\n本年收入合计5万元。", True),
        ("本年收入合计5万元。\n\n截至2022年12月31日，本部门共有车辆0辆。", True),
        ("2023年“三公”经费支出5万元，主要是2018年车改后车辆减少；公务接待费1万元。", False),
    ],
)
def test_the_year_of_the_accounts(text: str, wrong: bool) -> None:
    assert ("prose_year" in findings(ACCOUNTS + text)) is wrong


TABLE = """
收入支出决算总表

部门：青石县水务局

金额单位：元

收入\t\t支出\t
项目\t金额\t项目\t金额
一、一般公共预算财政拨款收入\t9,654,321.57\t一、社会保障和就业支出\t1,200,333.21
二、其他收入\t23,456.78\t二、农林水支出\t8,477,445.14
本年收入合计\t9,677,778.35\t本年支出合计\t9,677,778.35
年初结转和结余\t512,345.67\t年末结转和结余\t512,345.67
总计\t10,190,124.02\t总计\t10,190,124.02

二、收入决算情况说明

"""


@pytest.mark.parametrize(
    ("sentence", "wrong"),
    [
        ("本年收入合计967.78万元。", False),
        ("收入总计968万元。", False),
        ("收入支出总计1019.01万元。", False),
        ("收入支出总计0万元。与2022年度相比，收入支出总计减少41.20万元。\n\n本年收入合计967.78万元。", True),
        ("本年收入合计976.78万元。", True),
    ],
)
def test_prose_and_table_print_one_number(sentence: str, wrong: bool) -> None:
    found = findings("青石县水务局2023年度部门决算\n" + TABLE + sentence)
    assert ("prose_table" in found) is wrong
    assert not wrong or found["prose_table"][0] is Severity.ERROR


@pytest.mark.parametrize(
    "text",
    [
        (
            "2023年支出预算100万元，比上年增加5万元。\n\n1．农林水（类）支出80万元。与上年相比增加3万元。\n\n"
            "2．水利（款）行政运行（项）支出20万元，与上年相比减少1万元。"
        ),
        (
            "2023年支出预算100万元，其中：基本支出60万元，项目支出40万元。\n\n六、财政拨款基本支出预算情况说明\n\n"
            "2023年财政拨款基本支出50万元，其中：\n\n（一）人员经费40万元。\n\n（二）公用经费10万元。"
        ),
        "2023年政府采购预算50万元。\n\n货物类政府采购预算20万元，服务类政府采购预算30万元。",
    ],
)
def test_figures_of_parts_contradict_nothing(text: str) -> None:
    found = findings(BUDGET + text)
    assert not [check for check, (severity, _) in found.items() if severity is not Severity.INFO]


ITEM = "3.“住房保障支出（类）住房改革支出（款）住房公积金（项）”{first}万元，主要用于住房公积金。"
AGAIN = "2022年当年预算执行数为348.52万元，{again}，比2022年预算执行数增加0.53%。"


@pytest.mark.parametrize(
    ("first", "again", "told"),
    [
        ("350.35", "2023年预算安排352.67万元", True),
        ("350.35", "2023年预算安排350.35万元", False),
        ("350.35", "2023年预算数为350.4万元", False),
        ("350.35", "2023年当年预算3503500元", False),
        ("350.35", "2022年预算安排340.00万元", False),
        ("350.35", "其中2023年预算安排人员340.00万元", False),
    ],
)
def test_one_thing_has_one_budget_in_its_paragraph(first: str, again: str, told: bool) -> None:
    text = BUDGET + ITEM.format(first=first) + AGAIN.format(again=again)
    assert ("prose_repeated" in findings(text)) is told


def test_a_paragraph_of_several_things_may_give_several_figures() -> None:
    text = "住房公积金（项）350.35万元，购房补贴（项）2.32万元。2023年预算安排352.67万元。"
    assert "prose_repeated" not in findings(BUDGET + text)


def test_a_figure_stated_again_alike_passes() -> None:
    text = "2023年预算收支安排100万元。\n\n收入预算100万元。\n\n2023年支出预算100万元。\n"
    assert status(BUDGET + text, "prose_repeated") == "pass"


def test_totals_that_say_which_they_are_are_two_figures() -> None:
    """总计 holds what is carried over, 本年…合计 does not: neither repeats the other, whichever is larger."""
    text = "2023年度收、支总计（含结转和结余）100万元。\n\n2023年度本年收入合计106万元。\n"
    assert "prose_repeated" not in findings(ACCOUNTS + text)


BESIDE_ANOTHER = (
    "2023年收入预算{total}万元，其中：一般公共预算收入3062.77万元、"
    "上年结转收入112.77万元、政府性基金预算收入350万元。"
)


@pytest.mark.parametrize(("total", "expected"), [("3412.77", "insufficient_data"), ("3525.54", "pass")])
def test_a_source_that_may_be_within_another_is_no_proof_of_a_wrong_sum(total: str, expected: str) -> None:
    assert status(BUDGET + BESIDE_ANOTHER.format(total=total), "prose_sum") == expected


STRUCTURE = (
    "本年收入的具体构成为：财政拨款收入295万元，占98.33%；事业收入0万元，占0%；其他收入5万元，占1.67%。\n\n"
    "2023年度支出总计312.45万元，其中本年支出合计302.45万元。\n\n"
    "本年支出的具体构成为：基本支出202.45万元，占{share}%；项目支出90万元，占29.76%；经营支出10万元，占3.31%。\n\n"
)


def test_shares_that_name_no_whole_are_of_the_total_under_which_they_hold() -> None:
    text = ACCOUNTS + "2023年度收入总计312.45万元；本年收入合计300万元。\n\n" + STRUCTURE
    assert status(text.format(share="66.94"), "prose_share") == "pass"
    severity, message = findings(text.format(share="69.94"))["prose_share"]
    assert severity is Severity.ERROR
    assert "302.45" in message
    assert "66.94" in message


def test_the_growth_of_both_totals_is_checked_against_each() -> None:
    text = (
        ACCOUNTS
        + "2023年度收入总计2150.40万元、支出总计2150.40万元。"
        + "与2022年相比，收、支总计各增加150.40万元，增长{rate}%。"
    )
    assert status(text.format(rate="7.52"), "prose_growth") == "pass"
    assert findings(text.format(rate="8.52"))["prose_growth"][0] is Severity.WARNING


def test_growth_is_of_the_year_before_as_stated_where_the_change_is_wrong() -> None:
    text = BUDGET + (
        "2023年支出预算3012万元。其中：项目支出预算1500万元，比2022年预算1400万元增加{change}万元，增长{rate}%。"
    )
    assert not findings(text.format(change=100, rate="7.14"))
    assert set(findings(text.format(change=110, rate="7.86"))) == {"change_prior"}


@pytest.mark.parametrize(("share", "found"), [("39.87", False), ("38.97", True)])
def test_a_share_of_the_years_own_expenditure_is_checked(share: str, found: bool) -> None:
    text = (
        f"2023年度本年支出合计3010万元。其中：基本支出1200万元，占本年支出{share}%；"
        "项目支出1810万元，占本年支出60.13%。"
    )
    assert ("prose_share" in findings(ACCOUNTS + text)) is found


@pytest.mark.parametrize(("services", "expected"), [("200", "pass"), ("220", "fail")])
def test_goods_works_and_services_are_all_that_is_procured(services: str, expected: str) -> None:
    text = f"2023年政府采购预算总额560万元，其中：货物类60万元、工程类300万元、服务类{services}万元。"
    assert status(BUDGET + text, "prose_sum") == expected


CLASSES = (
    "{opening}社会保障和就业支出310.00万元，占10.51%；卫生健康支出120.00万元，占4.07%；"
    "农林水支出2340.00万元，占{share}%；住房保障支出180.00万元，占6.10%。"
)


@pytest.mark.parametrize(
    "opening",
    [
        "2023年一般公共预算当年拨款2950.00万元，主要用于以下方面：",
        "2023年一般公共预算拨款2950.00万元，其中：",
        "结构情况：",
    ],
    ids=["purposes", "of which", "no whole"],
)
def test_shares_of_classes_of_spending_are_checked_by_what_most_of_them_are_of(opening: str) -> None:
    assert status(BUDGET + CLASSES.format(opening=opening, share="79.32"), "prose_share") == "pass"
    severity, message = findings(BUDGET + CLASSES.format(opening=opening, share="97.32"))["prose_share"]
    assert severity is Severity.ERROR
    assert "79.32" in message


def test_a_share_of_a_part_is_none_of_the_whole() -> None:
    text = ACCOUNTS + (
        "2023年度收入总计2310.00万元；支出合计2310.00万元。\n\n"
        "支出的构成为：基本支出1386.00万元，占60.00%，其中：人员经费1200.00万元，占86.58%；"
        "公用经费186.00万元，占13.42%；项目支出924.00万元，占40.00%。"
    )
    assert "prose_share" not in findings(text)


def test_the_day_assets_are_counted_is_checked_where_no_amount_is_stated() -> None:
    assert "prose_year" in findings(ACCOUNTS + "截至2022年12月31日，本单位共有车辆6辆。")
    assert "prose_year" not in findings(ACCOUNTS + "截至2023年12月31日，本单位共有车辆6辆。")


@pytest.mark.parametrize(("personnel", "expected"), [("205.00", "pass"), ("250.00", "fail")])
def test_the_basic_expenditure_of_one_fund_is_the_sum_of_its_kinds(personnel: str, expected: str) -> None:
    text = (
        "2023年度支出合计330.00万元，其中：基本支出230.00万元，项目支出100.00万元。\n\n"
        f"2023年度一般公共预算财政拨款基本支出220.00万元，其中：人员经费{personnel}万元，主要包括：基本工资；"
        "公用经费15.00万元，主要包括：办公费。"
    )
    assert status(ACCOUNTS + text, "prose_sum") == expected


def test_shares_that_are_right_of_what_they_add_up_to_are_one_finding_about_the_total() -> None:
    text = ACCOUNTS + (
        "2023年度收、支总计344.00万元。\n\n2023年度收入合计{total}万元，其中：财政拨款收入310.00万元，占92.54%；"
        "事业收入20.00万元，占5.97%；其他收入5.00万元，占1.49%。"
    )
    assert not findings(text.format(total="335.00"))
    told = findings(text.format(total="353.00"))
    assert set(told) == {"prose_share"}
    assert "335" in told["prose_share"][1]
    assert "353" in told["prose_share"][1]


OVER_PLAN = "2023年度一般公共预算财政拨款支出年初预算为300.00万元，支出决算为307.00万元，完成年初预算的102.33%。"


@pytest.mark.parametrize(("end", "told"), [("其中：", False), ("", True)])
def test_an_outturn_above_the_plan_may_leave_its_reason_to_the_list_of_items(end: str, told: bool) -> None:
    assert ("outturn_reason" in findings(ACCOUNTS + OVER_PLAN + end)) is told


def test_the_change_of_all_with_what_is_carried_over_is_not_that_of_the_years_expenditure() -> None:
    text = ACCOUNTS + (
        "2023年度收、支总计均为12345.67万元。与2022年度决算相比，收、支总计各减少1234.33万元，下降9.09%。\n\n"
        "2023年度支出合计12100.67万元，2022年度支出合计13300.00万元，其中：\n\n"
        "1.基本支出5100.67万元。与2022年度决算相比，增加100.67万元，增长2.01%。\n\n"
        "2.项目支出7000.00万元。与2022年度决算相比，减少1300.00万元，下降15.66%。"
    )
    assert not {"change_sum", "change_prior"} & set(findings(text))


def test_each_list_of_a_paragraph_has_shares_of_its_own() -> None:
    text = BUDGET + (
        "2023年部门支出5000万元。按支出功能分类：教育支出4500万元，占90%；社会保障和就业支出300万元，占6%；"
        "住房保障支出200万元，占4%。按支出经济分类：工资福利支出3600万元，占72%；商品和服务支出600万元，占{share}%；"
        "对个人和家庭的补助300万元，占6%；资本性支出500万元，占10%。"
    )
    assert not findings(text.format(share=12))
    assert "12" in findings(text.format(share=21))["prose_share"][1]
