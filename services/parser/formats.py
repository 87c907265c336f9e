"""What the bytes are, by the bytes alone, and which reader takes them."""

import io
import re
import zipfile
import zlib
from collections.abc import Callable
from importlib import import_module
from typing import Final

from services.parser import compound
from services.parser.archives import is_tar
from services.parser.reading import Limits, Reading
from shared.errors import Corrupt, EmptyFile, Encrypted, Unsupported

Reader = Callable[[bytes, Limits], Reading]

READERS: Final = {
    "pdf": "services.parser.pdf.reader:read",
    "docx": "services.parser.docx.reader:read",
    "doc": "services.parser.doc.reader:read",
    "rtf": "services.parser.rtf.reader:read",
    "odt": "services.parser.odf.reader:read_text",
    "ods": "services.parser.odf.reader:read_sheets",
    "ofd": "services.parser.ofd.reader:read",
    "word-xml": "services.parser.docx.word_2003:read",
    "flat-opc": "services.parser.flat_opc:read",
    "mhtml": "services.parser.html.mhtml:read",
    "html": "services.parser.html.reader:read",
    "text": "services.parser.text.reader:read",
    "xlsx": "services.parser.xlsx.reader:read",
    "xls": "services.parser.xlsx.reader:read",
    "xls-xml": "services.parser.xlsx.xml_2003:read",
    "picture": "services.parser.ocr.reader:read",
}
"""Format → its reader, loaded when the first file of the format comes."""

ARCHIVES: Final = ("zip", "tar", "compressed", "rar", "7z")
"""Formats of files that hold others; `archives` opens them."""

_OFFICE_PARTS: Final = frozenset(("[Content_Types].xml", "word/document.xml", "xl/workbook.xml"))
"""What tells an Office package from an archive that has a folder of the same name."""
_OFFICE: Final = {"word": "docx", "xl": "xlsx"}
"""Folder of an Office package → its format, whatever its main part is called."""
_HEAD: Final = 4096
"""Bytes in which a PDF's or a page's first mark must stand."""
_PAGE_MARKS: Final = (b"<!doctype html", b"<html", b"<head", b"<body", b"<table", b"<meta", b"<div", b"<p")
_XML: Final = (
    (b'urn:schemas-microsoft-com:office:spreadsheet"', "xls-xml"),
    (b"http://schemas.microsoft.com/office/word/2003/wordml", "word-xml"),
    (b"http://schemas.microsoft.com/office/2006/xmlpackage", "flat-opc"),
    (b"application/vnd.oasis.opendocument.text", "odt"),
    (b"application/vnd.oasis.opendocument.spreadsheet", "ods"),
)
"""Namespace or type in a document's root → its format."""
_OPEN: Final = b"application/vnd.oasis.opendocument."
_OPEN_KIND: Final = re.compile(re.escape(_OPEN) + rb"[a-z-]{1,40}")
_MANIFEST: Final = "META-INF/manifest.xml"
"""Where an OpenDocument package says what it is, besides in its first member."""
_OPEN_DOCUMENT: Final = {b"text": "odt", b"spreadsheet": "ods"}
"""What an OpenDocument package says it is → its format."""
_MAIL: Final = re.compile(
    rb"(?:[\w-]{1,40}:[^\r\n]{0,500}\r?\n(?:[ \t][^\r\n]{0,500}\r?\n)*){1,30}", re.IGNORECASE
)
"""The head of a page that is saved with its parts as a mail is."""
_PICTURES: Final = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\x00", b"MM\x00*")
"""First bytes of a PNG, JPEG, GIF and TIFF picture."""


_PACKED: Final = (
    (b"Rar!\x1a\x07", "rar"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"\x1f\x8b", "compressed"),
    (b"BZh", "compressed"),
    (b"\xfd7zXZ\x00", "compressed"),
)
"""First bytes of an archive → its format."""


def reader_of(name: str) -> Reader:
    """The reader of the format called `name`."""
    module, function = READERS[name].split(":")
    reader: Reader = getattr(import_module(module), function)
    return reader


