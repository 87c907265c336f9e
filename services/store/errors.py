"""What a request gets when something is wrong: one clear sentence, as JSON from the API, as a page elsewhere."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from services.store.pages.rendering import render
from shared.errors import GongkaiError, TransientError

_LONGEST: Final = 100
_AWAY: Final = "What the answer is made from is away for now; try again in a moment."

log = structlog.get_logger()


def answer(app: FastAPI) -> None:
    """Let `app` answer errors so."""
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(GongkaiError, _gongkai)


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return _answer(request, error.status_code, error.detail, error.headers)


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    wrong = [
        {
            "parameter": ".".join(str(part) for part in each["loc"][1:]) or "query",
            "message": each["msg"].removeprefix("Value error, "),
            "given": str(each.get("input"))[:_LONGEST] if each["loc"][1:] else None,
        }
        for each in error.errors()
    ]
    return _answer(request, 422, wrong)


async def _gongkai(request: Request, error: Exception) -> Response:
    assert isinstance(error, GongkaiError)
    if isinstance(error, TransientError):
        # What exactly is away, and where it stands, is for those who run it.
        log.warning("answered 503", path=request.url.path, cause=error.cause, reason=str(error))
        return _answer(request, 503, _AWAY, {"Retry-After": "5"})
    log.error("answered 500", path=request.url.path, cause=error.cause, reason=str(error))
    return _answer(request, 500, str(error))


def _answer(
    request: Request,
    status: int,
    detail: str | Sequence[Mapping[str, Any]],
    headers: Mapping[str, str] | None = None,
) -> Response:
    if request.url.path.startswith("/api/"):
        return JSONResponse({"detail": detail}, status, headers)
    wrong = [] if isinstance(detail, str) else detail
    page = render(request, "error.html", status=status, wrong=wrong)
    page.status_code = status
    page.headers.update(headers or {})
    return page
