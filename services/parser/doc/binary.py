"""Numbers out of a stream's bytes; whatever points outside the stream makes the file corrupt."""

import struct
from dataclasses import dataclass

from shared.errors import Corrupt


@dataclass(frozen=True)
class Binary:
    """Little-endian reads at any offset; each raises Corrupt beyond the bytes."""

    data: bytes

    def __len__(self) -> int:
        return len(self.data)

    def byte(self, at: int) -> int:
        """Unsigned, 8 bits."""
        if not 0 <= at < len(self.data):
            raise _outside()
        return self.data[at]

    def word(self, at: int) -> int:
        """Unsigned, 16 bits."""
        return self._number("<H", at)

    def short(self, at: int) -> int:
        """Signed, 16 bits."""
        return self._number("<h", at)

    def long(self, at: int) -> int:
        """Unsigned, 32 bits."""
        return self._number("<I", at)

    def longs(self, at: int, count: int) -> tuple[int, ...]:
        """`count` unsigned numbers of 32 bits."""
        return struct.unpack(f"<{count}I", self.part(at, 4 * count))

    def part(self, at: int, length: int) -> bytes:
        """`length` bytes."""
        if at < 0 or length < 0 or at + length > len(self.data):
            raise _outside()
        return self.data[at : at + length]

    def _number(self, form: str, at: int) -> int:
        if at < 0:
            raise _outside()
        try:
            number: int = struct.unpack_from(form, self.data, at)[0]
        except struct.error as error:
            raise _outside() from error
        return number


def _outside() -> Corrupt:
    return Corrupt("The Word document is damaged: it points outside itself.")
