"""A row → its article and files in the archive → a FetchedEvent, if anything is new."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

from pydantic import TypeAdapter

from services.fetcher.browse import Found
from services.fetcher.http import responses
from services.fetcher.http.revalidation import PollContext, Visit, Visits, charset_of
from services.fetcher.portal import Portal
from services.fetcher.relevance import relevance
from services.fetcher.sites.article import Article, signature
from services.fetcher.sites.attachments import Attachment, file_name, is_file
from services.fetcher.sites.contract import Row
from services.fetcher.sites.links import canonical
from services.fetcher.state.memory import PortalMemory
from services.fetcher.state.tables import AddressState, ItemState, RevisionState
from services.fetcher.traces import spans, traced
from shared import ids
from shared.charset import decode
from shared.errors import (
    AddressRefused,
    Challenged,
    Corrupt,
    Drifted,
    Gone,
    GongkaiError,
    NotShown,
    PermanentError,
    PortalError,
    PortalUnavailable,
    TooLarge,
)
from shared.schemas.document import Origin, Unread
from shared.schemas.events import FetchedEvent, FetchedFile
from shared.stage.codec import encode
from shared.topics import FETCHED
from shared.version import VERSION

MOST_PAGES: Final = 50
_ARTICLE: Final = TypeAdapter(Article)
GONE_FOR: Final = timedelta(days=1)
"""How long a server must say that a file is not there before the disclosure is published without it."""


class Collected(StrEnum):
    """What became of a row."""

    NEW = "new"
    CHANGED = "changed"
    MOVED = "moved"
    UNCHANGED = "unchanged"
    NOISE = "noise"


@dataclass
class _Taken:
    """All there is of a disclosure now: its pages, its files, and what of it could not be had."""

    pages: list[tuple[Visit, Article]] = field(default_factory=list)
    files: list[tuple[FetchedFile, AddressState]] = field(default_factory=list)
    parts: list[tuple[str, str]] = field(default_factory=list)
    missing: list[Unread] = field(default_factory=list)
    standing: list[str] = field(default_factory=list)
    failed: bool = False
    absent: list[AddressState] = field(default_factory=list)

    @property
    def page_states(self) -> list[AddressState]:
        return [visit.state for visit, _ in self.pages]

    @property
    def addresses(self) -> list[AddressState]:
        return [*(state for _, state in self.files), *self.absent]


class Collector:
    """Collects the rows of one portal; one row's failure is its own."""

    def __init__(self, portal: Portal, visits: Visits, means: PollContext, memory: PortalMemory) -> None:
        self._portal = portal
        self._visits = visits
        self._seen = means.seen
        self._memory = memory
        self._clock = means.clock
        self._traces = means.traces
        self._reader = means.reader
        self._attempts = means.settings.item_attempts
        self.lacking: list[str] = []

    @property
    def asked(self) -> int:
        """How many requests were made so far."""
        return self._visits.asked

    def doubt(self, url: str) -> None:
        """Read the page at `url` whole and anew."""
        self._visits.doubt(url)

    async def collect(self, found: Found, item: ItemState | None, formers: Sequence[ItemState] = ()) -> Collected:
        """Take the row's disclosure and record it if it is new, other than known, or one of `formers` that moved.

        A file that fails in passing fails the item, until the last of its attempts takes it without the file; one
        that is refused, elsewhere or not there is named in `lacking`. Of a disclosure that is known a file that
        cannot be had now stands as it was. Raises what the client and the reader raise, Drifted for a page that is
        not the row's, ArchiveUnavailable, DatabaseUnavailable and TakenOver.
        """
        now = self._clock.now()
        taken = _Taken()
        title = await self._take_pages(found.row, taken, now)
        # A copy: what is changed here and then fails must not be kept by whoever holds the item.
        known = ItemState(**item.model_dump()) if item else new_item(found, self._portal.name, now)
        known.title, known.checked_at = title, now
        whole = replace(found.row, title=title)
        if found.row.cut and relevance(whole, found.column, self._portal.titles) is None:
            known.state, known.reason = "noise", None
            await self._memory.keep(known)
            return Collected.NOISE
        await self._take_files(
            title, taken, lenient=known.attempts + 1 >= self._attempts, known=known.revision > 0
        )
        state = signature([article for _, article in taken.pages], taken.parts)
        former = await self._moved(found.row, formers, taken, state)
        if former is not None:
            if item is not None:  # it failed at the new address before
                known.state, known.reason = "noise", None
                await self._memory.keep(known)
            known = ItemState(**former.model_dump())
            known.title, known.checked_at, known.url = title, now, found.row.url
        returned = known.state == "withdrawn" or former is not None
        told = [*(f"{each.name}: {each.message}" for each in taken.missing), *taken.standing]
        known.state, known.reason = "done", "; ".join(told) or None
        known.absent = 0
        self.lacking += [f"{title}: {each}" for each in told]
        known.attempts = known.attempts + 1 if taken.failed else 0
        same = known.signature == state or await self._reads_as_published(found.row, known, taken, state, now)
        if same and not returned:
            known.signature = state
            await self._memory.keep(known, [*taken.page_states, *taken.addresses])
            return Collected.UNCHANGED
        known.signature = state
        await self._record(found.row, known, taken, now)
        if former is not None:
            return Collected.MOVED
        return Collected.CHANGED if known.revision > 1 else Collected.NEW

    async def shown_at(self, item: ItemState) -> str | None:
        """Where the address of a disclosure leads, None where that does not show it.

        Raises what the client and the reader raise but NotShown.
        """
        visit = await self._visits.article(item.url)
        if visit.data is not None:
            try:
                await self._article(visit.data, visit.url, Row(item.url, item.title), self._clock.now())
            except NotShown:
                return None
        return visit.url

    async def has_left(self, item: ItemState, url: str) -> bool:
        """Whether a disclosure is at its former address no longer, or that leads on to `url`."""
        if not self._portal.owns(item.url):
            return True
        try:
            shown = await self.shown_at(item)
        except (PortalError, PortalUnavailable, PermanentError):
            return True
        return shown is None or canonical(shown) == canonical(url)

    async def _moved(self, row: Row, formers: Sequence[ItemState], taken: _Taken, state: str) -> ItemState | None:
        """That of `formers`, all of its title, which says the same or has the same files, and left its address."""
        for former in formers:
            same = former.signature == state or (
                len(formers) == 1 and bool(taken.files) and await self._has_files(former, row, taken)
            )
            if same and await self.has_left(former, row.url):
                return former
        return None

    async def _has_files(self, former: ItemState, row: Row, taken: _Taken) -> bool:
        """Whether a disclosure was published with the very files that were taken now, by the same source."""
        message = await self._seen.last_message(former.disclosure_id)
        if message is None:
            return False
        last = FetchedEvent.model_validate_json(message)
        files = {file.sha256 for file in last.files if file.role == "attachment"}
        sources = {last.origin.source, self._origin(row, former.title, taken).source} - {None}
        return files == {file.sha256 for file, _ in taken.files} and len(sources) < 2

    async def _reads_as_published(
        self, row: Row, known: ItemState, taken: _Taken, state: str, now: datetime
    ) -> bool:
        """Whether what was published last has the signature `state` too, where an older version made another."""
        message = await self._seen.last_message(known.disclosure_id) if known.revision else None
        if message is None or taken.missing or taken.failed:
            return False
        last, parts = FetchedEvent.model_validate_json(message), []
        articles: list[Article] = []
        if last.missing or last.origin.title != known.title:
            return False
        for file in last.files:
            if file.role != "article":
                parts.append(("", file.sha256))
                continue
            data = await self._visits.archived(file.sha256)
            if data is None:
                return False
            framed = articles and articles[-1].framed and self._portal.home(articles[-1].framed)
            shows = _shown_in(row) if framed == file.url else row
            articles.append(await self._article(data, file.url, shows, now))
        return signature(articles, parts) == state

    async def _take_pages(self, row: Row, taken: _Taken, now: datetime) -> str:
        """Visit the article's pages; a row that leads to a file has none. The whole title."""
        if is_file(row.url):
            self._add(Attachment(row.url, row.title), await self._visits.file(row.url, row.url), row.title, taken)
            return row.title
        url: str | None = row.url
        asked: set[str] = set()
        while url and url not in asked and len(taken.pages) < MOST_PAGES:
            asked.add(url)
            article = await self._take_page(url, row, taken, now)
            if article and article.framed and self._portal.owns(article.framed):
                await self._take_page(self._portal.home(article.framed), _shown_in(row), taken, now)
            url = self._portal.home(article.next_page) if article and article.next_page else None
        return taken.pages[0][1].title if taken.pages else row.title

    async def _take_page(self, url: str, row: Row, taken: _Taken, now: datetime) -> Article | None:
        try:
            visit = await self._visits.article(url)
        except Gone as error:
            if taken.pages:
                raise Drifted(f"Page {len(taken.pages) + 1} of {row.url} is not there.") from error
            raise
        article, visit = await self._read(visit, row, now)
        if article is None:
            self._add(Attachment(url, row.title), visit, row.title, taken)
        else:
            taken.pages.append((visit, article))
        return article

    async def _read(self, visit: Visit, row: Row, now: datetime) -> tuple[Article | None, Visit]:
        """What a page says, from its bytes or as the same bytes were read before; None for what is no page."""
        state, read_as = visit.state, _read_as(row, self._portal)
        if state.reading is not None and state.read_as == read_as:
            return _ARTICLE.validate_json(state.reading), visit
        visit = await self._visits.whole(visit)
        assert visit.data is not None
        if not responses.is_markup(visit.data):
            responses.check_shown(visit.data, row.title, visit.url)
            await self._visits.keep(visit)
            return None, visit
        article = await self._article(visit.data, visit.url, row, now)
        visit.state.read_as, visit.state.reading = read_as, _ARTICLE.dump_json(article).decode()
        return article, visit

    async def _article(self, page: bytes, url: str, row: Row, now: datetime) -> Article:
        source, charset = decode(page, self._portal.charset), charset_of(page)
        return await self._reader.article(source, url, row, self._portal.body, now, charset)

    async def _take_files(self, title: str, taken: _Taken, lenient: bool, known: bool) -> None:
        files: dict[str, tuple[Attachment, str]] = {}
        for visit, article in taken.pages:
            for file in article.attachments:
                files.setdefault(self._portal.home(file.url), (file, visit.url))
        for file, page in files.values():
            try:
                taken_file = await self._take_file(file, page)
            except (PortalError, PermanentError, PortalUnavailable) as error:
                if isinstance(error, Challenged):
                    raise
                taken_file = await self._without(file, error, taken, lenient, known)
            if taken_file is not None:
                self._add(file, taken_file, title, taken)

    async def _take_file(self, file: Attachment, article: str) -> Visit | None:
        """The file; None where a page stands that was but tentatively one."""
        if not self._portal.owns(file.url):
            raise AddressRefused(
                f"on another site, {file.url}, if it belongs to the portal name its host under hosts"
                if file.url.startswith("http")
                else f"at {file.url}, which no portal can be asked for"
            )
        error: GongkaiError | None = None
        for url in (file.url, *file.others):
            try:
                return await self._visits.file(self._portal.home(url), article)
            except Gone as gone:
                error = error or gone
            except Corrupt as corrupt:
                if file.tentative and "page in place" in str(corrupt):
                    return None
                raise
        raise error or Gone(f"{file.url} is not there.")

    async def _without(
        self, file: Attachment, error: GongkaiError, taken: _Taken, lenient: bool, known: bool
    ) -> Visit | None:
        """What stands for a file that could not be had: the former one of a known disclosure, or nothing, told.

        Raises `error` where the file is new and may be had at a later poll.
        """
        shown = file.name or file.url
        former = await self._visits.former(self._portal.home(file.url)) if known else None
        if former is not None and self._stands(former, error):
            taken.standing.append(f"{shown}: {error} The former file stands.")
            taken.failed = True
            return Visit(former.found_at, former, None)
        if former is not None and former.gone_at is not None:
            taken.absent.append(former)
        passing = isinstance(error, Corrupt | TooLarge | PortalUnavailable)
        if passing and not lenient:
            raise error
        taken.failed = taken.failed or passing
        taken.missing.append(Unread(name=shown, cause=error.cause, message=str(error)))
        taken.parts.append((urlsplit(file.url).path, "gone" if isinstance(error, Gone) else "failed"))
        return None

    def _stands(self, former: AddressState, error: GongkaiError) -> bool:
        """Whether a former file is kept: always, unless the server said twice, a day apart, that it is gone."""
        if not isinstance(error, Gone):
            return True
        now = self._clock.now()
        former.gone_at = former.gone_at or now
        return now - former.gone_at < GONE_FOR

    def _add(self, file: Attachment, visit: Visit, title: str, taken: _Taken) -> None:
        state = visit.state
        taken.parts.append(("", state.sha256))
        fetched = FetchedFile(
            sha256=state.sha256,
            size=state.size,
            role="attachment",
            name=file_name(file, state.disposition, title),
            url=state.url,
            media_type=state.media_type,
        )
        taken.files.append((fetched, state))

    async def withdraw(self, item: ItemState, last: FetchedEvent) -> None:
        """Publish that the portal has withdrawn a disclosure: its `last` revision again, marked with the time."""
        now = self._clock.now()
        known = ItemState(**item.model_dump())
        known.state, known.checked_at = "withdrawn", now
        known.reason = "Off the portal's lists and no longer there."
        origin = last.origin.model_copy(update={"withdrawn_at": now})
        await self._publish(known, origin, last.files, _Taken(), now)

    async def _record(self, row: Row, item: ItemState, taken: _Taken, now: datetime) -> None:
        """Archive the pages, then commit what was seen and its event as one."""
        taken.pages = [(await self._visits.whole(visit), article) for visit, article in taken.pages]
        pages = [_page_file(visit, article, item.title) for visit, article in taken.pages]
        files = (*pages, *(file for file, _ in taken.files))
        await self._publish(item, self._origin(row, item.title, taken), files, taken, now)

    async def _publish(
        self,
        item: ItemState,
        origin: Origin,
        files: tuple[FetchedFile, ...],
        taken: _Taken,
        now: datetime,
    ) -> None:
        supersedes, item.revision = item.revision_id, item.revision + 1
        item.revision_id = await self._revision_id(item, [file.sha256 for file in files])
        item.changed_at = now
        event = FetchedEvent(
            id=ids.event_id(FETCHED.name, item.revision_id, VERSION),
            disclosure_id=item.disclosure_id,
            revision_id=item.revision_id,
            revision=item.revision,
            supersedes=supersedes,
            origin=origin,
            fetched_at=now,
            version=VERSION,
            files=files,
            missing=tuple(taken.missing),
        )
        revision = RevisionState(
            disclosure_id=item.disclosure_id,
            revision=item.revision,
            revision_id=item.revision_id,
            event_id=event.id,
            fetched_at=now,
        )
        message = traced(encode(FETCHED, event.disclosure_id, event, event), event)
        pages = [visit.data for visit, _ in taken.pages if visit.data is not None]
        await self._memory.record(item, [*taken.page_states, *taken.addresses], revision, message, pages)
        for span in spans(event, self._visits.began, self._clock.now()):
            self._traces.record(span)

    async def _revision_id(self, item: ItemState, hashes: list[str]) -> str:
        """A state that comes back after another one is a revision of its own."""
        identity = ids.revision_id(item.disclosure_id, hashes)
        if item.revision > 1 and identity in await self._seen.revision_ids(item.disclosure_id):
            identity = ids.revision_id(item.disclosure_id, [*hashes, str(item.revision)])
        return identity

    def _origin(self, row: Row, title: str, taken: _Taken) -> Origin:
        first = taken.pages[0][1] if taken.pages else None
        return Origin(
            portal=self._portal.name,
            region_code=self._portal.region_code,
            region_name=self._portal.region_name,
            url=row.url,
            title=title,
            source=first.source if first else row.source,
            published_at=first.published_at if first else row.published_at,
        )


def _read_as(row: Row, portal: Portal) -> str:
    """What the reading of a page goes by beside its bytes."""
    inputs = VERSION, row.title, row.cut, row.published_at, row.source, row.parts, portal.body, portal.charset
    return ids.content_hash(repr(inputs).encode())[:32]


def _page_file(visit: Visit, article: Article, title: str) -> FetchedFile:
    return FetchedFile(
        sha256=visit.state.sha256,
        size=visit.state.size,
        role="article",
        name=article.title or title,
        url=visit.state.url,
        media_type=visit.state.media_type,
        body=article.body,
    )


def _shown_in(row: Row) -> Row:
    """The row of a page in a frame, which need not show the title: the page around it does."""
    return replace(row, title="", parts=())


def new_item(found: Found, portal: str, now: datetime) -> ItemState:
    """The item of a row that was not seen before."""
    return ItemState(
        disclosure_id=found.id,
        portal=portal,
        url=found.row.url,
        title=found.row.title,
        state="failed",
        first_seen_at=now,
        checked_at=now,
    )
