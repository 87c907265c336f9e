"""What prose states: figures in yuan and rates, the subject each is of, and what it is of it."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from shared.schemas.names import Metric

TOTALS: Final = frozenset({Metric.INCOME_TOTAL, Metric.EXPENDITURE_TOTAL})
OF_EXPENDITURE: Final = frozenset(
    {
        Metric.EXPENDITURE_BASIC,
        Metric.EXPENDITURE_PERSONNEL,
        Metric.EXPENDITURE_PUBLIC_USE,
        Metric.EXPENDITURE_PROJECT,
    }
)
"""Kinds of expenditure, which one fund has as the whole department has them."""
_CHANGE_OF: Final = {
    Metric.INCOME_TOTAL: Metric.CHANGE_TOTAL,
    Metric.EXPENDITURE_TOTAL: Metric.CHANGE_TOTAL,
    Metric.EXPENDITURE_BASIC: Metric.CHANGE_BASIC,
    Metric.EXPENDITURE_PROJECT: Metric.CHANGE_PROJECT,
    Metric.THREE_PUBLIC_TOTAL: Metric.THREE_PUBLIC_CHANGE,
}


class Role(StrEnum):
    """What a figure is of its subject: its amount, the planned one, the year before's, the change; or none."""

    LEVEL = "level"
    PLANNED = "planned"
    PRIOR = "prior"
    CHANGE = "change"
    OTHER = "other"


class RateKind(StrEnum):
    """What a percentage is of: a whole (占), the plan (完成), the year before (增长)."""

    SHARE = "share"
    COMPLETION = "completion"
    GROWTH = "growth"


@dataclass(frozen=True)
class Subject:
    """What figures are of: `metrics` (none if nothing known), `scope` of a part, `name` as printed."""

    metrics: tuple[Metric, ...] = ()
    scope: str | None = None
    name: str = ""

    def changed(self) -> tuple[tuple[Metric, str | None], ...]:
        """The metric of a change of it, and its scope."""
        if self.scope is None and (known := _CHANGE_OF.get(self.metrics[0]) if self.metrics else None):
            return ((known, None),)
        of_a_fund = self.scope is not None and OF_EXPENDITURE & set(self.metrics) and self.scope not in self.name
        scope = f"{self.scope}{self.name}" if of_a_fund else self.scope or self.name
        return ((Metric.CHANGE_PART, scope),) if self.metrics else ()


@dataclass(frozen=True)
class Statement:
    """A figure in yuan, what one unit of its last printed place is worth, and what it is.

    `kind` tells a total's kinds apart: grand (总计), current (本年…), sum (合计). `label` is the word for a
    plan or an outturn; `sentence` counts sentences, one that begins with 其中 with the one before.
    """

    subject: Subject
    role: Role
    year: int | None
    amount: Decimal
    unit: Decimal
    kind: str = ""
    label: str = ""
    sentence: int = 0


@dataclass(frozen=True)
class Rate:
    """A percentage and half of what its last place is worth; `whole` is what it divides by, as named.

    `of` is the statement before it, `sign` that of a growth.
    """

    kind: RateKind
    value: Decimal
    half: Decimal
    sign: int
    of: Statement | None
    whole: str = ""
    sentence: int = 0


@dataclass(frozen=True)
class Told:
    """What one paragraph states, in order; `text` is its plain text."""

    block: int
    text: str
    events: tuple[Statement | Rate, ...]

    @property
    def statements(self) -> list[Statement]:
        """The figures it states, without the rates."""
        return [event for event in self.events if isinstance(event, Statement)]
