"""Read this first: poll(portal) reads the list pages, and each new or changed disclosure becomes one event.

browse.py    list pages → rows             (listing/: one reader a site family)
titles.py    rows → disclosures and noise
collect.py   a disclosure's pages and files → archive → FetchedEvent
seen.py      what was seen and what is to be published, in one transaction; outbox.py publishes it
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

import structlog

from services.fetcher import portal_metrics
from services.fetcher.browse import Browsed, Found, browse
from services.fetcher.client import open_client
from services.fetcher.collect import Collected, Collector
from services.fetcher.columns import Columns
from services.fetcher.counts import Counts, PollResult, Watch, unwatched
from services.fetcher.portal import Portal
from services.fetcher.relevance import may_be_disclosure, relevance
from services.fetcher.seen import ABORTED, RUNNING
from services.fetcher.settings import FetcherSettings
from services.fetcher.tables import ItemState
from services.fetcher.visits import Means, Visits
from services.fetcher.waiting import bounded
from shared.errors import (
    Blocked,
    Challenged,
    Gone,
    GongkaiError,
    PermanentError,
    PortalError,
    PortalUnavailable,
    TakenOver,
)

GIVE_UP: Final = 3
REASON_LENGTH: Final = 500
END_SECONDS: Final = 10.0

log = structlog.get_logger()


async def poll(portal: Portal, means: Means, watch: Watch = unwatched) -> PollResult:
    """Poll `portal` once; `watch` is called with the counts as they grow.

    Whatever the portal does ends in an outcome. Raises DatabaseUnavailable and ArchiveUnavailable, and TakenOver
    while another fetcher polls the portal or when one took over; a poll that is cancelled or raises is kept as
    aborted.
    """
    counts = Counts()
    started = means.clock.now()
    outcome, reason = ABORTED, "The poll was interrupted."
    try:
        before = await means.seen.begin(portal.name, started)
        if before and before.outcome == RUNNING:
            portal_metrics.polled(portal.name, ABORTED)
        error, remarks = await _run(portal, means, before.whole_at if before else None, counts, watch)
        outcome = _outcome(error, counts)
        reason = "; ".join([str(error)] * (error is not None) + remarks)[:REASON_LENGTH]
    finally:
        ended = means.seen.end(portal.name, outcome, reason or None, counts.to_json(), means.clock.now())
        kept = await bounded(END_SECONDS, ended)
        if kept:
            portal_metrics.polled(portal.name, outcome)
    if not kept:
        raise TakenOver(f"Another fetcher has taken over {portal.name}.")
    result = PollResult(portal.name, outcome, reason or None, counts, started, means.clock.now())
    log.info("polled", portal=portal.name, outcome=outcome, reason=result.reason, **vars(counts))
    return result


async def _run(
    portal: Portal, means: Means, read_at: datetime | None, counts: Counts, watch: Watch
) -> tuple[GongkaiError | None, list[str]]:
    """The first thing that went wrong with the portal, and remarks on what is odd."""
    started = means.clock.now()
    whole = (
        portal.usual_pages is None or read_at is None or started - read_at >= timedelta(days=portal.full_poll_days)
    )
    async with open_client(portal, means.settings, means.pace, means.resolve) as client:
        visits = Visits(portal, client, means)
        browsed = await browse(portal, visits, whole, counts, watch)
        if isinstance(browsed.error, Challenged | Blocked):
            return browsed.error, browsed.remarks
        taking = _Taking(portal, means, Collector(portal, visits, means), counts, watch)
        error = await taking.take(_disclosures(portal, browsed, counts))
    if whole and not browsed.error:
        await means.seen.read_whole(portal.name, started)
    if counts.failed:
        browsed.remarks.append(f"{counts.failed} disclosures could not be taken and are tried again.")
    return browsed.error or error, browsed.remarks


def _disclosures(portal: Portal, browsed: Browsed, counts: Counts) -> list[Found]:
    """The rows on the portal's own hosts that are disclosures, or may be once their title is whole."""
    chosen = []
    for found in browsed.found.values():
        taken = relevance(found.row, found.column, portal.titles) is not None
        if not taken and not may_be_disclosure(found.row, portal.titles):
            counts.noise += 1
        elif not portal.owns(found.row.url):
            counts.off_site += 1
            browsed.remarks.append(f"{found.row.title} is on another site, {found.row.url}.")
        else:
            chosen.append(found)
    counts.disclosures = len(chosen)
    return chosen


