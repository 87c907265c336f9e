"""Extracted text: a row a line with tabs, tables cut as by page breaks with head and header printed again."""

from collections.abc import Iterator
from typing import Final

from services.sample_portals.content import Content, Grid, GridCell, placed

ROWS_A_PAGE: Final = 14


def render(content: list[Content]) -> bytes:
    """UTF-8 text as it comes out of a PDF extractor."""
    parts: list[str] = []
    for block in content:
        parts += _grid(block) if isinstance(block, Grid) else [block.text]
    return ("\n\n".join(parts) + "\n").encode()


def _grid(grid: Grid) -> Iterator[str]:
    header = _lines(grid.header, grid.columns)
    body = _lines(grid.body, grid.columns)
    step = ROWS_A_PAGE if grid.header else max(1, len(body))
    for start in range(0, max(1, len(body)), step):
        yield from grid.caption
        yield "\n".join(header + body[start : start + step])


def _lines(rows: tuple[tuple[GridCell, ...], ...], columns: int) -> list[str]:
    return [
        "\t".join(cell.text.replace("\n", " ") if cell else "" for cell in places)
        for places in placed(rows, columns)
    ]
