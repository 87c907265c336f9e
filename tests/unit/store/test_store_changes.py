"""What changed between revisions, on the page and in the API; what a citation says once its figure is another."""

from dataclasses import replace

import httpx

from tests.unit.store.store_samples import Keep, Sample, budget_line
from tests.unit.store.test_store_pages import attribute, get, texts

PLACE = {"table": 0, "row": 1, "column": 2, "block": 1, "text": "1,234.56"}
FIRST = Sample(
    lines=[
        budget_line("农林水支出", "12345600.00", "213", provenance=PLACE),
        budget_line("教育支出", "1000.00", "205", provenance=PLACE | {"row": 2}),
    ]
)
SECOND = replace(FIRST, revision=2, lines=[budget_line("农林水支出", "12345700.00", "213", provenance=PLACE)])
PAGE = f"/disclosures/{FIRST.disclosure_id}"


def record_of(number: int) -> str:
    """The id of a sample's record: they are told apart by their place among the lines."""
    return str(FIRST.records("")[number]["id"])


async def test_the_changes_are_told_with_both_values_and_places(keep: Keep, client: httpx.AsyncClient) -> None:
    await keep(FIRST, SECOND)
    found = (await client.get(f"/api/v1{PAGE}/changes")).json()
    told = {each["name"]: each for each in found if each["record_type"] == "budget_line"}
    assert told["农林水支出"]["change"] == "changed"
    assert told["农林水支出"]["fields"] == [{"field": "amount", "before": "12345600.00", "after": "12345700.00"}]
    assert told["农林水支出"]["before"]["row"] == told["农林水支出"]["after"]["row"] == 1
    assert (told["教育支出"]["change"], told["教育支出"]["after"]) == ("removed", None)
    page = await get(client, f"{PAGE}/changes")
    rows = texts(page, "table.changes tbody tr")
    assert "改动 预算表 农林水支出 213 · 合计 · 支出总表金额（万元） 1,234.56 1,234.57 0.01 原 新" in rows
    assert any(row.startswith("删去 预算表 教育支出") for row in rows)
    for link in page.css("table.changes .places a"):
        await get(client, str(link.attributes["href"]).partition("#")[0])


async def test_revisions_are_chosen_and_none_is_before_the_first(keep: Keep, client: httpx.AsyncClient) -> None:
    await keep(FIRST)
    for path in (f"/api/v1{PAGE}/changes", f"{PAGE}/changes", "/api/v1/disclosures/d0/changes"):
        assert (await client.get(path)).status_code == 404
    third = replace(SECOND, revision=3)
    await keep(SECOND, third)
    assert not (await client.get(f"/api/v1{PAGE}/changes")).json()
    query = f"revision={third.revision_id}&against={FIRST.revision_id}"
    assert len((await client.get(f"/api/v1{PAGE}/changes?{query}")).json()) == 2
    assert len(texts(await get(client, f"{PAGE}/changes?{query}"), "option")) == 2


async def test_the_page_of_a_revision_leads_to_its_changes(keep: Keep, client: httpx.AsyncClient) -> None:
    await keep(FIRST, SECOND)
    page = await get(client, PAGE)
    assert attribute(page, ".notice a", "href") == f"{PAGE}/changes"


async def test_a_citation_says_that_a_newer_revision_says_otherwise(keep: Keep, client: httpx.AsyncClient) -> None:
    await keep(FIRST)
    plain = await get(client, f"{PAGE}/source?record={record_of(1)}")
    cited = attribute(plain, ".cite a", "href").partition("#")[0]
    assert f"revision={FIRST.revision_id}" in cited
    assert not texts(plain, ".notice")
    await keep(SECOND)
    (notice,) = texts(await get(client, cited), ".notice")
    assert "现行的第 2 版另有说法：金额（万元） 1,234.56 → 1,234.57" in notice
    assert not texts(await get(client, f"{PAGE}/source?record={record_of(1)}"), ".notice")


async def test_a_citation_of_what_is_gone_still_shows_it(keep: Keep, client: httpx.AsyncClient) -> None:
    await keep(FIRST, SECOND)
    page = await get(client, f"{PAGE}/source?record={record_of(2)}")
    assert texts(page, ".notice") == ["这里是第 1 版；现行的第 2 版已没有这一条。"]
    assert texts(page, "tr.here th") == ["3"]
