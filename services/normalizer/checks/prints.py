"""Where else a document prints an amount of the same account."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from services.normalizer.language.text import label
from services.normalizer.language.totals import ends_in_total
from shared.schemas.records import BudgetLine, RecordBase


class Prints:
    """The amounts that the tables of a document print for each account."""

    def __init__(self, lines: Iterable[BudgetLine]) -> None:
        self._blocks: defaultdict[str, defaultdict[Decimal, set[int | None]]] = defaultdict(
            lambda: defaultdict(set)
        )
        for line in lines:
            if line.amount and (account := _account(line)):
                self._blocks[account][line.amount].add(line.provenance.block)

    def elsewhere(self, record: RecordBase, amount: Decimal, within: Decimal) -> Decimal | None:
        """The amount nearest to `amount`, both yuan, that another table prints for the same account; else None."""
        if not isinstance(record, BudgetLine) or not (account := _account(record)):
            return None
        own = {record.provenance.block}
        others = [
            each for each, blocks in self._blocks[account].items() if abs(each - amount) <= within and blocks - own
        ]
        return min(others, key=lambda each: abs(each - amount), default=None)


def _account(line: BudgetLine) -> str | None:
    """The code of a line's account, else its name; None for a total, which every table has."""
    if line.code:
        return line.code
    return None if ends_in_total(line.name) else label(line.name)
