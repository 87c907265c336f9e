"""What a poll counts as it goes; a person may watch it, and its end is kept with the portal's state."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime


@dataclass
class Counts:
    """List pages and rows read, and what became of the disclosures among them.

    `repeated` are rows of a disclosure that another column of the portal shows too, `moved` known disclosures at a
    new address, `waiting` disclosures of former years that later polls take.
    """

    pages: int = 0
    listed: int = 0
    disclosures: int = 0
    noise: int = 0
    off_site: int = 0
    repeated: int = 0
    new: int = 0
    changed: int = 0
    moved: int = 0
    unchanged: int = 0
    resting: int = 0
    waiting: int = 0
    gone: int = 0
    withdrawn: int = 0
    failed: int = 0

    def to_json(self) -> str:
        return json.dumps(asdict(self))


Watch = Callable[[Counts], None]


def unwatched(_counts: Counts) -> None:
    """For a poll nobody looks at."""


@dataclass(frozen=True)
class PollResult:
    """How a poll ended.

    ok, unchanged, empty, incomplete, moved, challenged, blocked, drifted, unreachable, refused or aborted.
    """

    portal: str
    outcome: str
    reason: str | None
    counts: Counts
    started_at: datetime
    finished_at: datetime
