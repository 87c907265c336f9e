"""The JSON Schema (2020-12) of a model as it is published: what a message on a topic looks like."""

import json
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any, Final

from pydantic.json_schema import GenerateJsonSchema, models_json_schema
from pydantic_core import core_schema

from shared.schemas.model import Model
from shared.schemas.names import (
    Basis,
    BudgetLevel,
    ColumnName,
    DisclosureKind,
    Fund,
    LineClassification,
    Metric,
    TableName,
)

JsonSchema = dict[str, Any]
DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
VALUES_SO_FAR: Final = "x-extensible-enum"
"""The keyword of a vocabulary that grows: the values known so far, where `enum` would forbid all others."""
GROWING: Final[frozenset[type[Enum]]] = frozenset(
    {Basis, BudgetLevel, ColumnName, DisclosureKind, Fund, LineClassification, Metric, TableName}
)
"""The vocabularies that gain values within a version, as portals publish tables not seen before."""


class _Published(GenerateJsonSchema):
    """Field names are not said twice, growing vocabularies stay open, a field of one value is always there."""

    def field_title_should_be_set(self, schema: object) -> bool:  # noqa: ARG002 - pydantic's signature
        return False

    def field_is_required(self, field: Any, total: bool) -> bool:
        constant = field["schema"].get("schema", {}).get("type") == "literal"
        return constant or super().field_is_required(field, total)

    def enum_schema(self, schema: core_schema.EnumSchema) -> JsonSchema:
        described = super().enum_schema(schema)
        if schema["cls"] in GROWING:
            described[VALUES_SO_FAR] = described.pop("enum")
        return described


def json_schema(model: type[Model], name: str) -> JsonSchema:
    """The schema of `model`'s JSON, with `name` for its `$id`; equal models give equal schemas.

    A field with a default is not required: messages from before it was added lack it.
    """
    schema = model.model_json_schema(mode="serialization", schema_generator=_Published)
    first: JsonSchema = {each: schema.pop(each) for each in ("title", "description") if each in schema}
    return {"$schema": DIALECT, "$id": name, **first, **schema}


def definitions(models: Sequence[type[Model]], ref_template: str) -> Mapping[str, JsonSchema]:
    """Name → schema of `models` and of all they hold, which name each other by `ref_template`."""
    _, schema = models_json_schema(
        [(model, "serialization") for model in models], schema_generator=_Published, ref_template=ref_template
    )
    found: Mapping[str, JsonSchema] = schema["$defs"]
    return found


def dump(document: Mapping[str, Any]) -> str:
    """A document's text as it is committed and served."""
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"
