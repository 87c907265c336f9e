"""Sentences of a layout with their figures filled in, and the facts they state.

In a text `{department}` is a word; `{expenditure_total}` a figure that the sentence states of the whole
department, `{income_total&expenditure_total}` one that is both; `{+change_total}` a change in words
(增加5.00万元); `{~closing}` a figure that is no fact; `{%a/b}` a share of two figures; `{^+2.31/x}` the rate at
which a change of 2.31万元 made `x` what it is (`^-`: a decrease); `{prior.x}` last year's figure. A figure named
again is restated.
"""

import re
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from services.sample_portals.figures import Figures
from services.sample_portals.truth import MONEY_UNITS, FigurePlace, Ledger, MoneyFormat, Printed, Truth, yuan

_PLACEHOLDER: Final = re.compile(r"\{([+~%^-]*)([\w./&]+)\}")
PROSE: Final = MoneyFormat(zero="0.00")
WHOLE: Final = MoneyFormat(places=0, zero="0")


@dataclass
class ProseWriter:
    """Fills the placeholders of a layout's texts; `words` are the names and years they may use."""

    figures: Figures
    ledger: Ledger
    words: dict[str, str]
    _stated: set[tuple[str, int]] = field(default_factory=set)
    _year: int = 0

    def fill(self, text: str) -> str:
        """`text` as published; its facts are entered in the ledger. KeyError for a placeholder that is none."""
        return "。".join(map(self._sentence, text.split("。")))

    def _sentence(self, text: str) -> str:
        """A sentence's figures are of the year that it names."""
        wrong = "{said_year}" in text
        self._year = int(self.words["said_year"]) if wrong else self.figures.year
        return _PLACEHOLDER.sub(self._filled, text)

    def _filled(self, match: re.Match[str]) -> str:
        marks, name = match[1], match[2]
        if name in self.words:
            return self.words[name]
        if "%" in marks:
            return self._share(name)
        if "^" in marks:
            return self._growth(name, -1 if "-" in marks else 1)
        first, *more = name.split("&")
        amount = self._amount(first)
        for each in more:
            self._figure(each, marks, amount)
        return self._figure(first, marks, amount)

    def _growth(self, name: str, sign: int) -> str:
        printed, whole = name.split("/")
        change = Decimal(printed) * MONEY_UNITS[PROSE.unit]
        before = PROSE.rounded(self._amount(whole)) - sign * change
        return f"{(change * 100 / before).quantize(Decimal('0.01'), ROUND_HALF_UP)}%"

    def _share(self, name: str) -> str:
        part, whole = (PROSE.rounded(self.figures.facts[each]) for each in name.split("/"))
        share = (part * 100 / whole if whole else Decimal(0)).quantize(Decimal("0.01"), ROUND_HALF_UP)
        share = self.figures.shares.get(name, share)
        self.ledger.prints[FigurePlace("share", name, "")] = Printed(share, Decimal("0.01"), None)
        return f"{share}%"

    def _year_of(self, name: str) -> int:
        prior, _, metric = name.rpartition(".")
        return self._year - (prior == "prior" or metric in YEAR_BEFORE)

    def _amount(self, name: str) -> Decimal:
        again = (name, self._year_of(name)) in self._stated
        return self.figures.restated.get(name, self.figures.facts[name]) if again else self.figures.facts[name]

    def _figure(self, name: str, marks: str, amount: Decimal) -> str:
        """Enter one figure; what is printed of it is `amount`."""
        prior, _, metric = name.rpartition(".")
        year = self._year_of(name)
        again = (name, year) in self._stated
        self._stated.add((name, year))
        money = (
            WHOLE if metric in self.figures.rough else replace(PROSE, unit=self.figures.units.get(metric, "万元"))
        )
        record: Truth = {"record": "fact", "metric": metric, "year": year}
        if prior:
            record["optional"] = True
        table = "project" if prior == "project" else "restated" if again and "~" not in marks else "fact"
        key = self.words["first_project"] if prior == "project" else name
        known = None if again or "~" in marks or metric == WHOLE_OF_ACCOUNTS else record
        text = self.ledger.add(FigurePlace(table, key, str(year)), money, amount, known)
        if metric == WHOLE_OF_ACCOUNTS:
            self._whole(year, money.rounded(amount))
        direction = ("减少" if amount < 0 else "增加") if "+" in marks else ""
        return f"{direction}{text.lstrip('-') if direction else text}{money.unit}"

    def _whole(self, year: int, amount: Decimal) -> None:
        """收支总计 of accounts is both sides with what is carried over; where nothing is, or no 本年合计 is stated
        of that year, it is that of the year too.
        """
        for metric in ("income_with_carryover", "expenditure_with_carryover", "income_total", "expenditure_total"):
            record: Truth = {"record": "fact", "metric": metric, "year": year, "amount": yuan(amount)}
            self.ledger.records.append(record | {"optional": True})


YEAR_BEFORE: Final = {"fixed_assets_year_end"}
"""Facts of the end of the year before."""
WHOLE_OF_ACCOUNTS: Final = "whole"
