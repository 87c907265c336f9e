"""What a poll asked, what it was answered, and what became of the rows it saw: for who looks, and the ledger."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from services.fetcher.portal import host_of
from services.fetcher.sites.dates import CHINA
from services.fetcher.sites.links import shown
from services.fetcher.state.tables import LedgerRow

MOST_REQUESTS: Final = 200
MOST_ROWS: Final = 100
LONGEST: Final = 300


@dataclass
class Asked:
    """One request: what came of it, by status or by cause, with how many bytes and in how many seconds."""

    at: datetime
    method: str
    url: str
    verdict: str
    size: int = 0
    seconds: float = 0.0


@dataclass(frozen=True)
class Told:
    """What became of one row, and why: the rule, or what went wrong."""

    title: str
    url: str
    became: str
    why: str = ""


@dataclass
class PollLog:
    """The requests of a poll and its rows; what rested is not told."""

    asked: list[Asked] = field(default_factory=list)
    taken: list[Told] = field(default_factory=list)
    left: list[Told] = field(default_factory=list)

    def to_json(self) -> str:
        """At most MOST_REQUESTS requests and MOST_ROWS rows of a kind, control characters as their codes."""
        content = {
            "requests": [
                {**vars(each), "at": each.at.isoformat(), "url": shown(each.url)[:LONGEST]}
                for each in self.asked[:MOST_REQUESTS]
            ],
            **{name: [_plain(each) for each in rows[:MOST_ROWS]] for name, rows in self._rows()},
        }
        return json.dumps(content, ensure_ascii=False)

    def ledger(self) -> Iterable[LedgerRow]:
        """The requests by host, day in China, and verdict."""
        sizes: dict[tuple[str, str, str], list[int]] = {}
        for each in self.asked:
            key = host_of(each.url), each.at.astimezone(CHINA).date().isoformat(), each.verdict
            sizes.setdefault(key, []).append(each.size)
        return [
            LedgerRow(host=host, day=day, verdict=verdict, requests=len(each), bytes=sum(each))
            for (host, day, verdict), each in sizes.items()
        ]

    def _rows(self) -> tuple[tuple[str, list[Told]], ...]:
        return ("taken", self.taken), ("left", self.left)


def _plain(told: Told) -> dict[str, str]:
    return {name: shown(value)[:LONGEST] for name, value in vars(told).items()}
