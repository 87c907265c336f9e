"""Generated disclosures in every format come out as their truth says, record for record, defect for defect."""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from services.normalizer.stage import normalize_document
from services.parser.contents import NamedBytes
from services.parser.stage import read_document
from services.sample_portals.world import County, Item, make_world
from shared.schemas.document import Origin

LEAST_F1 = 0.98
FIELDS = {
    "disclosure": ("region_code", "department_code", "fiscal_year", "kind"),
    "budget_line": ("table", "line_no", "side", "code", "name", "column", "amount"),
    "fact": ("metric", "year", "amount"),
    "organisation_unit": ("name", "nature", "rank", "funding"),
    "goal": ("number", "title", "goal", "indicators"),
    "project": ("number", "name", "code", "budget", "fiscal_funds", "other_funds", "purpose", "schedule", "goals"),
    "indicator": (
        "scope", "project_number", "level1", "level2", "level3", "description", "value_text", "operator", "value",
        "unit", "basis",
    ),
    "procurement_line": (
        "line_type", "organisation", "project", "project_budget", "item", "catalogue_code", "measure_unit",
        "quantity", "unit_price", "total", "general_public_budget",
    ),
    "asset": ("category", "quantity", "value", "as_of"),
}  # fmt: skip

Record = dict[str, Any]


def disclosures() -> Iterator[Item]:
    for item in make_world(seed=11, counties=3, departments=4, years=1).items:
        if item.kind != "notice":
            yield item


def origin(county: County) -> Origin:
    return Origin(portal=county.slug, region_code=county.region, region_name=county.region_name)


def read(item: Item) -> list[Record]:
    page = f'<html><meta charset="utf-8"><body><div class="TRS_Editor">{item.body}</div></body></html>'.encode()
    sources = [NamedBytes(file.name, file.data, None, None) for file in item.files]
    document = read_document(sources or [NamedBytes("article.html", page, None, None)], origin(item.county))
    return [record.model_dump(mode="json") for record in normalize_document(document)]


def comparable(value: object) -> object:
    """Numbers by value, lists as tuples, everything else as it is."""
    if isinstance(value, list):
        return tuple(map(comparable, value))
    if isinstance(value, str):
        try:
            return Decimal(value)
        except ArithmeticError:
            return value
    return value


def keys(records: list[Record], kind: str) -> Counter[tuple[object, ...]]:
    return Counter(
        tuple(comparable(record.get(field)) for field in FIELDS[kind])
        for record in records
        if record["record"] == kind
    )


@pytest.mark.parametrize("item", list(disclosures()), ids=lambda item: f"{item.format}-{item.title}")
def test_records_and_findings_equal_the_truth(item: Item) -> None:
    found = read(item)
    for kind in FIELDS:
        truth, ours = keys(item.written.truth, kind), keys(found, kind)
        if not truth and not ours:
            continue
        f1 = 2 * (truth & ours).total() / (truth.total() + ours.total())
        assert f1 >= LEAST_F1, (kind, f1, list(truth - ours)[:3], list(ours - truth)[:3])
    errors = {
        record["check"] for record in found if record["record"] == "finding" and record["severity"] == "error"
    }
    planted = {defect["check"] for defect in item.written.defects}
    assert planted <= {record["check"] for record in found if record["record"] == "finding"}
    assert bool(errors) <= bool(planted), [r["message"] for r in found if r["record"] == "finding"]
