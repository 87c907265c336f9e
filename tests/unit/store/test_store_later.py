"""A record of a type that a later version publishes is kept, shown, cited and exported as it is."""

from dataclasses import dataclass
from typing import Any

import httpx

from tests.unit.store.store_samples import Keep, Sample, budget_line
from tests.unit.store.test_store_pages import get, texts

ID = "r" + "f" * 24


@dataclass
class LaterSample(Sample):
    """As a later version publishes it: with a loan among its records."""

    def records(self, document: str) -> list[dict[str, Any]]:
        found = super().records(document)
        common = {name: found[0][name] for name in ("disclosure_id", "revision_id", "version", "provenance")}
        return [*found, {**common, "record": "loan", "id": ID, "lender": "青石县农村信用社", "rate": ["4.35"]}]


SAMPLE = LaterSample(lines=[budget_line("教育支出", "1.00", "205")])
PAGE = f"/disclosures/{SAMPLE.disclosure_id}"


async def test_it_is_shown_and_cited_and_every_link_leads_somewhere(keep: Keep, client: httpx.AsyncClient) -> None:
    await keep(SAMPLE)
    page = await get(client, PAGE)
    assert "青石县农村信用社" in texts(page, "main")[0]
    search = await get(client, "/records?year=2024")
    assert "loan 1" in texts(search, "dl.facets")[0]
    for link in {str(each.attributes["href"]) for each in (*page.css("main a"), *search.css("main a"))}:
        if link.startswith("/") and not link.startswith("/files/"):
            assert (await client.get(link.partition("#")[0])).status_code in {200, 307}, link


async def test_it_is_exported_as_it_is(keep: Keep, client: httpx.AsyncClient) -> None:
    await keep(SAMPLE)
    for suffix in ("xlsx", "zip"):
        assert (await client.get(f"/api/v1/records.{suffix}")).status_code == 200
    published = (await client.get("/api/v1/records.jsonl")).text
    assert '"lender": "青石县农村信用社"' in published.replace('":"', '": "')
