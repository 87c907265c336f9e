"""Archives of every kind: zip, tar and gzip by Python itself, rar and 7z by libarchive where it is installed."""

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import zlib
from collections.abc import Callable, Iterator
from typing import IO, Any, Final

from services.parser import packages
from services.parser.packages import Budget, Member
from services.parser.reading import Limits
from shared.errors import Corrupt, Encrypted, TooLarge, Unsupported

_SMALL: Final = 16 * 1024 * 1024
"""Bytes that may come of any archive: empty forms compress very well."""
_BROKEN: Final = (tarfile.TarError, zlib.error, lzma.LZMAError, EOFError, OSError, ValueError)
_COMPRESSED: Final[dict[bytes, Callable[[IO[bytes]], Any]]] = {
    b"\x1f\x8b": lambda file: gzip.GzipFile(fileobj=file),
    b"BZh": bz2.open,
    b"\xfd7zXZ\x00": lzma.open,
}
"""First bytes of a compressed file → what opens it."""
_RAR: Final = b"Rar!\x1a\x07"
_RAR_5: Final = _RAR + b"\x01\x00"
_MAIN_4, _END_4, _LEAST_4 = 0x73, 0x7B, 7
_HAS_DATA_4, _ENCRYPTED_4 = 0x8000, 0x0080
_END_5, _ENCRYPTED_5 = 5, 4
_HAS_EXTRA_5, _HAS_DATA_5 = 1, 2
"""Kinds and flags of the blocks of RAR archives."""
_ENDINGS: Final = (".gz", ".bz2", ".xz")


def unpack(data: bytes, name: str, kind: str, depth: int, budget: Budget) -> Iterator[Member]:
    """The members of the archive called `name`, of `kind` as `formats.detect` names it, in its own order.

    A member that can't be taken comes with its error. Raises Corrupt, Encrypted, TooLarge, Unsupported.
    """
    if kind == "zip":
        return packages.unpack(data, depth, budget)
    budget.check_depth(depth)
    if kind == "compressed":
        return _compressed(data, name, depth, budget)
    return _tar(data, depth, budget) if kind == "tar" else _by_libarchive(data, depth, budget)


def _compressed(data: bytes, name: str, depth: int, budget: Budget) -> Iterator[Member]:
    """The one file that is compressed, or the members of the tar archive that it is."""
    opener = next(each for magic, each in _COMPRESSED.items() if data.startswith(magic))
    allowed = _allowed(budget.limits, len(data))
    try:
        with opener(io.BytesIO(data)) as stream:
            content = stream.read(allowed + 1)
    except _BROKEN as error:
        raise Corrupt("The compressed file is damaged.") from error
    if len(content) > allowed:
        raise TooLarge(f"The compressed file unpacks to more than {allowed} bytes.")
    if is_tar(content):
        yield from _tar(content, depth, budget)
        return
    budget.take_member(depth)
    ending = next((each for each in _ENDINGS if name.lower().endswith(each)), "")
    yield Member(name.removesuffix(name[len(name) - len(ending) :]) or "unnamed", content)


def is_tar(data: bytes) -> bool:
    """Whether `data` begins as a tar archive does (POSIX.1 ustar)."""
    return data[257:262] == b"ustar"


def _tar(data: bytes, depth: int, budget: Budget) -> Iterator[Member]:
    try:
        with tarfile.open(fileobj=io.BytesIO(data), mode="r:", encoding="utf-8") as archive:
            for entry in archive:
                path = packages.name_of(entry.name.encode("utf-8", "surrogateescape"))
                if not entry.isfile() or packages.is_junk(path):
                    continue
                budget.take_member(depth)
                if entry.size > budget.limits.file_bytes:
                    yield Member(packages.without_folders(path), TooLarge("The archive member is too large."))
                    continue
                stream = archive.extractfile(entry)
                yield Member(packages.without_folders(path), stream.read() if stream is not None else b"")
    except _BROKEN as error:
        raise Corrupt("The tar archive is damaged or cut short.") from error


def _by_libarchive(data: bytes, depth: int, budget: Budget) -> Iterator[Member]:
    try:
        import libarchive
        from libarchive.exception import ArchiveError
    except (ImportError, OSError, AttributeError) as error:
        raise Unsupported("Archives in rar and 7z need libarchive, which is not installed.") from error
    try:
        with libarchive.memory_reader(data, header_codec="gb18030") as archive:
            for entry in archive:
                path = str(entry.pathname or "").replace("\\", "/")
                if entry.isdir or path.endswith("/") or packages.is_junk(path):
                    continue
                budget.take_member(depth)
                yield Member(packages.without_folders(path), _content(entry, _allowed(budget.limits, len(data))))
        if data.startswith(_RAR) and not _is_whole(data):
            raise Corrupt("The archive is damaged or cut short: not all of its members are found.")
    except ArchiveError as error:
        if "ncrypt" in str(error) or "assphrase" in str(error):  # it has no class or number of its own
            raise Encrypted("The archive is protected by a password.") from error
        raise Corrupt("The archive is damaged or cut short.") from error


def _is_whole(data: bytes) -> bool:
    """Whether the blocks of a RAR archive lead to its end; libarchive takes one that leads astray for the last.

    RARLAB's technical notes on RAR 4 and RAR 5. True for one whose blocks are encrypted.
    """
    is_new = data.startswith(_RAR_5)
    at, kind = (len(_RAR_5), 0) if is_new else (len(_RAR) + 1, 0)
    try:
        while at < len(data) and kind != (_END_5 if is_new else _END_4):
            at, kind, is_encrypted = (_block_5 if is_new else _block_4)(data, at)
            if is_encrypted:
                return True
    except (struct.error, IndexError):
        return False
    return at <= len(data)


def _block_4(data: bytes, at: int) -> tuple[int, int, bool]:
    """Where the block ends, its kind, and whether those behind it are encrypted."""
    _, kind, flags, size = struct.unpack_from("<HBHH", data, at)
    added = struct.unpack_from("<I", data, at + 7)[0] if flags & _HAS_DATA_4 else 0
    if size < _LEAST_4:
        raise IndexError
    return at + size + added, kind, kind == _MAIN_4 and bool(flags & _ENCRYPTED_4)


def _block_5(data: bytes, at: int) -> tuple[int, int, bool]:
    """The same for RAR 5."""
    size, start = _number_5(data, at + 4)
    kind, behind = _number_5(data, start)
    flags, behind = _number_5(data, behind)
    if flags & _HAS_EXTRA_5:
        _, behind = _number_5(data, behind)
    added = _number_5(data, behind)[0] if flags & _HAS_DATA_5 else 0
    return start + size + added, kind, kind == _ENCRYPTED_5


def _number_5(data: bytes, at: int) -> tuple[int, int]:
    """A number of seven bits a byte, and where it ends."""
    number = 0
    for place in range(10):
        number |= (data[at + place] & 0x7F) << 7 * place
        if data[at + place] < 0x80:
            return number, at + place + 1
    raise IndexError


def _content(entry: Any, allowed: int) -> bytes | TooLarge:
    """The bytes of a member as libarchive gives them."""
    pieces: list[bytes] = []
    size = 0
    for piece in entry.get_blocks():
        size += len(piece)
        if size > allowed:
            return TooLarge(f"The archive member unpacks to more than {allowed} bytes.")
        pieces.append(bytes(piece))
    return b"".join(pieces)


def _allowed(limits: Limits, packed: int) -> int:
    return min(limits.file_bytes, max(_SMALL, packed * limits.archive_ratio))
