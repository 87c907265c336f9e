"""What `gongkai extract --html` writes: each file's source beside what was read of it, and what was not."""

import base64
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Final

from services.normalizer.checks.policy import CERTAIN
from services.normalizer.language.money import is_amount
from services.normalizer.stage import normalize_document
from services.parser.contents import ReadSource
from services.parser.formats import detect
from services.parser.reading import Limits as Bounds
from services.parser.stage import read_file
from shared.errors import GongkaiError, Unsupported
from shared.page_pictures import PagePicture, page_picture
from shared.schemas.document import Cell, Document, PageBox, Paragraph, Table
from shared.schemas.records import Finding, RecordBase
from shared.stage.worker_process import apart

_SHOWN: Final = ("amount", "budget", "value", "name", "metric", "title", "level3")
"""Fields that say in few words what a record is, of which it has some."""
_MOST_PAGES: Final = 100
"""Pages of a file whose pictures are shown at most."""
_MARGIN: Final = 20.0
"""Points around what is drawn of a page that has no picture."""
_PRINTED: Final = re.compile("[.,]")
"""What an amount has that numbers of rows, codes and years have not."""
_SEVERITY: Final = {"error": "错误", "warning": "警告", "info": "提示"}


def page(fragments: Iterable[str]) -> Iterator[str]:
    """The whole page, in pieces; each fragment is one file's."""
    style = files("services.cli").joinpath("reading_page.css").read_text(encoding="utf-8")
    yield '<!doctype html>\n<html lang="zh"><meta charset="utf-8"><title>读出的内容</title>\n'
    yield f"<style>{style}</style>\n"
    yield (
        '<p class="key"><b class="read">成为记录</b> <b class="row">所在行成为记录</b> '
        '<b class="left">金额未成为记录</b> <b class="unsure">由图片识别，把握不足</b></p>\n'
    )
    yield from fragments


def fragment_of(path: Path, read: ReadSource, bounds: Bounds | None = None) -> list[str]:
    """The part of the page of `--html` that shows the file; raises what reading it raises."""
    pictures = _pictures(path.read_bytes())  # before it is read, for then fonts that a file lacks are boxes
    document = read_file(path, bounds, read)
    return [fragment(path.name, document, normalize_document(document), pictures)]


def _pictures(data: bytes) -> dict[int, PagePicture]:
    """The first pages of a PDF file, drawn apart; none of another file, or of one that can't be drawn."""
    try:
        return apart(_drawn, data) if detect(data) == "pdf" else {}
    except GongkaiError:
        return {}


def _drawn(data: bytes) -> dict[int, PagePicture]:
    drawn: dict[int, PagePicture] = {}
    with suppress(Unsupported):  # no such page
        for number in range(1, _MOST_PAGES + 1):
            drawn[number] = page_picture(data, number)
    return drawn


def fragment(
    name: str, document: Document, records: Sequence[RecordBase], pictures: Mapping[int, PagePicture]
) -> str:
    """One file: on the left its pages (1-based number → picture), or nothing; on the right blocks and records."""
    shown = _Shown(name, document, records)
    pages = "".join(shown.pages(pictures))
    left = f'<div class="pages">{pages}</div>' if pages else ""
    return (
        f'<section><h1>{escape(name)}</h1>{shown.unread()}<div class="both">{left}'
        f'<div class="blocks">{"".join(shown.blocks())}</div></div>{shown.findings()}{shown.listed()}</section>\n'
    )


