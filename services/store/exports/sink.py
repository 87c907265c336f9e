"""A file that is only written to: it holds what was written until it is taken."""

import io
from typing import Any


class Sink(io.RawIOBase):
    """Cannot seek, so that its writer keeps nothing back to change."""

    def __init__(self) -> None:
        super().__init__()
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._parts.append(bytes(data))
        return len(self._parts[-1])

    def taken(self) -> bytes:
        """What was written since the last time."""
        parts, self._parts = self._parts, []
        return b"".join(parts)
