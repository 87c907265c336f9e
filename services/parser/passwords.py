"""Office files encrypted with the password that Excel gives of its own accord, so that nobody is asked for it."""

import io
import struct
from typing import Final
from xml.parsers.expat import ExpatError

from services.parser import compound
from shared.errors import Corrupt, Encrypted

_PASSWORDS: Final = ("VelvetSweatshop", "")
"""Excel's password for workbooks that are only protected against changes ([MS-OFFCRYPTO] 2.4.2.3), and none."""
_PACKAGE: Final = "EncryptedPackage"
_BOOKS: Final = ("Workbook", "Book")
_FILE_PASS: Final = 0x002F
"""Record of a workbook's head that says how it is encrypted ([MS-XLS] 2.4.117)."""
_HEAD: Final = 4096
"""Bytes of a workbook in which that record stands."""
_DAMAGE: Final = (*compound.DAMAGED, AssertionError, ExpatError, KeyError, struct.error)
"""What the library raises for damage, besides errors of its own."""


def unlocked(data: bytes) -> bytes:
    """The file in `data` as it is without such encryption; raises Encrypted for another password, Corrupt."""
    if not data.startswith(compound.MAGIC) or not _is_encrypted(data):
        return data
    import msoffcrypto  # it loads ciphers, which few files need
    from msoffcrypto.exceptions import DecryptionError, FileFormatError, InvalidKeyError, ParseError

    for password in _PASSWORDS:
        plain = io.BytesIO()
        try:
            file = msoffcrypto.OfficeFile(io.BytesIO(data))
            file.load_key(password=password)
            file.decrypt(plain)
            return plain.getvalue()
        except FileFormatError:
            break  # encrypted as the library does not know: before Excel 97
        except (DecryptionError, InvalidKeyError, ValueError):
            continue  # what a wrong password makes of the file may be no key at all
        except (ParseError, *_DAMAGE) as error:
            raise Corrupt("The encrypted Office file is damaged.") from error
    raise Encrypted("The Office file is protected by a password.")


def _is_encrypted(data: bytes) -> bool:
    """Whether the compound file in `data` is an encrypted Office document; not for one that can't be opened."""
    try:
        with compound.opened(data) as file:
            if file.exists(_PACKAGE):
                return True
            name = next((name for name in _BOOKS if file.exists(name)), None)
            return name is not None and _has_file_pass(file.openstream(name).read(_HEAD))
    except _DAMAGE:
        return False


def _has_file_pass(head: bytes) -> bool:
    at = 0
    while at + 4 <= len(head):
        kind, size = struct.unpack_from("<HH", head, at)
        if kind == _FILE_PASS:
            return True
        at += 4 + size
    return False
