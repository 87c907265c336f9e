"""Schemas of the kinds our models give, instances of them, and changes that readers bear or not."""

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from shared.schemas.json_schema import VALUES_SO_FAR

Schema = dict[str, Any]

NAMES = st.sampled_from(["id", "name", "amount", "page", "table", "unit"])
WORDS = st.lists(st.sampled_from(["total", "basic", "project", "项目"]), min_size=1, max_size=4, unique=True)
LEAVES: SearchStrategy[Schema] = st.one_of(
    st.just({"type": "string"}),
    st.just({"type": "boolean"}),
    st.just({"type": "string", "pattern": r"^-?\d+\.\d{2}$"}),
    st.just({"type": "string", "const": "fact"}),
    st.integers(-3, 3).map(lambda least: {"type": "integer", "minimum": least}),
    WORDS.map(lambda words: {"type": "string", "enum": words}),
    WORDS.map(lambda words: {"type": "string", VALUES_SO_FAR: words}),
)


@st.composite
def objects(draw: DrawFn, fields: SearchStrategy[Schema]) -> Schema:
    properties = draw(st.dictionaries(NAMES, fields, max_size=4))
    required = [name for name in properties if draw(st.booleans())]
    return {"type": "object", "properties": properties, "required": required}


def _holding(fields: SearchStrategy[Schema]) -> SearchStrategy[Schema]:
    return st.one_of(
        LEAVES.map(lambda leaf: {"anyOf": [leaf, {"type": "null"}]}),
        fields.map(lambda items: {"type": "array", "items": items}),
        fields.map(lambda values: {"type": "object", "additionalProperties": values}),
        objects(fields),
    )


FIELDS: SearchStrategy[Schema] = st.recursive(LEAVES, _holding, max_leaves=6)
MODELS = objects(FIELDS)


def instances(schema: Schema) -> SearchStrategy[Any]:
    """What a producer of `schema` writes."""
    if "anyOf" in schema:
        return st.one_of([instances(each) for each in schema["anyOf"]])
    if "const" in schema:
        return st.just(schema["const"])
    if words := schema.get("enum") or schema.get(VALUES_SO_FAR):
        return st.sampled_from(words)
    by_type: dict[str, Callable[[], SearchStrategy[Any]]] = {
        "null": st.none,
        "boolean": st.booleans,
        "integer": lambda: st.integers(schema["minimum"], 100),
        "string": lambda: st.just("-12.50") if "pattern" in schema else st.text(max_size=5),
        "array": lambda: st.lists(instances(schema["items"]), max_size=3),
        "object": lambda: _object(schema),
    }
    return by_type[schema["type"]]()


def _object(schema: Schema) -> SearchStrategy[Any]:
    if "additionalProperties" in schema:
        return st.dictionaries(st.text(max_size=3), instances(schema["additionalProperties"]), max_size=3)
    fields = {name: instances(each) for name, each in schema["properties"].items()}
    required = {name: fields.pop(name) for name in schema["required"]}
    return st.fixed_dictionaries(required, optional=fields)


@st.composite
def grown(draw: DrawFn, schema: Schema) -> Schema:
    """`schema` after changes a version bears."""
    schema = dict(schema)
    if draw(st.booleans()):
        schema["description"] = draw(st.text(max_size=5))
    if "anyOf" in schema:
        schema["anyOf"] = draw(st.permutations([draw(grown(each)) for each in schema["anyOf"]]))
    for keyword in ("items", "additionalProperties"):
        if keyword in schema:
            schema[keyword] = draw(grown(schema[keyword]))
    if VALUES_SO_FAR in schema:
        schema[VALUES_SO_FAR] = [*schema[VALUES_SO_FAR], *draw(st.sets(st.sampled_from(["new", "newer"])))]
    if "properties" in schema:
        added = draw(st.dictionaries(st.sampled_from(["added", "added too"]), FIELDS, max_size=2))
        kept = {name: draw(grown(each)) for name, each in schema["properties"].items()}
        schema["properties"] = {**added, **kept}
    return schema


@st.composite
def broken(draw: DrawFn, schema: Schema) -> Schema:
    """The object `schema` after one change no version bears."""
    properties, required = dict(schema["properties"]), list(schema["required"])
    changes = ["require another"]
    changes += ["drop", "change", "require or not"] if properties else []
    change = draw(st.sampled_from(changes))
    name = draw(st.sampled_from(sorted(properties))) if properties else ""
    if change == "require another":
        properties["another"], required = {"type": "string"}, [*required, "another"]
    elif change == "drop":
        del properties[name]
        required = [each for each in required if each != name]
    elif change == "require or not":
        required = [each for each in required if each != name] if name in required else [*required, name]
    else:
        properties[name] = draw(otherwise(properties[name]))
    return {**schema, "properties": properties, "required": required}


def otherwise(schema: Schema) -> SearchStrategy[Schema]:
    """The field `schema` with other values."""
    others: list[SearchStrategy[Schema]] = []
    if "properties" in schema:
        others.append(broken(schema))
    for keyword in {"items", "additionalProperties"} & schema.keys():
        others.append(st.fixed_dictionaries({keyword: otherwise(schema[keyword])}).map(schema.__or__))
    if "minimum" in schema:
        others.append(st.sampled_from([-9, 9]).map(lambda least: {**schema, "minimum": least}))
    if "enum" in schema:
        others += [st.just({**schema, "enum": [*schema["enum"], "new"]}), st.just({**schema, "const": "new"})]
    if VALUES_SO_FAR in schema:
        others.append(st.just({**schema, VALUES_SO_FAR: schema[VALUES_SO_FAR][1:]}))
    if "anyOf" in schema:
        others.append(st.just(schema["anyOf"][0]))
    return st.one_of(others or [st.just({"anyOf": [schema, {"type": "number"}]})])
