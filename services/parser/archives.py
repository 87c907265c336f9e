"""Archives of every kind: zip, tar and gzip by Python itself, rar and 7z by libarchive where it is installed."""

import bz2
import gzip
import io
import lzma
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
    except ArchiveError as error:
        if "ncrypt" in str(error) or "assphrase" in str(error):  # it has no class or number of its own
            raise Encrypted("The archive is protected by a password.") from error
        raise Corrupt("The archive is damaged or cut short.") from error


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
