"""The report of a government to its congress: the figures whose fund, level, basis and year are beyond doubt."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from typing import Final, Literal

from services.normalizer.government import terms
from services.normalizer.government.areas import Place
from services.normalizer.government.parts import DEBTS, basis_in, fund_in, level_in, opens_year, year_in
from services.normalizer.language.money import UNITS, number
from services.normalizer.language.text import without_marker
from services.normalizer.layout import Layout
from services.normalizer.prose.phrases import FIGURE
from services.normalizer.prose.sections import part_titles
from shared.schemas.document import Paragraph
from shared.schemas.names import Basis, BudgetLevel, DisclosureKind, Fund, Metric
from shared.schemas.records import Disclosure

_LONGEST: Final = 4000
_SENTENCE: Final = re.compile(r"[^。！？!?]+[。！？!?]?")
_CLAUSE: Final = re.compile(r"[,;:()，；：（）]")
_COMPARED: Final = re.compile(r"[较比与同](?:上年|去年|20\d\d年)[^,;，；]*")
_SHARED: Final = re.compile(r"的[\d百]")
"""What follows a figure of which a share is told: 完成预算500万元的85%."""
_CHANGE: Final = re.compile(r"增加|减少|增收|减收|增长|下降|调增|调减|提高|压减|节约")
_QUOTES: Final = str.maketrans("", "", "“”\"‘’'")
_THREE_PUBLIC: Final = "three_public_"
_OF_DEBT: Final = frozenset({Metric.DEBT_LIMIT, Metric.DEBT_BALANCE, Metric.DEBT_ISSUED})
_DEBT_INCOME: Final = frozenset({"债务转贷收入", "债务收入", "债券转贷收入"})
"""What a budget takes in by debt: of the budget, not of the debt."""
_OF_ONE_YEAR: Final = frozenset(
    {
        DisclosureKind.GOVERNMENT_ACCOUNTS,
        DisclosureKind.GOVERNMENT_EXECUTION,
        DisclosureKind.GOVERNMENT_ADJUSTMENT,
        DisclosureKind.GOVERNMENT_DEBT,
    }
)
"""The kinds of document that are of the one year their title states."""
_DONE_OF: Final[Mapping[DisclosureKind | None, Basis]] = {
    DisclosureKind.GOVERNMENT_ACCOUNTS: Basis.FINAL,
    DisclosureKind.GOVERNMENT_EXECUTION: Basis.EXECUTION,
}
"""What a report on one year tells of that year where a sentence does not say."""
_NAMED: Final = frozenset({Metric.DEBT_ISSUED})
"""Metrics of which several kinds are stated side by side, so that the word goes with them."""
_PLANNED: Final = frozenset({Basis.BUDGET, Basis.DRAFT, Basis.PLAN})
_BLOCKED: Final = "blocked"
_OWNER: Final = re.compile("(?:[区县市镇乡旗州盟园局委办院校]|街道|部门|公司|企业|单位)$")
_EXCEPT: Final = re.compile(r"\([^()]*(?:不含|不包括|剔除|扣除)[^()]*\)")
"""An aside by which the figure is not of all that the words before it name."""
_ASIDE: Final = re.compile(r"\([^()\d]*\)")
_TELLING: Final = re.compile("一是.*二是|过去[三四五]年|[五四三]年来|时期|以来，")
"""Paragraphs that tell what was done, not what the budget holds."""
_OF_YEARS: Final = re.compile(r"20\d\d(?:年)?[-—–~至到]+20\d\d|20\d\d年[、和]20\d\d年|累计(?!结余)|五年")
_SO_FAR: Final = re.compile(
    r"^(?!.*(?:年来|以来|时期))(?:20\d\d年)?(?!.*20\d\d年)[^累五]*累计(?:完成|实现)(?!.*累计|.*五年)"
)
"""A sentence on one year alone, which says 累计 of all of it."""
_INTENDED: Final = re.compile("目标|预期|拟|计划")
_PART_OF_YEAR: Final = re.compile(
    r"\d{1,2}[-—–~至到](?!12月)\d{1,2}月|(?<![\d\-—–~至到])(?!12月(?:底|末|31日))\d{1,2}月(?!\d{3})|[上下]半年|季度"
)
_REASON: Final = re.compile("因|由于|受|主要")
_OF_PLANS: Final = re.compile("安排|草案|编制|预算$|预算情况$|收支预算")
_NEW: Final = re.compile("新增|提前批|提前下达|调增|分配")
_ARRANGED: Final = re.compile("安排|计划")
_STARTS_FROM: Final = re.compile("[由从]$")
"""What stands before a figure that is changed to another: 由20亿元调整为21.5亿元."""
_CLOSING: Final = re.compile("年末|年底|末|底")
_STANDS: Final = re.compile("^(?!.*预计).*(?:截[至止]|20\\d\\d年[末底])")
_APPROVED: Final = re.compile(r"(?:经|根据)?[^,，；;]{0,40}?(?:会议?|人大|常委会)(?:审议|审查)?批准(?:的)?")
_ANY_FUND: Final = frozenset({Metric.REVENUE, Metric.EXPENDITURE})
"""Metrics whose words stand inside the names of budgets."""

Whose = BudgetLevel | Literal["blocked"] | None
"""A level; blocked where an owner that is not known was named."""


@dataclass(frozen=True)
class ReportedFigure:
    """A figure with all that it is of; `block` is its paragraph, `scope` a class of spending or kind of debt."""

    block: int
    metric: Metric
    fund: Fund | None
    level: BudgetLevel
    basis: Basis
    year: int
    amount: Decimal
    scope: str | None


@dataclass(frozen=True)
class _Spoken:
    """What the text speaks of so far."""

    fund: Fund | None = None
    level: Whose = None
    basis: Basis | None = None
    year: int | None = None
    metric: Metric | None = None
    scope: str | None = None
    opening: bool = False
    """Whether it is what stood at the beginning of the year."""
    added: bool = False
    """Whether it is a part of a limit, that which was added: no limit of its own."""
    stands: bool = False
    """Whether the sentence says by when it was reached."""


def figures(layout: Layout, place: Place, disclosure: Disclosure) -> Iterator[ReportedFigure]:
    """The figures of every paragraph whose fund, level, basis and year the text states.

    A document that says in its title that it is of a part of a year has none.
    """
    kind, title = disclosure.kind, terms.plain(disclosure.title or "")
    if kind is DisclosureKind.GOVERNMENT_EXECUTION and _PART_OF_YEAR.search(title):
        return
    of_one = kind in _OF_ONE_YEAR
    stated = (year_in(title) if title else disclosure.fiscal_year) if of_one else None
    parts = part_titles(layout.document)
    for block, paragraph in enumerate(layout.document.blocks):
        if not isinstance(paragraph, Paragraph) or len(paragraph.text) > _LONGEST:
            continue
        text = place.in_text(terms.plain(paragraph.text)).translate(_QUOTES)
        if FIGURE.search(text) and not _TELLING.search(text):
            reader = _Paragraph(block, place, kind, disclosure.fiscal_year, stated)
            yield from reader.read(text, (*parts[block], *layout.sections[block]))


@dataclass(frozen=True)
class _Paragraph:
    """Reads one paragraph."""

    block: int
    place: Place
    kind: DisclosureKind | None
    fiscal: int | None
    stated: int | None
    """The only year that the title states."""

    def read(self, text: str, sections: Sequence[str]) -> Iterator[ReportedFigure]:
        """Its figures, sentence by sentence; a sentence goes on with what the one before spoke of."""
        spoken, part = _Spoken(year=self.stated), False
        for title in sections:
            plain = terms.plain(title).translate(_QUOTES)
            part = bool(_PART_OF_YEAR.search(plain)) or (part and year_in(plain) is None)
            heard = self._heard(plain, spoken)
            loose = heard.basis is Basis.BUDGET and not _OF_PLANS.search(plain)
            spoken = replace(heard, basis=spoken.basis) if loose else heard
        if part:
            return
        for sentence in _SENTENCE.findall(text):
            if not sentence.startswith("其中"):
                stands = bool(_STANDS.search(sentence))
                spoken = replace(spoken, metric=None, scope=None, opening=False, added=False, stands=stands)
            start = 0
            several = _OF_YEARS.search(sentence) and not _SO_FAR.search(sentence)
            if several or _PART_OF_YEAR.search(sentence):
                continue
            for match in FIGURE.finditer(sentence):
                words = sentence[start : match.start()]
                start = match.end()
                spoken, made = self._figure(words, match, spoken, sentence)
                if made is not None:
                    yield made
            if start == 0:
                for clause in _clauses(sentence.rstrip("。")):
                    spoken = self._passed(clause, spoken)

    def _figure(
        self, words: str, match: re.Match[str], spoken: _Spoken, sentence: str
    ) -> tuple[_Spoken, ReportedFigure | None]:
        """What is spoken of after `words`, and the figure, where all is known."""
        clauses = _clauses(words)
        for each in clauses[:-1]:
            spoken = self._passed(each, spoken)
        for each in clauses:
            stated = year_in(each) is not None or level_of(each, self.place) is not None
            spoken = replace(spoken, added=bool(_NEW.search(each)) or (spoken.added and not stated))
        clause = clauses[-1] if clauses else ""
        if _EXCEPT.search(words):
            return replace(spoken, metric=None, scope=None), None
        last = _CLAUSE.split(words)[-1]
        compared = _CHANGE.search(last) or _COMPARED.search(last) or _SHARED.match(sentence, match.end())
        if match[3] or not match[2] or compared:
            return spoken, None
        rest = _residue(clause, self.place)
        spoken = self._passed(clause, spoken)
        if rest:
            return replace(spoken, metric=None, scope=None), None
        named = _metric(clause, sentence)
        if spoken.added and named == (Metric.DEBT_LIMIT, None):
            named = None
        if named is not None:
            spoken = replace(spoken, metric=named[0], scope=named[1])
        elif _items(clause) or _further().hits(clause):
            return replace(spoken, metric=None, scope=None), None
        if _STARTS_FROM.search(clause) and spoken.basis is Basis.ADJUSTED_BUDGET:
            spoken = replace(spoken, basis=None)
        value = number(match[1])
        assert value is not None
        return spoken, self._made(spoken, value * UNITS[match[2]])

    def _passed(self, clause: str, spoken: _Spoken) -> _Spoken:
        """`spoken` after a clause; of one that is not understood only whose the figures are, where it says."""
        rest = _residue(clause, self.place)
        if _REASON.search(clause):
            return spoken
        if not rest:
            heard = self._heard(_items_apart(clause), spoken)
            return replace(heard, fund=spoken.fund) if _further().hits(clause) else heard
        owner = level_of(_items_apart(clause), self.place)
        if owner in {BudgetLevel.WHOLE_AREA, BudgetLevel.OWN}:
            return replace(spoken, level=owner)
        return replace(spoken, level=_BLOCKED) if owner or _OWNER.search(rest) else spoken

    def _heard(self, text: str, spoken: _Spoken) -> _Spoken:
        """`spoken`, and what `text` says of fund, level, what the figures are and the year."""
        level = level_of(text, self.place)
        fund, basis, year = fund_in(text), basis_in(text), year_in(text)
        basis = basis or (Basis.BUDGET if _INTENDED.search(text) else None)
        if basis is Basis.LIMIT or (
            basis is Basis.BUDGET and spoken.basis is Basis.EXECUTION and not basis_in(_ARRANGED.sub("", text))
        ):
            basis = None
        return replace(
            spoken,
            fund=fund or spoken.fund,
            level=level or spoken.level,
            basis=basis or spoken.basis,
            year=year or spoken.year,
            opening=opens_year(text) or (spoken.opening and not _CLOSING.search(text)),
        )

    def _made(self, spoken: _Spoken, amount: Decimal) -> ReportedFigure | None:
        """The figure where all is known."""
        metric, level, year = spoken.metric, spoken.level, spoken.year
        if metric is None or year is None or level not in {BudgetLevel.WHOLE_AREA, BudgetLevel.OWN}:
            return None
        fund = spoken.fund
        if metric.startswith(_THREE_PUBLIC):
            fund = None
        elif fund is None or (metric in _OF_DEBT and spoken.scope not in _DEBT_INCOME) != (fund in DEBTS):
            return None
        basis = Basis.LIMIT if metric is Metric.DEBT_LIMIT else self._basis(spoken.basis, year, metric)
        if spoken.opening and (metric is Metric.DEBT_LIMIT or basis in _PLANNED):
            return None
        if spoken.opening and metric is Metric.DEBT_BALANCE:
            year -= 1
        if basis is None and spoken.stands and metric is Metric.DEBT_BALANCE and year == self.stated:
            basis = Basis.EXECUTION
        if basis is None:
            return None
        assert isinstance(level, BudgetLevel)
        return ReportedFigure(self.block, metric, fund, level, basis, year, amount, spoken.scope)

    def _basis(self, basis: Basis | None, year: int, metric: Metric) -> Basis | None:
        """Planned for the year of a budget's report, done in the year before; anything else is in doubt."""
        if basis is Basis.DRAFT:
            basis = Basis.BUDGET
        if basis is None and year == self.stated:
            basis = _DONE_OF.get(self.kind)
        if self.kind is DisclosureKind.GOVERNMENT_ACCOUNTS and basis is Basis.EXECUTION:
            basis = Basis.FINAL
        planned = basis is None or basis in _PLANNED
        if metric is Metric.DEBT_BALANCE and planned and self.fiscal:
            if self.kind is DisclosureKind.GOVERNMENT_ACCOUNTS and year <= self.fiscal:
                return Basis.FINAL
            if year < self.fiscal:
                return Basis.EXECUTION
        if self.kind is DisclosureKind.GOVERNMENT_BUDGET and self.fiscal is not None:
            ahead = year >= self.fiscal
            if basis is Basis.EXPECTED_EXECUTION and ahead:
                return Basis.BUDGET
            if basis is not None and ahead != (basis in _PLANNED) and basis not in {Basis.BUDGET}:
                return None
        return basis


