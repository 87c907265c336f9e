"""The archive as a folder: a file a key, written aside and renamed into place."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from shared import ids
from shared.archive.keys import checked, is_key
from shared.errors import ArchiveUnavailable

_INCOMING: Final = "incoming"


@dataclass(frozen=True)
class FolderArchive:
    """Bytes under `root`/first two digits/key; the folder is made with the first `put`."""

    root: Path

    def put(self, data: bytes) -> str:
        """Keep `data` and return its key; a file that lost bytes is written again."""
        key = ids.content_hash(data)
        place = self._place(key)
        with self._reachable():
            if not (place.exists() and place.stat().st_size == len(data)):
                self._write(place, data)
        return key

    def get(self, key: str) -> bytes:
        """The bytes under `key`; raises KeyError, ArchiveUnavailable, and Corrupt when they have changed."""
        if not is_key(key):
            raise KeyError(key)
        with self._reachable():
            try:
                data = self._place(key).read_bytes()
            except FileNotFoundError as error:
                raise KeyError(key) from error
        return checked(data, key, str(self._place(key)))

    def has(self, key: str) -> bool:
        """Whether there are bytes under `key`; makes the archive's folder, to find out whether it can."""
        with self._reachable():
            self.root.mkdir(parents=True, exist_ok=True)
            return is_key(key) and self._place(key).exists()

    def _place(self, key: str) -> Path:
        return self.root / key[:2] / key

    def _write(self, place: Path, data: bytes) -> None:
        incoming = self.root / _INCOMING
        incoming.mkdir(parents=True, exist_ok=True)
        if not place.parent.exists():
            place.parent.mkdir(exist_ok=True)
            _sync_folder(self.root)
        handle, name = tempfile.mkstemp(dir=incoming)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(place)
        except OSError:
            Path(name).unlink(missing_ok=True)
            raise
        _sync_folder(place.parent)

    @contextmanager
    def _reachable(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise ArchiveUnavailable(f"The archive {self.root} cannot be used: {error.strerror}.") from error


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
