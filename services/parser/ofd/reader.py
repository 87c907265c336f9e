"""OFD bytes → blocks, page by page, and the files that it carries."""

from dataclasses import replace
from typing import TYPE_CHECKING

from services.parser.layout.page import PageReading, read_page
from services.parser.layout.pages import Pages
from services.parser.ocr.scans import Scans
from services.parser.ofd.package import OfdDocument, OfdFile
from services.parser.ofd.page import OfdPage, page_contents
from services.parser.packages import open_package
from services.parser.reading import Limits, Reading
from shared.errors import Corrupt

if TYPE_CHECKING:
    from services.parser.ocr.networks import Pixels


def read(data: bytes, limits: Limits) -> Reading:
    """The paragraphs and tables of every page, with the x of the tables' column borders.

    Raises Encrypted, Unsupported for pages that are pictures, Corrupt, TooLarge.
    """
    with open_package(data) as package:
        documents = OfdFile(package, limits).documents()
        pages = Pages("OFD", sum(len(document.pages) for document in documents), limits)
        scans = Scans(limits.scans)
        number = 0
        for document in documents:
            for path in document.pages:
                number += 1
                pages.add(number, _page(document, path, number, scans))
        attached = tuple(
            (name, content)
            for document in documents
            for name, place in document.attached
            if (content := document.file.data(place))
        )
        return replace(pages.reading(), attached=attached, scans=scans.taken)


def _page(document: OfdDocument, path: str, number: int, scans: Scans) -> PageReading | None:
    """What the page at `path` holds; None when it is missing or damaged."""
    try:
        page = page_contents(document, path)
    except Corrupt:
        return None
    if page is None:
        return None
    contents = scans.read(page.contents, lambda scale: _drawn(document, page, scale))
    return read_page(contents, number, document.file.limits)


def _drawn(document: OfdDocument, page: OfdPage, scale: float) -> "Pixels":
    """The page's pictures in grey, `scale` pixels a point."""
    from services.parser.ocr.pictures import placed

    pictures = ((document.file.data(document.media.get(name, "")), box) for name, box in page.pictures)
    found = page.contents.characters
    return placed(((data, box) for data, box in pictures if data), (found.width, found.height), scale)
