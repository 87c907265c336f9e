"""The sample disclosures add up as real ones do, and the same seed gives the same bytes."""

from collections import defaultdict
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.sample_portals.truth import defects, lines
from services.sample_portals.world import Item, World, make_world

ZERO = Decimal(0)


def disclosures(world: World) -> list[Item]:
    return [item for item in world.items if item.kind != "notice"]


def amounts(item: Item, table: str, column: str, side: str | None = None) -> dict[str, Decimal]:
    """code or name → yuan for one column of a table."""
    return {
        str(record["code"] or record["name"]): Decimal(str(record["amount"]))
        for record in item.written.truth
        if record.get("table") == table and record["column"] == column and record["side"] == side
    }


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6))
def test_tables_add_up(seed: int) -> None:
    for item in disclosures(make_world(seed, counties=1, departments=2, years=1)):
        if item.kind != "department_budget" or item.defects:
            continue
        for column in ("total", "basic", "project"):
            by_code = amounts(item, "expenditure", column)
            sums: dict[str, Decimal] = defaultdict(lambda: ZERO)
            for code, amount in by_code.items():
                if code.isdigit():
                    sums[code[: len(code) - 2] if len(code) > 3 else "合计"] += amount
            for code, amount in sums.items():
                assert by_code.get(code, ZERO) == amount, (item.title, column, code)
        income, spending = (
            amounts(item, "balance", "budget", "income"),
            amounts(item, "balance", "budget", "expenditure"),
        )
        assert income["收入总计"] == spending["支出总计"] == amounts(item, "expenditure", "total")["合计"]
        basic = amounts(item, "general_budget_basic_expenditure", "total")
        assert basic["合计"] == amounts(item, "general_budget_expenditure", "basic")["合计"]
        projects = [
            Decimal(str(record["budget"])) for record in item.written.truth if record["record"] == "project"
        ]
        assert sum(projects) == amounts(item, "expenditure", "project")["合计"]


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others() -> None:
    def all_bytes(seed: int) -> list[bytes]:
        return [file.data for item in disclosures(make_world(seed, 1, 4, 1)) for file in item.files]

    assert all_bytes(3) == all_bytes(3)
    assert all_bytes(3) != all_bytes(4)


def test_every_record_type_and_every_format_occurs() -> None:
    world = make_world()
    types = {str(record["record"]) for item in disclosures(world) for record in item.written.truth}
    assert types == {
        "disclosure", "budget_line", "fact", "organisation_unit", "goal", "project", "indicator",
        "procurement_line", "asset",
    }  # fmt: skip
    assert {item.format for item in disclosures(world)} == {"pdf", "docx", "html", "text", "zip"}


def test_planted_defects_are_told_with_the_check_that_should_find_them() -> None:
    planted = defects(make_world(seed=2, counties=3, departments=4, years=3))
    assert len(planted) >= 3
    assert all(each["check"] and each["title"] for each in planted)


@pytest.mark.parametrize("seed", [3, 11])
def test_a_corrected_file_always_differs(seed: int) -> None:
    budgets = [item for item in disclosures(make_world(seed, 12, 1, 3)) if item.kind == "department_budget"]
    assert any(item.defects for item in budgets)
    for item in budgets:
        assert replace(item, corrected=True).written.content != item.written.content


@pytest.mark.parametrize("item", disclosures(make_world(1, 1, 4, 1)), ids=lambda item: item.title)
def test_truth_lines_are_json_with_a_record_type(item: Item) -> None:
    assert all('"record"' in line for line in lines(item).splitlines())
