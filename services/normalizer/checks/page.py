"""docs/checks.md, made from the registry of rules and the policy."""

import inspect
from collections.abc import Iterator
from typing import Final

from services.normalizer.checks import policy
from services.normalizer.checks.rules import CHECKS, Rule, Tolerance

_HEAD: Final = """# The checks

Made by `gongkai checks` from the registry of rules; do not edit.

Every rule answers for every document with a `check` record: `pass`, `rounding` (off by no more than printing
explains), `fail` (with its findings), `not_applicable` (the table is no part of this kind of disclosure),
`insufficient_data` (something it needs was not published, not read, or leaves doubt), `error` (the rule itself
broke).

## One finding a cause

The equalities of all rules that do not hold are explained together: the cell whose change would satisfy them, and
break none that holds, is named with the value it should have; its subjects are the wrong cell, then the figures of
the equalities it breaks. Where several cells would do alike, the one is wrong whose right amount another table
prints for the same account; where none does and other sums need the total, it is one of the parts, and the total
is not accused. Where no single cell explains them, the smallest set of cells does.

The `check` record of every rule whose equality failed says `fail` and refers to that finding, which bears the name
of the rule that is about the cell.
"""


def page() -> str:
    """The whole page, as Markdown."""
    return "\n".join([_HEAD, *_policy(), "", "## The rules", "", *_rules(), "", *_sources()]) + "\n"


def _policy() -> Iterator[str]:
    yield "## When a check may speak"
    yield ""
    yield inspect.cleandoc(policy.__doc__ or "").partition("\n\n")[2]
    yield ""
    yield "What keeps a failed equality from being an error:"
    yield ""
    yield "| clause | what becomes of it |"
    yield "| --- | --- |"
    for clause in policy.Clause:
        yield f"| {clause.value} | {'`warning`' if clause in policy.SOFT else '`insufficient_data`'} |"
    yield ""
    yield "Tolerance:"
    yield ""
    for tolerance in Tolerance:
        yield f"- {tolerance.name.lower()}: {tolerance.value}"


def _rules() -> Iterator[str]:
    yield "| rule | list no. | gravest | tables | what must hold | 应当成立 | tolerance |"
    yield "| --- | --- | --- | --- | --- | --- | --- |"
    for rule in CHECKS:
        cells = (
            f"`{rule.name}`", rule.number, rule.severity.value, rule.about, english(rule), rule.holds,
            rule.tolerance.name.lower(),
        )  # fmt: skip
        yield "| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |"


def english(rule: Rule) -> str:
    """The sentence about a rule in English: the first paragraph of its function's docstring."""
    return " ".join(inspect.cleandoc(rule.function.__doc__ or "").partition("\n\n")[0].split())


def _sources() -> Iterator[str]:
    yield "## Where the rules come from"
    yield ""
    yield "| source | rules |"
    yield "| --- | --- |"
    by_source: dict[str, list[str]] = {}
    for rule in CHECKS:
        by_source.setdefault(rule.source, []).append(f"`{rule.name}`")
    for source, names in by_source.items():
        yield f"| {source} | {'、'.join(names)} |"
