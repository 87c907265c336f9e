"""PDF: ruled tables on landscape pages, cut where the page ends, the header printed again."""

import io
from typing import Final

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from services.sample_portals.content import Content, Grid, Heading, placed

FONT: Final = "STSong-Light"
BODY: Final = ParagraphStyle("body", fontName=FONT, fontSize=10, leading=15, wordWrap="CJK")
CELL: Final = ParagraphStyle("cell", fontName=FONT, fontSize=8, leading=10, wordWrap="CJK")
HEADINGS: Final = {
    level: ParagraphStyle(f"heading{level}", fontName=FONT, fontSize=18 - 2 * level, leading=24, wordWrap="CJK")
    for level in range(1, 5)
}
MARGIN: Final = 42


def render(content: list[Content]) -> bytes:
    """A PDF file; the font is not embedded, as county offices' printers leave it."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
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
            flow += _table(block, template.width)
        else:
            style = HEADINGS[block.level] if isinstance(block, Heading) else BODY
            flow.append(Paragraph(_escaped(block.text), style))
    template.build(flow)
    return out.getvalue()


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("\n", "<br/>")


def _table(grid: Grid, width: float) -> list[Flowable]:
    cells: list[list[Paragraph | str]] = []
    style = TableStyle([("GRID", (0, 0), (-1, -1), 0.5, colors.black), ("VALIGN", (0, 0), (-1, -1), "MIDDLE")])
    for at, places in enumerate(placed(grid.rows, grid.columns)):
        cells.append([Paragraph(_escaped(cell.text), CELL) if cell else "" for cell in places])
        for column, cell in enumerate(places):
            if cell and (cell.rows > 1 or cell.columns > 1):
                style.add("SPAN", (column, at), (column + cell.columns - 1, at + cell.rows - 1))
    unit = width / sum(grid.widths)
    table = Table(
        cells, colWidths=[unit * share for share in grid.widths], repeatRows=len(grid.header), style=style
    )
    captions: list[Flowable] = [Paragraph(_escaped(text), BODY) for text in grid.caption]
    return [*captions, table, Spacer(1, 12)]
