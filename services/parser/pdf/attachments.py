"""The files that a PDF carries: those of a portfolio, and those attached to it."""

import ctypes
from typing import Final

import pypdfium2
import pypdfium2.raw as pdfium

from services.parser.reading import Limits
from shared.errors import TooLarge

_LONGEST_NAME: Final = 1024
"""Bytes of a file's name at most."""


def attached(document: pypdfium2.PdfDocument, limits: Limits) -> tuple[tuple[str, bytes], ...]:
    """Name and bytes of each file; raises TooLarge."""
    count = pdfium.FPDFDoc_GetAttachmentCount(document.raw)
    if count > limits.members:
        raise TooLarge(f"The PDF carries more than {limits.members} files.")
    files = (pdfium.FPDFDoc_GetAttachment(document.raw, index) for index in range(count))
    return tuple((_name(file), data) for file in files if file and (data := _bytes(file, limits)))


def _name(file: pdfium.FPDF_ATTACHMENT) -> str:
    text = (ctypes.c_ushort * (_LONGEST_NAME // 2))()
    size = pdfium.FPDFAttachment_GetName(file, text, _LONGEST_NAME)
    name = bytes(text)[: min(size, _LONGEST_NAME)].decode("utf-16-le", "replace").rstrip("\0")
    return name.replace("\\", "/").rpartition("/")[2] or "unnamed"


def _bytes(file: pdfium.FPDF_ATTACHMENT, limits: Limits) -> bytes:
    """What the file holds; nothing where that is damaged."""
    size = ctypes.c_ulong()
    if not pdfium.FPDFAttachment_GetFile(file, None, 0, size):
        return b""
    if size.value > limits.file_bytes:
        raise TooLarge(f"A file that the PDF carries is larger than {limits.file_bytes} bytes.")
    buffer = ctypes.create_string_buffer(size.value)
    return buffer.raw if pdfium.FPDFAttachment_GetFile(file, buffer, size.value, size) else b""
