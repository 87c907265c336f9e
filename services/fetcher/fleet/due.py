"""When a portal's next poll is due: by its file, the season, its rhythm, its opening hours and what went wrong."""

from datetime import datetime, timedelta
from typing import Final

from services.fetcher.portal import Portal
from services.fetcher.sites.dates import CHINA
from services.fetcher.state.tables import PortalState
from services.fetcher.state.writer import ABORTED, RUNNING, SUCCESSES
from shared import ids
from shared.errors import Incomplete

JITTER: Final = 0.1
SEASON: Final = frozenset({1, 2, 3, 8, 9, 10})
"""Months in which budgets and accounts come out: 预算法 article 14 gives departments twenty days from approval."""
IN_SEASON: Final = timedelta(hours=1)
OUT_OF_SEASON: Final = timedelta(hours=6)
RHYTHM: Final = ((timedelta(days=2), 0.5), (timedelta(days=60), 1.0), (timedelta(days=180), 2.0))
"""How long ago a portal published last, and what that makes of its interval."""
QUIET: Final = 4.0
LONGEST: Final = timedelta(days=1)
DOUBLINGS: Final = 6
_LEFT_ALONE: Final = frozenset({"challenged", "blocked"})
_AT_ONCE: Final = frozenset({ABORTED, RUNNING})


class Due:
    """Since when the polls of portals are due."""

    def __init__(self) -> None:
        self._since: dict[str, datetime] = {}

    def put(self, name: str, due: datetime, now: datetime) -> None:
        """Keep that a portal's poll is `due`; what is due `now` is so since it was found to be the first time.

        Were it due anew at each look, it would wait for ever where others are always overdue.
        """
        self._since[name] = min(due, self._since.get(name, due)) if due == now else due

    def drop(self, name: str) -> None:
        """Forget a portal."""
        self._since.pop(name, None)

    def names(self, now: datetime) -> list[str]:
        """The portals whose polls are due, what has waited longest first."""
        return [name for _, name in sorted((since, name) for name, since in self._since.items() if since <= now)]


def due_at(portal: Portal, state: PortalState | None, challenge_hours: float, now: datetime) -> datetime:
    """When the portal's next poll is due.

    At once when it has none behind it, or one that was aborted, or is under way and nobody's; and when asked for.
    But when asked for, never while the portal is closed.
    """
    if state is not None and state.asked:
        return now
    if state is None or state.finished_at is None or state.outcome in _AT_ONCE:
        return opening(portal, now)
    wait = interval(portal, state, now)
    if state.outcome in _LEFT_ALONE:
        wait = max(wait, timedelta(hours=challenge_hours))
    if state.outcome not in SUCCESSES and state.outcome != Incomplete.outcome:
        wait = min(max(wait, LONGEST), wait * 2 ** min(max(0, state.failures - 1), DOUBLINGS))
    return opening(portal, state.finished_at + wait * (1 + JITTER * _spread(portal.name, state.finished_at)))


def interval(portal: Portal, state: PortalState, now: datetime) -> timedelta:
    """From one poll to the next: as the portal's file says, else by the season and how lately it published."""
    month = now.astimezone(CHINA).month
    stated = [season.interval_minutes for season in portal.expect.seasons if month in season.months]
    if stated or portal.interval_minutes is not None:
        return timedelta(minutes=min(stated, default=portal.interval_minutes or 0))
    usual = IN_SEASON if month in SEASON else OUT_OF_SEASON
    if state.changed_at is None:
        return usual
    quiet = now - state.changed_at
    return min(LONGEST, usual * next((factor for longest, factor in RHYTHM if quiet <= longest), QUIET))


def opening(portal: Portal, moment: datetime) -> datetime:
    """`moment`, or when the portal opens after it."""
    if portal.open_hours is None:
        return moment
    opens, closes = portal.open_hours
    local = moment.astimezone(CHINA)
    if opens <= local.hour < closes:
        return moment
    day = local.replace(hour=opens, minute=0, second=0, microsecond=0)
    return day + timedelta(days=1) * (local.hour >= closes)


def _spread(name: str, moment: datetime) -> float:
    """Between -1 and 1, the same for the same poll, so that portals of one interval drift apart."""
    digits = ids.content_hash(f"{name} {moment.isoformat()}".encode())[:8]
    return int(digits, 16) / 0xFFFFFFFF * 2 - 1
