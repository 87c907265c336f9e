"""Zip archives: members by their real names, within bounds on count, depth, size and ratio."""

import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from services.parser.reading import Limits
from shared.errors import Corrupt, Encrypted, PermanentError, TooLarge

_UTF8_NAMES: Final = 0x800
_ENCRYPTED: Final = 0x1
_JUNK_NAMES: Final = {"thumbs.db", ".ds_store", "desktop.ini"}
_JUNK_FOLDERS: Final = {"__macosx", ".git", ".svn"}
_SMALL: Final = 16 * 1024 * 1024
"""Members up to this size may have any ratio: empty forms compress very well."""
_DICTIONARY: Final = 64 * 1024 * 1024
"""Bytes that LZMA may keep at most while it unpacks a member."""
_BROKEN: Final = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    NotImplementedError,
    RuntimeError,
)


@dataclass
class Budget:
    """What a disclosure may still take of its limits."""

    limits: Limits
    members: int = field(init=False)
    total_bytes: int = field(init=False)
    cells: int = field(init=False)

    def __post_init__(self) -> None:
        self.members = self.limits.members
        self.total_bytes = self.limits.total_bytes
        self.cells = self.limits.cells

    def take_cells(self, name: str, count: int) -> None:
        """Count the grid places of one file in; raises TooLarge."""
        if count > self.cells:
            raise TooLarge(
                f"{name} has more cells than the {self.cells} left of the disclosure's {self.limits.cells}."
            )
        self.cells -= count

    def check_depth(self, depth: int) -> None:
        """Raise TooLarge for what lies too deep to be opened."""
        if depth >= self.limits.archive_depth:
            raise TooLarge(f"Archives lie more than {self.limits.archive_depth} deep in each other.")

    def take_member(self, depth: int) -> None:
        """Count one file in that lies in another one at `depth`; raises TooLarge."""
        self.check_depth(depth)
        self.members -= 1
        if self.members < 0:
            raise TooLarge(f"The archives of the disclosure have more than {self.limits.members} files.")

    def take(self, name: str, size: int) -> None:
        """Count one file in; raises TooLarge."""
        if size > self.limits.file_bytes:
            raise TooLarge(f"{name} is larger than {self.limits.file_bytes} bytes.")
        self.total_bytes -= size
        if self.total_bytes < 0:
            raise TooLarge(f"The disclosure's files together are larger than {self.limits.total_bytes} bytes.")


@dataclass(frozen=True)
class Member:
    """A file of an archive: its name without folders, and its bytes or why there are none."""

    name: str
    data: bytes | PermanentError


def unpack(data: bytes, depth: int, budget: Budget) -> Iterator[Member]:
    """The members of a zip archive in its own order, folders and system files left out.

    A member that can't be taken comes with its error. Raises Corrupt for a damaged archive, TooLarge for one that
    lies deeper than allowed or has too many members.
    """
    budget.check_depth(depth)
    with open_package(data) as archive:
        for entry in archive.infolist():
            path = real_name(entry).replace("\\", "/")
            if path.endswith("/") or is_junk(path):
                continue
            budget.take_member(depth)
            yield Member(without_folders(path), _taken(archive, entry, budget.limits))


def open_package(data: bytes) -> zipfile.ZipFile:
    """The zip file of an Office document; raises Corrupt."""
    try:
        return zipfile.ZipFile(io.BytesIO(data))
    except _BROKEN as error:
        raise Corrupt("The zip file is damaged or cut short.") from error


def part(package: zipfile.ZipFile, name: str, limits: Limits) -> bytes | None:
    """One part of an Office document, None when there is none; raises Corrupt, TooLarge, Encrypted."""
    try:
        entry = package.getinfo(name)
    except KeyError:
        same = (each for each in package.infolist() if _same_part(each.filename, name))
        if (found := next(same, None)) is None:
            return None
        entry = found
    data = _taken(package, entry, limits)
    if isinstance(data, PermanentError):
        raise data
    return data


def _same_part(one: str, two: str) -> bool:
    """Whether two paths name one part: case does not count, and some programs write other slashes."""
    return one.replace("\\", "/").lower() == two.lower()


def real_name(entry: zipfile.ZipInfo) -> str:
    """The member's path: as flagged UTF-8, else its bytes read as strict UTF-8, else as GB18030.

    Some Chinese names in GBK happen to be UTF-8 too, but then of Cyrillic or Arabic letters only.
    """
    if entry.flag_bits & _UTF8_NAMES:
        return entry.filename
    try:
        raw = entry.orig_filename.encode("cp437")
    except UnicodeEncodeError:
        return entry.filename
    return name_of(raw)


def name_of(raw: bytes) -> str:
    """A member's path as its bytes are: strict UTF-8, else GB18030."""
    try:
        name = raw.decode()
    except UnicodeDecodeError:
        return raw.decode("gb18030", "replace")
    return name if name.isascii() or max(name) > "\u07ff" else raw.decode("gb18030", "replace")


def without_folders(path: str) -> str:
    """The printable name of a member."""
    name = path.rsplit("/", 1)[-1]
    return "".join(character for character in name if character.isprintable()) or "unnamed"


def is_junk(path: str) -> bool:
    """Whether a member is a system's or an editor's own."""
    *folders, name = path.lower().split("/")
    return name.startswith(("~$", "._")) or name in _JUNK_NAMES or not _JUNK_FOLDERS.isdisjoint(folders)


def _taken(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, limits: Limits) -> bytes | PermanentError:
    """The member's bytes; what the directory says of its size is not believed."""
    if entry.flag_bits & _ENCRYPTED:
        return Encrypted("The archive member is protected by a password.")
    allowed = min(limits.file_bytes, max(_SMALL, entry.compress_size * limits.archive_ratio))
    if entry.file_size > allowed:
        return TooLarge(f"The archive member would unpack to {entry.file_size} bytes, more than is allowed.")
    try:
        if entry.compress_type == zipfile.ZIP_LZMA and _dictionary(archive, entry) > _DICTIONARY:
            return TooLarge("The archive member needs more memory to unpack than is allowed.")
        with archive.open(entry) as stream:
            data = stream.read(allowed + 1)
    except _BROKEN:
        return Corrupt("The archive member is damaged.")
    if len(data) > allowed:
        return TooLarge(f"The archive member unpacks to more than {allowed} bytes.")
    return data


def _dictionary(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> int:
    """The bytes that LZMA asks for (APPNOTE.TXT 5.8.8: version, size of the properties, then those of LZMA)."""
    file = archive.fp
    assert file is not None  # it is open
    file.seek(entry.header_offset + 26)  # where the local header says how long the name and the extra field are
    name, extra = struct.unpack("<HH", file.read(4))
    file.seek(name + extra + 5, io.SEEK_CUR)
    return int(struct.unpack("<I", file.read(4))[0])
