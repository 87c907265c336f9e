"""Who may ask a service to do something: who has the token, from our own pages or none, and not too often."""

import asyncio
import hmac
import json
from collections import deque
from typing import Final
from urllib.parse import urlsplit

from pydantic import SecretStr
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

READS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
MOST: Final = 30
WITHIN_SECONDS: Final = 60.0
_UNKNOWN: Final = "NONE"
"""A method that no route takes: what a service is not to do is answered as what it cannot."""
_SAID: Final = {
    401: "Give the token of GONGKAI_TOKEN: `Authorization: Bearer …`.",
    403: "A page of another site may not ask for this.",
    429: f"At most {MOST} such requests within {WITHIN_SECONDS:g} s.",
}


class Asked:
    """Middleware; without a token there is no method that changes anything.

    Refused requests count too, so that a token cannot be guessed.
    """

    def __init__(self, app: ASGIApp, token: SecretStr) -> None:
        self._app = app
        self._token = token.get_secret_value().encode()
        self._asked: deque[float] = deque(maxlen=MOST)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in READS:
            await self._app(scope, receive, send)
        elif not self._token:
            await self._app({**scope, "method": _UNKNOWN}, receive, send)
        elif status := self._refused(Headers(scope=scope)):
            await _refuse(send, status)
        else:
            await self._app(scope, receive, send)

    def _refused(self, headers: Headers) -> int | None:
        now = asyncio.get_running_loop().time()
        if len(self._asked) == MOST and now - self._asked[0] < WITHIN_SECONDS:
            return 429
        self._asked.append(now)
        origin = headers.get("origin")
        if origin is not None and urlsplit(origin).netloc != headers.get("host"):
            return 403
        given = headers.get("authorization", "").removeprefix("Bearer ").encode()
        return None if hmac.compare_digest(given, self._token) else 401


async def _refuse(send: Send, status: int) -> None:
    body = json.dumps({"title": _SAID[status], "status": status}).encode()
    headers = [(b"content-type", b"application/problem+json"), (b"content-length", str(len(body)).encode())]
    if status == 401:
        headers.append((b"www-authenticate", b"Bearer"))
    if status == 429:
        headers.append((b"retry-after", str(int(WITHIN_SECONDS)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
