"""PDF bytes → blocks, page by page."""

from typing import Final

import pypdfium2
import pypdfium2.raw as pdfium

from services.parser.pdf.page import PageReading, read_page
from services.parser.reading import Limits, Reading, check_size
from shared.errors import Corrupt, TooLarge, Unsupported
from shared.schemas.document import Block, Unread

_LOCKED: Final = (pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY)


def read(data: bytes, limits: Limits) -> Reading:
    """The paragraphs and tables of every page, with the x of the tables' column borders.

    Page numbers and running heads are still there: what joins the pages knows them by their repetition. Raises
    Unsupported for a file with a password or of pictures only, Corrupt, TooLarge.
    """
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if error.err_code in _LOCKED:
            raise Unsupported("The PDF is protected by a password.") from error
        raise Corrupt("The PDF is damaged or cut short.") from error
    with document:
        return _read(document, limits)


def _read(document: pypdfium2.PdfDocument, limits: Limits) -> Reading:
    count = len(document)
    if not count:
        raise Corrupt("The PDF has no pages.")
    if count > limits.pages:
        raise TooLarge(f"The PDF has {count} pages, more than {limits.pages}.")
    blocks: list[Block] = []
    edges: dict[int, tuple[float, ...]] = {}
    unread: list[Unread] = []
    for number in range(1, count + 1):
        page = _page(document, number, limits)
        for index, places in page.edges.items():
            edges[len(blocks) + index] = places
        blocks += page.blocks
        check_size(blocks, limits)
    return Reading(blocks=tuple(blocks), pages=count, unread=tuple(unread), edges=edges)


def _page(document: pypdfium2.PdfDocument, number: int, limits: Limits) -> PageReading:
    page = document[number - 1]
    text = page.get_textpage()
    try:
        return read_page(page.raw, text.raw, number, limits)
    finally:
        text.close()
        page.close()
