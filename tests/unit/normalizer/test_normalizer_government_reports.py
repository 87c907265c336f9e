"""A government's report to its congress: a figure is a fact only with its fund, level, basis and year."""

from collections.abc import Callable

import pytest

from services.normalizer.stage import normalize_document
from shared.schemas.document import Document
from shared.schemas.records import Disclosure, Fact

Make = Callable[..., Document]
TITLE = "关于青石县2025年预算执行情况和2026年预算草案的报告"
DONE, PLANNED = "一、2025年预算执行情况", "二、2026年预算草案"


def told(document: Make, *lines: str, title: str = TITLE) -> set[tuple[str, ...]]:
    """Metric, fund, level, basis, year and amount in 万元 of each fact."""
    records = normalize_document(document([title, *lines]))
    return {
        (
            fact.metric.value,
            fact.fund.value if fact.fund else "",
            fact.level.value if fact.level else "",
            fact.basis.value if fact.basis else "",
            str(fact.year),
            f"{fact.amount / 10000:g}" if fact.amount is not None else "",
        )
        for fact in records
        if isinstance(fact, Fact)
    }


@pytest.mark.parametrize(
    ("heading", "sentence", "fact"),
    [
        (
            DONE,
            "全县一般公共预算收入完成500万元。",
            ("revenue", "general_public_budget", "whole_area", "execution", "2025", "500"),
        ),
        (
            DONE,
            "县本级政府性基金预算支出51,900万元。",
            ("expenditure", "government_fund", "own", "execution", "2025", "51900"),
        ),
        (
            PLANNED,
            "全县国有资本经营预算收入安排80万元。",
            ("revenue", "state_capital", "whole_area", "budget", "2026", "80"),
        ),
        (
            PLANNED,
            "县级社会保险基金预算收入预计72亿元。",
            ("revenue", "social_insurance", "own", "budget", "2026", "720000"),
        ),
        (
            DONE,
            "2025年，我县一般公共预算税收收入完成30万元。",
            ("tax_revenue", "general_public_budget", "whole_area", "execution", "2025", "30"),
        ),
        (
            DONE,
            "全县一般公共预算收入年初预算9万元。",
            ("revenue", "general_public_budget", "whole_area", "budget", "2025", "9"),
        ),
        (
            DONE,
            "县本级一般公共预算支出预算调整为7万元。",
            ("expenditure", "general_public_budget", "own", "adjusted_budget", "2025", "7"),
        ),
        (
            DONE,
            "截至2025年底，全县政府专项债务余额4亿元。",
            ("debt_balance", "special_debt", "whole_area", "execution", "2025", "40000"),
        ),
        (
            DONE,
            "省财政厅核定全县政府债务限额5亿元。",
            ("debt_limit", "debt", "whole_area", "limit", "2025", "50000"),
        ),
        (
            DONE,
            "全县法定债务年初余额3亿元。",
            ("debt_balance", "debt", "whole_area", "execution", "2024", "30000"),
        ),
        (PLANNED, "县本级“三公”经费预算安排612万元。", ("three_public_total", "", "own", "budget", "2026", "612")),
    ],
)
def test_a_figure_has_its_parts_from_the_sentence_and_the_heading(
    document: Make, heading: str, sentence: str, fact: tuple[str, ...]
) -> None:
    assert told(document, heading, sentence) == {fact}


def test_what_the_sentence_leaves_open_the_paragraph_says(document: Make) -> None:
    found = told(
        document,
        DONE,
        "（一）全县一般公共预算收入64,310万元，为预算的97.2%，比上年增长3.1%，其中：税收收入40,000万元；"
        "上级补助收入5,120万元，调入资金300万元，债务转贷收入200万元，收入总计101,976万元。支出90,000万元，支出总计101,976万元。",
    )
    assert {(metric, fund, level) for metric, fund, level, *_ in found} == {
        (metric, "general_public_budget", "whole_area")
        for metric in (
            "revenue",
            "tax_revenue",
            "transfers_received",
            "transferred_in",
            "debt_issued",
            "revenue_grand_total",
            "expenditure",
            "expenditure_grand_total",
        )
    }


