"""Problems (RFC 9457): what the API answers when something is wrong, and how its description says so."""

from typing import Any, Final, Literal

from fastapi import FastAPI
from pydantic import BaseModel

PROBLEM_TYPE: Final = "application/problem+json"


class WrongParameter(BaseModel):
    """A parameter that cannot be taken as it was given."""

    parameter: str
    message: str
    given: str | None


class Problem(BaseModel):
    """Why a request has no other answer; `errors` names the parameters that are wrong, where some are."""

    type: Literal["about:blank"] = "about:blank"
    title: str
    status: int
    detail: str
    errors: list[WrongParameter]


_MEANT: Final = {
    404: "There is no such thing.",
    405: "The path takes GET and HEAD alone.",
    422: "A parameter is unknown or cannot be taken.",
    500: "The program broke on the request.",
    503: "Database or archive are away for now.",
}
_TAGS: Final = {
    "disclosures": "Published documents and their revisions.",
    "records": "What was read of them: figures, projects, findings, checks.",
    "totals": "What the store holds, counted.",
    "schemas": "The JSON Schemas of the topics.",
}


def describe(app: FastAPI) -> None:
    """Let the OpenAPI document of `app` tell of problems, of its licence, its server and its tags."""
    app.description = "Budget disclosures of Chinese counties as checked records. Needs no login."
    app.license_info = {"name": "Apache 2.0", "identifier": "Apache-2.0"}
    app.contact = {"name": "those who run this store"}
    app.servers = [{"url": "/", "description": "this one"}]
    app.openapi_tags = [{"name": name, "description": text} for name, text in _TAGS.items()]
    make = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            _tell_problems(make())
        return make()

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's own way to extend its document


def _tell_problems(document: dict[str, Any]) -> None:
    reference = {"$ref": "#/components/schemas/Problem"}
    for path in document["paths"].values():
        for operation in path.values():
            for status, meaning in _MEANT.items():
                operation["responses"][str(status)] = {
                    "description": meaning,
                    "content": {PROBLEM_TYPE: {"schema": reference}},
                }
    schemas = document["components"]["schemas"]
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas |= {**problem.pop("$defs"), "Problem": problem}
    for schema in schemas.values():
        _require_constants(schema)
    document["components"]["schemas"] = dict(sorted(schemas.items()))
    document["security"] = []


def _require_constants(schema: dict[str, Any]) -> None:
    """A field of one value is always there: by `record` a reader tells one type from another."""
    constants = [name for name, field in schema.get("properties", {}).items() if "const" in field]
    if constants:
        schema["required"] = sorted({*schema.get("required", ()), *constants})
