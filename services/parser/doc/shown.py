"""Which characters of the text are shown: no field codes, nothing hidden or deleted, signs as what they print."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from services.parser.doc.grounds import Grounds
from services.parser.doc.pieces import Text
from services.parser.doc.runs import Runs, is_hidden, is_raised, is_white, object_in, symbol_in
from services.parser.symbols import character
from services.parser.wording import raised, shown_lines

_FIELD: Final = "\x13"
_RESULT: Final = "\x14"
_END: Final = "\x15"
_CELL: Final = "\x07"
_SIGNS: Final = dict.fromkeys(range(32)) | {
    0x09: "\t",
    0x0B: "\n",
    0x0C: "\n",
    0x0E: "\n",
    0x1E: "-",
    0xA0: " ",
}
"""Word's own signs → what they print."""

OBJECT: Final = "\ufdd0"
"""Stands for an embedded object; no text has it."""
PICTURES: Final = "\x01\x08"
"""Signs that stand for a picture or a drawing."""


@dataclass(frozen=True)
class Shown:
    """The document's text, and the sorted stretches of it that are not shown."""

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    objects: tuple[int, ...] = ()
    """Numbers of the embedded objects, in order."""

    def between(self, start: int, end: int) -> str:
        """What is shown of the characters from `start` to before `end`, less blanks at the ends of lines."""
        kept = []
        number = max(bisect_right(self.starts, start) - 1, 0)
        while start < end:
            while number < len(self.starts) and self.ends[number] <= start:
                number += 1
            hidden = self.starts[number] if number < len(self.starts) else end
            if hidden > start:
                kept.append(self.text[start : min(hidden, end)])
            start = self.ends[number] if number < len(self.starts) else end
        return shown_lines(_printed("".join(kept)))


def _printed(raw: str) -> str:
    """`raw`, a character for each 16 bits, as it prints."""
    return raw.translate(_SIGNS).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def shown(text: Text, runs: Runs, grounds: Grounds, fonts: Sequence[str]) -> Shown:
    """What is shown of `text`; `runs` are characters hidden, white, raised, or standing for a sign of `fonts`."""
    hidden = _fields(text.characters)
    characters = list(text.characters)
    objects: list[int] = []
    for start, end, changes in _stretches(text, runs):
        symbol = symbol_in(changes)
        if is_hidden(changes) or (is_white(changes) and not grounds.is_shaded(text.offset_of(start))):
            hidden.append((start, end))
        elif symbol:
            font = fonts[symbol[0]] if symbol[0] < len(fonts) else ""
            characters[start:end] = [character(symbol[1], font)] * (end - start)
        elif (number := object_in(changes)) is not None:
            at = start + (characters[start] == _RESULT)  # what shows the object stands behind that sign
            if at < len(characters):
                characters[at] = OBJECT
                objects.append(number)
        elif is_raised(changes):
            text_there = "".join(characters[start:end])
            mark = raised(text_there, characters[start - 1] if start else "")
            if not mark:
                hidden.append((start, end))
            elif len(mark) == end - start:
                characters[start:end] = list(mark)
    merged: list[list[int]] = []
    for start, end in sorted(hidden):
        if merged and start <= merged[-1][1]:
            merged[-1][1] = max(merged[-1][1], end)
        else:
            merged.append([start, end])
    return Shown(
        "".join(characters), tuple(start for start, _ in merged), tuple(end for _, end in merged), tuple(objects)
    )


def _fields(characters: str) -> list[tuple[int, int]]:
    """The codes of fields that end: from their beginning to their result, or to the end of those without one."""
    found: list[tuple[int, int]] = []
    open_fields: list[tuple[int, int, int | None]] = []
    cells = 0
    for at, sign in enumerate(characters):
        if sign == _CELL:
            cells += 1
        elif sign == _FIELD:
            open_fields.append((at, cells, None))
        elif sign == _RESULT and open_fields and open_fields[-1][2] is None:
            start, before, _ = open_fields[-1]
            open_fields[-1] = (start, before, at if cells == before else start)
        elif sign == _END and open_fields:
            start, before, result = open_fields.pop()
            if result is not None or cells == before:
                found.append((start, (at if result is None else result) + 1))
    return found


def _stretches(text: Text, runs: Runs) -> Iterator[tuple[int, int, bytes]]:
    """The characters of each run, as first and after-last number, with the run's changes."""
    for number, piece in enumerate(text.pieces):
        last = text.starts[number + 1] if number + 1 < len(text.pieces) else len(text.characters)
        end = piece.offset + (last - piece.start) * piece.size
        for run in range(bisect_right(runs.ends, piece.offset), bisect_left(runs.starts, end)):
            first = max(runs.starts[run] - piece.offset, 0) // piece.size
            after = (min(runs.ends[run], end) - piece.offset) // piece.size
            yield piece.start + first, piece.start + after, runs.changes[run]
