"""CSV that spreadsheets open: with a byte order mark, and no text in it that they would run."""

import csv
import io
import json
import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from services.store.exports.pages import Rows
from shared.schemas.tabular import Shape, columns

_FORMULA: Final = tuple("=+-@\t\r\n＝＋－＠")
_NUMBER: Final = re.compile(r"[-+－＋]?\s*[\d,，]*([.．]\d+)?\s*[%％]?", re.ASCII)
_BYTE_ORDER_MARK: Final = "\N{ZERO WIDTH NO-BREAK SPACE}"


class CsvWriter:
    """The records of one type, with a header line."""

    def __init__(self) -> None:
        self._begun = False

    def add(self, rows: Rows) -> bytes:
        shapes = [each.shape for each in columns(rows.type)]
        text = lines(
            [[_field(value, shape) for value, shape in zip(row, shapes, strict=True)] for row in rows.values]
        )
        if not self._begun:
            self._begun = True
            text = _BYTE_ORDER_MARK + lines([[each.name for each in columns(rows.type)]]) + text
        return text.encode()

    def end(self) -> Iterator[bytes]:
        return iter(())

    def close(self) -> None:
        """Nothing is open."""


writer = CsvWriter


def plain(value: Any) -> str:
    """A value as its JSON has it, what is nested as JSON, nothing for null."""
    if value is None:
        return ""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else str(value)


def lines(rows: Sequence[Sequence[str]]) -> str:
    """Rows as lines of CSV."""
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue()


def _field(value: Any, shape: Shape) -> str:
    """Free text a spreadsheet would run is quoted with `'`."""
    text = plain(value)
    return f"'{text}" if shape is Shape.TEXT and _is_formula(text) else text


def _is_formula(text: str) -> bool:
    """Whether a spreadsheet could run it: a number, or a dash for an empty cell, it cannot."""
    return text.startswith(_FORMULA) and not _NUMBER.fullmatch(text) and any(map(str.isalnum, text))
