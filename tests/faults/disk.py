"""A disk that can be full, a small file system in memory, and one that can be slow too, in a file."""

import errno
import os
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers.parts import missing

_FILLER = "filler"
STILL_SECONDS, MOVING_SECONDS = 0.4, 0.1


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[None]:
    """A file system of its own at `folder` for as long as the block; a test without one is skipped."""
    with _mounted(folder, "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs"):
        yield


@contextmanager
def loop_disk(folder: Path, megabytes: int) -> Iterator[None]:
    """As `small_disk`, one that can be `slowed` too; its file lies beside `folder`."""
    file = folder.with_suffix(".disk")
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("wb") as empty:
        empty.truncate(megabytes << 20)
    subprocess.run(["mkfs.ext4", "-q", "-m", "0", str(file)], check=True)
    with _mounted(folder, "-o", "loop", str(file)):
        (folder / "lost+found").rmdir()  # an archive is made in an empty folder only
        yield
    file.unlink()


@contextmanager
def slowed(folder: Path) -> Iterator[None]:
    """While the block runs, who writes to the disk of `folder` waits, most of the time."""
    ended = threading.Event()

    def hold_up() -> None:
        while not ended.is_set():
            subprocess.run(["fsfreeze", "--freeze", str(folder)], check=True)
            ended.wait(STILL_SECONDS)
            subprocess.run(["fsfreeze", "--unfreeze", str(folder)], check=True)
            ended.wait(MOVING_SECONDS)

    thread = threading.Thread(target=hold_up)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


@contextmanager
def _mounted(folder: Path, *what: str) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(["mount", *what, str(folder)], check=False, capture_output=True, text=True)
    if done.returncode:
        missing("a disk that can be full", f"none can be mounted here: {done.stderr.strip()}")
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
