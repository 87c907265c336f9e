"""CHECKS 26, 27: the percentages of the explanation recomputed, and what it says of outturn against plan."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from services.normalizer.checks.book import Book
from services.normalizer.checks.outcome import Outcome, Stated
from services.normalizer.checks.prose import name_of
from services.normalizer.checks.wording import money
from services.normalizer.prose.stated import TOTALS, Rate, RateKind, Role, Statement, Subject, Told
from shared.schemas.names import Metric, Severity

_HUNDRED: Final = Decimal(100)
_OPENS: Final = re.compile("[:：]$|其中$|以下方面.{0,2}$")
_SIBLINGS: Final = 2
_THREE_PUBLIC: Final = (
    Metric.THREE_PUBLIC_OVERSEAS,
    Metric.THREE_PUBLIC_VEHICLE,
    Metric.THREE_PUBLIC_RECEPTION,
)


@dataclass(frozen=True)
class _Ratio:
    """A printed percentage and the two printed amounts it comes from."""

    rate: Rate
    part: Statement
    whole: Statement
    block: int

    def _bounds(self, slack: Decimal) -> tuple[Decimal, Decimal]:
        half_part, half_whole = self.part.unit / 2, self.whole.unit / 2
        part, whole = abs(self.part.amount), abs(self.whole.amount)
        low = max(part - half_part, Decimal(0)) / (whole + half_whole) * _HUNDRED
        high = (part + half_part) / max(whole - half_whole, half_whole) * _HUNDRED
        return low - slack * self.rate.half, high + slack * self.rate.half

    def holds(self, slack: int = 1) -> bool:
        """Whether printing explains the percentage: half a unit of each figure, `slack` halves of its own."""
        low, high = self._bounds(Decimal(slack))
        return low <= abs(self.rate.value) <= high

    @property
    def expected(self) -> Decimal:
        """The percentage as it should be printed."""
        exact = abs(self.part.amount) / abs(self.whole.amount) * _HUNDRED
        return exact.quantize((self.rate.half * 2).normalize())


def check_shares(book: Book, outcome: Outcome) -> None:
    """CHECKS 27: 占…% = the part / the whole that the words name, or that the enumeration opened with.

    An error only where another share of the same whole holds; else the whole may be another, and it is a warning.
    """
    for shares in _Shares(book).groups:
        if _of_another_whole(book, outcome, shares):
            continue
        held = sum(1 for share in shares if share.part.amount and share.holds(3))
        for share in shares:
            _judge(book, outcome, share, "占比", certain=held >= _SIBLINGS or (held == 1 and not share.holds(3)))
    if not outcome.comparisons:
        outcome.absent = "正文没有可核对的占比"


def _of_another_whole(book: Book, outcome: Outcome, shares: Sequence[_Ratio]) -> bool:
    """Whether all `shares` are those of what they add up to and none of the whole that is stated: one finding.

    None where their paragraph states that very amount: then it is the whole that was taken for another figure.
    """
    paid = [share for share in shares if share.part.amount > 0]
    if len(paid) < _SIBLINGS or len({share.whole.amount for share in paid}) > 1:
        return False
    added = replace(paid[0].whole, amount=sum((share.part.amount for share in paid), Decimal(0)))
    if any(share.holds(3) for share in paid) or not all(replace(share, whole=added).holds() for share in paid):
        return False
    told = (each for told in book.told if told.block == paid[0].block for each in told.statements)
    if any(each.amount == added.amount for each in told):
        return True
    stated = paid[0].whole.amount
    record = book.fact_at(paid[0].block, stated)
    outcome.tried(len(paid))
    outcome.breaks(
        f"正文所列各项的占比按{money(added.amount)}计算，与所写的总额{money(stated)}不符。",
        (record,) if record else (),
        (added.amount, stated),
        severity=Severity.WARNING,
    )
    return True


def _judge(book: Book, outcome: Outcome, ratio: _Ratio, what: str, *, certain: bool) -> None:
    outcome.tried()
    if ratio.holds():
        return
    if ratio.holds(3):
        outcome.rounded += 1
        return
    record = book.fact_at(ratio.block, abs(ratio.part.amount))
    outcome.breaks(
        f"正文中{name_of(ratio.part.subject)}{what}{_percent(ratio.rate.value)}，{money(abs(ratio.part.amount))}除以"
        f"{money(abs(ratio.whole.amount))}应为{_percent(ratio.expected)}。",
        (record,) if record else (),
        texts=Stated(str(ratio.expected), str(ratio.rate.value), "%"),
        severity=Severity.ERROR if certain else Severity.WARNING,
    )


def _percent(value: Decimal) -> str:
    return f"{value:f}%"


@dataclass(frozen=True)
class _Share:
    """A share whose whole no word names and no enumeration opened with.

    `before`: the amounts before its own, in its paragraph and the one before.
    """

    rate: Rate
    part: Statement
    block: int
    before: tuple[Statement, ...]

    def of(self, whole: Statement) -> _Ratio:
        """The percentage as one of `whole`."""
        return _Ratio(self.rate, self.part, whole, self.block)


class _Shares:
    """Gathers the shares of a document by their whole: one that is named, or the one an enumeration opened with.

    An enumeration may go on over paragraphs that open with a share of it; one share may be of any figure
    before it in its sentence, or of the enumeration's head: the one under which it holds is meant. What no head
    is known of is left to `_of_most`.
    """

    def __init__(self, book: Book) -> None:
        self._book = book
        self.groups: list[list[_Ratio]] = []
        self._head: Statement | None = None
        self._listed: list[_Ratio] = []
        self._last: tuple[Statement, ...] = ()
        """The amounts of the paragraph before."""
        self._loose: defaultdict[tuple[int, int, str], list[_Share]] = defaultdict(list)
        for told in book.told:
            self._read(told)
        self.groups.append(self._listed)
        for shares in self._loose.values():
            self.groups.append(_of_most(shares, _facts(book, *_total_of(shares[0].part))))

    def _read(self, told: Told) -> None:
        named: list[_Ratio] = []
        before: list[Statement] = []
        earlier = list(self._last)
        if told.statements and not _opens_with_share(told):
            self._turn_to(None)
        for event in told.events:
            if before and event.sentence != before[-1].sentence:
                before = []
            if isinstance(event, Statement):
                before += [event] if event.role is Role.LEVEL else []
                earlier += [event] if event.role in {Role.LEVEL, Role.OTHER} else []
            elif event.kind is RateKind.SHARE and event.of is not None:
                share = _Share(
                    event, event.of, told.block, tuple(each for each in earlier if each is not event.of)
                )
                found = (
                    _named_whole(self._book, told, event, before) if event.whole and _is_level(event.of) else []
                )
                named += found
                if not found and (event.whole or not _is_level(event.of) or self._is_headless(share, before)):
                    self._loose[told.block, event.sentence, event.whole].append(share)
                elif not event.whole:
                    self._add(event, before, told.block)
        self.groups.append(named)
        self._last = tuple(filter(_is_level, told.statements))
        last = told.statements[-1:]
        if last and _OPENS.search(told.text):
            self._turn_to(last[0] if _is_level(last[0]) else None)

    def _turn_to(self, head: Statement | None) -> None:
        if head is not self._head:
            self.groups.append(self._listed)
            self._head, self._listed = head, []

    def _add(self, rate: Rate, before: list[Statement], block: int) -> None:
        part = rate.of
        assert part is not None
        first = before[0] if before and before[0] is not part else None
        if first is not None and not any(ratio.part is first for ratio in self._listed):
            self._turn_to(first)
        wholes: list[Statement | None] = [self._head, *(each for each in before if each is not part)]
        if set(part.subject.metrics) & set(_THREE_PUBLIC):
            wholes = [*before, *_facts(self._book, Metric.THREE_PUBLIC_TOTAL)]
        ratios = [
            _Ratio(rate, part, each, block)
            for each in wholes
            if each and each.year == part.year and each.amount >= part.amount and each.amount
        ]
        if ratios:
            self._listed.append(next((ratio for ratio in ratios if ratio.holds(3)), ratios[0]))

    def _is_headless(self, share: _Share, before: Sequence[Statement]) -> bool:
        """Whether the enumeration `share` stands in opened with its first part, and no whole stands before it."""
        if set(share.part.subject.metrics) & set(_THREE_PUBLIC):
            return False
        first = before[0] if before else share.part
        if first is share.part:
            return self._head is None
        return any(other.part is first for other in self._loose.get((share.block, share.rate.sentence, ""), ()))


def _opens_with_share(told: Told) -> bool:
    """Whether a paragraph says of its first figure the share, of a whole that it does not name."""
    first = told.statements[0]
    rates = (event for event in told.events if isinstance(event, Rate))
    return any(rate.kind is RateKind.SHARE and rate.of is first and not rate.whole for rate in rates)


def _is_level(statement: Statement) -> bool:
    return statement.role is Role.LEVEL


def _of_most(shares: Sequence[_Share], totals: Sequence[Statement]) -> list[_Ratio]:
    """`shares` of one enumeration by the whole under which most of them hold, two at least; else none.

    The whole is an amount before them, one of `totals`, or what they add up to. A share that is of another amount
    before it, or of which the whole has no room beside those that hold, is left out: it may be a part of a part.
    """
    paid = [share for share in shares if share.part.amount > 0]
    if len(paid) < _SIBLINGS:
        return []
    first, parts = paid[0].part, [share.part.amount for share in paid]
    unit = sum((share.part.unit for share in paid), Decimal(0))
    added = replace(first, amount=sum(parts, Decimal(0)), unit=unit)
    wholes = [whole for whole in (*paid[0].before, *totals, added) if whole.amount > 0]
    best = max(wholes, key=lambda whole: sum(share.of(whole).holds(3) for share in paid))
    held = [share for share in paid if share.of(best).holds(3)]
    if len(held) < _SIBLINGS or 2 * len(held) <= len(paid):
        return [] if len(held) < _SIBLINGS else [share.of(best) for share in held]
    room = best.amount - sum((share.part.amount for share in held), Decimal(0)) + unit
    wrong = [
        share
        for share in paid
        if share not in held
        and share.part.amount <= room
        and not any(share.of(other).holds(3) for other in share.before if other.amount > 0)
    ]
    return [share.of(best) for share in (*held, *wrong)]


def _total_of(part: Statement) -> tuple[Metric, ...]:
    """The totals that a part of income or of expenditure may be a share of."""
    metrics = part.subject.metrics
    if metrics and not TOTALS & set(metrics):
        if all(metric.startswith("income_") for metric in metrics):
            return Metric.INCOME_TOTAL, Metric.INCOME_WITH_CARRYOVER
        if all(metric.startswith("expenditure_") for metric in metrics):
            return Metric.EXPENDITURE_TOTAL, Metric.EXPENDITURE_WITH_CARRYOVER
    return ()


def _named_whole(book: Book, told: Told, rate: Rate, before: list[Statement]) -> list[_Ratio]:
    """The share of a whole that the words name (“三公”经费, 本年支出合计), or of one `before` it."""
    assert rate.of is not None
    if "三公" in rate.whole:
        parts = [
            each
            for each in told.statements
            if each.role is Role.LEVEL and set(each.subject.metrics) & set(_THREE_PUBLIC)
        ]
        wholes = _facts(book, Metric.THREE_PUBLIC_TOTAL)
        found = {each.subject.metrics: each for each in parts}
        if not wholes and len(found) == len(_THREE_PUBLIC):
            total = sum((each.amount for each in found.values()), Decimal(0))
            wholes = [Statement(rate.of.subject, Role.LEVEL, rate.of.year, total, rate.of.unit * 3)]
    elif re.search("支出(?:合计|总计|总额|预算)|(?:总|本年|当年|全年|全部)支出", rate.whole):
        wholes = _facts(book, Metric.EXPENDITURE_TOTAL, Metric.EXPENDITURE_WITH_CARRYOVER)
    elif re.search("收入(?:合计|总计|总额|预算)|(?:总|本年|当年|全年|全部)收入", rate.whole):
        wholes = _facts(book, Metric.INCOME_TOTAL, Metric.INCOME_WITH_CARRYOVER)
    else:
        return []
    ratios = [_Ratio(rate, rate.of, whole, told.block) for whole in (*wholes, *before) if whole.amount]
    meant = next((ratio for ratio in ratios if ratio.holds(3)), None)
    if "本年" in rate.whole:
        wholes = [whole for whole in wholes if whole.kind in {"current", "sum"}]
    return [meant] if meant else ratios[:1] if any(whole.amount for whole in wholes) else []


def _facts(book: Book, *metrics: Metric) -> list[Statement]:
    """What prose states of the whole for `metrics` in the fiscal year."""
    return [
        each
        for told in book.told
        for each in told.statements
        if each.role is Role.LEVEL
        and each.subject.scope is None
        and each.year == book.year
        and set(each.subject.metrics) & set(metrics)
    ]


def check_growth(book: Book, outcome: Outcome) -> None:
    """CHECKS 27: 增长…% = the change / the year before, which is this year's figure less the change."""
    for told in book.told:
        levels: list[Statement] = []
        for event in told.events:
            if isinstance(event, Statement):
                levels += [event] if event.role in {Role.LEVEL, Role.PRIOR} else []
                continue
            change = event.of
            if (
                event.kind is not RateKind.GROWTH
                or not event.sign
                or change is None
                or change.role is not Role.CHANGE
            ):
                continue
            if event.value != _HUNDRED:
                ratios = list(_growths(event, change, levels, told.block))
                meant = [ratio for ratio in ratios if ratio.holds(3)]
                for ratio in (meant or ratios)[-1:]:
                    _judge(book, outcome, ratio, "增减幅度", certain=False)
    if not outcome.comparisons:
        outcome.absent = "正文没有可核对的增减幅度"


