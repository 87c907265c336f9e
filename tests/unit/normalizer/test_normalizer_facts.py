"""Figures in prose: which words name them, which year they are of, what gives no fact."""

from collections.abc import Callable
from typing import Any

import pytest

from services.normalizer.layout import Layout
from services.normalizer.prose.phrases import plain
from services.normalizer.prose.stated import Role, Statement
from services.normalizer.prose.statements import statements
from services.normalizer.prose.subjects import Setting
from services.normalizer.readers import disclosures, facts
from services.normalizer.recorder import ReaderResult, Recorder
from shared.schemas.records import Disclosure, Fact, RecordBase

Read = Callable[[Any, Any], list[RecordBase]]


def _facts(layout: Layout, recorder: Recorder) -> ReaderResult:
    (disclosure,) = disclosures.read(layout, recorder).of(Disclosure)
    return facts.read(layout, recorder, disclosure)


def stated(text: str, final: bool = False, section: str = "") -> list[tuple[str, int | None, str]]:
    """What `text` states of the whole in a document of 2024, as (metric, year, yuan)."""
    found = []
    for each in statements(plain(text), Setting(2024, final, (section,) if section else ())):
        if isinstance(each, Statement) and each.role in {Role.LEVEL, Role.CHANGE}:
            named = [(metric, each.subject.scope) for metric in each.subject.metrics]
            of_change = each.subject.changed() if each.role is Role.CHANGE else named
            found += [(metric, each) for metric, scope in of_change if scope is None]
    return [(metric.value, each.year, f"{each.amount:.2f}") for metric, each in found]


def test_a_total_and_its_parts() -> None:
    text = (
        "2024年预算收入9250.53万元，其中：一般公共预算收入9000万元，基金预算收入0万元，"
        "其他来源收入0.53万元，上年结转250万元。"
    )
    assert stated(text) == [
        ("income_total", 2024, "92505300.00"),
        ("income_general_public_budget", 2024, "90000000.00"),
        ("income_government_fund", 2024, "0.00"),
        ("income_other", 2024, "5300.00"),
        ("income_carryover", 2024, "2500000.00"),
    ]


def test_joined_labels_and_examples_after_the_parts() -> None:
    text = (
        "2024年支出预算100万元，其中基本支出60万元，包括人员类经费50万元和运转类公用经费10万元；"
        "项目支出40万元，主要为培训费20万元、维修费20万元。"
    )
    assert stated(text) == [
        ("expenditure_total", 2024, "1000000.00"),
        ("expenditure_basic", 2024, "600000.00"),
        ("expenditure_personnel", 2024, "500000.00"),
        ("expenditure_public_use", 2024, "100000.00"),
        ("expenditure_project", 2024, "400000.00"),
    ]


def test_changes_are_signed_and_dated_by_the_budget_not_by_what_it_is_compared_with() -> None:
    text = (
        "2024年，部门预算收支安排100万元，较2023年增加10万元，其中：基本支出减少5万元，"
        "主要是2023年机构改革；项目支出增加15万元。"
    )
    assert stated(text)[2:] == [
        ("change_total", 2024, "100000.00"),
        ("change_basic", 2024, "-50000.00"),
        ("change_project", 2024, "150000.00"),
    ]


def test_three_public_with_its_parts_in_brackets_and_its_change() -> None:
    text = (
        "2024年，我部门财政拨款“三公”经费预算安排6万元，其中：因公出国（境）费0万元；公务用车购置及运维费3.5万元"
        "（其中：公务用车购置费为0万元，公务用车运行维护费3.5万元）；公务接待费2.5万元，比上年减少1万元。"
        "“三公”经费比上年增加2.2万元（2023年组织部“三公”经费为3.8万元，老干部局“三公”经费为3.4万元）。"
    )
    assert stated(text) == [
        ("three_public_total", 2024, "60000.00"),
        ("three_public_overseas", 2024, "0.00"),
        ("three_public_vehicle", 2024, "35000.00"),
        ("three_public_vehicle_purchase", 2024, "0.00"),
        ("three_public_vehicle_operation", 2024, "35000.00"),
        ("three_public_reception", 2024, "25000.00"),
        ("three_public_change", 2024, "22000.00"),
    ]


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        (
            "2024年，我局机关运行经费共计安排33.47万元，主要用于日常维修。",
            ("agency_operating_funds", 2024, "334700.00"),
        ),
        ("2024年机关运行经费共计安排46.28元。", ("agency_operating_funds", 2024, "46.28")),
        ("2024年，我部门安排政府采购预算300万元。", ("procurement_total", 2024, "3000000.00")),
        (
            "2024年政府采购预算总额1.2亿元，其中：政府采购货物预算20万元。",
            ("procurement_total", 2024, "120000000.00"),
        ),
        (
            "某某局（含所属单位）上年末固定资产金额为１７.5万元（详见下表）。",
            ("fixed_assets_year_end", 2023, "175000.00"),
        ),
        ("截至2022年12月31日，固定资产总额2万元。", ("fixed_assets_year_end", 2022, "20000.00")),
        ("本年度我部门拟购置固定资产总额为3万元，已列入预算。", ("fixed_assets_planned", 2024, "30000.00")),
        ("1.因公出国（境）费。2024年预算安排7万元，与上年持平。", ("three_public_overseas", 2024, "70000.00")),
        ("2024年部门收入预算为1,234.50万元。", ("income_total", 2024, "12345000.00")),
        ("2024年收 入预算 12 万\n元。", ("income_total", 2024, "120000.00")),
    ],
)
def test_single_figures(text: str, fact: tuple[str, int | None, str]) -> None:
    assert stated(text) == [fact]


