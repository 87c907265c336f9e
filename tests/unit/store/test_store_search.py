"""Search as people ask: what a figure is called, numbers as printed, counts, sums and facets."""

from dataclasses import replace
from decimal import Decimal

import httpx
import pytest

from services.store.search import amounts
from tests.unit.store.store_samples import Keep, Sample, budget_line, finding
from tests.unit.store.test_store_pages import attribute, fact, get, texts

SAMPLE = Sample(
    lines=[
        fact("expenditure_total", "33833000.00", "支出总计3383.30万元"),
        fact("income_total", "1234.56", "收入"),
        budget_line("教育支出", "250000000.00", "205"),
        budget_line("农林水支出", "33832499.00", "213"),
        {
            "record": "procurement_line",
            "line_type": "item",
            "item": "台式机",
            "catalogue_code": "A0201",
            "total": "5000.00",
        },
        finding("2024年的一处不符。"),
    ]
)
OTHER = replace(SAMPLE, url="http://x.example/other", department="样县教育局", year=2023)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("支出总计", ["33833000.00"]),
        ("3383.3", ["33833000.00"]),
        ("3,383.30", ["33833000.00"]),
        ("３，３８３．３０万元", ["33833000.00"]),
        ("支出总计 3383.3", ["33833000.00"]),
        ("收入总计 3383.3", []),
        ("2.5亿", ["250000000.00"]),
        ("1234.56元", ["1234.56"]),
        ("1234.56", ["1234.56"]),
        ("3383", []),
        ("205", ["250000000.00"]),
        ("２０５", ["250000000.00"]),
        ("205 教育", ["250000000.00"]),
        ("205 农林水", []),
        ("33832499", ["33832499.00"]),
        ("25000", ["250000000.00"]),
        ("a0201", ["5000.00"]),
        ("2024 不符", [None]),
        ("水利局 支出总计", ["33833000.00"]),
        ("样市 水利 2024年 部门预算 支出总计", ["33833000.00"]),
        ("样县 水利局 3,383.3", ["33833000.00"]),
        ("水利局 205", ["250000000.00"]),
        ("样县水利局支出总计", ["33833000.00"]),
        ("样县2024年教育支出", ["250000000.00"]),
        ("样县水利局 农林水支出", ["33832499.00"]),
        ("样县财政局支出总计", []),
        ("支出总计样县", []),
        ("教育局 支出总计", []),
        ("2023 支出总计", []),
        ("水利局 水利局 农林水", ["33832499.00"]),
        ("9" * 15, []),
    ],
)
async def test_figures_are_found_by_name_and_by_number(
    keep: Keep, client: httpx.AsyncClient, query: str, found: list[str]
) -> None:
    await keep(SAMPLE)
    answer = await client.get("/api/v1/records", params={"q": query})
    assert [each.get("amount", each.get("total")) for each in answer.json()["items"]] == found


def test_years_and_codes_are_words_and_an_amount_is_all_that_rounds_to_it() -> None:
    assert amounts("2024年 213 水利") == (["2024年", "213", "水利"], [])
    assert amounts("1,000万元") == ([], [[(Decimal(9_995_000), Decimal(10_005_000))]])
    assert amounts("-0.05元") == ([], [[(Decimal("-0.055"), Decimal("-0.045"))]])


async def test_hits_are_counted_added_up_and_told_by_what_they_are_of(
    keep: Keep, client: httpx.AsyncClient
) -> None:
    await keep(SAMPLE, OTHER)
    answer = (await client.get("/api/v1/records/summary?type=budget_line")).json()
    assert (answer["count"], answer["more"], answer["amount"]) == (4, False, "567664998.00")
    assert answer["facets"]["fiscal_year"] == {"2024": 2, "2023": 2}
    assert answer["facets"]["department"] == {"样县水利局": 2, "样县教育局": 2}
    page = await get(client, "/records?type=budget_line")
    assert texts(page, ".summary") == ["共 4 条，金额合计 56,766.4998 万元（合计行与明细行一并相加） · 下载 Excel"]
    link = attribute(page, ".facets a", "href")
    assert len(texts(await get(client, link), "table.records tbody tr")) == 2


async def test_the_form_takes_ten_thousands_with_separators(keep: Keep, client: httpx.AsyncClient) -> None:
    await keep(SAMPLE)
    page = await get(client, "/records?type=budget_line&min_wan=3,383.2万元&max_wan=25,000")
    assert len(texts(page, "table.records tbody tr")) == 2
    assert (
        len(texts(await get(client, "/records?type=budget_line&min_wan=３，３８４"), "table.records tbody tr"))
        == 1
    )
    await get(client, "/records?min_wan=viel", 422)


async def test_words_are_in_the_record_or_in_what_its_disclosure_is(keep: Keep, client: httpx.AsyncClient) -> None:
    accounts = replace(SAMPLE, kind="final_accounts", url="http://x.example/3")
    await keep(SAMPLE, replace(OTHER, title="2023年预算"), replace(SAMPLE, revision=2), accounts)
    expected = {
        "水利局": 14,
        "水利局 教育": 2,
        "教育": 9,
        "部门决算 水利局": 7,
        "2023 农林水": 1,
        "样县 支出总计": 3,
        "样县教育局 水利局": 0,
    }
    for query, count in expected.items():
        answer = (await client.get("/api/v1/records/summary", params={"q": query})).json()
        page = (await client.get("/api/v1/records", params={"q": query, "sort": "newest"})).json()["items"]
        lines = (await client.get("/api/v1/records.jsonl", params={"q": query})).text.splitlines()
        assert answer["count"] == len(page) == len(lines) == count, query


async def test_pages_of_a_search_in_both_come_to_an_end(keep: Keep, client: httpx.AsyncClient) -> None:
    await keep(SAMPLE, OTHER)
    for sort in ("stored", "newest", "amount"):
        asked = {"q": "样县 支出", "sort": sort, "limit": "1"}
        seen: list[str] = []
        while True:
            answer = (await client.get("/api/v1/records", params=asked)).json()
            seen += [each["id"] for each in answer["items"]]
            if not answer["next_cursor"]:
                break
            asked["cursor"] = answer["next_cursor"]
        assert len(seen) == len(set(seen)) == 6, sort
