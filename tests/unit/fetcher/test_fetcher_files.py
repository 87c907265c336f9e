"""Files and pages as servers hand them out: names in any charset, viewers, redirects, codings, odd HTTP."""

import gzip
import zlib
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from urllib.parse import quote

import pytest

from services.fetcher.http.revalidation import PollContext
from tests.unit.fetcher.fetcher_serving import send, with_settings
from tests.unit.fetcher.fetcher_sites import FIRST, PDF, TABLE, Answer, Site, Taken, article, rows, taken

TITLE = "某县水利局2024年部门预算公开"
NAME = "某县水利局预算.pdf"
LIST = rows(("./202402/t20240205_1.html", TITLE)) + "<script>createPageHTML(1,0,'index','html')</script>"
ARTICLE = "/a/202402/t20240205_1.html"


async def one(means: PollContext, content: str | Answer, **files: Answer) -> Taken:
    """A site of one disclosure; `files` are by path under /a/202402/, `_` for a dot before the extension."""
    page = article(TITLE, content) if isinstance(content, str) else content
    return await site(means, {"/a/": LIST, ARTICLE: page, **files})


async def site(means: PollContext, pages: dict[str, Answer], **changes: object) -> Taken:
    return await taken("trs_wcm", ["/a/"], Site(pages), means, **changes)


async def test_an_article_in_a_frame_is_read_with_its_files(means: PollContext) -> None:
    frame = f"<html><body>{TABLE}<a href='/up/a.pdf'>{NAME}</a></body></html>"
    files: dict[str, Answer] = {"/inner/1.html": frame, "/up/a.pdf": PDF}
    found = await one(means, '<iframe src="/inner/1.html"></iframe>', **files)
    (event,) = found.events
    assert [file.url.removeprefix(found.base_url) for file in event.files if file.role == "article"] == [
        ARTICLE,
        "/inner/1.html",
    ]
    assert found.files == [("/up/a.pdf", NAME)]


async def test_a_frame_beside_a_text_is_none_of_it(means: PollContext) -> None:
    found = await one(means, f'{TABLE}<iframe src="/share.html"></iframe>', **{"/share.html": "<p>分享</p>"})
    assert [file.role for event in found.events for file in event.files] == ["article"]


@pytest.mark.parametrize(
    ("link", "path", "name"),
    [
        (f'<a href="./P1.pdf">{NAME}</a>', "/a/202402/P1.pdf", NAME),
        (f'<a href="..\\P1.pdf">{NAME}</a>', "/a/P1.pdf", NAME),
        (f'<a href=" P1.pdf ">{NAME}</a>', "/a/202402/P1.pdf", NAME),
        (f'<a href="//{{host}}/x/P1.pdf">{NAME}</a>', "/x/P1.pdf", NAME),
        (f'<a href="/d.jsp?a=1&amp;filename=1.pdf">{NAME}</a>', "/d.jsp?a=1&filename=1.pdf", NAME),
        (f'<a href="/f/某县 表.pdf">{NAME}</a>', "/f/某县%20表.pdf", NAME),
        (f'<a href="/f/{quote("某县表.pdf")}">附件1</a>', f"/f/{quote('某县表.pdf')}", f"{TITLE}.pdf"),
        (f'<a href="/P1.pdf" title="">{NAME}</a>', "/P1.pdf", NAME),
        (f'<a href="/P1.pdf" title="{NAME}"><img src="/pdf.png"></a>', "/P1.pdf", NAME),
        ('<iframe src="/pdfjs/web/viewer.html?file=%252Fup%252Fa.pdf"></iframe>', "/up/a.pdf", f"{TITLE}.pdf"),
        ("<iframe src='/pdfjs/web/viewer.html?file=/up/a.pdf#page=2'></iframe>", "/up/a.pdf", f"{TITLE}.pdf"),
        ('<embed src="/up/a.pdf" type="application/pdf">', "/up/a.pdf", f"{TITLE}.pdf"),
        ('<object data="/up/a.pdf"><param name="src" value="/up/a.pdf"></object>', "/up/a.pdf", f"{TITLE}.pdf"),
        ('<div class="pdf" data-pdf="/up/a.pdf"></div>', "/up/a.pdf", f"{TITLE}.pdf"),
        ('<a href="/pdfjs/web/viewer.html?file=%2Fup%2Fa.pdf">点击查看</a>', "/up/a.pdf", f"{TITLE}.pdf"),
    ],
)
async def test_links_to_a_file(link: str, path: str, name: str, means: PollContext) -> None:
    asked = quote(path, safe="/%?&=")

    def page(request: BaseHTTPRequestHandler) -> None:
        send(request, 200, article(TITLE, link.replace("{host}", request.headers["Host"])).encode())

    found = await site(means, {"/a/": LIST, ARTICLE: page, asked: PDF})
    assert [(quote(at, safe="/%?&="), called) for at, called in found.files] == [(asked, name)]


