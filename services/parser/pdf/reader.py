"""PDF bytes → blocks, page by page."""

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import pypdfium2
import pypdfium2.raw as pdfium

from services.parser.layout.page import PageReading, read_page
from services.parser.pdf import fonts, layers
from services.parser.pdf.attachments import attached
from services.parser.pdf.page import page_contents
from services.parser.reading import Limits, Reading, Setting, check_size
from shared.errors import Corrupt, TooLarge, Unsupported
from shared.schemas.document import HIDDEN, Block, Unread

_LOCKED: Final = (pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY)
_OVER_PAGE: Final = (pdfium.FPDF_ANNOT_FREETEXT, pdfium.FPDF_ANNOT_WIDGET)
"""What lies over a page and holds text: notes and form fields."""
_FIELD_TYPE: Final = 8
"""Characters of a form field's type at most: Btn, Tx, Ch, Sig."""
_FEW: Final = 60
"""Characters: a page with fewer, most of it a picture, hardly says in text what it shows."""
_MOST: Final = 0.4
"""Share of a page that its pictures cover when they are what it shows."""


def read(data: bytes, limits: Limits) -> Reading:
    """The paragraphs and tables of every page, with the x of the tables' column borders.

    Page numbers and running heads are kept: whoever joins the pages knows them by their repetition. Raises
    Unsupported for a file with a password or of pictures only, Corrupt, TooLarge.
    """
    fonts.set_up()
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if error.err_code in _LOCKED:
            raise Unsupported("The PDF is protected by a password.") from error
        raise Corrupt("The PDF is damaged or cut short.") from error
    with document:
        reading = _read(document, layers.layers_off(document, data), limits)
        return replace(reading, attached=attached(document, limits))


@dataclass
class _Notes:
    """Numbers of pages of which something is not read."""

    pictures: list[int] = field(default_factory=list)
    unmapped: list[int] = field(default_factory=list)
    damaged: list[int] = field(default_factory=list)
    hidden: list[int] = field(default_factory=list)

    def unread(self) -> tuple[Unread, ...]:
        """A note for each cause that there is."""
        causes = (
            (self.pictures, Unsupported.cause, "Pictures, not text: characters in pictures are not read."),
            (self.unmapped, Unsupported.cause, "Characters stand as � whose font does not say what they are."),
            (self.damaged, Corrupt.cause, "Damaged: nothing of it could be read."),
            (
                self.hidden,
                HIDDEN,
                "Not shown (invisible, white, painted over, cut off, on a layer that is off), or a seal's.",
            ),
        )
        return tuple(
            Unread(name=_listed(pages), cause=cause, message=message) for pages, cause, message in causes if pages
        )


def _listed(numbers: Sequence[int]) -> str:
    """`page 3`, or `pages 3-5, 9`."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    parts = (str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)
    return f"{'page' if len(numbers) == 1 else 'pages'} {', '.join(parts)}"


def _read(document: pypdfium2.PdfDocument, off: frozenset[str], limits: Limits) -> Reading:
    count = len(document)
    if not count:
        raise Corrupt("The PDF has no pages.")
    if count > limits.pages:
        raise TooLarge(f"The PDF has {count} pages, more than {limits.pages}.")
    blocks: list[Block] = []
    edges: dict[int, tuple[float, ...]] = {}
    settings: dict[int, Setting] = {}
    notes = _Notes()
    for number in range(1, count + 1):
        page = _page(document, number, off, limits)
        if page is None:
            notes.damaged.append(number)
            continue
        edges |= {len(blocks) + index: places for index, places in page.edges.items()}
        settings |= {len(blocks) + index: setting for index, setting in page.settings.items()}
        blocks += page.blocks
        check_size(blocks, limits)
        if page.pictures >= _MOST and page.characters < _FEW:
            notes.pictures.append(number)
        if page.hidden:
            notes.hidden.append(number)
        if page.unmapped:
            notes.unmapped.append(number)
    if len(notes.damaged) == count:
        raise Corrupt("None of the PDF's pages can be read.")
    if not blocks and notes.pictures:
        raise Unsupported("The PDF's pages are pictures: characters in pictures are not read.")
    return Reading(
        blocks=tuple(blocks),
        pages=count,
        unread=notes.unread(),
        edges=edges,
        settings=settings,
    )


def _page(document: pypdfium2.PdfDocument, number: int, off: frozenset[str], limits: Limits) -> PageReading | None:
    """What page `number` holds besides the layers that are `off`; None when it is damaged."""
    try:
        page = document[number - 1]
        if _merged(page):
            page.close()
            page = document[number - 1]
        gone = layers.remove(page.raw, off) if off else 0
        text = page.get_textpage()
    except pypdfium2.PdfiumError:
        return None
    try:
        reading = read_page(page_contents(page.raw, text.raw, limits), number, limits)
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
