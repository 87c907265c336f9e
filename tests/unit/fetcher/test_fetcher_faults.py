"""What portals do to a fetcher: every fault ends in a named outcome, and nothing wrong is taken."""

from collections.abc import Callable

import pytest

from services.fetcher.http.revalidation import PollContext
from services.fetcher.poll import poll
from tests.unit.fetcher.fetcher_serving import PORTALS, Served, events, with_settings

Serve = Callable[[str], Served]


async def hashes(means: PollContext) -> set[str]:
    return {file.sha256 for event in await events(means) for file in event.files if file.role == "attachment"}


@pytest.mark.parametrize("name", PORTALS)
async def test_errors_in_passing_cost_tries_and_nothing_else(name: str, serve: Serve, means: PollContext) -> None:
    served = serve(name)
    served.fault("flaky500")
    result = await poll(served.portal, means)
    assert result.outcome == "ok"
    assert result.counts.new == len([item for item in served.disclosures if item["stage"] == 0])
    assert result.counts.failed == 0


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        ("challenge", "challenged"),
        ("challenge521", "challenged"),
        ("ua403", "blocked"),
        ("maintenance", "empty"),
    ],
)
@pytest.mark.parametrize("name", PORTALS)
async def test_a_portal_that_shows_no_content_is_named_for_why(
    name: str, fault: str, outcome: str, serve: Serve, means: PollContext
) -> None:
    served = serve(name)
    served.fault(fault)
    result = await poll(served.portal, means)
    assert result.outcome == outcome
    assert result.reason
    assert await events(means) == []
    served.fault(fault, on=False)
    assert (await poll(served.portal, means)).outcome == "ok"


@pytest.mark.parametrize("name", ["pingxiang", "guangyang", "fengfeng"])
async def test_a_list_under_maintenance_loses_nothing(name: str, serve: Serve, means: PollContext) -> None:
    served = serve(name)
    await poll(served.portal, means)
    known = await events(means)
    served.fault("maintenance")
    assert (await poll(served.portal, with_settings(means, full_fetch_days=0))).outcome == "empty"
    served.fault("maintenance", on=False)
    assert (await poll(served.portal, means)).outcome == "unchanged"
    assert await events(means) == known


@pytest.mark.parametrize("name", PORTALS)
async def test_a_missing_page_is_gone_whatever_its_status(name: str, serve: Serve, means: PollContext) -> None:
    served = serve(name)
    served.fault("soft404")
    result = await poll(served.portal, means)
    assert (result.outcome, result.counts.gone, result.counts.failed) == ("ok", 1, 0)
    (trouble, *_) = [item for item in await means.seen.troubles(10) if item.state == "gone"]
    dead = {item["url"] for item in served.items if item.get("dead")}
    assert any(trouble.url.endswith(url) for url in dead)


async def test_a_missing_attachment_is_told_and_the_rest_is_taken(serve: Serve, means: PollContext) -> None:
    served = serve("pingxiang")
    await poll(served.portal, means)
    (told,) = [item for item in await means.seen.troubles(10) if item.state == "done"]
    assert told.reason is not None
    assert "名词解释.doc" in told.reason
    (event,) = [event for event in await events(means) if event.disclosure_id == told.disclosure_id]
    assert [file.name.rpartition(".")[2] for file in event.files][1:] == ["docx", "xlsx"]


@pytest.mark.parametrize("name", ["pingxiang", "guangyang", "fengfeng", "caofeidian"])
async def test_a_file_cut_short_is_never_taken(name: str, serve: Serve, means: PollContext) -> None:
    served = serve(name)
    served.fault("truncated")
    result = await poll(served.portal, means)
    assert result.counts.failed > 0
    assert result.outcome == "unreachable"
    truth = {each["sha256"] for item in served.items for each in item.get("attachments", []) if "sha256" in each}
    assert await hashes(means) <= truth
    reasons = [item.reason or "" for item in await means.seen.troubles(100) if item.state == "failed"]
    assert all("cut short" in reason for reason in reasons)
    served.fault("truncated", on=False)
    again = await poll(served.portal, means)
    assert (again.outcome, again.counts.failed) == ("ok", 0)
    assert len(await events(means)) == len([item for item in served.disclosures if item["stage"] == 0])


async def test_a_file_that_always_fails_is_left_out_after_its_attempts(serve: Serve, means: PollContext) -> None:
    served = serve("guangyang")
    served.fault("truncated")
    patient = with_settings(means, item_attempts=2, retries=0)
    assert (await poll(served.portal, patient)).counts.new == 0
    result = await poll(served.portal, patient)
    assert result.counts.new == len([item for item in served.disclosures if item["stage"] == 0])
    assert not await hashes(means)
    assert all(
        "cut short" in (item.reason or "") for item in await means.seen.troubles(100) if item.state == "done"
    )
    served.fault("truncated", on=False)
    assert (await poll(served.portal, patient)).counts.resting == result.counts.new + 1
    later = with_settings(patient, full_fetch_days=0)
    assert (await poll(served.portal, later)).counts.changed == result.counts.new


async def test_a_slow_portal_is_waited_for(serve: Serve, means: PollContext) -> None:
    served = serve("xinqu")
    served.fault("slow")
    assert (await poll(served.portal, means)).outcome == "ok"


async def test_a_false_304_is_believed_only_for_so_long(serve: Serve, means: PollContext) -> None:
    served = serve("pingxiang")
    await poll(served.portal, means)
    served.fault("republish")
    served.fault("stale304")
    assert (await poll(served.portal, means)).outcome == "unchanged"
    result = await poll(served.portal, with_settings(means, full_fetch_days=0))
    assert (result.outcome, result.counts.changed) == ("ok", 1)


@pytest.mark.parametrize("fault", ["etag", "noetag", "badcharset"])
@pytest.mark.parametrize("name", ["pingxiang", "xinqu"])
async def test_wrong_headers_change_nothing(name: str, fault: str, serve: Serve, means: PollContext) -> None:
    served = serve(name)
    await poll(served.portal, means)
    served.fault(fault)
    result = await poll(served.portal, means)
    assert (result.outcome, result.counts.changed, result.counts.failed) == ("unchanged", 0, 0)


async def test_downloads_that_ask_for_their_article_get_it(serve: Serve, means: PollContext) -> None:
    served = serve("fengfeng")
    served.fault("referer")
    result = await poll(served.portal, means)
    assert (result.outcome, result.counts.failed) == ("ok", 0)
    truth = {each["sha256"] for item in served.disclosures for each in item["attachments"] if item["stage"] == 0}
    assert await hashes(means) == truth


async def test_the_same_bytes_at_two_addresses_are_two_disclosures(serve: Serve, means: PollContext) -> None:
    served = serve("fengfeng")
    await poll(served.portal, means)
    doubled = [item["attachments"][0]["sha256"] for item in served.disclosures if item.get("duplicate_of")]
    holders = [event for event in await events(means) if any(file.sha256 == doubled[0] for file in event.files)]
    assert len(holders) == 2
    assert len({event.disclosure_id for event in holders}) == 2
