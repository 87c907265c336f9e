"""What every format's reader takes and gives: limits in, blocks in reading order out."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from shared.errors import TooLarge
from shared.schemas.document import HIDDEN, Block, PageHead, Paragraph, Table, Unread

_FEW_WORDS: Final = 200
"""Characters of a text that says something without its pictures."""

POINTS: Final = {"pt": 1.0, "in": 72.0, "cm": 28.35, "mm": 2.835, "px": 0.75}
"""Unit of a length as documents state it → points."""
_SIZE: Final = re.compile(r"(?:^|;)\s*(width|height)\s*:\s*(\d{1,6}(?:\.\d{1,12})?)(pt|in|cm|mm|px)?(?![\w.%])")
EMUS: Final = 12700
"""English metric units of a point, in which Office states lengths."""
_TABLE_SIZE: Final = (200.0, 60.0)
"""Width and height of a table at least, points: half of what an A4 page has for text, and four lines."""


@dataclass(frozen=True)
class Limits:
    """Bounds on what one disclosure may make a reader do; a reader raises TooLarge beyond them."""

    file_bytes: int = 128 * 1024 * 1024
    """Size of one file, or of one archive member once unpacked, bytes."""
    total_bytes: int = 512 * 1024 * 1024
    """Size of all files of a disclosure together, archives unpacked, bytes."""
    members: int = 1000
    """Files in all archives of a disclosure."""
    archive_depth: int = 3
    """Archives within archives."""
    archive_ratio: int = 200
    """Unpacked size of an archive member against its packed size; small members are free of it."""
    pages: int = 5000
    """Pages of one file."""
    blocks: int = 200_000
    """Paragraphs and tables of one file."""
    cells: int = 300_000
    """Grid places of all tables of a disclosure."""
    depth: int = 40
    """Tables, text boxes and controls within each other that a reader follows."""
    elements: int = 2_500_000
    """Elements of a page or of a document's XML."""
    scans: int = 25
    """Pages and pictures of a disclosure whose text is recognised."""


class Setting(NamedTuple):
    """How a paragraph stands on its page."""

    left: float
    """Where its first line begins, points from the page's left side."""
    em: float
    """Size of its characters, points."""
    is_full: bool
    """Whether its last line reaches from margin to margin."""


@dataclass(frozen=True)
class Reading:
    """One file as read.

    `blocks` are in reading order, each with its page where the format has pages. Their `file` and table `index`
    are 0: the stage numbers them. What a page break cut is still apart: the stage joins it.
    """

    blocks: tuple[Block, ...]
    pages: int | None = None
    unread: tuple[Unread, ...] = ()
    edges: Mapping[int, tuple[float, ...]] = field(default_factory=dict)
    """Where the page shows them: index into `blocks` of a table → x of its column borders, points."""
    settings: Mapping[int, Setting] = field(default_factory=dict)
    """Where the page shows it: index of a paragraph → how it is set."""
    cut: bool = False
    """Whether page breaks may have cut blocks although no block knows its page (text taken from a PDF)."""
    head: PageHead | None = None
    """What a web page's head says of it."""
    scans: int = 0
    """Pages and pictures whose text was recognised."""
    attached: tuple[tuple[str, bytes], ...] = ()
    """Files that it carries, by name."""


def places(blocks: Iterable[Block]) -> int:
    """The grid places of all tables in `blocks`."""
    return sum(block.row_count * block.column_count for block in blocks if isinstance(block, Table))


def check_size(blocks: Sequence[Block], limits: Limits) -> None:
    """Raise TooLarge when there are more blocks or grid places than `limits` allows."""
    if len(blocks) > limits.blocks:
        raise TooLarge(f"The file has more than {limits.blocks} blocks.")
    if places(blocks) > limits.cells:
        raise TooLarge(f"The file's tables have more than {limits.cells} places.")


def less_certain(one: float | None, two: float | None) -> float | None:
    """How certain two texts are together, of which each was recognised (0 to 1) or not (None)."""
    return min((each for each in (one, two) if each is not None), default=None)


def hidden_texts(count: int, holder: str) -> tuple[Unread, ...]:
    """The note on so many texts that the `holder`, a page or document, does not show; none for none."""
    message = f"{count} texts that the {holder} hides or strikes out, or that are white on white."
    return (Unread(name=holder, cause=HIDDEN, message=message),) if count else ()


def is_large(width: float, height: float) -> bool:
    """Whether a picture of so many points is as large as a table."""
    return width >= _TABLE_SIZE[0] and height >= _TABLE_SIZE[1]


def size_in(style: str) -> tuple[float, float]:
    """Width and height that a CSS style states, in points as a length without a unit is; 0 for none stated."""
    sides = {name: float(size) * POINTS[unit or "pt"] for name, size, unit in _SIZE.findall(style.lower())}
    return sides.get("width", 0.0), sides.get("height", 0.0)


def says_little(blocks: Iterable[Block]) -> bool:
    """Whether pictures, where there are any, are what the file shows: its text says hardly anything."""
    return sum(len(block.text) if isinstance(block, Paragraph) else _FEW_WORDS for block in blocks) < _FEW_WORDS


def paragraph(text: str, page: int | None = None, heading: int | None = None) -> Paragraph:
    """A paragraph whose file the stage sets."""
    return Paragraph(file=0, page=page, text=text, heading=heading)
