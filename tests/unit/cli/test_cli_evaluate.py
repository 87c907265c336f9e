"""`gongkai evaluate`: what agrees, what is missing, what is too much, and how it ends."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from services.cli.evaluate import compare
from services.cli.main import build

LINE = {"record": "budget_line", "table": "income", "code": "201", "name": "合计", "amount": "10000.00"}
FACT = {"record": "fact", "metric": "income_total", "year": 2024, "amount": "5.00"}


def finding(check: str, severity: str = "error") -> dict[str, object]:
    return {"record": "finding", "check": check, "severity": severity, "message": f"{check}不符"}


def run(folder: Path, truth: list[object], records: list[object], *options: str) -> tuple[int, str]:
    paths = []
    for name, lines in (("truth.jsonl", truth), ("records.jsonl", records)):
        path = folder / name
        path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
        paths.append(str(path))
    done = CliRunner().invoke(build("evaluate"), ["evaluate", *paths, *options])
    return done.exit_code, done.output


def test_the_shares_of_a_type_come_from_what_is_missing_and_what_is_extra() -> None:
    truth = [LINE, LINE | {"amount": "20000.00"}, LINE | {"amount": "30000.00"}]
    records = [LINE, LINE | {"amount": "20000.00"}, LINE | {"amount": "1.00"}, LINE | {"amount": "2.00"}]
    lines = compare(truth, records)["budget_line"]
    assert (lines.matched, len(lines.missing), len(lines.extra)) == (2, 1, 2)
    assert lines.precision == 0.5
    assert lines.recall == pytest.approx(2 / 3)
    assert lines.f1 == pytest.approx(4 / 7)


def test_a_record_meets_one_line_of_the_truth_and_no_more() -> None:
    lines = compare([FACT, FACT], [FACT])["fact"]
    assert (lines.matched, len(lines.missing)) == (1, 1)


@pytest.mark.parametrize(
    ("name", "printed", "read"),
    [
        ("amount", "5.00", "5"),
        ("name", "因公出国（境）费", "因公出国(境)费"),
        ("name", "“三公”经费 小计", '"三公"经费小计'),
        ("value_text", "≥95%", ">=95%"),
        ("goal", "完成。", "完成"),
        ("schedule", ["25", None, "100"], ["25.0", "", "100"]),
        ("goals", [], None),
    ],
)
def test_prints_of_the_same_thing_agree(name: str, printed: object, read: object) -> None:
    assert compare([{"record": "project", name: printed}], [{"record": "project", name: read}])["project"].f1 == 1


def test_a_code_is_compared_as_it_is_printed() -> None:
    assert compare([LINE | {"code": "0201"}], [LINE])["budget_line"].matched == 0


def test_only_the_fields_that_the_truth_states_are_compared() -> None:
    read = {**FACT, "id": "a", "version": "1", "provenance": {"page": 3}, "disclosure_id": "d"}
    assert compare([FACT], [read])["fact"].f1 == 1
    assert compare([{**FACT, "disclosure_id": "another"}], [read])["fact"].f1 == 0


def test_a_line_that_states_more_takes_its_record_first() -> None:
    vague = {key: value for key, value in LINE.items() if key != "name"}
    lines = compare([vague, LINE], [LINE, LINE | {"name": "小计"}])["budget_line"]
    assert (lines.matched, lines.extra) == (2, [])


def test_an_optional_line_is_neither_asked_for_nor_too_much() -> None:
    truth = [FACT, {**FACT, "amount": "6.00", "optional": True}]
    assert compare(truth, [FACT])["fact"].f1 == 1
    assert compare(truth, [FACT, {**FACT, "amount": "6.00"}])["fact"].f1 == 1


def test_findings_are_told_by_check_and_compared_by_severity_not_by_wording() -> None:
    truth = [finding("balance_sum"), finding("prose_table")]
    records = [finding("balance_sum") | {"message": "另一句"}, finding("prose_table", "warning"), finding("rate")]
    found = compare(truth, records)
    assert found["finding balance_sum"].f1 == 1
    assert (found["finding prose_table"].matched, len(found["finding prose_table"].missing)) == (0, 1)
    assert len(found["finding rate"].extra) == 1
    assert (found["finding"].matched, len(found["finding"].missing), len(found["finding"].extra)) == (1, 1, 2)


def test_a_type_that_the_truth_does_not_name_is_not_judged() -> None:
    assert list(compare([FACT], [FACT, LINE])) == ["fact"]


@pytest.mark.parametrize(("least", "code"), [("0.66", 0), ("0.67", 1)])
def test_the_exit_code_says_whether_every_type_reaches_the_least(tmp_path: Path, least: str, code: int) -> None:
    truth, records = [FACT, LINE, LINE], [FACT, LINE]
    assert run(tmp_path, truth, records, "--least", least)[0] == code


def test_differences_are_listed(tmp_path: Path) -> None:
    code, output = run(tmp_path, [FACT], [FACT | {"amount": "6.00", "id": "x"}], "--differences", "1")
    assert code == 0
    assert 'missing {"record": "fact", "metric": "income_total", "year": 2024, "amount": "5.00"}' in output
    assert 'extra {"record": "fact", "metric": "income_total", "year": 2024, "amount": "6.00"}' in output


def test_a_line_that_is_no_record_is_named(tmp_path: Path) -> None:
    (tmp_path / "truth.jsonl").write_text('{"record": "fact"}\n[1]\n', encoding="utf-8")
    path = str(tmp_path / "truth.jsonl")
    done = CliRunner().invoke(build("evaluate"), ["evaluate", path, path])
    assert "Line 2" in str(done.exception)
