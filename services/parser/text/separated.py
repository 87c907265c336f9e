"""Tables of plain text whose cells stand between commas, or between lines that characters draw."""

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from itertools import takewhile
from typing import Final

_SEPARATORS: Final = (",", ";")
_FEWEST: Final = 3
"""Columns and rows of a file of separated values at least: prose has commas too."""
_TITLES: Final = 8
"""Lines over a table at most that are its title, department, unit and the like."""
_UNIFORM: Final = 0.7
"""Share of the lines of several values that have the same number of them."""
_DRAWN: Final = frozenset(" \t|+:=-─━═┄┈┌┬┐├┼┤└┴┘┏┳┓┣╋┫┗┻┛╔╦╗╠╬╣╚╩╝╒╤╕╞╪╡╘╧╛╭╮╯╰│┃║")
"""What borders are drawn with."""
_LEVEL: Final = ("--", "==", "──", "━━", "══", "┄┄", "┈┈")
_SIDE: Final = re.compile(r"[|│┃║｜]")


def separated(text: str) -> list[list[str]] | None:
    """The rows of a file of separated values (RFC 4180, `;` too); None for other text."""
    if "\t" in text or _is_prose(text):
        return None
    for separator in _SEPARATORS:
        if text.count(separator) < _FEWEST:
            continue
        try:
            rows = [[cell.strip() for cell in row] for row in csv.reader(io.StringIO(text), delimiter=separator)]
        except csv.Error:
            continue
        widths = [len(row) for row in rows if any(row)]
        over = sum(1 for _ in takewhile(lambda width: width == 1, widths))
        counts = Counter(widths[min(over, _TITLES) :])
        single = counts.pop(1, 0)
        width, count = counts.most_common(1)[0] if counts else (0, 0)
        if width >= _FEWEST and count >= max(_FEWEST, single, _UNIFORM * counts.total()):
            widest = max(map(len, rows))
            return [row + [""] * (widest - len(row)) for row in rows]
    return None


def _is_prose(text: str) -> bool:
    """Whether half of the lines with separators end as sentences do: `收入3,120.45万元，支出3,000.45万元。`."""
    lines = [line.rstrip() for line in text.splitlines() if any(each in line for each in _SEPARATORS)]
    return sum(line.endswith("。") for line in lines) * 2 >= len(lines) > 0


def with_drawn_rows(lines: Sequence[str]) -> list[str]:
    """`lines`, rows between upright lines (`│`, `|`) as cells between tabs, without lines that only draw borders.

    One such line alone is no table.
    """
    kept = [line for line in lines if not _is_border(line)]
    rows = [_row(line) for line in kept]
    alone = [
        not any(rows[near] for near in (number - 1, number + 1) if 0 <= near < len(rows))
        for number in range(len(rows))
    ]
    return [row if row and not single else line for line, row, single in zip(kept, rows, alone, strict=True)]


def _is_border(line: str) -> bool:
    return _DRAWN.issuperset(line) and any(rule in line for rule in _LEVEL)


def _row(line: str) -> str | None:
    """The cells of a row between tabs; None for what is no row."""
    cells = _SIDE.split(line.strip())
    if len(cells) < _FEWEST or (cells[0].strip() and cells[-1].strip() and len(cells) == _FEWEST):
        return None
    first, last = int(not cells[0].strip()), len(cells) - int(not cells[-1].strip())
    return "\t".join(cell.strip() for cell in cells[first:last])
