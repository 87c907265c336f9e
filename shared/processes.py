"""Processes: which one holds a lease, whether it is certainly gone, what it costs, how seldom it tidies up."""

import gc
import os
import platform
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple, Self

_PROC: Final = Path("/proc")
_DEAD_STATES: Final = ("Z", "X")
_COLLECT_AFTER: Final = 50_000
"""Objects after which cycles are looked for: loading and reading make many, nearly all of which stay as long."""


class Process(NamedTuple):
    """A process, told apart from a later one with the same number; empty parts where the system has none."""

    boot: str
    number_space: str
    number: int
    started: str

    @classmethod
    def this(cls) -> Self:
        """The process that runs."""
        boot_id = _PROC / "sys/kernel/random/boot_id"
        numbers = _PROC / "self/ns/pid"
        boot = boot_id.read_text().strip() if boot_id.exists() else platform.node()
        space = str(numbers.readlink()) if numbers.is_symlink() else ""
        return cls(boot, space, os.getpid(), _started(os.getpid()) or "")

    def certainly_gone(self, observer: Self) -> bool:
        """Whether `observer` can tell that it ended; False when in doubt, its lease decides then."""
        if self.boot != observer.boot:
            return True
        if self.number_space != observer.number_space:
            return False
        if observer.started:
            return _started(self.number) != self.started
        try:
            os.kill(self.number, 0)
        except ProcessLookupError:
            return True
        except PermissionError:
            return False
        return False


def collect_seldom() -> None:
    """Have this process and its forks look for cycles of objects less often than Python does by default."""
    gc.set_threshold(_COLLECT_AFTER)


def processor_seconds(number: int) -> float:
    """The processor time of process `number` and its children so far; 0 when it ended or there is no /proc."""
    try:
        stat = (_PROC / str(number) / "stat").read_text()
    except OSError:
        return 0.0
    _, *fields = stat.rpartition(")")[2].split()
    ended = sum(map(int, fields[10:14])) / os.sysconf("SC_CLK_TCK")  # its own, and that of children it has buried
    return ended + sum(map(processor_seconds, _children(number)))


def _children(number: int) -> list[int]:
    """The children of process `number` that are alive, whichever of its threads began them."""
    found: list[int] = []
    for told in (_PROC / str(number) / "task").glob("*/children"):
        with suppress(OSError):
            found += map(int, told.read_text().split())
    return found


def _started(number: int) -> str | None:
    """When process `number` started, in the system's ticks; None when it ended or there is no /proc."""
    try:
        stat = (_PROC / str(number) / "stat").read_text()
    except OSError:
        return None
    state, *fields = stat.rpartition(")")[2].split()
    return None if state in _DEAD_STATES else fields[18]
