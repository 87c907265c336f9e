"""Equalities between published figures, and what printing allows them to differ by."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Final, NamedTuple

from services.normalizer.checks.wording import money
from shared.schemas.names import Severity
from shared.schemas.records import BudgetLine, RecordBase

CellKey = tuple[str, str]
"""A published figure as a place: the id of its record and the field it fills."""

_HALF: Final = Decimal("0.5")
_ONE: Final = Decimal(1)
_NONE: Final = Decimal(0)


class Rate(NamedTuple):
    """A printed percentage that an equality is about: the sentence of its own, what it should be, what it is."""

    sentence: str
    expected: str
    actual: str


class Figure(NamedTuple):
    """A published amount in yuan, what one unit of its last printed place is worth, its record and its field.

    `field` is None where the amount is not printed as such: a sum made here, a blank that counts as zero.
    """

    amount: Decimal
    unit: Decimal
    record: RecordBase
    field: str | None = None

    @property
    def key(self) -> CellKey | None:
        """The place of the figure, or None where it is not printed."""
        return (self.record.id, self.field) if self.field else None


@dataclass(frozen=True)
class Equation:
    """That `total` is what `parts`, each times its factor, add up to: within `allowed`, in yuan.

    `doubt` says why a failure may not be the publisher's; `severity` is the rule's where it is None. `closed` is
    False where something that is no figure of money takes part (a quantity): then no cell can be told to be wrong.
    `ways` are other readings, one of which may be meant; with `bound` the total may be less. With a `rate` the
    total is a printed percentage of the one part, or more than it by that.
    """

    subject: str
    total: Figure
    parts: tuple[Figure, ...]
    basis: str
    allowed: Decimal
    doubt: str | None = None
    factors: tuple[Decimal, ...] = ()
    closed: bool = True
    severity: Severity | None = None
    ways: tuple["Equation", ...] = ()
    bound: bool = False
    rate: Rate | None = None
    residual: Decimal = field(init=False, compare=False)
    """How much the printed total is too large."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "residual", self.total.amount - self.expected)

    @property
    def expected(self) -> Decimal:
        """What the parts make the total."""
        if not self.factors:
            return sum([part.amount for part in self.parts], _NONE)
        return sum([part.amount * factor for part, factor in self._weighted()], _NONE)

    @property
    def holds(self) -> bool:
        """Whether the figures agree, as far as printing can tell."""
        return self.allows(self.residual)

    def holds_with(self, amounts: Mapping[CellKey, Decimal]) -> bool:
        """Whether it would hold, read one way or another, if the figures at those places were `amounts`."""
        return self.allows(self.residual_with(amounts)) or any(way.holds_with(amounts) for way in self.ways)

    def residual_with(self, amounts: Mapping[CellKey, Decimal]) -> Decimal:
        """What `residual` would be if the figures at those places were `amounts`."""
        printed = {figure.key: figure.amount for figure in self.figures}
        weights = self.weights
        changes = ((amount - printed[key]) * weights[key] for key, amount in amounts.items() if key in weights)
        return self.residual + sum(changes, _NONE)

    @property
    def figures(self) -> tuple[Figure, ...]:
        """Every figure, the total first."""
        return (self.total, *self.parts)

    @cached_property
    def row(self) -> tuple[int, int] | None:
        """Block and row of an equality between the columns of one row; else None. Sides are two tables in one."""
        total = self.total.record
        if not isinstance(total, BudgetLine) or not self.parts:
            return None
        block, row = total.provenance.block, total.provenance.row
        for part in self.parts:
            place = part.record.provenance
            if place.row != row or place.block != block:
                return None
            if isinstance(part.record, BudgetLine) and part.record.side != total.side:
                return None
        return None if block is None or row is None else (block, row)

    @cached_property
    def weights(self) -> Mapping[CellKey, Decimal]:
        """The place of each printed figure → what one yuan more of it adds to `residual`."""
        weights = {self.total.key: _ONE} if self.total.key else {}
        for part, factor in self._weighted():
            if key := part.key:
                weights[key] = weights.get(key, _NONE) - factor
        return weights

    @property
    def message(self) -> str:
        """What it should be and why, what it is."""
        if self.rate:
            return self.rate.sentence
        return (
            f"{self.subject}应为{money(self.expected)}（{self.basis}），公布为{money(self.total.amount)}，"
            f"相差{money(abs(self.residual))}。"
        )

    @property
    def message_of_parts(self) -> str:
        """The same where the total is borne out: one of the parts is wrong, which one nothing tells."""
        return (
            f"{self.subject}为{money(self.total.amount)}，有其他等式佐证，{self.basis}却为{money(self.expected)}，"
            f"相差{money(abs(self.residual))}，所加各项中有误。"
        )

    def allows(self, residual: Decimal) -> bool:
        """Whether printing can explain that the total is too large by `residual`."""
        return residual <= self.allowed and (self.bound or residual >= -self.allowed)

    def _weighted(self) -> Iterator[tuple[Figure, Decimal]]:
        return zip(self.parts, self.factors or (_ONE,) * len(self.parts), strict=True)


def sum_tolerance(figures: tuple[Figure, ...]) -> Decimal:
    """Half a unit of the last printed place of each figure, the bound included."""
    return _HALF * sum((figure.unit for figure in figures), Decimal(0))


def same_tolerance(one: Figure, other: Figure) -> Decimal:
    """Two prints of one number: half a unit of each; a printed zero is no rounding of a coarser print's."""
    if one.amount and other.amount:
        return sum_tolerance((one, other))
    return min(one.unit, other.unit)


def product_tolerance(total: Figure, price: Figure, factor: Decimal, factor_unit: Decimal) -> Decimal:
    """Half a unit of each factor and of the product, propagated."""
    return _HALF * (price.unit * abs(factor) + factor_unit * abs(price.amount) + total.unit)
