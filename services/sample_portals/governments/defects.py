"""Defects planted in a county's figures before a layout prints them: each breaks a check."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from random import Random
from typing import Final

from services.sample_portals.defects import changed_records, difference
from services.sample_portals.disclosure import PlantedDefect, Written
from services.sample_portals.governments.accounts import GovernmentFigures
from services.sample_portals.governments.identities import PLANNED, broken
from services.sample_portals.governments.layout import GovernmentLayout, GovernmentTable
from services.sample_portals.governments.write import RATE, PublishingCounty, write_government

Change = Callable[[GovernmentFigures, GovernmentLayout, Random], None]
_BY_CONTENT: Final = frozenset({"government_code_class", "government_published"})
"""Checks that no arithmetic tells of."""
_WHOLE_BUDGET: Final = 12
"""Tables from which on a document is a whole budget."""


@dataclass(frozen=True)
class GovernmentDefect:
    """A way to be wrong: the check that tells of it, with which severity."""

    name: str
    check: str
    severity: str
    change: Change


def plant_government(
    layout: GovernmentLayout, publisher: PublishingCounty, figures: GovernmentFigures, name: str, rng: Random
) -> Written | None:
    """Print `figures` with the defect; None where the layout prints nothing that it breaks."""
    defect = GOVERNMENT_DEFECTS[name]
    before = write_government(layout, publisher, figures)
    changed = figures.copy()
    try:
        defect.change(changed, layout, rng)
    except LookupError:
        return None
    after = write_government(layout, publisher, changed)
    breaks = set(broken(after)) | ({defect.check} & _BY_CONTENT if after.content != before.content else set())
    if defect.check not in breaks:
        return None
    subjects = changed_records(before, after)
    after.defects = [PlantedDefect(name, defect.check, defect.severity, tuple(sorted(breaks)), subjects)]
    return after


def _tables(layout: GovernmentLayout, ending: str = "") -> list[GovernmentTable]:
    found = [part.table for part in layout.parts if part.table and part.table.key.endswith(ending)]
    if not found:
        raise LookupError("the layout has no table for this defect")
    return found


def _amount(rng: Random) -> Decimal:
    """A difference of whole 万元 that no rounding explains."""
    return (difference(rng) / 10000).quantize(Decimal(1)) * 1_000_000


def _series(table: GovernmentTable) -> list[str]:
    columns = [column.rpartition(".")[2] for column in table.columns]
    return [
        column
        for column in columns
        if column not in {"line_no", "code", "name", "blank"} and not RATE.fullmatch(column)
    ]


def _add(figures: GovernmentFigures, address: str, key: str, column: str, amount: Decimal) -> None:
    figures.line(address, key).cells[column] += amount


def _of_codes(layout: GovernmentLayout) -> list[GovernmentTable]:
    found = [each for each in _tables(layout) if "code" in each.columns and each.statement and not each.labels]
    if not found:
        raise LookupError("the layout prints no codes")
    return found


def _class(figures: GovernmentFigures, layout: GovernmentLayout, rng: Random) -> None:
    """One class, and nothing above or below it."""
    table = rng.choice(_of_codes(layout))
    assert table.statement
    lines = [line for line in figures.statements[table.statement] if len(line.code or "") == 3]
    _add(figures, table.statement, rng.choice(lines).key, rng.choice(_series(table)), _amount(rng))


def _whole(figures: GovernmentFigures, layout: GovernmentLayout, rng: Random) -> None:
    """The total of a table with codes."""
    table = rng.choice(_of_codes(layout))
    assert table.statement
    if not any(len(line.code or "") == 3 for line in figures.statements[table.statement]):
        raise LookupError("the table prints no classes")
    _add(figures, table.statement, "total", rng.choice(_series(table)), _amount(rng))


def _balance_total(figures: GovernmentFigures, layout: GovernmentLayout, rng: Random) -> None:
    """The grand total of one side, in one of several columns."""
    table = rng.choice(_balances(layout))
    assert table.income
    assert table.outlay
    _add(figures, rng.choice([table.income, table.outlay]), "total", rng.choice(_series(table)), _amount(rng))


def _balances(layout: GovernmentLayout) -> list[GovernmentTable]:
    """The balances of several columns."""
    found = [each for each in _tables(layout) if each.income and len(set(_series(each))) > 1]
    if not found:
        raise LookupError("the layout has no balance of several columns")
    return found


def _further(figures: GovernmentFigures, layout: GovernmentLayout, rng: Random) -> None:
    """A part of a balance besides the year's own."""
    table = rng.choice([each for each in _balances(layout) if "last" in each.left])
    assert table.income
    _add(figures, table.income, "last", rng.choice(_series(table)), _amount(rng))