def level_of(text: str, place: Place) -> BudgetLevel | None:
    """The level a text names, also as 我市."""
    found = level_in(text, place.rank)
    return found or (BudgetLevel.WHOLE_AREA if any(word in text for word in terms.terms().ours) else None)


def _clauses(words: str) -> list[str]:
    """The clauses of `words`, less comparisons and asides, without markers."""
    plain = _ASIDE.sub("", _COMPARED.sub("", words.replace("加上级", "加上上级")))
    return [without_marker(clause) for clause in _CLAUSE.split(plain) if clause]


def _items(clause: str) -> list[terms.Hit[Metric]]:
    return _metrics().hits(_funds_apart(clause))


def _items_apart(clause: str) -> str:
    """`clause` less the items it names, whose words say nothing of their owner: 补助下级支出, 债务转贷收入."""
    return _item_words().without(clause)


def _metric(clause: str, sentence: str) -> tuple[Metric, str | None] | None:
    """What the figure after `clause` is, and its class or kind; None where it names nothing or several."""
    for name in terms.terms().expenditure_classes:
        if name in clause and _without(clause, name):
            return Metric.EXPENDITURE, name
    bare, found = _funds_apart(clause), _items(clause)
    if _further().hits(clause):
        return None
    kinds = {hit.value for hit in found}
    if any(kind.startswith(_THREE_PUBLIC) for kind in kinds):
        kinds -= _ANY_FUND
    if len(kinds) != 1:
        return None
    metric = kinds.pop()
    if metric is Metric.REVENUE_GRAND_TOTAL and "合计" in clause and not re.search("加上|转移", sentence):
        metric = Metric.REVENUE
    return metric, bare[found[0].start : found[0].end] if metric in _NAMED else None