def _growths(rate: Rate, change: Statement, levels: Sequence[Statement], block: int) -> Iterator[_Ratio]:
    """`change` against the year before, stated or of what it may be of among `levels` (收入总计, 本年收入合计)."""
    for level in (each for each in levels if _is_of(change.subject, each.subject)):
        if level.role is Role.PRIOR:
            if level.sentence == rate.sentence and level.amount and change.amount:
                yield _Ratio(rate, change, level, block)
            continue
        before = level.amount - change.amount
        if level.year == change.year and level.amount and change.amount and before > 0:
            prior = Statement(level.subject, Role.PRIOR, None, before, level.unit + change.unit)
            yield _Ratio(rate, change, prior, block)


def _is_of(change: Subject, level: Subject) -> bool:
    """Whether a change may be of what a level is of: 收、支总计各增加 is of 收入总计 too."""
    return change.scope == level.scope and (
        change.metrics == level.metrics or bool(set(change.metrics) & set(level.metrics) & TOTALS)
    )


def _key(statement: Statement) -> str:
    """What tells subjects apart within a paragraph."""
    subject = statement.subject
    return "/".join((*subject.metrics, subject.scope or ""))


@dataclass
class Outturn:
    """In one sentence or two the plan, the outturn and the rate of one subject; `plans` with their words."""

    plans: list[Statement]
    spent: Statement
    rate: Rate | None
    block: int
    rest: str


