"""Generated disclosures in every format come out as their truth says, record for record, defect for defect."""

from collections.abc import Iterator
from typing import Any

import pytest

from services.cli.evaluate import compare
from services.normalizer.stage import normalize_document
from services.parser.contents import NamedBytes
from services.parser.stage import read_document
from services.sample_portals.world import County, Item, make_world
from shared.schemas.document import Origin

LEAST_F1 = 0.98

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


@pytest.mark.parametrize("item", list(disclosures()), ids=lambda item: f"{item.format}-{item.title}")
def test_records_and_findings_equal_the_truth(item: Item) -> None:
    found = read(item)
    for kind, comparison in compare(item.written.truth, found).items():
        assert comparison.f1 >= LEAST_F1, (kind, comparison.missing[:3], comparison.extra[:3])
    findings = [record for record in found if record["record"] == "finding"]
    errors = {finding["check"] for finding in findings if finding["severity"] == "error"}
    caused = {check for defect in item.written.defects for check in defect.breaks}
    assert {defect.check for defect in item.written.defects} <= {finding["check"] for finding in findings}
    assert errors <= caused, [finding["message"] for finding in findings]
