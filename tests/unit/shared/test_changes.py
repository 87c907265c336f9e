"""What a revision says otherwise: values that changed, rows put in, names mended, what is gone; and no more."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import ids
from shared.schemas.changes import Change, changes, readable
from shared.schemas.record_types import BY_NAME
from shared.schemas.records import Disclosure, RecordBase

DAY = datetime(2026, 2, 14, tzinfo=UTC)
PLACE = {"document": "f", "text": ""}
LINE = {"table": "expenditure", "side": None, "column": "total", "code": None}
KINDS = BY_NAME


def disclosure(revision: int, version: str = "1") -> RecordBase:
    empty = dict.fromkeys(Disclosure.model_fields)
    return Disclosure.model_validate(
        {
            **empty,
            "record": "disclosure",
            "id": "d1",
            "disclosure_id": "d1",
            "revision_id": f"v{revision}",
            "provenance": PLACE,
            "version": version,
            "attachments": (),
            "revision": revision,
            "supersedes": f"v{revision - 1}" if revision > 1 else None,
            "department": "青石县水利局",
        }
    )


def made(revision: int, kind: str, **fields: Any) -> RecordBase:
    model = KINDS[kind].model
    key = (fields.get(name) for name in (*model.KEY, *model.PARTS))
    empty = dict.fromkeys(KINDS[kind].own)
    return model.model_validate(
        {
            **empty,
            **fields,
            "id": ids.record_id("d1", kind, *key),
            "disclosure_id": "d1",
            "revision_id": f"v{revision}",
            "provenance": PLACE | fields.get("provenance", {}),
            "version": "1",
        }
    )


def line(revision: int, number: int, name: str, amount: str, **fields: Any) -> RecordBase:
    return made(revision, "budget_line", **LINE, line_no=number, name=name, amount=amount, **fields)


def told(old: list[RecordBase], new: list[RecordBase]) -> list[tuple[str, str, list[tuple[str, Any, Any]]]]:
    found = changes([disclosure(1), *old], [disclosure(2), *new], DAY)
    return [(each.change, each.name, [(f.field, f.before, f.after) for f in each.fields]) for each in found]


def test_a_value_that_changed_is_told_with_both_and_their_places() -> None:
    old = [line(1, 1, "教育支出", "100.00", provenance={"row": 3})]
    new = [line(2, 1, "教育支出", "200.00", provenance={"row": 4})]
    (change,) = changes([disclosure(1), *old], [disclosure(2), *new], DAY)
    assert [(each.field, each.before, each.after) for each in change.fields] == [("amount", "100.00", "200.00")]
    assert change.before is not None
    assert change.after is not None
    assert (change.before.row, change.after.row) == (3, 4)
    assert (change.supersedes, change.revision_id, change.revision) == ("v1", "v2", 2)
    assert (change.department, change.record_type, change.same_version) == ("青石县水利局", "budget_line", True)
    assert change == Change.model_validate_json(change.model_dump_json())


def test_a_row_put_in_is_one_row_more_and_no_other_changed() -> None:
    old = [line(1, 1, "教育支出", "1.00"), line(1, 2, "农林水支出", "2.00")]
    new = [line(2, 1, "科学技术支出", "9.00"), line(2, 2, "教育支出", "1.00"), line(2, 3, "农林水支出", "2.00")]
    assert [(what, name) for what, name, _ in told(old, new)] == [("added", "科学技术支出")]
    assert [(what, name) for what, name, _ in told(new, old)] == [("removed", "科学技术支出")]


def test_a_name_that_was_mended_is_a_change_of_the_name() -> None:
    old, new = [line(1, 1, "教肓支出", "1.00")], [line(2, 1, "教育支出", "1.00")]
    assert told(old, new) == [("changed", "教育支出", [("name", "教肓支出", "教育支出")])]


def test_equal_rows_are_told_apart_by_their_order() -> None:
    old = [line(1, 1, "其他", "1.00"), line(1, 2, "其他", "2.00")]
    new = [line(2, 5, "其他", "1.00"), line(2, 6, "其他", "2.50")]
    assert told(old, new) == [("changed", "其他", [("amount", "2.00", "2.50")])]


def test_what_the_program_says_of_itself_is_no_change() -> None:
    check = {"check": "balance_sum", "status": "pass", "comparisons": 1, "findings": ()}
    assert told([made(1, "check", **check)], [made(2, "check", **check | {"comparisons": 2})]) == []
    assert changes([disclosure(1)], [disclosure(2, "2")], DAY) == []
    assert changes([], [disclosure(1)], DAY) == []


AMOUNTS = st.lists(st.integers(0, 10**9), max_size=12)


@given(AMOUNTS, AMOUNTS)
def test_what_is_added_and_removed_is_what_the_two_differ_in(before: list[int], after: list[int]) -> None:
    old = [line(1, number, f"第{number}项", f"{each}.00") for number, each in enumerate(before)]
    new = [line(2, number, f"第{number}项", f"{each}.00") for number, each in enumerate(after)]
    found = told(old, new)
    differing = sum(a != b for a, b in zip(before, after, strict=False)) + abs(len(before) - len(after))
    assert len(found) <= differing
    assert not told(new, new)
    assert bool(found) == (before != after)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "—"),
        ("12345600.00", "12345600.00"),
        ('["一，二", "三"]', "一，二；三"),
        ('["25", null]', "25；—"),
        (
            '[{"name": "预算.pdf", "url": null, "sha256": "0123456789abcdef", "format": "pdf"}]',
            "预算.pdf (0123456789ab…)",
        ),
        ("[2024]年预算", "[2024]年预算"),
    ],
)
def test_a_value_is_told_as_people_read_it(value: str | None, said: str) -> None:
    assert readable(value) == said
