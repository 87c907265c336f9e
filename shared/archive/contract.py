"""What an archive promises: bytes kept for good under the SHA-256 of their content."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple, Protocol


class Kept(NamedTuple):
    """What lies under a key: how many bytes it takes there, and since when."""

    key: str
    size: int
    since: datetime


class Archive(Protocol):
    """Blocking calls, safe from any thread or process; an archive object can be pickled to a worker."""

    def put(self, data: bytes) -> str:
        """Keep `data` and return its key; durable on return, the same bytes twice are one; ArchiveUnavailable."""
        ...

    def get(self, key: str) -> bytes:
        """The bytes under `key`, the very ones that were put.

        Raises KeyError when there are none, Corrupt when they have changed, ArchiveUnavailable when it is away.
        """
        ...

    def has(self, key: str) -> bool:
        """Whether there are bytes under `key`, cheaply enough for a health check; raises ArchiveUnavailable."""
        ...

    def check_writable(self) -> None:
        """Raises ArchiveUnavailable when nothing can be put; keeps nothing."""
        ...

    def all(self) -> Iterator[Kept]:
        """Everything that is kept, in no order; what comes or goes meanwhile may be missed. ArchiveUnavailable."""
        ...

    def remove(self, key: str) -> None:
        """Keep nothing under `key` any more; raises ArchiveUnavailable."""
        ...
