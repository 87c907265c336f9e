"""robots.txt and the pace of a host: what may be asked for, and how often."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from protego import Protego

from shared.charset import decode

AGENT = "gongkai"
TEXT_LIMIT = 512 * 1024
LONGEST_LINE = 2000
MOST_STARS = 5


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


def _no_check() -> None: ...


class Pace:
    """Shared by all portals: one request at a time to a host, with a pause after each.

    `check` is called when it is a request's turn; what it raises stops the request.
    """

    def __init__(self, check: Callable[[], None] = _no_check) -> None:
        self._check = check
        self._locks: dict[str, asyncio.Lock] = {}
        self._free_at: dict[str, float] = {}

    @asynccontextmanager
    async def turn(self, url: str, pause_seconds: float) -> AsyncIterator[None]:
        """Wait for the host of `url` to be free; the pause begins when the block ends."""
        host = urlsplit(url).netloc.lower()
        loop = asyncio.get_running_loop()
        async with self._locks.setdefault(host, asyncio.Lock()):
            await asyncio.sleep(max(0.0, self._free_at.get(host, 0.0) - loop.time()))
            self._check()
            try:
                yield
            finally:
                self._free_at[host] = loop.time() + pause_seconds
