"""Figures in prose → fact records, each once."""

from typing import Final

from services.normalizer import terms, years
from services.normalizer.collector import Collector
from services.normalizer.sections import paths
from services.normalizer.statements import FIGURE, TOTALS, Setting, Statement, plain, statements
from shared.schemas.document import Document, Paragraph
from shared.schemas.names import DisclosureKind
from shared.schemas.records import Disclosure, Fact

_LONGEST: Final = 4000
_SELF: Final = "本部门"


def read(document: Document, collector: Collector) -> None:
    """Add each figure that the vocabulary names; a figure restated gives no second fact."""
    disclosure = next(iter(collector.of(Disclosure)), None)
    final = disclosure is not None and disclosure.kind is DisclosureKind.FINAL_ACCOUNTS
    found = _stated(document, final, plain(disclosure.department or "") if disclosure else "")
    seen: set[tuple[object, ...]] = set()
    for block, statement in found:
        fact = (statement.metric, statement.year, statement.amount)
        if fact in seen or _is_the_other_total(statement, [each for _, each in found], final):
            continue
        seen.add(fact)
        metric, year, amount = fact
        collector.add(Fact, collector.at_paragraph(block), metric=metric, year=year, amount=amount)


def _stated(document: Document, final: bool, department: str) -> list[tuple[int, Statement]]:
    """The statements of every paragraph outside the sections that explain terms, duties or targets.

    Where a sentence calls the `department` by its name, it is read as `本部门`.
    """
    fiscal = years.fiscal_year(document)
    silent = terms.metrics().silent_sections
    sections = paths(document)
    found: list[tuple[int, Statement]] = []
    for number, block in enumerate(document.blocks):
        if not isinstance(block, Paragraph) or any(silent.search(title) for title in sections[number]):
            continue
        text = plain(block.text)
        if department:
            text = text.replace(department, _SELF)
        if len(text) <= _LONGEST and FIGURE.search(text):
            section = sections[number][-1] if sections[number] else ""
            found += [(number, each) for each in statements(text, Setting(fiscal, final, section))]
    return found


def _is_the_other_total(statement: Statement, others: list[Statement], final: bool) -> bool:
    """Whether `statement` is the total that the metric does not mean, where a document states both.

    A budget's totals are the grand ones, with the carry-over; those of final accounts are the year's own.
    """
    meant = "current" if final else "grand"
    return (
        statement.metric in TOTALS
        and statement.scope != meant
        and any(
            (each.metric, each.year, each.scope) == (statement.metric, statement.year, meant)
            and each.amount != statement.amount
            for each in others
        )
    )
