"""OFD bytes → blocks, page by page, and the files that it carries."""

from dataclasses import replace

from services.parser.layout.page import PageReading, read_page
from services.parser.layout.pages import Pages
from services.parser.ofd.package import OfdDocument, OfdFile
from services.parser.ofd.page import page_contents
from services.parser.packages import open_package
from services.parser.reading import Limits, Reading
from shared.errors import Corrupt


def read(data: bytes, limits: Limits) -> Reading:
    """The paragraphs and tables of every page, with the x of the tables' column borders.

    Raises Encrypted, Unsupported for pages that are pictures, Corrupt, TooLarge.
    """
    with open_package(data) as package:
        documents = OfdFile(package, limits).documents()
        pages = Pages("OFD", sum(len(document.pages) for document in documents), limits)
        number = 0
        for document in documents:
            for path in document.pages:
                number += 1
                pages.add(number, _page(document, path, number, limits))
        attached = tuple(
            (name, content)
            for document in documents
            for name, place in document.attached
            if (content := document.file.data(place))
        )
        return replace(pages.reading(), attached=attached)


def _page(document: OfdDocument, path: str, number: int, limits: Limits) -> PageReading | None:
    """What the page at `path` holds; None when it is missing or damaged."""
    try:
        contents = page_contents(document, path)
    except Corrupt:
        return None
    return read_page(contents, number, limits) if contents is not None else None
