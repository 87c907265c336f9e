"""What records of governments brought to the topics leaves consumers of the version before reading on."""

import copy
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from services.normalizer.stage import normalize_document
from services.sample_portals.governments.sample import government_sample
from services.sample_portals.render import blocks
from shared.schemas.compatibility import breaks
from shared.schemas.document import Origin
from shared.schemas.json_schema import VALUES_SO_FAR, json_schema
from shared.schemas.names import Basis, DisclosureKind, TableName
from shared.schemas.record_types import plain
from shared.schemas.records import BudgetLine, Disclosure, Fact, RecordBase

BROUGHT: dict[type[RecordBase], tuple[str, ...]] = {
    BudgetLine: ("fund", "level", "classification", "year", "area_code", "area_name", "column_label"),
    Fact: ("fund", "level", "basis"),
    Disclosure: (),
}
"""The fields that came with governments' documents."""
LATER = {
    "TableName": {each.value for each in TableName if each.of_government},
    "DisclosureKind": {each.value for each in DisclosureKind if each.of_government},
    "Basis": {each.value for each in (Basis.DRAFT, Basis.EXECUTION, Basis.LIMIT)},
}
"""The values that came with them."""


def before(model: type[RecordBase]) -> dict[str, Any]:
    """The schema of `model` as it was without governments."""
    schema: dict[str, Any] = copy.deepcopy(dict(json_schema(model, "topic")))
    for field in BROUGHT[model]:
        del schema["properties"][field]
    for name, values in LATER.items():
        definition = schema["$defs"].get(name, {})
        if VALUES_SO_FAR in definition:
            definition[VALUES_SO_FAR] = [each for each in definition[VALUES_SO_FAR] if each not in values]
    return schema


@pytest.mark.parametrize("model", BROUGHT)
def test_what_governments_brought_breaks_no_reader(model: type[RecordBase]) -> None:
    assert breaks(before(model), json_schema(model, "topic")) == []


@pytest.mark.parametrize("number", [1, 3])
def test_a_reader_of_the_version_before_takes_a_governments_records(number: int) -> None:
    written = government_sample(1, number).written
    records = normalize_document(blocks.document(written.content, written.title, Origin()))
    for model in BROUGHT:
        earlier = Draft202012Validator(before(model))
        found = [each.model_dump(mode="json") for each in records if isinstance(each, model)]
        assert [each for each in found if not earlier.is_valid(each)] == []


def test_exports_and_topics_carry_what_a_government_says_of_a_figure() -> None:
    assert set(BROUGHT[BudgetLine]) | {"basis"} <= set(plain("budget_line").own)
    assert set(BROUGHT[Fact]) <= set(plain("fact").own)
