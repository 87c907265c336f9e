"""Read this first: poll(portal) reads the list pages, and each new or changed disclosure becomes one event.

browse.py      list pages → rows             (sites/: all that is known of a family in one file)
relevance.py   rows → disclosures and noise
collect.py     a disclosure's pages and files → archive → FetchedEvent
moves.py       what is known and now at another address
withdrawal.py  what is off the lists and no longer there
http/          the way to a portal · state/ what was seen, and the outbox · fleet/ who polls what, when
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Final

import structlog

from services.fetcher.browse import Browsed, Found, browse
from services.fetcher.collect import Collected, Collector, new_item
from services.fetcher.counts import Counts, PollResult, Watch, unwatched
from services.fetcher.duplicates import Duplicates
from services.fetcher.fleet import portal_metrics
from services.fetcher.fleet.tasks import bounded
from services.fetcher.http.client import open_client
from services.fetcher.http.responses import Faulty
from services.fetcher.http.revalidation import PollContext, Visits
from services.fetcher.moves import Moves, by_address
from services.fetcher.poll_log import PollLog, Told
from services.fetcher.portal import Portal
from services.fetcher.relevance import judged, may_be_disclosure
from services.fetcher.settings import FetcherSettings
from services.fetcher.sites.links import shown
from services.fetcher.state.memory import PortalMemory
from services.fetcher.state.tables import ItemState
from services.fetcher.state.writer import ABORTED, RUNNING, SUCCESSES
from services.fetcher.withdrawal import Withdrawals
from shared.clock import since
from shared.errors import (
    Blocked,
    Challenged,
    Gone,
    GongkaiError,
    Incomplete,
    Moved,
    OutOfMemory,
    PermanentError,
    PortalError,
    PortalUnavailable,
    StageFailed,
    TimedOut,
    TooLarge,
)

GIVE_UP: Final = 3
FEWEST_STOOD: Final = 3
REASON_LENGTH: Final = 500
FORMER: Final = timedelta(days=400)
"""Age from which what is found for the first time is of a former year."""
RECHECKED: Final = 10
CANARY_AFTER: Final = timedelta(days=1)
END_SECONDS: Final = 10.0

logger = structlog.get_logger()


async def poll(portal: Portal, means: PollContext, watch: Watch = unwatched) -> PollResult:
    """Poll `portal` once; `watch` is called with the counts as they grow.

    Whatever the portal does ends in an outcome. Raises DatabaseUnavailable and ArchiveUnavailable, and TakenOver
    while another fetcher polls the portal or when one took over; a poll that is cancelled or raises is kept as
    aborted.
    """
    counts = Counts()
    started = means.clock.now()
    log = PollLog()
    memory = await means.seen.begin(portal.name, started, means.archive)
    outcome, reason = ABORTED, "The poll was interrupted."
    try:
        if memory.before and memory.before.outcome == RUNNING:
            portal_metrics.polled(portal.name, ABORTED)
        error, remarks = await _run(portal, means, memory, log, counts, watch)
        outcome = _outcome(error, counts)
        reason = shown("; ".join([str(error)] * (error is not None) + remarks))[:REASON_LENGTH]
    finally:
        memory.log(log.to_json(), list(log.ledger()))
        ended = memory.end(outcome, reason or None, counts.to_json(), means.clock.now())
        await bounded(END_SECONDS, ended)
        portal_metrics.polled(portal.name, outcome)
    result = PollResult(portal.name, outcome, reason or None, counts, started, means.clock.now())
    told = logger.info if outcome in SUCCESSES else logger.warning
    told("polled", portal=portal.name, outcome=outcome, reason=result.reason, **vars(counts))
    return result


async def _run(
    portal: Portal, means: PollContext, memory: PortalMemory, log: PollLog, counts: Counts, watch: Watch
) -> tuple[GongkaiError | None, list[str]]:
    """The first thing that went wrong with the portal, and remarks on what is odd."""
    started = means.clock.now()
    read_at = memory.before.whole_at if memory.before else None
    whole = (
        portal.usual_pages is None or read_at is None or started - read_at >= timedelta(days=portal.full_poll_days)
    )
    async with open_client(portal, means.settings, means.pace, means.resolve) as client:
        log.asked = client.log
        visits = Visits(portal, client, means, memory)
        browsed = await browse(portal, visits, means, whole, counts, watch)
        if isinstance(browsed.error, Challenged | Blocked):
            return browsed.error, browsed.remarks
        browsed.found = by_address(browsed.found, memory.items.values())
        moves = Moves(memory.items, browsed.found)
        listed = browsed.found.keys() | moves.ids
        collector = Collector(portal, visits, means, memory)
        taking = _Taking(means, memory, collector, log, counts, watch)
        chosen = _disclosures(portal, browsed, log, counts)
        sound = whole and browsed.error is None
        if sound:
            browsed.error = _moved(portal, memory.items, listed, chosen)
        error = await taking.take(chosen, moves)
        if sound and not isinstance(browsed.error, Moved):
            await memory.listed(listed)
            if browsed.error is None:
                await Withdrawals(portal, visits, means, memory, collector).look(listed, counts)
            memory.read_whole(started)
    if counts.failed:
        browsed.remarks.append(f"{counts.failed} disclosures could not be taken and are tried again.")
    if collector.lacking:
        browsed.remarks.append(f"{len(collector.lacking)} files are missing, the first: {collector.lacking[0]}")
    return browsed.error or error, browsed.remarks


def _moved(
    portal: Portal, items: Mapping[str, ItemState], listed: Collection[str], chosen: Sequence[Found]
) -> GongkaiError | None:
    """Moved where the lists show no disclosure any more; Incomplete, once, where they lost most of theirs."""
    stood = [item for item in items.values() if item.revision and item.state != "withdrawn" and not item.missed]
    here = sum(item.disclosure_id in listed for item in stood)
    if len(stood) < FEWEST_STOOD or 2 * here >= len(stood):
        return None
    if not chosen:
        return Moved(f"The lists of {portal.name} showed {len(stood)} known disclosures and show none now.")
    return Incomplete(
        f"The lists of {portal.name} showed {len(stood)} known disclosures and show {here} of them now."
    )


def _disclosures(portal: Portal, browsed: Browsed, log: PollLog, counts: Counts) -> list[Found]:
    """The rows on the portal's own hosts that are disclosures, or may be once their title is whole."""
    chosen = []
    for found in browsed.found.values():
        judgement = judged(found.row, found.column, portal.titles)
        if judgement.kind is None and not may_be_disclosure(found.row, portal.titles):
            counts.noise += 1
            log.left.append(Told(found.row.title, found.row.url, "noise", judgement.rule))
        elif not portal.owns(found.row.url):
            counts.off_site += 1
            log.left.append(Told(found.row.title, found.row.url, "off_site"))
            browsed.remarks.append(f"{found.row.title} is on another site, {found.row.url}.")
        else:
            chosen.append(found)
    counts.disclosures = len(chosen)
    return chosen


