"""The year a document is about: what its titles, labels, captions, headings, sentences and codes state, scored."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from services.normalizer.identity.evidence import LONGEST, MARKED, Evidence, EvidenceLine
from services.normalizer.identity.titles import TitleCandidate
from services.normalizer.language.text import narrow, squeezed
from services.normalizer.language.years import years_in
from shared.schemas.document import Table

_KIND: Final = r"(?:预算|决算|绩效|三公)"
_STATED: Final = re.compile(rf"(?<!\d)(20\d\d)年?(?:度)?[^，。；：]{{0,24}}?{_KIND}")
_LABELLED: Final = re.compile(
    r"(?:预算|决算|编制|年)年?度[:：](20\d\d)|年度[:：]?(20\d\d)(?!\d)|^[（(]?(20\d\d)年(?:度|预算|决算)[)）]?$|[（(](20\d\d)年度?[)）]|"
    r"[:：][^:：\d]{2,40}(20\d\d)年度(?:(?:金额)?单位[:：]|$)"
)
_TITLED: Final = re.compile(r"(?<!\d)(20\d\d)年?(?:度|末)?[^，。；：]{0,40}(?:表|情况)")
_COMPARED: Final = re.compile(r"(?:比|较|与|同|和|占|按|对比)(?:上年|上一年)?$")
_DRAFT: Final = re.compile(r"执行.{0,16}(?:和|与|及|暨|、|以及).{0,12}?(20\d\d)年?度?[^，。；]{0,30}?预算(?!执行)")
_PROJECT: Final = re.compile(r"(?<![\dA-Za-z])\d{6}(\d\d)[A-Z][0-9A-Z]{8,16}(?![\dA-Za-z])")
_OPENING: Final = re.compile(
    r"^(20\d\d)年[,，]|(?<![较比与同和])(20\d\d)年度?[^，。；：\d]{0,12}(?:收入|支出|收、?支)"
)
_ALONE: Final = re.compile(r"20\d\d年")
_SHORT: Final = re.compile(r"(?<!\d)(\d\d)(?:年[^，。\d]{0,30}?|(?:部门|单位)?)(?:预算|决算)")
_OF_ONE_PROJECT: Final = re.compile(r"经费|目标表|项目")


def fiscal_year(evidence: Evidence, titles: Sequence[TitleCandidate]) -> int | None:
    """The year with the strongest evidence; among equals the most stated, then the latest. None without any."""
    found: dict[int, Counter[int]] = defaultdict(Counter)
    for score, years in _evidence(evidence, titles):
        for year in years:
            found[score][year] += 1
        if found[score]:
            counts = found[score]
            return max(counts, key=lambda year: (counts[year], year))
    return None


def year_of_title(plain: str) -> int | None:
    """The year a title is of: the draft's where it is of last year's execution and next year's budget."""
    if match := _DRAFT.search(plain):
        return int(match[1])
    return next(iter(years_in(plain)), None)


def _evidence(evidence: Evidence, titles: Sequence[TitleCandidate]) -> Iterator[tuple[int, Iterable[int]]]:
    """Score and years, the strongest evidence first; computed only as far as it is asked for."""
    yield 100, _of_titles(titles[:1])
    yield 90, _of_titles([each for each in titles[1:] if not each.of_table and each.score > 60])
    yield 80, _labelled([*evidence.opening, *evidence.titles_of_tables])
    yield 75, _stated(each for each in evidence.parts)
    yield 70, _of_tables(evidence.titles_of_tables)
    yield 60, _stated(each for each in evidence.opening)
    yield 59, [int(match[1]) for text in evidence.sentences if "现将" in text and (match := _DRAFT.search(text))]
    yield 58, [int(each.plain[:4]) for each in evidence.opening if _ALONE.fullmatch(each.plain)]
    yield 55, _stated(each for each in evidence.body if not _OF_ONE_PROJECT.search(each.plain))
    yield 50, _in_prose(evidence.sentences)
    yield 40, _of_file_names(evidence.file_names)
    yield 20, _of_project_codes(evidence)
    yield 10, [int(match[1] or match[2]) for text in evidence.sentences if (match := _OPENING.search(text))]


def _of_titles(titles: Iterable[TitleCandidate]) -> list[int]:
    return [year for each in titles if (year := year_of_title(each.plain))]


def _labelled(lines: Iterable[EvidenceLine]) -> Iterator[int]:
    for each in lines:
        if len(each.plain) <= LONGEST and (match := _LABELLED.search(each.plain)):
            yield int(next(filter(None, match.groups())))


def _of_tables(lines: Iterable[EvidenceLine]) -> Iterator[int]:
    """The years in the titles of tables, less those of one project's table."""
    for each in lines:
        if (match := _TITLED.search(each.plain)) and not _is_of_one_project(each.plain):
            yield int(match[1])


def _is_of_one_project(plain: str) -> bool:
    """Whether a line is the heading of one project's table: `1.2024年驻村工作队经费绩效目标表`."""
    return len(plain) <= LONGEST and bool(MARKED.match(plain) and _OF_ONE_PROJECT.search(plain))


def _stated(lines: Iterable[EvidenceLine]) -> Iterator[int]:
    for each in lines:
        if len(each.plain) <= LONGEST and (match := _STATED.search(each.plain)):
            yield int(match[1])


def _in_prose(sentences: Iterable[str]) -> Iterator[int]:
    """The years whose budget or accounts a sentence speaks of, less those it compares with."""
    for text in sentences:
        if _is_of_one_project(text):
            continue
        for match in _STATED.finditer(text):
            if not _COMPARED.search(text[max(0, match.start() - 6) : match.start()]):
                yield int(match[1])


def _of_file_names(names: Iterable[EvidenceLine]) -> Iterator[int]:
    for each in names:
        if years := years_in(each.plain):
            yield years[-1]
        elif match := _SHORT.search(each.plain):
            yield 2000 + int(match[1])


def _of_project_codes(evidence: Evidence) -> Iterator[int]:
    """The newest year in the codes of projects (`13020925P…`), since older projects are carried over."""
    tables = (block for block in evidence.document.blocks if isinstance(block, Table))
    texts = (narrow(squeezed(cell.text)) for table in tables for cell in table.cells if cell.text)
    if found := [int(year) for text in texts for year in _PROJECT.findall(text)]:
        yield 2000 + max(found)
