"""The one way to a portal: bounded in size, time, redirects and pace, with every address checked."""

import asyncio
import re
import time
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import partial
from typing import Final
from urllib.parse import urlencode, urljoin, urlsplit

import httpcore
import httpx

from services.fetcher.http import responses
from services.fetcher.http.politeness import Pace, Robots
from services.fetcher.http.ssrf import CheckedBackend, Resolve, resolve
from services.fetcher.http.transport import connections, plain_headers, tls_context
from services.fetcher.poll_log import Asked
from services.fetcher.portal import Portal
from services.fetcher.settings import FetcherSettings
from services.fetcher.sites.contract import Request
from shared import metrics
from shared.charset import decode
from shared.errors import (
    AddressRefused,
    Corrupt,
    Drifted,
    Gone,
    GongkaiError,
    PortalUnavailable,
    Refused,
    TooLarge,
)
from shared.version import VERSION

LONGEST_WAIT: Final = 60.0
LARGE: Final = 2 * 1024 * 1024
"""Bytes from which an answer waits until there is room for it."""
_PACKED: Final = frozenset({"gzip", "x-gzip", "deflate"})
_UNREADABLE: Final = frozenset({"br", "zstd", "compress", "x-compress", "exi", "pack200-gzip"})
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True)
class Answer:
    """A whole answer with status 200 or 304; `url` is where the redirects ended."""

    url: str
    status: int
    data: bytes
    headers: httpx.Headers

    @property
    def location(self) -> str | None:
        """Where a redirect leads to, in whatever charset."""
        found = (value for name, value in self.headers.raw if name.lower() == b"location")
        return next((decode(value) for value in found), None)