@pytest.mark.parametrize(
    "sentence",
    [
        "全县收入完成500万元。",  # of which budget?
        "一般公共预算收入完成500万元。",  # of whom?
        "经济开发区一般公共预算收入完成500万元，支出完成400万元。",  # of neither level
        "全县一般公共预算收入增加500万元。",  # a change
        "全县一般公共预算收入加上上级补助、上年结转等收入500万元。",  # several together
        "1至6月份，全县一般公共预算收入完成500万元。",  # of a part of the year
        "2021—2025年，全县一般公共预算收入500万元。",  # of several years
        "县本级安排一般公共预算资金支持小微企业500万元。",  # of a purpose
        "新增政府债务限额500万元。",
    ],
)
def test_what_lacks_one_of_its_parts_is_no_fact(document: Make, sentence: str) -> None:
    assert told(document, DONE, sentence) == set()


def test_an_owner_that_is_neither_level_is_not_taken_for_the_one_before(document: Make) -> None:
    found = told(
        document,
        DONE,
        "全县一般公共预算收入完成900万元。高新区一般公共预算收入完成500万元。一般公共预算支出完成400万元。",
    )
    assert {amount for *_, amount in found} == {"900"}


def test_execution_and_draft_stand_in_one_report(document: Make) -> None:
    found = told(document, DONE, "全县一般公共预算收入完成900万元。", PLANNED, "全县一般公共预算收入安排950万元。")
    assert {(basis, year, amount) for *_, basis, year, amount in found} == {
        ("execution", "2025", "900"),
        ("budget", "2026", "950"),
    }


def test_a_class_of_expenditure_is_the_scope_of_its_figure(document: Make) -> None:
    records = normalize_document(
        document([TITLE, PLANNED, "县本级一般公共预算支出安排90万元，其中：教育支出30万元，农林水支出20万元。"])
    )
    assert [(each.scope, f"{each.amount}") for each in records if isinstance(each, Fact)] == [
        (None, "900000"),
        ("教育支出", "300000"),
        ("农林水支出", "200000"),
    ]


def test_what_accounts_call_done_is_final(document: Make) -> None:
    found = told(
        document,
        "一、2024年收支决算",
        "2024年全县一般公共预算收入完成900万元，支出决算800万元。",
        title="关于青石县2024年财政决算的报告",
    )
    assert {(metric, basis) for metric, _, _, basis, *_ in found} == {
        ("revenue", "final"),
        ("expenditure", "final"),
    }


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        (
            "全县一般公共预算收入拟安排25亿元，加上级补助收入33亿元。",
            {("revenue", "250000"), ("transfers_received", "330000")},
        ),
        ("全县一般公共预算收入预期52亿元，增长5%。", {("revenue", "520000")}),
        (
            "全县一般公共预算支出52亿元，加上解支出9亿元后，支出总量为61亿元。",
            {("expenditure", "520000"), ("expenditure_grand_total", "610000")},
        ),
        ("全县一般公共预算收入12亿元，比2025年的11亿元增长9%。", {("revenue", "120000")}),
        ("全县一般公共预算收入12亿元，较上年同期10亿元增长20%。", {("revenue", "120000")}),
        ("全县一般公共预算收入安排12亿元，为财政总收入30亿元的40%。", {("revenue", "120000")}),
        ("全县一般公共预算总收入80亿元，其中地方一般公共预算收入45亿元。", {("revenue", "450000")}),
        (
            "全县一般公共预算收入45亿元，加上地方政府一般债务收入7亿元、调入资金1亿元。",
            {("revenue", "450000"), ("debt_issued", "70000"), ("transferred_in", "10000")},
        ),
    ],
)
def test_other_provinces_words_and_what_a_figure_is_compared_with(
    document: Make, sentence: str, found: set[tuple[str, str]]
) -> None:
    facts = told(document, PLANNED, sentence)
    assert {(metric, amount) for metric, *_, amount in facts} == found
    assert {(fund, basis, year) for _, fund, _, basis, year, _ in facts} == {
        ("general_public_budget", "budget", "2026")
    }


def test_what_a_rate_is_of_is_no_figure_of_its_own(document: Make) -> None:
    text = "全县一般公共预算收入完成421万元，完成预算495万元的85.0%。"
    assert told(document, DONE, text) == {
        ("revenue", "general_public_budget", "whole_area", "execution", "2025", "421")
    }


@pytest.mark.parametrize(
    ("title", "heading"),
    [
        ("青石县2025年1-5月预算执行情况", "一、一般公共预算"),
        ("青石县2024年决算和2025年上半年预算执行情况的报告", "二、2025年上半年预算执行情况"),
        ("青石县2024年决算和2025年上半年预算执行情况的报告", "二、2025年1至6月预算执行情况"),
    ],
)
def test_part_of_a_year_is_no_year(document: Make, title: str, heading: str) -> None:
    assert told(document, heading, "全县一般公共预算收入完成96万元。", title=title) == set()


