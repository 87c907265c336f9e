"""The registry of record types: every row is of its model, every field explains itself, a later type is kept."""

import json

import pytest
from pydantic import ValidationError

from shared.asyncapi import examples
from shared.schemas.record_types import RECORD_TYPES, RecordType, UnknownRecord, decode, plain, type_of
from shared.schemas.records import CONTEXT, Attachment, BudgetLine, Provenance
from shared.topics import RECORDS

LATER = {
    "record": "loan",
    "id": "r1",
    "disclosure_id": "d1",
    "revision_id": "v1",
    "version": "9.0.0",
    "provenance": {"document": "", "text": "某银行 3.00"},
    "bank": "某银行",
    "rates": ["3.00"],
}


@pytest.mark.parametrize("kind", RECORD_TYPES, ids=lambda kind: kind.name)
def test_a_row_names_fields_of_its_model(kind: RecordType) -> None:
    named = {*kind.searched, *kind.named, *kind.detailed, *filter(None, (kind.code, kind.amount)), kind.key}
    assert named <= set(kind.model.model_fields)
    assert not kind.amount or kind.amount in kind.money
    assert set(kind.labels) == {"zh", "en"}
    assert RECORDS[kind.name].model is kind.model


@pytest.mark.parametrize("model", [*(kind.model for kind in RECORD_TYPES), Provenance, Attachment])
def test_every_field_has_its_title_and_its_description(model: type[BudgetLine]) -> None:
    for name, field in model.model_fields.items():
        assert field.title, name
        assert field.description, name


def test_money_is_what_is_counted_in_yuan() -> None:
    assert plain("budget_line").money == ("amount",)
    assert "unit_price" in plain("procurement_line").money
    assert "quantity" not in plain("procurement_line").money
    for kind in RECORD_TYPES:
        assert all("yuan" in (kind.model.model_fields[name].description or "") for name in kind.money)


def test_a_record_is_read_as_its_type_and_one_of_a_later_type_with_all_it_says() -> None:
    line = decode(json.dumps(examples()["gongkai.budget-lines.v1"]))
    assert isinstance(line, BudgetLine)
    later = decode(json.dumps(LATER))
    assert isinstance(later, UnknownRecord)
    assert type_of(later) == "loan"
    assert later.model_dump(exclude_unset=True, mode="json") == LATER


@pytest.mark.parametrize("line", ["{}", "[]", '{"record": "loan"}', '{"record": 1}', '{"record": "fact"}'])
def test_what_is_no_record_is_refused(line: str) -> None:
    with pytest.raises(ValidationError):
        decode(line)


def test_the_context_is_the_disclosures() -> None:
    assert set(CONTEXT) <= set(plain("disclosure").own)
    assert not set(CONTEXT) & set(plain("budget_line").own)