class PortalClient:
    """Asks one portal, one request at a time. Made by `open_client`."""

    def __init__(
        self, http: httpcore.AsyncConnectionPool, portal: Portal, settings: FetcherSettings, pace: Pace
    ) -> None:
        self._http = http
        self._headers = _own_headers(settings)
        self._cookies = httpx.Cookies()
        self._timeout = {
            "connect": settings.connect_seconds,
            **dict.fromkeys(("read", "write", "pool"), settings.read_seconds),
        }
        self._portal = portal
        self._settings = settings
        self._pace = pace
        self._asked_to_wait = 0.0
        self.log: list[Asked] = []

    async def get(self, request: Request, limit: int) -> Answer:
        """The answer to `request`, tried again when it fails in passing.

        Raises PortalUnavailable, Gone, Challenged, Blocked, Refused (robots.txt), AddressRefused, Drifted (endless
        redirects), Corrupt (cut short each time) and TooLarge (over `limit` bytes).
        """
        failed = 0
        last: bytes | None = None
        while True:
            self._asked_to_wait = 0.0
            try:
                answer = await self._follow(request, limit)
                if answer.status == 200 and answer.data != last:
                    # The same bytes twice are what the portal has, whole or not.
                    last = answer.data
                    responses.check_complete(answer.data, request.url)
                return answer
            except (PortalUnavailable, Corrupt) as error:
                self._heard(error)
                failed += 1
                if failed > self._settings.retries:
                    raise
                metrics.RETRIES.labels("fetcher", error.cause).inc()
            except GongkaiError as error:
                self._heard(error)
                raise
            wait = max(self._settings.retry_seconds * 2 ** (failed - 1), self._asked_to_wait)
            await asyncio.sleep(min(wait, LONGEST_WAIT))

    def _heard(self, error: GongkaiError) -> None:
        """What the last request was answered means more than its status."""
        if self.log:
            self.log[-1].verdict = error.cause

    async def _follow(self, request: Request, limit: int) -> Answer:
        url = self._portal.home(request.url)
        for _ in range(self._settings.redirects + 1):
            robots = await self._rules(url)
            if not robots.allow(url):
                raise Refused(f"robots.txt of {urlsplit(url).netloc} forbids {url}.")
            pause = max(self._portal.pace_seconds, robots.delay(self._settings.crawl_delay_seconds))
            async with self._pace.turn(url, pause):
                answer = await self._ask(url, request, limit)
            following = responses.sent_on(answer.data) if answer.status == 200 else None
            if answer.status in _REDIRECTS:
                following = answer.location or ""
            if following is None:
                break
            url = self._next_hop(url, following)
        else:
            raise Drifted(f"{request.url} redirects more than {self._settings.redirects} times.")
        if answer.status not in {200, 304}:
            self._asked_to_wait = _retry_after(answer.headers)
            responses.check_status(answer.status, answer.data, url)
        if answer.status == 200:
            responses.check_page(answer.data, url)
        return answer

    def _next_hop(self, url: str, location: str) -> str:
        try:
            address = urlsplit(urljoin(url, re.sub(r"[\x00-\x1f\x7f]", "", location)))
            address.port  # noqa: B018 - raises for what is no port
            following = address._replace(netloc=address.netloc.rpartition("@")[2]).geturl()
        except ValueError as error:
            raise AddressRefused(f"{url} redirects to {location!r}, which is no address.") from error
        if urlsplit(following).scheme not in {"http", "https"}:
            raise AddressRefused(f"{url} redirects to {following}, which is no web address.")
        if not self._portal.owns(following):
            raise AddressRefused(
                f"{url} redirects to {following}, which is not on a host of {self._portal.name}; "
                f"if it belongs to the portal, name it under hosts."
            )
        return following

    async def _rules(self, url: str) -> Robots:
        address = urlsplit(url)
        host = f"{address.scheme}://{address.netloc}"
        known = self._pace.rules.get(host, self._settings.robots_hours)
        return known or self._pace.rules.keep(host, await self._read_rules(f"{host}/robots.txt"))

    async def _read_rules(self, url: str) -> Robots:
        try:
            for _ in range(self._settings.redirects + 1):
                async with self._pace.turn(url, self._portal.pace_seconds):
                    answer = await self._ask(url, Request(url), self._settings.page_bytes)
                if answer.status not in _REDIRECTS:
                    break
                url = self._next_hop(url, answer.location or "")
        except (AddressRefused, Gone, Corrupt, TooLarge):  # those of another site, or no rules at all
            return Robots(b"")
        if answer.status >= 500:
            responses.check_status(answer.status, answer.data, url)
        return Robots(answer.data if answer.status == 200 else b"")

    async def _ask(self, url: str, request: Request, limit: int) -> Answer:
        """One request, one answer of any status; raises PortalUnavailable, Corrupt, TooLarge, AddressRefused."""
        posts = request.json is not None or request.form is not None
        asked = Asked(datetime.now(UTC), "POST" if posts else "GET", url, "failed")
        self.log.append(asked)
        began = time.monotonic()
        try:
            answer = await self._answer(url, request, limit)
            asked.verdict, asked.size = str(answer.status), len(answer.data)
        finally:
            asked.seconds = round(time.monotonic() - began, 3)
        return answer

    async def _answer(self, url: str, request: Request, limit: int) -> Answer:
        try:
            built = self._built(url, request)
        except (httpx.InvalidURL, ValueError) as error:
            raise Gone(f"{url} is no address: {error}.") from error
        try:
            with metrics.HTTP_REQUEST_DURATION.labels(self._portal.name).time():
                async with asyncio.timeout(self._settings.request_seconds):
                    response = await self._http.handle_async_request(built)
                    try:
                        headers = httpx.Headers(plain_headers(response.headers))
                        async with AsyncExitStack() as room:
                            data = await _body(response, headers, limit, url, partial(self._make_room, room))
                    finally:
                        await response.aclose()
                    self._remember(url, headers)
        except TimeoutError as error:
            raise PortalUnavailable(f"{url} took longer than {self._settings.request_seconds:g} s.") from error
        except httpcore.TimeoutException as error:
            raise PortalUnavailable(f"{url} does not answer in time.") from error
        except httpcore.RemoteProtocolError as error:
            raise Corrupt(f"{url} is cut short: {error}.") from error
        except (httpcore.NetworkError, httpcore.ProtocolError) as error:
            raise PortalUnavailable(f"{url} cannot be reached: {error}.") from error
        except (httpx.HTTPError, httpx.StreamError, httpx.CookieConflict, ValueError) as error:
            raise Corrupt(f"{url} answers with what is no HTTP: {error}.") from error
        return Answer(url, responses.meant_status(response.status, headers, len(data)), data, headers)

    async def _make_room(self, room: AsyncExitStack) -> None:
        await room.enter_async_context(self._pace.large)

    def _built(self, url: str, request: Request) -> httpcore.Request:
        address = httpx.URL(url)
        headers = {"Host": address.netloc.decode("ascii"), **self._headers, **request.headers}
        body = request.json.encode() if request.json is not None else None
        if body is not None:
            headers["Content-Type"] = "application/json"
        elif request.form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            body = urlencode(request.form).encode()
        if body is not None:
            headers["Content-Length"] = str(len(body))
        if self._cookies.jar:
            bare = httpx.Request("GET", address)
            self._cookies.set_cookie_header(bare)
            headers |= {"Cookie": bare.headers["cookie"]} if "cookie" in bare.headers else {}
        target = httpcore.URL(
            scheme=address.raw_scheme, host=address.raw_host, port=address.port, target=address.raw_path
        )
        raw = [(name.encode("ascii"), value.encode("ascii")) for name, value in headers.items()]
        method = "GET" if body is None else "POST"
        return httpcore.Request(method, target, headers=raw, content=body, extensions={"timeout": self._timeout})

    def _remember(self, url: str, headers: httpx.Headers) -> None:
        if "set-cookie" in headers:
            request = httpx.Request("GET", url)
            self._cookies.extract_cookies(httpx.Response(200, headers=headers, request=request))


