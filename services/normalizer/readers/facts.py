"""Figures in prose → fact records, each once."""

from typing import Final

from services.normalizer.language import vocabulary
from services.normalizer.layout import Layout
from services.normalizer.prose.phrases import plain
from services.normalizer.prose.statements import FIGURE, TOTALS, Setting, Statement, statements
from services.normalizer.recorder import ReaderResult, Recorder
from shared.schemas.document import Paragraph
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


def read(layout: Layout, recorder: Recorder, disclosure: Disclosure) -> ReaderResult:
    """Each figure that the vocabulary names; a figure restated gives no second fact."""
    final = disclosure.kind is DisclosureKind.FINAL_ACCOUNTS
    found = _stated(layout, disclosure.fiscal_year, final, plain(disclosure.department or ""))
    facts: list[Fact] = []
    seen: set[tuple[object, ...]] = set()
    for block, statement in found:
        fact = (statement.metric, statement.year, statement.amount)
        if fact in seen or _is_the_other(statement, [each for _, each in found], final):
            continue
        seen.add(fact)
        metric, year, amount = fact
        facts.append(recorder.make(Fact, recorder.at_paragraph(block), metric=metric, year=year, amount=amount))
    return ReaderResult(tuple(facts))


def _stated(layout: Layout, fiscal: int | None, final: bool, department: str) -> list[tuple[int, Statement]]:
    """The statements of every paragraph outside the sections that explain terms, duties or targets.

    Where a sentence calls the `department` by its name, it is read as `本部门`.
    """
    silent = vocabulary.metrics().silent_sections
    found: list[tuple[int, Statement]] = []
    for number, block in enumerate(layout.document.blocks):
        if not isinstance(block, Paragraph) or any(silent.search(title) for title in layout.sections[number]):
            continue
        text = plain(block.text)
        if department:
            text = text.replace(department, _SELF)
        if len(text) <= _LONGEST and FIGURE.search(text):
            section = layout.sections[number][-1] if layout.sections[number] else ""
            partial = any(vocabulary.metrics().partial.search(plain(title)) for title in layout.sections[number])
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
