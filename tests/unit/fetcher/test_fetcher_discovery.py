"""A portal's file from any of its pages."""

from pathlib import Path

import pytest

from services.fetcher.discovery import Proposal, portal_file, propose
from services.fetcher.http.revalidation import PollContext
from services.fetcher.poll import poll
from services.fetcher.portal_files import load_portal
from tests.unit.fetcher.fetcher_serving import answering
from tests.unit.fetcher.fetcher_sites import FIRST, NOISE, SECOND, THIRD, Answer, Site, pages, rows

HOME = (
    '<html><head><title>示例县人民政府</title><meta name="SiteIDCode" content="9901010001"></head><body>'
    '<a href="/bsfw/">办事服务</a><a href="/zwgk/">政务公开</a>'
    f"{rows(('/gk/a1.html', FIRST), ('/n/1.html', NOISE))}</body></html>"
)
LISTS: dict[str, Answer] = {
    "/": HOME,
    "/zwgk/": '<a href="/gk/list.html">部门预算</a><a href="/gk/news.html">通知公告</a>',
    "/gk/list.html": rows(("a1.html", FIRST), ("a2.html", SECOND)) + '<a href="list_2.html">下一页</a>',
    "/gk/list_2.html": rows(("a3.html", THIRD)),
    "/gk/news.html": rows(("/n/1.html", NOISE), ("/n/2.html", NOISE + "二")),
    **pages("/gk/a1.html", "/gk/a2.html", "/gk/a3.html"),
}


async def proposed(start: str, means: PollContext, folder: Path) -> tuple[Proposal, list[str]]:
    """What is proposed from a page of the site, and what a poll by the proposed file takes."""
    told: list[str] = []
    with answering(Site(LISTS)) as base_url:
        proposal = await propose(base_url + start, means, ("127.0.0.1",), told.append)
        assert told
        path = folder / "sample.yaml"
        path.write_text(portal_file(proposal, "sample", "990101", "示例省样本市示例县", ("127.0.0.1",)), "utf-8")
        portal = load_portal(path).model_copy(update={"pace_seconds": 0.0})
        assert (await poll(portal, means)).outcome == "ok"
    items = await means.seen.items("sample")
    return proposal, sorted(item.title for item in items.values() if item.state == "done")


@pytest.mark.parametrize("start", ["/", "/zwgk/", "/gk/list.html"])
async def test_a_file_that_works_from_any_page(start: str, means: PollContext, tmp_path: Path) -> None:
    proposal, titles = await proposed(start, means, tmp_path)
    assert [column.url.rpartition("/")[2] for column in proposal.columns] == ["list.html"]
    assert [row.title for row in proposal.columns[0].taken] == [FIRST, SECOND]
    assert proposal.columns[0].more
    assert titles == sorted([FIRST, SECOND, THIRD])


async def test_whose_portal_it_is(means: PollContext, tmp_path: Path) -> None:
    proposal, _ = await proposed("/", means, tmp_path)
    assert (proposal.region_name, proposal.region_code) == ("示例县", "990101")
