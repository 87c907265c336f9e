"""The clock everything reads, so that a test can hold it still."""

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the time, aware and in UTC."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


def since(moment: datetime, now: datetime) -> timedelta:
    """How long ago `moment` was; one that is still to come, by a clock that was wrong, was for ever ago."""
    return now - moment if moment <= now else timedelta.max
