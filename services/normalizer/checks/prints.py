"""Where else a document prints an amount of the same account."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import cached_property
from typing import Final

from services.normalizer.language.text import label
from services.normalizer.language.totals import ends_in_total
from shared.schemas.names import Basis, BudgetLevel
from shared.schemas.records import BudgetLine, RecordBase

_FINE: Final = 100
"""How many times as large as what printing allows an amount is at least that no other is taken for by chance."""

Account = tuple[str, BudgetLevel | None, Basis | None, int | None]


class Prints:
    """The amounts that the tables of a document print for each account, level, basis and year."""

    def __init__(self, lines: Iterable[BudgetLine]) -> None:
        self._lines = lines

    @cached_property
    def _blocks(self) -> Mapping[Account, Mapping[Decimal, set[int | None]]]:
        """Account → each amount printed for it → the blocks that print it; only failed equalities ask for it."""
        blocks: defaultdict[Account, defaultdict[Decimal, set[int | None]]] = defaultdict(lambda: defaultdict(set))
        for line in self._lines:
            if line.amount and (account := _account(line)):
                blocks[account][line.amount].add(line.provenance.block)
        return blocks

    def elsewhere(self, record: RecordBase, amount: Decimal, within: Decimal) -> Decimal | None:
        """The amount nearest to `amount`, both yuan, that another table prints for the same account; else None."""
        if not isinstance(record, BudgetLine) or not (account := _account(record)) or within * _FINE > abs(amount):
            return None
        own = {record.provenance.block}
        printed = self._blocks.get(account, {})
        others = [each for each, blocks in printed.items() if abs(each - amount) <= within and blocks - own]
        return min(others, key=lambda each: abs(each - amount), default=None)


def _account(line: BudgetLine) -> Account | None:
    """The code of a line's account, else its name, and what its column is of; None for a total."""
    if not line.code and ends_in_total(line.name):
        return None
    return line.code or label(line.name), line.level, line.basis, line.year
