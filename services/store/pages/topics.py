"""/topics: the topics other programs read, their fields and an example of each; for machines /asyncapi.json."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse

from services.store.pages.rendering import render
from shared.asyncapi import asyncapi, example_headers, example_key, examples, has_tombstones
from shared.schemas.json_schema import VALUES_SO_FAR, JsonSchema, json_schema
from shared.schemas.reference import alternatives, shape
from shared.topics import RECORDS, TOPICS, Topic, topic

router = APIRouter(include_in_schema=False)

_RECORDS: Final = {each.name: name for name, each in RECORDS.items()}


@dataclass(frozen=True)
class Field:
    """A field of a message: `a.b` in an object, `a[].b` in a list; `grows` where `values` may become more."""

    path: str
    kinds: Sequence[str]
    required: bool
    title: str
    description: str
    values: Sequence[str]
    grows: bool

    @property
    def name(self) -> str:
        """Without the fields it lies in."""
        return self.path.rpartition(".")[2]


@router.get("/topics")
def show_all(request: Request) -> HTMLResponse:
    """Every topic, in the order of the path."""
    return render(request, "topics.html", topics=TOPICS, records=_RECORDS, has_tombstones=has_tombstones)


@router.get("/topics/{name}")
def show(request: Request, name: str) -> HTMLResponse:
    """One topic; 404 where there is none of that name."""
    try:
        found = topic(name)
    except KeyError as error:
        raise HTTPException(404) from error
    return render(
        request,
        "topic.html",
        topic=found,
        records=_RECORDS,
        has_tombstones=has_tombstones,
        fields=list(_fields(json_schema(found.model, found.name))),
        headers=_headers(found),
        key=example_key(found),
        value=json.dumps(examples()[found.name], ensure_ascii=False, indent=2),
    )


def _headers(found: Topic) -> Sequence[tuple[str, str, str]]:
    """Name, meaning and example of each header."""
    described = asyncapi()["components"]["schemas"]["Headers"]["properties"]
    return [(name, described[name]["description"], value) for name, value in example_headers(found).items()]


def _fields(document: JsonSchema) -> Iterator[Field]:
    yield from _below(document, "", document)


def _below(document: JsonSchema, path: str, schema: JsonSchema) -> Iterator[Field]:
    for name, field in schema.get("properties", {}).items():
        options = list(alternatives(document, field))
        yield Field(
            path=path + name,
            kinds=[shape(each) for each in options],
            required=name in schema.get("required", ()),
            title=field.get("title", ""),
            description=field.get("description", ""),
            values=[value for each in options for value in _values(each)],
            grows=any(VALUES_SO_FAR in each for each in options),
        )
        for option in options:
            items = option.get("items")
            yield from _below(document, f"{path}{name}.", option)
            for each in alternatives(document, items) if items else ():
                yield from _below(document, f"{path}{name}[].", each)


def _values(schema: Mapping[str, Any]) -> Sequence[str]:
    return [schema["const"]] if "const" in schema else schema.get("enum", schema.get(VALUES_SO_FAR, []))
