"""The pages of a file one after the other → what was read of it, and which pages were not read."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from services.parser.layout.page import PageReading, Scan
from services.parser.reading import Limits, Reading, Setting, check_size
from shared.errors import Corrupt, TooLarge, Unsupported
from shared.schemas.document import HIDDEN, NO_TEXT, RECOGNISED, SCAN, TOO_MANY_SCANS, Block, Unread

_PICTURES: Final = {
    Scan.NOT_INSTALLED: (SCAN, "Pictures, not text: recognising characters needs gongkai[ocr]."),
    Scan.TOO_MANY: (TOO_MANY_SCANS, "Pictures, not text: more of them than are recognised of a disclosure."),
    Scan.NO_TEXT: (NO_TEXT, "Pictures: no text was recognised in them."),
    Scan.RECOGNISED: (RECOGNISED, "Pictures: their text is what was recognised in them."),
}
"""What became of pages that are pictures → cause and message of the note on them."""


@dataclass
class _Notes:
    """Numbers of pages of which something is not read."""

    scans: dict[Scan, list[int]] = field(default_factory=dict)
    unmapped: list[int] = field(default_factory=list)
    damaged: list[int] = field(default_factory=list)
    hidden: list[int] = field(default_factory=list)

    def unread(self) -> tuple[Unread, ...]:
        """A note for each cause that there is."""
        causes = (
            *((self.scans.get(scan, []), *note) for scan, note in _PICTURES.items()),
            (self.unmapped, Unsupported.cause, "Characters stand as � whose font does not say what they are."),
            (self.damaged, Corrupt.cause, "Damaged: nothing of it could be read."),
            (
                self.hidden,
                HIDDEN,
                "Not shown (invisible, white, struck out, covered, cut off, on a layer that is off), or a seal's.",
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


@dataclass
class Pages:
    """Takes the pages of a file in `format`; raises Corrupt for one without pages, TooLarge."""

    format: str
    count: int
    limits: Limits
    blocks: list[Block] = field(default_factory=list)
    _edges: dict[int, tuple[float, ...]] = field(default_factory=dict)
    _settings: dict[int, Setting] = field(default_factory=dict)
    _notes: _Notes = field(default_factory=_Notes)

    def __post_init__(self) -> None:
        if not self.count:
            raise Corrupt(f"The {self.format} has no pages.")
        if self.count > self.limits.pages:
            raise TooLarge(f"The {self.format} has {self.count} pages, more than {self.limits.pages}.")

    def add(self, number: int, page: PageReading | None) -> None:
        """Take page `number`; None is a damaged one. Raises TooLarge."""
        if page is None:
            self._notes.damaged.append(number)
            return
        self._edges |= {len(self.blocks) + index: places for index, places in page.edges.items()}
        self._settings |= {len(self.blocks) + index: setting for index, setting in page.settings.items()}
        self.blocks += page.blocks
        check_size(self.blocks, self.limits)
        if page.scan is not Scan.NONE:
            self._notes.scans.setdefault(page.scan, []).append(number)
        if page.hidden:
            self._notes.hidden.append(number)
        if page.unmapped:
            self._notes.unmapped.append(number)

    def reading(self) -> Reading:
        """What the pages hold; raises Corrupt when none can be read, Unsupported when all are pictures."""
        if len(self._notes.damaged) == self.count:
            raise Corrupt(f"None of the {self.format}'s pages can be read.")
        if not self.blocks and Scan.NOT_INSTALLED in self._notes.scans:
            raise Unsupported(f"The {self.format}'s pages are pictures: recognising text needs gongkai[ocr].")
        return Reading(
            blocks=tuple(self.blocks),
            pages=self.count,
            unread=self._notes.unread(),
            edges=self._edges,
            settings=self._settings,
        )
