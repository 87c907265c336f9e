"""Disclosures in every layout: right by arithmetic, wrong only as the truth says, the same for the same seed."""

import csv
from collections import defaultdict
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from services.parser.contents import NamedBytes
from services.parser.stage import read_document
from services.sample_portals.content import Grid
from services.sample_portals.defects import DEFECTS
from services.sample_portals.disclosure import Written
from services.sample_portals.identities import broken, equalities
from services.sample_portals.layout import layout, names
from services.sample_portals.render import blocks, xlsx
from services.sample_portals.sample import KINDS, SampleDisclosure, defects_of, sample
from services.sample_portals.truth import MONEY_UNITS, unmarked
from shared.schemas.document import Origin, Table
from shared.schemas.record_types import RECORD_TYPES

SEED = 5
REGIONS = Path(__file__).parents[3] / "services/normalizer/vocabulary/regions.csv"
TURNS = len(KINDS)
ALONE = {
    "income_table": {"income_balance"},
    "income_items": {"income_expenditure_codes"},
    "appropriated_income": {"appropriation_balance"},
    "general_table": {"appropriation_columns"},
    "general_items": {"fund_split"},
    "procurement_sum": {"procurement_sum"},
    "wrong_quantity": {"procurement_quantity_price"},
    "asset_prose": {"asset_prose"},
    "wrong_change": {"change_sum"},
    "prose_repeated": {"prose_repeated"},
    "project_funds": {"project_funds"},
    "fund_flow": {"fund_flow"},
    "share": {"prose_share"},
    "rate": {"completion_rate"},
    "three_public_planned": {"three_public_budget"},
}
"""Defects that are made to break one check and no other."""


def numbers(name: str, kind: str) -> list[int]:
    """The samples of a layout whose turn it is to be of `kind`."""
    count = len(names())
    return [
        number
        for number in range(names().index(name), TURNS * count, count)
        if KINDS[number // count % len(KINDS)] == kind
    ]


@cache
def taken(name: str, kind: str) -> list[SampleDisclosure]:
    return [sample(SEED, number) for number in numbers(name, kind)]


def printed_amounts(written: Written, units: set[str]) -> set[Decimal]:
    """Every number in a table's cells, in yuan by each of the units."""
    found = set()
    for block in written.content:
        for row in block.rows if isinstance(block, Grid) else ():
            for cell in row:
                text = cell.text.replace(",", "")
                if text.replace(".", "", 1).replace("-", "", 1).isdigit():
                    found |= {Decimal(text) * MONEY_UNITS[unit] for unit in units}
    return found


@pytest.mark.parametrize("name", names())
def test_a_disclosure_without_defect_holds(name: str) -> None:
    for each in taken(name, "clean"):
        assert broken(each.written) == ()


@pytest.mark.parametrize("name", names())
def test_what_the_truth_says_is_printed(name: str) -> None:
    for kind in set(KINDS):
        for each in taken(name, kind):
            printed = printed_amounts(each.written, {"万元", "元"})
            lines = [record for record in each.written.truth if record["record"] == "budget_line"]
            assert all(Decimal(str(line["amount"])) in printed for line in lines)
            words = {cell.text for block in each.written.content if isinstance(block, Grid) for row in block.rows
                     for cell in row}  # fmt: skip
            projects = [record for record in each.written.truth if record["record"] == "project"]
            assert all(any(str(record["name"]) in text for text in words) for record in projects)


@pytest.mark.parametrize("name", names())
def test_functional_items_add_up_to_their_classes_and_the_total(name: str) -> None:
    for each in taken(name, "clean"):
        sums: dict[tuple[str, str, str], Decimal] = defaultdict(Decimal)
        rows: dict[tuple[str, str, str], Decimal] = {}
        for record in each.written.truth:
            if record.get("table") not in ("expenditure", "income"):
                continue
            code, amount = str(record["code"] or ""), Decimal(str(record["amount"]))
            where = (str(record["table"]), str(record.get("column")))
            if code:
                rows[*where, code] = amount
                sums[*where, {3: "", 5: code[:3], 7: code[:5]}[len(code)]] += amount
        unit = MONEY_UNITS[layout(name).unit].scaleb(-layout(name).places)
        for (table, column, code), total in sums.items():
            if code:
                assert abs(rows[table, column, code] - total) <= 3 * unit, (table, column, code)


@pytest.mark.parametrize("name", names())
def test_a_defect_breaks_the_check_it_is_named_for(name: str) -> None:
    for each in taken(name, "defect"):
        for defect in each.written.defects:
            assert defect.check == DEFECTS[defect.name].check
            assert defect.check in defect.breaks
            assert set(defect.breaks) == set(broken(each.written))
            if defect.name in ALONE:
                assert set(defect.breaks) == ALONE[defect.name]
            assert all(subject in each.written.truth for subject in defect.subjects)


def test_every_defect_can_be_shown_in_some_layout() -> None:
    assert {defect for name in names() for defect in defects_of(name)} == set(DEFECTS)


@pytest.mark.parametrize("name", names())
def test_a_near_miss_looks_wrong_and_is_not(name: str) -> None:
    for each in taken(name, "near"):
        assert broken(each.written) == ()
        if each.near_miss == "rounding_edge":
            assert any(
                equality.total.amount != sum(part.amount for part in equality.parts)
                for equality in equalities(each.written)
            )


@pytest.mark.parametrize("name", names())
def test_the_same_number_gives_the_same_disclosure_and_another_seed_another(name: str) -> None:
    number = numbers(name, "defect")[0]
    assert sample(SEED, number) == sample(SEED, number)
    assert sample(SEED, number).written.content != sample(SEED + 1, number).written.content


@pytest.mark.parametrize("name", names())
def test_truth_has_the_fields_of_the_records(name: str) -> None:
    fields = {each.name: set(each.model.model_fields) for each in RECORD_TYPES}
    for each in taken(name, "clean"):
        for record in each.written.truth:
            assert record.keys() - {"optional"} <= fields[str(record["record"])], record


@pytest.mark.parametrize("name", names())
def test_blocks_and_a_workbook_hold_the_same_tables(name: str) -> None:
    written = taken(name, "clean")[0].written
    direct = blocks.document(written.content, "表.txt", Origin())
    book = read_document([NamedBytes("表.xlsx", xlsx.render(written.content), None, None)], Origin())
    texts = {cell.text for block in book.blocks if isinstance(block, Table) for cell in block.cells}
    texts |= {block.text for block in book.blocks if not isinstance(block, Table)}
    joined = "\n".join(texts)
    for block in direct.blocks:
        for cell in block.cells if isinstance(block, Table) else ():
            assert cell.text in joined


def test_no_county_of_the_samples_is_real() -> None:
    real = {name for row in csv.reader(REGIONS.read_text(encoding="utf-8").splitlines()) for name in row}
    publishers = [sample(SEED, number).publisher for number in range(40)]
    assert all(each.region.startswith("99") and each.county not in real for each in publishers)


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("一、本年收入合计", "本年收入合计"),
        ("其中：公务用车购置费", "公务用车购置费"),
        ("1. 一般公共预算资金", "一般公共预算资金"),
        ("（一）项目", "项目"),
        ("“三公”经费小计", "“三公”经费小计"),
    ],
)
def test_a_label_loses_its_list_mark(label: str, name: str) -> None:
    assert unmarked(label) == name
