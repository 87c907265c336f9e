"""Who follows what came to stand misses nothing and is told what is gone, whatever commits when."""

from dataclasses import replace
from typing import Any

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from services.store import revisions
from services.store.filters import Following
from services.store.queries import following
from services.store.tables import Revision
from shared.archive.contract import Archive
from shared.clock import SystemClock
from shared.database import reading, transaction
from tests.unit.store.store_samples import Keep, Sample, budget_line

FIRST = Sample(lines=[budget_line("教育支出", "100.00"), budget_line("农林水支出", "5.00")])
SECOND = replace(FIRST, revision=2, lines=[budget_line("教育支出", "200.00")])
OTHER = Sample(url="http://x.example/other")


async def ask(client: httpx.AsyncClient, after: str | None = None, limit: int = 100) -> dict[str, Any]:
    parameters = {"limit": limit} | ({"after": after} if after else {})
    found: dict[str, Any] = (await client.get("/api/v1/changes", params=parameters)).raise_for_status().json()
    return found


async def test_what_comes_to_stand_is_followed_without_an_end(keep: Keep, client: httpx.AsyncClient) -> None:
    empty = await ask(client)
    assert empty["items"] == []
    await keep(FIRST, OTHER, FIRST)
    first = await ask(client, empty["next_cursor"])
    assert [each["disclosure_id"] for each in first["items"]] == [FIRST.disclosure_id, OTHER.disclosure_id]
    assert [each["removed"] for each in first["items"]] == [[], []]
    at_end = await ask(client, first["next_cursor"])
    assert (at_end["items"], at_end["next_cursor"]) == ([], first["next_cursor"])
    await keep(SECOND)
    (item,) = (await ask(client, at_end["next_cursor"]))["items"]
    assert (item["revision_id"], item["replaced_revision_id"]) == (SECOND.revision_id, FIRST.revision_id)
    assert item["removed"] == [FIRST.records("")[2]["id"]]
    lines = (await client.get(item["records"])).text.splitlines()
    assert len(lines) == 1 + len(SECOND.lines)


async def test_pages_of_it_follow_each_other(keep: Keep, client: httpx.AsyncClient) -> None:
    await keep(*(replace(OTHER, url=f"http://x.example/{number}") for number in range(5)))
    found, after = [], None
    while (page := await ask(client, after, limit=2))["items"]:
        found += [each["disclosure_id"] for each in page["items"]]
        after = page["next_cursor"]
    assert len(found) == len(set(found)) == 5
    assert (await client.get("/api/v1/changes?after=abc")).status_code == 422


async def test_a_state_that_returns_stands_again_and_is_told_again(keep: Keep, client: httpx.AsyncClient) -> None:
    await keep(FIRST, SECOND, replace(FIRST, revision=3))
    items = (await ask(client))["items"]
    assert [each["revision"] for each in items] == [1, 2, 3]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_what_commits_late_is_not_passed_over(keep: Keep, engine: AsyncEngine, archive: Archive) -> None:
    await keep(FIRST)
    event, now = SECOND.event(archive), SystemClock().now()
    async with transaction(engine) as late:
        stored = Revision.model_validate(
            {**(await standing(engine)).model_dump(exclude={"key"}), "standing": False}
        )
        stored.revision_id, stored.revision, stored.records = SECOND.revision_id, 2, "late"
        late.add(stored)
        await late.flush()
        await revisions.settle(late, event, stored.key or 0, now)
        await late.flush()
        await keep(OTHER)
        async with reading(engine) as session:
            page = await following.page(session, Following())
        assert [each.revision for each in page.items] == [1], "nothing of what came after one that is not done"
    async with reading(engine) as session:
        rest = await following.page(session, Following(after=page.next_cursor))
    assert {each.disclosure_id for each in rest.items} == {FIRST.disclosure_id, OTHER.disclosure_id}


async def standing(engine: AsyncEngine) -> Revision:
    async with reading(engine) as session:
        found = await session.get(Revision, 1)
    assert found is not None
    return found
