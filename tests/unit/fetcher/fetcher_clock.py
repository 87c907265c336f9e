"""A clock that a test sets."""

from dataclasses import dataclass
from datetime import datetime


@dataclass
class SetClock:
    """Stands at `moment`."""

    moment: datetime

    def now(self) -> datetime:
        return self.moment
