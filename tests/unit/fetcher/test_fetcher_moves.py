"""Disclosures at new addresses: what moved stays one, what is but of one title does not."""

from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler

import pytest

from services.fetcher.counts import PollResult
from services.fetcher.http.revalidation import PollContext
from services.fetcher.poll import poll
from shared.schemas.events import FetchedEvent
from tests.unit.fetcher.fetcher_serving import answering, events, send
from tests.unit.fetcher.fetcher_sites import PDF, TABLE, Answer, Site, article, portal_of, rows

LIST = "/gk/list.html"
NAMES = tuple(f"某县第{number}局2024年部门预算公开" for number in range(6))
ONE_TITLE = "2024年部门预算公开"


def built(folder: str, *titles: str, template: str = "{}") -> dict[str, Answer]:
    """A site whose list leads to articles in `folder`: the odd ones have a file, all a table of their own."""
    pages: dict[str, Answer] = {LIST: rows(*((f"{folder}/a{n}.html", title) for n, title in enumerate(titles)))}
    for n, title in enumerate(titles):
        file = f'<p><a href="f{n}.pdf">{title}.pdf</a></p>' if n % 2 else ""
        text = template.format(f"<p>第{n}局的情况说明。</p>{TABLE * (n + 4)}{file}")
        pages[f"/gk/{folder}/a{n}.html"] = article(title, text)
        pages[f"/gk/{folder}/f{n}.pdf"] = PDF + b"%%%d" % n
    return pages


async def polls(
    means: PollContext, *states: Mapping[str, Answer], **changes: object
) -> tuple[list[PollResult], list[FetchedEvent]]:
    """Poll a site once in each of its states."""
    served, results = Site({}), []
    with answering(served) as base_url:
        portal = portal_of("static_html", [LIST], base_url, **changes)
        for served.pages in states:
            results.append(await poll(portal, means))
    return results, await events(means)


@pytest.mark.parametrize("titles", [NAMES, (ONE_TITLE,) * 6], ids=["titles", "one title"])
async def test_the_disclosures_of_a_rebuilt_site_have_moved(means: PollContext, titles: tuple[str, ...]) -> None:
    after = built("new", *titles)
    results, told = await polls(means, built("old", *titles), after, after, after)
    assert [(each.outcome, each.counts.new, each.counts.moved, each.counts.withdrawn) for each in results] == [
        ("ok", 6, 0, 0),
        ("ok", 0, 6, 0),
        ("unchanged", 0, 0, 0),
        ("unchanged", 0, 0, 0),
    ]
    first, second = told[:6], told[6:]
    assert sorted(event.disclosure_id for event in second) == sorted(event.disclosure_id for event in first)
    assert {event.revision for event in second} == {2}
    assert all("/new/" in (event.origin.url or "") for event in second)


async def test_what_moved_and_is_edited_later_is_a_change(means: PollContext) -> None:
    edited = {**built("new", *NAMES), "/gk/new/a0.html": article(NAMES[0], f"<p>更正后的说明。</p>{TABLE * 9}")}
    results, told = await polls(
        means, built("old", *NAMES), built("new", *NAMES), edited, portal_changes := edited
    )
    assert portal_changes is edited
    assert [(each.counts.new, each.counts.moved, each.counts.changed) for each in results[1:3]] == [
        (0, 6, 0),
        (0, 0, 1),
    ]
    assert told[-1].revision == 3


async def test_another_text_around_the_same_files_has_moved_too(means: PollContext) -> None:
    after = built("new", *NAMES, template="<p>新版网站</p>{}")
    results, _ = await polls(means, built("old", *NAMES), after)
    assert (results[1].counts.new, results[1].counts.moved) == (3, 3)


async def test_another_disclosure_of_the_same_title_is_new(means: PollContext) -> None:
    before = built("old", *NAMES[:3])
    other = article(NAMES[0], f"<p>另一单位的情况。</p>{TABLE * 12}")
    after = {**before, LIST: rows(("old/a1.html", NAMES[1]), ("old/a2.html", NAMES[2]), ("b.html", NAMES[0]))}
    results, told = await polls(
        means, before, {**after, "/gk/b.html": other, "/gk/old/a0.html": b"<html>404</html>"}
    )
    assert (results[1].counts.new, results[1].counts.moved) == (1, 0)
    assert len({event.disclosure_id for event in told}) == 4


async def test_what_failed_at_its_new_address_has_moved_once_it_is_there(means: PollContext) -> None:
    after = built("new", *NAMES)
    broken = {**after, "/gk/new/a1.html": lambda request: send(request, 500)}
    results, told = await polls(means, built("old", *NAMES), broken, after, after)
    assert [(each.counts.new, each.counts.moved, each.counts.failed) for each in results[1:]] == [
        (0, 5, 1),
        (0, 1, 0),
        (0, 0, 0),
    ]
    assert len({event.disclosure_id for event in told}) == 6
    assert await means.seen.troubles(9) == []


async def test_a_copy_beside_what_stands_has_not_moved(means: PollContext) -> None:
    before = built("old", *NAMES[:3])
    after = {**before, **built("new", *NAMES[:3])}
    results, _ = await polls(means, before, after)
    assert (results[1].counts.new, results[1].counts.moved) == (3, 0)


async def test_an_address_that_leads_on_to_the_new_one_has_moved(means: PollContext) -> None:
    before, after = built("old", *NAMES), built("new", *NAMES)

    def leads_on(request: BaseHTTPRequestHandler) -> None:
        send(request, 301, Location=request.path.replace("old", "new"))

    after |= {path: leads_on for path in before if path != LIST}
    results, _ = await polls(means, before, after)
    assert (results[1].counts.new, results[1].counts.moved) == (0, 6)


async def test_a_sitemap_s_titles_are_those_of_the_articles(means: PollContext) -> None:
    pages = built("a", *NAMES, "某县某某公园修缮工程的公告")
    places = "".join(f"<url><loc>http://{{host}}/gk/a/a{n}.html</loc></url>" for n in range(7))
    served = Site(pages)
    with answering(served) as base_url:
        host = base_url.removeprefix("http://")
        sitemap = f'<?xml version="1.0"?><urlset>{places}</urlset>'.replace("{host}", host)
        served.pages = {**pages, "/sitemap.xml": sitemap}
        portal = portal_of("feed", ["/sitemap.xml"], base_url)
        first = await poll(portal, means)
        asked = len(served.asked)
        second = await poll(portal, means)
    titles = sorted(event.origin.title or "" for event in await events(means))
    assert (first.outcome, first.counts.new, first.counts.noise, titles) == ("ok", 6, 1, sorted(NAMES))
    assert (second.outcome, second.counts.noise) == ("unchanged", 1)
    assert "GET /gk/a/a6.html" not in served.asked[asked:]
