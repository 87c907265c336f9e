"""What one rule found: the equalities it tried, what does not hold besides, what it lacked."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Final, NamedTuple

from services.normalizer.checks import policy
from services.normalizer.checks.equations import (
    Equation,
    Figure,
    product_tolerance,
    same_tolerance,
    sum_tolerance,
)
from services.normalizer.checks.wording import money, yuan
from shared.schemas.names import CheckStatus, Severity
from shared.schemas.records import RecordBase

YUAN: Final = "元"
_OFF_SCALE = (Decimal(10_000), Decimal("0.0001"))
_REASONS_SHOWN = 3


class Stated(NamedTuple):
    """What a finding of something other than money expects and what is published, and the unit of both."""

    expected: str | None = None
    actual: str | None = None
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """A finding to be: `records` are its subjects, the total first; `severity` is the rule's where it is None.

    `failed` is the comparison that does not hold; where a cause that is told explains it, that is enough.
    """

    message: str
    records: tuple[RecordBase, ...]
    expected: str | None = None
    actual: str | None = None
    difference: str | None = None
    unit: str | None = YUAN
    severity: Severity | None = None
    failed: Equation | None = None


@dataclass(frozen=True, slots=True)
class OffScale:
    """An equality that holds once a figure is taken 10,000 times larger or smaller: which, and what it is then."""

    equation: Equation
    choices: tuple[tuple[Figure, Decimal], ...] = ()


@dataclass
class Outcome:
    """Gathers a rule's comparisons. Messages have one shape: what, what it should be and why, what it is.

    `equations` are the equalities tried, `breaches` what else does not hold. A failed equality is judged with
    those of all rules (`causes`, `policy`); `doubted` says that one was found to say nothing.
    """

    comparisons: int = 0
    rounded: int = 0
    equations: list[Equation] = field(default_factory=list)
    breaches: list[Draft] = field(default_factory=list)
    lacking: list[str] = field(default_factory=list)
    absent: str | None = None
    off_scale: list[OffScale] = field(default_factory=list)
    doubted: bool = False

    def equates(self, equation: Equation) -> None:
        """Try one equality."""
        self.comparisons += 1
        if equation.holds:
            self.rounded += equation.residual != 0 and equation.rate is None
            self.equations.append(equation)
        elif off := next(
            (OffScale(way, found) for way in (equation, *equation.ways) if (found := _off_scale(way))), None
        ):
            self.off_scale.append(off)
            self.retract(f"{equation.subject}与相关数字相差一万倍，单位有疑问")
        else:
            self.equations.append(equation)

    def adds_up(
        self,
        subject: str,
        total: Figure,
        parts: Sequence[Figure],
        basis: str,
        doubt: str | None = None,
        severity: Severity | None = None,
    ) -> None:
        """Compare a published total with the sum of its parts; with a `doubt`, a failure is a lack instead."""
        allowed = sum_tolerance((total, *parts))
        self.equates(Equation(subject, total, tuple(parts), basis, allowed, doubt, severity=severity))

    def adds_up_some_way(
        self,
        subject: str,
        total: Figure,
        readings: Sequence[Sequence[Figure]],
        basis: str,
        doubt: str | None = None,
    ) -> None:
        """Compare a total with its parts where the layout leaves open which lines are parts: one way must hold."""
        failed: list[Equation] = []
        for way in readings:
            equation = Equation(subject, total, tuple(way), basis, sum_tolerance((total, *way)), doubt)
            if equation.holds:
                self.equates(equation)
                return
            failed.append(equation)
        self.equates(replace(failed[0], ways=tuple(failed[1:])))

    def agrees(
        self,
        subject: str,
        actual: Figure,
        expected: Figure,
        basis: str,
        doubt: str | None = None,
        others: Sequence[Figure] = (),
    ) -> None:
        """Compare two prints of one number, which each rounds; `others` are what may be meant instead."""
        first, *ways = [
            Equation(subject, actual, (each,), basis, same_tolerance(actual, each), doubt)
            for each in (expected, *others)
        ]
        self.equates(replace(first, ways=tuple(ways)) if ways else first)

    def product(self, subject: str, total: Figure, price: Figure, factor: Decimal, factor_unit: Decimal) -> None:
        """Compare a total with price × factor; half a unit of each is propagated."""
        allowed = product_tolerance(total, price, factor, factor_unit)
        self.equates(Equation(subject, total, (price,), "数量乘以单价", allowed, None, (factor,), closed=False))

    def at_most(self, subject: str, actual: Figure, bound: Figure, basis: str, doubt: str | None = None) -> None:
        """Compare a part with what it may not exceed."""
        self.comparisons += 1
        allowed = sum_tolerance((actual, bound))
        limit = Equation(subject, actual, (bound,), basis, allowed, doubt, bound=True)
        over = limit.residual
        if limit.holds:
            self.rounded += over > 0
        elif doubt:
            self.retract(doubt)
        else:
            self.breaks(
                f"{subject}为{money(actual.amount)}，超过{basis}{money(bound.amount)}，超出{money(over)}。",
                (actual.record, bound.record),
                (bound.amount, actual.amount),
                failed=limit,
            )

    def absorb(self, trial: "Outcome", subject: str) -> None:
        """Take over the comparisons of one table, unless most fail: then it is its layout that was misread."""
        if policy.misread([equation.residual for equation in trial.failed], trial.comparisons):
            self.doubted = True
            self.lacks(f"{subject}多数行不合，可能是版式未能正确识别，不作结论")
            return
        self.comparisons += trial.comparisons
        self.rounded += trial.rounded
        self.equations += trial.equations
        self.breaches += trial.breaches
        self.lacking += trial.lacking
        self.off_scale += trial.off_scale
        self.doubted |= trial.doubted

    def breaks(
        self,
        message: str,
        records: Sequence[RecordBase],
        amounts: tuple[Decimal, Decimal] | None = None,
        texts: Stated | None = None,
        severity: Severity | None = None,
        failed: Equation | None = None,
    ) -> None:
        """Add a finding: `amounts` are expected and actual in yuan, `texts` the same where it is no money."""
        said = Stated(yuan(amounts[0]), yuan(amounts[1]), YUAN) if amounts else texts or Stated()
        difference = yuan(amounts[1] - amounts[0]) if amounts else None
        once = tuple(dict.fromkeys(records))
        draft = Draft(message, once, said.expected, said.actual, difference, said.unit, severity, failed)
        self.breaches.append(draft)

    def tried(self, count: int = 1) -> None:
        """Count comparisons made by the rule itself."""
        self.comparisons += count

    def lacks(self, reason: str) -> None:
        """Note a table, unit or column that a comparison needed."""
        self.lacking.append(reason)

    def retract(self, reason: str) -> None:
        """Note that a comparison that failed says nothing: the rule cannot answer, and never that all is well."""
        self.comparisons -= 1
        self.doubted = True
        self.lacks(reason)

    def drop(self, equation: Equation, reason: str) -> None:
        """Retract a failed equality."""
        self.equations.remove(equation)
        self.retract(reason)

    @property
    def failed(self) -> list[Equation]:
        """The equalities that do not hold."""
        return [equation for equation in self.equations if not equation.holds]

    @property
    def drafts(self) -> list[Draft]:
        """What does not hold, each equality by itself."""
        return [*self.breaches, *(draft_of(equation) for equation in self.failed)]

    @property
    def status(self) -> CheckStatus:
        """The rule's word on this document."""
        if self.drafts:
            return CheckStatus.FAIL
        if self.doubted:
            return CheckStatus.INSUFFICIENT_DATA
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


