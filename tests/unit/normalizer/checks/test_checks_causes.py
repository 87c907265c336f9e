"""One wrong cell is one cause, named with the value it should have; rounding never hides or makes one."""

from __future__ import annotations

import time
from collections.abc import Sequence
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.normalizer.checks.causes import Cause
from services.normalizer.checks.causes import causes as explained
from services.normalizer.checks.equations import Equation, Figure, sum_tolerance
from services.normalizer.checks.prints import Prints
from shared.schemas.records import Goal, Provenance, RecordBase

CENT = Decimal("0.01")


def record(name: str) -> RecordBase:
    place = Provenance(document="0", text=name)
    fields = {"number": None, "title": name, "goal": None, "indicators": None}
    return Goal(id=name, disclosure_id="d", revision_id="r", provenance=place, version="0", **fields)


def figure(name: str, amount: Decimal | int | str) -> Figure:
    return Figure(Decimal(amount), CENT, record(name), "amount")


def adds(total: Figure, *parts: Figure, closed: bool = True) -> Equation:
    return Equation(total.record.id, total, parts, "各项之和", sum_tolerance((total, *parts)), closed=closed)


def causes(equations: Sequence[Equation]) -> list[Cause]:
    """Of a document whose tables print nothing else."""
    return explained(equations, Prints(()))


def grid(cells: dict[tuple[int, int], Decimal]) -> list[Equation]:
    """The row and column sums of a table whose row 0 and column 0 are the totals."""
    size = max(row for row, _ in cells) + 1
    named = {place: figure(f"{place}", amount) for place, amount in cells.items()}
    rows = [adds(named[row, 0], *(named[row, column] for column in range(1, size))) for row in range(size)]
    columns = [adds(named[0, column], *(named[row, column] for row in range(1, size))) for column in range(size)]
    return [*rows, *columns]


def sound(inner: list[list[int]]) -> dict[tuple[int, int], Decimal]:
    """A table of those hundredths, with its totals."""
    size = len(inner) + 1
    cells = {
        (row + 1, column + 1): inner[row][column] * CENT for row in range(size - 1) for column in range(size - 1)
    }
    for line in range(1, size):
        cells[line, 0] = sum((cells[line, column] for column in range(1, size)), Decimal(0))
        cells[0, line] = sum((cells[row, line] for row in range(1, size)), Decimal(0))
    cells[0, 0] = sum((cells[row, 0] for row in range(1, size)), Decimal(0))
    return cells


tables = st.integers(2, 5).flatmap(
    lambda size: st.lists(
        st.lists(st.integers(1, 90_000), min_size=size, max_size=size), min_size=size, max_size=size
    )
)


@given(tables)
def test_a_table_that_adds_up_has_no_cause(inner: list[list[int]]) -> None:
    assert causes(grid(sound(inner))) == []


@given(tables, st.data(), st.integers(100, 10**6))
def test_any_one_wrong_cell_of_a_table_is_named_with_its_right_value(
    inner: list[list[int]], data: st.DataObject, apart: int
) -> None:
    cells = sound(inner)
    place = data.draw(st.sampled_from(sorted(cells)))
    wrong = cells | {place: cells[place] + apart * CENT}
    [cause] = causes(grid(wrong))
    assert cause.cell is not None
    assert cause.cell.record.id == f"{place}"
    assert cause.amount == cells[place]
    assert len(cause.equations) == 2


@given(tables, st.data())
def test_two_wrong_cells_that_share_no_sum_are_two_causes(inner: list[list[int]], data: st.DataObject) -> None:
    cells = sound(inner)
    first, second = (1, 1), (2, 2)
    wrong = cells | {first: cells[first] + 7, second: cells[second] + 11}
    found = causes(grid(wrong))
    assert sorted(cause.cell.record.id for cause in found if cause.cell) == ["(1, 1)", "(2, 2)"]


def test_where_no_single_cell_explains_the_smallest_set_does() -> None:
    """Two wrong cells of one row: the row is off by both, each column by one."""
    cells = sound([[100, 200, 300], [400, 500, 600], [700, 800, 900]])
    wrong = cells | {(1, 1): cells[1, 1] + 5, (1, 2): cells[1, 2] + 9}
    found = causes(grid(wrong))
    assert {cause.cell.record.id: cause.amount for cause in found if cause.cell} == {
        "(1, 1)": Decimal(1),
        "(1, 2)": Decimal(2),
    }


def test_a_sum_that_stands_alone_names_no_cell() -> None:
    [cause] = causes([adds(figure("total", 10), figure("a", 3), figure("b", 4))])
    assert cause.cell is None
    assert cause.equations == (0,)
    assert not cause.among_parts


def test_a_total_that_another_sum_needs_is_right_and_one_of_its_parts_is_wrong() -> None:
    total = figure("total", 10)
    whole = adds(figure("whole", 15), total, figure("rest", 5))
    [cause] = causes([adds(total, figure("a", 3), figure("b", 4)), whole])
    assert cause.cell is None
    assert cause.among_parts


def test_a_cell_that_another_sum_bears_out_is_not_accused() -> None:
    total, a, b = figure("total", 10), figure("a", 3), figure("b", 4)
    agreed = [adds(total, figure("elsewhere", 10)), adds(a, figure("there", 3))]
    [cause] = causes([adds(total, a, b), *agreed])
    assert cause.cell is b
    assert cause.amount == 7


def test_a_quantity_may_be_wrong_as_well_as_its_price() -> None:
    total, price = figure("total", 30), figure("price", 10)
    product = Equation("total", total, (price,), "", Decimal(0), factors=(Decimal(4),), closed=False)
    [cause] = causes([product, adds(total, figure("elsewhere", 30))])
    assert cause.cell is None


@pytest.mark.parametrize("apart", ["0.02", "-0.02"])
def test_what_printing_explains_is_no_cause(apart: str) -> None:
    total = figure("total", Decimal(6) + Decimal(apart))
    assert causes([adds(total, figure("a", 1), figure("b", 2), figure("c", 3))]) == []


def test_thousands_of_failed_sums_are_explained_in_time_that_grows_with_them() -> None:
    parts = [figure(f"part {number}", number) for number in range(6_000)]
    equations = [
        adds(figure(f"total {number}", 1), parts[number], parts[(number + 1) % 6_000]) for number in range(6_000)
    ]
    began = time.process_time()
    assert sum(len(cause.equations) for cause in causes(equations)) == sum(not one.holds for one in equations)
    assert time.process_time() - began < 5
