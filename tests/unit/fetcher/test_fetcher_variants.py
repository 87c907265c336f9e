"""The five families in shapes the sample portals do not have: every disclosure is taken, and nothing else."""

import json
from http.server import BaseHTTPRequestHandler

import pytest

from services.fetcher.http.revalidation import PollContext
from tests.unit.fetcher.fetcher_serving import send
from tests.unit.fetcher.fetcher_sites import (
    FIRST,
    NOISE,
    PDF,
    SECOND,
    TABLE,
    THIRD,
    Site,
    article,
    pages,
    rows,
    taken,
)


@pytest.mark.parametrize(
    ("call", "names"),
    [
        ("createPageHTML('page_div', 3, {0}, 'list', 'shtml', 3)", ["list_2.shtml", "list_3.shtml"]),
        ('createPageHTML("page-div" , 3 , {0} , "list" , "shtml" , 3)', ["list_1.shtml", "list_2.shtml"]),
        ("createPageHTML('page_div',3,{0},'list','shtml',3,20)", ["list_2.shtml", "list_3.shtml"]),
        (
            "/*createPageHTML(9, 0, 'x', 'html');*/ createPageHTML('d',3,{0},'list','shtml')//",
            ["list_2.shtml", "list_3.shtml"],
        ),
        (
            "createPageHTML('d',3,{0},'list','shtml');\n//createPageHTML(1, 0, 'index', 'html');",
            ["list_2.shtml", "list_3.shtml"],
        ),
    ],
)
async def test_shtml_lists_by_the_arguments_of_their_call(call: str, names: list[str], means: PollContext) -> None:
    links = [f"./202402/{number * 32}.shtml" for number in "abc"]
    served: dict[str, str] = {}
    chain = zip(["list.shtml", *names], links, (FIRST, SECOND, THIRD), strict=True)
    for number, (name, link, title) in enumerate(chain, 1):
        noise = (f"./202402/{str(number) * 32}.shtml", NOISE)
        served[f"/xxgk/c1/{name}"] = rows((link, title), noise) + f"<script>{call.format(number)}</script>"
        served[f"/xxgk/c1/{link[2:]}"] = article(title, TABLE)
    found = await taken("trs_wcm", ["/xxgk/c1/list.shtml"], Site(served), means)
    assert found.titles == [FIRST, SECOND, THIRD]
    assert found.result.counts.pages == 3


@pytest.mark.parametrize("comment", ["<!--{}-->", "<script>//{}\n</script>", "<script>/* {} */</script>"])
async def test_a_call_in_a_comment_is_none(comment: str, means: PollContext) -> None:
    old = comment.format("createPageHTML(9, 0, 'old', 'html');")
    first = rows(("./t20240205_1.html", FIRST)) + "<script>createPageHTML(2,0,'index','html');</script>" + old
    second = rows(("./t20240205_2.html", SECOND)) + "<script>createPageHTML(2,1,'index','html');</script>" + old
    served = {"/a/": first, "/a/index_1.html": second, **pages("/a/t20240205_1.html", "/a/t20240205_2.html")}
    found = await taken("trs_wcm", ["/a/"], Site(served), means)
    assert found.titles == [FIRST, SECOND]
    assert not any("old" in line for line in found.result.reason or "")


async def test_a_page_count_that_is_too_high_repeats_the_first_page(means: PollContext) -> None:
    page = rows(("./t20240205_1.html", FIRST)) + "<script>createPageHTML(50, 0, 'index', 'html');</script>"
    site = Site(
        {
            "/a/": page,
            **{f"/a/index_{number}.html": page for number in range(1, 50)},
            **pages("/a/t20240205_1.html"),
        }
    )
    found = await taken("trs_wcm", ["/a/"], site, means)
    assert (found.titles, found.result.outcome) == ([FIRST], "ok")
    assert len(site.asked) <= 4


async def test_a_page_count_that_is_too_high_ends_in_pages_that_are_not_there(means: PollContext) -> None:
    page = rows(("./t20240205_1.html", FIRST)) + "<script>createPageHTML(3, 0, 'index', 'html');</script>"
    found = await taken("trs_wcm", ["/a/"], Site({"/a/": page, **pages("/a/t20240205_1.html")}), means)
    assert found.titles == [FIRST]
    assert "not there" in (found.result.reason or "")


