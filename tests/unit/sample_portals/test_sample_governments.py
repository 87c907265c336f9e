"""Counties' own documents: right by arithmetic, wrong only as the truth says, the same for the same seed."""

from decimal import Decimal
from functools import cache

import pytest

from services.sample_portals.content import Grid
from services.sample_portals.disclosure import Written
from services.sample_portals.governments.accounts import make_accounts
from services.sample_portals.governments.defects import GOVERNMENT_DEFECTS
from services.sample_portals.governments.identities import broken, equalities
from services.sample_portals.governments.layout import government_layout, government_layouts
from services.sample_portals.governments.near_misses import NEAR_MISSES, near_government
from services.sample_portals.governments.sample import (
    GovernmentSample,
    government_defects_of,
    government_sample,
    publishing_county,
)
from services.sample_portals.governments.write import write_government
from services.sample_portals.truth import MONEY_UNITS
from services.sample_portals.world import make_world, rng_of

SEED = 3
BY_CONTENT = {"government_code_class", "government_published"}


@cache
def documents(name: str) -> list[GovernmentSample]:
    """A clean document of a layout and one with a defect."""
    first, count = government_layouts().index(name), len(government_layouts())
    return [government_sample(SEED, first), government_sample(SEED, first + count)]


@pytest.mark.parametrize("name", government_layouts())
def test_a_document_without_defect_holds_and_one_with_a_defect_breaks_its_check(name: str) -> None:
    clean, wrong = documents(name)
    assert broken(clean.written) == ()
    (defect,) = wrong.written.defects
    assert defect.check in defect.breaks
    assert set(broken(wrong.written)) == set(defect.breaks) - BY_CONTENT
    assert all(subject in wrong.written.truth for subject in defect.subjects)


@pytest.mark.parametrize("name", government_layouts())
def test_what_the_truth_says_is_printed(name: str) -> None:
    (clean, _) = documents(name)
    unit = MONEY_UNITS[government_layout(name).unit]
    texts = [cell.text for block in clean.written.content if isinstance(block, Grid) for row in block.rows
             for cell in row]  # fmt: skip
    printed = {Decimal(plain) * unit for text in texts if _is_number(plain := text.replace(",", ""))}
    lines = [record for record in clean.written.truth if record["record"] == "budget_line"]
    assert len(lines) > 10
    assert all(Decimal(str(line["amount"])) in printed for line in lines)


def _is_number(text: str) -> bool:
    return text.removeprefix("-").replace(".", "", 1).isdigit()


def test_the_same_number_gives_the_same_document_and_another_seed_another() -> None:
    one, again, other = (government_sample(seed, 1).written.content for seed in (SEED, SEED, SEED + 1))
    assert one == again
    assert one != other


@pytest.mark.parametrize("miss", NEAR_MISSES)
def test_a_near_miss_changes_what_is_printed_and_breaks_nothing(miss: str) -> None:
    clean, written = nearly_wrong(miss)
    assert broken(written) == ()
    assert written.content != clean.content


def nearly_wrong(miss: str) -> tuple[Written, Written]:
    """A document right and with the near-miss, in the first layout that shows it."""
    rng = rng_of(SEED, miss)
    publisher = publishing_county(rng)
    figures = make_accounts(rng, publisher.year)
    for layout in map(government_layout, ("accounts", "debt")):
        changed = near_government(layout, publisher, figures, miss, rng)
        if changed is not None:
            return write_government(layout, publisher, figures), write_government(layout, publisher, changed)
    raise AssertionError(miss)


def test_a_total_at_the_edge_is_off_by_all_that_rounding_explains() -> None:
    _, written = nearly_wrong("tolerance_edge")
    sums = [each for each in equalities(written) if len(each.parts) > 1]
    apart = [abs(each.total.amount - sum(part.amount for part in each.parts)) for each in sums]
    assert any(off and off + each.total.unit > each.allowed >= off for off, each in zip(apart, sums, strict=True))


def test_items_with_the_longest_codes_alone_make_the_total() -> None:
    clean, _ = nearly_wrong("rounded")
    totals = [each.total.record for each in equalities(clean) if each.check == "government_codes"]
    assert any(
        record and (record["table"], record["fund"]) == ("government_revenue", "government_fund")
        for record in totals
    )


def test_every_defect_can_be_shown_in_some_layout() -> None:
    shown = {defect for name in government_layouts() for defect in government_defects_of(name)}
    assert shown == set(GOVERNMENT_DEFECTS)


def test_counties_publish_their_own_documents_beside_their_departments() -> None:
    world = make_world(governments=True)
    own = [item for item in world.items if item.kind == "government"]
    assert {item.title for item in own} == {item.written.title for item in own}
    assert {item.county.name for item in own} == {county.name for county in world.counties}
    assert {item.files[0].name.rpartition(".")[2] for item in own} == {"pdf", "docx", "xlsx"}
    assert any(item.written.defects for item in own)
    assert make_world().items == tuple(item for item in world.items if item.kind != "government")
