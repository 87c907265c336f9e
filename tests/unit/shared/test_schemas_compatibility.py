"""What a version of a schema may change: readers old and new go on, and every break is named."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from pydantic import Field

from shared.schemas.compatibility import breaks
from shared.schemas.json_schema import VALUES_SO_FAR, json_schema
from shared.schemas.model import Model
from tests.unit.shared.schema_samples import MODELS, Schema, broken, grown, instances


def reads(schema: Schema, instance: object) -> bool:
    """Whether a reader written for `schema` takes `instance`; fields it does not know are no fault."""
    return Draft202012Validator(schema).is_valid(instance)


@given(st.data(), MODELS)
def test_readers_old_and_new_bear_what_a_version_may_change(data: st.DataObject, earlier: Schema) -> None:
    later = data.draw(grown(earlier))
    assert breaks(earlier, later) == []
    assert reads(earlier, data.draw(instances(later)))
    assert reads(later, data.draw(instances(earlier)))


@given(st.data(), MODELS)
def test_where_no_break_is_named_readers_old_and_new_go_on(data: st.DataObject, earlier: Schema) -> None:
    later = data.draw(st.one_of(broken(earlier), grown(earlier), MODELS))
    if not breaks(earlier, later):
        assert reads(earlier, data.draw(instances(later)))
        assert reads(later, data.draw(instances(earlier)))


@given(st.data(), MODELS)
def test_a_break_is_named_however_deep_it_lies(data: st.DataObject, earlier: Schema) -> None:
    assert breaks(earlier, data.draw(broken(earlier)))


def document(**properties: Any) -> Schema:
    required = [name for name in properties if not name.startswith("maybe_")]
    return {"$id": "gongkai.facts.v1", "type": "object", "properties": properties, "required": required}


TEXT = {"type": "string"}
NULL = {"type": "null"}
WHOLE = {"type": "integer", "minimum": 1}

BREAKS: list[tuple[Schema, Schema, list[str]]] = [
    (document(a=TEXT, b=TEXT), document(a=TEXT), ["b is gone"]),
    (document(a=TEXT, maybe_b=TEXT), document(a=TEXT), ["maybe_b is gone"]),
    (document(a=TEXT), document(a=WHOLE), ["a may be integer now", "a is never string any more"]),
    (document(a=WHOLE), document(a={"type": "number", "minimum": 1}),
     ["a may be number now", "a is never integer any more"]),
    (document(a=TEXT), document(a={"anyOf": [TEXT, NULL]}), ["a may be null now"]),
    (document(a={"anyOf": [TEXT, NULL]}), document(a=TEXT), ["a is never null any more"]),
    (document(a=TEXT), document(a=TEXT) | {"required": []}, ["a may be absent now"]),
    (document(maybe_a=TEXT), document(maybe_a=TEXT) | {"required": ["maybe_a"]},
     ["maybe_a is required now, and messages on the topic lack it: give it a default"]),
    (document(a=TEXT), document(a=TEXT, b=TEXT),
     ["b is required now, and messages on the topic lack it: give it a default"]),
    (document(a={"enum": ["x"]}), document(a={"enum": ["x", "y"]}), ['a may be "y" now']),
    (document(a={"enum": ["x", "y"]}), document(a={"const": "x"}), ['a is never "y" any more']),
    (document(a={"const": 1}), document(a={"const": True}), ["a may be true now", "a is never 1 any more"]),
    (document(a={"enum": ["x"]}), document(a={VALUES_SO_FAR: ["x"]}),
     ["a has a closed list of values no more"]),
    (document(a={VALUES_SO_FAR: ["x"]}), document(a={"enum": ["x"]}),
     ["a has a closed list of values now", 'a does not know "x" any more']),
    (document(a={VALUES_SO_FAR: ["x", "y"]}), document(a={VALUES_SO_FAR: ["y", "z"]}),
     ['a does not know "x" any more']),
    (document(a=WHOLE), document(a=WHOLE | {"minimum": 0}), ["a: minimum was 1, is 0"]),
    (document(a=WHOLE), document(a={"type": "integer"}), ["a: minimum was 1, is not said"]),
    (document(a=TEXT), document(a=TEXT | {"pattern": "^x"}), ['a: pattern was not said, is "^x"']),
    (document(a=TEXT | {"format": "date"}), document(a=TEXT | {"format": "date-time"}),
     ['a: format was "date", is "date-time"']),
    (document(a=TEXT | {"default": None}), document(a=TEXT), ["a: default was null, is not said"]),
    (document(a=TEXT), document(a=TEXT | {"a keyword not known here": 1}),
     ["a: a keyword not known here was not said, is 1"]),
    (document(a={"type": "array", "items": TEXT}), document(a={"type": "array", "items": WHOLE}),
     ["a[] may be integer now", "a[] is never string any more"]),
    (document(a={"type": "object", "additionalProperties": WHOLE}),
     document(a={"type": "object", "additionalProperties": False}),
     ['a: additionalProperties was {"minimum": 1, "type": "integer"}, is false']),
    (document(a={"type": "object", "additionalProperties": WHOLE}),
     document(a={"type": "object", "additionalProperties": WHOLE, "properties": {"b": TEXT}}),
     ["a.b is new where any other field had a meaning"]),
    (document(a={"type": "array", "items": document(b=TEXT)}), document(a={"type": "array", "items": document()}),
     ["a[].b is gone"]),
    ({"type": "object"}, {"type": "array"}, ["the value may be array now", "the value is never object any more"]),
]  # fmt: skip


def holding(held: Schema, **definitions: Schema) -> Schema:
    return document(a=held) | {"$defs": definitions}


def titled(title: str, **properties: Any) -> Schema:
    return document(**properties) | {"title": title}


X = {"$ref": "#/$defs/X"}
PAIR = {"type": "array", "prefixItems": [TEXT, X]}
NAMED = {"type": "object", "propertyNames": X}
MATCHED = {"type": "object", "patternProperties": {"^x": X}}
NOT = {"not": X}
CASES: list[tuple[Schema, Schema, list[str]]] = [
    (holding({"oneOf": [X, NULL]}, X=TEXT), holding({"oneOf": [X, NULL]}, X=WHOLE),
     ["a may be integer now", "a is never string any more"]),
    (holding(PAIR, X=TEXT), holding(PAIR, X=WHOLE), ["a[1] may be integer now", "a[1] is never string any more"]),
    (holding(PAIR, X=TEXT), holding({"type": "array", "prefixItems": [TEXT]}),
     ['a: prefixItems was {"$ref": "#/$defs/X"}, is not said']),
    (holding(NAMED, X={"enum": ["x"]}), holding(NAMED, X={"enum": ["y"]}),
     ['a{name} may be "y" now', 'a{name} is never "x" any more']),
    (holding(MATCHED, X=document(b=TEXT)), holding(MATCHED, X=document()), ["a{^x}.b is gone"]),
    (holding(NOT, X=TEXT), holding(NOT, X=WHOLE),
     ['a: not was {"type": "string"}, is {"minimum": 1, "type": "integer"}']),
    (holding({"anyOf": [titled("Line", b=TEXT), titled("Line", c=TEXT), titled("Line", d=TEXT)]}),
     holding({"anyOf": [titled("Line", b=TEXT), titled("Line", c=WHOLE), titled("Line", d=TEXT)]}),
     ["a.c may be integer now", "a.c is never string any more"]),
    (holding({"anyOf": [titled("Line", b=TEXT), titled("Sum", c=TEXT)]}),
     holding({"anyOf": [titled("Line", b=TEXT), titled("Total", c=TEXT)]}),
     ["a may be object Total now", "a is never object Sum any more"]),
]  # fmt: skip


@pytest.mark.parametrize(("earlier", "later", "sentences"), CASES, ids=lambda each: str(each)[:60])
def test_a_break_below_a_keyword_or_a_reference_is_named(
    earlier: Schema, later: Schema, sentences: list[str]
) -> None:
    assert breaks(earlier, later) == sentences
    assert breaks(earlier, earlier) == []


@pytest.mark.parametrize("keyword", ["anyOf", "oneOf"])
def test_the_order_of_alternatives_and_the_names_of_definitions_say_nothing(keyword: str) -> None:
    line, total = titled("Line", b=TEXT), titled("Sum", c=TEXT)
    earlier = holding({keyword: [{"$ref": "#/$defs/A"}, {"$ref": "#/$defs/B"}], "title": "One"}, A=line, B=total)
    later = holding({keyword: [{"$ref": "#/$defs/C"}, {"$ref": "#/$defs/D"}], "title": "Two"}, C=total, D=line)
    assert breaks(earlier, later) == []
    renamed = [holding({"not": {"$ref": f"#/$defs/{name}"}}, **{name: titled(name, b=TEXT)}) for name in "AB"]
    assert breaks(*renamed) == []
    grown = holding(PAIR, X=titled("Line", b=TEXT, maybe_c=TEXT))
    assert breaks(holding(PAIR, X=line), grown) == []


@pytest.mark.parametrize(("earlier", "later", "sentences"), BREAKS, ids=lambda each: str(each)[:60])
def test_a_break_is_one_sentence_that_names_the_field(
    earlier: Schema, later: Schema, sentences: list[str]
) -> None:
    assert breaks(earlier, later) == sentences
    assert breaks(earlier, earlier) == []


class Place(Model):
    page: int | None = None


class Line(Model):
    """A line."""

    place: Place
    name: str = Field(description="as published")


class OtherPlace(Model):
    """The same under another name, and more."""

    page: int | None = None
    row: int | None = None


class OtherLine(Model):
    """The same, told otherwise."""

    name: str = Field(description="the name")
    place: OtherPlace
    note: str = ""


class BrokenPlace(Model):
    page: str | None = None


class BrokenLine(Model):
    place: BrokenPlace
    name: str


class Tree(Model):
    name: str
    below: tuple["Tree", ...]


class OtherTree(Model):
    name: int
    below: tuple["OtherTree", ...]


class Leaf(Model):
    name: str
    above: "Leaf | None" = None


def test_models_are_compared_by_what_they_hold_not_by_their_names() -> None:
    line = json_schema(Line, "gongkai.lines.v1")
    assert breaks(line, json_schema(OtherLine, "gongkai.lines.v1")) == []
    assert breaks(line, json_schema(BrokenLine, "gongkai.lines.v1")) == [
        "place.page may be string now",
        "place.page is never integer any more",
    ]


def test_a_model_that_holds_itself_is_compared_to_an_end() -> None:
    for model in (Tree, Leaf):
        assert breaks(json_schema(model, "t"), json_schema(model, "t")) == []
    assert breaks(json_schema(Tree, "t"), json_schema(OtherTree, "t")) == [
        "name may be integer now",
        "name is never string any more",
    ]
