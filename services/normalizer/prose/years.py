"""The fiscal year of a document: from its title, captions, prose, and at last its project codes."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from services.normalizer.language.text import narrow, squeezed
from services.normalizer.tables.captions import lines_before
from shared.schemas.document import Document, Paragraph, Table

_DIGITS: Final = str.maketrans("〇○零一二三四五六七八九", "000123456789")
_CHINESE: Final = re.compile(r"[二][〇○零][〇○零一二三四五六七八九]{2}(?=年)")
_KIND: Final = r"(?:预算|决算|绩效)"
_TITLE: Final = re.compile(rf"(20\d\d)年?(?:度)?[^，。；]{{0,24}}?{_KIND}")
_CAPTION: Final = re.compile(
    r"(?:预算|决算|年)年?度[:：]?(20\d\d)|年度[:：](20\d\d)|^[（(]?(20\d\d)年(?:度|预算)[)）]?$"
)
_PROSE: Final = re.compile(rf"(20\d\d)年(?:度)?(?:部门|单位)?(?:收支|收入|支出|总)?{_KIND}")
_PROJECT: Final = re.compile(r"(?<![\dA-Za-z])\d{6}(\d\d)[A-Z][0-9A-Z]{8,16}(?![\dA-Za-z])")
_OPENING: Final = re.compile(r"^(20\d\d)年[,，]")
_OF_ALL: Final = re.compile(
    r"^20\d\d年度?(?:县级|区级|市级|本级)?(?:部门|单位|预算)*(?:整体|项目)(?:支出|预算)*绩效"
)
_OF_A_TABLE: Final = re.compile(r"目标表|^(?:[（(]?[一二三四五六七八九十\d]{1,3}[)）、.．]|20\d\d年.*经费)")
_TITLE_LINES: Final = 40
_LONGEST_TITLE: Final = 60


def plain_years(text: str) -> str:
    """`text` on one line without white space, years in digits (`二〇二一年` is `2021年`)."""
    return _CHINESE.sub(lambda match: match[0].translate(_DIGITS), narrow(squeezed(text)))


def fiscal_year(document: Document) -> int | None:
    """The year the disclosure is about, or None where nothing states it."""
    for evidence in (_of_titles, _of_captions, _of_prose, _of_project_codes, _of_openings):
        found = Counter(evidence(document))
        if found:
            return max(found, key=lambda year: (found[year], year))
    return None


def _paragraphs(document: Document) -> Iterator[str]:
    return (plain_years(block.text) for block in document.blocks if isinstance(block, Paragraph))


def _of_titles(document: Document) -> Iterator[int]:
    """The portal's title alone where it states a year, else the short lines of the document's opening."""
    if document.origin.title and (match := _TITLE.search(plain_years(document.origin.title))):
        yield int(match[1])
        return
    for number, line in enumerate(_paragraphs(document)):
        if number >= _TITLE_LINES:
            break
        if len(line) > _LONGEST_TITLE or line.endswith("。"):
            continue
        if _OF_A_TABLE.search(line) and not _OF_ALL.search(line):
            continue
        if match := _TITLE.search(line):
            yield int(match[1])
            if re.search("公开|说明|信息|部门|单位", line):
                return


def _of_captions(document: Document) -> Iterator[int]:
    for number, block in enumerate(document.blocks):
        if not isinstance(block, Table):
            continue
        rows = ["".join(cell.text for cell in block.cells if cell.row == row) for row in (0, 1)]
        for line in (*lines_before(document, number), *rows):
            if len(line) <= 2 * _LONGEST_TITLE and (match := _CAPTION.search(plain_years(line))):
                yield int(match[1] or match[2] or match[3])


def _of_prose(document: Document) -> Iterator[int]:
    for text in _paragraphs(document):
        yield from (int(year) for year in _PROSE.findall(text))


def _of_project_codes(document: Document) -> Iterator[int]:
    """The newest year in the codes of projects (`13020925P…`), since older projects are carried over."""
    found = [int(year) for text in _texts(document) for year in _PROJECT.findall(text)]
    if found:
        yield 2000 + max(found)


def _texts(document: Document) -> Iterator[str]:
    for block in document.blocks:
        if isinstance(block, Table):
            yield from (narrow(squeezed(cell.text)) for cell in block.cells if cell.text)


def _of_openings(document: Document) -> Iterator[int]:
    for text in _paragraphs(document):
        if match := _OPENING.search(text):
            yield int(match[1])
