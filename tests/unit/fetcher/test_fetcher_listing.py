"""List pages in the shapes their families have elsewhere, and pages that are no lists at all."""

import json
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.fetcher.portal import Family
from services.fetcher.sites import FAMILIES
from services.fetcher.sites.contract import Listing, Page, Request
from services.fetcher.sites.dates import CHINA, read_date

HOST = "http://www.sample.example"
PIECES = [
    "<li>",
    "</li>",
    "<a\thref='",
    "javascript:f(1,2)",
    "'>",
    "2024-13-45",
    "2024-02-05",
    "<table><tr><td>",
    "]]>",
    "<select><option>\n",
    "",
    "",
    "",
    "<record><![CDATA[",
    ".jpage({",
    "totalRecord:9,",
    "perPage:0",
    "ajaxParam:{",
    "createPageHTML(9,0,'a','b')",
    "下一页",
    "http://[",
    "...\n",
    "",
    "",
    "",
    '{"articles":[{"title":1}]}',
    "window._CONFIG={SID:1",
    "<datastore>",
    "startrecord=x",
]


def read(
    family: Family, text: str, path: str = "/zwgk/index.html", before: int = 0, row: str | None = None
) -> Listing:
    url = HOST + path
    return FAMILIES[family].read(Page(Request(url), url, text, row, before))


def following(listing: Listing) -> list[str]:
    return [request.url.removeprefix(HOST) for request in listing.following]


TRS_ROW = (
    '<ul><li><a href="./202402/t20240205_1.html">某县水利局2024年部门预算公开</a><span>2024-02-05</span></li></ul>'
)


@pytest.mark.parametrize(
    ("pager", "path", "wanted"),
    [
        ('createPageHTML(25, 0, "index", "html");', "/zwgk/index.html", ["/zwgk/index_1.html"]),
        ('createPageHTML(25,3,"index","shtml")', "/zwgk/index_3.shtml", ["/zwgk/index_4.shtml"]),
        ('createPageHTML(25, 24, "index", "html");', "/zwgk/index_24.html", []),
        ('createPageHTML(1, 0, "index", "html");', "/zwgk/", []),
        ("createPageHTML(${PAGE_COUNT}, ${PAGE_INDEX}, 'index', 'html')", "/zwgk/", []),
        (
            "createPageHTML('page_div', 63, 1, 'xxgk_list', 'shtml', 940)",
            "/kss/xxgk_list.shtml",
            ["/kss/xxgk_list_1.shtml", "/kss/xxgk_list_2.shtml"],
        ),
        (
            "createPageHTML('page_div', 63, 2, 'xxgk_list', 'shtml', 940)",
            "/kss/xxgk_list_1.shtml",
            ["/kss/xxgk_list_2.shtml"],
        ),
        ("var currentPage = 2;//from 0\nvar countPage = 5", "/zwgk/index_2.html", ["/zwgk/index_3.html"]),
        ("var currentPage = 4; var countPage = 5", "/zwgk/index_4.html", []),
        ("var _nPageCount = 25; var _nCurrIndex = 0;", "/zwgk/index.html", ["/zwgk/index_1.html"]),
        (
            (
                'var currentPage = 0;\n//createPageHTML(9, 0, "index", "shtml");\n'
                'var countPage = 9;\nvar home = "index"+"."+"shtml"'
            ),
            "/zwgk/",
            ["/zwgk/index_1.shtml"],
        ),
    ],
)
def test_trs_pages_by_the_numbers_of_the_script(pager: str, path: str, wanted: list[str]) -> None:
    listing = read("trs_wcm", f"{TRS_ROW}<script>{pager}</script>", path)
    assert following(listing) == wanted
    assert len(listing.rows) == 1


def test_trs_total_as_a_string() -> None:
    listing = read("trs_wcm", TRS_ROW + '<script>createPageHTML(55,0, "index","shtml","1089");</script>', "/zwgk/")
    assert (following(listing), listing.total) == (["/zwgk/index_1.shtml"], 1089)


def test_trs_without_a_script_follows_the_word() -> None:
    assert following(read("trs_wcm", TRS_ROW + '<a href="list_9.html">下一页&gt;</a>')) == ["/zwgk/list_9.html"]


LINK = '<a href="/info/1/2.htm" title="{whole}">{cut}</a>'


