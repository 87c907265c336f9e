"""Word 97 bytes (.doc, .wps) → blocks: the main text, then its footnotes, endnotes and text boxes."""

from collections import deque
from collections.abc import Iterator, Sequence

from services.parser.doc.blocks import blocks_of
from services.parser.doc.fonts import fonts_of
from services.parser.doc.grounds import Grounds
from services.parser.doc.header import Part, WordFile, open_file
from services.parser.doc.lists import lists_of
from services.parser.doc.objects import embedded_files
from services.parser.doc.paragraphs import paragraphs
from services.parser.doc.pieces import text_of
from services.parser.doc.runs import character_runs, paragraph_runs
from services.parser.doc.sections import sections
from services.parser.doc.shown import OBJECT, PICTURES, shown
from services.parser.doc.styles import styles_of
from services.parser.parts import Embedded
from services.parser.reading import Limits, Reading, check_size, paragraph, says_little
from services.parser.wording import is_number_at_edge
from shared.errors import Corrupt, Unsupported
from shared.schemas.document import Block, Table, Unread


def read(data: bytes, limits: Limits) -> Reading:
    """The document's blocks, without pages, for Word only knows them once it prints.

    Raises Unsupported (encrypted, older than Word 97, pictures only), Corrupt, TooLarge.
    """
    file = open_file(data, limits)
    text = text_of(file)
    runs, lists = paragraph_runs(file, limits), lists_of(file, styles_of(file))
    seen = shown(text, character_runs(file, limits), Grounds(runs, file.data), fonts_of(file))
    objects = _Objects(data, limits, deque(seen.objects))
    blocks: list[Block] = []
    last: list[str] = []
    for head, part in _parts(file):
        lines = [each.text for each in paragraphs(file, text, seen, runs, head)] if head else last
        if lines != last:
            blocks += [paragraph(line) for line in lines if line and not is_number_at_edge(line)]
            last = lines
        for block in blocks_of(paragraphs(file, text, seen, runs, part), lists, limits):
            blocks += objects.put(block)
        check_size(blocks, limits)
    pictures = sum(seen.text.count(sign) for sign in PICTURES)
    if not blocks and pictures:
        raise Unsupported("The Word document shows only pictures, which are not read.")
    if not blocks:
        raise Corrupt("The Word document has no text.")
    unread = (*objects.embedded.unread, *_pictures(pictures, blocks))
    return Reading(blocks=tuple(blocks), unread=unread, scans=objects.embedded.scans)


class _Objects:
    """Puts embedded files where the text of the document in `data` shows them; `numbers` are theirs in order."""

    def __init__(self, data: bytes, limits: Limits, numbers: deque[int]) -> None:
        self.embedded = Embedded(limits)
        self._numbers = numbers
        self._files = embedded_files(data, limits) if numbers else {}

    def put(self, block: Block) -> list[Block]:
        """The block, and behind it the files that it shows; a paragraph that shows nothing else is none."""
        texts = [cell.text for cell in block.cells] if isinstance(block, Table) else [block.text]
        count = sum(text.count(OBJECT) for text in texts)
        if not count:
            return [block]
        found = [each for _ in range(count) for each in self._next()]
        if isinstance(block, Table):
            cells = tuple(cell.model_copy(update={"text": cell.text.replace(OBJECT, "")}) for cell in block.cells)
            return [block.model_copy(update={"cells": cells}), *found]
        text = block.text.replace(OBJECT, "").strip()
        return [*([block.model_copy(update={"text": text})] if text else []), *found]

    def _next(self) -> list[Block]:
        if not self._numbers:
            return []
        number = self._numbers.popleft()
        if self._files.get(number) is None:
            error = Unsupported("What the document embeds is in no form known here.")
            self.embedded.leave(f"object {number}", error)
            return []
        return self.embedded.blocks(f"object {number}", self._files[number])


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
