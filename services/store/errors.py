"""What a request gets when something is wrong: a problem (RFC 9457) from the API, a page elsewhere."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Final

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from services.store.api.problems import PROBLEM_TYPE, Problem, WrongParameter
from services.store.pages.mistakes import mistakes
from services.store.pages.rendering import language_of, render
from shared.errors import Damaged, GongkaiError, TransientError

_LONGEST: Final = 100
_LONGEST_DETAIL: Final = 2_000
_BROKEN: Final = "The program broke on this request; its log has the reason."
_AWAY: Final = "What the answer is made from is away for now; try again in a moment."

log = structlog.get_logger()


def answer(app: FastAPI) -> None:
    """Let `app` answer errors so."""
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(GongkaiError, _gongkai)
    app.add_exception_handler(Exception, _broken)


def refuse_repeated(request: Request) -> None:
    """Raise RequestValidationError for a parameter given more than once: but one of its values would be taken."""
    given = request.query_params.multi_items()
    for name, value in dict(given).items():
        if len(request.query_params.getlist(name)) > 1:
            error = {"type": "repeated", "loc": ("query", name), "msg": "is given more than once", "input": value}
            raise RequestValidationError([error])


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return _answer(request, error.status_code, error.detail, headers=error.headers)


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    if not _is_of_api(request):
        if any(each["loc"][0] == "path" and len(each["loc"]) == 2 for each in error.errors()):
            return _answer(request, 404, "")
        found = [{**each, "loc": each["loc"][1:]} for each in error.errors()]
        return render(request, "error.html", 422, status=422, wrong=mistakes(language_of(request), found))
    wrong = [
        WrongParameter(
            parameter=".".join(str(part) for part in each["loc"][1:]) or "query",
            message=each["msg"].removeprefix("Value error, "),
            given=str(each.get("input"))[:_LONGEST] if each["loc"][1:] else None,
        )
        for each in error.errors()
    ]
    told = "; ".join(f"{each.parameter}: {each.message}" for each in wrong)
    return _answer(request, 422, told[:_LONGEST_DETAIL], wrong)


async def _gongkai(request: Request, error: Exception) -> Response:
    assert isinstance(error, GongkaiError)
    if isinstance(error, TransientError | Damaged):
        # What exactly is away, and where it stands, is for those who run it.
        log.warning("answered 503", path=request.url.path, cause=error.cause, reason=str(error))
        return _answer(request, 503, _AWAY, headers={"Retry-After": "5"})
    log.error("answered 500", path=request.url.path, cause=error.cause, reason=str(error))
    return _answer(request, 500, str(error))


async def _broken(request: Request, _error: Exception) -> Response:
    return _answer(request, 500, _BROKEN)  # the server logs the error with its stack


def _answer(
    request: Request,
    status: int,
    detail: str,
    wrong: Sequence[WrongParameter] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    if _is_of_api(request):
        problem = Problem(title=HTTPStatus(status).phrase, status=status, detail=detail, errors=list(wrong))
        content = problem.model_dump_json()
        return Response(content, status, headers, media_type=PROBLEM_TYPE)
    page = render(request, "error.html", status, status=status, wrong=())
    page.headers.update(headers or {})
    return page


def _is_of_api(request: Request) -> bool:
    return request.url.path.startswith("/api/")
