"""How many connections a server keeps, and for how long: who only holds one makes room for who asks.

At the limit the address that has most loses one, so that no client keeps others out. Behind a proxy all clients
have its address, and it is the proxy's to tell them apart.
"""

import asyncio
import resource
import time
from collections import Counter
from typing import Any, Final

import structlog
from uvicorn.protocols.http.h11_impl import H11Protocol

BACKLOG: Final = 32
"""Connections taken at once; asyncio tries as many whatever room there is, and tells of each try that fails."""
HEAD_BYTES: Final = 32 * 1024
MOST: Final = 1_000
HEAD_SECONDS: Final = 10.0
"""How long a connection may take to ask for something, once it is open or its last answer is taken."""
STALLED_SECONDS: Final = 60.0
"""How long a client may take nothing of its answer."""
TELL_SECONDS: Final = 60.0

log = structlog.get_logger()


def most_connections() -> int:
    """Well below what the system lets the process open: files, databases and brokers need theirs."""
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return MOST if files == resource.RLIM_INFINITY else max(8, min(MOST, files // 3))


class Patience:
    """The connections of a server by address, those that have not asked yet, and what became of others."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.silent: dict[BoundedProtocol, asyncio.TimerHandle] = {}
        """The longest silent first."""
        self.open: dict[str, dict[BoundedProtocol, None]] = {}
        """Address → its connections, the oldest first."""
        self._ended: Counter[str] = Counter()
        self._told = -TELL_SECONDS

    def full(self) -> bool:
        return sum(map(len, self.open.values())) >= self.most

    def least_wanted(self, newcomer: str) -> "BoundedProtocol | None":
        """Which connection makes room for one of the address `newcomer`; None: the newcomer is refused."""
        greedy = max(self.open, key=lambda address: len(self.open[address]))
        silent = [each for each in self.silent if each.address == greedy] or list(self.silent)
        if silent:
            return silent[0]
        shared = len(self.open[greedy]) - len(self.open.get(newcomer, ())) > 1
        return next(iter(self.open[greedy])) if shared else None

    def note(self, reason: str) -> None:
        """Count a connection ended for `reason`, and tell of all since the last time, once a minute."""
        self._ended[reason] += 1
        if time.monotonic() - self._told >= TELL_SECONDS:
            self._told = time.monotonic()
            log.warning("ended connections", most=self.most, **self._ended)
            self._ended.clear()


class BoundedProtocol(H11Protocol):
    """HTTP/1.1 for so many connections at once; `patience` is that of its server."""

    patience: Patience

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        self._stalled: asyncio.TimerHandle | None = None
        peer = transport.get_extra_info("peername")
        self.address = str(peer[0]) if peer else ""
        if self.patience.full():
            other = self.patience.least_wanted(self.address)
            if other is None:
                self.transport = transport
                self._end("refused")
                return
            other._end("silent" if other in self.patience.silent else "crowded")
        self.patience.open.setdefault(self.address, {})[self] = None
        super().connection_made(transport)
        self._listen()

    def connection_lost(self, exc: Exception | None) -> None:
        self._leave()
        self._asked()
        self._flows()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._look()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._look()

    def _look(self) -> None:
        if self.cycle is not None and not self.cycle.response_complete:
            self._asked()
        else:
            self._listen()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._stalled = self._stalled or self.loop.call_later(STALLED_SECONDS, self._end, "stalled")

    def resume_writing(self) -> None:
        self._flows()
        super().resume_writing()

    def _listen(self) -> None:
        if self not in self.patience.silent and not self.transport.is_closing():
            self.patience.silent[self] = self.loop.call_later(HEAD_SECONDS, self._end, "silent")

    def _asked(self) -> None:
        if timer := self.patience.silent.pop(self, None):
            timer.cancel()

    def _flows(self) -> None:
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None

    def _leave(self) -> None:
        of_address = self.patience.open.get(self.address, {})
        of_address.pop(self, None)
        if not of_address:
            self.patience.open.pop(self.address, None)

    def _end(self, reason: str) -> None:
        self._leave()
        self._asked()
        self.connections.discard(self)
        self.patience.note(reason)
        self.transport.abort()


def bounded(most: int | None = None) -> type[Any]:
    """The protocol of one server."""
    return type("Bounded", (BoundedProtocol,), {"patience": Patience(most or most_connections())})
