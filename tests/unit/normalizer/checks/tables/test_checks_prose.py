"""What prose says is compared with itself, with the tables and with the year before."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from shared.schemas.document import Document, Paragraph
from shared.schemas.names import CheckStatus, Metric, TableName
from shared.schemas.records import Fact, Provenance

if TYPE_CHECKING:
    from tests.unit.normalizer.checks.conftest import Collected, Publication, Report

Judge = Callable[["Collected"], "Report"]
Speak = Callable[..., "Collected"]


@pytest.fixture
def speak(collector: Collected) -> Speak:
    """Collects the facts of one paragraph: `speak(text, metric=amount in yuan)`, a year as (amount, year)."""

    def add(text: str, **amounts: str | tuple[str, int]) -> Collected:
        document: Document = collector.document
        paragraph = Paragraph(file=0, text=text)
        collector.document = document.model_copy(update={"blocks": (*document.blocks, paragraph)})
        block = len(collector.document.blocks) - 1
        for metric, stated in amounts.items():
            amount, year = stated if isinstance(stated, tuple) else (stated, 2024)
            place = Provenance(document="0", block=block, text=text)
            collector.add(Fact, place, metric=Metric(metric), year=year, amount=Decimal(amount))
        return collector

    return add


def test_a_change_that_is_not_the_sum_of_its_parts_is_found(speak: Speak, judge: Judge) -> None:
    report = judge(
        speak(
            "较2023年预算增加2298.19万元，其中：基本支出减少901.2万元，项目支出增加3199.48万元。",
            change_total="22981900",
            change_basic="-9012000",
            change_project="31994800",
        )
    )
    [finding] = report.findings
    assert (finding.check, finding.expected, finding.actual, finding.difference) == (
        "change_sum",
        "22982800.00",
        "22981900.00",
        "-900.00",
    )
    for words in ("减少901.2万元", "增加3199.48万元", "增加2298.28万元", "增加2298.19万元", "0.09万元"):
        assert words in finding.message


def test_a_change_off_by_printing_is_rounding(speak: Speak, judge: Judge) -> None:
    report = judge(
        speak(
            "较2023年预算增加547.49万元，其中：基本支出增加325.95万元，项目支出增加221.55万元。",
            change_total="5474900",
            change_basic="3259500",
            change_project="2215500",
        )
    )
    assert report.check("change_sum").status is CheckStatus.ROUNDING


def test_a_change_against_the_year_before_has_the_right_sign(speak: Speak, judge: Judge) -> None:
    collector = speak(
        "2024年支出预算100万元，2023年120万元，增加20万元。",
        expenditure_total="1000000",
        change_total="200000",
    )
    report = judge(speak("2023年支出预算120万元。", expenditure_total=("1200000", 2023)))
    assert collector is report.collector
    [finding] = report.of("change_prior")
    assert (finding.expected, finding.actual) == ("-200000.00", "200000.00")
    assert "应减少20万元" in finding.message


def test_a_change_counts_every_unit_that_the_sentence_names(collector: Collected, judge: Judge) -> None:
    text = "“三公”经费6万元，比上年增加2.2万元（2023年本级为3.8万元，所属单位为3.4万元）。"
    collector.document = collector.document.model_copy(update={"blocks": (Paragraph(file=0, text=text),)})
    for metric, amount, year in (
        (Metric.THREE_PUBLIC_TOTAL, 60_000, 2024),
        (Metric.THREE_PUBLIC_CHANGE, 22_000, 2024),
        (Metric.THREE_PUBLIC_TOTAL, 38_000, 2023),
        (Metric.THREE_PUBLIC_TOTAL, 34_000, 2023),
    ):
        place = Provenance(document="0", block=0, text=text)
        collector.add(Fact, place, metric=metric, year=year, amount=Decimal(amount))
    report = judge(collector)
    [finding] = report.findings
    assert (finding.check, finding.expected, finding.actual) == ("three_public_change", "-12000.00", "22000.00")


def test_an_enumeration_with_a_part_no_fact_stands_for_is_not_summed(speak: Speak, judge: Judge) -> None:
    report = judge(
        speak(
            "2024年预算收入100万元，其中：一般公共预算收入60万元，事业单位经营收入40万元。",
            income_total="1000000",
            income_general_public_budget="600000",
        )
    )
    assert report.failed == set()
    assert report.check("prose_sum").status is CheckStatus.INSUFFICIENT_DATA


def test_an_enumeration_that_names_all_its_parts_must_add_up(speak: Speak, judge: Judge) -> None:
    report = judge(
        speak(
            "2024年预算收入100万元，其中：一般公共预算收入60万元，基金预算收入30万元，其他来源收入0万元。",
            income_total="1000000",
            income_general_public_budget="600000",
            income_government_fund="300000",
            income_other="0",
        )
    )
    [finding] = report.of("prose_sum")
    assert (finding.expected, finding.actual) == ("900000.00", "1000000.00")


@pytest.mark.parametrize(("total", "found"), [("6", 0), ("7", 1), ("6.2", 0), ("6.3", 1)])
def test_a_number_of_prose_is_as_exact_as_it_is_printed(
    total: str, found: int, speak: Speak, judge: Judge
) -> None:
    """`6万元` is anything from 5.5 to 6.5, whatever stands beside it; a printed zero is zero."""
    report = judge(
        speak(
            f"“三公”经费{total}万元，其中：因公出国（境）费0万元；公务用车购置及运维费3.6万元；公务接待费2.4万元。",
            three_public_total=str(int(float(total) * 10_000)),
            three_public_overseas="0",
            three_public_vehicle="36000",
            three_public_reception="24000",
        )
    )
    assert len(report.of("prose_sum")) == found


def test_prose_that_differs_from_the_table_is_found(publication: Publication, judge: Judge) -> None:
    publication.facts[Metric.THREE_PUBLIC_RECEPTION] += 1
    report = judge(publication.collect())
    assert report.failed == {"prose_table", "prose_sum"}
    [finding] = report.of("prose_table")
    assert (finding.expected, finding.actual) == ("25000.00", "35000.00")


def test_a_rounded_figure_in_prose_is_no_contradiction(publication: Publication, judge: Judge) -> None:
    exact = publication.facts[Metric.EXPENDITURE_TOTAL]
    publication.facts = {}
    collector = publication.collect()
    whole = exact.to_integral_value()
    assert whole != exact
    place = Provenance(document="0", text=f"支出预算约{whole}万元")
    collector.add(Fact, place, metric=Metric.EXPENDITURE_TOTAL, year=2024, amount=whole * 10_000)
    assert judge(collector).check("prose_table").status is CheckStatus.ROUNDING


def test_a_figure_given_for_another_year_is_found(speak: Speak, judge: Judge) -> None:
    report = judge(speak("2022年支出预算100万元。", expenditure_total=("1000000", 2022)))
    [finding] = report.findings
    assert (finding.check, finding.expected, finding.actual) == ("prose_year", "2024", "2022")


def test_a_fact_repeated_otherwise_is_found(speak: Speak, judge: Judge) -> None:
    speak("2024年政府采购预算30.5万元。", procurement_total="305000")
    report = judge(speak("本年安排政府采购预算35.5万元。", procurement_total="355000"))
    [finding] = report.findings
    assert (finding.check, finding.expected, finding.actual) == ("prose_repeated", "305000.00", "355000.00")


def test_a_table_declared_empty_has_no_money_elsewhere(publication: Publication, judge: Judge) -> None:
    collector = publication.collect()
    note = Paragraph(file=0, text="注：无政府性基金预算财政拨款预算，空表列示。")
    collector.document = collector.document.model_copy(update={"blocks": (note,)})
    report = judge(collector)
    assert report.failed == {"empty_table"}
    assert all("政府性基金" in finding.message for finding in report.findings)

    publication.lines = [line for line in publication.lines if line.table is TableName.THREE_PUBLIC]
    publication.facts = {}
    collector = publication.collect()
    collector.document = collector.document.model_copy(update={"blocks": (note,)})
    assert judge(collector).failed == set()


def test_an_offices_running_costs_are_no_more_than_public_use(publication: Publication, judge: Judge) -> None:
    publication.facts[Metric.AGENCY_OPERATING_FUNDS] += 1
    report = judge(publication.collect())
    assert report.failed == {"agency_funds"}
    publication.facts[Metric.AGENCY_OPERATING_FUNDS] -= 10
    assert judge(publication.collect()).failed == set()
