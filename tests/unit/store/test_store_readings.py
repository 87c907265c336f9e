"""A revision may have been read several times: each reading can be reached, and a filter says which is meant."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import httpx
import pytest
from selectolax.lexbor import LexborHTMLParser

from tests.unit.store.store_samples import Keep, Sample, budget_line

OLDER = Sample(version="0.9.0", title="旧读", lines=[budget_line("旧读数", "9.00")])
NEWER = replace(OLDER, version="0.10.0", title="新读", lines=[budget_line("新读数", "10.00")])
SECOND = replace(OLDER, revision=2, title="二版", lines=[budget_line("二版数", "2.00")])
PAGE = f"/disclosures/{OLDER.disclosure_id}"


async def names(client: httpx.AsyncClient, **wanted: Any) -> list[str]:
    answer = await client.get("/api/v1/records", params={"type": "budget_line", **wanted})
    assert answer.status_code == 200, answer.text
    return [each["name"] for each in answer.json()["items"]]


async def page(client: httpx.AsyncClient, path: str) -> LexborHTMLParser:
    answer = await client.get(path, follow_redirects=True)
    assert answer.status_code == 200, path
    return LexborHTMLParser(answer.text)


def heading(shown: LexborHTMLParser) -> str:
    node = shown.css_first("h1")
    assert node is not None
    return node.text()


@pytest.mark.parametrize("kept", [(OLDER, NEWER), (NEWER, OLDER), (SECOND, NEWER, OLDER), (OLDER, SECOND, NEWER)])
async def test_a_revision_is_its_highest_reading_in_whatever_order_they_came(
    keep: Keep, client: httpx.AsyncClient, kept: tuple[Sample, ...]
) -> None:
    await keep(*kept)
    assert await names(client, revision=OLDER.revision_id) == ["新读数"]
    assert heading(await page(client, f"{PAGE}?revision={OLDER.revision_id}")) == "新读"


async def test_every_reading_of_the_history_can_be_reached_with_all_its_links(
    keep: Keep, client: httpx.AsyncClient
) -> None:
    await keep(NEWER, OLDER, SECOND)
    links = (await page(client, PAGE)).css("#history td a")
    history = [node for node in links if "/changes" not in str(node.attributes["href"])]
    shown = [await page(client, str(node.attributes["href"])) for node in history]
    assert [heading(each) for each in shown] == ["二版", "旧读", "新读"]
    for each, name in zip(shown, ["二版数", "旧读数", "新读数"], strict=True):
        (listed,) = (node for node in each.css("#files .hint a") if node.text() == "JSON")
        answer = (await client.get(str(listed.attributes["href"]))).json()
        assert [found.get("name") for found in answer["items"]] == [None, name]
        figure = each.css_first("a.figure")
        assert figure is not None
        source = await page(client, str(figure.attributes["href"]).partition("#")[0])
        back = source.css_first(".crumbs a")
        assert back is not None
        assert heading(await page(client, str(back.attributes["href"]).partition("#")[0])) == heading(each)


async def test_a_reading_is_named_by_its_number_among_the_revisions(keep: Keep, client: httpx.AsyncClient) -> None:
    await keep(OLDER, NEWER, SECOND)
    revisions = (await client.get(f"/api/v1{PAGE}/revisions")).json()
    found = {each["version"]: await names(client, reading=each["reading"]) for each in revisions[1:]}
    assert found == {"0.9.0": ["旧读数"], "0.10.0": ["新读数"]}
    older = revisions[-1]["reading"]
    assert await names(client, reading=older, revision=OLDER.revision_id) == ["旧读数"]
    assert await names(client, reading=older, revision=SECOND.revision_id) == []
    assert await names(client, reading=2**63 - 1) == []
    assert (await client.get(f"{PAGE}?reading={older}&revision={SECOND.revision_id}")).status_code == 404
    assert (await client.get(f"/disclosures/dx?reading={older}")).status_code == 404
    rows = (await page(client, f"/records?reading={older}")).css("td.title a")
    assert {heading(await page(client, str(row.attributes["href"]).partition("#")[0])) for row in rows} == {"旧读"}


MEETS: Mapping[str, object] = {
    "disclosure": OLDER.disclosure_id,
    "region": "1301",
    "year": 2024,
    "department": "水利",
    "kind": "department_budget",
}
FAILS: Mapping[str, object] = {
    "disclosure": "dx",
    "region": "14",
    "year": 2023,
    "department": "教育",
    "kind": "final_accounts",
}


async def test_a_named_revision_must_meet_everything_else_that_is_given(
    keep: Keep, client: httpx.AsyncClient
) -> None:
    await keep(NEWER, SECOND)
    assert await names(client, revision=OLDER.revision_id, **MEETS) == ["新读数"]
    for name, value in FAILS.items():
        assert await names(client, revision=OLDER.revision_id, **{name: value}) == [], name


async def test_a_reading_that_is_outranked_does_not_stand_in_for_the_one_that_is_meant(
    keep: Keep, client: httpx.AsyncClient
) -> None:
    await keep(replace(OLDER, department="样县教育局"), NEWER)
    assert await names(client, revision=OLDER.revision_id, department="教育") == []
