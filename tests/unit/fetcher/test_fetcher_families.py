"""Each site family against its sample portal: all rows, exactly the disclosures, their files byte for byte."""

import json
from collections.abc import Callable
from datetime import datetime
from http.server import BaseHTTPRequestHandler
from urllib.parse import urlsplit

import pytest

from services.fetcher.http.revalidation import PollContext
from services.fetcher.poll import poll
from services.fetcher.portal import ListFields, ListPage
from shared import ids
from shared.schemas.events import FetchedEvent
from tests.unit.fetcher.fetcher_serving import PORTALS, Served, answering, events, send
from tests.unit.fetcher.fetcher_sites import FIRST, SECOND, TABLE, THIRD, Site, article, portal_of


def path_of(url: str) -> str:
    address = urlsplit(url)
    return f"{address.path}?{address.query}" if address.query else address.path


def check_event(event: FetchedEvent, truth: dict[str, object], served: Served, means: PollContext) -> None:
    assert event.origin.title == truth["title"]
    assert event.origin.source == truth["source"]
    assert event.origin.published_at is not None
    published = datetime.fromisoformat(str(truth["published"]))
    if truth.get("epoch"):  # the page itself says 1970; the document's own date has no time of day
        assert event.origin.published_at.date() == published.date()
    else:
        assert event.origin.published_at == published
    assert event.disclosure_id == ids.disclosure_id(f"{served.base_url}{truth['url']}")
    assert (event.revision, event.supersedes) == (1, None)
    attachments = [file for file in event.files if file.role == "attachment"]
    wanted = [each for each in truth.get("attachments", []) if not each.get("dead")]  # type: ignore[attr-defined]
    assert [(path_of(file.url), file.sha256, file.name) for file in attachments] == [
        (each["url"], each["sha256"], each["name"]) for each in wanted
    ]
    articles = [file for file in event.files if file.role == "article"]
    assert [path_of(file.url) for file in articles] == truth.get("article_pages", [truth["url"]])
    assert list(event.files) == articles + attachments
    assert all(file.body for file in articles)
    assert all(len(means.archive.get(file.sha256)) == file.size for file in event.files)


@pytest.mark.parametrize("name", PORTALS)
async def test_a_first_poll_takes_exactly_the_disclosures(
    name: str, serve: Callable[[str], Served], means: PollContext
) -> None:
    served = serve(name)
    result = await poll(served.portal, means)
    assert (result.outcome, result.reason) == ("ok", result.reason)
    there = [item for item in served.items if item["stage"] == 0]
    found = {path_of(event.origin.url or ""): event for event in await events(means)}
    wanted = {item["url"]: item for item in served.disclosures if item["stage"] == 0}
    assert found.keys() == wanted.keys()
    for path, event in found.items():
        check_event(event, wanted[path], served, means)
    counts = result.counts
    assert counts.listed == len(there)
    assert (counts.new, counts.gone, counts.failed) == (len(wanted), 1, 0)
    assert counts.noise == len(there) - counts.disclosures


@pytest.mark.parametrize("name", PORTALS)
async def test_a_second_poll_finds_nothing_new(
    name: str, serve: Callable[[str], Served], means: PollContext
) -> None:
    served = serve(name)
    first = await poll(served.portal, means)
    known = len(await events(means))
    served.forget_requests()
    second = await poll(served.portal, means)
    assert second.outcome == "unchanged"
    assert second.counts.unchanged == first.counts.new
    assert len(await events(means)) == known
    if name in {"pingxiang", "fengfeng", "xinqu"}:  # those whose server heeds validators
        paths = {str(item["url"]).removeprefix(served.base_url) for item in served.items}
        static = [line for line in served.requests if line.split()[1] in paths]  # lists are always asked for whole
        assert static
        assert all(line.endswith((" 304 -", " 404 -")) for line in static), static


@pytest.mark.parametrize("name", PORTALS)
async def test_what_is_published_next_appears(
    name: str, serve: Callable[[str], Served], means: PollContext
) -> None:
    served = serve(name)
    await poll(served.portal, means)
    before = {event.id for event in await events(means)}
    served.control("publish")
    result = await poll(served.portal, means)
    (event,) = [event for event in await events(means) if event.id not in before]
    assert result.outcome == "ok"
    assert result.counts.new == 1
    (truth,) = [item for item in served.disclosures if item["stage"] == 1]
    check_event(event, truth, served, means)


@pytest.mark.parametrize("name", PORTALS)
async def test_a_correction_at_the_same_address_is_the_next_revision(
    name: str, serve: Callable[[str], Served], means: PollContext
) -> None:
    served = serve(name)
    await poll(served.portal, means)
    before = {event.disclosure_id: event for event in await events(means)}
    served.fault("republish")
    result = await poll(served.portal, means)
    (event,) = (await events(means))[len(before) :]
    assert (result.outcome, result.counts.changed, result.counts.new) == ("ok", 1, 0)
    assert event.revision == 2
    assert event.supersedes == before[event.disclosure_id].revision_id
    served.fault("republish", on=False)
    await poll(served.portal, means)
    back = (await events(means))[-1]
    assert (back.revision, back.supersedes) == (3, event.revision_id)
    assert len({back.revision_id, event.revision_id, before[event.disclosure_id].revision_id}) == 3


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_service_whose_fields_the_portals_file_names(method: str, means: PollContext) -> None:
    def answer(number: int, *names: str) -> str:
        listed = [
            {"BT": title, "bh": f"{number}{place}", "fbrq": "2024-02-05"} for place, title in enumerate(names)
        ]
        return json.dumps({"code": 0, "sjzs": 3, "sj": listed})

    asked = {"GET": "/cx?lm=7&ym={}", "POST": "/cx"}[method]
    site = Site(
        {"/gk/10": article(FIRST, TABLE), "/gk/11": article(SECOND, TABLE), "/gk/20": article(THIRD, TABLE)}
    )

    def serve(request: BaseHTTPRequestHandler) -> None:
        body = request.rfile.read(int(request.headers.get("Content-Length", "0")))
        if not request.path.startswith("/cx"):
            site(request)
            return
        second = "ym=2" in request.path or b'"ym": 2' in body
        send(request, 200, (answer(2, THIRD) if second else answer(1, FIRST, SECOND)).encode())

    with answering(serve) as base_url:
        fields = ListFields(title="bt", url="/gk/{bh}", date="fbrq", total="sjzs", page="ym")
        of = ListPage(url=asked.format(1), fields=fields, post={"ym": 1} if method == "POST" else None)
        portal = portal_of("json_catalogue", ["/cx"], base_url).model_copy(update={"lists": (of,)})
        result = await poll(portal, means)
    assert result.outcome == "ok", result.reason
    taken = await events(means)
    assert sorted(event.origin.title or "" for event in taken) == sorted([FIRST, SECOND, THIRD])
    assert {event.origin.published_at.date().isoformat() for event in taken if event.origin.published_at} == {
        "2024-02-05"
    }
