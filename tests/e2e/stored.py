"""What a gongkai has stored, as the tests compare it."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

from shared.schemas.records import CONTEXT
from tests.e2e.process import Gongkai

Record = dict[str, Any]
UNIT_FIELDS = {"unit_code", "unit_name"}
"""Printed over a project's table in the files, left out where their text was extracted."""
PLACE_FIELDS = UNIT_FIELDS | {
    "id",
    "disclosure_id",
    "revision_id",
    "provenance",
    "version",
    "subjects",
    "findings",
    *CONTEXT,
}


def disclosures(gongkai: Gongkai) -> dict[str, Record]:
    """Address → disclosure, every one that stands."""
    found: dict[str, Record] = {}
    cursor: str | None = None
    while True:
        query = {"limit": 100} | ({"cursor": cursor} if cursor else {})
        page = gongkai.get("/api/v1/disclosures", **query)
        found |= {each["source_url"]: each for each in page["items"]}
        cursor = page["next_cursor"]
        if cursor is None:
            return found


def records(gongkai: Gongkai, disclosure: str) -> list[Record]:
    """Every record of a disclosure, as published."""
    found: list[Record] = []
    cursor: str | None = None
    while True:
        query = {"disclosure": disclosure, "limit": 500} | ({"cursor": cursor} if cursor else {})
        page = gongkai.get("/api/v1/records", **query)
        found += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            return found


def said(records_of: list[Record], kind: str) -> Counter[str]:
    """What records of one type say, without ids and places."""
    return Counter(
        json.dumps({key: value for key, value in record.items() if key not in PLACE_FIELDS}, sort_keys=True)
        for record in records_of
        if record["record"] == kind
    )


def agreement(one: Counter[str], other: Counter[str]) -> float:
    """F1 of two multisets; 1 when both are empty."""
    total = one.total() + other.total()
    return 2 * (one & other).total() / total if total else 1.0


def expected(portals_folder: Path, addresses: dict[str, str], stages: set[int]) -> set[str]:
    """The addresses of all department disclosures of these publication stages whose page is there."""
    found = set()
    for name, address in addresses.items():
        items = json.loads((portals_folder / "truth" / name / "items.json").read_text(encoding="utf-8"))["items"]
        found |= {
            address + item["url"]
            for item in items
            if item["kind"] in {"dept_budget", "dept_final"} and item["stage"] in stages and not item.get("dead")
        }
    return found
