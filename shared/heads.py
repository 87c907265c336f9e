"""HEAD for every GET: the same answer without its body, as monitors and readers of tables ask first."""

from contextlib import suppress

from starlette.types import ASGIApp, Message, Receive, Scope, Send


class _HeadSent(Exception):
    """All a HEAD asks for is sent; what is left of the body need not be made."""


class Heads:
    """Middleware; a path without GET answers HEAD as it does any other method it has not."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return

        async def send_head(message: Message) -> None:
            if message["type"] != "http.response.body":
                await send(message)
                return
            await send({"type": "http.response.body"})
            if message.get("more_body"):
                raise _HeadSent

        with suppress(_HeadSent):
            await self._app({**scope, "method": "GET"}, receive, send_head)
