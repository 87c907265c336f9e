"""Disclosures with known truth for measuring a reader: any number of a seed, in all layouts, right and wrong."""

from dataclasses import dataclass, replace
from functools import cache
from random import Random
from typing import Final

from services.sample_portals.budget import ZERO, Budget, left_for_next_year, make_budget, with_other_income
from services.sample_portals.defects import plant, possible
from services.sample_portals.disclosure import PublishingDepartment, Written, compose, write
from services.sample_portals.figures import Figures
from services.sample_portals.identities import Equality, broken, equalities
from services.sample_portals.layout import ProvinceLayout, layout, names
from services.sample_portals.near_misses import NEAR_MISSES, near
from services.sample_portals.world import COUNTIES, DEPARTMENTS, PROVINCE, rng_of

KINDS: Final = ("clean", "defect", "near", "defect")
"""What the disclosures of a layout are in turn: half are wrong in one thing and nearly so in another."""
LEFT: Final = "left_for_next_year"


@dataclass(frozen=True)
class SampleDisclosure:
    """One disclosure: its publisher, layout and content; `near_miss` names what only looks wrong in it."""

    number: int
    layout: str
    publisher: PublishingDepartment
    written: Written
    near_miss: str | None = None

    def equalities(self) -> list[Equality]:
        """What must hold in it."""
        return list(equalities(self.written))


def sample(seed: int, number: int) -> SampleDisclosure:
    """Disclosure `number` of `seed`; the same arguments give the same disclosure."""
    rng = rng_of(seed, "sample", number)
    name = names()[number % len(names())]
    turn = number // len(names())
    chosen = layout(name)
    publisher = _publisher(rng)
    budget = _budget(rng, chosen, publisher.subject, rng.random() < 0.6)
    figures = compose(rng, chosen, publisher, budget)
    kind, round_ = KINDS[turn % len(KINDS)], turn // len(KINDS)
    planned, miss = (budget, figures), None
    if kind != "clean":
        figures, miss = _nearly_wrong(rng, (chosen, publisher), planned, round_)
    if kind != "defect":
        return SampleDisclosure(number, name, publisher, write(chosen, publisher, figures), miss)
    shown = list(defects_of(name))
    rng_of(seed, "defects", name).shuffle(shown)
    pick = shown[(2 * round_ + (turn % len(KINDS) == 3)) % len(shown)]
    written = plant(chosen, publisher, figures, (pick,))
    if not written.defects:
        miss, written = None, plant(chosen, publisher, planned[1], (pick,))
    return SampleDisclosure(number, name, publisher, written, miss)


def _nearly_wrong(
    rng: Random, printed: tuple[ProvinceLayout, PublishingDepartment], planned: tuple[Budget, Figures], turn: int
) -> tuple[Figures, str | None]:
    """The figures with the near-miss whose turn it is, or the next one that the layout shows, and its name."""
    misses = (*NEAR_MISSES, LEFT)
    for step in range(len(misses)):
        miss = misses[(turn + step) % len(misses)]
        changed = _left(rng, *printed, planned[0]) if miss == LEFT else near(*printed, planned[1], miss, rng)
        if changed is not None:
            return changed, miss
    return planned[1], None


def _left(rng: Random, chosen: ProvinceLayout, publisher: PublishingDepartment, budget: Budget) -> Figures | None:
    """The figures of a budget that leaves money for the next year; None where the layout's prose rules it out."""
    if chosen.kind != "department_budget" or not chosen.carryover:
        return None
    figures = compose(rng, chosen, publisher, left_for_next_year(rng, budget))
    return None if broken(write(chosen, publisher, figures)) else figures


def _publisher(rng: Random) -> PublishingDepartment:
    county, department = rng.choice(COUNTIES), rng.randrange(len(DEPARTMENTS))
    name, subject, _ = DEPARTMENTS[department]
    return PublishingDepartment(
        region=f"9901{COUNTIES.index(county) + 1:02d}",
        region_name=PROVINCE + county,
        county=county,
        department=county + name,
        code=str(301 + department),
        subject=subject,
        year=rng.randint(2021, 2026),
    )


def _budget(rng: Random, chosen: ProvinceLayout, subject: str, fund: bool) -> Budget:
    functions = next(functions for _, short, functions in DEPARTMENTS if short == subject)
    budget = make_budget(rng, functions, fund, 4 if chosen.fine else 2)
    if not chosen.carryover:
        leaves = tuple(replace(leaf, opening=ZERO) for leaf in budget.leaves)
        budget = replace(budget, leaves=leaves, carryover=ZERO)
    accounts = chosen.kind == "final_accounts"
    if accounts or (chosen.fine and rng.random() < 0.5):
        return with_other_income(rng, budget, accounts)
    return budget


@cache
def defects_of(name: str) -> tuple[str, ...]:
    """The defects that a layout can show, tried on a budget that has everything."""
    chosen = layout(name)
    found: dict[str, None] = {}
    for other in (False, True):
        rng = rng_of("defects", name, other)
        publisher = _publisher(rng)
        figures = compose(rng, chosen, publisher, _with(rng, chosen, publisher, other))
        found |= dict.fromkeys(possible(chosen, publisher, figures))
    return tuple(found)


def _with(rng: Random, chosen: ProvinceLayout, publisher: PublishingDepartment, other: bool) -> Budget:
    functions = next(functions for _, short, functions in DEPARTMENTS if short == publisher.subject)
    budget = make_budget(rng, functions, True, 4 if chosen.fine else 2)
    return with_other_income(rng, budget, chosen.kind == "final_accounts") if other else budget
