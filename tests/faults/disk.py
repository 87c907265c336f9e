"""A disk that can be full: a small file system in memory."""

import errno
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers.parts import missing

_FILLER = "filler"


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[None]:
    """A file system of its own at `folder` for as long as the block; a test without one is skipped."""
    folder.mkdir(parents=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)]
    done = subprocess.run(mount, check=False, capture_output=True, text=True)
    if done.returncode:
        missing("a disk that can be full", f"a tmpfs cannot be mounted here: {done.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@contextmanager
def filled(folder: Path) -> Iterator[None]:
    """Not one byte is free on the disk of `folder` while the block runs."""
    filler = folder / _FILLER
    with filler.open("wb", buffering=0) as file:
        for size in (1 << 20, 1 << 12, 1):
            _write_until_full(file.fileno(), bytes(size))
    try:
        yield
    finally:
        filler.unlink()


def _write_until_full(file: int, block: bytes) -> None:
    try:
        while True:
            os.write(file, block)
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