async def test_vsb_lists_and_articles_that_are_made_by_programs(means: PollContext) -> None:
    first = "/list.jsp?a6t=2&a6p=1&a6c=1&urltype=tree.TreeTempUrl&wbtreeid=1043"
    second = "/list.jsp?a6t=2&a6p=2&a6c=1&urltype=tree.TreeTempUrl&wbtreeid=1043"
    one, two = (f"/content.jsp?urltype=news.NewsContentUrl&wbtreeid=1043&wbnewsid={number}" for number in (1, 2))
    pager = '<span class="p_next p_fun"><a href="{}">下页</a></span>'
    download = "/system/_content/download.jsp?urltype=news.DownloadAttachUrl&owner=1&wbfileid=0AF3"
    link = f'<a href="{download.replace("&", "&amp;")}" target="_blank">{FIRST}.pdf</a>'
    fj = f'<p>附件【{link}】已下载<span id="n">0</span>次</p>'

    def file(request: BaseHTTPRequestHandler) -> None:
        if "wbnewsid=1" in request.headers.get("Referer", ""):
            send(request, 200, PDF, Content_Type="application/octet-stream", Content_Disposition="attachment")
        else:
            send(request, 200, b"<html><body>" + "请从文章页面下载".encode() * 10 + b"</body></html>")

    site = Site(
        {
            first: "<!--Announced by Visual SiteBuilder 9-->"
            + rows((one.replace("&", "&amp;"), FIRST))
            + pager.format(second.replace("&", "&amp;")),
            second: rows((two, SECOND)) + '<span class="p_next_d p_fun_d">下页</span>',
            one: article(FIRST, "详见附件").replace('id="zoom"', 'id="vsb_content_4"') + fj,
            two: article(
                SECOND, '<script>showVsbpdfIframe("/__local/A/B/C.pdf","100%","600","0","","1","");</script>'
            ),
            download: file,
            "/__local/A/B/C.pdf": PDF,
        }
    )
    found = await taken("vsb", [first], site, means)
    assert found.titles == [FIRST, SECOND]
    assert found.files == [(download, f"{FIRST}.pdf"), ("/__local/A/B/C.pdf", f"{SECOND}.pdf")]


async def test_vsb_news_under_two_columns_is_one_disclosure(means: PollContext) -> None:
    site = Site(
        {
            "/a.htm": rows(("info/1043/7.htm", FIRST), ("info/1043/8.htm", SECOND)),
            "/b.htm": rows(("info/1088/7.htm", FIRST)),
            **pages("/info/1043/7.htm", "/info/1043/8.htm"),
            **pages("/info/1088/7.htm"),
        }
    )
    assert (await taken("vsb", ["/a.htm", "/b.htm"], site, means)).titles == [FIRST, SECOND]


async def test_old_static_pages(means: PollContext) -> None:
    listing = f"""<HTML><HEAD><META CONTENT="text/html; charset=gb2312"><BASE TARGET=_blank>
    <BODY><TABLE WIDTH=100%><TR><TD>·<A HREF=javascript:openwin('/Article/gsgg/202404/1123.html')>{FIRST}</A></TD>
    <TD>[04-20]</TD></TR>
    <TR><TD>·<A HREF=1124.html CLASS=a TITLE="">{SECOND}<TD>[04-19]
    <TR><TD>·<A HREF="#" ONCLICK="window.open('../gsgg/ShowArticle.asp?ArticleID=5&amp;x=1','')">{THIRD}
    </A><TD>04-18</TABLE><A HREF=Index.html>首页</A> 上一页 下一页 尾页</BODY></HTML>"""
    first = article(FIRST, f"{TABLE}<P><A HREF=1123_2.html>[下一页]</A>").replace("div", "DIV")
    site = Site(
        {
            "/Article/gsgg/Index.html": listing.encode("gb18030"),
            "/Article/gsgg/202404/1123.html": first.encode("gb18030"),
            "/Article/gsgg/202404/1123_2.html": article(
                FIRST, TABLE + '<a href="1123.html">上一页</a> 下一页'
            ).encode("gb18030"),
            "/Article/gsgg/1124.html": article(SECOND, TABLE).encode("gb18030"),
            "/Article/gsgg/ShowArticle.asp?ArticleID=5&x=1": article(THIRD, TABLE).encode("gb18030"),
        }
    )
    found = await taken("static_html", ["/Article/gsgg/Index.html"], site, means)
    assert sorted(found.titles) == sorted([FIRST, SECOND, THIRD])
    by_title = {event.origin.title: event for event in found.events}
    assert [len(by_title[title].files) for title in (FIRST, SECOND, THIRD)] == [2, 1, 1]
    moment = by_title[FIRST].origin.published_at
    assert moment is not None
    assert moment.date().isoformat() == "2024-04-20"


