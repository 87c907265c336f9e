"""robots.txt and the pace of a host: what may be asked for, and how often."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from protego import Protego

from services.fetcher.portal import host_of
from shared.charset import decode

AGENT = "gongkai"
TEXT_LIMIT = 512 * 1024
LONGEST_LINE = 2000
MOST_STARS = 5
AT_ONCE = 64
MOST_LARGE = 3


class Robots:
    """The rules of one host; no file, or a page in its place, allows everything."""

    def __init__(self, data: bytes) -> None:
        text = "" if data.lstrip().startswith(b"<") else decode(data[:TEXT_LIMIT])
        # Each * of a rule is tried at every place of an address.
        lines = (line for line in text.splitlines() if len(line) <= LONGEST_LINE and line.count("*") <= MOST_STARS)
        self._rules = Protego.parse("\n".join(lines))

    def allow(self, url: str) -> bool:
        """Whether gongkai may ask for `url`."""
        return self._rules.can_fetch(url, AGENT)

    def delay(self, limit: float) -> float:
        """The Crawl-delay in seconds, at most `limit`."""
        return min(self._rules.crawl_delay(AGENT) or 0.0, limit)


class Rulebook:
    """The rules of hosts as they were last read."""

    def __init__(self) -> None:
        self._read: dict[str, tuple[float, Robots]] = {}

    def get(self, host: str, hours: float) -> Robots | None:
        """What was read of `host` less than `hours` ago."""
        read_at, rules = self._read.get(host, (0.0, None))
        return rules if rules and time.monotonic() - read_at < hours * 3600 else None

    def keep(self, host: str, rules: Robots) -> Robots:
        """Keep what was read of `host` now."""
        self._read[host] = time.monotonic(), rules
        return rules


def _no_check() -> None: ...


class Pace:
    """Shared by all portals: one request at a time to a host, with a pause after each; `at_once` to all hosts.

    Who waits for its host holds nothing that others need. `check` is called when it is a request's turn; what it
    raises stops the request. Of large answers MOST_LARGE are taken at a time: they are held in memory. `rules` are
    the robots.txt of hosts, kept between polls.
    """

    def __init__(self, check: Callable[[], None] = _no_check, at_once: int = AT_ONCE) -> None:
        self._check = check
        self._slots = asyncio.Semaphore(at_once)
        self._locks: dict[str, asyncio.Lock] = {}
        self._free_at: dict[str, float] = {}
        self.large = asyncio.Semaphore(MOST_LARGE)
        self.rules = Rulebook()

    @asynccontextmanager
    async def turn(self, url: str, pause_seconds: float) -> AsyncIterator[None]:
        """Wait for the host of `url` to be free; the pause begins when the block ends."""
        host = host_of(url)
        loop = asyncio.get_running_loop()
        async with self._locks.setdefault(host, asyncio.Lock()):
            await asyncio.sleep(max(0.0, self._free_at.get(host, 0.0) - loop.time()))
            async with self._slots:
                self._check()
                try:
                    yield
                finally:
                    self._free_at[host] = loop.time() + pause_seconds
