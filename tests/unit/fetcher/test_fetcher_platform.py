"""The platform with a page for each department: folders of years, files without dates, new pages."""

from pathlib import Path

import pytest

from services.fetcher.discovery import portal_file, propose
from services.fetcher.http.revalidation import PollContext
from services.fetcher.poll import poll
from services.fetcher.portal import Family
from services.fetcher.portal_files import load_portal
from services.fetcher.sites import FAMILIES, read_list
from services.fetcher.sites.contract import Page, Request
from tests.unit.fetcher.fetcher_serving import answering, events
from tests.unit.fetcher.fetcher_sites import PDF, Answer, Site, portal_of, taken

ROOT = "/yjsgk/index.html"
NOTICE = '<ul class="bz"><li><a href="/gk/t20240101_1.html">网站声明</a></li></ul>'


def page(title: str, *links: tuple[str, str], text: str = "") -> str:
    """A page of the platform: its trail, its heading, its links without a date."""
    listed = "".join(f'<li><a href="{address}">{name}</a></li>' for address, name in links)
    trail = '<div class="position"><a href="/">首页</a> &gt; <a href="/yjsgk/index.html">预决算公开平台</a></div>'
    return (
        f"<html><head><title>{title}-青石县财政预决算公开平台</title></head><body>{trail}<h2>{title}</h2>"
        f"{text}<ul>{listed}</ul>{NOTICE}</body></html>"
    )


def platform(*years: int) -> dict[str, Answer]:
    """Two departments, each with folders of `years`, in those budget and final accounts of two files each."""
    bodies = {"slj": "青石县水利局", "jyj": "青石县教育局"}
    site: dict[str, Answer] = {ROOT: page("部门列表", *((f"{key}/", name) for key, name in bodies.items()))}
    for key, name in bodies.items():
        here = f"/yjsgk/{key}/"
        site[here] = page(name, *((f"{year}/index.html", f"{year}年") for year in years))
        for year in years:
            site[f"{here}{year}/index.html"] = page(f"{year}年", ("ys/", "部门预算"), ("js/", "部门决算"))
            for sort in ("ys", "js"):
                site[f"{here}{year}/{sort}/"] = page(name, ("1.pdf", "附件1"), ("2.pdf", "公开说明.pdf"))
                for number in (1, 2):
                    site[f"{here}{year}/{sort}/{number}.pdf"] = PDF + f"{here}{year}{sort}{number}".encode()
    return site


TITLES = {f"青石县{name}局2024年部门{sort}" for name in ("水利", "教育") for sort in ("预算", "决算")}


@pytest.mark.parametrize("family", ["platform", "static_html", "trs_wcm"])
async def test_a_folder_of_files_is_a_disclosure_of_its_department_and_year(
    family: Family, means: PollContext
) -> None:
    found = await taken(family, [ROOT], Site(platform(2024)), means)
    assert found.result.outcome == "ok", found.result.reason
    assert set(found.titles) == TITLES
    assert all(event.origin.published_at is None for event in found.events)
    assert [len([file for file in event.files if file.role == "attachment"]) for event in found.events] == [2] * 4


async def test_new_departments_and_years_are_new_pages(means: PollContext) -> None:
    site = Site(platform(2024))
    with answering(site) as base_url:
        portal = portal_of("platform", [ROOT], base_url)
        await poll(portal, means)
        known = len(await events(means))
        later = platform(2024, 2025)
        later[ROOT] = str(later[ROOT]).replace("</ul>", '<li><a href="nyj/">青石县农业农村局</a></li></ul>', 1)
        later["/yjsgk/nyj/"] = page("青石县农业农村局", ("2025/", "2025年度"))
        later["/yjsgk/nyj/2025/"] = page("2025年度", ("a.pdf", "2025年部门预算公开.pdf"))
        later["/yjsgk/nyj/2025/a.pdf"] = PDF
        site.pages = later
        result = await poll(portal, means)
        new = {event.origin.title for event in (await events(means))[known:]}
    wanted = {title.replace("2024", "2025") for title in TITLES} | {"青石县农业农村局2025年部门预算公开.pdf"}
    assert (result.outcome, new) == ("ok", wanted)


