"""What must hold in a disclosure, by arithmetic of its own over the printed figures and the truth's records.

The names are those of the checks. Nothing of the normalizer is used: this is how the generator knows that a
planted defect breaks what it says, and that a near-miss breaks nothing.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Final

from services.sample_portals.claims import CLAIMS
from services.sample_portals.disclosure import Written
from services.sample_portals.truth import FigurePlace, Printed


class Prints(dict[FigurePlace, Printed]):
    """The printed figures by place, with the lines and columns of each table side."""

    @cached_property
    def lines(self) -> dict[tuple[str, str | None], list[str]]:
        found: defaultdict[tuple[str, str | None], dict[str, None]] = defaultdict(dict)
        for place in self:
            found[place.table, place.side][place.key] = None
        return {where: list(keys) for where, keys in found.items()}

    @cached_property
    def columns(self) -> dict[tuple[str, str | None], set[str]]:
        found: defaultdict[tuple[str, str | None], set[str]] = defaultdict(set)
        for place in self:
            found[place.table, place.side].add(place.column)
        return dict(found)


SOURCES: Final = (
    "fiscal_appropriation",
    "fiscal_account",
    "business_income",
    "operating_income",
    "superior_subsidy",
    "affiliated_remittance",
    "other_income",
)
SPENDING: Final = ("basic", "project", "operating", "remitted_to_superior", "subsidy_to_affiliates", "reserve")
FUNDS: Final = ("general_public_budget", "government_fund", "state_capital")
FUND_TABLES: Final = dict(
    zip(
        FUNDS,
        ("general_budget_expenditure", "government_fund_expenditure", "state_capital_expenditure"),
        strict=True,
    )
)
CODED: Final = ("income", "expenditure", *FUND_TABLES.values(), "general_budget_basic_expenditure")
INCOME_ITEMS: Final = (
    "fiscal_account",
    "superior",
    "business",
    "operating",
    "affiliated",
    "unit_funds",
    "other",
    "reserve",
)


@dataclass(frozen=True)
class Equality:
    """That `total` = the sum of `parts` within the rounding of all, or with one part the same number twice."""

    check: str
    total: Printed
    parts: tuple[Printed, ...]

    @property
    def allowed(self) -> Decimal:
        units = [self.total.unit, *(part.unit for part in self.parts)]
        return max(units) if len(self.parts) == 1 else sum(units, Decimal(0)) / 2

    @property
    def holds(self) -> bool:
        return abs(self.total.amount - sum(part.amount for part in self.parts)) <= self.allowed


def broken(written: Written) -> tuple[str, ...]:
    """The checks that do not hold in `written`, in order."""
    failed = {equality.check for equality in equalities(written) if not equality.holds}
    failed |= {check for check, holds in CLAIMS.items() if not holds(written)}
    return tuple(sorted(failed))


def equalities(written: Written) -> Iterator[Equality]:
    """Every equality whose figures are all printed; a blank is zero."""
    prints = Prints(written.prints)
    for part in (_rows, _hierarchy, _balance, _appropriations, _between, _basic, _three_public, _prose, _rest):
        yield from part(prints)
    yield from _procurement(written)
    yield from _projects(written)


def _equal(check: str, prints: Prints, total: FigurePlace, parts: list[FigurePlace]) -> Iterator[Equality]:
    """The equality, where its total and at least one part is printed."""
    present = tuple(prints[part] for part in parts if part in prints)
    if total in prints and present:
        yield Equality(check, prints[total], present)


def _lines(prints: Prints, table: str, side: str | None = None) -> list[str]:
    return prints.lines.get((table, side), [])


def _columns(prints: Prints, table: str, side: str | None = None) -> set[str]:
    return prints.columns.get((table, side), set())


def _rows(prints: Prints) -> Iterator[Equality]:
    sums: list[tuple[str, str, str, tuple[str, ...], str | None]] = [
        ("expenditure_row_sum", "expenditure", "total", SPENDING, None),
        ("basic_row_sum", "general_budget_basic_expenditure", "total", ("personnel", "public_use"), None),
        ("appropriation_row_sum", "appropriation_balance", "total", FUNDS, "expenditure"),
        ("three_public_row_sum", "three_public", "total", FUNDS, None),
    ]
    sums += [("fund_row_sum", table, "total", ("basic", "project"), None) for table in FUND_TABLES.values()]
    printed_sources = _columns(prints, "income")
    sources = SOURCES if "fiscal_appropriation" in printed_sources else (*FUNDS, *SOURCES)
    if "current_year" in printed_sources:
        sums.append(("income_row_sum", "income", "total", ("current_year", "carryover"), None))
        sums.append(("income_row_sum", "income", "current_year", sources, None))
    else:
        sums.append(("income_row_sum", "income", "total", (*sources, "carryover"), None))
    for check, table, total, parts, side in sums:
        printed = _columns(prints, table, side)
        chosen = [part for part in parts if part in printed]
        for key in _lines(prints, table, side):
            places = [FigurePlace(table, key, part, side) for part in chosen]
            yield from _equal(check, prints, FigurePlace(table, key, total, side), places)
    for key in _lines(prints, "government_fund_expenditure"):
        yield from _fund_flow(prints, key)


def _fund_flow(prints: Prints, key: str) -> Iterator[Equality]:
    opening, income, spent, closing = (
        prints.get(FigurePlace("government_fund_expenditure", key, column))
        for column in ("carryover", "current_year", "total", "year_end_carryover")
    )
    if opening and income and spent and closing:
        minus = Printed(-closing.amount, closing.unit, None)
        yield Equality("fund_flow", spent, (opening, income, minus))


def _hierarchy(prints: Prints) -> Iterator[Equality]:
    for table in CODED:
        codes = sorted(key for key in _lines(prints, table) if key.isdigit())
        for column in _columns(prints, table):
            below: dict[str, list[FigurePlace]] = {}
            for code in codes:
                above = next((code[:cut] for cut in range(len(code) - 1, 2, -1) if code[:cut] in codes), "whole")
                below.setdefault(above, []).append(FigurePlace(table, code, column))
            for key, places in below.items():
                yield from _equal("hierarchy_sum", prints, FigurePlace(table, key, column), places)


def _side(prints: Prints, table: str, side: str, items: list[str], column: str) -> Iterator[Equality]:
    check = "balance_sum" if table == "balance" else "appropriation_balance"

    def place(key: str) -> FigurePlace:
        return FigurePlace(table, key, column, side)

    carried = ["opening"] if side == "income" else ["closing", "distribution"]
    parts = [place(key) for key in items]
    if place("current") in prints:
        yield from _equal(check, prints, place("current"), parts)
        yield from _equal(check, prints, place("whole"), [place(key) for key in ("current", *carried)])
    else:
        yield from _equal(check, prints, place("whole"), parts + [place(key) for key in carried])


def _items(prints: Prints, table: str) -> list[str]:
    """The keys of a balance's income lines that are no part of another."""
    fiscal = FigurePlace(table, "fiscal", "budget", "income") in prints
    return ["fiscal" if fiscal else "general", *([] if fiscal else ["fund", "capital"]), *INCOME_ITEMS]


