"""Word 97 bytes (.doc, .wps) → blocks: the main text, then its footnotes, endnotes and text boxes."""

from collections.abc import Iterator, Sequence

from services.parser.doc.blocks import blocks_of
from services.parser.doc.fonts import fonts_of
from services.parser.doc.header import Part, WordFile, open_file
from services.parser.doc.lists import lists_of
from services.parser.doc.paragraphs import paragraphs
from services.parser.doc.pieces import text_of
from services.parser.doc.runs import character_runs, paragraph_runs
from services.parser.doc.sections import sections
from services.parser.doc.shown import PICTURES, shown
from services.parser.doc.styles import styles_of
from services.parser.reading import Limits, Reading, check_size, paragraph, says_little
from services.parser.wording import is_number_at_edge
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
    last: list[str] = []
    for head, part in _parts(file):
        lines = [each.text for each in paragraphs(file, text, seen, runs, head)] if head else last
        if lines != last:
            blocks += [paragraph(line) for line in lines if line and not is_number_at_edge(line)]
            last = lines
        blocks += blocks_of(paragraphs(file, text, seen, runs, part), lists, limits)
        check_size(blocks, limits)
    pictures = sum(text.characters.count(sign) for sign in PICTURES)
    if not blocks and pictures:
        raise Unsupported("The Word document shows only pictures, which are not read.")
    if not blocks:
        raise Corrupt("The Word document has no text.")
    return Reading(blocks=tuple(blocks), unread=_pictures(pictures, blocks))


def _parts(file: WordFile) -> Iterator[tuple[Part | None, Part]]:
    """The parts of the text in order, the main one by sections, each with the head of its pages if it has one."""
    for number, part in enumerate(file.parts):
        if number:
            yield None, part
        else:
            yield from sections(file, part)


def _pictures(count: int, blocks: Sequence[Block]) -> tuple[Unread, ...]:
    """What to report when pictures are all the document shows."""
    if not count or not says_little(blocks):
        return ()
    message = f"The document shows {count} pictures, which are not read."
    return (Unread(name="pictures", cause=Unsupported.cause, message=message),)
