"""Measures the requests a service answers, by the template of their route, never by their address."""

import time
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared import metrics
from shared.topics import StageName

OTHER: Final = "other"
_OPERATION: Final = frozenset({"/metrics", "/health/live", "/health/ready"})


class Measured:
    """Middleware; a request that no route takes, and one for a file, counts as `other`."""

    def __init__(self, app: ASGIApp, service: StageName) -> None:
        self._app = app
        self._service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status, began = 500, time.monotonic()

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noting)
        finally:
            route = getattr(scope.get("route"), "path", OTHER)
            if route not in _OPERATION:
                taken = time.monotonic() - began
                metrics.API_REQUEST_DURATION.labels(self._service, route, str(status)).observe(taken)