def _balance(prints: Prints) -> Iterator[Equality]:
    yield from _side(prints, "balance", "income", _items(prints, "balance"), "budget")
    columns = _columns(prints, "balance", "expenditure")
    classes = [key for key in _lines(prints, "balance", "expenditure") if key.isdigit()]
    for column in columns:
        yield from _side(prints, "balance", "expenditure", [*classes, "reserve"], column)
    column = "budget" if "budget" in columns else "total"
    whole = FigurePlace("balance", "whole", column, "expenditure")
    yield from _equal("balance_sum", prints, whole, [FigurePlace("balance", "whole", "budget", "income")])


def _appropriations(prints: Prints) -> Iterator[Equality]:
    table = "appropriation_balance"
    yield from _side(prints, table, "income", ["general", "fund", "capital"], "budget")
    classes = [key for key in _lines(prints, table, "expenditure") if key.isdigit()]
    for column in ("total", *FUNDS):
        yield from _side(prints, table, "expenditure", classes, column)
    whole = FigurePlace(table, "whole", "total", "expenditure")
    yield from _equal("appropriation_balance", prints, whole, [FigurePlace(table, "whole", "budget", "income")])
    parts = [FigurePlace(table, f"opening_{fund}", "budget", "income") for fund in ("general", "fund", "capital")]
    yield from _equal("appropriation_balance", prints, FigurePlace(table, "opening", "budget", "income"), parts)
    for key in ("general", "fund", "capital"):
        other = FigurePlace("balance", key, "budget", "income")
        yield from _equal("appropriation_balance", prints, FigurePlace(table, key, "budget", "income"), [other])


