"""PDF: ruled tables on landscape pages, cut where the page ends, the header printed again."""

import io
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from services.sample_portals.content import Content, Grid, Heading, placed

FONT: Final = "STSong-Light"
MARGIN: Final = 42


def render(content: list[Content], font_file: Path | None = None) -> bytes:
    """A PDF file; without its TrueType file the font is not embedded, as county offices' printers leave it."""
    font = UnicodeCIDFont(FONT) if font_file is None else TTFont(font_file.stem, font_file)
    pdfmetrics.registerFont(font)
    styles = _Styles(font.fontName)
    out = io.BytesIO()
    template = SimpleDocTemplate(
        out,
        pagesize=landscape(A4),
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=MARGIN,
        bottomMargin=MARGIN,
        invariant=1,
    )
    flow: list[Flowable] = []
    for block in content:
        if isinstance(block, Grid):
            flow += _table(block, template.width, styles)
        else:
            style = styles.heading(block.level) if isinstance(block, Heading) else styles.body
            flow.append(Paragraph(_escaped(block.text), style))
    template.build(flow)
    return out.getvalue()


@dataclass(frozen=True)
class _Styles:
    """How texts are set, in the font of that name."""

    font: str

    @cached_property
    def body(self) -> ParagraphStyle:
        return ParagraphStyle("body", fontName=self.font, fontSize=10, leading=15, wordWrap="CJK")

    @cached_property
    def cell(self) -> ParagraphStyle:
        return ParagraphStyle("cell", fontName=self.font, fontSize=8, leading=10, wordWrap="CJK")

    def heading(self, level: int) -> ParagraphStyle:
        size = 18 - 2 * level
        return ParagraphStyle(f"heading{level}", fontName=self.font, fontSize=size, leading=24, wordWrap="CJK")


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("\n", "<br/>")


def _table(grid: Grid, width: float, styles: _Styles) -> list[Flowable]:
    cells: list[list[Paragraph | str]] = []
    style = TableStyle([("GRID", (0, 0), (-1, -1), 0.5, colors.black), ("VALIGN", (0, 0), (-1, -1), "MIDDLE")])
    for at, places in enumerate(placed(grid.rows, grid.columns)):
        cells.append([Paragraph(_escaped(cell.text), styles.cell) if cell else "" for cell in places])
        for column, cell in enumerate(places):
            if cell and (cell.rows > 1 or cell.columns > 1):
                style.add("SPAN", (column, at), (column + cell.columns - 1, at + cell.rows - 1))
    unit = width / sum(grid.widths)
    table = Table(
        cells, colWidths=[unit * share for share in grid.widths], repeatRows=len(grid.header), style=style
    )
    captions: list[Flowable] = [Paragraph(_escaped(text), styles.body) for text in grid.caption]
    return [*captions, table, Spacer(1, 12)]
