"""Several fetchers as processes of their own, told apart by the portals' servers by what they say who they are."""

import json
import os
import signal
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

import httpx

from shared.bus.connect import open_bus
from shared.schemas.events import FetchedEvent
from shared.topics import FETCHED
from tests.e2e.deployment import Instance
from tests.unit.fetcher.fetcher_serving import Served

PATIENCE_SECONDS = 120.0
PROGRAM = (sys.executable, str(Path(__file__).with_name("fetcher_program.py")))
SETTINGS = {
    "GONGKAI_RETRY_SECONDS": "0",
    "GONGKAI_CRAWL_DELAY_SECONDS": "0",
    "GONGKAI_OUTBOX_SECONDS": "0.1",
    "GONGKAI_LOG_FORMAT": "json",
}


@dataclass
class Fleet:
    """Fetchers on the portal files in `folder`; `settings` say which bus and database they share."""

    folder: Path
    settings: Mapping[str, str]
    fetchers: dict[str, Instance] = field(default_factory=dict)

    def start(self, name: str) -> Instance:
        own = {
            "GONGKAI_DATA": str(self.folder),
            "GONGKAI_PORTALS": str(self.folder),
            "GONGKAI_CONTACT": f"{name}@example",
            "GONGKAI_TOKEN": "asks",
        }
        environment = {**SETTINGS, **self.settings, **own}
        self.fetchers[name] = Instance("fetcher", name, self.folder, environment, program=PROGRAM)
        self.fetchers[name].start()
        return self.fetchers[name]

    def pause(self, name: str) -> None:
        """Stop the process in its tracks, while it locks no file of the others."""
        self._signal(name, signal.SIGSTOP)
        while any(map(is_locked, self.folder.glob("*.db"))):
            self._signal(name, signal.SIGCONT)
            time.sleep(0.05)
            self._signal(name, signal.SIGSTOP)

    def go_on(self, name: str) -> None:
        self._signal(name, signal.SIGCONT)

    def polls(self, name: str) -> list[str]:
        """How this fetcher's polls ended, in order, by its log."""
        lines = [json.loads(line) for line in self.fetchers[name].log.read_text(encoding="utf-8").splitlines()]
        return [line["outcome"] for line in lines if line["event"] == "polled"]

    def end(self) -> None:
        """Kill those that run, paused ones too."""
        for fetcher in self.fetchers.values():
            if fetcher.running():
                fetcher.kill()

    def portals(self, name: str) -> dict[str, Any]:
        """Portal → its status, as this fetcher tells it; empty while it is not up."""
        try:
            return {each["name"]: each for each in self.fetchers[name].get("/portals")}
        except httpx.HTTPError:
            return {}

    def ask(self, name: str, portal: str) -> None:
        httpx.post(
            f"http://127.0.0.1:{self.fetchers[name].port}/portals/{portal}/poll",
            headers={"Authorization": "Bearer asks"},
            timeout=30,
        ).raise_for_status()

    def gauges(self, name: str, metric: str) -> dict[str, float]:
        """Portal → value of a metric, as this fetcher serves it."""
        lines = [line for line in self.fetchers[name].metrics().splitlines() if line.startswith(f"{metric}{{")]
        return {line.split('portal="')[1].split('"')[0]: float(line.split()[-1]) for line in lines}

    def _signal(self, name: str, what: signal.Signals) -> None:
        process = self.fetchers[name].process
        assert process
        os.kill(process.pid, what)

    def wait_until(self, condition: Callable[[], bool], what: str, seconds: float = PATIENCE_SECONDS) -> None:
        """Look until `condition` holds; fails with the logs' ends when it does not in time."""
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                tails = "\n".join(each.tail() for each in self.fetchers.values())
                raise AssertionError(f"waited in vain for {what}\n{tails}")
            time.sleep(0.1)

    def wait_for_outcomes(
        self,
        name: str,
        portals: Sequence[Served],
        *outcomes: str,
        since: Mapping[str, Any] | None = None,
        seconds: float = PATIENCE_SECONDS,
    ) -> None:
        """Until this fetcher tells of one of these outcomes for each portal, of a later poll than in `since`."""

        def later(portal: str, finished_at: str) -> bool:
            return since is None or finished_at > since[portal]["finished_at"]

        def so() -> bool:
            told = self.portals(name)
            return bool(told) and all(
                told[each.name]["outcome"] in outcomes and later(each.name, told[each.name]["finished_at"])
                for each in portals
            )

        self.wait_until(so, f"{outcomes} of all portals", seconds)


def is_locked(file: Path) -> bool:
    """Whether somebody is writing to the SQLite file."""
    try:
        with locked(file, 0.5):
            return False
    except sqlite3.OperationalError:
        return True


@contextmanager
def locked(file: Path, timeout_seconds: float = 30) -> Iterator[None]:
    """Nobody else can write to the SQLite file."""
    connection = sqlite3.connect(file, isolation_level=None, timeout=timeout_seconds)
    try:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("ROLLBACK")
    finally:
        connection.close()


def turns(served: Sequence[Served]) -> dict[str, list[str]]:
    """Portal → which fetcher asked it, then which, and so on, as the portal's server saw it."""
    seen = [json.loads(line) for line in served[0].handler.log.lines if "__" not in line]
    asked: dict[str, list[str]] = {}
    for line in seen:
        asked.setdefault(line["portal"], []).append(line["ua"].partition("(+")[2].partition("@")[0])
    return {portal: [name for name, _ in groupby(names)] for portal, names in asked.items()}


async def published(url: str) -> list[FetchedEvent]:
    """Every event on the bus, in order."""
    bus = await open_bus(url)
    try:
        return [FetchedEvent.model_validate_json(each.value or b"") for each in await bus.read(FETCHED, 0, 1000)]
    finally:
        await bus.close()


def wanted(served: Sequence[Served], stages: int = 0) -> int:
    """How many disclosures the portals show; `stages` were published after the start."""
    return len([item for each in served for item in each.disclosures if item["stage"] <= stages])
