"""What an archive promises: bytes kept for good under the SHA-256 of their content."""

from typing import Protocol


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