def test_an_adjustment_is_of_the_year_its_title_states(document: Make) -> None:
    title = "关于青石县2025年县级预算调整方案（草案）的报告"
    sentence = "县级一般公共预算支出由年初预算35亿元调整为37亿元，增加2亿元。"
    assert told(document, "二、调整方案", sentence, title=title) == {
        ("expenditure", "general_public_budget", "own", "budget", "2025", "350000"),
        ("expenditure", "general_public_budget", "own", "adjusted_budget", "2025", "370000"),
    }


def test_what_is_owed_at_the_end_of_a_year_that_is_over_is_no_plan(document: Make) -> None:
    title = "青石县县本级2025年预算调整方案的报告"
    text = "截至2024年底，全县政府债务余额10亿元。"
    assert told(document, "一、债券资金安排使用情况", text, title=title) == {
        ("debt_balance", "debt", "whole_area", "execution", "2024", "100000")
    }


@pytest.mark.parametrize(
    "sentence",
    [
        "全县一般公共预算收入累计完成672亿元，从2020年的110亿元增加到2025年的155亿元。",
        "2025年，过去五年，全县一般公共预算收入累计完成672亿元。",
        "2025年初，全县政府债务限额为126亿元。",
    ],
)
def test_several_years_together_and_the_limit_of_the_year_before_are_of_no_year(
    document: Make, sentence: str
) -> None:
    assert not {each for each in told(document, DONE, sentence) if each[-1] in {"6.72e+06", "1.26e+06"}}


def test_all_of_one_year_so_far_is_that_year(document: Make) -> None:
    found = told(document, DONE, "2025年，全县一般公共预算收入累计完成96万元，比上年增长2%。")
    assert found == {("revenue", "general_public_budget", "whole_area", "execution", "2025", "96")}


@pytest.mark.parametrize(
    "sentence",
    [
        "开发区本级一般公共预算收入完成12亿元。",
        "2025年12月，全县一般公共预算收入完成12亿元。",
        "全县一般公共预算收入（不含开发区）完成12亿元。",
    ],
)
def test_another_governments_own_level_a_month_and_a_part_are_no_facts(document: Make, sentence: str) -> None:
    assert told(document, DONE, sentence) == set()


ACCOUNTS = "青石县2025年财政决算报告"


def test_what_accounts_tell_of_their_year_is_final_where_a_sentence_does_not_say(document: Make) -> None:
    sentence = "2025年全县一般公共预算收入30亿元，加上级补助收入20亿元，收入总计50亿元。"
    assert told(document, sentence, title=ACCOUNTS) == {
        (metric, "general_public_budget", "whole_area", "final", "2025", amount)
        for metric, amount in (
            ("revenue", "300000"),
            ("transfers_received", "200000"),
            ("revenue_grand_total", "500000"),
        )
    }


def test_items_without_a_mark_at_their_ends_do_not_go_on(document: Make) -> None:
    lines = ("2025年全县一般公共预算收入30亿元，其中，县本级12亿元", "支出52亿元")
    assert {fact[:3] for fact in told(document, *lines, title=ACCOUNTS)} == {
        ("revenue", "general_public_budget", "whole_area"),
        ("revenue", "general_public_budget", "own"),
    }


def test_the_places_own_name_is_all_of_it(document: Make) -> None:
    lines = (
        "省财政厅核定青石县政府债务限额26亿元。",
        "青石县本级一般公共预算收入12亿元。",
        "青石县白塔镇一般公共预算收入2亿元，支出1亿元。",
    )
    assert told(document, *lines, title="青石县2025年财政预算执行情况的报告") == {
        ("debt_limit", "debt", "whole_area", "limit", "2025", "260000"),
        ("revenue", "general_public_budget", "own", "execution", "2025", "120000"),
    }


def test_a_part_of_the_report_says_the_year_of_the_sections_in_it(document: Make) -> None:
    budget = "全县一般公共预算收入{}亿元。"
    lines = ("第一部分 2025年预算执行情况", "一、一般公共预算", budget.format(10), "第二部分 2026年预算草案",
             "一、一般公共预算", budget.format(11))  # fmt: skip
    assert {fact[3:] for fact in told(document, *lines)} == {
        ("execution", "2025", "100000"),
        ("budget", "2026", "110000"),
    }


