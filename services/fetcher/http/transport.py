"""Connections whose addresses are checked when they are made, a few a portal, and the bytes on them."""

import asyncio
import hashlib
import ssl
from collections.abc import Iterable
from functools import cache, partial
from typing import Any, Final

import httpcore

PIECE: Final = 64 * 1024
WAITING_BYTES: Final = 4 * PIECE
"""Bytes of an answer that may wait to be read; then the sender waits."""
_LEGACY_SERVER_CONNECT = 0x4
"""OpenSSL's option, which Python 3.11 has no name for: servers that know no secure renegotiation (RFC 5746)."""


def tls_context(legacy: bool, ca_file: str | None = None, pinned: bool = False) -> ssl.SSLContext:
    """The context that checks certificate and host name; a legacy one takes TLS 1.0, old ciphers and short keys.

    `ca_file` names further certificates of who may sign; with `pinned` the stream compares the certificate itself.
    One for all portals of a kind: to load the certificates of the system takes as long as ten requests.
    """
    return _context(legacy, ca_file, pinned, ssl.get_default_verify_paths())


@cache
def _context(legacy: bool, ca_file: str | None, pinned: bool, _system: ssl.DefaultVerifyPaths) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if ca_file is not None:
        context.load_verify_locations(ca_file)
    if pinned:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    if legacy:
        context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
        context.set_ciphers("DEFAULT:@SECLEVEL=0")
        context.options |= _LEGACY_SERVER_CONNECT
    return context


class Stream(asyncio.Protocol, httpcore.AsyncNetworkStream):
    """A connection by the event loop alone, without tasks or threads of its own."""

    def __init__(self, pin: str | None = None) -> None:
        self._pin = pin
        self._transport: asyncio.Transport | None = None
        self._received: list[bytes] = []
        self._size = 0
        self._ended = False
        self._error: Exception | None = None
        self._wakes: asyncio.Future[None] | None = None
        self._writable = asyncio.Event()
        self._writable.set()

    @classmethod
    async def open(cls, host: str, port: int, seconds: float | None, pin: str | None = None) -> "Stream":
        """Connect to an address; with `pin` its certificate must have this SHA-256, in hexadecimal.

        Raises ConnectTimeout and ConnectError.
        """
        try:
            async with asyncio.timeout(seconds):
                _, stream = await asyncio.get_running_loop().create_connection(partial(cls, pin), host, port)
        except TimeoutError as error:
            raise httpcore.ConnectTimeout(f"no connection to {host} in time") from error
        except OSError as error:
            raise httpcore.ConnectError(str(error)) from error
        return stream

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received.append(data)
        self._size += len(data)
        if self._size > WAITING_BYTES and self._transport is not None:
            self._transport.pause_reading()
        self._wake()

    def eof_received(self) -> bool:
        self._ended = True
        self._wake()
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        self._ended, self._error = True, self._error or exc
        self._writable.set()
        self._wake()

    def pause_writing(self) -> None:
        self._writable.clear()

    def resume_writing(self) -> None:
        self._writable.set()

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 - the interface's
        if not self._received and not self._ended:
            self._wakes = asyncio.get_running_loop().create_future()
            try:
                async with asyncio.timeout(timeout):
                    await self._wakes
            except TimeoutError as error:
                raise httpcore.ReadTimeout("no answer in time") from error
        if self._received:
            data = self._received.pop(0)
            if len(data) > max_bytes:
                self._received.insert(0, data[max_bytes:])
                data = data[:max_bytes]
            self._size -= len(data)
            if self._size <= WAITING_BYTES and not self._ended and self._transport is not None:
                self._transport.resume_reading()
            return data
        if self._error is not None:
            raise httpcore.ReadError(str(self._error)) from self._error
        return b""

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109 - the interface's
        if self._transport is None or self._ended or self._transport.is_closing():
            raise httpcore.WriteError(str(self._error or "the connection is closed"))
        self._transport.write(buffer)
        try:
            async with asyncio.timeout(timeout):
                await self._writable.wait()
        except TimeoutError as error:
            raise httpcore.WriteTimeout("what is sent is not taken in time") from error

    async def aclose(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - the interface's
    ) -> httpcore.AsyncNetworkStream:
        assert self._transport is not None
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(timeout):
                transport = await loop.start_tls(
                    self._transport, self, ssl_context, server_hostname=server_hostname
                )
        except TimeoutError as error:
            raise httpcore.ConnectTimeout("no TLS connection in time") from error
        except OSError as error:
            raise httpcore.ConnectError(str(error)) from error
        if transport is None:
            raise httpcore.ConnectError("the connection is closed")
        self._transport = transport
        shown = transport.get_extra_info("ssl_object").getpeercert(binary_form=True) or b""
        if self._pin is not None and hashlib.sha256(shown).hexdigest() != self._pin:
            transport.abort()
            raise httpcore.ConnectError("its certificate is not the pinned one")
        return self

    def get_extra_info(self, info: str) -> Any:
        """As httpcore asks: an idle connection that is `is_readable` has ended, or says what nobody asked for."""
        if info == "is_readable":
            return self._ended or bool(self._received) or self._transport is None or self._transport.is_closing()
        return self._transport.get_extra_info(info) if self._transport is not None else None

    def _wake(self) -> None:
        if self._wakes is not None and not self._wakes.done():
            self._wakes.set_result(None)


def connections(
    backend: httpcore.AsyncNetworkBackend, tls: ssl.SSLContext, most: int = 2
) -> httpcore.AsyncConnectionPool:
    """One portal's connections, at most `most`."""
    return httpcore.AsyncConnectionPool(
        ssl_context=tls,
        max_connections=most,
        max_keepalive_connections=most,
        keepalive_expiry=30,
        network_backend=backend,
    )


def plain_headers(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """The headers of an answer without cookies that could not be sent back."""
    return [(name, value) for name, value in headers if name.lower() != b"set-cookie" or value.isascii()]