def _own_headers(settings: FetcherSettings) -> dict[str, str]:
    contact = f" (+{settings.contact})" if settings.contact else ""
    return {
        "User-Agent": f"gongkai/{VERSION}{contact}",
        "Accept": "*/*",
        "Accept-Language": "zh-CN,zh;q=0.9",
        "Accept-Encoding": "gzip",
    }


async def _body(
    response: httpcore.Response,
    headers: httpx.Headers,
    limit: int,
    url: str,
    make_room: Callable[[], Awaitable[None]],
) -> bytes:
    """The decompressed body; raises TooLarge past `limit` bytes, having held no more than that and a piece.

    `make_room` is awaited once it is LARGE.
    """
    coding = headers.get("content-encoding", "").strip().lower()
    if coding in _UNREADABLE or "," in coding:
        raise PortalUnavailable(f"{url} answers in the coding {coding!r}, which was not asked for.")
    packed_body = coding in _PACKED  # some servers name a charset here
    unpack = None
    body, roomy = bytearray(), False
    try:
        async for packed in response.aiter_stream():
            if not packed_body:
                body += packed
            else:
                unpack = unpack or zlib.decompressobj(_window(packed))
                body += unpack.decompress(packed, limit - len(body) + 1)
            if len(body) > LARGE and not roomy:
                await make_room()
                roomy = True
            if len(body) > limit:
                raise TooLarge(f"{url} is larger than {limit} bytes.")
    except zlib.error as error:
        raise Corrupt(f"{url} is cut short or damaged: {error}.") from error
    if unpack is not None and not unpack.eof:
        raise Corrupt(f"{url} is cut short: its {coding} stream has no end.")
    return bytes(body)


def _window(packed: bytes) -> int:
    """What zlib is to expect: its own or gzip's header, or none, as some servers understand deflate."""
    headed = packed.startswith(b"\x1f\x8b") or (
        packed[0] & 0x0F == zlib.DEFLATED and int.from_bytes(packed[:2], "big") % 31 == 0
    )
    return zlib.MAX_WBITS | 32 if headed else -zlib.MAX_WBITS


def _retry_after(headers: httpx.Headers) -> float:
    """Seconds to wait by the server's word: a number of them, or a date."""
    value = headers.get("retry-after", "")[:100]
    if value.isascii() and value.isdigit():
        return float(value[:9])
    try:
        until = parsedate_to_datetime(value)
    except (ValueError, IndexError, OverflowError):
        return 0.0
    return max(0.0, until.timestamp() - time.time())


@asynccontextmanager
async def open_client(
    portal: Portal, settings: FetcherSettings, pace: Pace, resolve: Resolve = resolve
) -> AsyncIterator[PortalClient]:
    """A client for one poll of `portal`."""
    pin = portal.certificate_sha256
    backend = CheckedBackend(portal.allow_private, resolve, pin)
    context = tls_context(portal.tls == "legacy", portal.ca_file, pinned=pin is not None)
    async with connections(backend, context) as http:
        yield PortalClient(http, portal, settings, pace)