def test_a_section_goes_on_after_a_part_that_stood_inside_the_one_before(document: Make) -> None:
    lines = ("四、绩效", "第一部分 2025年预算执行情况", "五、2026年预算草案", "全县一般公共预算收入11亿元。")
    assert {fact[3:] for fact in told(document, *lines)} == {("budget", "2026", "110000")}


def test_what_is_told_of_a_figure_goes_on_with_what_it_is(document: Make) -> None:
    sentences = "2025年末，全县政府债务余额62亿元。其中：一般债务29亿元，专项债务33亿元。"
    assert {fact[:2] for fact in told(document, sentences, title="青石县2025年政府债务情况说明")} == {
        ("debt_balance", fund) for fund in ("debt", "general_debt", "special_debt")
    }
    assert not told(document, "预计2025年底全县政府债务余额62亿元。", title="青石县2025年政府债务情况说明")


def test_an_item_that_is_a_sentence_ends_the_section_of_the_one_before(document: Make) -> None:
    lines = (
        "一、全县一般公共预算决算",
        "（一）县级一般公共预算支出80亿元，增长3%",
        "（二）上年结转5亿元，调入资金3亿元，债务还本支出8亿元。",
    )
    levels = {fact[0]: fact[2] for fact in told(document, *lines, title=ACCOUNTS)}
    assert (levels["expenditure"], levels["carried_in"], levels["transferred_in"]) == (
        "own",
        "whole_area",
        "whole_area",
    )


@pytest.mark.parametrize(
    ("lines", "kind", "count"),
    [
        (
            [
                "各位代表：",
                "现将2025年财政预算执行情况和2026年财政预算草案提请会议审议。",
                "2026年全市一般公共预算收入安排27亿元。",
            ],
            "government_budget",
            1,
        ),
        (
            ["主任、各位副主任：", "现将我县2025年财政决算情况报告如下：", "全县一般公共预算收入12亿元。"],
            "government_accounts",
            1,
        ),
        (
            ["一、2026年部门预算编制的要求", "二、收支安排", "2026年全县一般公共预算收入安排10亿元。"],
            "government_budget",
            1,
        ),
        (["2025年全县一般公共预算收入完成12亿元，增长3%。"], "government_execution", 1),
    ],
)
def test_a_report_whose_title_stands_nowhere_is_a_governments(
    document: Make, lines: list[str], kind: str, count: int
) -> None:
    records = normalize_document(document(lines))
    assert [each.kind for each in records if isinstance(each, Disclosure)] == [kind]
    assert len([each for each in records if isinstance(each, Fact)]) == count


def test_a_departments_book_without_a_title_stays_one(document: Make) -> None:
    lines = ["一、主要职责", "承担全县一般公共预算收入支出管理。", "2026年部门预算收入100万元。"]
    (found,) = [each for each in normalize_document(document(lines)) if isinstance(each, Disclosure)]
    assert found.kind == "department_budget"


def test_a_report_without_a_title_is_of_the_year_whose_budget_it_presents(document: Make) -> None:
    lines = [
        "——2026年1月21日在青石县第十四届人民代表大会第五次会议上",
        "各位代表：",
        "现将2025年预算执行情况和2026年预算草案提请大会审查。",
        "2025年，全县一般公共预算收入完成10亿元，完成年初预算的102%，2025年预算执行良好。",
    ]
    (found,) = [each for each in normalize_document(document(lines)) if isinstance(each, Disclosure)]
    assert found.fiscal_year == 2026


def test_who_approved_a_budget_is_no_owner_of_it(document: Make) -> None:
    approved = "经青石县第十九届人民代表大会第三次会议及常务委员会第二十一次会议批准的"
    sentence = f"{approved}2025年全县一般公共预算收入预算是39亿元。"
    assert told(document, sentence, title="青石县2025年财政预算调整方案") == {
        ("revenue", "general_public_budget", "whole_area", "budget", "2025", "390000")
    }


def test_what_was_aimed_at_is_not_what_was_done(document: Make) -> None:
    sentence = "2025年全县一般公共预算收入目标为31亿元，实际完成30亿元。"
    assert {fact[3:] for fact in told(document, sentence, title="青石县2025年财政预算执行情况的报告")} == {
        ("budget", "2025", "310000"),
        ("execution", "2025", "300000"),
    }


def test_what_came_so_far_in_the_year_of_the_section_is_of_it(document: Make) -> None:
    sentence = "全县累计完成地方一般公共预算收入{}万元。"
    assert {fact[3:] for fact in told(document, DONE, sentence.format(500))} == {("execution", "2025", "500")}
    assert not told(document, DONE, "五年来，" + sentence.format(900))
