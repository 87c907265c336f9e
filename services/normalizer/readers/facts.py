"""Figures in prose → fact records, each once: of the whole, or with the account, fund or class they are of."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from services.normalizer.government.place import place_of
from services.normalizer.government.report import figures
from services.normalizer.layout import Layout
from services.normalizer.prose.explanation import explanation, is_of_government
from services.normalizer.prose.stated import OF_EXPENDITURE, TOTALS, Role, Told
from services.normalizer.recorder import ReaderResult, Recorder
from shared.schemas.names import DisclosureKind, Metric
from shared.schemas.records import Disclosure, Fact

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
_OTHER_TOTAL: Final = {
    (True, Metric.INCOME_TOTAL): (Metric.INCOME_WITH_CARRYOVER, None),
    (True, Metric.EXPENDITURE_TOTAL): (Metric.EXPENDITURE_WITH_CARRYOVER, None),
    (False, Metric.INCOME_TOTAL): (Metric.INCOME_PART, "本年收入"),
    (False, Metric.EXPENDITURE_TOTAL): (Metric.EXPENDITURE_PART, "本年支出"),
}
"""What a total is recorded as whose place another takes."""
_THREE_PUBLIC: Final = "three_public_"
_REPORTED: Final = ("metric", "year", "amount", "scope", "fund", "level", "basis")


@dataclass(frozen=True)
class _Stated:
    """A figure of one metric: a statement of two metrics is two of these."""

    block: int
    metric: Metric
    scope: str | None
    year: int | None
    amount: Decimal
    kind: str


def read(layout: Layout, recorder: Recorder, disclosure: Disclosure) -> ReaderResult:
    """Each figure that the vocabulary names; a figure restated gives no second fact.

    Of a government's own report only what states its fund, level and basis, and its “三公” funds where one amount
    is given for a year.
    """
    told = explanation(layout, disclosure)
    if is_of_government(disclosure):
        return _of_government(layout, recorder, disclosure, told)
    facts = _of_department(recorder, told, disclosure.kind is DisclosureKind.FINAL_ACCOUNTS)
    return ReaderResult(tuple(facts), told=tuple(told))


def _of_government(
    layout: Layout, recorder: Recorder, disclosure: Disclosure, told: Sequence[Told]
) -> ReaderResult:
    """The figures beyond doubt, each once; “三公” funds also where their level is not stated."""
    facts: dict[tuple[object, ...], Fact] = {}
    reported: set[tuple[object, ...]] = set()
    for each in figures(layout, place_of(layout, disclosure), disclosure):
        key: tuple[object, ...] = (
            each.metric, each.scope, each.fund, each.level, each.basis, each.year, each.amount,
        )  # fmt: skip
        reported.add((each.metric, each.year, each.amount))
        if key not in facts:
            fields = {name: getattr(each, name) for name in _REPORTED}
            facts[key] = recorder.make(Fact, recorder.at_paragraph(each.block), **fields)
    for stated in _beyond_doubt(list(_stated(told))):
        key = (stated.metric, stated.year, stated.amount)
        if key not in reported:
            reported.add(key)
            known = {"metric": stated.metric, "year": stated.year, "amount": stated.amount, "scope": stated.scope}
            facts[key] = recorder.make(Fact, recorder.at_paragraph(stated.block), **known)
    return ReaderResult(tuple(facts.values()))


def _of_department(recorder: Recorder, told: Sequence[Told], final: bool) -> Iterable[Fact]:
    stated = list(_stated(told))
    resolved = _Resolved(stated, final)
    found = [(each, *resolved.of(each)) for each in stated]
    whole = {(metric, each.year, each.amount) for each, metric, scope in found if scope is None}
    facts: dict[tuple[object, ...], Fact] = {}
    for each, metric, scope in found:
        key = (metric, scope, each.year, each.amount)
        of_the_whole_too = metric in OF_EXPENDITURE and scope and (metric, each.year, each.amount) in whole
        if key not in facts and not of_the_whole_too:
            fields = {"metric": metric, "year": each.year, "amount": each.amount, "scope": scope}
            facts[key] = recorder.make(Fact, recorder.at_paragraph(each.block), **fields)
    return facts.values()


def _stated(told: Iterable[Told]) -> Iterator[_Stated]:
    for paragraph in told:
        for each in paragraph.statements:
            subject = each.subject
            if each.role is Role.LEVEL:
                named = [(metric, subject.scope) for metric in subject.metrics]
            else:
                named = list(subject.changed()) if each.role is Role.CHANGE else []
            for metric, scope in named:
                yield _Stated(paragraph.block, metric, scope, each.year, each.amount, each.kind)


def _beyond_doubt(stated: Sequence[_Stated]) -> list[_Stated]:
    """The “三公” figures of a government's report of which no other level or unit gives another amount."""
    amounts: defaultdict[tuple[Metric, int | None], set[Decimal]] = defaultdict(set)
    for each in stated:
        amounts[each.metric, each.year].add(each.amount)
    return [
        each
        for each in stated
        if each.metric.startswith(_THREE_PUBLIC) and each.year and len(amounts[each.metric, each.year]) == 1
    ]


