"""A portal's file from any of its pages."""

from pathlib import Path

import pytest

from services.fetcher.discovery import Proposal, portal_file, propose
from services.fetcher.http.revalidation import PollContext
from services.fetcher.poll import poll
from services.fetcher.portal_files import load_portal
from services.fetcher.rehearsal import rehearse
from services.sample_portals.serve import serving
from services.sample_portals.world import make_world
from tests.unit.fetcher.fetcher_serving import answering
from tests.unit.fetcher.fetcher_sites import FIRST, NOISE, SECOND, THIRD, Answer, Site, pages, portal_of, rows

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


async def test_a_file_that_works_from_the_bare_address_of_each_sample_portal(
    means: PollContext, tmp_path: Path
) -> None:
    with serving(make_world(7, 3, 2, 1)) as running:
        for slug, address in running.addresses.items():
            proposal = await propose(f"{address}/", means, ("127.0.0.1",), lambda _text: None)
            path = tmp_path / f"{slug}.yaml"
            path.write_text(portal_file(proposal, slug, "990101", "示例省样本市示例县", ("127.0.0.1",)), "utf-8")
            portal = load_portal(path).model_copy(update={"pace_seconds": 0.0})
            result = await poll(portal, means)
            county = next(each for each in running.world.counties if each.slug == slug)
            assert (result.outcome, proposal.family) == ("ok", county.family), result.reason
            assert result.counts.new == result.counts.disclosures > 0


async def test_whose_portal_it_is(means: PollContext, tmp_path: Path) -> None:
    proposal, _ = await proposed("/", means, tmp_path)
    assert (proposal.region_name, proposal.region_code) == ("示例县", "990101")


async def test_a_rehearsal_shows_what_is_taken_and_left_by_which_rule_and_keeps_nothing(
    means: PollContext,
) -> None:
    titles = (FIRST, NOISE, SECOND)
    listing = rows(*((f"/info/1/{number}.htm", title) for number, title in enumerate(titles, 101)))
    site = Site({"/list.htm": listing, **pages("/info/1/101.htm", of=(FIRST,))})
    with answering(site) as base_url:
        portal = portal_of("static_html", ["/list.htm"], base_url, body=["#elsewhere"])
        rehearsal = await rehearse(portal, means, lambda _text: None)
    assert [each.found.row.title for each in rehearsal.taken] == [FIRST, SECOND]
    assert [(each.found.row.title, each.rule) for each in rehearsal.left] == [(NOISE, "no rule takes it")]
    assert all(each.rule.startswith("body.take: ") for each in rehearsal.taken)
    assert [article.title for _, article in rehearsal.articles] == [FIRST]
    assert any("102.htm is not there" in fault or "103.htm is not there" in fault for fault in rehearsal.faults)
    assert any("none of the portal's `body` places" in fault for fault in rehearsal.faults)
    assert await means.seen.portals() == {}


async def test_a_rehearsal_tells_of_another_family_and_of_lists_without_disclosures(means: PollContext) -> None:
    listing = rows(("/info/1/101.htm", NOISE)) + "<!--Announced by Visual SiteBuilder 9-->"
    with answering(Site({"/list.htm": listing})) as base_url:
        portal = portal_of("trs_wcm", ["/list.htm"], base_url)
        rehearsal = await rehearse(portal, means, lambda _text: None)
    assert any("family vsb, the file says trs_wcm" in fault for fault in rehearsal.faults)
    assert any("name the lists that have them" in fault for fault in rehearsal.faults)
