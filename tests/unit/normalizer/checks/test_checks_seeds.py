"""On real disclosures the rules find what is wrong in them, and raise no false alarm."""

from pathlib import Path

import pytest

from services.normalizer.stage import normalize_document
from services.parser.stage import read_file
from shared.schemas.names import CheckStatus, Severity
from shared.schemas.records import Check, Finding

CERTAIN = {
    "000": {
        ("change_sum", "18055700.00", "18052700.00"),
        ("unit_mismatch", "462800.00", "46.28"),
    },
    "001": {
        ("change_sum", "22982800.00", "22981900.00"),
        ("procurement_quantity_price", "123300.00", "13700.00"),
        ("procurement_quantity_price", "132800.00", "33200.00"),
        ("procurement_sum", "2790800.00", "3000000.00"),
    },
    "002": {("asset_sum", "21386500.00", "21273800.00")},
    "003": set(),
    "004": set(),
}
"""By the number of a seed: its hard contradictions, each looked up in the published text."""


def _records(seeds: Path, number: str) -> tuple[list[Finding], list[Check]]:
    [path] = seeds.glob(f"{number}_*.txt")
    records = normalize_document(read_file(path))
    findings = [record for record in records if isinstance(record, Finding)]
    return findings, [record for record in records if isinstance(record, Check)]


@pytest.mark.parametrize("number", sorted(CERTAIN))
def test_the_contradictions_found_are_those_in_the_text(seeds: Path, number: str) -> None:
    findings, checks = _records(seeds, number)
    certain = {(one.check, one.expected, one.actual) for one in findings if one.severity is Severity.ERROR}
    assert certain == CERTAIN[number]
    assert all(check.status is not CheckStatus.ERROR for check in checks)


def test_the_softer_findings_of_a_performance_text_are_told_apart(seeds: Path) -> None:
    findings, _ = _records(seeds, "001")
    softer = {(one.check, one.severity, one.expected, one.actual) for one in findings}
    assert {
        ("indicator_unit_mismatch", Severity.WARNING, "%", "个"),
        ("indicator_unit_mismatch", Severity.INFO, "%", "及时"),
        ("indicator_direction", Severity.WARNING, ">=", "<="),
        ("unit_missing", Severity.INFO, "万元", "万"),
        ("procurement_total_blank", Severity.INFO, "3000000.00", None),
    } <= softer


def test_a_sound_set_of_nine_tables_is_fully_compared(seeds: Path) -> None:
    _, checks = _records(seeds, "002")
    by_name = {check.check: check for check in checks}
    for name in (
        "balance_sum",
        "income_row_sum",
        "hierarchy_sum",
        "appropriation_columns",
        "fund_split",
        "prose_table",
    ):
        assert by_name[name].status in (CheckStatus.PASS, CheckStatus.ROUNDING)
        assert by_name[name].comparisons > 0
    assert by_name["change_sum"].status is CheckStatus.ROUNDING
    assert by_name["project_total"].status is CheckStatus.ROUNDING
    assert by_name["hierarchy_sum"].comparisons > 200
