"""RTF documents: paragraphs with their outline levels, tables with their merged cells, notes at the end."""

import codecs
from copy import copy
from dataclasses import dataclass, field
from typing import Final

from services.parser.doc.blocks import blocks_of
from services.parser.doc.lists import Lists
from services.parser.doc.paragraphs import WordParagraph
from services.parser.doc.properties import Properties, Row, RowCell
from services.parser.doc.styles import Styles
from services.parser.reading import Limits, Reading, check_size, hidden_texts, is_large, says_little
from services.parser.rtf.tokens import Token, tokens
from services.parser.wording import is_number_at_edge, raised, shown_lines
from shared.errors import Corrupt, TooLarge, Unsupported
from shared.schemas.document import Unread

_SKIPPED: Final = frozenset(
    (
        "info", "pict", "fldinst", "datafield", "footer", "footerl", "footerr", "footerf", "atnid",
        "annotation", "atnauthor", "nonesttables", "shprslt", "sp", "themedata", "filetbl", "revtbl", "listtable",
        "listoverridetable", "pgdsctbl", "private", "template", "xe", "tc", "rxe", "objdata", "bkmkstart",
        "bkmkend", "nonshppict", "fontemb", "falt", "panose", "mmathPr", "generator", "rsidtbl",
    )
)  # fmt: skip
"""Destinations whose text the document does not show."""
_STARRED: Final = frozenset(("shpinst", "nesttableprops", "shppict", "pnseclvl", "do", "shptxt", "dptxbxtext"))
"""Destinations that begin with `*` and hold what is shown."""
_HEADS: Final = ("header", "headerl", "headerr", "headerf")
_ASIDE: Final = ("footnote", "shptxt", "dptxbxtext", *_HEADS)
"""Destinations whose text stands elsewhere."""
_CHARSETS: Final = {
    128: "cp932", 129: "cp949", 134: "gb18030", 136: "cp950", 161: "cp1253", 162: "cp1254", 163: "cp1258",
    177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874", 238: "cp1250",
}  # fmt: skip
"""Charset of a font (1.9.1, \\fcharset) → its encoding."""
_CODE_PAGES: Final = {936: "gb18030", 0: "cp1252"}
_CHARACTERS: Final = {
    "tab": "\t", "line": "\n", "page": "\n", "emdash": "—", "endash": "–", "lquote": "‘", "rquote": "’",
    "ldblquote": "“", "rdblquote": "”", "bullet": "•", "~": " ", "_": "-", "emspace": " ", "enspace": " ",
    "softline": "\n",
}  # fmt: skip
_UNSEEN: Final = ("v", "strike", "striked", "deleted")
"""Properties of characters that do not count."""
_TABLES: Final = ("fonttbl", "stylesheet", "colortbl")
"""Destinations that say how the text is set."""
_GROUNDS: Final = ("highlight", "chcbpat", "cbpat", "clcbpat")
"""Words that colour what is behind characters, a paragraph or a cell, by the number of a colour; 0 is none."""
_WHITE: Final = {"red": 255, "green": 255, "blue": 255}
_TWIPS: Final = 20
"""Twips of a point."""
_BODY: Final = 9
"""Outline level of what is no heading."""


@dataclass
class _Group:
    """What a group of the file has set."""

    skipped: bool = False
    kind: str = ""
    """The destination that its text goes to."""
    charset: str | None = None
    unseen: frozenset[str] = frozenset()
    raised: bool = False
    colour: int = 0
    grounds: frozenset[str] = frozenset()
    """Words of _GROUNDS that hold."""
    fallback: int = 1
    """Characters that stand behind one of Unicode for older programs."""
    table: int = 0
    """Tables within each other that the paragraph lies in."""
    outline: int | None = None
    style: int = 0


@dataclass
class _Flow:
    """A text of its own: the document's, a note's, a box's or a page head's."""

    paragraphs: list[WordParagraph] = field(default_factory=list)
    text: list[str] = field(default_factory=list)


def read(data: bytes, limits: Limits) -> Reading:
    """The document's blocks, page heads first, boxes and notes last. Raises Corrupt, TooLarge, Unsupported."""
    rtf = _Rtf(limits)
    for token in tokens(data):
        rtf.take(token)
    flows = rtf.finished()
    lists = Lists(Styles({}))
    blocks = [block for flow in flows for block in blocks_of(flow.paragraphs, lists, limits)]
    check_size(blocks, limits)
    if not blocks and rtf.pictures:
        raise Unsupported("The RTF document shows only pictures, which are not read.")
    if not blocks:
        raise Corrupt("The RTF document has no text.")
    unread = hidden_texts(rtf.hidden, "document")
    if count := rtf.pictures if says_little(blocks) else rtf.large_pictures():
        message = f"The document shows {count} pictures, which are not read."
        unread += (Unread(name="pictures", cause=Unsupported.cause, message=message),)
    return Reading(blocks=tuple(blocks), unread=unread)