async def test_an_ordinary_poll_leaves_former_years_to_the_full_one(means: PollContext) -> None:
    site = Site(platform(2025, 2024, 2023, 2022))
    with answering(site) as base_url:
        portal = portal_of("platform", [ROOT], base_url, usual_pages=5)
        await poll(portal, means)
        assert any("/2022/" in line for line in site.asked)
        site.asked.clear()
        await poll(portal, means)
    lists = [line for line in site.asked if line.endswith("index.html")]
    assert any("/2025/" in line for line in lists)
    assert not any("/2022/" in line or "/2023/" in line for line in lists)


async def test_a_department_that_is_away_leaves_the_others(means: PollContext) -> None:
    site = platform(2024)
    del site["/yjsgk/slj/"]
    found = await taken("platform", [ROOT], Site(site), means)
    assert set(found.titles) == {title for title in TITLES if "教育" in title}
    assert found.result.outcome != "ok"


@pytest.mark.parametrize(
    ("links", "text", "wanted"),
    [
        ([("a.pdf", "2024年部门预算公开.pdf")], "", ["青石县水利局2024年部门预算公开.pdf"]),
        ([("a.pdf", "附件1"), ("b.xls", "附件2")], "", ["青石县水利局2024年部门预决算"]),
        (
            [("a.pdf", "部门预算公开"), ("b.pdf", "部门决算公开")],
            "",
            ["青石县水利局2024年部门预算公开", "青石县水利局2024年部门决算公开"],
        ),
        ([("t20250101_7.html", "部门预算公开说明及表格")], "", ["青石县水利局2024年部门预算公开说明及表格"]),
        ([], "<table>" + "<tr><td>收入</td><td>1.00</td></tr>" * 8 + "</table>", ["青石县水利局2024年部门预决算"]),
        ([], "暂无内容", []),
    ],
)
def test_titles_are_completed_by_the_folders(links: list[tuple[str, str]], text: str, wanted: list[str]) -> None:
    url = "http://www.sample.example/yjsgk/slj/2024/"
    request = Request(url, folder=("青石县水利局", "2024年"))
    listing = read_list(Page(request, url, page("2024年", *links, text=text)), "static_html")
    assert [row.title for row in listing.rows] == wanted


async def test_a_file_is_proposed_from_the_home_page(means: PollContext, tmp_path: Path) -> None:
    home = f'<a href="{ROOT}">财政预决算公开平台</a>{NOTICE}'
    with answering(Site({**platform(2024, 2023, 2022), "/": home})) as base_url:
        proposal = await propose(base_url + "/", means, ("127.0.0.1",), lambda _text: None)
        path = tmp_path / "sample.yaml"
        path.write_text(portal_file(proposal, "sample", "990101", "示例省样本市青石县", ("127.0.0.1",)), "utf-8")
        portal = load_portal(path).model_copy(update={"pace_seconds": 0.0})
        result = await poll(portal, means)
    assert (portal.family, [each.url for each in portal.lists], portal.usual_pages) == ("platform", [ROOT], 5)
    assert (result.outcome, result.counts.new) == ("ok", 12)


def test_an_ordinary_list_is_no_platform() -> None:
    url = "http://www.sample.example/gk/index.html"
    rows = '<ul><li><a href="t20240205_1.html">青石县水利局2024年部门预算</a><span>2024-02-05</span></li></ul>'
    text = f'<div class="foot"><a href="/gk/czj/">青石县财政局</a><a href="/gk/slj/">青石县水利局</a></div>{rows}'
    for family in FAMILIES:
        listing = read_list(Page(Request(url), url, text), family)
        assert not listing.categories, family
        assert len(listing.rows) == 1, family
