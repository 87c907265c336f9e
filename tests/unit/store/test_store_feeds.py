"""Feeds of lists and searches, and what answers are spared: those a client has, and what compression saves."""

import json
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import httpx
import jsonschema
import pytest

from services.store.app import create_app
from services.store.feeds import Entry, Feed, atom
from services.store.settings import StoreSettings
from shared.clock import SystemClock
from tests.unit.store.store_samples import Keep, Sample, budget_line, finding
from tests.unit.store.test_store_pages import SAMPLE, attribute, get

ATOM = "{http://www.w3.org/2005/Atom}"
OTHER = replace(SAMPLE, url="http://x.example/other", department="样县教育局", title="样县教育局2024年部门预算")


async def entries(client: httpx.AsyncClient, path: str) -> list[ElementTree.Element]:
    answer = await client.get(path)
    assert answer.headers["content-type"].startswith("application/atom+xml")
    root = ElementTree.fromstring(answer.text)
    for name in ("id", "title", "updated"):
        assert root.findtext(ATOM + name)
    for entry in root.iter(f"{ATOM}entry"):
        assert all(entry.findtext(ATOM + name) for name in ("id", "title", "updated", "summary"))
        assert entry.findtext(f"{ATOM}author/{ATOM}name")
    return list(root.iter(f"{ATOM}entry"))


async def test_a_list_is_a_feed_the_newest_first(keep: Keep, client: httpx.AsyncClient) -> None:
    assert await entries(client, "/feeds/disclosures.atom") == []
    await keep(SAMPLE, OTHER)
    titles = [entry.findtext(f"{ATOM}title") for entry in await entries(client, "/feeds/disclosures.atom")]
    assert titles == [OTHER.title, SAMPLE.title]
    (only,) = await entries(client, "/feeds/disclosures.atom?department=水利")
    link = only.find(f"{ATOM}link")
    assert link is not None
    assert (await client.get(link.attrib["href"])).status_code == 200
    assert "错误 1" in (only.findtext(f"{ATOM}summary") or "")


async def test_a_search_is_a_feed(keep: Keep, client: httpx.AsyncClient) -> None:
    await keep(SAMPLE, replace(OTHER, lines=[finding("新的一处不符。")]))
    found = await entries(client, "/feeds/records.atom?type=finding&severity=error")
    assert [entry.findtext(f"{ATOM}title") for entry in found] == ["新的一处不符。", "相差一百元。"]
    items = (await client.get("/feeds/records.json?type=fact")).json()["items"]
    assert [each["title"] for each in items] == ["比上年增减：合计 −0.05 万元", "收入总计 1,234.56 万元"]
    assert len({each["id"] for each in items}) == 2


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("disclosures.json", "预算公开文件 · gongkai"),
        ("disclosures.json?region=130101&year=2024&limit=10", "预算公开文件 · 河北省样市样县 · 2024 · gongkai"),
        ("disclosures.json?region=13&severity=error", "预算公开文件 · 13… · 程度 错误 · gongkai"),
        (
            "records.json?q=支出总计&type=fact&min_wan=1000&sort=amount",
            "预算公开数据 · 支出总计 · 正文数字 · 金额不低于（万元） 1000 · gongkai",
        ),
        (
            "records.json?kind=final_accounts&code=213*&lang=en",
            "Budget records · Final accounts · Code 213* · gongkai",
        ),
    ],
)
async def test_the_title_of_a_feed_says_what_it_is_narrowed_to(
    keep: Keep, client: httpx.AsyncClient, path: str, title: str
) -> None:
    await keep(SAMPLE)
    assert (await client.get(f"/feeds/{path}")).json()["title"] == title
    atom_feed = (await client.get(f"/feeds/{path.replace('.json', '.atom')}")).text
    assert ElementTree.fromstring(atom_feed).findtext(f"{ATOM}title") == title


@pytest.mark.parametrize(("path", "feed"), [("/?year=2024", "disclosures"), ("/records?type=finding", "records")])
async def test_a_page_names_its_feeds(keep: Keep, client: httpx.AsyncClient, path: str, feed: str) -> None:
    await keep(SAMPLE)
    page = await get(client, path)
    query = path.partition("?")[2]
    assert attribute(page, "link[type='application/atom+xml']", "href") == f"/feeds/{feed}.atom?{query}"
    answer = await client.get(f"/feeds/{feed}.json?{query}")
    assert answer.headers["content-type"] == "application/feed+json"
    assert answer.json()["items"]
    assert (await client.get(f"/feeds/{feed}.rss")).status_code == 404


def test_a_text_no_xml_takes_is_left_out() -> None:
    entry = Entry("urn:x", "甲\x0b\x00乙", "", "http://x.example", "丙", SystemClock().now())
    root = ElementTree.fromstring(atom(Feed("", "http://x.example", "http://x.example", [entry])))
    assert root.findtext(f"{ATOM}entry/{ATOM}title") == "甲乙"


async def test_who_has_an_answer_is_not_sent_it_again(keep: Keep, client: httpx.AsyncClient) -> None:
    await keep(SAMPLE)
    for path in ("/api/v1/records?type=fact", "/feeds/disclosures.json", "/"):
        first = await client.get(path)
        again = await client.get(path, headers={"If-None-Match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
    await keep(OTHER)
    changed = await client.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert changed.status_code == 200


async def test_answers_are_compressed_but_for_files_that_are(keep: Keep, client: httpx.AsyncClient) -> None:
    await keep(Sample(lines=[budget_line(f"第{number}项", "1.00") for number in range(50)]))
    for path in ("/api/v1/records", "/", "/api/v1/records.csv?type=budget_line"):
        assert (await client.get(path)).headers.get("content-encoding") == "gzip", path
    assert "content-encoding" not in (await client.get("/api/v1/records.zip")).headers


@pytest.mark.parametrize(
    ("cors", "allowed"), [("", None), ("*", "*"), ("https://a.example, https://b.example", "https://b.example")]
)
async def test_other_pages_scripts_read_where_a_setting_says_so(
    settings: StoreSettings, cors: str, allowed: str | None
) -> None:
    app = create_app(settings.model_copy(update={"cors": cors}))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://store") as client:
        answer = await client.get("/static/style.css", headers={"Origin": "https://b.example"})
    assert answer.headers.get("access-control-allow-origin") == allowed


@pytest.mark.parametrize(
    "path", ["disclosures", "disclosures?year=1950", "records?q=样县 支出", "records?type=finding&lang=en"]
)
async def test_the_json_feeds_are_what_the_specification_says(
    keep: Keep, client: httpx.AsyncClient, path: str
) -> None:
    name, _, query = path.partition("?")
    await keep(SAMPLE, replace(OTHER, published_at=None, lines=[finding("单引号'与<标记>。")]))
    feed = (await client.get(f"/feeds/{name}.json?{query}")).json()
    schema = json.loads(Path(__file__).with_name("json_feed.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())
    assert [f"{error.json_path}: {error.message}" for error in validator.iter_errors(feed)] == []
    ids = [item["id"] for item in feed["items"]]
    assert len(set(ids)) == len(ids)
    assert bool(ids) == ("1950" not in query)
    for address in (feed["home_page_url"], *(item["url"] for item in feed["items"])):
        assert (await client.get(address.partition("#")[0])).status_code == 200
    assert (await client.get(feed["feed_url"])).json() == feed
