"""Lists are complete and stable at any page size; filters give what they say; amounts are exact."""

import itertools
from dataclasses import replace
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncEngine

from services.store.queries.records import FEW
from tests.unit.store.store_samples import Keep, Sample, budget_line, finding

WATER = Sample(
    lines=[
        budget_line("农林水支出", "123456789012.34", "213"),
        budget_line("水利支出", "0.10", "21303"),
        budget_line("水利工程建设", "0.20", "2130305", column="basic"),
        budget_line("“三公”经费", "0.30", table="three_public"),
        budget_line("未标明单位", None, "214"),
        {"record": "fact", "metric": "income_total", "year": 2024, "amount": "-15.09"},
        {"record": "project", "name": "农村饮水安全ＰＲＯ项目", "code": "13010124P001", "budget": "0.30"},
        {
            "record": "procurement_line",
            "line_type": "item",
            "item": "水泵",
            "catalogue_code": "A020101",
            "total": "9.00",
        },
        {"record": "asset", "category": "车辆", "value": "7.00"},
        finding("收支相差100元。", "error", "column_total"),
        finding("指标值缺少单位。", "info", "unit_missing"),
        {"record": "check", "check": "column_total", "status": "fail"},
    ]
)
SCHOOL = Sample(
    url="http://yy.example.gov.cn/1.html",
    title="乙县教育局2023年部门决算",
    region_code="140201",
    region_name="山西省乙市乙县",
    department="乙县教育局",
    year=2023,
    kind="final_accounts",
    lines=[budget_line("教育支出", "500.00", "205"), budget_line("普通教育", "300.00", "20502")],
    published_at="2024-08-01T00:00:00+08:00",
)


@pytest.fixture
async def filled(keep: Keep, client: httpx.AsyncClient) -> httpx.AsyncClient:
    await keep(replace(WATER, revision=1, lines=[budget_line("旧数", "1.00", "213")]), replace(WATER, revision=2))
    await keep(SCHOOL)
    return client


async def items(client: httpx.AsyncClient, path: str, **parameters: Any) -> list[dict[str, Any]]:
    """All items of a list, page by page."""
    found = []
    while True:
        answer = await client.get(f"/api/v1/{path}", params=parameters)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        found += page["items"]
        if page["next_cursor"] is None:
            return found
        assert len(page["items"]) == parameters.get("limit", 100)
        parameters["cursor"] = page["next_cursor"]


def names(found: list[dict[str, Any]]) -> list[str]:
    return [each.get("name") or each.get("item") or each.get("category") or each["record"] for each in found]


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(limit=st.integers(1, 20), sort=st.sampled_from(["stored", "amount"]))
async def test_any_page_size_gives_every_record_once(filled: httpx.AsyncClient, limit: int, sort: str) -> None:
    whole = await items(filled, "records", sort=sort)
    assert await items(filled, "records", sort=sort, limit=limit) == whole
    assert len({each["id"] for each in whole}) == len(whole)
    if sort == "stored":
        assert len(whole) == 1 + len(WATER.lines) + 1 + len(SCHOOL.lines)


@pytest.mark.parametrize("sort", ["stored", "published", "errors"])
async def test_disclosures_page_by_page(keep: Keep, client: httpx.AsyncClient, sort: str) -> None:
    many = [replace(WATER, url=f"http://xx.example.gov.cn/{number}.html", lines=[]) for number in range(5)]
    await keep(*many, SCHOOL)
    found = await items(client, "disclosures", sort=sort, limit=2)
    assert {each["disclosure_id"] for each in found} == {each.disclosure_id for each in (*many, SCHOOL)}
    assert len(found) == 6
    assert found[0]["title"] == SCHOOL.title


async def test_a_page_is_stable_while_new_disclosures_come(keep: Keep, filled: httpx.AsyncClient) -> None:
    first = (await filled.get("/api/v1/records", params={"limit": 5})).json()
    await keep(replace(WATER, url="http://xx.example.gov.cn/new.html"))
    rest = await items(filled, "records", cursor=first["next_cursor"])
    found = [each["id"] for each in itertools.chain(first["items"], rest)]
    assert len(found) == len(set(found)) == 1 + len(WATER.lines) + 1 + len(SCHOOL.lines) + 1 + len(WATER.lines)