class _Rtf:
    """Follows the tokens of a file."""

    def __init__(self, limits: Limits) -> None:
        self.pictures = 0
        self.hidden = 0
        """Texts that are hidden, struck out or white on white."""
        self._sizes: list[dict[str, int]] = []
        self._colours: list[dict[str, int]] = [{}]
        self._limits = limits
        self._budget = limits.elements
        self._group, self._outer = _Group(), list[_Group]()
        self._main, self._heads, self._aside = _Flow(), list[_Flow](), list[_Flow]()
        self._open: list[_Flow] = [self._main]
        self._bytes = bytearray()
        self._default = "cp1252"
        self._fonts: dict[int, str] = {}
        self._font = 0
        self._styles: dict[int, int] = {}
        self._starred = False
        self._to_skip = 0
        self._row, self._cell = Row([], []), RowCell()

    def finished(self) -> list[_Flow]:
        """The texts of the file, in the order they are read."""
        self._flush()
        for flow in self._open:
            self._end_paragraph(flow, False, False)
        return [*self._heads, self._main, *self._aside]

    def take(self, token: Token) -> None:
        """Take one token; raises TooLarge."""
        self._budget -= 1
        if self._budget < 0:
            raise TooLarge(f"The RTF document has more than {self._limits.elements} parts.")
        if token.word == "text":
            self._take_text(token.text)
            return
        if token.word == "u" and token.number is not None:
            self._take_unicode(token.number)
            return
        if self._to_skip and token.word not in "{}":
            self._to_skip -= 1
            return
        self._flush()
        if token.word == "{":
            self._begin()
        elif token.word == "}":
            self._end()
        elif token.word == "*":
            self._starred = True
        else:
            self._take_word(token.word, token.number)

    def _begin(self) -> None:
        if len(self._outer) > 1000:
            raise TooLarge("The RTF document's groups lie more than 1000 deep in each other.")
        self._outer.append(self._group)
        self._group = copy(self._group)
        self._starred, self._to_skip = False, 0

    def _end(self) -> None:
        kind, table = self._group.kind, self._group.table
        if not self._outer:
            return
        before = self._outer.pop()
        if kind in _ASIDE and before.kind != kind and not self._group.skipped and len(self._open) > 1:
            self._group.table = table
            self._end_paragraph(self._open.pop(), False, False)
        self._group = before
        self._starred, self._to_skip = False, 0

    def _take_word(self, word: str, number: int | None) -> None:
        starred, self._starred = self._starred, False
        if word in _SKIPPED or (starred and word not in _STARRED):
            if word == "pict" and not self._group.skipped:
                self.pictures += 1
                self._sizes.append({})
            self._group.skipped = True
        elif self._group.skipped:
            if word in ("picwgoal", "pichgoal") and self._sizes:
                self._sizes[-1].setdefault(word, number or 0)
        elif word in _TABLES:
            self._group.kind = word
        elif self._group.kind == "colortbl":
            self._colours[-1][word] = number or 0
        elif word in _ASIDE:
            self._open_aside(word)
        elif not (self._take_character(word, number) or self._take_paragraph(word, number)):
            self._take_row(word, number)

    def _open_aside(self, kind: str) -> None:
        flow = _Flow()
        (self._heads if kind in _HEADS else self._aside).append(flow)
        self._open.append(flow)
        self._group.kind, self._group.table, self._group.outline = kind, 0, None

    def _take_character(self, word: str, number: int | None) -> bool:
        """Take what a word says of characters; False when it says nothing of them."""
        group = self._group
        if word == "ansicpg":
            self._default = _encoding(number or 0)
        elif word == "f":
            self._font = number or 0
            group.charset = self._fonts.get(self._font)
        elif word == "fcharset" and group.kind == "fonttbl":
            self._fonts[self._font] = _CHARSETS.get(number or 0, self._default)
        elif word == "cpg" and group.kind == "fonttbl":
            self._fonts[self._font] = _encoding(number or 0)
        elif word == "uc":
            group.fallback = max(number or 0, 0) if number is not None else 1
        elif word in _UNSEEN:
            group.unseen = group.unseen | {word} if number != 0 else group.unseen - {word}
        elif word in ("super", "nosupersub", "sub", "up"):
            group.raised = word == "super" or (word == "up" and bool(number or number is None))
        elif word == "cf":
            group.colour = number or 0
        elif word in _GROUNDS:
            group.grounds = group.grounds | {word} if number else group.grounds - {word}
        elif word == "plain":
            group.unseen, group.raised, group.charset, group.colour = frozenset(), False, None, 0
            group.grounds -= {"highlight", "chcbpat"}
        elif word in _CHARACTERS:
            self._add(_CHARACTERS[word])
        else:
            return False
        return True

    def _take_paragraph(self, word: str, number: int | None) -> bool:
        """Take what a word says of paragraphs; False when it says nothing of them."""
        group = self._group
        if word == "pard":
            group.table, group.outline, group.style = 0, None, 0
            group.grounds -= {"cbpat"}
        elif word == "intbl":
            group.table = max(group.table, 1)
        elif word == "itap":
            group.table = max(number or 0, 0)
        elif word == "outlinelevel":
            group.outline = number
            if group.kind == "stylesheet":
                self._styles[group.style] = number or 0
        elif word == "s":
            group.style = number or 0
        elif word in ("par", "sect"):
            self._end_paragraph(self._open[-1], False, False)
        elif word in ("cell", "nestcell"):
            group.table = max(group.table, 2 if word == "nestcell" else 1)
            self._end_paragraph(self._open[-1], True, False)
        elif word in ("row", "nestrow"):
            self._end_row(2 if word == "nestrow" else 1)
        else:
            return False
        return True

    def _take_row(self, word: str, number: int | None) -> None:
        """Take what a word says of the next row."""
        if word == "trowd":
            self._row, self._cell = Row([0], []), RowCell()
            self._group.grounds -= {"clcbpat"}
        elif word == "trleft":
            self._row.borders[:1] = [number or 0]
        elif word in ("clmrg", "clvmrg"):
            self._cell.left |= word == "clmrg"
            self._cell.up |= word == "clvmrg"
        elif word == "cellx":
            self._row.borders.append(max(number or 0, (self._row.borders or [0])[-1]))
            self._row.cells.append(self._cell)
            self._cell = RowCell()

    def _end_row(self, least: int) -> None:
        depth = max(self._group.table, least)
        row = Row(list(self._row.borders), list(self._row.cells)) if self._row.cells else None
        properties = Properties(in_table=True, depth=depth, row=row, row_end=True, inner_row_end=depth > 1)
        self._open[-1].text.clear()
        self._open[-1].paragraphs.append(WordParagraph("", properties, False, True))

    def _end_paragraph(self, flow: _Flow, cell_end: bool, row_end: bool) -> None:
        group = self._group
        if group.kind in _TABLES:
            return
        text = shown_lines("".join(flow.text))
        flow.text.clear()
        if group.kind in _HEADS and is_number_at_edge(text):
            text = ""
        outline = self._styles.get(group.style, _BODY) if group.outline is None else group.outline
        properties = Properties(in_table=group.table > 0, depth=group.table, outline=outline)
        flow.paragraphs.append(WordParagraph(text, properties, cell_end, row_end))
        if len(flow.paragraphs) > self._limits.blocks + self._limits.cells:
            raise TooLarge(f"The RTF document has more than {self._limits.blocks} paragraphs.")

    def _take_text(self, text: bytes) -> None:
        if self._to_skip:
            skipped = min(self._to_skip, len(text))
            self._to_skip -= skipped
            text = text[skipped:]
        if self._group.kind == "colortbl":
            self._colours += [{} for _ in range(text.count(b";"))]
        elif not self._group.skipped:
            self._bytes += text

    def _take_unicode(self, number: int) -> None:
        self._flush()
        self._to_skip = self._group.fallback
        if not self._group.skipped:
            self._add(chr(number % 0x10000))

    def _flush(self) -> None:
        """Read the bytes gathered in the charset of their font."""
        if self._bytes:
            encoding = self._group.charset or self._fonts.get(self._font) or self._default
            self._add(self._bytes.decode(encoding, "replace"))
            self._bytes.clear()

    def _add(self, text: str) -> None:
        group = self._group
        if group.skipped or group.kind in _TABLES:
            return
        if group.unseen or (self._is_white(group.colour) and not group.grounds):
            self.hidden += bool(text.strip())
            return
        flow = self._open[-1]
        flow.text.append(raised(text, "".join(flow.text[-1:])) if group.raised else text)

    def _is_white(self, colour: int) -> bool:
        return 0 < colour < len(self._colours) and self._colours[colour] == _WHITE

    def large_pictures(self) -> int:
        """How many pictures are as large as a table."""
        sizes = ((each.get("picwgoal", 0), each.get("pichgoal", 0)) for each in self._sizes)
        return sum(is_large(wide / _TWIPS, high / _TWIPS) for wide, high in sizes)


def _encoding(page: int) -> str:
    """The encoding of a code page; Windows' Latin one for a page that is not known."""
    name = _CODE_PAGES.get(page, f"cp{page}")
    try:
        codecs.lookup(name)
    except LookupError:
        return "cp1252"
    return name
