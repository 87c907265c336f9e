"""A month of a portal, a fault at a time: each disclosure once, the replaced one again, none withdrawn."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlmodel import col

from services.fetcher.http.revalidation import PollContext
from services.fetcher.poll import poll
from services.fetcher.state.tables import ItemState
from shared import database
from shared.clock import SystemClock
from tests.unit.fetcher.fetcher_clock import SetClock
from tests.unit.fetcher.fetcher_serving import PORTALS, Served, events, with_settings

Serve = Callable[[str], Served]
FAULTS = {
    "flaky500": {"ok", "unchanged"},
    "truncated": {"ok", "unchanged", "unreachable"},
    "badcharset": {"ok", "unchanged"},
    "soft404": {"ok", "unchanged"},
    "etag": {"ok", "unchanged"},
    "noetag": {"ok", "unchanged"},
    "stale304": {"ok", "unchanged"},
    "maintenance": {"empty"},
    "challenge": {"challenged"},
    "challenge521": {"challenged"},
    "ua403": {"blocked"},
    "referer": {"ok", "unchanged"},
}
"""Fault → the outcomes a poll under it may have."""
MONTH = 30


@pytest.mark.parametrize("name", ["xinqu", "fengfeng"])
async def test_what_an_older_version_told_apart_otherwise_is_no_revision(
    name: str, serve: Serve, means: PollContext
) -> None:
    served = serve(name)
    await poll(served.portal, means)
    before = await events(means)
    async with database.transaction(means.seen.engine) as session:
        await session.exec(update(ItemState).where(col(ItemState.state) == "done").values(signature="older"))
    served.fault("republish")
    await poll(served.portal, means)
    (corrected,) = (await events(means))[len(before) :]
    assert corrected.revision == 2


@pytest.mark.parametrize("name", PORTALS)
async def test_a_month_under_every_fault(name: str, serve: Serve, means: PollContext) -> None:
    served, clock = serve(name), SetClock(SystemClock().now())
    context = with_settings(replace(means, clock=clock), retries=2)
    begun = clock.moment
    plan = [*FAULTS, *[None] * (len(FAULTS) // 2)]
    for number, fault in enumerate([None, *plan, None, None]):
        clock.moment = begun + timedelta(days=number * MONTH / (len(plan) + 2))
        if fault:
            served.fault(fault)
        if number in {4, 9}:
            served.control("publish")
        if number == len(plan):
            served.fault("republish")
        result = await poll(served.portal, context)
        if fault:
            served.fault(fault, on=False)
            assert result.outcome in FAULTS[fault], (fault, result.reason)
        served.forget_requests()
    taken = await events(means)
    first = [event for event in taken if event.revision == 1]
    stages = 2
    wanted = [item for item in served.disclosures if item["stage"] <= stages]
    assert len({event.disclosure_id for event in first}) == len(first) == len(wanted)
    assert all(event.origin.withdrawn_at is None for event in taken)
    again = {event.disclosure_id for event in taken if event.revision > 1}
    assert len(again) == 1
