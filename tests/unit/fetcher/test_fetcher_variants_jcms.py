"""JCMS in shapes the sample portal does not have: services that take no POST, old paths, lists of one page."""

import pytest

from services.fetcher.http.revalidation import PollContext
from services.fetcher.portal import Family
from services.fetcher.sites import read_list
from services.fetcher.sites.contract import Page, Request
from tests.unit.fetcher.fetcher_serving import send
from tests.unit.fetcher.fetcher_sites import FIRST, SECOND, THIRD, Answer, Site, pages, rows, taken

JCMS_ROW = (
    "<record><![CDATA[<li><a href='/art/2024/2/5/art_7_{0}.html' title='{1}'>{1}</a>"
    "<span>2024-02-05</span></li>]]></record>"
)
JCMS_PAGE = """<html><body><div id="9">x</div><script type="text/xml"><datastore><nextgroup></nextgroup>
<recordset>{rows}</recordset></datastore></script><script>{call}</script></body></html>"""
JCMS_ARTICLES = pages(*(f"/art/2024/2/5/art_7_{number}.html" for number in (1, 2, 3)))


def jcms_rows(*numbers: int) -> str:
    return "".join(JCMS_ROW.format(number, (FIRST, SECOND, THIRD)[number - 1]) for number in numbers)


def jcms_call(service: str, total: int = 3) -> str:
    return (
        f"$('#9').jpage({{\"totalRecord\":'{total}', 'perPage':1, groupSize : '2',barPosition:'bottom',"
        f'proxyUrl:"{service}",ajaxParam:{{"col":"1",\'columnid\':7,unitid:\'9\'}}}});'
    )


def declining(status: int) -> Answer:
    return lambda request: send(request, status, b"<html>no</html>")


@pytest.mark.parametrize("refusal", [404, 405, 500, 501])
@pytest.mark.parametrize("service", ["/module/web/jpage/dataproxy.jsp", "/module/jpage/dataproxy.jsp"])
async def test_jcms_services_that_take_no_post(service: str, refusal: int, means: PollContext) -> None:
    answer = f"<datastore><totalrecord>3</totalrecord><recordset>{jcms_rows(3)}</recordset></datastore>"
    query = "?startrecord=3&endrecord=3&perpage=1"
    site = Site(
        {
            "/col/col7/index.html": JCMS_PAGE.format(rows=jcms_rows(1, 2), call=jcms_call(service)),
            f"POST {service}{query}": declining(refusal),
            f"{service}{query}&col=1&columnid=7&unitid=9": answer,
            **JCMS_ARTICLES,
        }
    )
    found = await taken("jcms", ["/col/col7/index.html"], site, means)
    assert found.titles == [FIRST, SECOND, THIRD]
    assert found.result.outcome == "ok"


async def test_jcms_calls_that_name_an_old_path_of_the_service(means: PollContext) -> None:
    answer = f"<datastore><totalrecord>3</totalrecord><recordset>{jcms_rows(3)}</recordset></datastore>"
    site = Site(
        {
            "/col/col7/index.html": JCMS_PAGE.format(
                rows=jcms_rows(1, 2), call=jcms_call("/module/web/jpage/dataproxy.jsp")
            ),
            "/module/jpage/dataproxy.jsp?startrecord=3&endrecord=3&perpage=1": answer,
            **JCMS_ARTICLES,
        }
    )
    found = await taken("jcms", ["/col/col7/index.html"], site, means)
    assert found.titles == [FIRST, SECOND, THIRD]


async def test_jcms_lists_of_one_page(means: PollContext) -> None:
    page = JCMS_PAGE.format(rows=jcms_rows(1, 2), call=jcms_call("/module/web/jpage/dataproxy.jsp", total=2))
    site = Site({"/col/col7/index.html": page, **JCMS_ARTICLES})
    found = await taken("jcms", ["/col/col7/index.html"], site, means)
    assert found.titles == [FIRST, SECOND]
    assert not any("dataproxy" in line for line in site.asked)


async def test_jcms_lists_written_as_plain_rows(means: PollContext) -> None:
    links = [(f"/art/2024/2/5/art_7_{number}.html", title) for number, title in ((1, FIRST), (2, SECOND))]
    site = Site(
        {"/col/col7/index.html": rows(*links) + "<script src='/script/jpage.js'></script>", **JCMS_ARTICLES}
    )
    assert (await taken("jcms", ["/col/col7/index.html"], site, means)).titles == [FIRST, SECOND]


async def test_jcms_records_in_capitals(means: PollContext) -> None:
    capital = jcms_rows(1, 2).replace("record>", "RECORD>")
    page = JCMS_PAGE.format(rows=capital, call=jcms_call("/module/web/jpage/dataproxy.jsp", total=2))
    site = Site({"/col/col7/index.html": page, **JCMS_ARTICLES})
    assert (await taken("jcms", ["/col/col7/index.html"], site, means)).titles == [FIRST, SECOND]


@pytest.mark.parametrize("family", ["jcms", "static_html"])
def test_jcms_rows_that_stand_in_the_page_itself(family: Family) -> None:
    url = "http://www.sample.example/col/col7/index.html"
    listed = rows(*((f"/art/2024/2/5/art_7_{n}.html", title) for n, title in enumerate((FIRST, SECOND), 1)))
    text = f"<html><body>{listed}<script>{jcms_call('/module/web/jpage/dataproxy.jsp')}</script></body></html>"
    listing = read_list(Page(Request(url), url, text), family)
    assert ([row.title for row in listing.rows], listing.total) == ([FIRST, SECOND], 3)
    assert "startrecord=3&endrecord=3" in listing.following[0].url
