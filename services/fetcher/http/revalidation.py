"""Asks addresses again only for what is new: validators, hashes, and now and then the whole answer."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import timedelta

import httpx

from services.fetcher.http import responses
from services.fetcher.http.client import Answer, PortalClient
from services.fetcher.http.politeness import Pace
from services.fetcher.http.ssrf import Resolve, resolve
from services.fetcher.portal import ListPage, Portal
from services.fetcher.reading import Reader
from services.fetcher.settings import FetcherSettings
from services.fetcher.sites.attachments import disposition_name
from services.fetcher.sites.contract import FieldNames, Page, Request
from services.fetcher.state.memory import PortalMemory
from services.fetcher.state.repository import Seen
from services.fetcher.state.tables import AddressState
from shared import ids, metrics
from shared.archive.contract import Archive
from shared.charset import decode
from shared.clock import Clock, since
from shared.errors import Corrupt, EmptyListing, PortalUnavailable
from shared.tracing.contract import NO_TRACES, Traces


@dataclass(frozen=True)
class PollContext:
    """What every poll works with."""

    settings: FetcherSettings
    seen: Seen
    archive: Archive
    clock: Clock
    pace: Pace = field(default_factory=Pace)
    reader: Reader = field(default_factory=Reader)
    resolve: Resolve = resolve
    traces: Traces = NO_TRACES


@dataclass(frozen=True)
class Visit:
    """An address as it is now. `data` is None where it is what was archived before."""

    url: str
    state: AddressState
    data: bytes | None


class Visits:
    """One poll's way to its portal's addresses, from `began` on; without a memory each is asked for anew."""

    def __init__(
        self, portal: Portal, client: PortalClient, means: PollContext, memory: PortalMemory | None = None
    ) -> None:
        self._portal = portal
        self._client = client
        self._memory = memory
        self._archive = means.archive
        self._settings = means.settings
        self._clock = means.clock
        self.began = means.clock.now()
        self._doubted: set[str] = set()

    def doubt(self, url: str) -> None:
        """Ask for `url` whole and read it anew, whatever is known of it."""
        self._doubted.add(url)

    @property
    def asked(self) -> int:
        """How many requests were made so far."""
        return len(self._client.log)

    async def page(self, request: Request, of: ListPage, before: int) -> Page:
        """A list page as text, asked for whole: a false 304 would hide what is new.

        Raises what the client raises, and EmptyListing on a maintenance page.
        """
        answer = await self._ask(request, None, self._settings.page_bytes)
        text = decode(answer.data, self._portal.charset)
        if responses.is_maintenance(text):
            raise EmptyListing(f"{request.url} says that the site is under maintenance.")
        fields = FieldNames(**of.fields.model_dump())
        return Page(request, answer.url, text, of.row, before, charset_of(answer.data), fields)

    async def article(self, url: str) -> Visit:
        """A page of an article; `whole` gives its bytes where it has not changed."""
        return await self._visit(Request(url), self._settings.page_bytes)

    async def whole(self, visit: Visit) -> Visit:
        """A page with its bytes: from the archive, or asked for once more where they are lost there."""
        if visit.data is not None:
            return visit
        data = await self.archived(visit.state.sha256)
        if data is None:
            request = Request(visit.state.url)
            return self._taken(request, await self._ask(request, None, self._settings.page_bytes))
        return replace(visit, data=data)

    async def archived(self, sha256: str) -> bytes | None:
        """What the archive has under the hash; None where it is lost or damaged."""
        try:
            return await asyncio.to_thread(self._archive.get, sha256)
        except (KeyError, Corrupt):
            return None

    async def file(self, url: str, article: str) -> Visit:
        """An attachment of `article`, its bytes archived."""
        request = Request(url, headers={"Referer": str(httpx.URL(article))})
        visit = await self._visit(request, self._settings.file_bytes)
        if visit.data is None and not await asyncio.to_thread(self._archive.has, visit.state.sha256):
            visit = self._taken(request, await self._ask(request, None, self._settings.file_bytes))
        if visit.data is not None:
            responses.check_file(visit.data, url)
            await self.keep(visit)
        return Visit(visit.url, visit.state, None)

    async def former(self, url: str) -> AddressState | None:
        """What a file's address last gave, if that is still archived."""
        known = self._known(Request(url))
        if known is None or not await asyncio.to_thread(self._archive.has, known.sha256):
            return None
        return known

    async def keep(self, visit: Visit) -> None:
        """Put the bytes of `visit` into the archive now; raises ArchiveUnavailable."""
        assert visit.data is not None
        known = await asyncio.to_thread(_put, self._archive, visit.data)
        if not known:
            metrics.BYTES_ARCHIVED.labels(self._portal.name).inc(len(visit.data))

    def _known(self, request: Request) -> AddressState | None:
        return self._memory.address(_key(request)) if self._memory else None

    async def _visit(self, request: Request, limit: int) -> Visit:
        known = self._known(request)
        answer = await self._ask(request, known, limit)
        if answer.status == 304 and known:
            return Visit(known.found_at, known, None)
        if not answer.data.strip():
            raise Corrupt(f"{request.url} is empty.")
        return self._taken(request, answer)

    def _taken(self, request: Request, answer: Answer) -> Visit:
        return Visit(answer.url, self._state(request, answer), answer.data)

    async def _ask(self, request: Request, known: AddressState | None, limit: int) -> Answer:
        """With validators, unless the last whole answer is too long ago to believe a 304."""
        validators: dict[str, str] = {}
        believed = known and request.url not in self._doubted
        if (
            known
            and believed
            and since(known.whole_at, self._clock.now()) < timedelta(days=self._settings.full_fetch_days)
        ):
            stated = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
            validators = {name: value for name, value in stated.items() if value and value.isascii()}
        headers = {**request.headers, **validators}
        answer = await self._client.get(replace(request, headers=headers), limit)
        if answer.status == 304 and not validators:
            raise PortalUnavailable(f"{request.url} answers 304 to a plain question.")
        return answer

    def _state(self, request: Request, answer: Answer) -> AddressState:
        raw = {name.lower(): value for name, value in answer.headers.raw}
        known, sha256 = self._known(request), ids.content_hash(answer.data)
        same = known is not None and known.sha256 == sha256 and request.url not in self._doubted
        return AddressState(
            portal=self._portal.name,
            key=_key(request),
            url=request.url,
            etag=answer.headers.get("etag"),
            last_modified=answer.headers.get("last-modified"),
            sha256=sha256,
            size=len(answer.data),
            media_type=answer.headers.get("content-type"),
            disposition=disposition_name(raw.get(b"content-disposition", b"")),
            found_at=answer.url,
            whole_at=self._clock.now(),
            read_as=known.read_as if known and same else None,
            reading=known.reading if known and same else None,
        )


def _put(archive: Archive, data: bytes) -> bool:
    """Whether `data` was archived already; it is put there all the same, for it may be damaged."""
    known = archive.has(ids.content_hash(data))
    archive.put(data)
    return known


def _key(request: Request) -> str:
    return ids.content_hash(repr(request.identity).encode())[:32]


def charset_of(data: bytes) -> str:
    """The charset a page's bytes are in, in which its links' queries are sent back."""
    try:
        data.decode()
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8"
