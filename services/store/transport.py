"""What answers are spared: those a client has already (ETag), and what compression saves (gzip)."""

import hashlib
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_LEAST: Final = 1_000
"""Bytes from which on an answer is compressed."""
_LEVEL: Final = 5
_COMPRESSED: Final = (".zip", ".xlsx", ".parquet")
"""Ends of addresses whose answers are compressed already."""


class Compressed:
    """Compresses answers, but for files that are already, or are the publisher's own."""

    def __init__(self, app: ASGIApp) -> None:
        self._plain = app
        self._gzip = GZipMiddleware(app, _LEAST, _LEVEL)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        plain = scope["type"] != "http" or path.endswith(_COMPRESSED) or path.startswith("/files/")
        await (self._plain if plain else self._gzip)(scope, receive, send)


class Tagged:
    """Gives an answer that comes in one piece its ETag, and 304 in its place to who has it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] not in {"GET", "HEAD"}:
            await self._app(scope, receive, send)
            return
        known = {each.strip() for each in Headers(scope=scope).get("if-none-match", "").split(",")}
        start: Message | None = None

        async def send_tagged(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = message
                return
            if start is None:
                await send(message)
                return
            begun, start = start, None
            body = message.get("body", b"")
            headers = MutableHeaders(scope=begun)
            if begun["status"] == 200 and body and not message.get("more_body") and "etag" not in headers:
                tag = f'W/"{hashlib.sha256(body).hexdigest()[:24]}"'
                headers["ETag"] = tag
                headers.setdefault("Cache-Control", "no-cache")
                if tag in known:
                    del headers["content-length"]
                    begun, message = {**begun, "status": 304}, {**message, "body": b""}
            await send(begun)
            await send(message)

        await self._app(scope, receive, send_tagged)