class _Taking:
    """Takes one disclosure after the other; a bad one does not stop the others, a portal that is away does."""

    def __init__(self, portal: Portal, means: Means, collector: Collector, counts: Counts, watch: Watch) -> None:
        self._portal = portal
        self._means = means
        self._collector = collector
        self._counts = counts
        self._watch = watch

    async def take(self, disclosures: Iterable[Found]) -> GongkaiError | None:
        """The error that stopped it, or that every disclosure met."""
        items = await self._means.seen.items(self._portal.name)
        columns = Columns(items.values())
        away, last = 0, None
        for found in disclosures:
            if columns.repeats(found):
                self._counts.repeated += 1
                self._counts.disclosures -= 1
                continue
            item = items.get(found.id)
            if not is_due(item, self._means.settings, self._means.clock.now()):
                self._rest(item)
                continue
            try:
                self._count(await self._collector.collect(found, item))
                away = 0
            except Gone as error:
                self._counts.gone += 1
                await self._failed(found, item, "gone", error)
            except (PortalError, PortalUnavailable, PermanentError) as error:
                self._counts.failed += 1
                await self._failed(found, item, "failed", error)
                last = error
                away = away + 1 if isinstance(error, PortalUnavailable | Blocked) else 0
                if isinstance(error, Challenged) or away >= GIVE_UP:
                    return error
            self._watch(self._counts)
        sound = self._counts.new + self._counts.changed + self._counts.unchanged + self._counts.resting
        return last if not sound else None

    def _count(self, collected: Collected) -> None:
        if collected is Collected.NOISE:
            self._counts.disclosures -= 1
        setattr(self._counts, collected.value, getattr(self._counts, collected.value) + 1)

    def _rest(self, item: ItemState | None) -> None:
        if item is not None and item.state == "noise":
            self._count(Collected.NOISE)
        else:
            self._counts.resting += 1

    async def _failed(self, found: Found, item: ItemState | None, state: str, error: GongkaiError) -> None:
        now = self._means.clock.now()
        failed = ItemState(
            disclosure_id=found.id,
            portal=self._portal.name,
            url=found.row.url,
            title=item.title if item else found.row.title,
            state=state,
            reason=str(error)[:REASON_LENGTH],
            attempts=(item.attempts if item else 0) + 1,
            signature=item.signature if item else None,
            revision=item.revision if item else 0,
            revision_id=item.revision_id if item else None,
            first_seen_at=item.first_seen_at if item else now,
            checked_at=now,
            changed_at=item.changed_at if item else None,
        )
        await self._means.seen.keep(self._portal.name, failed, [])
        log.warning("disclosure not taken", portal=self._portal.name, url=found.row.url, reason=str(error))


def is_due(item: ItemState | None, settings: FetcherSettings, now: datetime) -> bool:
    """Whether a listed disclosure is to be looked at in this poll.

    Always while it is new, was changed lately or still has attempts; else after `full_fetch_days`.
    """
    if item is None:
        return True
    if item.state == "noise":
        return False
    if item.state == "done" and not item.attempts:
        eager = item.changed_at is not None and now - item.changed_at <= timedelta(days=settings.open_days)
    else:
        eager = item.attempts < settings.item_attempts
    return eager or now - item.checked_at >= timedelta(days=settings.full_fetch_days)


def _outcome(error: GongkaiError | None, counts: Counts) -> str:
    if isinstance(error, PortalError):
        return error.outcome
    if isinstance(error, PermanentError):
        return "drifted" if error.cause == "too_large" else "unreachable"
    if error is not None:
        return "unreachable"
    return "ok" if counts.new or counts.changed else "unchanged"