@pytest.mark.parametrize(
    "markup",
    [
        f"<tr><td>{LINK}</td><td>2024/2/5</td></tr>",
        f'<li><span class="day">05</span><span class="ym">2024-02</span>{LINK}</li>',
        '<li><a href="/info/1/2.htm"><h4>{whole}</h4><p class="date"><b>05</b><i>2024-02</i></p></a></li>',
        "<dd>[<a href='/czj/'>财政局</a>] <a href=' /info\\1\\2.htm#top '>{whole}</a> (2024年2月5日)</dd>",
        '<li><a href="javascript:void(0)" onclick="window.open(\'../info/1/2.htm\')">{whole}</a>[2024-02-05]</li>',
        '<li><a href="javascript:openInfo(1,2)">{whole}</a>发布时间：2024-02-05 10:00</li>',
        '<div><a href="/info/1/2.htm;jsessionid=A" title="标题：{whole}\n作者：某">{cut}</a><i>2024.2.5</i></div>',
    ],
)
def test_a_row_is_a_link_with_a_date_near_it(markup: str) -> None:
    whole = "某县水利局关于某某水库除险加固工程2024年部门预算公开"
    other = '<li><a href="/info/1/3.htm">另一则普通的通知公告</a><span>2024-02-01</span></li>'
    text = markup.format(whole=whole, cut=whole[:12] + "...")
    text = f"<table>{text}</table>" if text.startswith("<tr") else text
    listing = read("vsb", f'<a href="/index.htm">首页</a><ul>{text}</ul><ul>{other}</ul>', "/zwgk/tzgg.htm")
    first = listing.rows[0]
    assert (first.url, first.title, first.cut) == (f"{HOST}/info/1/2.htm", whole, False)
    assert first.published_at is not None
    assert first.published_at.date().isoformat() == "2024-02-05"
    assert len(listing.rows) == 2


def test_a_title_whose_rest_is_nowhere_on_the_page_is_cut() -> None:
    (row,) = read("vsb", '<ul><li><a href="/info/1/2.htm">某县水利局2024年…</a>2024-02-05</li></ul>').rows
    assert row.cut


def test_pinned_rows_without_a_date_are_rows_too() -> None:
    text = '<ul><li><a href="/1.html">【置顶】某县水利局2024年部门预算</a></li>' + TRS_ROW.removeprefix("<ul>")
    titles = [row.title for row in read("trs_wcm", text).rows]
    assert titles == ["某县水利局2024年部门预算", "某县水利局2024年部门预算公开"]


def test_a_date_without_its_year_takes_it_from_the_address() -> None:
    (row,) = read("static_html", '<ul><li><a href="/a/202004/1.html">某局部门预算公开</a>[04-20]</li></ul>').rows
    assert row.published_at == datetime(2020, 4, 20, tzinfo=CHINA)


def test_links_without_dates_are_rows_when_they_look_like_articles() -> None:
    text = '<a href="/">返回首页面</a><p><a href="/art/2024/5/20/art_1_2.html">某县水利局</a></p>'
    (row,) = read("jcms", text).rows
    assert row.url == f"{HOST}/art/2024/5/20/art_1_2.html"


def test_a_row_selector_of_the_portal_file_overrides_the_search() -> None:
    text = '<div class="x"><a href="/1.html">某县水利局</a></div>' + TRS_ROW
    assert [row.title for row in read("trs_wcm", text, row="div.x").rows] == ["某县水利局"]


JCMS = """<script type="text/xml"><datastore>
<nextgroup><![CDATA[<a href="/module/jpage/dataproxy.jsp?page=1&columnid=7&unitid=9"></a>]]></nextgroup>
<recordset><record><![CDATA[<tr><td><titlecut>
<a href="/art/2024/2/5/art_7_1.html" title="某县水利局2024年部门预算公开">某县…</a></titlecut></td>
<td>2024-02-05</td></tr>]]></record></recordset></datastore></script>"""


def test_jcms_options_in_any_order_and_quoting() -> None:
    call = """<script>$("#9").jpage({ "perPage" : "1", groupSize:2,
      ajaxParam:{"unitid":"9",columnid:7,webname:'某县'},
      proxyUrl:'/module/jpage/dataproxy.jsp', totalRecord : 5 })</script>"""
    listing = read("jcms", JCMS + call)
    assert [row.title for row in listing.rows] == ["某县水利局2024年部门预算公开"]
    assert listing.total == 5
    post, get, group, *elsewhere = listing.following
    assert post.url == f"{HOST}/module/jpage/dataproxy.jsp?startrecord=2&endrecord=3&perpage=1"
    assert post.form == (("unitid", "9"), ("columnid", "7"), ("webname", "某县"))
    assert get.form is None
    assert "unitid=9&columnid=7" in get.url
    assert "page=2&" in group.url
    assert {request.url.partition("?")[0] for request in elsewhere} == {f"{HOST}/module/web/jpage/dataproxy.jsp"}