def _without(clause: str, name: str) -> bool:
    """Whether `clause` names no other class beside `name`."""
    return not any(other in clause.replace(name, "") for other in terms.terms().expenditure_classes)


def _funds_apart(clause: str) -> str:
    """`clause` less the names of budgets; debts stay where they are part of a metric's word."""
    kept = clause
    for hit in reversed(terms.funds().hits(clause)):
        if hit.value not in DEBTS:
            kept = kept[: hit.start] + "|" + kept[hit.end :]
    return kept


def _residue(clause: str, place: Place) -> str:
    """What of `clause` no list knows."""
    text = re.sub(r"20\d\d年?(?:度)?", "|", _APPROVED.sub("", clause))
    for pattern in (_classes(), _known(place.rank)):
        text = pattern.sub("|", text)
    return re.sub(r"[|、\s—–-]", "", text)


@cache
def _metrics() -> terms.WordLists[Metric]:
    return terms.WordLists(terms.terms().metrics)


@cache
def _item_words() -> terms.WordLists[Metric]:
    """The words of items and metrics, but those a debt's kind is part of and those that budgets' names end in."""
    found = {
        metric: [word for word in words if metric not in _OF_DEBT or word.endswith("收入")]
        for metric, words in terms.terms().metrics.items()
        if metric not in _ANY_FUND
    }
    found[Metric.INCOME_PART] = list(terms.terms().items)
    return terms.WordLists(found)


@cache
def _further() -> terms.WordLists[bool]:
    return terms.WordLists({True: terms.terms().items})


@cache
def _classes() -> re.Pattern[str]:
    return _pattern(terms.terms().expenditure_classes)


@cache
def _known(rank: str | None) -> re.Pattern[str]:
    words = terms.terms()
    lists = (
        *words.metrics.values(),
        *words.funds.values(),
        words.items,
        words.beside,
        words.ours,
        words.fund_names,
    )
    levels = terms.levels(rank).words
    return _pattern((*(word for each in lists for word in each), *levels))


def _pattern(words: Sequence[str]) -> re.Pattern[str]:
    longest = sorted({terms.plain(word) for word in words}, key=lambda word: (-len(word), word))
    return re.compile("|".join(map(re.escape, longest)))