def _between(prints: Prints) -> Iterator[Equality]:
    carried = "carryover" in _columns(prints, "income") or FigurePlace("income", "carried", "total") in prints
    incomes = "whole" if carried else "current"
    if FigurePlace("balance", incomes, "budget", "income") not in prints:
        incomes = "whole"
    whole = FigurePlace("income", "whole", "total")
    yield from _equal("income_balance", prints, whole, [FigurePlace("balance", incomes, "budget", "income")])
    column = "budget" if "budget" in _columns(prints, "balance", "expenditure") else "total"
    for key in _lines(prints, "expenditure"):
        there = "current" if key == "whole" else key
        if key == "whole" and FigurePlace("balance", "current", column, "expenditure") not in prints:
            there = "whole"
        parts = [FigurePlace("balance", there, column, "expenditure")]
        yield from _equal("expenditure_balance", prints, FigurePlace("expenditure", key, "total"), parts)
    if _sum_equal(prints, ("income", "expenditure")):
        for key in _lines(prints, "expenditure"):
            if key.isdigit():
                parts = [FigurePlace("income", key, "total")]
                yield from _equal(
                    "income_expenditure_codes", prints, FigurePlace("expenditure", key, "total"), parts
                )
    yield from _funds(prints)


def _sum_equal(prints: Prints, tables: tuple[str, ...]) -> bool:
    wholes = [prints.get(FigurePlace(table, "whole", "total")) for table in tables]
    return all(wholes) and abs(wholes[0].amount - wholes[1].amount) <= wholes[0].unit  # type: ignore[union-attr]


def _funds(prints: Prints) -> Iterator[Equality]:
    for column, table in FUND_TABLES.items():
        for key in _lines(prints, table):
            there = "current" if key == "whole" else key
            if (
                key == "whole"
                and FigurePlace("appropriation_balance", "current", column, "expenditure") not in prints
            ):
                there = "whole"
            parts = [FigurePlace("appropriation_balance", there, column, "expenditure")]
            yield from _equal("appropriation_columns", prints, FigurePlace(table, key, "total"), parts)
    spent = prints.get(FigurePlace("expenditure", "whole", "total"))
    funded = [prints.get(FigurePlace(table, "whole", "total")) for table in FUND_TABLES.values()]
    present = [each for each in funded if each]
    if spent is None or not present or abs(spent.amount - sum(p.amount for p in present)) > 2 * spent.unit:
        return
    for key in _lines(prints, "expenditure"):
        for column in ("total", "basic", "project"):
            parts = [FigurePlace(table, key, column) for table in FUND_TABLES.values()]
            yield from _equal("fund_split", prints, FigurePlace("expenditure", key, column), parts)


def _basic(prints: Prints) -> Iterator[Equality]:
    table = "general_budget_basic_expenditure"
    whole = FigurePlace(table, "whole", "total")
    yield from _equal("basic_total", prints, whole, [FigurePlace("general_budget_expenditure", "whole", "basic")])
    if whole not in prints and FigurePlace(table, "whole", "personnel") in prints:
        parts = [FigurePlace(table, "whole", "personnel"), FigurePlace(table, "whole", "public_use")]
        yield from _equal(
            "basic_total", prints, FigurePlace("general_budget_expenditure", "whole", "basic"), parts
        )
        for column, heads in (("personnel", ("301", "303")), ("public_use", ("302", "310"))):
            items = [FigurePlace(table, head, "total") for head in heads]
            yield from _equal("hierarchy_sum", prints, FigurePlace(table, "whole", column), items)


