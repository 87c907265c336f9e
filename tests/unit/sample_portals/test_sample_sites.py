"""The sample sites are linked as their families are, say that they are fictional, and publish on demand."""

import re
from urllib.parse import urljoin

import httpx
import pytest

from services.sample_portals.server import create_app
from services.sample_portals.world import World, make_world

PORTS = (8901, 8902, 8903)


@pytest.fixture(scope="module")
def world() -> World:
    return make_world(seed=7, counties=3, departments=3, years=2)


def client(world: World, port: int) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=create_app(world, PORTS))
    return httpx.AsyncClient(transport=transport, base_url=f"http://127.0.0.1:{port}")


async def crawl(site: httpx.AsyncClient, start: str) -> dict[str, httpx.Response]:
    """Every page and file that links lead to, from `start`."""
    seen: dict[str, httpx.Response] = {}
    waiting = [start]
    while waiting:
        address = waiting.pop()
        if address in seen:
            continue
        response = seen[address] = await site.get(address)
        if "html" in response.headers.get("content-type", ""):
            links = re.findall(r'(?:href=|showVsbpdfIframe\()"([^"#]+)"', response.text)
            if pager := re.search(r"createPageHTML\((\d+), 0,", response.text):
                links += [f"index_{number}.html" for number in range(1, int(pager[1]))]
            waiting += [
                urljoin(address, link.replace("&amp;", "&")) for link in links if not link.startswith("https:")
            ]
    return seen


@pytest.mark.parametrize(("port", "start"), [(8901, "/zwgk/gsgg/"), (8902, "/zwgk/tzgg.htm")])
async def test_every_link_leads_somewhere(world: World, port: int, start: str) -> None:
    async with client(world, port) as site:
        pages = await crawl(site, start)
    assert {response.status_code for response in pages.values()} == {200}
    html = [response.text for response in pages.values() if "html" in response.headers["content-type"]]
    assert all("纯属虚构" in text for text in html)
    files = [response for response in pages.values() if "html" not in response.headers["content-type"]]
    assert len(files) >= 2


async def test_the_catalogue_lists_every_item_and_its_articles_answer(world: World) -> None:
    county = world.counties[2]
    titles = []
    async with client(world, 8903) as site:
        for page in range(1, 10):
            articles = (await site.get(f"/gkmlpt/api/all/0?page={page}&sid={county.region}")).json()["articles"]
            titles += [article["title"] for article in articles]
            for article in articles:
                assert (await site.get(httpx.URL(article["url"]).path)).status_code == 200
    assert sorted(titles) == sorted(item.title for item in world.of(county) if not item.held)


async def test_publish_and_correct_change_what_is_served(world: World) -> None:
    async with client(world, 8901) as site:
        before = (await site.get("/zwgk/gsgg/")).text
        published = (await site.post("/__publish")).text
        assert published not in before
        assert published in (await site.get("/zwgk/gsgg/")).text
        assert (await site.post("/__correct")).status_code == 200
        for _ in range(20):
            last = await site.post("/__publish")
        assert last.status_code == 409


async def test_a_page_unchanged_answers_304(world: World) -> None:
    async with client(world, 8901) as site:
        first = await site.get("/zwgk/gsgg/")
        again = await site.get("/zwgk/gsgg/", headers={"If-None-Match": first.headers["etag"]})
    assert (first.status_code, again.status_code) == (200, 304)
