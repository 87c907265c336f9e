"""/schemas: the JSON Schema of every topic's values."""

from typing import Any

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel

from shared.topics import TOPICS, topic

router = APIRouter(prefix="/api/v1/schemas", tags=["schemas"])


class SchemaName(BaseModel):
    """A topic and where its schema is."""

    topic: str
    model: str
    schema_url: str


@router.get("")
async def list_schemas() -> list[SchemaName]:
    """Every topic, in the order of the path."""
    return [
        SchemaName(topic=each.name, model=each.model.__name__, schema_url=f"{router.prefix}/{each.name}")
        for each in TOPICS
    ]


@router.get("/{name}")
async def get_schema(name: str) -> dict[str, Any]:
    """The JSON Schema of the values of topic `name`."""
    try:
        found = topic(name)
    except KeyError as error:
        raise HTTPException(404, f"There is no topic {name!r}; see {router.prefix}.") from error
    schema = found.model.model_json_schema(mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": f"{found.name}.json", **schema}
