"""/schemas: the JSON Schema of every topic's values; /asyncapi.json: the topics themselves."""

from typing import Any, Final

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel

from shared.asyncapi import asyncapi
from shared.schemas.json_schema import json_schema
from shared.topics import TOPICS, topic

router = APIRouter(tags=["schemas"])

PATH: Final = "/api/v1/schemas"


class SchemaName(BaseModel):
    """A topic and where its schema is."""

    topic: str
    model: str
    schema_url: str


@router.get(PATH)
async def list_schemas() -> list[SchemaName]:
    """Every topic, in the order of the path."""
    return [
        SchemaName(topic=each.name, model=each.model.__name__, schema_url=f"{PATH}/{each.name}") for each in TOPICS
    ]


@router.get(f"{PATH}/{{name}}")
async def get_schema(name: str) -> dict[str, Any]:
    """The JSON Schema of the values of topic `name`."""
    try:
        found = topic(name)
    except KeyError as error:
        raise HTTPException(404, f"There is no topic {name!r}; see {PATH}.") from error
    return json_schema(found.model, found.name)


@router.get("/asyncapi.json", include_in_schema=False)
def get_document() -> dict[str, Any]:
    """The AsyncAPI document."""
    return asyncapi()