async def test_a_base_address_moves_the_links(means: PollContext) -> None:
    page = article(TITLE, f'<a href="P1.pdf">{NAME}</a>').replace("<head>", '<head><base href="/files/2024/">')
    found = await site(means, {"/a/": LIST, ARTICLE: page, "/files/2024/P1.pdf": PDF})
    assert found.files == [("/files/2024/P1.pdf", NAME)]


@pytest.mark.parametrize(
    "header",
    [
        b"attachment; filename=" + NAME.encode("gbk"),
        b'attachment;filename="' + NAME.encode() + b'"',
        b"attachment; filename*=UTF-8''" + quote(NAME).encode(),
        b"attachment; filename*=GBK''" + quote(NAME.encode("gbk")).encode(),
        b"attachment; filename=" + quote(NAME).encode(),
        b'attachment; filename="C:\\upload\\' + NAME.encode("gbk") + b'"',
    ],
)
async def test_names_a_server_gives_in_any_charset(header: bytes, means: PollContext) -> None:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Disposition: " + header)
        request.wfile.write(b"\r\nContent-Length: %d\r\n\r\n" % len(PDF) + PDF)

    page = article(TITLE, '<a href="/down.jsp?fileid=7&type=filedown">附件下载</a>')
    found = await site(means, {"/a/": LIST, ARTICLE: page, "/down.jsp?fileid=7&type=filedown": answer})
    assert [name for _, name in found.files] == [NAME]


async def test_pictures_are_files_only_where_they_are_the_disclosure(means: PollContext) -> None:
    icon = '<img src="/images/pdf.png" width="16"><a href="/P1.pdf"><img src="/icons/pdf.png">一.pdf</a>'
    found = await site(means, {"/a/": LIST, ARTICLE: article(TITLE, icon + '<img src="/x.jpg">'), "/P1.pdf": PDF})
    assert found.files == [("/P1.pdf", "一.pdf")]


@pytest.mark.parametrize(
    ("content", "names"),
    [
        ('<p>现将预算公开如下：</p><img src="./W1.jpg"><img src="./W2.jpg">', ["W1.jpg", "W2.jpg"]),
        ('<a href="W1.jpg">某县水利局预算公开表</a>', ["某县水利局预算公开表"]),
        ('<a href="W1.jpg">扫描件.jpg</a>', ["扫描件.jpg"]),
        ('<a href="W1.jpg">分享</a><p>' + "正文" * 400 + "</p>", []),
        (f'<img src="./W1.jpg">{TABLE * 6}', ["W1.jpg"]),
        ('<img src="./W1.jpg"><table>' + "<tr><td>甲</td><td>1</td></tr>" * 6 + "</table>", []),
    ],
)
async def test_scanned_pages_are_kept(content: str, names: list[str], means: PollContext) -> None:
    picture = b"\xff\xd8\xff\xe0" + bytes(100)
    pages = {
        "/a/": LIST,
        ARTICLE: article(TITLE, content),
        "/a/202402/W1.jpg": picture,
        "/a/202402/W2.jpg": picture,
    }
    assert [name for _, name in (await site(means, pages)).files] == names  # type: ignore[arg-type]


@pytest.mark.parametrize("coding", ["gzip", "deflate", "raw-deflate", "x-gzip"])
async def test_codings_nobody_asked_for(coding: str, means: PollContext) -> None:
    def packed(request: BaseHTTPRequestHandler) -> None:
        body = article(TITLE, TABLE).encode()
        raw = zlib.compressobj(wbits=-15)
        bodies = {
            "gzip": gzip.compress(body),
            "x-gzip": gzip.compress(body),
            "deflate": zlib.compress(body),
            "raw-deflate": raw.compress(body) + raw.flush(),
        }
        send(request, 200, bodies[coding], Content_Encoding=coding.removeprefix("raw-"))

    assert (await site(means, {"/a/": LIST, ARTICLE: packed})).titles == [TITLE]


def odd(head: bytes, body: bytes) -> Callable[[BaseHTTPRequestHandler], None]:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.wfile.write(head + b"\r\n\r\n" + body)
        request.wfile.flush()
        request.close_connection = True

    return answer


BODY = article(TITLE, TABLE).encode()


