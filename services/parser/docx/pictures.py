"""Which pictures of a Word document may be what it has to say: those as large as a table, or all there is."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from services.parser.office_xml import Element, attribute, local, number, under
from services.parser.reading import EMUS, is_large, says_little, size_in
from shared.schemas.document import Block, Unread


class ShownPicture(NamedTuple):
    """A picture: the reference to its file, and whether it is as large as a table."""

    reference: str | None
    is_large: bool


def pictures(element: Element) -> Iterator[ShownPicture]:
    """The pictures in `element`."""
    for each in under(element, "extent"):
        frame = each.getparent()
        blip = next(under(frame, "blip"), None) if frame is not None else None
        if blip is not None:
            yield ShownPicture(attribute(blip, "embed"), is_large(*_extent(each)))
    for each in under(element, "imagedata"):
        shape = each.getparent()
        if shape is not None and not _is_embedded(shape):
            yield ShownPicture(attribute(each, "id"), is_large(*size_in(str(shape.get("style", "")))))


def unread_pictures(root: Element, blocks: Sequence[Block], read: frozenset[str]) -> tuple[Unread, ...]:
    """What to report of the pictures that the document shows, besides those whose references are in `read`."""
    left = [each for each in pictures(root) if each.reference not in read]
    count = len(left) if says_little(blocks) else sum(each.is_large for each in left)
    if not count:
        return ()
    message = f"The document shows {count} pictures, which are not read."
    return (Unread(name="pictures", cause="unsupported", message=message),)


def _is_embedded(shape: Element) -> bool:
    """Whether the picture stands for an embedded file, which is read itself."""
    parent = shape.getparent()
    return parent is not None and any(local(each) == "OLEObject" for each in parent)


def _extent(element: Element) -> tuple[float, float]:
    return (number(element, "cx") or 0) / EMUS, (number(element, "cy") or 0) / EMUS