@dataclass
class _Shown:
    """A document and its records, by their places."""

    name: str
    document: Document
    records: Sequence[RecordBase]
    of_cell: dict[tuple[int, int, int], list[RecordBase]] = field(default_factory=lambda: defaultdict(list))
    of_row: set[tuple[int, int]] = field(default_factory=set)
    money: dict[int, tuple[int, set[int]]] = field(default_factory=dict)
    """Block of a table → its first row that has a record of a cell, and the columns that have."""
    of_block: dict[int, list[RecordBase]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        for record in self.records:
            place = record.provenance
            if place.block is None or isinstance(record, Finding):
                continue
            if place.row is None:
                self.of_block[place.block].append(record)
            elif place.column is None:
                self.of_row.add((place.block, place.row))
            else:
                self.of_cell[place.block, place.row, place.column].append(record)
                first, columns = self.money.get(place.block, (place.row, set()))
                self.money[place.block] = min(first, place.row), columns | {place.column}

    def unread(self) -> str:
        """What was not read of the file, first of all."""
        notes = "".join(
            f"<li>{escape(each.name)}：{escape(each.cause)}，{escape(each.message)}</li>"
            for each in self.document.unread
        )
        return f'<ul class="unread">{notes}</ul>' if notes else ""

    def pages(self, pictures: Mapping[int, PagePicture]) -> Iterator[str]:
        """Each page that has a picture or places: the picture, with a frame around each place."""
        places: dict[int, list[tuple[str, str, PageBox]]] = defaultdict(list)
        for anchor, item, kind in self._items():
            if item.page and item.box and item.text.strip():
                places[item.page].append((anchor, kind, item.box))
        texts = {anchor: item.text for anchor, item, _ in self._items()}
        for number in sorted({*pictures, *places}):
            picture = pictures.get(number)
            right = max((box[2] for _, _, box in places[number]), default=0.0) + _MARGIN
            bottom = max((box[3] for _, _, box in places[number]), default=0.0) + _MARGIN
            width, height = (picture.width, picture.height) if picture else (right, bottom)
            frames = "".join(
                _frame(anchor, kind, box, "" if picture else texts[anchor]) for anchor, kind, box in places[number]
            )
            image = f'<image href="{_address(picture)}" width="{width}" height="{height}"/>' if picture else ""
            yield f'<svg viewBox="0 0 {width} {height}"><title>第 {number} 页</title>{image}{frames}</svg>'

    def _items(self) -> Iterator[tuple[str, Cell | Paragraph, str]]:
        """Every cell and paragraph with its anchor and what became of it."""
        for number, block in enumerate(self.document.blocks):
            if isinstance(block, Paragraph):
                yield self._anchor(number), block, "read" if number in self.of_block else ""
                continue
            for cell in block.cells:
                yield self._anchor(number, cell), cell, self._kind(number, cell)

    def _anchor(self, block: int, cell: Cell | None = None) -> str:
        place = f"{block}" if cell is None else f"{block}-{cell.row}-{cell.column}"
        return escape(f"{self.document.disclosure_id[:8]}-{place}")

    def _kind(self, block: int, cell: Cell) -> str:
        if cell.confidence is not None and cell.confidence < CERTAIN:
            return "unsure"
        if (block, cell.row, cell.column) in self.of_cell:
            return "read"
        first, columns = self.money.get(block, (0, set()))
        is_left = is_amount(cell.text) and (cell.column in columns or bool(_PRINTED.search(cell.text)))
        if is_left and cell.row >= first and (block, cell.row) not in self.of_row:
            return "left"
        return "row" if (block, cell.row) in self.of_row else ""

    def blocks(self) -> Iterator[str]:
        """The blocks, each cell coloured by what became of it, with its records on pointing at it."""
        kinds = {anchor: kind for anchor, _, kind in self._items()}
        for number, block in enumerate(self.document.blocks):
            if isinstance(block, Table):
                yield f"<table>{''.join(self._rows(number, block, kinds))}</table>"
            else:
                anchor, told = self._anchor(number), _told(self.of_block.get(number, ()))
                tag = "h2" if block.heading else "p"
                yield f'<{tag} id="{anchor}" class="{kinds[anchor]}" title="{told}">{escape(block.text)}</{tag}>'

    def _rows(self, number: int, table: Table, kinds: Mapping[str, str]) -> Iterator[str]:
        rows: list[list[str]] = [[] for _ in range(table.row_count)]
        for cell in table.cells:
            anchor = self._anchor(number, cell)
            told = _told(self.of_cell.get((number, cell.row, cell.column), ()))
            rows[cell.row].append(
                f'<td id="{anchor}" class="{kinds[anchor]}" rowspan="{cell.row_span}"'
                f' colspan="{cell.column_span}" title="{told}">{escape(cell.text)}</td>'
            )
        yield from (f"<tr>{''.join(row)}</tr>" for row in rows)

    def findings(self) -> str:
        """What does not hold or was left, as the findings say it."""
        found = [record for record in self.records if isinstance(record, Finding)]
        lines = "".join(
            f'<li class="{each.severity}">{_SEVERITY[each.severity]} {escape(each.check)}：{escape(each.message)}'
            f"{self._link(each)}</li>"
            for each in found
        )
        return (
            f"<details open><summary>检查结果 {len(found)} 条</summary><ul>{lines}</ul></details>" if found else ""
        )

    def listed(self) -> str:
        """All other records, a row each."""
        others = [record for record in self.records if not isinstance(record, Finding) and record.id]
        rows = "".join(
            f"<tr><td>{escape(str(getattr(each, 'record', '')))}</td><td>{_told([each])}</td>"
            f"<td>{self._link(each)}</td></tr>"
            for each in others
        )
        return f"<details><summary>记录 {len(others)} 条</summary><table>{rows}</table></details>"

    def _link(self, record: RecordBase) -> str:
        place = record.provenance
        if place.block is None or place.block >= len(self.document.blocks):
            return ""
        cell = f"-{place.row}-{place.column or 0}" if place.row is not None else ""
        number = f"第 {place.page} 页" if place.page else "出处"
        return f' <a href="#{escape(self.document.disclosure_id[:8])}-{place.block}{cell}">{number}</a>'


def _frame(anchor: str, kind: str, box: PageBox, text: str) -> str:
    """The place of a cell or paragraph on its page, leading to it; with its text where the page has no picture."""
    left, top, right, bottom = box
    size = f'x="{left}" y="{top}" width="{right - left:.1f}" height="{bottom - top:.1f}"'
    words = f'<foreignObject {size}><div xmlns="http://www.w3.org/1999/xhtml">{escape(text)}</div></foreignObject>'
    return f'<a href="#{anchor}"><rect class="{kind}" {size}/>{words if text else ""}</a>'


def _address(picture: PagePicture) -> str:
    return "data:image/png;base64," + base64.b64encode(picture.data).decode()


def _told(records: Iterable[RecordBase]) -> str:
    """What the records are, in a line each."""
    lines = []
    for record in records:
        shown = (getattr(record, name, None) for name in _SHOWN)
        lines.append(" ".join(str(each) for each in (getattr(record, "record", ""), *shown) if each is not None))
    return escape("\n".join(lines))
