"""Figures in prose → fact records, each once."""

from typing import Final

from services.normalizer import terms, years
from services.normalizer.collector import Collector
from services.normalizer.phrases import plain
from services.normalizer.sections import paths
from services.normalizer.statements import FIGURE, TOTALS, Setting, Statement, statements
from shared.schemas.document import Document, Paragraph
from shared.schemas.names import DisclosureKind
from shared.schemas.records import Disclosure, Fact

_LONGEST: Final = 4000
_SELF: Final = "本部门"
_MEANT: Final[dict[tuple[bool, str], frozenset[str]]] = {
    (False, "grand"): frozenset(),
    (False, "sum"): frozenset({"grand"}),
    (False, ""): frozenset({"grand"}),
    (False, "current"): frozenset({"grand", "sum", ""}),
    (True, "grand"): frozenset({"current", "sum"}),
    (True, ""): frozenset({"current", "sum"}),
    (True, "sum"): frozenset(),
    (True, "current"): frozenset(),
}
"""In final accounts or not, the kinds of total that take the place of a kind."""
_OF_ALL_FUNDS: Final = frozenset({"", "grand", "current", "sum"})


def read(document: Document, collector: Collector) -> None:
    """Add each figure that the vocabulary names; a figure restated gives no second fact."""
    disclosure = next(iter(collector.of(Disclosure)), None)
    final = disclosure is not None and disclosure.kind is DisclosureKind.FINAL_ACCOUNTS
    found = _stated(document, final, plain(disclosure.department or "") if disclosure else "")
    seen: set[tuple[object, ...]] = set()
    for block, statement in found:
        fact = (statement.metric, statement.year, statement.amount)
        if fact in seen or _is_the_other(statement, [each for _, each in found], final):
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
            partial = any(terms.metrics().partial.search(plain(title)) for title in sections[number])
            found += [(number, each) for each in statements(text, Setting(fiscal, final, section, partial))]
    return found


def _is_the_other(statement: Statement, others: list[Statement], final: bool) -> bool:
    """Whether `statement` is what the metric does not mean, where a document states both.

    A budget's totals are the grand ones, with the carry-over; those of final accounts are the year's own. Basic
    and project expenditure are those of all funds.
    """
    if statement.metric in TOTALS:
        meant = _MEANT[final, statement.scope]
    else:
        meant = _OF_ALL_FUNDS if statement.scope == "part" else frozenset()
    return any(
        (each.metric, each.year) == (statement.metric, statement.year)
        and each.scope in meant
        and each.amount != statement.amount
        for each in others
    )
