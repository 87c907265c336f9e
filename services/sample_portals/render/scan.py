"""Scans: a PDF file whose pages are pictures of a printed one."""

import io
from pathlib import Path

import pypdfium2
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from services.sample_portals.content import Content
from services.sample_portals.render import pdf


def render(content: list[Content], font_file: Path, dots: int = 200) -> bytes:
    """The content printed in the TrueType font of that file and scanned with so many `dots` an inch."""
    return scanned(pdf.render(content, font_file), dots)


def scanned(printed: bytes, dots: int = 200) -> bytes:
    """The pages of a PDF file as JPEG pictures in another one."""
    out = io.BytesIO()
    canvas = Canvas(out, invariant=1)
    with pypdfium2.PdfDocument(printed) as document:
        for page in document:
            width, height = page.get_size()
            picture = io.BytesIO()
            page.render(scale=dots / 72).to_pil().convert("RGB").save(picture, "JPEG", quality=85)
            canvas.setPageSize((width, height))
            canvas.drawImage(ImageReader(picture), 0, 0, width, height)
            canvas.showPage()
    canvas.save()
    return out.getvalue()
