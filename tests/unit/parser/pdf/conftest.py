"""Draws small PDF files to read, from fictional content."""

import io
from collections.abc import Callable, Sequence

import pytest
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from services.parser.pdf.reader import read
from services.parser.reading import Limits, Reading
from shared.schemas.document import Table

WIDTH, HEIGHT = 595.0, 842.0
FONT = "STSong-Light"

Ruler = Callable[[float, float, float, float], None]


class Sheet:
    """Pages drawn from the top left corner, in points; `reading` reads them back."""

    def __init__(self, size: tuple[float, float] = (WIDTH, HEIGHT)) -> None:
        pdfmetrics.registerFont(UnicodeCIDFont(FONT))
        self.buffer = io.BytesIO()
        self.canvas = Canvas(self.buffer, pagesize=size)
        self.height = size[1]

    def text(self, x: float, y: float, text: str, size: float = 10.5) -> None:
        """`text` with its baseline at `y`."""
        self.canvas.setFont(FONT, size)
        self.canvas.drawString(x, self.height - y, text)

    def line(self, x0: float, y0: float, x1: float, y1: float) -> None:
        """A stroke of half a point."""
        self.canvas.setLineWidth(0.5)
        self.canvas.line(x0, self.height - y0, x1, self.height - y1)

    def bar(self, x0: float, y0: float, x1: float, y1: float) -> None:
        """A line as a thin filled rectangle, as browsers draw it."""
        left, top = min(x0, x1) - 0.4, self.height - max(y0, y1) - 0.4
        self.canvas.rect(left, top, abs(x1 - x0) + 0.8, abs(y1 - y0) + 0.8, stroke=0, fill=1)

    def dashes(self, x0: float, y0: float, x1: float, y1: float) -> None:
        """A line as many short strokes."""
        length = max(abs(x1 - x0), abs(y1 - y0))
        for step in range(int(length // 5)):
            share, end = 5 * step / length, (5 * step + 3) / length
            self.line(x0 + (x1 - x0) * share, y0 + (y1 - y0) * share, x0 + (x1 - x0) * end, y0 + (y1 - y0) * end)

    def twice(self, x0: float, y0: float, x1: float, y1: float) -> None:
        """A double line, the two 2 points apart."""
        down = 2.0 if y0 == y1 else 0.0
        self.line(x0, y0, x1, y1)
        self.line(x0 + 2.0 - down, y0 + down, x1 + 2.0 - down, y1 + down)

    def grid(self, columns: Sequence[float], rows: Sequence[float], ruler: Ruler | None = None) -> None:
        """The lines of a table without merged cells."""
        ruler = ruler or self.line
        for y in rows:
            ruler(columns[0], y, columns[-1], y)
        for x in columns:
            ruler(x, rows[0], x, rows[-1])

    def fill(self, columns: Sequence[float], rows: Sequence[float], texts: Sequence[Sequence[str]]) -> None:
        """Texts in the cells, a line break begins a new line."""
        for y, line in zip(rows, texts, strict=False):
            for x, text in zip(columns, line, strict=False):
                for number, part in enumerate(text.split("\n")):
                    self.text(x + 3, y + 13 + 12 * number, part)

    def page(self) -> None:
        """End the page."""
        self.canvas.showPage()

    def data(self) -> bytes:
        """The file; the page begun is ended."""
        self.canvas.showPage()
        self.canvas.save()
        return self.buffer.getvalue()

    def reading(self) -> Reading:
        """What the reader finds."""
        return read(self.data(), Limits())

    def table(self) -> Table:
        """The only table the reader finds."""
        (table,) = [block for block in self.reading().blocks if isinstance(block, Table)]
        return table


@pytest.fixture
def sheet() -> Sheet:
    """An empty A4 page."""
    return Sheet()