def _one_side(figures: GovernmentFigures, layout: GovernmentLayout, rng: Random) -> None:
    """A part of one side of what was planned, and that side's total: it adds up and is not the other's."""
    found = [each for each in _tables(layout) if each.income and PLANNED & set(_series(each))]
    if not found:
        raise LookupError("the layout has no balance of a budget")
    table = rng.choice(found)
    assert table.income
    column, amount = rng.choice(sorted(PLANNED & set(_series(table)))), _amount(rng)
    for key in ("last", "total"):
        _add(figures, table.income, key, column, amount)


def _current(figures: GovernmentFigures, layout: GovernmentLayout, rng: Random) -> None:
    """The year's own total as a balance has it, with what is made up by another of its parts."""
    name = rng.choice(sorted(_printed_twice(layout)))
    side, other = rng.choice((("income", "last"), ("outlay", "repaid")))
    address = f"{name}.{side}"
    column = rng.choice(_series(next(each for each in _tables(layout) if address in {each.income, each.outlay})))
    amount = _amount(rng)
    _add(figures, address, "current", column, amount)
    _add(figures, address, other, column, -amount)


def _printed_twice(layout: GovernmentLayout) -> set[str]:
    """The funds whose totals stand in a table of their own and in a balance."""
    own = {
        str(each.statement).rpartition(".")[0] for each in _tables(layout) if each.statement and not each.labels
    }
    both = {str(each.income).rpartition(".")[0] for each in _tables(layout) if each.income}
    if not own & both:
        raise LookupError("the layout prints no total twice")
    return own & both


def _tax(figures: GovernmentFigures, layout: GovernmentLayout, rng: Random) -> None:
    table = rng.choice([each for each in _tables(layout, ".revenue") if each.key.startswith("general")])
    assert table.statement
    _add(figures, table.statement, "tax", rng.choice(_series(table)), _amount(rng))


def _area(figures: GovernmentFigures, layout: GovernmentLayout, rng: Random) -> None:
    table = rng.choice(_tables(layout, ".areas"))
    assert table.statement
    _add(figures, table.statement, "whole", rng.choice(_series(table)), _amount(rng))


def _insurance(key: str) -> Change:
    def change(figures: GovernmentFigures, layout: GovernmentLayout, rng: Random) -> None:
        table = rng.choice([each for each in _tables(layout) if each.key.startswith("insurance")])
        assert table.statement
        _add(figures, table.statement, key, rng.choice(_series(table)), _amount(rng))

    return change


def _three_public(key: str) -> Change:
    def change(figures: GovernmentFigures, layout: GovernmentLayout, rng: Random) -> None:
        table = rng.choice(_tables(layout, ".three_public"))
        assert table.statement
        _add(figures, table.statement, key, rng.choice(_series(table)), _amount(rng))

    return change


def _economic(figures: GovernmentFigures, layout: GovernmentLayout, rng: Random) -> None:
    """An economic class with all above it: the table adds up and is no longer the spending by function."""
    table = rng.choice(_tables(layout, ".economic"))
    assert table.statement
    leaf = rng.choice([line for line in figures.statements[table.statement] if len(line.code or "") == 5])
    amount = _amount(rng)
    for key in (leaf.key, leaf.key[:3], "total"):
        _add(figures, table.statement, key, "next", amount)


def _report(figures: GovernmentFigures, layout: GovernmentLayout, rng: Random) -> None:
    """A figure of the report that a table prints too."""
    texts = "".join(part.text or "" for part in layout.parts)
    printed = {each.statement: _series(each) for each in _tables(layout)}
    stated = [
        (address, key, column)
        for address, key, column in _STATEABLE
        if f"{{{address}.{key}.{column}}}" in texts and column in printed.get(address, ())
    ]
    address, key, column = rng.choice(stated)
    amount = figures.line(address, key).cells[column]
    figures.facts[f"{address}.{key}.{column}"] = amount + max(_amount(rng) * 3, (amount / 20).quantize(Decimal(1)))


_STATEABLE: Final = tuple(
    (address, key, column)
    for address, keys in (
        ("general.whole.revenue", ("total", "tax", "non_tax")),
        ("general.own.revenue", ("total",)),
        ("general.whole.expenditure", ("total",)),
        ("fund.whole.revenue", ("total",)),
        ("fund.whole.expenditure", ("total",)),
    )
    for key in keys
    for column in ("done", "next")
    if column == "done" or "revenue" in address
)


def _rate(figures: GovernmentFigures, layout: GovernmentLayout, rng: Random) -> None:
    """A percentage of a table of several rows."""
    tables = [each for each in _tables(layout) if any(map(RATE.fullmatch, each.columns)) and each.statement]
    table = rng.choice([each for each in tables if not each.labels or len(each.labels) >= _ROWS])
    assert table.statement
    column = rng.choice([each for each in table.columns if RATE.fullmatch(each)])
    lines = [line for line in figures.statements[table.statement] if len(line.code or "") <= min(table.digits, 5)]
    line = rng.choice(lines)
    match = RATE.fullmatch(column)
    assert match
    part, whole = line.cells[match[1]], line.cells[match[3]]
    exact = part / whole * 100 - (100 if match[2] == "^" else 0)
    figures.rates[f"{table.statement}.{line.key}.{column}"] = exact + rng.choice((-11, -7, 6, 12))


