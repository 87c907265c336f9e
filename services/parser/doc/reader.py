"""Word 97 bytes (.doc, .wps) → blocks: the main text, then its footnotes, endnotes and text boxes."""

from collections.abc import Sequence

from services.parser.doc.blocks import blocks_of
from services.parser.doc.fonts import fonts_of
from services.parser.doc.header import open_file
from services.parser.doc.lists import lists_of
from services.parser.doc.paragraphs import paragraphs
from services.parser.doc.pieces import text_of
from services.parser.doc.runs import character_runs, paragraph_runs
from services.parser.doc.shown import PICTURES, shown
from services.parser.doc.styles import styles_of
from services.parser.reading import Limits, Reading, check_size, says_little
from shared.errors import Corrupt, Unsupported
from shared.schemas.document import Block, Unread


def read(data: bytes, limits: Limits) -> Reading:
    """The document's blocks, without pages, for Word only knows them once it prints.

    Raises Unsupported (encrypted, older than Word 97, pictures only), Corrupt, TooLarge.
    """
    file = open_file(data, limits)
    text = text_of(file)
    seen = shown(text, character_runs(file, limits), fonts_of(file))
    runs, lists = paragraph_runs(file, limits), lists_of(file, styles_of(file))
    blocks: list[Block] = []
    for part in file.parts:
        blocks += blocks_of(paragraphs(file, text, seen, runs, part), lists, limits)
        check_size(blocks, limits)
    pictures = sum(text.characters.count(sign) for sign in PICTURES)
    if not blocks and pictures:
        raise Unsupported("The Word document shows only pictures, which are not read.")
    if not blocks:
        raise Corrupt("The Word document has no text.")
    return Reading(blocks=tuple(blocks), unread=_pictures(pictures, blocks))


def _pictures(count: int, blocks: Sequence[Block]) -> tuple[Unread, ...]:
    """What to report when pictures are all the document shows."""
    if not count or not says_little(blocks):
        return ()
    message = f"The document shows {count} pictures, which are not read."
    return (Unread(name="pictures", cause=Unsupported.cause, message=message),)
