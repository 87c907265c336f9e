"""OLE compound files ([MS-CFB]), in which Office kept documents before 2007: how they are known and opened."""

import io
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from olefile import OleFileIO

MAGIC: Final = bytes.fromhex("d0cf11e0a1b11ae1")
"""First bytes of a compound file ([MS-CFB] 2.2)."""
DAMAGED: Final = (
    AttributeError,
    IndexError,
    OSError,
    OverflowError,
    RecursionError,
    TypeError,
    ValueError,
)
"""What the library for compound files (olefile) raises for damage; a storage may be said to hold itself."""


def opened(data: bytes) -> "OleFileIO[str]":
    """The compound file in `data`; raises one of DAMAGED, as reading its streams does."""
    from olefile import OleFileIO  # it takes long to load, and few files need it

    return OleFileIO(io.BytesIO(data))