def _three_public(prints: Prints) -> Iterator[Equality]:
    table = "three_public"
    for column, check in (
        *((column, "three_public_sum") for column in ("total", *FUNDS)),
        ("planned", "three_public_budget"),
    ):
        parts = [FigurePlace(table, key, column) for key in ("overseas", "vehicle", "reception")]
        for key in ("whole", "subtotal"):
            yield from _equal(check, prints, FigurePlace(table, key, column), parts)
        vehicle = [FigurePlace(table, key, column) for key in ("purchase", "operation")]
        yield from _equal(check, prints, FigurePlace(table, "vehicle", column), vehicle)


FACTS_IN_TABLES: Final = {
    "expenditure_basic": ("expenditure", "whole", "basic", None),
    "expenditure_project": ("expenditure", "whole", "project", None),
    "expenditure_personnel": ("general_budget_basic_expenditure", "whole", "personnel", None),
    "expenditure_public_use": ("general_budget_basic_expenditure", "whole", "public_use", None),
    "income_general_public_budget": ("balance", "general", "budget", "income"),
    "income_government_fund": ("balance", "fund", "budget", "income"),
    "income_other": ("balance", "other", "budget", "income"),
    "income_carryover": ("balance", "opening", "budget", "income"),
    "whole": ("balance", "whole", "budget", "income"),
    "three_public_overseas": ("three_public", "overseas", "total", None),
    "three_public_vehicle": ("three_public", "vehicle", "total", None),
    "three_public_vehicle_operation": ("three_public", "operation", "total", None),
    "three_public_reception": ("three_public", "reception", "total", None),
}
INCOME_FACTS: Final = (
    "general_public_budget",
    "government_fund",
    "state_capital",
    "fiscal_account",
    "unit_funds",
    "other",
    "carryover",
)
_SUMS: Final = (
    ("prose_sum", "expenditure_total", ("expenditure_basic", "expenditure_project", "expenditure_reserve")),
    ("prose_sum", "expenditure_basic", ("expenditure_personnel", "expenditure_public_use")),
    ("prose_sum", "income_total", tuple(f"income_{source}" for source in INCOME_FACTS)),
    (
        "prose_sum",
        "three_public_total",
        ("three_public_overseas", "three_public_vehicle", "three_public_reception"),
    ),
    ("prose_sum", "three_public_vehicle", ("three_public_vehicle_purchase", "three_public_vehicle_operation")),
    ("change_sum", "change_total", ("change_basic", "change_project", "change_reserve")),
)


def _stated(prints: dict[FigurePlace, Printed], kind: str = "fact") -> dict[str, Printed]:
    return {place.key: printed for place, printed in prints.items() if place.table == kind}


def _prose(prints: Prints) -> Iterator[Equality]:
    facts = _stated(prints)
    years = {place.key: place.column for place in prints if place.table == "fact"}
    for check, total, parts in _SUMS:
        if "three_public_vehicle" in parts and "three_public_vehicle" not in facts:
            parts = (*parts, "three_public_vehicle_purchase", "three_public_vehicle_operation")
        year = years.get(total)
        present = tuple(facts[part] for part in parts if part in facts and years[part] == year)
        if total in facts and len(present) > 1:
            yield Equality(check, facts[total], present)
    pairs = {metric: FigurePlace(*there) for metric, there in FACTS_IN_TABLES.items()}
    pairs |= _totals_in_tables(prints)
    for metric, place in pairs.items():
        if metric in facts and place in prints:
            yield Equality("prose_table", facts[metric], (prints[place],))
    for metric, again in _stated(prints, "restated").items():
        yield Equality("prose_repeated", again, (facts[metric],))
    if {"agency_operating_funds", "expenditure_public_use"} <= facts.keys():
        yield Equality("agency_funds", facts["agency_operating_funds"], (facts["expenditure_public_use"],))
    for metric, change in (("expenditure_total", "change_total"), ("three_public_total", "three_public_change")):
        check = "change_prior" if metric == "expenditure_total" else "three_public_change"
        if {metric, change, f"prior.{metric}"} <= facts.keys():
            yield Equality(check, facts[metric], (facts[f"prior.{metric}"], facts[change]))


