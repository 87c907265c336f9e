"""Near-misses planted in a county's figures: what looks wrong and must be borne.

Amounts rounded one by one, a figure or a percentage off by what printing explains, a total off by all that it
explains, debt as high as its limit, parts of a balance that stand in no other, and what of a part is told below
it: no finding may come of any.
"""

from collections.abc import Callable
from decimal import Decimal
from random import Random
from typing import Final

from services.sample_portals.disclosure import Written
from services.sample_portals.figures import StatementLine
from services.sample_portals.governments.accounts import FURTHER, WAN, GovernmentFigures
from services.sample_portals.governments.identities import broken, equalities
from services.sample_portals.governments.layout import GovernmentLayout
from services.sample_portals.governments.write import RATE, PublishingCounty, write_government

_STEPS: Final = (2, 1, -1)
"""How many units of its last place a figure may be off, tried from the most."""
_TRIES: Final = 8
_BESIDES: Final = (
    ("上解收入", "补助下级支出"),
    ("动用预算稳定调节基金", "补充预算周转金"),
    ("区域间转移性收入", "区域间转移性支出"),
    ("待偿债再融资一般债券上年结余", "债务转贷支出"),
    ("接受其他地区援助收入", "援助其他地区支出"),
)
"""Parts that few balances have, of what comes in and of what goes out."""


def near_government(
    layout: GovernmentLayout, publisher: PublishingCounty, figures: GovernmentFigures, name: str, rng: Random
) -> GovernmentFigures | None:
    """`figures` with the near-miss `name`; None where it changes nothing printed, or breaks a check."""
    clean = write_government(layout, publisher, figures)
    for _ in range(_TRIES):
        changed = figures.copy()
        NEAR_MISSES[name](changed, clean, rng)
        written = write_government(layout, publisher, changed)
        if written.content != clean.content and not broken(written):
            return changed
    return None


def _rounded(figures: GovernmentFigures, _clean: Written, rng: Random) -> None:
    """Every amount to the cent, so that each is rounded for itself."""
    factor = 1 + Decimal(rng.randint(10_001, 99_999)) / 1_000_000
    for lines in figures.statements.values():
        for line in lines:
            line.cells |= {series: amount * factor for series, amount in line.cells.items()}


def _edge(figures: GovernmentFigures, clean: Written, rng: Random) -> None:
    """One figure off by what the rounding of those around it explains."""
    _rounded(figures, clean, rng)
    places = [place for place, printed in clean.prints.items() if printed.record and place.table != "fact"]
    place = rng.choice(places)
    unit = clean.prints[place].unit
    figures.line(place.table, place.key).cells[place.column] += rng.choice(_STEPS) * unit


def _tolerance_edge(figures: GovernmentFigures, clean: Written, rng: Random) -> None:
    """One total off by all that the rounding of it and of its parts explains."""
    places = {id(printed): place for place, printed in clean.prints.items() if place.table != "fact"}
    sums = [each for each in equalities(clean) if len(each.parts) > 1 and id(each.total) in places]
    if not sums:
        return
    total = rng.choice(sums)
    place, unit = places[id(total.total)], total.total.unit
    most = total.allowed // unit * unit
    off = total.total.amount - sum(part.amount for part in total.parts)
    figures.line(place.table, place.key).cells[place.column] += rng.choice((most, -most)) - off


def _at_limit(figures: GovernmentFigures, _clean: Written, _rng: Random) -> None:
    """Debt as large as it may be."""
    limit, balance = (figures.line("debt.whole.debt", key).cells for key in ("limit", "balance"))
    limit |= balance


def _rate_edge(figures: GovernmentFigures, clean: Written, rng: Random) -> None:
    """Every tenth percentage one unit of its last place off, as it is where digits are cut."""
    for place, rate in clean.prints.items():
        if RATE.fullmatch(place.column) and rng.random() < 0.1:
            figures.rates[".".join((place.table, place.key, place.column))] = rate.amount - rate.unit


def _further_parts(figures: GovernmentFigures, _clean: Written, rng: Random) -> None:
    """Rows of a balance that no list of parts knows, alike on both sides."""
    for address in [address for address in figures.statements if address.endswith(".income")]:
        outlay = address.replace(".income", ".outlay")
        for number, names in enumerate(rng.sample(_BESIDES, 2)):
            for statement, name in zip((address, outlay), names, strict=True):
                total = figures.line(statement, "total")
                cells = {series: Decimal((300 + 170 * number) * WAN) for series in total.cells}
                figures.statements[statement].insert(-1, StatementLine(f"{FURTHER}{number}", cells, None, name))
                total.cells |= {series: amount + cells[series] for series, amount in total.cells.items()}


def _part_of_a_part(figures: GovernmentFigures, _clean: Written, _rng: Random) -> None:
    """What is left over, and how much of it is bound: told below it, and no further part."""
    for address in [address for address in figures.statements if address.endswith(".outlay")]:
        left = figures.line(address, "left").cells
        bound = {series: (amount * 3 / 5 / WAN).quantize(Decimal(1)) * WAN for series, amount in left.items()}
        figures.statements[address].insert(-1, StatementLine(FURTHER, bound, None, "其中：结转下年支出"))


NEAR_MISSES: Final[dict[str, Callable[[GovernmentFigures, Written, Random], None]]] = {
    "rounded": _rounded,
    "edge": _edge,
    "tolerance_edge": _tolerance_edge,
    "at_limit": _at_limit,
    "rate_edge": _rate_edge,
    "further_parts": _further_parts,
    "part_of_a_part": _part_of_a_part,
}