def check_completion(book: Book, outcome: Outcome) -> None:
    """CHECKS 27: 完成预算的…% = the outturn / the plan, both stated in the sentence, of one subject."""
    for each in outturns(book):
        if each.rate is None:
            continue
        word = each.rate.whole
        named = [plan for plan in each.plans if word and word in plan.label] or each.plans
        ratios = [_Ratio(each.rate, each.spent, plan, each.block) for plan in named if plan.amount]
        others = [_Ratio(each.rate, each.spent, plan, each.block) for plan in each.plans if plan.amount]
        if not ratios and not others:
            continue
        best = next((ratio for ratio in (*ratios, *others) if ratio.holds(3)), (ratios or others)[0])
        _judge(book, outcome, best, "完成率", certain=len(each.plans) == 1)
        if best.holds(3) and named and best.whole not in named:
            _says_other_plan(book, outcome, best, word)
    if not outcome.comparisons:
        outcome.absent = "正文没有可核对的完成率"


def _says_other_plan(book: Book, outcome: Outcome, ratio: _Ratio, word: str) -> None:
    record = book.fact_at(ratio.block, abs(ratio.part.amount))
    outcome.breaks(
        f"正文称完成{word}预算的{_percent(ratio.rate.value)}，该比例是{ratio.whole.label or '另一预算数'}"
        f"{money(ratio.whole.amount)}的完成率。",
        (record,) if record else (),
        texts=Stated(None, str(ratio.rate.value), "%"),
        severity=Severity.WARNING,
    )


def outturns(book: Book) -> Iterator[Outturn]:
    for told in book.told:
        plans: list[Statement] = []
        waiting: Outturn | None = None
        for event in told.events:
            if isinstance(event, Statement):
                if waiting:
                    yield waiting
                    waiting = None
                if event.role is Role.PLANNED:
                    plans = [*(plan for plan in plans if _key(plan) == _key(event)), event]
                elif event.role is Role.LEVEL and plans and _key(plans[-1]) == _key(event):
                    waiting = Outturn(plans, event, None, told.block, told.text)
                    plans = []
                else:
                    plans = []
            elif (
                event.kind is RateKind.COMPLETION
                and waiting
                and event.of is waiting.spent
                and waiting.rate is None
            ):
                waiting.rate = event
        if waiting:
            yield waiting