@pytest.mark.parametrize(
    "text",
    [
        "与2023年相比持平，无增减变化。",
        "2024年，我部门未安排政府采购预算。",
        "公务接待费比上年减少1万元。",
        "人均补助400元/人。",
        "2024年一般公共预算财政拨款项目支出1万元的说明。",
        "涉及金额100万元。",
    ],
)
def test_what_no_metric_names_gives_nothing(text: str) -> None:
    assert not stated(text)


def test_numbers_are_never_paired_with_words_of_another_sentence() -> None:
    assert not stated("机关运行经费。共5万元用于维修。")


def test_in_final_accounts_the_outturn_counts_and_not_the_plan() -> None:
    text = "2024年度“三公”经费财政拨款支出预算为5万元，支出决算为4.5万元，其中：公务接待费支出决算为0.5万元。"
    assert stated(text, final=True) == [
        ("three_public_total", 2024, "45000.00"),
        ("three_public_reception", 2024, "5000.00"),
    ]
    assert not stated("财政拨款支出年初预算为100万元，支出决算为90万元。", final=True)


def test_a_figure_restated_is_one_fact_and_a_different_one_is_two(read: Read) -> None:
    written = ["二、总体情况", "2024年预算收入10万元。", "2024年预算收入10万元。", "2024年预算收入11万元。"]
    records = [each for each in read(_facts, written) if isinstance(each, Fact)]
    assert [f"{each.amount:.2f}" for each in records] == ["100000.00", "110000.00"]
    assert len({each.id for each in records}) == 2


def test_targets_and_explanations_of_terms_state_no_facts(read: Read) -> None:
    written = [
        "五、绩效预算信息", "第二部分 资金绩效目标", "机关运行经费5万元。",
        "六、政府采购预算情况", "2024年，我部门安排政府采购预算300万元。",
        "八、名词解释", "政府采购预算1万元。",
    ]  # fmt: skip
    assert [each.metric.value for each in read(_facts, written) if isinstance(each, Fact)] == ["procurement_total"]


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("青石县水务局预算支出总额为12万元。", [("expenditure_total", 2024, "120000.00")]),
        ("2024年，青石县水务局收入预算12万元，其中：财政拨款收入12万元。", [("income_total", 2024, "120000.00")]),
        (
            "本部门2024年度收、支总计（含结转和结余）12万元。",
            [("income_total", 2024, "120000.00"), ("expenditure_total", 2024, "120000.00")],
        ),
        (
            "青石县水务局二〇二四年度收入支出总计12万元。",
            [("income_total", 2024, "120000.00"), ("expenditure_total", 2024, "120000.00")],
        ),
        ("2024年本部门一般公共预算机关运行经费预算支出5万元。", [("agency_operating_funds", 2024, "50000.00")]),
        (
            "公车运行及维护5万元，主要是2018年车改后车辆减少。",
            [("three_public_vehicle_operation", 2024, "50000.00")],
        ),
        ("支出1,130.74万元，与上年相比增加14.89万元。", []),
        ("信息化建设项目支出5万元。", []),
        (
            "公务接待费1万元，其中：国内公务接待费0.4万元，国（境）外公务接待费0.6万元。",
            [("three_public_reception", 2024, "10000.00")],
        ),
        ("面向中小企业预留政府采购项目预算金额5万元。", []),
    ],
)  # fmt: skip
def test_the_wordings_of_provinces(text: str, facts: list[tuple[str, int | None, str]]) -> None:
    assert stated(text) == facts


def test_a_second_sentence_is_of_the_year_of_the_first() -> None:
    text = (
        "2019年“三公”经费8万元，较2017年下降1.8%。其中：公务接待费3万元，与上年持平，"
        "主要是2018年改革；因公出国1万元。"
    )
    assert [(metric, year) for metric, year, _ in stated(text)] == [
        ("three_public_total", 2019), ("three_public_reception", 2019), ("three_public_overseas", 2019),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        (
            "2024年“三公”经费预算为16万元，其中：因公出国（境）费0万元，公务接待费7万元。",
            [],
        ),
        (
            "“三公”经费支出共计7.62万元，较年初预算数减少8.38万元，较上年支出数减少0.48万元。",
            [("three_public_total", 2024, "76200.00"), ("three_public_change", 2024, "-4800.00")],
        ),
        (
            "公务用车运行费10万元。费用支出较年初预算数减少1万元。较上年支出数减少0.5万元。",
            [("three_public_vehicle_operation", 2024, "100000.00")],
        ),
        (
            "1.水利（款）防汛（项）。年初预算为20万元，支出决算为19万元，完成年初预算的95%。",
            [],
        ),
    ],
)
def test_what_was_planned_is_no_fact_of_the_accounts(text: str, facts: list[tuple[str, int | None, str]]) -> None:
    assert stated(text, final=True) == facts
