"""Projects and indicators: what a target says against its own words, and against the project's money."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from shared.schemas.document import Paragraph
from shared.schemas.names import CheckStatus, Metric
from shared.schemas.records import Fact, Indicator, Project, Provenance

if TYPE_CHECKING:
    from tests.unit.normalizer.checks.conftest import Collected, Report

Judge = Callable[["Collected"], "Report"]

_WAN = Decimal(10_000)


def _say(collector: Collected, metric: Metric, amount: str, text: str) -> None:
    place = Provenance(document="0", text=text)
    collector.add(Fact, place, metric=metric, year=2024, amount=Decimal(amount) * _WAN)


def _project(collector: Collected, budget: str, fiscal: str, other: str | None = None, **more: object) -> None:
    fields: dict[str, object] = {
        "number": 1,
        "name": "社区工作者经费",
        "code": None,
        "unit_code": None,
        "unit_name": None,
        "budget": Decimal(budget) * _WAN,
        "fiscal_funds": Decimal(fiscal) * _WAN,
        "other_funds": Decimal(other) * _WAN if other else None,
        "purpose": None,
        "schedule": None,
        "goals": (),
    }
    text = "\t".join((budget, fiscal, other or ""))
    collector.add(Project, Provenance(document="0", text=text), **{**fields, **more})


def _indicator(collector: Collected, **fields: object) -> None:
    blank: dict[str, object] = {
        **dict.fromkeys(("level3", "description", "value_text", "operator", "value", "unit", "basis")),
        "scope": "project",
        "project_number": 1,
        "project_name": "社区工作者经费",
        "level1": "产出指标",
        "level2": "数量指标",
    }
    value = fields.get("value")
    given = {**fields, "value": Decimal(str(value))} if value is not None else fields
    place = Provenance(document="0", text=str(fields.get("value_text")))
    collector.add(Indicator, place, **{**blank, **given})


def test_a_budget_is_the_sum_of_its_funds(collector: Collected, judge: Judge) -> None:
    _project(collector, "30.00", "25.00", "4.00")
    [finding] = judge(collector).findings
    assert (finding.check, finding.expected, finding.actual) == ("project_funds", "290000.00", "300000.00")


def test_projects_cost_no_more_than_project_spending(collector: Collected, judge: Judge) -> None:
    _project(collector, "30.00", "30.00")
    _project(collector, "25.00", "25.00", number=2, name="社区工作经费")
    _say(collector, Metric.EXPENDITURE_PROJECT, "50.00", "项目支出50.00万元。")
    [finding] = judge(collector).findings
    assert (finding.check, finding.expected, finding.actual) == ("project_total", "550000.00", "500000.00")


@pytest.mark.parametrize(
    ("description", "value", "unit", "failed"),
    [
        ("项目总成本", "35", "万元", {"project_cost"}),
        ("项目总成本", "300000", "元", set()),
        ("每人每年补助标准", "35", "万元", set()),
    ],
)
def test_a_cost_indicator_stays_within_the_budget(
    description: str, value: str, unit: str, failed: set[str], collector: Collected, judge: Judge
) -> None:
    _project(collector, "30.00", "30.00")
    _indicator(
        collector,
        level2="成本指标",
        level3="成本",
        description=description,
        value_text=f"≤{value}{unit}",
        operator="<=",
        value=value,
        unit=unit,
    )
    _indicator(collector, level1="效益指标", level2="社会效益指标", level3="影响", value_text="显著")
    assert judge(collector).failed == failed


@pytest.mark.parametrize(("amount", "status"), [("30.00", CheckStatus.PASS), ("32.50", CheckStatus.FAIL)])
def test_a_project_named_in_prose_has_the_same_amount_there(
    amount: str, status: CheckStatus, collector: Collected, judge: Judge
) -> None:
    text = f"项目支出主要为社区工作者经费{amount}万元，农村干部工资2112.33万元。"
    collector.document = collector.document.model_copy(update={"blocks": (Paragraph(file=0, text=text),)})
    _project(collector, "30.00", "30.00")
    assert judge(collector).check("project_prose").status is status


@pytest.mark.parametrize(
    ("schedule", "failed"),
    [
        (("25", "50", "75", "100"), False),
        ((None, None, "100", None), False),
        (("50", "25", "75", "100"), True),
        (("25", "25", "25", "25"), True),
    ],
)
def test_a_schedule_rises_to_a_hundred(
    schedule: tuple[str | None, ...], failed: bool, collector: Collected, judge: Judge
) -> None:
    steps = tuple(Decimal(step) if step else None for step in schedule)
    _project(collector, "30.00", "30.00", schedule=steps)
    assert ("project_schedule" in judge(collector).failed) is failed


@pytest.mark.parametrize(
    ("fields", "check", "pair"),
    [
        (
            {"level3": "拨付到位率", "value_text": "149个", "operator": "=", "value": 149, "unit": "个"},
            "indicator_unit_mismatch",
            ("%", "个"),
        ),
        (
            {"level3": "经费使用合理率", "description": "合理使用资金占经费的比率", "value_text": "及时"},
            "indicator_unit_mismatch",
            ("%", "及时"),
        ),
        (
            {"level3": "培训活动次数", "value_text": "≥90%", "operator": ">=", "value": 90, "unit": "%"},
            "indicator_unit_mismatch",
            ("次", "%"),
        ),
        (
            {
                "level3": "高标准中心数量",
                "description": "数量不少于3个",
                "value_text": "≤3个",
                "operator": "<=",
                "value": 3,
                "unit": "个",
            },
            "indicator_direction",
            (">=", "<="),
        ),
        (
            {
                "level3": "系统故障率(反向指标)",
                "value_text": "≥20%",
                "operator": ">=",
                "value": 20,
                "unit": "%",
            },
            "indicator_direction",
            ("<=", ">="),
        ),
        (
            {"level3": "验收合格率", "value_text": "≥120%", "operator": ">=", "value": 120, "unit": "%"},
            "indicator_rate",
            ("100", "120"),
        ),
        (
            {
                "level2": "成本指标",
                "level3": "经费",
                "value_text": "≤500万",
                "operator": "<=",
                "value": 500,
                "unit": "万",
            },
            "unit_missing",
            ("万元", "万"),
        ),
        ({"level3": "培训人数", "value_text": "**"}, "indicator_placeholder", (None, "**")),
        ({"level3": "培训人数"}, "indicator_value_missing", (None, None)),
    ],
)
def test_an_indicator_that_contradicts_its_own_words_is_found(
    fields: dict[str, object],
    check: str,
    pair: tuple[str | None, str | None],
    collector: Collected,
    judge: Judge,
) -> None:
    _indicator(collector, **fields)
    [finding] = judge(collector).findings
    assert (finding.check, finding.expected, finding.actual) == (check, *pair)
    assert str(fields["level3"]) in finding.message


@pytest.mark.parametrize(
    "fields",
    [
        {"level3": "培训频率", "value_text": "≥2次", "operator": ">=", "value": 2, "unit": "次"},
        {"level3": "办事效率", "value_text": "提高"},
        {"level3": "收入增长率", "value_text": "≥120%", "operator": ">=", "value": 120, "unit": "%"},
        {"level3": "系统故障率（反向指标）", "value_text": "≤20%", "operator": "<=", "value": 20, "unit": "%"},
        {"level3": "覆盖率(%)", "value_text": "≥90", "operator": ">=", "value": 90},
        {
            "level3": "成本控制率",
            "description": "控制成本不超过预算",
            "value_text": "≥90%",
            "operator": ">=",
            "value": 90,
            "unit": "%",
        },
        {"level3": "培训人数", "value_text": "≥90人", "operator": ">=", "value": 90, "unit": "人"},
        {"level3": "参训人数占比", "value_text": "≥90%", "operator": ">=", "value": 90, "unit": "%"},
    ],
)
def test_an_indicator_that_agrees_with_its_words_is_left_alone(
    fields: dict[str, object], collector: Collected, judge: Judge
) -> None:
    _indicator(collector, **fields)
    assert [finding.message for finding in judge(collector).findings] == []


def test_an_indicator_stated_twice_is_found(collector: Collected, judge: Judge) -> None:
    for _ in range(2):
        _indicator(collector, level3="培训人数", value_text="≥90人", operator=">=", value=90, unit="人")
    assert judge(collector).failed == {"indicator_repeated"}


def test_a_code_names_the_region_and_a_year_not_after_the_budget(collector: Collected, judge: Judge) -> None:
    for number, code in enumerate(("13040624P006612100017", "13040623P00661210001X")):
        _project(collector, "1.00", "1.00", number=number, name=f"项目{number}", code=code)
    assert judge(collector).check("project_code").status is CheckStatus.PASS
    for number, code in enumerate(("13040625P006612100017", "13040724P006612100017"), start=2):
        _project(collector, "1.00", "1.00", number=number, name=f"项目{number}", code=code)
    pairs = [(finding.expected, finding.actual) for finding in judge(collector).of("project_code")]
    assert pairs == [("2024", "2025"), ("130406", "130407")]


def test_a_project_has_output_and_effect(collector: Collected, judge: Judge) -> None:
    _project(collector, "1.00", "1.00")
    _indicator(collector, level3="培训人数", value_text="≥90人", operator=">=", value=90, unit="人")
    [finding] = judge(collector).findings
    assert finding.check == "indicator_levels"
    assert "效益" in finding.message


def test_a_value_that_is_only_a_unit_is_missing(collector: Collected, judge: Judge) -> None:
    _indicator(collector, level3="群众满意度", description="满意人数占总人数的比率", value_text="百分比", unit="%")
    [finding] = judge(collector).findings
    assert (finding.check, finding.actual) == ("indicator_value_missing", "百分比")


@pytest.mark.parametrize(
    ("level1", "level2", "name", "operator", "value", "unit"),
    [
        ("满意度指标", "服务对象满意度指标", "有效投诉次数", "<=", 3, "次"),
        ("满意度指标", "服务对象满意度指标", "群众投诉次数（次）", "<=", 10, None),
        ("产出指标", "质量指标", "小学毛入学率", ">=", 105, "%"),
        ("效益指标", "经济效益指标", "国有资产保值增值率", ">=", 102, "%"),
        ("效益指标", "经济效益指标", "农户增收率", ">=", 110, "%"),
        ("效益指标", "经济效益指标", "收入完成预算比例", ">=", 105, "%"),
        ("产出指标", "质量指标", "床位使用率", ">=", 103, "%"),
    ],
)
def test_a_complaint_is_counted_and_a_rate_that_is_no_share_may_exceed_the_whole(
    collector: Collected,
    judge: Judge,
    level1: str,
    level2: str,
    name: str,
    operator: str,
    value: int,
    unit: str | None,
) -> None:
    text = f"{operator}{value}{unit or ''}"
    levels = {"level1": level1, "level2": level2, "level3": name}
    _indicator(collector, **levels, value_text=text, operator=operator, value=value, unit=unit)
    assert not judge(collector).findings


@pytest.mark.parametrize(
    ("name", "fields", "check"),
    [
        (
            "企业满意度",
            {"value_text": "≥95万元", "operator": ">=", "value": 95, "unit": "万元"},
            "indicator_unit_mismatch",
        ),
        ("政策覆盖率", {"value_text": "≥"}, "indicator_value_missing"),
        ("参训人数", {"value_text": "___人"}, "indicator_placeholder"),
        ("参训人数", {"value_text": "○○人"}, "indicator_placeholder"),
    ],
)
def test_money_for_satisfaction_a_sign_alone_and_a_blank_to_fill_in_are_told(
    collector: Collected, judge: Judge, name: str, fields: dict[str, object], check: str
) -> None:
    _indicator(collector, level3=name, **fields)
    assert [finding.check for finding in judge(collector).findings] == [check]
