"""An article's body: paragraphs, headings and tables with spans."""

from html import escape

from services.sample_portals.content import Content, Grid, GridCell, Heading


def render(content: list[Content]) -> str:
    """HTML without page furniture; the site system puts it into its article page."""
    return "\n".join(_block(block) for block in content)


def _block(block: Content) -> str:
    if isinstance(block, Grid):
        return _table(block)
    if isinstance(block, Heading):
        return f'<p style="text-align:center"><strong>{escape(block.text)}</strong></p>'
    return f"<p>　　{escape(block.text)}</p>"


def _table(grid: Grid) -> str:
    captions = "".join(f"<p>{escape(text)}</p>" for text in grid.caption)
    rows = "".join(f"<tr>{''.join(map(_cell, cells))}</tr>" for cells in grid.rows)
    return f'{captions}<table border="1" cellspacing="0">{rows}</table>'


def _cell(cell: GridCell) -> str:
    text = escape(cell.text).replace("\n", "<br/>") or "&nbsp;"
    return f'<td colspan="{cell.columns}" rowspan="{cell.rows}">{text}</td>'
