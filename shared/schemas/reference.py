"""The fields of every record, as docs/fields.md and the data packages tell them: name, shape, meaning."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from shared.schemas.json_schema import VALUES_SO_FAR, JsonSchema, json_schema
from shared.schemas.record_types import COMMON, RECORD_TYPES, RecordType
from shared.schemas.records import Attachment, Provenance, RecordBase

_HEAD: Final = """# Fields of the records

Made by `gongkai schemas fields` from the models; what holds for all of them: [records.md](records.md). Money is a
decimal string in yuan with two places, a quantity one without trailing zeros. `?` behind a type: may be null.
"""
_SHOWN: Final = 8
"""Values of a vocabulary that are named; the schema has them all."""


def reference() -> str:
    """docs/fields.md."""
    parts = [_HEAD, _part("Every record", RecordBase, COMMON)]
    parts += [_part(_title(each), each.model, ("record", *each.own)) for each in RECORD_TYPES]
    parts += [
        _part(f"In them: `{each.__name__}`", each, tuple(each.model_fields)) for each in (Provenance, Attachment)
    ]
    return "\n".join(parts)


def _title(kind: RecordType) -> str:
    return f"`{kind.name}` {kind.labels['zh']}"


def _part(title: str, model: Any, names: tuple[str, ...]) -> str:
    schema = json_schema(model, "")
    told = (model.__doc__ or "").split("\n")[0]
    rows = [_row(schema, name, schema["properties"][name]) for name in names]
    head = "| field | 中文 | type | what it is |\n| --- | --- | --- | --- |\n"
    return f"## {title}\n\n{told}\n\n{head}{''.join(rows)}"


def _row(schema: JsonSchema, name: str, field: JsonSchema) -> str:
    options = list(alternatives(schema, field))
    kinds = [shape(each) for each in options if each.get("type") != "null"]
    doubt = "?" if len(kinds) < len(options) else ""
    told = f"{field['description']}{_values(options)}".replace("|", "\\|")
    return f"| `{name}` | {field['title']} | {' or '.join(kinds)}{doubt} | {told} |\n"


def alternatives(schema: JsonSchema, field: JsonSchema) -> Iterator[JsonSchema]:
    """What a value may be: `field` with its references followed, one for each alternative."""
    if "$ref" in field:
        yield from alternatives(schema, schema["$defs"][field["$ref"].rpartition("/")[2]])
    elif "anyOf" in field:
        for each in field["anyOf"]:
            yield from alternatives(schema, each)
    else:
        yield field


def shape(schema: Mapping[str, Any]) -> str:
    """The name of a type: its format where it has one, a decimal where it has a pattern."""
    return str(schema.get("format") or ("decimal" if "pattern" in schema else schema["type"]))


def _values(options: list[JsonSchema]) -> str:
    found = [value for each in options for value in each.get("enum") or each.get(VALUES_SO_FAR) or ()]
    if not found:
        return ""
    more = ", …" if len(found) > _SHOWN else ""
    return ": " + ", ".join(f"`{value}`" for value in found[:_SHOWN]) + more
