"""The faults by name: each breaks one thing of an installation and mends it again."""

import errno
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from random import Random

from tests.faults.clock import Clock
from tests.faults.disk import filled, slowed
from tests.faults.installation import Installation
from tests.faults.network import Link

NO_SPACE = (os.strerror(errno.ENOSPC), "disk is full")
Break = Callable[[Installation, Random], AbstractContextManager[str]]
"""Breaks on entry, gives what was hit, mends on exit."""


@dataclass(frozen=True)
class Fault:
    """`breaks` something for `seconds`; without a change of the portals meanwhile some would not be noticed."""

    name: str
    seconds: float
    breaks: Break
    needs_change: bool = False


def kill() -> Fault:
    """kill -9 of a service's process, which is started again at once."""
    return Fault("kill -9 of a service", 0, _kill)


def stop() -> Fault:
    """A service is told to stop, which it must do in order once it has started, and is started again."""
    return Fault("service stopped", 0, _stop)


def kill_worker() -> Fault:
    """kill -9 of a worker, as the system does where memory is short."""
    return Fault("kill -9 of a worker", 0, _kill_worker)


def freeze(seconds: float) -> Fault:
    """A process is paused for longer than its session in the group, and then goes on as if nothing had been."""
    return Fault("frozen service", seconds, _freeze)


def broker_restart(seconds: float) -> Fault:
    return Fault("broker stopped", seconds, _broker_restart)


def broker_crash(seconds: float) -> Fault:
    return Fault("kill -9 of a broker", seconds, _broker_crash)


def database_restart() -> Fault:
    return Fault("database restarted", 0, _database_away)


def database_away(seconds: float) -> Fault:
    return Fault("database away", seconds, _database_away)


def database_crash() -> Fault:
    return Fault("kill -9 of the database", 0, _database_crash)


def disk_full(seconds: float) -> Fault:
    """Not a byte more goes onto the disk, a file system of its own, until a service has met that."""
    return Fault("disk full", seconds, _disk_full, needs_change=True)


def disk_slow(seconds: float) -> Fault:
    """Whoever writes to the disk (of `loop_disk`) waits, again and again."""
    return Fault("slow disk", seconds, _disk_slow)


def network_cut(seconds: float, link: Link) -> Fault:
    """One machine is cut off from everything but its own disk."""

    def breaks(_on: Installation, _chance: Random) -> AbstractContextManager[str]:
        return link.cut()

    return Fault("network of a machine cut", seconds, breaks)


def clock_jump(hours: float, seconds: float, clock: Clock) -> Fault:
    """The wall clock of a machine is wrong by `hours`, and then right again."""

    def breaks(_on: Installation, _chance: Random) -> AbstractContextManager[str]:
        return clock.jumped(hours)

    return Fault(f"clock jumps {hours:+g} h", seconds, breaks)


@contextmanager
def _kill(on: Installation, chance: Random) -> Iterator[str]:
    victim = chance.choice(on.deployment.instances)
    victim.kill()
    victim.start()
    yield victim.service


@contextmanager
def _stop(on: Installation, chance: Random) -> Iterator[str]:
    victim = chance.choice(on.deployment.instances)
    started = victim.ready()
    code = victim.stop()
    assert code == 0 or not started, f"{victim.name} stopped with {code}\n{victim.tail()}"
    victim.start()
    yield victim.service


@contextmanager
def _kill_worker(on: Installation, chance: Random) -> Iterator[str]:
    victims = [(each.service, number) for each in on.deployment.instances for number in each.workers]
    service, number = chance.choice(victims or [("none", 0)])
    if number:
        with suppress(ProcessLookupError):
            os.kill(number, signal.SIGKILL)
    yield service


@contextmanager
def _freeze(on: Installation, chance: Random) -> Iterator[str]:
    victim = chance.choice(on.deployment.instances)
    with victim.frozen():
        yield victim.service


@contextmanager
def _broker_restart(on: Installation, chance: Random) -> Iterator[str]:
    assert on.cluster
    broker = chance.choice(on.cluster.brokers)
    broker.stop()
    try:
        yield f"broker {broker.number}"
    finally:
        broker.start()


@contextmanager
def _broker_crash(on: Installation, chance: Random) -> Iterator[str]:
    assert on.cluster
    broker = chance.choice(on.cluster.brokers)
    broker.kill()
    try:
        yield f"broker {broker.number}"
    finally:
        broker.start()


@contextmanager
def _database_away(on: Installation, _chance: Random) -> Iterator[str]:
    assert on.postgres
    on.postgres.stop()
    try:
        yield "database"
    finally:
        on.postgres.start()


@contextmanager
def _database_crash(on: Installation, _chance: Random) -> Iterator[str]:
    assert on.postgres
    on.postgres.kill()
    try:
        yield "database"
    finally:
        on.postgres.start()


@contextmanager
def _disk_full(on: Installation, _chance: Random) -> Iterator[str]:
    before = on.deployment.told(*NO_SPACE)
    with filled(on.disk):
        yield "disk"
        on.deployment.wait_until(
            lambda: on.deployment.told(*NO_SPACE) > before, "a service that meets the full disk"
        )


@contextmanager
def _disk_slow(on: Installation, _chance: Random) -> Iterator[str]:
    with slowed(on.disk):
        yield "disk"
