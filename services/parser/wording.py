"""The shapes of Chinese official text that blocks are told by: markers, headings, sentence ends, field codes."""

import re
from collections.abc import Sequence
from typing import Final
from unicodedata import east_asian_width

from services.parser.numerals import COUNTING

_WIDE: Final = frozenset("WF")

_NUMERALS: Final = "一二三四五六七八九十百"
_MARKER: Final = re.compile(
    rf"\s*(?:[-*•·●■◆]\s+|第[{_NUMERALS}\d]{{1,4}}[部章节条款]|[{_NUMERALS}]{{1,4}}[、.．]|"
    rf"[（(][{_NUMERALS}\d]{{1,4}}[)）]|\d{{1,3}}[)）、.．](?!\d)|[①-⑳]|注[:：]|附[件表]|"
    r"[\w“”]{2,12}[：:])"
)
_ORDINAL: Final = re.compile(rf"\s*([（(]?)([{_NUMERALS}]{{1,4}})([)）]|、)")
_PART: Final = re.compile(rf"\s*第[{_NUMERALS}]{{1,3}}部分")
_TABLE_TITLE: Final = re.compile(r"\s*\d{1,3}[.、．](?!\d)\S.{0,80}表\s*$")
_TITLE_OF_TABLE: Final = re.compile(r"[^，。；]{3,60}表(?:[（(][^）)]{1,12}[）)])?")
_NUMBER: Final = re.compile(r"[-+]?[\d,，. ]*\d[\d,，. ]*[%％]?")
_BOOKMARK: Final = re.compile(r"\[bookmark: [^\]\n]{0,200}\]")
_BRACED_FIELD: Final = re.compile(
    r"\{\s{0,9}(?:TC|XE|TOC|PAGEREF|PAGE|NUMPAGES|HYPERLINK|SEQ|REF|EQ|MERGEFIELD|DATE)\b[^{}\n]{0,500}\}"
)
_ARGUMENT: Final = r"\s{0,9}\"[^\"\n]{0,200}\"|(?<=[bcflst*#@])\s{1,9}[\w.\-]{1,40}"
_SWITCH: Final = rf"\s{{0,9}}\\(?:[a-z](?![a-z])|[*#@])(?:{_ARGUMENT})?"
_BARE_FIELD: Final = re.compile(
    rf"\s{{0,9}}\b(?:(?:TC|XE|TOC|SEQ|REF|PAGEREF)\b[^\\\n]{{0,300}}?(?:{_SWITCH})+|"
    rf"HYPERLINK\s{{1,9}}(?:\"[^\"\n]{{0,500}}\"(?:{_SWITCH})*|(?:{_SWITCH})+))"
)
_PAGE_NUMBER: Final = re.compile(
    r"[-—–－]+\s*\d{1,4}\s*[-—–－]+|第\s*\d{1,4}\s*页.{0,12}|共\s*\d{1,4}\s*页.{0,12}"
)
_NUMBER_AT_EDGE: Final = re.compile(
    r"[-—–－·•~〜|\s]*(?:[Pp](?:age)?[.\s]*)?\d{1,4}(?:\s*(?:/|of|／)\s*\d{1,4})?[-—–－·•~〜|\s]*|"
    rf"第\s*[{_NUMERALS}]{{1,4}}\s*页|页码?\s*[:：]?\s*\d{{1,4}}|[ivxIVX]{{1,6}}"
)
_LONGEST_NUMBER: Final = 40
_TOTAL: Final = re.compile(r"合计|小计|总计|共计")
_TOTAL_NAME: Final = re.compile(r"\w{0,8}(?:合计|小计|总计|共计)")
_TERMINAL: Final = "。；：！？…;:!?．"
_CLAUSE: Final = re.compile(r"[，。；、？！]")
_CLOSING: Final = "”’》）)】"
_GOES_ON: Final = ("，", "、")
"""What a line of a sentence ends with, and no paragraph."""
_GONE_ON: Final = re.compile(rf"[，、。；：！？,;%％{re.escape(_CLOSING)}]|[亿千百]?万?元")
"""How a line of a sentence begins, and no paragraph."""
_REST_OF_NUMBER: Final = re.compile(r"[\d,]{0,8}(?:\.\d{1,4})?(?:[亿千百]?万?元|[%％])|\d{0,3}年|月|日")
_LEADING_ON: Final = re.compile(r"\w{0,12}(?:其中|包括|用于|为|是)[：:]")
_LISTING: Final = re.compile(r"(?:其中|包括)[：:]$")
_SEMICOLONS: Final = ("；", ";")
_PAIRS: Final = (("（", "）"), ("(", ")"), ("“", "”"), ("《", "》"))

_RAISED: Final = str.maketrans("0123456789()[]【】〔〕", "⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾⁽⁾⁽⁾⁽⁾")
_NOTE_MARK: Final = re.compile(r"[\[(（【〔]?(?:\d{0,2}|[*＊※①-⑳])[\])）】〕]?")
_MARKED_NUMBER: Final = re.compile(
    r"(?P<number>[-+△▲]?[\d,，. ]*\d[%％]?)\s*(?:[⁰¹²³⁴-⁹⁽⁾①-⒇❶-❿*＊※#＃]|[\[【〔]\s?\d{1,2}\s?[\]】〕]|注\d?)+"
)
"""A number with the mark of a note behind it."""

_BLANKS: Final = " \u3000\xa0\t"
_LIST_LINES: Final = 200
"""Lines of a cell in which the point before a list's next one is looked for."""
LONG_ENOUGH: Final = 18
"""Characters a paragraph has at least before its end can be taken for a cut."""