def draft_of(equation: Equation) -> Draft:
    """The finding that one failed equality makes by itself."""
    records = tuple(dict.fromkeys(figure.record for figure in equation.figures))
    if equation.rate:
        return Draft(equation.message, records, equation.rate.expected, equation.rate.actual, None, "%")
    expected, actual = equation.expected, equation.total.amount
    return Draft(equation.message, records, yuan(expected), yuan(actual), yuan(actual - expected))


def draft_of_parts(equation: Equation) -> Draft:
    """The finding of a failed equality whose total is right: what its parts should add up to, and what they do."""
    right = draft_of(equation)
    difference = yuan(equation.expected - equation.total.amount)
    return replace(
        right,
        message=equation.message_of_parts,
        expected=right.actual,
        actual=right.expected,
        difference=difference,
    )


def _off_scale(equation: Equation) -> tuple[tuple[Figure, Decimal], ...]:
    """The figures of a failed equality that make it hold once taken 10,000 times larger or smaller."""
    found = []
    residual, weights = equation.residual, equation.weights
    for figure in equation.figures if equation.closed else (equation.total,):
        key = figure.key
        if key is None or not figure.amount:
            continue
        for factor in _OFF_SCALE:
            scaled = figure.amount * factor
            off = residual + (scaled - figure.amount) * weights[key]
            if abs(off) <= min(equation.allowed, abs(scaled) / 1000):
                found.append((figure, scaled))
    return tuple(found)
