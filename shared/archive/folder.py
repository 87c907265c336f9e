"""The archive as a folder: a file a key, written aside and renamed into place."""

import errno
import logging
import os
import re
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from shared import ids
from shared.archive.contract import Kept
from shared.archive.keys import is_key
from shared.archive.packing import packed, unpacked
from shared.errors import ArchiveUnavailable

LEFT_SECONDS: Final = 24 * 60 * 60
"""Age at which a file in `incoming` is no writer's any more."""
PIECE_BYTES: Final = 1024 * 1024
_INCOMING: Final = "incoming"
_SHELF: Final = re.compile(r"[0-9a-f]{2}")
_met: Final[set[Path]] = set()
"""The roots this process has found to be archives."""
_log: Final = logging.getLogger(__name__)  # structlog's writes to stdout in a worker, where nothing configures it


@dataclass(frozen=True)
class FolderArchive:
    """Bytes under `root`/first two digits/key; the first `put` makes a folder an archive, with `incoming` in it.

    A folder that is no archive is new, or its volume is not mounted. There `get` raises ArchiveUnavailable, for
    the bytes may be on that volume, `has` finds nothing, and `put` begins an archive; in a process that has met
    the archive before, the volume is not mounted, and all three raise.
    """

    root: Path

    def put(self, data: bytes) -> str:
        """Keep `data` and return its key; a file that is damaged is written again."""
        key = ids.content_hash(data)
        place = self._place(key)
        with self._reachable():
            if not self._is_made():
                self._incoming.mkdir(parents=True, exist_ok=True)
                _met.add(self.root)
                _log.info("%s was empty and is an archive now", self.root)
            kept = packed(data)
            if not _holds(place, kept):
                self._write(place, kept)
        return key

    def get(self, key: str) -> bytes:
        """The bytes under `key`; raises KeyError, ArchiveUnavailable, and Corrupt when they have changed."""
        if not is_key(key):
            raise KeyError(key)
        with self._reachable():
            self._require()
            try:
                data = self._place(key).read_bytes()
            except FileNotFoundError as error:
                self._require()  # its volume may have gone since
                raise KeyError(key) from error
        return unpacked(data, key, str(self._place(key)))

    def has(self, key: str) -> bool:
        """Whether there are bytes under `key`; makes nothing, but looks whether a new archive could be made."""
        with self._reachable():
            if not self._is_made():
                _check_makeable(self.root)
                return False
            return is_key(key) and self._place(key).exists()

    def check_writable(self) -> None:
        """Raises ArchiveUnavailable when nothing can be put, as on a volume that is read-only or full."""
        with self._reachable():
            if not self._is_made():
                _check_makeable(self.root)
                return
            self._incoming.mkdir(exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=self._incoming) as file:
                file.write(b"x")

    def all(self) -> Iterator[Kept]:
        """Everything that is kept; raises ArchiveUnavailable."""
        with self._reachable():
            for shelf in self.root.iterdir() if self._is_made() else ():
                for path in shelf.iterdir() if _SHELF.fullmatch(shelf.name) else ():
                    with suppress(FileNotFoundError):
                        state = path.stat()
                        if is_key(path.name):
                            yield Kept(path.name, state.st_size, datetime.fromtimestamp(state.st_mtime, UTC))

    def remove(self, key: str) -> None:
        """Keep nothing under `key` any more; raises ArchiveUnavailable."""
        with self._reachable():
            self._require()
            if is_key(key):
                self._place(key).unlink(missing_ok=True)

    @property
    def _incoming(self) -> Path:
        return self.root / _INCOMING

    def _place(self, key: str) -> Path:
        return self.root / key[:2] / key

    def _is_made(self) -> bool:
        """Whether `root` is an archive; raises ArchiveUnavailable where this process met one and it is gone."""
        met = self.root in _met  # before the look: another thread may begin it meanwhile
        # a backup may leave out `incoming`, for nothing in it need be kept
        if self._incoming.is_dir() or _has_shelves(self.root):
            _met.add(self.root)
            return True
        if met:
            raise self._not_mounted()
        return False

    def _require(self) -> None:
        if not self._is_made():
            raise self._not_mounted()

    def _not_mounted(self) -> ArchiveUnavailable:
        return ArchiveUnavailable(
            f"The archive {self.root} is not there; mount its volume, or make the folder {self._incoming} "
            "if it is to be an empty one."
        )

    def _write(self, place: Path, data: bytes) -> None:
        self._incoming.mkdir(exist_ok=True)
        _remove_left(self._incoming)
        if not place.parent.exists():
            place.parent.mkdir(exist_ok=True)
            _sync_folder(self.root)
        handle, name = tempfile.mkstemp(dir=self._incoming)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(place)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        _sync_folder(place.parent)

    @contextmanager
    def _reachable(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise ArchiveUnavailable(f"The archive {self.root} cannot be used: {error.strerror}.") from error


def _has_shelves(root: Path) -> bool:
    try:
        return any(_SHELF.fullmatch(path.name) for path in root.iterdir())
    except FileNotFoundError:
        return False


def _check_makeable(folder: Path) -> None:
    """Raises PermissionError where `folder` is missing and cannot be made."""
    nearest = next(each for each in (folder, *folder.parents) if each.exists())
    if nearest != folder and not os.access(nearest, os.W_OK | os.X_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))


def _holds(place: Path, data: bytes) -> bool:
    """Whether the file at `place` is there, can be read and has the very bytes of `data`."""
    try:
        with place.open("rb") as file:
            return os.fstat(file.fileno()).st_size == len(data) and all(
                file.read(PIECE_BYTES) == data[start : start + PIECE_BYTES]
                for start in range(0, len(data), PIECE_BYTES)
            )
    except OSError:
        return False


def _remove_left(incoming: Path) -> None:
    """Remove what killed writers left in `incoming`, as far as it can be."""
    for path in incoming.iterdir():
        with suppress(OSError):  # another writer is done with it, or removes it too
            if time.time() - path.stat().st_mtime > LEFT_SECONDS:
                path.unlink()


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
