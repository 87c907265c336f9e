"""What must hold in a county's document, by arithmetic of its own over the printed figures."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from services.sample_portals.disclosure import Written
from services.sample_portals.governments.accounts import FURTHER, SERIES
from services.sample_portals.governments.write import RATE
from services.sample_portals.identities import Equality
from services.sample_portals.truth import Printed

Column = Mapping[str, Printed]
"""The printed figures of one column by line."""
PLANNED: Final = frozenset({"planned", "adjusted", "next"})
"""The series in which what comes in and what goes out have to be equal; else where it prints what was left."""
_INCOME: Final = ("current", "granted", "last", "in", "bonds")
_OUTLAY: Final = ("current", "remitted", "repaid", "stabilised", "out", "left")
_TAXES: Final = {"tax": "101", "non_tax": "103"}
"""The two parts of revenue and the code that their items begin with, printed or not."""
_LEAST_ROWS: Final = 4
"""Rows from which on a column tells what its percentages are of."""


def broken(written: Written) -> tuple[str, ...]:
    """The checks that do not hold in `written`, in order."""
    return tuple(sorted({equality.check for equality in equalities(written) if not equality.holds}))


def equalities(written: Written) -> Iterator[Equality]:
    """Every equality whose figures are all printed."""
    columns = _columns(written)
    for (address, column), lines in columns.items():
        yield from _within(address, lines)
        if address.endswith((".income", ".outlay")):
            yield from _balance(address, column, lines, columns)
        if address.endswith((".revenue", ".expenditure")) and "total" in lines:
            yield from _elsewhere(address, column, lines["total"], columns)
    yield from _kinds_of_debt(columns)
    yield from _rates(written, columns)
    yield from _stated(written, columns)


def _columns(written: Written) -> dict[tuple[str, str], dict[str, Printed]]:
    found: defaultdict[tuple[str, str], dict[str, Printed]] = defaultdict(dict)
    for place, printed in written.prints.items():
        if place.table != "fact" and not RATE.fullmatch(place.column) and printed.record is not None:
            found[place.table, place.column][place.key] = printed
    return dict(found)


def _within(address: str, lines: Column) -> Iterator[Equality]:
    """Equalities inside one column."""
    yield from _codes(lines)
    if address.endswith(".revenue") and {"total", "tax", "non_tax"} <= lines.keys():
        yield from _sum("government_tax", lines, "total", ("tax", "non_tax"))
        for key, code in _TAXES.items():
            items = tuple(each for each in lines if each.startswith(code) and each.isdigit())
            if items and not (lines[key].record or {}).get("code"):
                yield from _sum("government_tax", lines, key, items)
    yield from _sum("government_surplus", lines, "surplus", ("revenue", "-spent"))
    yield from _sum("government_surplus", lines, "kept", ("last", "surplus"))
    yield from _sum("government_three_public", lines, "total", ("overseas", "reception", "vehicles"))
    yield from _sum("government_three_public", lines, "vehicles", ("operation", "purchase"))
    towns = tuple(key for key in lines if key.startswith("town"))
    if towns:
        yield from _sum("government_areas", lines, "whole", ("own", *towns))
    if {"limit", "balance"} <= lines.keys():
        limit, balance = lines["limit"], lines["balance"]
        yield Equality("government_debt_limit", balance, (balance if balance.amount < limit.amount else limit,))
    yield from _sum("government_guarantees", lines, "total", ("livelihood", "wages", "operations"))
    if address.endswith(".bonds") and "total" in lines:
        projects = tuple(printed for key, printed in lines.items() if key != "total")
        yield Equality("government_bond_use", lines["total"], projects)
    yield from _sum("government_debt_flow", lines, "balance", ("before", "issued", "-repaid"))


def _sum(check: str, lines: Column, total: str, parts: tuple[str, ...]) -> Iterator[Equality]:
    """That a line is the sum of others, where all are printed; one with a minus is taken off."""
    keys = [part.removeprefix("-") for part in parts]
    if total in lines and all(key in lines for key in keys):
        signed = tuple(
            replace(lines[key], amount=-lines[key].amount) if part != key else lines[key]
            for part, key in zip(parts, keys, strict=True)
        )
        yield Equality(check, lines[total], signed)


def _codes(lines: Column) -> Iterator[Equality]:
    """Sums over codes, where they are printed."""
    coded = {key: printed for key, printed in lines.items() if printed.record and printed.record.get("code")}
    codes = {str(printed.record["code"]): key for key, printed in coded.items() if printed.record}
    for code, key in codes.items():
        below = tuple(lines[each] for other, each in codes.items() if other[:-2] == code)
        if below:
            yield Equality("government_codes", lines[key], below)
    inner = {code for code in codes if any(code[:-2].startswith(other) for other in codes)}
    tops = tuple(lines[key] for code, key in codes.items() if code not in inner)
    if "total" in lines and tops:
        yield Equality("government_codes", lines["total"], tops)


def _balance(
    address: str, column: str, lines: Column, columns: Mapping[tuple[str, str], Column]
) -> Iterator[Equality]:
    keys = (_INCOME if address.endswith("income") else _OUTLAY, [key for key in lines if key[:-1] == FURTHER])
    parts = tuple(lines[key] for each in keys for key in each if key in lines)
    if address.startswith("capital") and "transfer" in lines:
        parts = (*parts, lines["transfer"])
    if len(parts) > 1 and "total" in lines:
        yield Equality("government_balance", lines["total"], parts)
    other = columns.get((address.replace(".income", ".outlay"), column), {})
    balanced = column in PLANNED or "left" in other
    if address.endswith(".income") and balanced and {"total"} <= lines.keys() & other.keys():
        yield Equality("government_sides", lines["total"], (other["total"],))


def _elsewhere(
    address: str, column: str, total: Printed, columns: Mapping[tuple[str, str], Column]
) -> Iterator[Equality]:
    """The total of a table where other tables print it."""
    name, _, statement = address.rpartition(".")
    side = "income" if statement == "revenue" else "outlay"
    current = columns.get((f"{name}.{side}", column), {}).get("current")
    if current is not None:
        yield Equality("government_tables", current, (total,))
    economic = columns.get((f"{name}.economic", column), {}).get("total") if side == "outlay" else None
    if economic is not None:
        yield Equality("government_economic", economic, (total,))


def _kinds_of_debt(columns: Mapping[tuple[str, str], Column]) -> Iterator[Equality]:
    """That debt is general and special debt, where all three are printed."""
    for (address, column), lines in columns.items():
        kinds = [columns.get((address, f"{kind}_debt"), {}) for kind in ("general", "special")]
        for key, printed in lines.items() if column == "debt" else ():
            if all(key in each for each in kinds):
                yield Equality("government_debt_kinds", printed, tuple(each[key] for each in kinds))


def _rates(written: Written, columns: Mapping[tuple[str, str], Column]) -> Iterator[Equality]:
    found: defaultdict[tuple[str, str], list[Equality]] = defaultdict(list)
    for place, rate in written.prints.items():
        match = RATE.fullmatch(place.column)
        if match is None or place.table == "fact":
            continue
        part, whole = (columns.get((place.table, name), {}).get(place.key) for name in match.group(1, 3))
        if part is None or whole is None or not whole.amount:
            continue
        exact = part.amount / whole.amount * 100
        slack = (part.unit * 50 + abs(exact) * whole.unit / 2) / whole.amount
        meant = exact - (100 if match[2] == "^" else 0)
        found[place.table, place.column].append(
            Equality("government_rates", rate, (Printed(meant, rate.unit + slack, None),))
        )
    for same in found.values():
        yield from same if len(same) >= _LEAST_ROWS else ()


def _stated(written: Written, columns: Mapping[tuple[str, str], Column]) -> Iterator[Equality]:
    """The report's figures against the tables'; what it plans to spend is not compared."""
    for place, stated in written.prints.items():
        if place.table != "fact":
            continue
        address, _, key = place.key.rpartition(".")
        there = columns.get((address, place.column), {}).get(key)
        planned = address.endswith(".expenditure") and place.column in PLANNED & set(SERIES)
        if there is not None and not planned:
            yield Equality("government_report", stated, (there,))
