"""What the bytes are, by the bytes alone, and which reader takes them."""

import io
import zipfile
from collections.abc import Callable
from importlib import import_module
from typing import Final

import olefile

from services.parser.reading import Limits, Reading
from shared.errors import Corrupt, Unsupported

Reader = Callable[[bytes, Limits], Reading]

READERS: Final = {
    "pdf": "services.parser.pdf.reader:read",
    "docx": "services.parser.docx.reader:read",
    "doc": "services.parser.doc.reader:read",
    "html": "services.parser.html.reader:read",
    "text": "services.parser.text.reader:read",
    "xlsx": "services.parser.xlsx.reader:read",
    "xls": "services.parser.xlsx.reader:read",
    "xls-xml": "services.parser.xlsx.xml_2003:read",
}
"""Format → its reader, loaded when the first file of the format comes."""

ARCHIVE: Final = "zip"

_OFFICE_PARTS: Final = frozenset(("[Content_Types].xml", "word/document.xml", "xl/workbook.xml"))
"""What tells an Office package from an archive that has a folder of the same name."""
_OFFICE: Final = {"word": "docx", "xl": "xlsx"}
"""Folder of an Office package → its format, whatever its main part is called."""
_HEAD: Final = 4096
"""Bytes in which a PDF's or a page's first mark must stand."""
_PAGE_MARKS: Final = (b"<!doctype html", b"<html", b"<head", b"<body", b"<table", b"<meta", b"<div", b"<p")
_XML: Final = (
    (b'urn:schemas-microsoft-com:office:spreadsheet"', "xls-xml"),
    (b"http://schemas.microsoft.com/office/word/2003/wordml", "Word 2003 XML"),
    (b"http://schemas.microsoft.com/office/2006/xmlpackage", "Flat OPC"),
    (b"urn:oasis:names:tc:opendocument:xmlns:office", "Flat OpenDocument"),
)
"""Namespace of a document's root → its format."""
_UNSUPPORTED: Final = (
    (b"{\\rtf", "RTF"),
    (b"MIME-Version:", "MHTML"),
    (b"Rar!\x1a\x07", "RAR archive"),
    (b"7z\xbc\xaf\x27\x1c", "7-Zip archive"),
    (b"\x1f\x8b", "gzip"),
    (b"\x89PNG", "PNG picture"),
    (b"\xff\xd8\xff", "JPEG picture"),
    (b"GIF8", "GIF picture"),
    (b"BM", "BMP picture"),
    (b"II*\x00", "TIFF picture"),
    (b"MM\x00*", "TIFF picture"),
    (b"ID3", "sound"),
)


def reader_of(name: str) -> Reader:
    """The reader of the format called `name`."""
    module, function = READERS[name].split(":")
    reader: Reader = getattr(import_module(module), function)
    return reader


def detect(data: bytes) -> str:
    """A key of READERS, or ARCHIVE; raises Corrupt for an empty or damaged file, Unsupported."""
    if not data.strip(b"\x00 \t\r\n"):
        raise Corrupt("The file is empty.")
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _package(data)
    if data.startswith(olefile.MAGIC):
        return _compound(data)
    head = data[:_HEAD]
    if b"%PDF-" in head[:1024]:
        return "pdf"
    for magic, name in _UNSUPPORTED:
        if data.startswith(magic) and not (magic == b"BM" and data[6:10] != bytes(4)):
            raise Unsupported(f"{name} files are not read.")
    return _characters(head)


def _package(data: bytes) -> str:
    """What a zip file holds: an Office document, or files of its own."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            names = set(package.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError, OSError) as error:
        raise Corrupt("The zip file (or Office document) is damaged or cut short.") from error
    if names & _OFFICE_PARTS:
        folders = {name.replace("\\", "/").lower().partition("/")[0] for name in names}
        if "ppt" in folders:
            raise Unsupported("PPTX files are not read.")
        for folder, name in _OFFICE.items():
            if folder in folders:
                return name
    if "OFD.xml" in names:
        raise Unsupported("OFD files are not read.")
    if "mimetype" in names and "content.xml" in names:
        raise Unsupported("OpenDocument files are not read.")
    return ARCHIVE


def _compound(data: bytes) -> str:
    """What an OLE compound file holds, by its streams."""
    try:
        with olefile.OleFileIO(io.BytesIO(data)) as compound:
            streams = {entry[0] for entry in compound.listdir()}
    except (OSError, ValueError, IndexError, TypeError, OverflowError) as error:
        raise Corrupt("The Office 97 file is damaged or cut short.") from error
    if "WordDocument" in streams:
        return "doc"
    if streams & {"Workbook", "Book"}:
        return "xls"
    if "EncryptedPackage" in streams:
        raise Unsupported("The Office document is encrypted.")
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
