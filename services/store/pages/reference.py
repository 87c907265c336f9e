"""/api: what the API offers, for people; the machine's form is /openapi.json."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from services.store.pages.rendering import render
from shared.topics import TOPICS

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class Operation:
    """A path of the API with its sentence and parameters (name, description)."""

    path: str
    sentence: str
    parameters: Sequence[tuple[str, str]]


@router.get("/api")
async def show(request: Request) -> HTMLResponse:
    """The API's paths."""
    paths: dict[str, Any] = request.app.openapi()["paths"]
    operations = [
        Operation(
            path,
            methods["get"]["description"],
            [(each["name"], each.get("description", "")) for each in methods["get"].get("parameters", ())],
        )
        for path, methods in paths.items()
    ]
    return render(request, "reference.html", operations=operations, topics=TOPICS)