_ROWS: Final = 5


def _over_limit(figures: GovernmentFigures, layout: GovernmentLayout, rng: Random) -> None:
    """Debt above its limit, whose other figures agree with it."""
    table = rng.choice(_tables(layout, ".debt"))
    assert table.statement
    fund = rng.choice(("general_debt", "special_debt"))
    cells = {key: figures.line(table.statement, key).cells for key in ("limit", "balance")}
    down = cells["limit"][fund] - cells["balance"][fund] + _amount(rng)
    for name in (fund, "debt"):
        cells["limit"][name] -= down


def _flow(figures: GovernmentFigures, layout: GovernmentLayout, rng: Random) -> None:
    table = rng.choice(_tables(layout, ".debt"))
    assert table.statement
    _add(figures, table.statement, "before", rng.choice(("general_debt", "special_debt")), -_amount(rng))


def _used(figures: GovernmentFigures, layout: GovernmentLayout, rng: Random) -> None:
    """The total of what new bonds are used for."""
    table = rng.choice(_tables(layout, ".bonds"))
    assert table.statement
    _add(figures, table.statement, "total", rng.choice(_series(table)), _amount(rng))


def _guaranteed(figures: GovernmentFigures, layout: GovernmentLayout, rng: Random) -> None:
    table = rng.choice(_tables(layout, ".guarantees"))
    assert table.statement
    _add(figures, table.statement, rng.choice(("total", "wages")), rng.choice(_series(table)), _amount(rng))


def _other_class(figures: GovernmentFigures, layout: GovernmentLayout, rng: Random) -> None:
    """A 款 between others of its class that bears the code of another."""
    tables = [
        each for each in _of_codes(layout) if each.digits > 3 and str(each.statement).endswith("expenditure")
    ]
    table = rng.choice(tables)
    assert table.statement
    lines = [line for line in figures.statements[table.statement] if len(line.code or "") > 3]
    inside = [
        line
        for before, line, after in zip(lines, lines[1:], lines[2:], strict=False)
        if line.key[:3] == before.key[:3] == after.key[:3]
    ]
    wrong = rng.choice(inside)
    figures.codes[table.statement, wrong.key] = f"{210 if wrong.key[:3] != '210' else 211}{wrong.key[3:]}"


def _missing(figures: GovernmentFigures, layout: GovernmentLayout, rng: Random) -> None:
    """A required table left out of a whole budget."""
    tables = [each.key for each in _tables(layout) if each.table == "transfers"]
    if len(_tables(layout)) < _WHOLE_BUDGET or not tables:
        raise LookupError("the layout is no whole budget")
    figures.omitted = frozenset({rng.choice(tables)})


_ALL: Final[Sequence[GovernmentDefect]] = (
    GovernmentDefect("class", "government_codes", "error", _class),
    GovernmentDefect("total_of_classes", "government_codes", "error", _whole),
    GovernmentDefect("balance_total", "government_balance", "error", _balance_total),
    GovernmentDefect("further_part", "government_balance", "error", _further),
    GovernmentDefect("one_side", "government_sides", "error", _one_side),
    GovernmentDefect("two_tables", "government_tables", "warning", _current),
    GovernmentDefect("tax", "government_tax", "error", _tax),
    GovernmentDefect("areas", "government_areas", "error", _area),
    GovernmentDefect("surplus", "government_surplus", "error", _insurance("surplus")),
    GovernmentDefect("kept", "government_surplus", "error", _insurance("kept")),
    GovernmentDefect("three_public", "government_three_public", "error", _three_public("total")),
    GovernmentDefect("vehicles", "government_three_public", "error", _three_public("purchase")),
    GovernmentDefect("economic", "government_economic", "warning", _economic),
    GovernmentDefect("report", "government_report", "warning", _report),
    GovernmentDefect("rate", "government_rates", "warning", _rate),
    GovernmentDefect("over_limit", "government_debt_limit", "warning", _over_limit),
    GovernmentDefect("debt_flow", "government_debt_flow", "info", _flow),
    GovernmentDefect("bond_use", "government_bond_use", "warning", _used),
    GovernmentDefect("guarantees", "government_guarantees", "warning", _guaranteed),
    GovernmentDefect("other_class", "government_code_class", "warning", _other_class),
    GovernmentDefect("missing_table", "government_published", "info", _missing),
)
GOVERNMENT_DEFECTS: Final = {defect.name: defect for defect in _ALL}
"""Every defect by its name."""
