"""A parsed document: blocks in reading order, every one with its place in the source.

The parser writes it, the normalizer reads it. It says nothing of budgets. Text is as published (NFC), line
breaks inside a block kept as `\\n`; what a page break cut is joined again, the pieces with `\\n` between them.
"""

from datetime import datetime
from typing import Annotated, Final, Literal

from pydantic import Field

from shared.schemas.model import Model, Text

PageBox = tuple[float, float, float, float]
"""Left, top, right and bottom of something on its page: points from its top left corner as it is shown."""


class Cell(Model):
    """A table cell at its top left grid place; the places its spans cover hold no cell of their own."""

    row: int = Field(ge=0)
    column: int = Field(ge=0)
    row_span: int = Field(default=1, ge=1)
    column_span: int = Field(default=1, ge=1)
    text: Text = ""
    page: int | None = Field(default=None, ge=1, description="1-based; null where the format has no pages")
    box: PageBox | None = Field(default=None, description="where it stands on its page: left, top, right, bottom")
    confidence: float | None = Field(
        default=None, ge=0, le=1, description="of text recognised in a picture: its least certain character's"
    )


class Table(Model):
    """A table as a grid: `cells` ordered by row, then column; an empty cell is kept with empty text."""

    kind: Literal["table"] = "table"
    file: int = Field(ge=0, description="index into the document's files")
    index: int = Field(ge=0, description="0-based among the tables of its file")
    page: int | None = None
    row_count: int = Field(ge=0)
    column_count: int = Field(ge=0)
    cells: tuple[Cell, ...]


class Paragraph(Model):
    """A paragraph or a heading."""

    kind: Literal["paragraph"] = "paragraph"
    file: int = Field(ge=0, description="index into the document's files")
    page: int | None = None
    text: Text
    heading: int | None = Field(default=None, ge=1, le=9, description="outline level where the format states one")
    box: PageBox | None = Field(
        default=None, description="where it stands on its page, its first part: see a cell's"
    )
    confidence: float | None = Field(
        default=None, ge=0, le=1, description="of text recognised in a picture: its least certain character's"
    )


Block = Annotated[Table | Paragraph, Field(discriminator="kind")]


class PageHead(Model):
    """What the head of a web page says of it: the page's name and the metas that a government's site must carry.

    《政府网站发展指引》（国办发〔2017〕47号）: SiteName, SiteIDCode, ArticleTitle, PubDate, ContentSource.
    """

    name: Text | None = Field(default=None, description="the text of <title>")
    title: Text | None = Field(default=None, description="ArticleTitle")
    source: Text | None = Field(default=None, description="ContentSource")
    site: Text | None = Field(default=None, description="SiteName")
    site_code: str | None = Field(default=None, description="SiteIDCode: its first six digits are a region's")
    published_at: datetime | None = Field(default=None, description="PubDate, in China's time")


class SourceFile(Model):
    """One file of the disclosure, in its published order; a member of an archive names that archive."""

    sha256: str
    name: Text
    format: str = Field(
        description="what the bytes are: pdf, ofd, docx, doc, rtf, odt, word-xml, flat-opc, html, mhtml, text,"
        " xlsx, xls, xls-xml, ods, picture, zip, tar, compressed, rar, 7z"
    )
    url: str | None = None
    within: str | None = Field(default=None, description="sha256 of the archive file it was a member of")
    pages: int | None = None
    head: PageHead | None = Field(default=None, description="of a web page")


HIDDEN: Final = "hidden"
"""Cause of what no reader took because the file does not show it."""
UNVALUED: Final = "unvalued"
"""Cause of cells whose formula has no result, or an error (#REF!) for one."""
SCAN: Final = "scan"
"""Cause of pages that are pictures, which are not recognised: the extra `ocr` is not installed."""
TOO_MANY_SCANS: Final = "too_many_scans"
"""Cause of pages that are pictures, which are not recognised: a disclosure has more than are allowed."""
NO_TEXT: Final = "no_text"
"""Cause of pages that are pictures in which no text was recognised."""
RECOGNISED: Final = "recognised"
"""Cause of a note that pages are pictures, and their text what was recognised: nothing is left out."""


class Unread(Model):
    """Something of the disclosure no reader took, and why."""

    name: Text
    cause: str
    message: Text


class Origin(Model):
    """What the portal says of the disclosure; all null for a file read from disk."""

    portal: str | None = None
    region_code: str | None = Field(default=None, description="GB/T 2260, six digits")
    region_name: Text | None = None
    url: str | None = None
    title: Text | None = None
    source: Text | None = Field(default=None, description="who published it, as the page says")
    published_at: datetime | None = None
    withdrawn_at: datetime | None = Field(
        default=None, description="when the portal was found to have withdrawn the disclosure; null: it stands"
    )


class Document(Model):
    """A disclosure revision as read: all its files, all its blocks."""

    disclosure_id: str
    revision_id: str
    revision: int = Field(default=1, ge=1)
    supersedes: str | None = None
    origin: Origin = Origin()
    files: tuple[SourceFile, ...]
    blocks: tuple[Block, ...]
    unread: tuple[Unread, ...] = ()
    version: str = Field(description="the gongkai version that read it")
