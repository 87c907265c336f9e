"""PDF bytes → blocks, page by page."""

import ctypes
from dataclasses import dataclass, replace
from typing import Final

import pypdfium2
import pypdfium2.raw as pdfium

from services.parser.layout.page import PageReading, read_page
from services.parser.layout.pages import Pages
from services.parser.ocr.scans import Scans
from services.parser.pdf import fonts, layers
from services.parser.pdf.attachments import attached
from services.parser.pdf.page import page_contents, picture
from services.parser.reading import Limits, Reading
from shared.errors import Corrupt, Encrypted

_LOCKED: Final = (pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY)
_OVER_PAGE: Final = (pdfium.FPDF_ANNOT_FREETEXT, pdfium.FPDF_ANNOT_WIDGET)
"""What lies over a page and holds text: notes and form fields."""
_FIELD_TYPE: Final = 8
"""Characters of a form field's type at most: Btn, Tx, Ch, Sig."""


def read(data: bytes, limits: Limits) -> Reading:
    """The paragraphs and tables of every page, with the x of the tables' column borders.

    Page numbers and running heads are kept: whoever joins the pages knows them by their repetition. Raises
    Encrypted for a file with a password, Unsupported for one of pictures only, Corrupt, TooLarge.
    """
    fonts.set_up()
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if error.err_code in _LOCKED:
            raise Encrypted("The PDF is protected by a password.") from error
        raise Corrupt("The PDF is damaged or cut short.") from error
    with document:
        reading = _read(document, layers.layers_off(document, data), limits)
        return replace(reading, attached=attached(document, limits))


def _read(document: pypdfium2.PdfDocument, off: frozenset[str], limits: Limits) -> Reading:
    pages = Pages("PDF", len(document), limits)
    reader = _PageReader(document, off, limits, Scans(limits.scans))
    for number in range(1, len(document) + 1):
        pages.add(number, reader.read(number))
    return replace(pages.reading(), scans=reader.scans.taken)


@dataclass(frozen=True)
class _PageReader:
    """Reads the pages of a document besides the layers that are `off`."""

    document: pypdfium2.PdfDocument
    off: frozenset[str]
    limits: Limits
    scans: Scans

    def read(self, number: int) -> PageReading | None:
        """What page `number` holds; None when it is damaged."""
        try:
            page = self.document[number - 1]
            if _merged(page):
                page.close()
                page = self.document[number - 1]
            gone = layers.remove(page.raw, self.off) if self.off else 0
            text = page.get_textpage()
        except pypdfium2.PdfiumError:
            return None
        try:
            contents = page_contents(page.raw, text.raw, self.limits)
            turned = contents.turned
            contents = self.scans.read(contents, lambda scale: picture(page, turned, scale))
            reading = read_page(contents, number, self.limits)
            reading.hidden += gone
            return reading
        finally:
            text.close()
            page.close()


def _merged(page: pypdfium2.PdfPage) -> bool:
    """Make the notes and form fields over the page a part of it; False when there are none.

    What else lies over it, as a signature or a stamp, is taken off: its text is none of what it covers.
    """
    merging = False
    for index in range(pdfium.FPDFPage_GetAnnotCount(page.raw) - 1, -1, -1):
        annotation = pdfium.FPDFPage_GetAnnot(page.raw, index)
        if not annotation:
            continue
        is_part = pdfium.FPDFAnnot_GetSubtype(annotation) in _OVER_PAGE and not _is_signature(annotation)
        pdfium.FPDFPage_CloseAnnot(annotation)
        if not is_part:
            pdfium.FPDFPage_RemoveAnnot(page.raw, index)
        merging = merging or is_part
    return merging and bool(pdfium.FPDFPage_Flatten(page.raw, pdfium.FLAT_PRINT) == pdfium.FLATTEN_SUCCESS)


def _is_signature(annotation: pdfium.FPDF_ANNOTATION) -> bool:
    text = (ctypes.c_ushort * _FIELD_TYPE)()
    pdfium.FPDFAnnot_GetStringValue(annotation, b"FT", text, ctypes.sizeof(text))
    return bytes(text).decode("utf-16-le", "replace").rstrip("\0") == "Sig"