@pytest.mark.parametrize(
    "answer",
    [
        odd(b"HTTP/1.0 200 OK", BODY),
        odd(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked", b"%x\r\n%s\r\n0\r\n\r\n" % (len(BODY), BODY)),
        odd(b"HTTP/1.1 200 OK\r\nConnection: close", BODY),
        odd(
            b"HTTP/1.1 200 OK\r\n" + b"Set-Cookie: JSESSIONID=%d; path=/\r\n" % 7 * 30 + b"Connection: close", BODY
        ),
        odd(b"HTTP/1.1 200 \xb3\xc9\xb9\xa6\r\nX-Powered: \xd6\xd0\r\nConnection: close", BODY),
        odd(b"HTTP/1.1 200\r\nContent-Encoding: none\r\nConnection: close", BODY),
        odd(b"HTTP/1.1 200 OK\r\nContent-Encoding: utf-8\r\nConnection: close", BODY),
    ],
)
async def test_odd_answers_are_read(answer: Answer, means: PollContext) -> None:
    assert (await site(means, {"/a/": LIST, ARTICLE: answer})).titles == [TITLE]


@pytest.mark.parametrize(
    "answer",
    [
        odd(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked", b"%x\r\n%s\r\n" % (len(BODY), BODY)),
        odd(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 200_000, BODY),
        odd(b"HTTP/1.1 200 OK\r\nContent-Length: 99999", BODY),
        odd(b"SSH-2.0-x", b""),
        odd(b"HTTP/1.1 200 OK\r\nContent-Length: -5", BODY),
        odd(b"HTTP/1.1 200 OK\r\nContent-Encoding: br", BODY),
    ],
)
async def test_broken_answers_fail_their_disclosure_only(answer: Answer, means: PollContext) -> None:
    second = "某县教育局2024年部门预算公开"
    listing = rows(("./202402/t20240205_1.html", TITLE), ("./202402/t20240206_2.html", second))
    hasty = with_settings(means, read_seconds=0.5, retries=1)
    pages = {"/a/": listing, ARTICLE: answer, "/a/202402/t20240206_2.html": article(second, TABLE)}
    found = await site(hasty, pages)
    assert (found.titles, found.result.counts.failed) == ([second], 1)


async def test_cookies_change_nothing(means: PollContext) -> None:
    def tracked(request: BaseHTTPRequestHandler) -> None:
        send(request, 200, BODY, Set_Cookie="JSESSIONID=0; Path=/")

    assert (await site(means, {"/a/": LIST, ARTICLE: tracked})).titles == [TITLE]


@pytest.mark.parametrize("cookie", ["wzws_cid=1", "JSESSIONID=2"])
async def test_a_redirect_that_wants_its_cookie_back(cookie: str, means: PollContext) -> None:
    def page(request: BaseHTTPRequestHandler) -> None:
        if cookie in request.headers.get("Cookie", ""):
            send(request, 200, BODY)
        else:
            send(request, 302, Location=request.path, Set_Cookie=f"{cookie}; Path=/")

    assert (await site(means, {"/a/": LIST, ARTICLE: page})).titles == [TITLE]


REFRESHES = [
    '<html><head><meta http-equiv="refresh" content="0;url=/b/index.html"></head><body></body></html>',
    "<html><head><META HTTP-EQUIV=REFRESH CONTENT=\"0; URL='/b/index.html'\"></head></html>",
    '<html><script>window.location.href="/b/index.html";</script></html>',
    "<script language='javascript'>location.replace('/b/index.html')</script>",
]


@pytest.mark.parametrize("refresh", REFRESHES)
async def test_pages_that_send_on_to_another(refresh: str, means: PollContext) -> None:
    listing = rows(("./t20240205_1.html", TITLE)) + "<script>createPageHTML(1,0,'index','html')</script>"
    found = await site(means, {"/a/": refresh, "/b/index.html": listing, "/b/t20240205_1.html": BODY})
    assert found.titles == [TITLE]


@pytest.mark.parametrize("refresh", REFRESHES)
async def test_articles_that_send_on_to_another(refresh: str, means: PollContext) -> None:
    found = await site(means, {"/a/": LIST, ARTICLE: refresh, "/b/index.html": BODY})
    assert found.titles == [TITLE]


@pytest.mark.parametrize(
    ("page", "outcome"),
    [
        ("<html><title>提示</title><body>系统升级维护中，请稍后访问</body></html>", "empty"),
        ("<html><title>404</title><body>您访问的页面不存在或已被删除</body></html>", "drifted"),
        ("<html><body><form>用户名<input>密码<input type=password></form></body></html>", "drifted"),
        ("<html><script>var $_ts=window['$_ts'];</script></html>", "challenged"),
    ],
)
async def test_pages_that_say_something_else(page: str, outcome: str, means: PollContext) -> None:
    assert (await site(means, {"/a/": page})).result.outcome == outcome


@pytest.mark.parametrize(
    "page",
    [
        "<html><title>提示</title><body>系统升级维护中，请稍后访问</body></html>",
        "<html><title>错误</title><body>对不起，您要查看的信息不存在或已被删除！</body></html>",
        "<html><body><form>用户名<input>密码<input type=password></form></body></html>",
        "<html><body></body></html>",
        "",
    ],
)
async def test_an_article_that_says_something_else_is_no_disclosure(page: str, means: PollContext) -> None:
    found = await site(with_settings(means, retries=0), {"/a/": LIST, ARTICLE: page})
    assert found.titles == []
    assert found.result.counts.failed + found.result.counts.gone == 1


@pytest.mark.parametrize(
    "written",
    [
        "某县水利局2024年&ldquo;部门预算&rdquo;公开",
        "某县水利局2024年\n  “部门预算”\n公开",
        "某县水利局2024年<br>“部门预算”<br/>公开",
        "<font color=red>某县水利局</font>2024年“部门预算”公开",
        "某县水利局&nbsp;2024年“部门预算”公开",
        "【图】某县水利局2024年“部门预算”公开",
    ],
)
async def test_titles_with_entities_and_line_breaks(written: str, means: PollContext) -> None:
    listing = f'<ul><li><a href="./202402/t20240205_1.html" title="">{written}</a><i>2024-02-05</i></li></ul>'
    found = await site(means, {"/a/": listing, ARTICLE: f'<h1>{written}</h1><div id="zoom">{TABLE}</div>'})
    (title,) = found.titles
    assert title.replace(" ", "").replace("\xa0", "").removeprefix("【图】") == "某县水利局2024年“部门预算”公开"


async def test_a_file_that_cannot_be_had_is_told_in_the_event(means: PollContext) -> None:
    content = TABLE + '<a href="/f/1.pdf">附件1</a><a href="/f/2.xls">附件2：绩效目标表</a>'
    site = Site(
        {
            "/list.htm": rows(("/info/1/101.htm", FIRST)),
            "/info/1/101.htm": article(FIRST, content),
            "/f/1.pdf": PDF,
        }
    )
    found = await taken("static_html", ["/list.htm"], site, means)
    (event,) = found.events
    assert found.files == [("/f/1.pdf", f"{FIRST}.pdf")]
    assert [(each.name, each.cause) for each in event.missing] == [("附件2：绩效目标表", "gone")]


@pytest.mark.parametrize(
    "link",
    [
        "file:///C:/Users/a/预算表.xls",
        "C:\\公开\\预算表.xls",
        "ftp://10.0.0.1/预算表.xls",
        "https://disk.example/s/1abc",
        "data:application/pdf;base64,JVBERg==",
    ],
)
async def test_a_file_where_nobody_can_ask_for_it_is_told(link: str, means: PollContext) -> None:
    got = await one(means, f'{TABLE}<a href="{link}">附件：预算表</a>')
    (event,) = got.events
    assert [each.name for each in event.missing] == ["附件：预算表"]
    assert "附件：预算表" in (got.result.reason or "")


MESSAGE = '{"code": 404, "msg": "文件不存在"}'.encode()


async def test_a_message_of_a_program_is_no_disclosure(means: PollContext) -> None:
    got = await one(means, lambda request: send(request, 200, MESSAGE))
    assert (got.titles, got.result.counts.failed) == ([], 1)


async def test_a_message_of_a_program_is_no_file(means: PollContext) -> None:
    content = article(TITLE, f'{TABLE}<a href="a.pdf">a.pdf</a>')
    pages: dict[str, Answer] = {"/a/": LIST, ARTICLE: content, "/a/202402/a.pdf": MESSAGE}
    got = await site(with_settings(means, item_attempts=1, retries=0), pages)
    assert got.files == []
    assert [each.name for each in got.events[0].missing] == ["a.pdf"]


async def test_pictures_that_are_loaded_later_are_kept(means: PollContext) -> None:
    lazy = "".join(f'<img src="/img/loading.gif" data-original="/up/{n}.jpg">' for n in range(2))
    pictures: dict[str, Answer] = {f"/up/{n}.jpg": b"\xff\xd8\xff\xe0" + bytes([n]) * 900 for n in range(2)}
    got = await site(means, {"/a/": LIST, ARTICLE: article(TITLE, lazy), **pictures})
    assert [path for path, _ in got.files] == ["/up/0.jpg", "/up/1.jpg"]