class _Taking:
    """Takes one disclosure after the other; a bad one does not stop the others, a portal that is away does."""

    def __init__(
        self,
        means: PollContext,
        memory: PortalMemory,
        collector: Collector,
        log: PollLog,
        counts: Counts,
        watch: Watch,
    ) -> None:
        self._log = log
        self._means = means
        self._memory = memory
        self._collector = collector
        self._counts = counts
        self._watch = watch
        self._spent: Counter[Lane] = Counter()
        self._canary: str | None = None

    async def take(self, disclosures: Sequence[Found], moves: Moves) -> GongkaiError | None:
        """The error that stopped it, or that every disclosure met.

        What is new goes first, then what is known, here or at another address, what failed before, and what is new
        but of former years; known and former ones only as far as their share of requests goes.
        """
        items, now = self._memory.items, self._means.clock.now()
        duplicates = Duplicates(items.values())
        away, last = 0.0, None
        self._canary = self._chosen_canary(disclosures, now)
        unknown = [found.id for found in disclosures if found.id not in items]
        elsewhere = await self._means.seen.elsewhere(self._memory.portal, unknown) if unknown else set()
        lanes = {found.id: _lane(found, items.get(found.id), moves, now) for found in disclosures}
        for found in sorted(disclosures, key=lambda found: (lanes[found.id], _seen_at(items.get(found.id)))):
            lane, item, formers = lanes[found.id], items.get(found.id), moves.formers(found)
            if found.id in elsewhere or (duplicates.repeats(found) and not await self._left(formers, found)):
                self._counts.repeated += 1
                self._counts.disclosures -= 1
                continue
            if found.id != self._canary and not is_due(item, self._means.settings, self._means.clock.now()):
                self._rest(item)
                continue
            if self._spent[lane] >= self._share(lane):
                self._counts.waiting += lane is Lane.FORMER
                self._counts.resting += lane is not Lane.FORMER
                continue
            asked = self._collector.asked
            try:
                self._count(collected := await self._collected(found, item, formers))
                self._tell(found, collected.value)
                away = 0.0
            except Gone as error:
                self._counts.gone += 1
                await self._failed(found, item, "gone", error)
            except (PortalError, PortalUnavailable, PermanentError) as error:
                self._counts.failed += 1
                await self._failed(found, item, "failed", error)
                last = error
                away = away + _weight(error) if isinstance(error, PortalUnavailable | Blocked) else 0.0
                if isinstance(error, Challenged) or away >= GIVE_UP:
                    return error
            self._spent[lane] += self._collector.asked - asked
            self._watch(self._counts)
        counts = self._counts
        sound = counts.new + counts.changed + counts.moved + counts.unchanged + counts.resting
        return last if not sound else None

    async def _left(self, formers: Sequence[ItemState], found: Found) -> bool:
        """Whether one of `formers` is no longer where it was."""
        return bool(formers) and await self._collector.has_left(formers[0], found.row.url)

    def _chosen_canary(self, disclosures: Sequence[Found], now: datetime) -> str | None:
        """Once a day, of what is known and sound, what was looked at longest ago: it is read whole and anew."""
        before = self._memory.before
        if before is not None and before.canary_at is not None and since(before.canary_at, now) < CANARY_AFTER:
            return None
        known = [item for found in disclosures if (item := self._memory.items.get(found.id))]
        sound = [item for item in known if item.state == "done" and not item.attempts]
        oldest = min(sound, key=lambda item: item.checked_at, default=None)
        if oldest is None or since(oldest.checked_at, now) < CANARY_AFTER:
            return None
        self._collector.doubt(oldest.url)
        return oldest.disclosure_id

    def _tell(self, found: Found, became: str, why: str = "") -> None:
        self._log.taken.append(Told(found.row.title, found.row.url, became, why))
        if found.id == self._canary:
            self._memory.canary(self._means.clock.now(), why or None)

    def _share(self, lane: "Lane") -> float:
        """How many requests of a poll are for a lane."""
        settings = self._means.settings
        shares = {Lane.KNOWN: settings.recheck_requests, Lane.FORMER: settings.backfill_requests}
        return shares.get(lane, float("inf"))

    async def _collected(self, found: Found, item: ItemState | None, formers: Sequence[ItemState]) -> Collected:
        """Raises StageFailed for what no page, file or header should be able to do; it fails this row alone."""
        try:
            return await self._collector.collect(found, item, formers)
        except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError) as error:
            logger.exception(
                "a disclosure broke its reading", portal=self._memory.portal, url=shown(found.row.url)
            )
            raise StageFailed(f"{found.row.url} could not be taken: {type(error).__name__}: {error}.") from error

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
        self._tell(found, state, str(error))
        now = self._means.clock.now()
        known = item or new_item(found, self._memory.portal, now)
        failed = ItemState(**known.model_dump())
        failed.url, failed.checked_at, failed.attempts = found.row.url, now, known.attempts + 1
        failed.state = state if known.state != "withdrawn" else known.state
        failed.reason = shown(str(error))[:REASON_LENGTH]
        await self._memory.keep(failed)
        logger.warning(
            "disclosure not taken", portal=self._memory.portal, url=shown(found.row.url), reason=shown(str(error))
        )


