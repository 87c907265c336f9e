"""What an Excel sheet shows besides its cells: the head of its pages; text boxes, charts and pictures."""

import re
import zipfile
from dataclasses import dataclass
from typing import Final

from services.parser.charts import shape_lines, texts_beside
from services.parser.office_xml import Element, attribute, child, number, parse, targets, under
from services.parser.packages import part
from services.parser.parts import Parts
from services.parser.reading import EMUS, Limits, is_large, paragraph
from services.parser.wording import is_number_at_edge
from shared.schemas.document import Block, Unread

_COLUMN: Final = 54.0
_ROW: Final = 13.5
"""Width and height of a cell that states none, points."""
_PART: Final = re.compile("&[LCR]")
"""What begins the left, middle and right part of a page's head (ECMA-376 part 1, 18.3.1.46)."""
_CHANGING: Final = re.compile("&[PNDTFAZG]")
"""What stands for a page's number, the date, the file or the sheet."""
_CODE: Final = re.compile(r'&(?:"[^"]*"|K(?:[0-9A-F]{6}|\d\d[+-]\d{3})|\d{1,3}|[A-Za-z])')


@dataclass(frozen=True)
class Beside:
    """What a sheet shows besides its cells: over the first row of them, and under it."""

    over: tuple[Block, ...] = ()
    under: tuple[Block, ...] = ()
    unread: tuple[Unread, ...] = ()
    scans: int = 0
    """Pictures whose text was recognised."""


def beside(package: zipfile.ZipFile, path: str, drawing: str, first: int, limits: Limits) -> Beside:
    """What the `drawing` of the sheet at `path` shows over and under its `first` row that is filled.

    Raises Corrupt, TooLarge.
    """
    place = targets(package, path, limits).get(drawing, "")
    content = part(package, place, limits) if place else None
    if content is None:
        return Beside()
    over: list[Block] = []
    under_it: list[Block] = []
    parts = Parts(package, place, limits)
    for anchor in parse(content, limits):
        (over if _cell(anchor, "from", "row") <= first else under_it).extend(_shown(anchor, parts))
    return Beside(tuple(over), tuple(under_it), tuple(parts.embedded.unread), parts.embedded.scans)


def head_lines(text: str) -> list[str]:
    """What a page's head says in its three parts, without what changes from page to page and how it is set."""
    lines = [line for each in _PART.split(text) for line in each.replace("_x000D_", "\n").split("\n")]
    kept = (line.replace("&&", "＆") for line in lines if not _CHANGING.search(line))
    plain = (_CODE.sub("", line).strip() for line in kept)
    return [line for line in plain if line and not is_number_at_edge(line)]


def _shown(anchor: Element, parts: Parts) -> list[Block]:
    """What is anchored at one place; nothing of what is hidden."""
    if any(attribute(each, "hidden") in ("1", "true") for each in under(anchor, "cNvPr")):
        return []
    blocks: list[Block] = [paragraph(line) for each in under(anchor, "txBody") for line in shape_lines(each)]
    blocks += [paragraph(line) for line in texts_beside(anchor, parts)]
    for picture in under(anchor, "pic"):
        if _is_large(picture, anchor):
            blip = next(under(picture, "blip"), None)
            blocks += parts.blocks(attribute(blip, "embed"))
    return blocks


def _is_large(picture: Element, anchor: Element) -> bool:
    """Whether a picture is as large as a table: as it says, or by the cells that it lies over."""
    for size in (child(picture, "spPr", "xfrm", "ext"), child(anchor, "ext")):
        width, height = ((number(size, side) or 0) / EMUS for side in ("cx", "cy"))
        if width and height:
            return is_large(width, height)
    across, down = (_cell(anchor, "to", side) - _cell(anchor, "from", side) for side in ("col", "row"))
    return is_large(across * _COLUMN, down * _ROW)


def _cell(anchor: Element, end: str, side: str) -> int:
    place = child(anchor, end, side)
    text = (place.text or "").strip() if place is not None else ""
    return int(text) if text.isdecimal() and len(text) < 8 else 0
