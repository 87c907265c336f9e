"""What one rule found: equalities tried, those off by rounding, those that do not hold, what it lacked."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from services.normalizer.checks.wording import money, yuan
from shared.schemas.names import CheckStatus, Severity
from shared.schemas.records import RecordBase

_OFF_SCALE = (Decimal(10_000), Decimal("0.0001"))
_REASONS_SHOWN = 3
_MANY = 4
"""From how many failures on they may be a misreading of ours rather than slips of the publisher."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A published amount in yuan, what one unit of its last printed place is worth, and its record."""

    amount: Decimal
    unit: Decimal
    record: RecordBase


@dataclass(frozen=True, slots=True)
class Draft:
    """A finding to be: `records` are its subjects, the total first; `severity` is the rule's where it is None."""

    message: str
    records: tuple[RecordBase, ...]
    expected: str | None = None
    actual: str | None = None
    difference: str | None = None
    severity: Severity | None = None


@dataclass(frozen=True, slots=True)
class OffScale:
    """A comparison that holds as soon as one figure is taken 10,000 times larger or smaller."""

    subject: str
    actual: Figure
    expected: Decimal
    others: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class _Claim:
    """That `actual` is what `parts` make it, by `basis`; with a `doubt` a failure says nothing."""

    subject: str
    actual: Figure
    parts: tuple[Figure, ...]
    basis: str
    doubt: str | None = None
    related: tuple[RecordBase, ...] = ()
    severity: Severity | None = None


