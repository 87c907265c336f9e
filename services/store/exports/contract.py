"""What a file format is: rows in, bytes out, and no more of either in memory than a page."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from services.store.exports.pages import Rows


class Writer(Protocol):
    """Writes rows as a file. Used in one thread at a time; no method is called after `end`."""

    def add(self, rows: Rows) -> bytes:
        """Take rows, those of one type together; what of the file is ready."""
        ...

    def end(self) -> Iterator[bytes]:
        """The rest of the file."""
        ...

    def close(self) -> None:
        """Let go of what was opened, also where `end` was never reached."""
        ...


@dataclass(frozen=True)
class Format:
    """A kind of file: what it is called, whether it holds records of one type alone, and who writes it."""

    suffix: str
    media_type: str
    one_type: bool
    module: str
    """Imported when the format is asked for, so that its library is needed by no other."""
    told: str
    only: str = ""
    """The record type it is made for."""