def gkmlpt_article(number: int, title: str, **more: object) -> dict[str, object]:
    return {
        "id": number,
        "title": title,
        "url": f"{{base}}/gkmlpt/content/0/0/post_{number}.html",
        "date": 1707098400,
        **more,
    }


@pytest.mark.parametrize("end", ["<html>error</html>", '{"articles":[]}', None])
async def test_catalogues_of_several_categories(end: str | None, means: PollContext) -> None:
    tree = [
        {"id": 1, "name": "首页", "jump_url": "http://other.example/"},
        {
            "id": 7,
            "name": "财政预决算",
            "children": [{"id": 8, "name": "部门预算"}, {"id": 9, "name": "转", "jump_url": "/x"}],
        },
    ]
    shell = f"<html><script>window._CONFIG = {{ 'SID': '755041', \"TREE\": {json.dumps(tree)} }};</script></html>"

    def answer(*articles: dict[str, object]) -> str:
        plain = [{**each, "url": str(each["url"]).format(base="")} for each in articles]
        return json.dumps({"articles": plain, "classify": {"id": 8}})

    detail = json.dumps({"attachment": json.dumps([{"name": "部门预算表.pdf", "url": "/attachment/0/1/2.pdf"}])})
    served: dict[str, object] = {
        "/gkmlpt/index": shell,
        "/gkmlpt/api/all/0?page=1&sid=755041": answer(gkmlpt_article(1, FIRST), gkmlpt_article(2, NOISE)),
        "/gkmlpt/api/all/0?page=2&sid=755041": answer(
            gkmlpt_article(3, f"{SECOND[:6]}<br/>{SECOND[6:]}&ldquo;&rdquo;")
        ),
        "/gkmlpt/content/0/0/post_1.html": article(FIRST, "正文")
        + f"<script>window._CONFIG.DETAIL = {detail};</script>",
        "/gkmlpt/content/0/0/post_3.html": article(SECOND, TABLE),
        "/attachment/0/1/2.pdf": PDF,
    }
    if end is not None:
        served["/gkmlpt/api/all/0?page=3&sid=755041"] = end
    found = await taken("json_catalogue", ["/gkmlpt/index"], Site(served), means)  # type: ignore[arg-type]
    assert [title.rstrip("“”") for title in found.titles] == [FIRST, SECOND]
    assert found.files == [("/attachment/0/1/2.pdf", "部门预算表.pdf")]
    assert found.result.outcome == "ok"


async def test_catalogues_that_have_no_list_of_everything(means: PollContext) -> None:
    tree = [
        {
            "id": 7,
            "name": "财政预决算",
            "children": [{"id": 8, "name": "部门预算"}, {"id": 9, "name": "部门决算"}],
        },
        {"id": 10, "name": "部门预算平台", "jump_url": "http://other.example/"},
        {"id": 11, "name": "人事任免"},
    ]
    shell = (
        f"<html><script>window._CONFIG = {{SID: 5, TREE: {json.dumps(tree, ensure_ascii=False)}}}</script></html>"
    )

    def answer(*articles: dict[str, object]) -> str:
        return json.dumps({"articles": [{**each, "url": f"/p/post_{each['id']}.html"} for each in articles]})

    site = Site(
        {
            "/gkmlpt/index": shell,
            "/gkmlpt/api/all/7?page=1&sid=5": answer(),
            "/gkmlpt/api/all/8?page=1&sid=5": answer(gkmlpt_article(1, FIRST), gkmlpt_article(2, SECOND)),
            "/gkmlpt/api/all/9?page=1&sid=5": answer(gkmlpt_article(3, THIRD), gkmlpt_article(1, FIRST)),
            **{
                f"/p/post_{number}.html": article(title, TABLE)
                for number, title in ((1, FIRST), (2, SECOND), (3, THIRD))
            },
        }
    )
    found = await taken("json_catalogue", ["/gkmlpt/index"], site, means)
    assert found.titles == [FIRST, SECOND, THIRD]
    assert not any("/10?" in line or "/11?" in line for line in site.asked)