class _Resolved:
    """Which of several figures of one name is the metric's, and what the others are."""

    def __init__(self, stated: Sequence[_Stated], final: bool) -> None:
        self._final = final
        self._kinds: defaultdict[tuple[Metric, int | None], dict[str, set[Decimal]]] = defaultdict(dict)
        self._amounts: defaultdict[tuple[Metric, int | None], set[Decimal]] = defaultdict(set)
        self._of_fund: defaultdict[tuple[Metric, int | None, str], set[Decimal]] = defaultdict(set)
        for each in stated:
            if each.scope is None:
                self._amounts[each.metric, each.year].add(each.amount)
                self._kinds[each.metric, each.year].setdefault(each.kind, set()).add(each.amount)
            else:
                self._of_fund[each.metric, each.year, _fund(each.scope)].add(each.amount)
        self._ends = {
            (*name, kind): (min(amounts), max(amounts))
            for name, kinds in self._kinds.items()
            for kind, amounts in kinds.items()
        }

    def of(self, stated: _Stated) -> tuple[Metric, str | None]:
        """The metric and scope of the fact that `stated` becomes."""
        if stated.metric in TOTALS and stated.scope is None:
            kinds = self._kinds[stated.metric, stated.year]
            meant = [kind for kind in _MEANT[self._final, stated.kind] if kind in kinds]
            same = any(stated.amount in kinds[kind] for kind in meant)
            if not same and any(self._may_stand_beside(stated, kind) for kind in meant):
                return _OTHER_TOTAL[self._final, stated.metric]
        if stated.metric in OF_EXPENDITURE and stated.scope is not None:
            return self._of_a_fund(stated, stated.scope)
        return stated.metric, stated.scope

    def _may_stand_beside(self, stated: _Stated, kind: str) -> bool:
        """Whether `stated` is the other total beside one of `kind`.

        总计 and 本年…, in accounts 总计 and 合计, say that they are two; else what is carried over makes a total
        larger, never smaller.
        """
        if {stated.kind, kind} == {"grand", "current"} or (
            self._final and {stated.kind, kind} == {"grand", "sum"}
        ):
            return True
        least, most = self._ends[stated.metric, stated.year, kind]
        return stated.amount > least if self._final else stated.amount < most

    def _of_a_fund(self, stated: _Stated, fund: str) -> tuple[Metric, str | None]:
        """A fund's expenditure is the whole's where the fund pays for all, else a part."""
        whole = self._amounts[stated.metric, stated.year]
        if stated.amount in whole or (not whole and self._pays_for_all(fund, stated.year)):
            return stated.metric, None
        return (Metric.EXPENDITURE_PART, f"{fund}{_NAMES[stated.metric]}") if whole else (stated.metric, fund)

    def _pays_for_all(self, fund: str, year: int | None) -> bool:
        part, total, basic = Metric.EXPENDITURE_PART, Metric.EXPENDITURE_TOTAL, Metric.EXPENDITURE_BASIC
        return any(
            self._of_fund[of, year, _fund(fund)] & self._amounts[whole, year]
            for of, whole in ((part, total), (basic, basic))
        )


def _fund(scope: str) -> str:
    """A fund by one name: 一般公共预算财政拨款 and 一般公共预算当年拨款 are 一般公共预算."""
    return re.sub(r"(?<=预算)(?:当年)?(?:财政)?(?:拨款)?$", "", scope)


_NAMES: Final = {
    Metric.EXPENDITURE_BASIC: "基本支出",
    Metric.EXPENDITURE_PERSONNEL: "人员经费",
    Metric.EXPENDITURE_PUBLIC_USE: "公用经费",
    Metric.EXPENDITURE_PROJECT: "项目支出",
}
