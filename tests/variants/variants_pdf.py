"""Writes the sheets of an invented disclosure as a PDF: ruled tables that pages cut, page numbers at the foot."""

import io
from collections.abc import Sequence
from html import escape
from typing import Any

from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table

from tests.variants.variants_department import LEFT, UP, Rows, Sheet, span

FONT = "STSong-Light"


def as_pdf(sheets: Sequence[Sheet]) -> bytes:
    """A PDF in landscape."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    style = ParagraphStyle("text", fontName=FONT, fontSize=8, leading=10, wordWrap="CJK")
    flow: list[Flowable] = []
    for titles, rows in sheets:
        flow += [Paragraph(escape(title), style) for title in titles]
        if rows:
            flow += [_table(rows, style), Spacer(1, 8)]
    written = io.BytesIO()
    SimpleDocTemplate(written, pagesize=landscape(A4)).build(flow, onFirstPage=_number, onLaterPages=_number)
    return written.getvalue()


def _table(rows: Rows, style: ParagraphStyle) -> Table:
    commands: list[tuple[Any, ...]] = [("GRID", (0, 0), (-1, -1), 0.5, (0, 0, 0))]
    data: list[list[Any]] = []
    for number, row in enumerate(rows):
        data.append([])
        for column, text in enumerate(row):
            if text in (LEFT, UP):
                data[-1].append("")
                continue
            high, wide = span(rows, number, column)
            if (high, wide) != (1, 1):
                commands.append(("SPAN", (column, number), (column + wide - 1, number + high - 1)))
            data[-1].append(Paragraph(escape(text).replace("\n", "<br/>"), style))
    return Table(data, style=commands)


def _number(canvas: Any, document: Any) -> None:
    canvas.setFont(FONT, 8)
    canvas.drawCentredString(400, 20, f"- {document.page} -")
