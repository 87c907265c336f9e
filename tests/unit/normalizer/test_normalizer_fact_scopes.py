"""Figures of a part bear its name, and those of cut sentences."""

from collections.abc import Callable
from typing import Any

import pytest

from services.normalizer.layout import Layout
from services.normalizer.readers import disclosures, facts
from services.normalizer.recorder import ReaderResult, Recorder
from shared.schemas.records import Disclosure, Fact, RecordBase

Read = Callable[[Any, Any], list[RecordBase]]


def _facts(layout: Layout, recorder: Recorder) -> ReaderResult:
    (disclosure,) = disclosures.read(layout, recorder).of(Disclosure)
    return facts.read(layout, recorder, disclosure)


def facts_of(read: Read, *lines: str) -> list[tuple[str, str, str | None]]:
    """Metric, 万元 and scope of the facts of a department's budget of 2024."""
    records = read(_facts, ["青石县水务局2024年部门预算公开", "一、部门预算情况说明", *lines])
    found = [each for each in records if isinstance(each, Fact) and each.amount is not None]
    return [
        (each.metric.value, f"{each.amount / 10000:f}", each.scope) for each in found if each.amount is not None
    ]


@pytest.mark.parametrize(
    ("line", "facts"),
    [
        (
            "1．社会保障和就业（类）支出80万元，主要用于养老保险。与上年相比增加3万元，增长3.9%。",
            [("expenditure_part", "80", "社会保障和就业（类）"), ("change_part", "3", "社会保障和就业（类）")],
        ),
        (
            "2．水利（款）行政运行（项）支出20.5万元，与上年相比减少1万元。",
            [
                ("expenditure_part", "20.5", "水利（款）行政运行（项）"),
                ("change_part", "-1", "水利（款）行政运行（项）"),
            ],
        ),
        (
            "“一般公共服务支出（类）政府办公厅（室）事务（款）行政运行（项）”9万元，主要用于人员经费。",
            [("expenditure_part", "9", "一般公共服务支出（类）政府办公厅（室）事务（款）行政运行（项）")],
        ),
        (
            "2024年财政拨款收、支总预算90万元，其中：基本支出50万元。",
            [
                ("income_part", "90", "财政拨款"),
                ("expenditure_part", "90", "财政拨款"),
                ("expenditure_basic", "50", "财政拨款"),
            ],
        ),
        (
            "支出按用途分：人员类支出70万元，运转类支出10万元，特定目标类支出20万元。",
            [
                ("expenditure_personnel", "70", None),
                ("expenditure_part", "10", "运转类"),
                ("expenditure_part", "20", "特定目标类"),
            ],
        ),
        ("采购支出总额71万元。", []),
        (
            "政府采购预算总额71万元。其中，货物类政府采购支出预算20万元；服务类政府采购支出预算51万元。",
            [
                ("procurement_total", "71", None),
                ("procurement_part", "20", "货物类"),
                ("procurement_part", "51", "服务类"),
            ],
        ),
        (
            "2024年收入预算80万元，其中：局机关收入预算50万元，下属图书馆收入预算30万元。",
            [("income_total", "80", None), ("income_part", "50", "局机关"), ("income_part", "30", "下属图书馆")],
        ),
        (
            "单位预留机动经费预算数为30万元。与上年相比增加12万元。",
            [("expenditure_part", "30", "单位预留机动"), ("change_part", "12", "单位预留机动")],
        ),
        (
            "公务接待费预算1万元，比上年减少0.5万元。",
            [("three_public_reception", "1", None), ("change_part", "-0.5", "公务接待费")],
        ),
    ],
)  # fmt: skip
def test_what_is_true_of_a_part_bears_its_name(
    read: Read, line: str, facts: list[tuple[str, str, str | None]]
) -> None:
    assert facts_of(read, line) == facts


@pytest.mark.parametrize(("fund", "scope"), [("60", None), ("50", "一般公共预算财政拨款")])
def test_a_kind_of_a_funds_expenditure_is_the_wholes_only_where_the_fund_pays_for_all(
    read: Read, fund: str, scope: str | None
) -> None:
    facts = facts_of(
        read,
        "2024年支出预算100万元，其中：基本支出60万元，项目支出40万元。",
        f"2024年一般公共预算财政拨款基本支出{fund}万元，其中：人员经费45万元，公用经费5万元。",
    )
    assert ("expenditure_personnel", "45", scope) in facts
    assert ("expenditure_basic", "60", None) in facts


def test_a_paragraph_that_begins_with_a_figure_goes_on_with_the_sentence_before(read: Read) -> None:
    cut = ("2024年收入、支出预算总计95万元，与上年相比收、支预算总计各增加", "5万元，增长5.56%。")
    assert ("change_total", "5", None) in facts_of(read, *cut)
    assert ("agency_operating_funds", "6", None) in facts_of(
        read, "2024年本部门机关运行经费预算支出", "6万元，与上年持平。"
    )
    assert not facts_of(read, "2024年本部门机关运行经费情况：", "6万元用于维修。")