def detect(data: bytes) -> str:
    """A key of READERS, or of ARCHIVES; raises EmptyFile, Corrupt for a damaged file, Encrypted, Unsupported."""
    if not data.strip(b"\x00 \t\r\n"):
        raise EmptyFile("The file is empty.")
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _package(data)
    if data.startswith(compound.MAGIC):
        return _compound(data)
    head = data[:_HEAD]
    known = _by_first_bytes(data, head)
    if known:
        return known
    if data.startswith(b"ID3"):
        raise Unsupported("Sound files are not read.")
    return _characters(head)


def _by_first_bytes(data: bytes, head: bytes) -> str | None:
    """The format that the file's first bytes name; None for one that is of characters, or of none."""
    if b"%PDF-" in head[:1024]:
        return "pdf"
    if head.lstrip().startswith(b"{\\rtf"):
        return "rtf"
    mail = _MAIL.match(head.lstrip())
    if mail and any(kind in mail.group().lower() for kind in (b"multipart/related", b"text/html")):
        return "mhtml"
    if data.startswith(_PICTURES) or (data.startswith(b"BM") and data[6:10] == bytes(4)):
        return "picture"
    packed = next((name for magic, name in _PACKED if data.startswith(magic)), None)
    return packed or ("tar" if is_tar(data) else None)


def _package(data: bytes) -> str:
    """What a zip file holds: an Office document, or files of its own."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            names = set(package.namelist())
            kind = package.read("mimetype")[:_HEAD] if "mimetype" in names else b""
            if "content.xml" in names and not kind.startswith(_OPEN) and _MANIFEST in names:
                stated = _OPEN_KIND.search(package.read(_MANIFEST))
                kind = stated.group() if stated else kind
    except (zipfile.BadZipFile, zlib.error, ValueError, RuntimeError, EOFError, OSError) as error:
        raise Corrupt("The zip file (or Office document) is damaged or cut short.") from error
    if names & _OFFICE_PARTS:
        folders = {name.replace("\\", "/").lower().partition("/")[0] for name in names}
        if "ppt" in folders:
            raise Unsupported("PPTX files are not read.")
        for folder, name in _OFFICE.items():
            if folder in folders:
                return name
    if "OFD.xml" in names:
        return "ofd"
    if "content.xml" in names and (opened := _open_document(kind)):
        return opened
    return "zip"


def _open_document(kind: bytes) -> str | None:
    """The format of an OpenDocument package of the type stated; raises Unsupported for one that is not read."""
    if not kind.startswith(_OPEN):
        return None
    name = kind.rpartition(b".")[2].strip().partition(b"-")[0]
    if name not in _OPEN_DOCUMENT:
        raise Unsupported(f"OpenDocument files of the kind {name.decode('ascii', 'replace')} are not read.")
    return _OPEN_DOCUMENT[name]


def _compound(data: bytes) -> str:
    """What an OLE compound file holds, by its streams, whose names have no case ([MS-CFB] 2.6.4)."""
    try:
        with compound.opened(data) as file:
            streams = {entry[0].lower() for entry in file.listdir()}
    except compound.DAMAGED as error:
        raise Corrupt("The Office 97 file is damaged or cut short.") from error
    if "worddocument" in streams:
        return "doc"
    if streams & {"workbook", "book"}:
        return "xls"
    if "encryptedpackage" in streams:
        raise Encrypted("The Office document is protected by a password.")
    raise Unsupported("The Office 97 file is neither a Word document nor a workbook.")


def _characters(head: bytes) -> str:
    """Whether characters are a page or plain text."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head.decode("utf-16", "ignore").encode()
    lower = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if lower.startswith(b"<") and b"<html" not in lower:
        for mark, name in _XML:
            if mark in lower:
                if name in READERS:
                    return name
                raise Unsupported(f"{name} files are not read.")
    if lower.startswith((b"<?xml", b"<!--", b"<!doctype", b"<")) and any(mark in lower for mark in _PAGE_MARKS):
        return "html"
    if b"<html" in lower or b"<table" in lower or b"<!doctype html" in lower:
        return "html"
    if b"\x00" in head:
        raise Unsupported("The file is in no format known here.")
    if lower.startswith(b"<?xml"):
        raise Unsupported("XML files are not read.")
    return "text"