def _totals_in_tables(prints: Prints) -> dict[str, FigurePlace]:
    """Where the totals of prose stand: 本年合计 in accounts, 总计 in a budget; 三公 in its own 小计 first."""
    spending = "budget" if "budget" in _columns(prints, "balance", "expenditure") else "total"
    accounts = any(place.key == "whole" for place in prints if place.table == "fact")
    current = FigurePlace("balance", "current", spending, "expenditure")
    total = FigurePlace("three_public", "subtotal", "total")
    return {
        "three_public_total": total if total in prints else FigurePlace("three_public", "whole", "total"),
        "income_total": FigurePlace("balance", "current" if accounts else "whole", "budget", "income"),
        "expenditure_total": current
        if current in prints
        else FigurePlace("balance", "whole", spending, "expenditure"),
    }


def _rest(prints: Prints) -> Iterator[Equality]:
    facts = _stated(prints)
    assets = [place for place in prints if place.table == "asset"]
    if assets:
        yield from _equal("asset_sum", prints, assets[0], assets[1:])
        if "fixed_assets_year_end" in facts:
            yield Equality("asset_prose", facts["fixed_assets_year_end"], (prints[assets[0]],))
    for place, share in prints.items():
        if place.table == "share":
            part, whole = place.key.split("/")
            check = "completion_rate" if whole.startswith("planned") else "prose_share"
            wholes = (facts.get(whole), _stated(prints, "restated").get(whole))
            yield from (_shared(check, share, facts[part], each) for each in wholes if each and part in facts)


def _shared(check: str, share: Printed, part: Printed, whole: Printed) -> Equality:
    """That `share` is what `part` is of `whole`, per cent, as far as their printing tells."""
    exact = part.amount * 100 / whole.amount if whole.amount else Decimal(0)
    slack = part.unit * 50 / whole.amount + exact * whole.unit / 2 / whole.amount if whole.amount else Decimal(0)
    return Equality(check, share, (Printed(exact, share.unit + 2 * slack, part.record),))


def _procurement(written: Written) -> Iterator[Equality]:
    rows = [record for record in written.truth if record["record"] == "procurement_line"]
    places = [place for place in written.prints if place.table == "procurement_line"]
    step = written.prints[places[0]].unit if places else Decimal(0)

    def figure(record: dict[str, object], name: str) -> Printed:
        return Printed(Decimal(str(record.get(name) or 0)), step, None)

    by_type = {kind: [row for row in rows if row["line_type"] == kind] for kind in ("total", "subtotal", "item")}
    items = tuple(figure(row, "total") for row in by_type["item"])
    for row in by_type["total"]:
        if items:
            yield Equality("procurement_sum", figure(row, "total"), items)
        stated = _stated(written.prints).get("procurement_total")
        if stated:
            yield Equality("procurement_sum", stated, (figure(row, "total"),))
    if by_type["subtotal"] and items and not by_type["subtotal"][0].get("optional"):
        yield Equality("procurement_sum", figure(by_type["subtotal"][0], "total"), items)
    for row in rows:
        if row.get("general_public_budget"):
            yield Equality("procurement_funds", figure(row, "total"), (figure(row, "general_public_budget"),))
        if row.get("unit_price") and row.get("quantity"):
            quantity = Decimal(str(row["quantity"]))
            price = figure(row, "unit_price")
            product = Printed(price.amount * quantity, step * quantity, None)
            yield Equality("procurement_quantity_price", figure(row, "total"), (product,))


def _projects(written: Written) -> Iterator[Equality]:
    for record in written.truth:
        if record["record"] == "project" and record.get("budget") and record.get("fiscal_funds"):
            parts = tuple(
                Printed(Decimal(str(record[name])), Decimal(100), None)
                for name in ("fiscal_funds", "other_funds")
                if record.get(name)
            )
            yield Equality("project_funds", Printed(Decimal(str(record["budget"])), Decimal(100), None), parts)
