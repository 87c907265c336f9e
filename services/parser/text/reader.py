"""Plain text: paragraphs, and tables written with tabs, commas, drawn lines or spaces."""

from services.parser.charset import decode
from services.parser.reading import Limits, Reading, check_size, paragraph
from services.parser.text.aligned import with_aligned_rows
from services.parser.text.layouts import Piece, Rows, cell_a_line, is_cell_a_line, row_a_line
from services.parser.text.separated import separated, with_drawn_rows
from services.parser.text.spans import table_of
from services.parser.wording import without_fields
from services.parser.xlsx.tables import content
from shared.errors import Corrupt, TooLarge
from shared.schemas.document import Block


def read(data: bytes, limits: Limits) -> Reading:
    """The text's paragraphs and tables; raises Corrupt when it has none, TooLarge."""
    text = decode(data)
    plain = _lines(text)
    lines = with_aligned_rows(plain)
    if lines == plain and (rows := separated(text)) is not None:
        return Reading(blocks=tuple(content(rows, {}, limits)))
    by_cell = is_cell_a_line(lines)
    pieces = list((cell_a_line if by_cell else row_a_line)(lines))
    if not pieces:
        raise Corrupt("The text is empty.")
    cells = sum(len(piece.rows) * max(map(len, piece.rows)) for piece in pieces if isinstance(piece, Rows))
    if cells > limits.cells:
        raise TooLarge(f"The text's tables have more than {limits.cells} places.")
    blocks = tuple(map(_block, pieces))
    check_size(blocks, limits)
    return Reading(blocks=blocks, cut=not by_cell)


def _lines(text: str) -> list[str]:
    """The lines without field codes and drawn borders; a line that held nothing else is gone, not blank."""
    lines = []
    every = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n\n").split("\n")
    for line in with_drawn_rows(every):
        kept = without_fields(line)
        if kept == line or kept.strip():
            lines.append(kept)
    return lines


def _block(piece: Piece) -> Block:
    if isinstance(piece, str):
        return paragraph(piece)
    return table_of(piece.rows, piece.truncated)
