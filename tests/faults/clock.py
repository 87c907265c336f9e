"""A machine whose wall clock can be set: libfaketime, from Debian's package, without installing it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.e2e.deployment import Machine
from tests.servers.debian import unpacked


class Clock:
    """The wall clock of `machine`; what measures spans of time is not touched by it."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._set(0)
        environment = {
            "LD_PRELOAD": str(_library()),
            "FAKETIME_TIMESTAMP_FILE": str(file),
            "FAKETIME_CACHE_DURATION": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }
        self.machine = Machine(environment=environment)

    @contextmanager
    def jumped(self, hours: float) -> Iterator[str]:
        """Wrong by `hours` while the block runs."""
        self._set(hours)
        try:
            yield "wall clock"
        finally:
            self._set(0)

    def _set(self, hours: float) -> None:
        new = self._file.with_suffix(".new")
        new.write_text(f"{hours * 3600:+.0f}\n", encoding="utf-8")
        new.replace(self._file)


def _library() -> Path:
    """The library that is preloaded; the test is skipped where it cannot be had."""
    return next(unpacked("libfaketime").glob("usr/lib/*/faketime/libfaketimeMT.so.1"))
