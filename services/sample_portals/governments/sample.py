"""Counties' documents with known truth for measuring a reader: any number of a seed, in all layouts."""

from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Final

from services.sample_portals.disclosure import Written
from services.sample_portals.governments.accounts import GovernmentFigures, make_accounts
from services.sample_portals.governments.defects import GOVERNMENT_DEFECTS, plant_government
from services.sample_portals.governments.identities import equalities
from services.sample_portals.governments.layout import GovernmentLayout, government_layout, government_layouts
from services.sample_portals.governments.near_misses import NEAR_MISSES, near_government
from services.sample_portals.governments.write import PublishingCounty, write_government
from services.sample_portals.identities import Equality
from services.sample_portals.world import COUNTIES, PROVINCE, rng_of

KINDS: Final = ("clean", "defect", "near", "defect")
"""What the documents of a layout are in turn: half are wrong in one thing and nearly so in another."""


@dataclass(frozen=True)
class GovernmentSample:
    """One document: who publishes it, its layout and content; `near_miss` names what only looks wrong in it."""

    number: int
    layout: str
    publisher: PublishingCounty
    written: Written
    near_miss: str | None = None

    def equalities(self) -> list[Equality]:
        """What must hold in it."""
        return list(equalities(self.written))


def government_sample(seed: int, number: int) -> GovernmentSample:
    """Document `number` of `seed`; the same arguments give the same document."""
    rng = rng_of(seed, "government", number)
    names = government_layouts()
    name, turn = names[number % len(names)], number // len(names)
    layout = government_layout(name)
    publisher = publishing_county(rng)
    figures = planned = make_accounts(rng, publisher.year - layout.after)
    kind, round_ = KINDS[turn % len(KINDS)], turn // len(KINDS)
    miss = None
    if kind != "clean":
        figures, miss = _nearly_wrong(rng, layout, publisher, planned, round_)
    if kind == "defect":
        shown = government_defects_of(name)
        for step in range(len(shown)):
            pick = shown[(2 * round_ + turn % len(KINDS) // 2 + step) % len(shown)]
            for each, what in ((figures, miss), (planned, None)):
                written = plant_government(layout, publisher, each, pick, rng)
                if written is not None:
                    return GovernmentSample(number, name, publisher, written, what)
    return GovernmentSample(number, name, publisher, write_government(layout, publisher, figures), miss)


def _nearly_wrong(
    rng: Random, layout: GovernmentLayout, publisher: PublishingCounty, figures: GovernmentFigures, turn: int
) -> tuple[GovernmentFigures, str | None]:
    """The figures with the near-miss whose turn it is, or the next one that the layout shows, and its name."""
    misses = tuple(NEAR_MISSES)
    for step in range(len(misses)):
        miss = misses[(turn + step) % len(misses)]
        changed = near_government(layout, publisher, figures, miss, rng)
        if changed is not None:
            return changed, miss
    return figures, None


def publishing_county(rng: Random) -> PublishingCounty:
    """One of the fictional counties, in some year."""
    county = rng.choice(COUNTIES)
    return PublishingCounty(
        f"9901{COUNTIES.index(county) + 1:02d}", PROVINCE + county, county, rng.randint(2021, 2026)
    )


@cache
def government_defects_of(name: str) -> tuple[str, ...]:
    """The defects that a layout can show."""
    layout, rng = government_layout(name), rng_of("defects", name)
    publisher = publishing_county(rng)
    shown = [each for each in GOVERNMENT_DEFECTS if _shows(layout, publisher, each, rng)]
    rng.shuffle(shown)
    return tuple(shown)


def _shows(layout: GovernmentLayout, publisher: PublishingCounty, defect: str, rng: Random) -> bool:
    figures = make_accounts(rng, publisher.year - layout.after)
    return plant_government(layout, publisher, figures, defect, rng) is not None
