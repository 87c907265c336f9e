"""The explanation (情况说明) of a document: what every paragraph outside its glossaries and duties states."""

import re
from typing import Final

from services.normalizer.language import vocabulary
from services.normalizer.language.text import remembered
from services.normalizer.layout import Layout
from services.normalizer.prose.phrases import FIGURE, plain
from services.normalizer.prose.stated import TOTALS, Role, Subject, Told
from services.normalizer.prose.statements import statements
from services.normalizer.prose.subjects import Setting
from shared.schemas.document import Paragraph
from shared.schemas.names import DisclosureKind, Metric
from shared.schemas.records import Disclosure

_LONGEST: Final = 4000
_SELF: Final = "本部门"
_OF_ONE_UNIT: Final = re.compile("本级|单位[预决]算")
_ENDS: Final = "。；;：:！？!?"
_SECTION_YEAR: Final = re.compile(r"(20\d\d)年")


def is_of_government(disclosure: Disclosure) -> bool:
    """Whether the disclosure is a government's own, of several levels, funds and years, and no department's."""
    return disclosure.kind is not None and disclosure.kind.of_government


def explanation(layout: Layout, disclosure: Disclosure) -> list[Told]:
    """What the paragraphs with figures state.

    Where a sentence calls the department by its name, it is read as `本部门`. In a government's own
    report a section's title dates what stands under it. A paragraph that begins with a figure goes on with the
    sentence of the one before.
    """
    department = plain(disclosure.department or "")
    found: list[Told] = []
    with_units = "" if _OF_ONE_UNIT.search(disclosure.title or "") else department
    before, listed = "", False
    for number, block in enumerate(layout.document.blocks):
        sections = layout.sections[number]
        if not isinstance(block, Paragraph):
            before = ""
            continue
        if any(map(_is_silent, sections)):
            continue
        text = plain(block.text)
        if department:
            text = text.replace(department, _SELF)
        if len(text) <= _LONGEST and FIGURE.search(text):
            cut = before.rpartition("。")[2] if FIGURE.match(text) and before[-1:] not in _ENDS else ""
            topic = "" if FIGURE.search(before) else before
            setting = Setting(
                _fiscal(disclosure, sections),
                _is_final(disclosure, text),
                sections,
                topic,
                with_units,
                listed,
                _spoken_of(found[-1]) if found and found[-1].block == number - 1 else None,
            )
            told = Told(number, text, tuple(statements(cut + text, setting))[len(FIGURE.findall(cut)) :])
            found.append(told)
            listed = _lists_income(told, listed)
        before = text[-_LONGEST:]
    return found


def _spoken_of(told: Told) -> Subject | None:
    """What the last sentence with figures of a paragraph is about: the first amount that it states."""
    last = told.statements[-1].sentence if told.statements else None
    levels = [each for each in told.statements if each.sentence == last and each.role is Role.LEVEL]
    return levels[0].subject if levels else None


@remembered
def _is_silent(title: str) -> bool:
    """Whether what stands under a section's `title` states no figures of the document's year."""
    words = vocabulary.metrics()
    return bool(re.search("|".join(words.silent_sections), title)) and not re.search(
        "|".join(words.explaining), title
    )


def _lists_income(told: Told, before: bool) -> bool:
    """Whether the paragraphs after `told` go on with a list of income: it opens one, or gives no total itself."""
    totals = [each.subject.metrics for each in told.statements if TOTALS & set(each.subject.metrics)]
    if totals:
        return told.text.endswith((":", "其中", "包括")) and totals[-1] == (Metric.INCOME_TOTAL,)
    return before and not any(each.subject.metrics[:1] == (Metric.EXPENDITURE_BASIC,) for each in told.statements)


def _is_final(disclosure: Disclosure, text: str) -> bool:
    """Whether figures are of what was spent: in accounts, or where a document of no known kind speaks of 决算."""
    return disclosure.kind is DisclosureKind.FINAL_ACCOUNTS or (disclosure.kind is None and "决算" in text)


def _fiscal(disclosure: Disclosure, sections: tuple[str, ...]) -> int | None:
    if is_of_government(disclosure):
        years = [int(year) for title in sections for year in _SECTION_YEAR.findall(plain(title))]
        return years[-1] if years else disclosure.fiscal_year
    return disclosure.fiscal_year
