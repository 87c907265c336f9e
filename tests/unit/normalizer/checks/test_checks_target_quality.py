"""What targets say of themselves: weights, goals and figures that cannot be meant; near-misses stay silent."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from services.normalizer.readers.performance.values import read_value
from services.normalizer.recorder import Left, LeftKind
from shared.schemas.names import CheckStatus, DisclosureKind, Metric, Severity
from shared.schemas.records import Disclosure, Fact, Indicator, Project, Provenance

if TYPE_CHECKING:
    from tests.unit.normalizer.checks.conftest import Collected, Report

Judge = Callable[["Collected"], "Report"]


def project(collector: Collected, name: str = "河道治理", number: int = 1, **fields: object) -> Project:
    blank = dict.fromkeys(("code", "unit_code", "unit_name", "budget", "fiscal_funds", "other_funds", "purpose"))
    text = str(fields.pop("text", name))
    given = {**blank, "schedule": None, "goals": (), **fields}
    return collector.add(Project, Provenance(document="0", text=text), number=number, name=name, **given)


def indicator(
    collector: Collected, name: str | None, said: str, block: int | None = None, **fields: object
) -> Indicator:
    """An indicator of the project 河道治理 whose value is `said`."""
    value = read_value(said)
    given: dict[str, object] = {
        **dict.fromkeys(("description", "basis")),
        "scope": "project",
        "project_number": 1,
        "project_name": "河道治理",
        "level1": "产出指标",
        "level2": "数量指标",
        "level3": name,
        "value_text": said,
        "operator": value.operator,
        "value": value.number,
        "unit": value.unit,
        **fields,
    }
    text = "\t".join(filter(None, (str(given["level2"]), name, said)))
    return collector.add(Indicator, Provenance(document="0", block=block, text=text), **given)


@pytest.mark.parametrize(
    ("weights", "status"),
    [
        (("25", "25", "30", "15"), CheckStatus.FAIL),
        (("25", "25", "30", "20"), CheckStatus.PASS),
        (("20", "20", "30", "20"), CheckStatus.PASS),
        (("33.33", "33.33", "33.33"), CheckStatus.ROUNDING),
        (("0.5", "0.3", "0.2"), CheckStatus.PASS),
        (("50", "30", None), CheckStatus.INSUFFICIENT_DATA),
        ((None, None), CheckStatus.NOT_APPLICABLE),
    ],
)
def test_weights_sum_to_a_hundred(
    weights: Sequence[str | None], status: CheckStatus, collector: Collected, judge: Judge
) -> None:
    project(collector)
    for place, weight in enumerate(weights):
        level1 = ("产出指标", "效益指标")[place % 2]
        given = Decimal(weight) if weight else None
        indicator(collector, f"指标{place}", f"≥{place + 2}个", level1=level1, weight=given)
    assert judge(collector).check("indicator_weights").status is status


def test_weights_short_of_a_level_or_with_an_indicator_twice_have_one_finding(
    collector: Collected, judge: Judge
) -> None:
    project(collector)
    for name, weight in (("长度", 30), ("面积", 30)):
        indicator(collector, name, "≥2公里", weight=Decimal(weight))
    project(collector, name="水库加固", number=2)
    owner: dict[str, Any] = {"project_number": 2, "project_name": "水库加固", "block": 3}
    for name, level1 in (("坝长", "产出指标"), ("坝长", "产出指标"), ("受益人数", "效益指标")):
        indicator(collector, name, "≥2公里", **owner, level1=level1, weight=Decimal(50))
    report = judge(collector)
    assert report.failed == {"indicator_levels", "indicator_repeated"}


@pytest.mark.parametrize(
    ("goal", "status"),
    [
        ("全年治理河道长度20公里，改善水质", CheckStatus.FAIL),
        ("治理河道20公里", CheckStatus.FAIL),
        ("治理河道长度达到12公里", CheckStatus.PASS),
        ("三年内治理河道长度36公里", CheckStatus.NOT_APPLICABLE),
        ("累计治理河道长度36公里", CheckStatus.NOT_APPLICABLE),
        ("治理河道长度5公里，另治理河道长度7公里", CheckStatus.NOT_APPLICABLE),
        ("治理河道长度20万元/公里", CheckStatus.NOT_APPLICABLE),
        ("治理河道", CheckStatus.NOT_APPLICABLE),
    ],
)
def test_a_goal_gives_the_figure_of_its_indicator(
    goal: str, status: CheckStatus, collector: Collected, judge: Judge
) -> None:
    project(collector, goals=(goal,))
    indicator(collector, "治理河道长度", "≥12公里")
    assert judge(collector).check("goal_indicator").status is status


def test_a_value_without_a_name_is_told(collector: Collected, judge: Judge) -> None:
    indicator(collector, "长度", "≥12公里")
    indicator(collector, None, "12月底前", level2="时效指标")
    [finding] = judge(collector).of("indicator_level_missing")
    assert "时效指标" in finding.message


@pytest.mark.parametrize(
    ("name", "said", "fields", "severity"),
    [
        ("群众满意度", "≤90%", {"level2": "服务对象满意度指标"}, Severity.WARNING),
        ("受益群众", "≤95%", {"level2": "服务对象满意度指标"}, Severity.WARNING),
        ("任务完成率", "≤98%", {}, Severity.INFO),
        ("安全事故发生率", "≥5%", {"level2": "质量指标"}, Severity.INFO),
        ("群众满意度", "≥90%", {"level2": "服务对象满意度指标"}, None),
        ("群众投诉率", "≤5%", {"level2": "服务对象满意度指标"}, None),
        ("事故处理完成率", "≥95%", {}, None),
        ("事故发生率降低", "≥5%", {}, None),
        ("成本节约率", "≤10%", {"level2": "成本指标"}, None),
        ("资金使用完成率", "≤100%", {"level2": "成本指标"}, None),
    ],
)
def test_what_is_good_is_not_limited_from_above_nor_harm_from_below(
    name: str, said: str, fields: dict[str, Any], severity: Severity | None, collector: Collected, judge: Judge
) -> None:
    indicator(collector, name, said, **fields)
    assert [finding.severity for finding in judge(collector).of("indicator_direction")] == (
        [severity] if severity else []
    )


@pytest.mark.parametrize(
    ("name", "level2", "found"),
    [
        ("培训人员数量（人）", "数量指标", True),
        ("入户走访（户）", "质量指标", True),
        ("培训人员合格率（%）", "数量指标", False),
        ("培训人员增长（人）", "数量指标", False),
        ("培训进度", "数量指标", False),
    ],
)
def test_a_count_in_per_cent_with_its_unit_in_the_name(
    name: str, level2: str, found: bool, collector: Collected, judge: Judge
) -> None:
    indicator(collector, name, "≥90%", level2=level2)
    assert bool(judge(collector).of("indicator_unit_mismatch")) is found


@pytest.mark.parametrize(("said", "found"), [("≥1200%", True), ("≥90%", False)])
def test_a_count_beyond_a_hundred_per_cent_is_none_whatever_its_level(
    said: str, found: bool, collector: Collected, judge: Judge
) -> None:
    indicator(collector, "受益农户数", said, level2="社会效益指标")
    assert bool(judge(collector).of("indicator_unit_mismatch")) is found


def test_one_value_for_every_indicator(collector: Collected, judge: Judge) -> None:
    project(collector)
    for place in range(5):
        indicator(collector, f"指标{place}", "≥90%", level2=("数量指标", "质量指标")[place % 2])
    assert ["≥90%" in finding.message for finding in judge(collector).of("target_one_value")] == [True]
    indicator(collector, "次数", "≥2次")
    assert len(judge(collector).of("target_one_value")) == 1


def test_the_name_of_a_level_is_no_indicator(collector: Collected, judge: Judge) -> None:
    indicator(collector, "社会效益指标", "≥90%", level2="社会效益指标")
    indicator(collector, "社会效益", "≥90%", level2="社会效益指标")
    assert [finding.check for finding in judge(collector).of("target_level_name")] == ["target_level_name"]


@pytest.mark.parametrize(
    ("purpose", "found"),
    [("河道治理。", True), ("用于河道治理", True), ("用于河道治理支出", False), ("清淤", False), (None, False)],
)
def test_a_purpose_says_more_than_the_name(
    purpose: str | None, found: bool, collector: Collected, judge: Judge
) -> None:
    project(collector, purpose=purpose)
    assert bool(judge(collector).of("target_purpose")) is found


def test_goals_copied_between_projects(collector: Collected, judge: Judge) -> None:
    project(collector, goals=("按年初计划安排完成本年度各项工作。",))
    project(collector, goals=("按年初计划安排完成本年度各项工作。",))
    assert not judge(collector).of("target_copied")
    project(collector, name="水库加固", number=2, goals=("按年初计划安排完成本年度各项工作",))
    project(collector, name="渠道维修", number=3, goals=("完成维修。",))
    [finding] = judge(collector).of("target_copied")
    assert len(finding.subjects) == 2


def test_a_figure_far_off_the_same_indicator_elsewhere(collector: Collected, judge: Judge) -> None:
    for number, said in enumerate(("≥10人", "≥12人", "≥30人", "≥40人", "≥1200000人"), start=1):
        indicator(collector, "受益人数", said, project_number=number, project_name=f"项目{number}")
        cost = ("1", "2", "3", "4", "9000")[number - 1]
        indicator(collector, "资金", f"≤{cost}万元", project_number=number, project_name=f"项目{number}")
    [finding] = judge(collector).of("target_outlier")
    assert "1200000" in finding.message


@pytest.mark.parametrize(
    ("said", "found"),
    [("2022年12月底前", True), ("2024年12月31日", False), ("较2022年提高", False), ("12月底前", False)],
)
def test_a_due_date_in_a_past_year(said: str, found: bool, collector: Collected, judge: Judge) -> None:
    indicator(collector, "完成时间", said, level2="时效指标")
    assert bool(judge(collector).of("target_stale_year")) is found


@pytest.mark.parametrize(
    ("schedule", "failed"),
    [
        (("25", "50", "75", None), False),
        (("25", None, None, None), False),
        (("25", "50", "75", "90"), True),
        (("25", "50", "120", None), True),
    ],
)
def test_the_end_of_a_schedule_may_be_blank(
    schedule: Sequence[str | None], failed: bool, collector: Collected, judge: Judge
) -> None:
    project(collector, schedule=tuple(Decimal(step) if step else None for step in schedule))
    assert ("project_schedule" in judge(collector).failed) is failed


@pytest.mark.parametrize(
    ("spending", "text", "status"),
    [
        ("999970", "项目支出999970.00元", CheckStatus.ROUNDING),
        ("999800", "项目支出999800.00元", CheckStatus.FAIL),
        ("990000", "项目支出99万元", CheckStatus.FAIL),
    ],
)
def test_projects_in_wan_against_spending_in_yuan(
    spending: str, text: str, status: CheckStatus, collector: Collected, judge: Judge
) -> None:
    for number, budget in enumerate(("50.01", "49.99"), start=1):
        amount = Decimal(budget) * 10_000
        project(collector, name=f"项目{number}号", number=number, budget=amount, text=budget)
    place = Provenance(document="0", text=text)
    collector.add(Fact, place, metric=Metric.EXPENDITURE_PROJECT, year=2024, amount=Decimal(spending))
    assert judge(collector).check("project_total").status is status


def test_budgets_of_projects_are_not_held_against_what_was_spent(collector: Collected, judge: Judge) -> None:
    [disclosure] = collector.of(Disclosure)
    accounts = disclosure.model_copy(update={"kind": DisclosureKind.FINAL_ACCOUNTS})
    collector.records[collector.records.index(disclosure)] = accounts
    project(collector, budget=Decimal(1_000_000), text="100.00")
    place = Provenance(document="0", text="项目支出90.00万元")
    collector.add(Fact, place, metric=Metric.EXPENDITURE_PROJECT, year=2024, amount=Decimal(900_000))
    assert judge(collector).check("project_total").status is CheckStatus.NOT_APPLICABLE


def test_a_budget_above_its_funds_with_other_funds_blank_is_no_error(collector: Collected, judge: Judge) -> None:
    project(collector, budget=Decimal(1_000_000), fiscal_funds=Decimal(900_000), text="100.00\t90.00")
    [finding] = judge(collector).of("project_funds")
    assert finding.severity is Severity.WARNING


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("13000021R000000012345", CheckStatus.PASS),
        ("13040021R000000012345", CheckStatus.PASS),
        ("64000021R000000012345", CheckStatus.FAIL),
        ("13040721R000000012345", CheckStatus.FAIL),
    ],
)
def test_a_project_code_is_of_the_region_or_one_above_it(
    code: str, status: CheckStatus, collector: Collected, judge: Judge
) -> None:
    project(collector, code=code)
    assert judge(collector).check("project_code").status is status


def test_projects_of_one_name_have_their_own_indicators(collector: Collected, judge: Judge) -> None:
    for length in ("12", "30"):
        project(collector, goals=(f"治理河道长度{length}公里",))
        indicator(collector, "治理河道长度", f"≥{length}公里", weight=Decimal(60))
        indicator(collector, "受益人数", "≥90人", level1="效益指标", weight=Decimal(40))
    report = judge(collector)
    assert {report.check(name).status for name in ("goal_indicator", "indicator_weights")} == {CheckStatus.PASS}


def test_funds_with_money_of_a_further_source_are_not_summed(collector: Collected, judge: Judge) -> None:
    given = {"budget": 1_000_000, "fiscal_funds": 800_000, "other_funds": 0}
    money: dict[str, Any] = {name: Decimal(amount) for name, amount in given.items()}
    made = project(collector, **money, text="100.00\t80.00\t0.00")
    told = Left(LeftKind.ROW, Severity.INFO, "“单位资金”没有读入。", made.provenance, (made.id,))
    collector.left.append(told)
    assert judge(collector).check("project_funds").status is CheckStatus.INSUFFICIENT_DATA


def test_a_form_of_scoring_has_no_values_to_miss(collector: Collected, judge: Judge) -> None:
    blank = {"value_text": None, "value": None, "operator": None, "unit": None}
    indicator(collector, "在职人员控制率", "5", **blank, weight=Decimal(5))
    assert not judge(collector).of("indicator_value_missing")


def test_the_same_indicator_in_two_forms_is_not_repeated(collector: Collected, judge: Judge) -> None:
    for block in (1, 2):
        indicator(collector, "满意度", "≥90%", block, scope="department", project_number=None, project_name=None)
    assert not judge(collector).of("indicator_repeated")
