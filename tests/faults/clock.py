"""A machine whose wall clock can be set: libfaketime, from Debian's package, without installing it."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.e2e.deployment import Machine
from tests.servers.parts import missing

BUILD = Path(__file__).parents[2] / "build" / "faketime"


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
    if not _unpacked():
        BUILD.mkdir(parents=True, exist_ok=True)
        for command in ("apt-get download libfaketime", "dpkg-deb --extract libfaketime_*.deb ."):
            done = subprocess.run(["sh", "-c", command], check=False, capture_output=True, text=True, cwd=BUILD)
            if done.returncode:
                missing("libfaketime", f"`{command}` failed: {done.stderr.strip()}")
    return _unpacked()[0]


def _unpacked() -> list[Path]:
    return sorted(BUILD.glob("usr/lib/*/faketime/libfaketimeMT.so.1"))
