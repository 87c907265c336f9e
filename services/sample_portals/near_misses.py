"""Near-misses planted in the figures of a disclosure: what looks wrong and must be borne.

Rounding at its edge, a further part that is stated, whole 万元 in prose, a project code carried over, a schedule
whose last month is blank: no finding may come of any.
"""

from collections.abc import Callable
from decimal import Decimal
from random import Random
from typing import Final

from services.sample_portals.defects import difference
from services.sample_portals.disclosure import PublishingDepartment, write
from services.sample_portals.figures import Figures
from services.sample_portals.identities import broken
from services.sample_portals.layout import ProvinceLayout

EDGES: Final = (2, 1)
"""How many units of its last place a total may be off, tried from the most: three figures may be off by two."""


def near(
    layout: ProvinceLayout, publisher: PublishingDepartment, figures: Figures, name: str, rng: Random
) -> Figures | None:
    """`figures` with the near-miss `name`; None where it changes nothing that is printed, or breaks a check."""
    clean = write(layout, publisher, figures).content
    for step in EDGES if name == "rounding_edge" else EDGES[:1]:
        changed = figures.copy()
        try:
            NEAR_MISSES[name](changed, rng)
        except (LookupError, StopIteration):
            return None
        if name == "rounding_edge":
            _edge(layout, changed, rng, step)
        written = write(layout, publisher, changed)
        if written.content != clean and not broken(written):
            return changed
    return None


def _edge(layout: ProvinceLayout, figures: Figures, rng: Random, step: int) -> None:
    """Move a total by `step` units of its last place."""
    lines = [
        line
        for line in figures.statements[rng.choice(("expenditure", "income"))]
        if line.code or line.key == "whole"
    ]
    unit = Decimal(10000 if layout.unit == "万元" else 1).scaleb(-layout.places)
    rng.choice(lines).cells["total"] += step * unit


def _nothing(_figures: Figures, _rng: Random) -> None:
    return


def _whole_units(figures: Figures, _rng: Random) -> None:
    figures.rough |= {"procurement_total", "three_public_total", "fixed_assets_year_end"}


def _carried_code(figures: Figures, rng: Random) -> None:
    project = rng.choice(figures.projects)
    project.code = f"{project.code[:6]}{int(project.code[6:8]) - 2:02d}{project.code[8:]}"


def _december_blank(figures: Figures, rng: Random) -> None:
    rng.choice(figures.projects).schedule = ["25", "50", "75", ""]


def _reserve(figures: Figures, rng: Random) -> None:
    """单位预留机动经费: a further part of all spending, and of its change, that is stated."""
    whole = figures.line("expenditure", "whole")
    amount = min(difference(rng), (whole.cells["project"] / 3).quantize(Decimal(100)))
    whole.cells["project"] -= amount
    whole.cells["reserve"] += amount
    figures.facts["expenditure_project"] -= amount
    figures.facts["expenditure_reserve"] += amount
    figures.facts["change_project"] -= amount
    figures.facts["change_reserve"] += amount


NEAR_MISSES: Final[dict[str, Callable[[Figures, Random], None]]] = {
    "rounding_edge": _nothing,
    "whole_units_in_prose": _whole_units,
    "carried_code": _carried_code,
    "december_blank": _december_blank,
    "stated_reserve": _reserve,
}