def without_fields(line: str) -> str:
    """`line` without Word's bookmarks and field codes, which are never text of the document."""
    if "[bookmark" not in line and "\\" not in line and "{" not in line and "HYPERLINK" not in line:
        return line
    return _BARE_FIELD.sub("", _BRACED_FIELD.sub("", _BOOKMARK.sub("", line)))


def shown_lines(text: str) -> str:
    """The lines of a Word paragraph that say something, without field codes and blanks at their ends."""
    lines = (without_fields(line).strip(_BLANKS) for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def squeezed(text: str) -> str:
    """`text` without any white space, to compare what was broken differently."""
    return "".join(text.split())


def is_number(text: str) -> bool:
    """Whether `text` is nothing but a printed number, with separators, blanks and a per cent sign at most."""
    return len(text) <= _LONGEST_NUMBER and bool(_NUMBER.fullmatch(text.strip()))


def raised(text: str, before: str) -> str:
    """Raised `text` behind the text `before`: digits as such, and no mark of a note behind a number."""
    if not _NOTE_MARK.fullmatch(text.strip()):
        return text
    return "" if before[-1:].isdecimal() or before[-1:] in ("%", "％") else text.translate(_RAISED)


def without_note_mark(text: str) -> str:
    """`text` of a cell, less the mark of a note behind a number that is all else it holds."""
    match = _MARKED_NUMBER.fullmatch(text.strip()) if len(text) <= _LONGEST_NUMBER else None
    return match["number"].strip() if match else text


def is_table_title(texts: Sequence[str]) -> bool:
    """Whether a row of `texts` is a table's title, as files from a workbook have it: 支出预算表, then blanks."""
    return bool(texts) and not any(texts[1:]) and is_title_of_table(texts[0])


def is_title_of_table(text: str) -> bool:
    """Whether `text` is what a table is called: 支出预算表."""
    return bool(_TITLE_OF_TABLE.fullmatch(squeezed(text)))


def is_total(text: str) -> bool:
    """Whether `text` is the bare word for a total: 合计, 小计 …"""
    return bool(_TOTAL.fullmatch(squeezed(text)))


def names_total(text: str) -> bool:
    """Whether `text` is a total's name: 合计, 本年支出合计 …"""
    return bool(_TOTAL_NAME.fullmatch(squeezed(text)))


def is_page_number(text: str) -> bool:
    """Whether `text` is a page's number and, even in the middle of a text, can be nothing else: `- 12 -`."""
    return bool(_PAGE_NUMBER.fullmatch(text.strip()))


def is_number_at_edge(text: str) -> bool:
    """Whether `text` can be a page's number where it stands alone at the page's top or bottom: `12`, `12 / 30`."""
    return is_page_number(text) or bool(_NUMBER_AT_EDGE.fullmatch(text.strip()))


def has_marker(text: str) -> bool:
    """Whether `text` opens with a list or heading marker or a short label and a colon."""
    return bool(_MARKER.match(text))


def is_heading(text: str) -> bool:
    """Whether `text` is a marked line that is no sentence."""
    return has_marker(text) and not _CLAUSE.search(_MARKER.sub("", text, count=1)) and not ends(text)


def opens_section(line: str, cell: Sequence[str]) -> bool:
    """Whether `line` under a table cell of the lines `cell` is the document's next heading, not the cell's text.

    A list within a cell counts on: `三、` is the cell's where `二、` stands above it.
    """
    if _PART.match(line) or _TABLE_TITLE.match(line):
        return True
    match = _ORDINAL.match(line)
    if not match or match.group(2) not in _ORDINALS[1:]:
        return False
    before = _ORDINALS[_ORDINALS.index(match.group(2)) - 1]
    return match.group(1) + before + match.group(3) not in "\n".join(cell[-_LIST_LINES:])


_ORDINALS: Final = tuple(map(COUNTING.counted, range(1, 100)))


def half_widths(text: str) -> int:
    """How wide `text` is printed, in half Chinese characters."""
    return sum(2 if east_asian_width(sign) in _WIDE else 1 for sign in text)


def ends(text: str) -> bool:
    """Whether `text` ends as a sentence or a label does."""
    stripped = text.rstrip().rstrip(_CLOSING)
    return not stripped or stripped[-1] in _TERMINAL


def breaks_off(text: str) -> bool:
    """Whether `text` plainly stops in mid sentence."""
    stripped = text.strip()
    if ends(stripped) or len(stripped) < LONG_ENOUGH or stripped[-1] in _CLOSING:
        return False
    return bool(_CLAUSE.search(_MARKER.sub("", stripped, count=1)))


def ends_sentence(text: str) -> bool:
    """Whether `text` ends as a sentence does, or opens what stands below it: not with a semicolon."""
    return ends(text) and not text.rstrip().endswith(_SEMICOLONS)


def leads_on(text: str) -> bool:
    """Whether `text` opens with the words before what a sentence lists: `主要包括：`."""
    return bool(_LEADING_ON.match(text))


def goes_on_below(text: str, below: str) -> bool:
    """Whether a line end alone parts `text` from `below`: in mid sentence, number or bracket."""
    line = text.rstrip()
    if line.endswith(_GOES_ON) or _LISTING.search(line) or _GONE_ON.match(below) or _is_open(line):
        return True
    return line[-1:].isdecimal() and bool(_REST_OF_NUMBER.match(below))


def _is_open(text: str) -> bool:
    """Whether a bracket or quotation opens in `text` and does not close there."""
    return any(text.rfind(opening) > text.rfind(closing) for opening, closing in _PAIRS)