@dataclass
class Outcome:
    """Gathers a rule's comparisons. Messages have one shape: what, what it should be and why, what it is."""

    comparisons: int = 0
    rounded: int = 0
    drafts: list[Draft] = field(default_factory=list)
    lacking: list[str] = field(default_factory=list)
    absent: str | None = None
    off_scale: list[OffScale] = field(default_factory=list)

    def adds_up(
        self,
        subject: str,
        total: Figure,
        parts: Sequence[Figure],
        basis: str,
        doubt: str | None = None,
        severity: Severity | None = None,
    ) -> None:
        """Compare a published total with the sum of its parts; with a `doubt`, a failure is a lack instead.

        Each of the n + 1 printed figures may be off by half a unit of the last place, the bound included.
        """
        expected = sum((part.amount for part in parts), Decimal(0))
        unit = min(figure.unit for figure in (total, *parts))
        claim = _Claim(subject, total, tuple(parts), basis, doubt, severity=severity)
        self._judge(claim, expected, (len(parts) + 1) * unit / 2)

    def adds_up_some_way(
        self,
        subject: str,
        total: Figure,
        readings: Sequence[Sequence[Figure]],
        basis: str,
        doubt: str | None = None,
    ) -> None:
        """Compare a total with its parts where the layout leaves open which lines are parts: one way must hold."""
        for parts in readings:
            trial = Outcome()
            trial.adds_up(subject, total, parts, basis)
            if not trial.drafts and not trial.lacking:
                self.adds_up(subject, total, parts, basis)
                return
        self.adds_up(subject, total, readings[0], basis, doubt)

    def agrees(self, subject: str, actual: Figure, expected: Figure, basis: str, doubt: str | None = None) -> None:
        """Compare two prints of one number: they may differ by a unit, or by what the coarser print rounds off."""
        allowed = min(actual.unit, expected.unit)
        if actual.amount and expected.amount:
            allowed = max(allowed, max(actual.unit, expected.unit) / 2)
        self._judge(_Claim(subject, actual, (expected,), basis, doubt), expected.amount, allowed)

    def product(self, subject: str, total: Figure, price: Figure, factor: Decimal, factor_unit: Decimal) -> None:
        """Compare a total with price × factor; half a unit of each is propagated."""
        expected = price.amount * factor
        half = Decimal("0.5")
        allowed = half * (price.unit * factor + factor_unit * price.amount + total.unit)
        claim = _Claim(subject, total, (), "数量乘以单价", related=(price.record,))
        self._judge(claim, expected, allowed)

    def at_most(self, subject: str, actual: Figure, bound: Figure, basis: str, doubt: str | None = None) -> None:
        """Compare a part with what it may not exceed."""
        self.comparisons += 1
        over = actual.amount - bound.amount
        if over <= 0:
            return
        if over <= max(actual.unit, bound.unit):
            self.rounded += 1
        elif doubt:
            self._retract(doubt)
        else:
            self.breaks(
                f"{subject}为{money(actual.amount)}，超过{basis}{money(bound.amount)}，超出{money(over)}。",
                (actual.record, bound.record),
                (bound.amount, actual.amount),
            )

    def absorb(self, trial: "Outcome", subject: str) -> None:
        """Take over the comparisons of one table, unless most fail: then it is its layout that was misread."""
        if len(trial.drafts) >= _MANY and 2 * len(trial.drafts) > trial.comparisons:
            self.lacks(f"{subject}多数行不合，可能是版式未能正确识别，不作结论")
            return
        self.comparisons += trial.comparisons
        self.rounded += trial.rounded
        self.drafts += trial.drafts
        self.lacking += trial.lacking
        self.off_scale += trial.off_scale

    def breaks(
        self,
        message: str,
        records: Sequence[RecordBase],
        amounts: tuple[Decimal, Decimal] | None = None,
        texts: tuple[str | None, str | None] = (None, None),
        severity: Severity | None = None,
    ) -> None:
        """Add a finding: `amounts` are expected and actual in yuan, `texts` the same where it is no money."""
        expected, actual = map(yuan, amounts) if amounts else texts
        difference = yuan(amounts[1] - amounts[0]) if amounts else None
        once = tuple(dict.fromkeys(records))
        self.drafts.append(Draft(message, once, expected, actual, difference, severity))

    def tried(self, count: int = 1) -> None:
        """Count comparisons made by the rule itself."""
        self.comparisons += count

    def lacks(self, reason: str) -> None:
        """Note a table, unit or column that a comparison needed."""
        self.lacking.append(reason)

    def _judge(self, claim: _Claim, expected: Decimal, allowed: Decimal) -> None:
        self.comparisons += 1
        actual = claim.actual.amount
        difference = actual - expected
        if difference == 0:
            return
        if abs(difference) <= allowed:
            self.rounded += 1
        elif _holds_off_scale(actual, expected, [part.amount for part in claim.parts], allowed):
            self.off_scale.append(OffScale(claim.subject, claim.actual, expected, claim.parts))
            self._retract(f"{claim.subject}与相关数字相差一万倍，单位有疑问")
        elif claim.doubt:
            self._retract(claim.doubt)
        else:
            self.breaks(
                f"{claim.subject}应为{money(expected)}（{claim.basis}），公布为{money(actual)}，"
                f"相差{money(abs(difference))}。",
                (claim.actual.record, *claim.related, *(part.record for part in claim.parts)),
                (expected, actual),
                severity=claim.severity,
            )

    def _retract(self, reason: str) -> None:
        """A comparison that says nothing after all."""
        self.comparisons -= 1
        self.lacks(reason)

    @property
    def status(self) -> CheckStatus:
        """The rule's word on this document."""
        if self.drafts:
            return CheckStatus.FAIL
        if self.comparisons:
            return CheckStatus.ROUNDING if self.rounded else CheckStatus.PASS
        return CheckStatus.INSUFFICIENT_DATA if self.lacking else CheckStatus.NOT_APPLICABLE

    @property
    def reason(self) -> str | None:
        """Why it was not, or not wholly, evaluated, in Chinese."""
        if self.lacking:
            reasons = list(dict.fromkeys(self.lacking))
            more = f"等{len(reasons)}项" if len(reasons) > _REASONS_SHOWN else ""
            return "；".join(reasons[:_REASONS_SHOWN]) + more
        if self.rounded and not self.drafts:
            return f"有{self.rounded}处相差，在四舍五入的范围内"
        if not self.comparisons and not self.drafts:
            return self.absent or "没有可核对的数据"
        return None


def _holds_off_scale(total: Decimal, expected: Decimal, parts: Sequence[Decimal], allowed: Decimal) -> bool:
    """Whether total = expected once the total or one part is taken 10,000 times larger or smaller."""
    for factor in _OFF_SCALE:
        if total and expected and abs(total * factor - expected) <= min(allowed, abs(expected) / 1000):
            return True
        for part in parts:
            change = part * factor - part
            if part and abs(total - expected - change) <= min(allowed, abs(part * factor) / 1000):
                return True
    return False
