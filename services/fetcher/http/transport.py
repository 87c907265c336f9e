"""httpx over connections whose addresses are checked when they are made."""

import ssl
from collections.abc import AsyncIterator, Iterable
from types import TracebackType
from typing import Final, Self

import httpcore
import httpx

from services.fetcher.http.ssrf import CheckedBackend
from shared.charset import decode

CONNECTIONS = 2
LOCATION: Final = "gongkai.location"
"""The extension of a response that says where it redirects to; httpx would make that request itself, and break on
what is no address."""
_LEGACY_SERVER_CONNECT = 0x4
"""OpenSSL's option, which Python 3.11 has no name for: servers that know no secure renegotiation (RFC 5746)."""


def tls_context(legacy: bool) -> ssl.SSLContext:
    """A context that checks certificate and host name; a legacy one takes TLS 1.0, old ciphers and short keys."""
    context = ssl.create_default_context()
    if legacy:
        context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
        context.set_ciphers("DEFAULT:@SECLEVEL=0")
        context.options |= _LEGACY_SERVER_CONNECT
    return context


def _is_plain(name: bytes, value: bytes) -> bool:
    """Whether httpx may see a header: no redirect, and no cookie that it could not send back."""
    return name.lower() != b"location" and (name.lower() != b"set-cookie" or value.isascii())


def _location(headers: Iterable[tuple[bytes, bytes]]) -> str | None:
    return next((decode(value) for name, value in headers if name.lower() == b"location"), None)


class _Body(httpx.AsyncByteStream):
    def __init__(self, response: httpcore.Response) -> None:
        self._response = response

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self._response.aiter_stream():
            yield part

    async def aclose(self) -> None:
        await self._response.aclose()


class CheckedTransport(httpx.AsyncBaseTransport):
    """One portal's few connections; raises httpcore's errors and AddressRefused."""

    def __init__(self, backend: CheckedBackend, tls: ssl.SSLContext) -> None:
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=tls,
            max_connections=CONNECTIONS,
            max_keepalive_connections=CONNECTIONS,
            keepalive_expiry=30,
            network_backend=backend,
        )

    async def __aenter__(self) -> Self:
        await self._pool.__aenter__()
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc_value: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        await self._pool.__aexit__(exc_type, exc_value, traceback)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        assert isinstance(request.stream, httpx.AsyncByteStream)
        response = await self._pool.handle_async_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(
                    scheme=request.url.raw_scheme,
                    host=request.url.raw_host,
                    port=request.url.port,
                    target=request.url.raw_path,
                ),
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions,
            )
        )
        return httpx.Response(
            response.status,
            headers=[(name, value) for name, value in response.headers if _is_plain(name, value)],
            stream=_Body(response),
            extensions={**response.extensions, LOCATION: _location(response.headers)},
        )

    async def aclose(self) -> None:
        await self._pool.aclose()