class Lane(IntEnum):
    """In which order the disclosures of a poll are taken."""

    NEW = 0
    KNOWN = 1
    FAILED = 2
    FORMER = 3


def _lane(found: Found, item: ItemState | None, moves: Moves, now: datetime) -> Lane:
    if item is None:
        published = found.row.published_at
        former = now - published > FORMER if published is not None else not found.row.title
        return Lane.KNOWN if moves.formers(found) else Lane.FORMER if former else Lane.NEW
    return Lane.KNOWN if item.state == "done" and not item.attempts else Lane.FAILED


def _seen_at(item: ItemState | None) -> float:
    """What was looked at longest ago goes first, new rows as they are listed."""
    return item.checked_at.timestamp() if item else 0.0


def _weight(error: GongkaiError) -> float:
    """How much an error says that the whole portal is away: an answer with an error says less than none."""
    return 0.25 if isinstance(error, Faulty) else 1.0


def is_due(item: ItemState | None, settings: FetcherSettings, now: datetime) -> bool:
    """Whether a listed disclosure is to be looked at in this poll.

    Always while it is new or still has attempts; for `open_days` after its last change once a tenth of the time
    since then has passed; else after `full_fetch_days`.
    """
    if item is None:
        return True
    if item.state == "noise":
        return False
    if item.state == "withdrawn":
        return True
    rest = since(item.checked_at, now)
    if item.state == "done" and not item.attempts:
        age = since(item.changed_at or item.first_seen_at, now)
        eager = age <= timedelta(days=settings.open_days) and rest >= age / RECHECKED
    else:
        eager = item.attempts < settings.item_attempts
    return eager or rest >= timedelta(days=settings.full_fetch_days)


def _outcome(error: GongkaiError | None, counts: Counts) -> str:
    if isinstance(error, PortalError):
        return error.outcome
    if isinstance(error, TooLarge | TimedOut | OutOfMemory):
        return "too_costly"
    if error is not None:
        return "unreachable"
    return "ok" if counts.new or counts.changed or counts.moved or counts.withdrawn else "unchanged"