FILTERS: list[tuple[dict[str, Any], list[str]]] = [
    ({"type": "budget_line", "region": "1402"}, ["教育支出", "普通教育"]),
    ({"type": "budget_line", "year": 2023}, ["教育支出", "普通教育"]),
    ({"type": "budget_line", "kind": "final_accounts"}, ["教育支出", "普通教育"]),
    ({"type": "budget_line", "department": "教育"}, ["教育支出", "普通教育"]),
    ({"type": "budget_line", "region": "13", "year": 2023}, []),
    ({"code": "213"}, ["农林水支出"]),
    ({"code": "213*"}, ["农林水支出", "水利支出", "水利工程建设"]),
    ({"code": "%"}, []),
    ({"code": "A020101"}, ["水泵"]),
    ({"table": "three_public"}, ["“三公”经费"]),
    ({"column": "basic"}, ["水利工程建设"]),
    ({"min_amount": "123456789012.34"}, ["农林水支出"]),
    ({"min_amount": "123456789012.35"}, []),
    ({"max_amount": "123456789012.33", "min_amount": "400"}, ["教育支出"]),
    ({"min_amount": "0.30", "max_amount": "0.30"}, ["“三公”经费", "农村饮水安全ＰＲＯ项目"]),
    ({"max_amount": "0"}, ["fact"]),
    ({"severity": "error"}, ["finding"]),
    ({"check": "unit_missing"}, ["finding"]),
    ({"check": "column_total", "status": "fail"}, ["check"]),
    ({"q": "利工"}, ["水利工程建设"]),
    ({"q": "三公经费"}, ["“三公”经费"]),
    ({"q": "泵"}, ["水泵"]),
    ({"q": "安全pro"}, ["农村饮水安全ＰＲＯ项目"]),
    ({"q": "水利 建设"}, ["水利工程建设"]),
    ({"q": "利水"}, []),
    (
        {"q": "水", "type": "budget_line", "sort": "amount"},
        ["农林水支出", "“三公”经费", "水利工程建设", "水利支出"],
    ),
    ({"q": '"水" OR NOT * ('}, []),
    ({"disclosure": SCHOOL.disclosure_id, "sort": "amount"}, ["教育支出", "普通教育"]),
]


async def test_a_filter_gives_what_it_says(filled: httpx.AsyncClient) -> None:
    found = [(wanted, names(await items(filled, "records", **wanted))) for wanted, _ in FILTERS]
    assert found == FILTERS


async def test_a_scope_of_many_disclosures_gives_the_same(keep: Keep, filled: httpx.AsyncClient) -> None:
    wanted: list[dict[str, Any]] = [
        {"type": "budget_line", "year": 2024},
        {"type": "budget_line", "kind": "department_budget", "sort": "amount", "limit": 2},
        {"code": "2130305", "year": 2024},
        {"q": "水利工程", "kind": "department_budget"},
    ]
    few = [await items(filled, "records", **each) for each in wanted]
    assert all(few)
    empty = Sample(title="空", department="空", lines=[])
    await keep(*(replace(empty, url=f"http://zz.example.gov.cn/{number}") for number in range(FEW + 1)))
    assert [await items(filled, "records", **each) for each in wanted] == few


async def test_findings_and_checks_have_their_own_lists(filled: httpx.AsyncClient) -> None:
    assert [each["message"] for each in await items(filled, "findings", severity="error")] == ["收支相差100元。"]
    assert [each["status"] for each in await items(filled, "checks")] == ["fail"]


async def test_a_new_revision_changes_what_is_found(
    keep: Keep, filled: httpx.AsyncClient, engine: AsyncEngine
) -> None:
    assert names(await items(filled, "records", q="旧数")) == []
    assert names(await items(filled, "records", q="旧数", revision=replace(WATER, revision=1).revision_id)) == [
        "旧数"
    ]
    await keep(replace(WATER, revision=3, lines=[budget_line("新数", "2.00")]))
    assert names(await items(filled, "records", q="水利工程")) == []
    assert names(await items(filled, "records", q="新数")) == ["新数"]


async def test_disclosures_by_words_and_findings(filled: httpx.AsyncClient) -> None:
    async def titles(**wanted: Any) -> list[str]:
        return [each["title"] for each in await items(filled, "disclosures", **wanted)]

    assert await titles(q="教育局 决算") == [SCHOOL.title]
    assert await titles(q="样县") == [WATER.title]
    assert await titles(severity="error") == [WATER.title]
    assert await titles(region="130101", year=2024, kind="department_budget", department="水利") == [WATER.title]
    assert await titles(severity="warning") == []
