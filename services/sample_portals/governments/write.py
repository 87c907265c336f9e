"""A county's document written down: its figures printed in a layout, with the records a perfect reader finds."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from itertools import zip_longest
from typing import Final

from services.sample_portals.content import Content, Grid, GridCell, Heading, Prose
from services.sample_portals.disclosure import NOTICE, Written
from services.sample_portals.figures import StatementLine
from services.sample_portals.governments.accounts import DEBTS, FURTHER, INSURANCES, GovernmentFigures
from services.sample_portals.governments.layout import GovernmentLayout, GovernmentTable
from services.sample_portals.layout import cells
from services.sample_portals.truth import FigurePlace, Ledger, MoneyFormat, Printed, Truth, unmarked

FUNDS: Final = {
    "general": "general_public_budget",
    "fund": "government_fund",
    "capital": "state_capital",
    "insurance": "social_insurance",
    "debt": "debt",
}
LEVELS: Final = {"own": "own", "whole": "whole_area"}
RATE: Final = re.compile(r"(\w+)([/^])(\w+)")
_BY_FUND: Final = frozenset({*INSURANCES, *DEBTS, "social_insurance", "debt"})
_STATED: Final = re.compile(r"\{(%?)([a-z]+\.[a-z]+\.[a-z_]+)\.(\w+)\.([\w/^]+)\}")
_HUNDRED: Final = Decimal(100)
_SMALL: Final = Decimal(20_000_000)
"""Yuan below which a report speaks in 万元."""
_METRICS: Final = {
    ("revenue", "total"): "revenue",
    ("revenue", "tax"): "tax_revenue",
    ("revenue", "non_tax"): "non_tax_revenue",
    ("expenditure", "total"): "expenditure",
    ("debt", "limit"): "debt_limit",
    ("debt", "balance"): "debt_balance",
}
_WIDTHS: Final = {"line_no": 6, "code": 10, "name": 28}


@dataclass(frozen=True)
class PublishingCounty:
    """Who publishes, and the year its document is of."""

    region: str
    region_name: str
    county: str
    year: int

    @property
    def rank(self) -> str:
        """What the county calls itself: 县, 区."""
        return self.county[-1]


def write_government(layout: GovernmentLayout, publisher: PublishingCounty, figures: GovernmentFigures) -> Written:
    """Print `figures` in `layout`; the same arguments give the same content and truth."""
    printer = _Printer(layout, publisher, figures, Ledger())
    written = Written(printer.fill(layout.title), prints=printer.ledger.prints)
    written.content.append(Heading(written.title, 1))
    for part in layout.parts:
        if part.heading is not None:
            written.content.append(Heading(printer.fill(part.heading), part.level))
        if part.text is not None:
            written.content.append(Prose(printer.sentence(part.text)))
        if part.table is not None and part.table.key not in figures.omitted:
            written.content += printer.table(part.table)
    described: Truth = {
        "record": "disclosure",
        "title": written.title,
        "region_code": publisher.region,
        "kind": layout.kind,
        "fiscal_year": publisher.year,
        "department": None,
    }
    written.truth = [described, *printer.ledger.records]
    return written


@dataclass(frozen=True)
class _Printer:
    """Prints texts and tables of one document."""

    layout: GovernmentLayout
    publisher: PublishingCounty
    figures: GovernmentFigures
    ledger: Ledger

    def fill(self, text: str) -> str:
        """`text` with the county's name, rank and years."""
        return text.format(
            county=self.publisher.county,
            rank=self.publisher.rank,
            year=self.publisher.year,
            last=self.publisher.year - 1,
            before=self.publisher.year - 2,
            unit=self.layout.unit,
            notice=NOTICE,
        )

    def sentence(self, text: str) -> str:
        """`text` with the figures it states."""
        filled = _STATED.sub(lambda match: self._rate_said(match) if match[1] else self._said(match), text)
        return self.fill(filled)

    def _said(self, match: re.Match[str]) -> str:
        _, address, key, column = match.groups()
        amount = self.figures.facts.get(".".join(match.groups()[1:]), self._amount(address, key, column))
        money = MoneyFormat("万元", 0, zero="0") if abs(amount) < _SMALL else MoneyFormat("亿元", 2, zero="0")
        fund, level, statement = address.split(".")
        basis, year = self._meaning(self._series(column, statement))
        if (metric := _METRICS.get((statement, key))) is not None:
            record: Truth = {
                "record": "fact",
                "metric": metric,
                "year": year,
                "fund": column if column in _BY_FUND else FUNDS[fund],
                "level": LEVELS[level],
                "basis": "limit" if metric == "debt_limit" else basis,
            }
            place = FigurePlace("fact", f"{address}.{key}", column)
            return self.ledger.add(place, money, amount, record) + money.unit
        return money.text(amount) + money.unit

    def _series(self, column: str, statement: str) -> str:
        """The series that figures by fund are of: debts are of the year told of."""
        return ("done" if statement == "debt" else statement) if column in _BY_FUND else column

    def _rate_said(self, match: re.Match[str]) -> str:
        _, address, key, column = match.groups()
        return self._rate(address, self.figures.line(address, key), column, MoneyFormat("万元", 0))

    def _amount(self, address: str, key: str, column: str) -> Decimal:
        return self.figures.line(address, key).cells[column]

    def _meaning(self, series: str) -> tuple[str, int]:
        meaning = self.layout.series[series]
        return meaning.basis, self.publisher.year + meaning.year

    def table(self, spec: GovernmentTable) -> Iterator[Content]:
        """The caption and grid of a table."""
        yield Heading(self.fill(spec.title), 3)
        unit = spec.unit or self.layout.unit
        caption = tuple(self.fill(text.replace("{unit}", unit)) for text in self.layout.caption)
        header = tuple(cells(self.fill(text)) for text in spec.head)
        body = tuple(self._rows(spec) if spec.statement else self._sides(spec))
        widths = tuple(_WIDTHS.get(column.rpartition(".")[2], 14) for column in spec.columns)
        yield Grid(header, body, widths, caption)

    def _money(self, spec: GovernmentTable) -> MoneyFormat:
        layout = self.layout
        unit = spec.unit or layout.unit
        places = layout.places if unit == layout.unit else 4 if unit == "亿元" else 0
        return MoneyFormat(unit, places, layout.thousands, layout.zero)

    def _rows(self, spec: GovernmentTable) -> Iterator[tuple[GridCell, ...]]:
        assert spec.statement
        for number, (line, label) in enumerate(self._lines(spec, spec.statement, spec.labels), start=1):
            yield tuple(
                GridCell(
                    self._cell(spec, spec.statement, line, label, column) if column != "line_no" else str(number)
                )
                for column in spec.columns
            )

    def _lines(
        self, spec: GovernmentTable, address: str, labels: Mapping[str, str]
    ) -> list[tuple[StatementLine, str]]:
        """The lines to print and how each is called."""
        if labels:
            named = [(self.figures.line(address, key), self.fill(label)) for key, label in labels.items()]
            further = [line for line in self.figures.statements[address] if line.key.startswith(FURTHER)]
            return [*named[:-1], *((line, self.fill(line.name)) for line in further), *named[-1:]]
        lines = [
            (line, self.fill(line.name))
            for line in self.figures.statements[address]
            if line.key != "total" and len(line.code or "") <= spec.digits
        ]
        total = [(line, spec.total) for line in self.figures.statements[address] if line.key == "total"]
        return [*total, *lines] if spec.total_first else [*lines, *total]

    def _sides(self, spec: GovernmentTable) -> Iterator[tuple[GridCell, ...]]:
        """Income at the left, what goes out at the right; the totals stand level at the foot."""
        assert spec.income
        assert spec.outlay
        left, right = self._lines(spec, spec.income, spec.left), self._lines(spec, spec.outlay, spec.right)
        pairs = [*zip_longest(left[:-1], right[:-1]), (left[-1], right[-1])]
        for one, other in pairs:
            entries = {"income": (spec.income, one), "outlay": (spec.outlay, other)}
            printed = []
            for column in spec.columns:
                side, _, what = column.partition(".")
                address, entry = entries[side]
                printed.append(GridCell(self._cell(spec, address, entry[0], entry[1], what) if entry else ""))
            yield tuple(printed)

    def _cell(self, spec: GovernmentTable, address: str, line: StatementLine, label: str, column: str) -> str:
        if column in {"blank", "name", "code"}:
            code = self.figures.codes.get((address, line.key), line.code or "")
            return {"blank": "", "name": label, "code": code}[column]
        money = self._money(spec)
        if RATE.fullmatch(column):
            return self._rate(address, line, column, money)
        record = self._record(spec, address, line, label, column)
        return self.ledger.add(FigurePlace(address, line.key, column), money, line.cells[column], record)

    def _record(self, spec: GovernmentTable, address: str, line: StatementLine, label: str, column: str) -> Truth:
        fund, level, _ = address.split(".")
        basis, year = self._meaning((spec.of or "done") if column in _BY_FUND else column)
        sides = {spec.income: "income", spec.outlay: "expenditure"}
        coded = any(each.rpartition(".")[2] == "code" for each in spec.columns)
        code = self.figures.codes.get((address, line.key), line.code) if coded else None
        record: Truth = {
            "record": "budget_line",
            "table": spec.table,
            "side": sides.get(address, spec.side),
            "code": code,
            "name": unmarked(label),
            "column": "total",
            "fund": column if column in _BY_FUND else FUNDS[fund],
            "level": LEVELS[level],
            "basis": basis,
            "year": year,
        }
        if spec.classification is not None:
            record["classification"] = spec.classification
        own = spec.lines.get(line.key, {})
        record |= {name: value for name, value in own.items() if name != "year"}
        if "year" in own:
            record["year"] = self.publisher.year + int(own["year"] or 0)
        return record

    def _rate(self, address: str, line: StatementLine, column: str, money: MoneyFormat) -> str:
        """A percentage of the figures as they are printed; nothing where there is nothing to compare with."""
        match = RATE.fullmatch(column)
        assert match
        part, whole = (money.rounded(line.cells[name]) for name in match.group(1, 3))
        if not whole:
            return ""
        step = Decimal(1).scaleb(-self.layout.rate_places)
        exact = part / whole * _HUNDRED - (_HUNDRED if match[2] == "^" else 0)
        rate = self.figures.rates.get(f"{address}.{line.key}.{column}", exact).quantize(step, ROUND_HALF_UP)
        self.ledger.prints[FigurePlace(address, line.key, column)] = Printed(rate, step, None)
        return f"{rate:f}"