def test_jcms_goes_on_where_the_service_stopped() -> None:
    answer = JCMS.replace("<datastore>", "<datastore><totalrecord>5</totalrecord>")
    url = f"{HOST}/module/jpage/dataproxy.jsp?startrecord=2&endrecord=3&perpage=1"
    listing = FAMILIES["jcms"].read(Page(Request(url, (("unitid", "9"),)), url, answer))
    assert listing.following[0].url.endswith("startrecord=3&endrecord=4&perpage=1")
    assert listing.following[0].form == (("unitid", "9"),)


def test_jcms_without_a_call_follows_its_groups() -> None:
    assert following(read("jcms", JCMS)) == ["/module/jpage/dataproxy.jsp?page=2&columnid=7&unitid=9"]


def test_vsb_ends_where_the_next_link_does() -> None:
    text = '<ul>{}</ul><span class="{}">{}</span>'
    row = '<li><a href="info/1/2.htm">某县水利局2024年部门预算</a>2024-02-05</li>'
    assert following(read("vsb", text.format(row, "p_next p_fun", '<a href="tzgg/7.htm">下页</a>'))) == [
        "/zwgk/tzgg/7.htm"
    ]
    assert following(read("vsb", text.format(row, "p_next_d p_fun_d", "下页"))) == []


def test_a_list_of_pages_to_jump_to_is_a_pager() -> None:
    options = "<select><option value='a.html' selected>1<option value='b.html'>2</select>"
    assert following(read("static_html", TRS_ROW + options, "/zwgk/a.html")) == ["/zwgk/b.html"]


def test_the_catalogues_shell_leads_to_its_service() -> None:
    shell = '<script>window._CONFIG = {"SID": "755041", TREE: []}</script>'
    listing = read("json_catalogue", shell, "/ga/gkmlpt/index")
    assert listing.heading
    assert following(listing) == ["/ga/gkmlpt/api/all/0?page=1&sid=755041"]


def test_the_catalogues_articles_as_other_sites_write_them() -> None:
    article = {
        "title": "<em>某县水利局</em>2024年<br/>部门预算&ldquo;公开&rdquo;",
        "post_url": "https://www.sample.example/gkmlpt/content/4/4069/post_4069119.html",
        "display_publish_time": 1707098400,
        "publisher": "某县水利局",
        "classify_main_name": "部门预算",
    }
    text = json.dumps({"data": {"list": [article], "total": 3}})
    listing = read("json_catalogue", text, "/gkmlpt/api/all/0?page=2&sid=1", before=1)
    (row,) = listing.rows
    assert row.title == "某县水利局2024年部门预算“公开”"
    assert row.published_at == datetime(2024, 2, 5, 10, 0, tzinfo=CHINA)
    assert (row.source, row.column) == ("某县水利局", "部门预算")
    assert following(listing) == ["/gkmlpt/api/all/0?page=3&sid=1"]
    assert following(read("json_catalogue", text, "/gkmlpt/api/all/0?page=2&sid=1", before=2)) == []


@pytest.mark.parametrize("text", ['{"articles": []}', "<html>no</html>", "[]", "null"])
def test_past_the_catalogues_last_page_there_is_nothing(text: str) -> None:
    listing = read("json_catalogue", text, "/gkmlpt/api/all/0?page=9&sid=1")
    assert (listing.rows, listing.following) == ((), ())


@pytest.mark.parametrize("family", list(FAMILIES))
def test_a_shell_is_not_a_list(family: Family) -> None:
    listing = read(family, '<html><body><div id="app"></div><script src="/app.js"></script></body></html>')
    assert not listing.rows
    assert not listing.recognised


@pytest.mark.parametrize("family", list(FAMILIES))
@settings(max_examples=60, deadline=None)
@given(text=st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=30).map("".join))
def test_any_page_is_read_without_an_error(family: Family, text: str) -> None:
    listing = read(family, text)
    assert all(row.url.startswith(("http://", "https://")) and row.title for row in listing.rows)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("2024-02-05 10:11:12", "2024-02-05T10:11:12+08:00"),
        ("2024年2月5日", "2024-02-05T00:00:00+08:00"),
        ("20240205", "2024-02-05T00:00:00+08:00"),
        ("05 2024-02", "2024-02-05T00:00:00+08:00"),
        ("2024-02 05", "2024-02-05T00:00:00+08:00"),
        ("1970-01-01 08:00:00", None),
        ("0001-01-01", None),
        ("2024-13-01", None),
        ("三月五日", None),
    ],
)
def test_dates_as_portals_write_them(text: str, wanted: str | None) -> None:
    moment = read_date(text)
    assert (moment.isoformat() if moment else None) == wanted
