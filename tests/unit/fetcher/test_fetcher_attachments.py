"""Addresses of files as government sites write them, and links that are none of the disclosure's."""
# ruff: noqa: E501 - markup as sites write it

from datetime import UTC, datetime

import pytest

from services.fetcher.sites.article import Article, read_article
from services.fetcher.sites.contract import Row

HOST = "http://www.sample.example"
URL = f"{HOST}/gk/202402/t20240205_1.html"
TITLE = "某县水利局2024年部门预算公开"
NOW = datetime(2024, 6, 1, tzinfo=UTC)
TEXT = "<p>现将我局2024年部门预算公开如下，详见附件所列的各张表格。</p>"


def read(body: str) -> Article:
    page = f"<html><head><title>{TITLE}</title></head><body><h1>{TITLE}</h1>{body}</body></html>"
    return read_article(page, URL, Row(URL, TITLE), (), NOW)


def files(body: str) -> list[str]:
    return [file.url.removeprefix(HOST) for file in read(body).attachments]


ENDINGS = [
    "pdf",
    "doc",
    "docx",
    "xls",
    "xlsx",
    "wps",
    "et",
    "ofd",
    "rtf",
    "zip",
    "rar",
    "7z",
    "ppt",
    "pptx",
    "csv",
    "txt",
    "ods",
    "PDF",
    "XLS",
]


@pytest.mark.parametrize("ending", ENDINGS)
def test_files_by_how_their_addresses_end(ending: str) -> None:
    assert files(f'<div id="zoom">{TEXT}<a href="/f/a.{ending}">表</a></div>') == [f"/f/a.{ending}"]


ADDRESSES = [
    "/attach/123",
    "/download/123",
    "/getfile.ashx?guid=3",
    "/UploadFiles/down.aspx?id=12",
    "/cms/attach.do?method=view&id=3",
    "/openFile?fileId=12",
    "/fileserver/3f2504e04f8911d39a0c0305e82c3301",
    "/module/download/downfile.jsp?classid=0&filename=ab12.doc",
    "/module/download/downfile.jsp?classid=0&showname=x&filename=9f",
    "/system/_content/download.jsp?urltype=news.DownloadAttachUrl&owner=1&wbfileid=9",
    "/virtual_attach_file.vsb?afc=1&e=.pdf",
    "/attachment/0/599/599288/4804801.pdf",
    "/attachment/0/599/599288",
    "/downloadFile?id=9",
    "/file/download?uuid=1",
    "/fileDownload.action?id=4",
    "/api/file_download/9",
    "/attachDown.jsp?id=2",
    "/filedown.php?f=2",
    "/download.php?id=3",
    "/viewfile.aspx?id=3",
    "/getFile?path=1",
    "/attachments/77",
    "/show.asp?file=a.xls",
    "/d.jsp?a=1&filename=1.pdf",
    "/EWB-FRONT/ReadAttachFile.aspx?AttachID=1f-2b",
    "/x/pages/read?attachGuid=1f-2b",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_files_by_addresses_of_programs(address: str) -> None:
    link = address.replace("&", "&amp;")
    assert files(f'<div id="zoom">{TEXT}<a href="{link}">附件1：预算公开表</a></div>') == [address]


LINKS = {
    "text with the ending": ('<a href="/x/1">预算表.xlsx</a>', "/x/1"),
    "speaking text": ('<a href="/x/1">某局预算公开表</a>', "/x/1"),
    "download attribute": ('<a href="/x/1" download="">这里</a>', "/x/1"),
    "type": ('<a href="/x/1" type="application/pdf">这里</a>', "/x/1"),
    "call": ("<a href=\"javascript:down('/up/c.xlsx')\">附件</a>", "/up/c.xlsx"),
    "onclick": ('<a href="#" onclick="openFile(\'/up/c.docx\')">附件</a>', "/up/c.docx"),
    "backslashes": ('<a href="\\up\\c.doc">附件</a>', "/up/c.doc"),
    "picture as link": ('<a href="/up/c.pdf" title="表.pdf"><img src="/pdf.png"></a>', "/up/c.pdf"),
    "iframe": ('<iframe src="/up/a.pdf"></iframe>', "/up/a.pdf"),
    "iframe without ending": ('<iframe src="/f/get/1"></iframe>', "/f/get/1"),
    "embed": ('<embed src="/f/get/1" type="application/pdf">', "/f/get/1"),
    "object": ('<object data="/f/get/1" type="application/pdf"></object>', "/f/get/1"),
    "viewer file=": ('<iframe src="/pdfjs/web/viewer.html?file=/up/a.pdf"></iframe>', "/up/a.pdf"),
    "viewer file= twice quoted": ('<iframe src="/v/viewer.html?file=%252Fup%252Fa.pdf"></iframe>', "/up/a.pdf"),
    "viewer url=": ('<iframe src="/viewer/index.html?url=/up/a.pdf"></iframe>', "/up/a.pdf"),
    "viewer pdf=": ('<iframe src="/pdf/web/viewer.html?pdf=/up/a.pdf"></iframe>', "/up/a.pdf"),
    "viewer src=": ('<iframe src="/read/preview.html?src=%2Fup%2Fa.pdf"></iframe>', "/up/a.pdf"),
    "link to a viewer": ('<a href="/pdfjs/web/viewer.html?file=/up/a.pdf">查看</a>', "/up/a.pdf"),
    "data-url": ('<div class="pdfbook" data-url="/up/a.pdf"></div>', "/up/a.pdf"),
    "data-pdf": ('<div data-pdf="/up/a.pdf"></div>', "/up/a.pdf"),
    "data of any name": ('<div class="box" data-path="/up/a.pdf" data-id="7"></div>', "/up/a.pdf"),
    "empty link of a viewer": ('<a class="media" href="/up/a.pdf"></a>', "/up/a.pdf"),
    "data-src": ('<iframe data-src="/up/a.pdf"></iframe>', "/up/a.pdf"),
    "showVsb": ('<script>showVsbpdfIframe("/__local/a.pdf","100%")</script>', "/__local/a.pdf"),
    "PDFObject": ("<script>PDFObject.embed('/f/get/1', '#b')</script>", "/f/get/1"),
    "Pdfh5": ('<script>new Pdfh5("#x",{pdfurl:"/up/a.pdf"});</script>', "/up/a.pdf"),
    "getDocument": ("<script>pdfjsLib.getDocument('/up/a.pdf')</script>", "/up/a.pdf"),
    "getDocument of an object": ("<script>pdfjsLib.getDocument({url: '/up/a.pdf'})</script>", "/up/a.pdf"),
    "DEFAULT_URL": ("<script>var DEFAULT_URL = '/up/a.pdf';</script>", "/up/a.pdf"),
    "fileUrl": ("<script>var fileUrl='/up/a.ofd';</script>", "/up/a.ofd"),
    "call with an id": (
        "<a href='javascript:downFile(123)'>附件1：预算表.xls</a><script>function downFile(id){window.open('/attach/get?no='+id)}</script>",
        "/attach/get?no=123",
    ),
    "call with a quoted id": (
        "<a href='#' onclick=\"down('3f-25')\">附件1：预算表</a><script>var down = function(id){ location.href='/up/'+id+'.xls' }</script>",
        "/up/3f-25.xls",
    ),
    "span": ("<span onclick=\"location.href='/up/b.xlsx'\">附件下载：b.xlsx</span>", "/up/b.xlsx"),
    "area of a picture": ('<map><area href="/up/a.pdf" alt="预算"></map>', "/up/a.pdf"),
    "data-download": ('<button data-download="/up/a.xls">下载预算表</button>', "/up/a.xls"),
    "form": ("<form action='/up/c.doc'><button>下载附件</button></form>", "/up/c.doc"),
    "viewer with a fragment": ('<iframe src="/static/pdf/viewer.html#/up/a.pdf"></iframe>', "/up/a.pdf"),
    "viewer with base64": (
        '<iframe src="/onlinePreview?url=aHR0cDovL3d3dy5zYW1wbGUuZXhhbXBsZS91cC9lLmRvY3g="></iframe>',
        "/up/e.docx",
    ),
    "object's parameter": ('<object classid="x"><param name="src" value="/up/a.pdf"></object>', "/up/a.pdf"),
    "list in the content's script": ('<script>var files=[{"path":"/up/k.xls"}];</script>', "/up/k.xls"),
    "the platform's own list": (
        '<script>x={"attachment": "[{\\"name\\": \\"表.zip\\", \\"url\\": \\"/attachment/1.zip\\"}]"}</script>',
        "/attachment/1.zip",
    ),
}


@pytest.mark.parametrize(("markup", "wanted"), LINKS.values(), ids=LINKS.keys())
def test_files_by_links_viewers_and_calls(markup: str, wanted: str) -> None:
    assert files(f'<div id="zoom">{TEXT}{markup}</div>') == [wanted]


BLOCKS = {
    "id": '<div id="appendix"><a href="/f/b.pdf">表.pdf</a></div>',
    "class": '<div class="fj"><a href="/f/b.pdf">表.pdf</a></div>',
    "attachment list": '<ul class="attach-list"><li><a href="/f/b.pdf">表.pdf</a></li></ul>',
    "words in a box of related things": '<div class="xgxx"><p>相关附件：</p><a href="/f/b.pdf">表.pdf</a></div>',
    "words": '<p>附件：<a href="/f/b.pdf">表.pdf</a></p>',
    "words before a list": '<h3>附件</h3><ul><li><a href="/f/b.pdf">表.pdf</a></li></ul>',
    "words in brackets": '<p>附件【<a href="/f/b.pdf">表.pdf</a>】已下载3次</p>',
}


@pytest.mark.parametrize("block", BLOCKS.values(), ids=BLOCKS.keys())
def test_an_attachment_block_beside_the_text_belongs_to_it(block: str) -> None:
    assert files(f'<div id="zoom">{TEXT}</div>{block}') == ["/f/b.pdf"]


OTHERS = {
    "related": '<div class="xgwj"><h3>相关信息</h3><ul><li><a href="/f/b.pdf">另一局2023年部门预算.pdf</a></li></ul></div>',
    "related without a class": '<div><h3>相关信息</h3><ul><li><a href="/f/b.pdf">另一局部门预算.pdf</a></li></ul></div>',
    "neighbours": '<p>上一篇：<a href="/f/b.pdf">另一局2024年部门预算公开</a></p>',
    "side bar": '<div class="sidebar"><a href="/f/b.pdf">另一局部门预算.pdf</a></div>',
    "footer": '<div class="footer"><a href="/help.doc">网站使用帮助.doc</a></div>',
    "help": '<div><a href="/help.pdf">网站使用帮助.pdf</a></div>',
    "no text": '<a href="/f/old.pdf"></a>',
    "blank text": '<a href="/f/old.pdf" title="初稿.pdf">&nbsp;</a>',
    "hidden": '<p style="display:none">附件：<a href="/f/old.pdf">初稿.pdf</a></p>',
    "list of others in a script": '<script>var list=[{"title":"另一局","articleFiles":[{"filePath":"/zf/9.pdf"}]}];</script>',
    "page": '<p>附件：<a href="/gk/other.html">另一篇</a></p>',
    "print": '<p>附件：<a href="javascript:window.print()">打印</a></p>',
}


@pytest.mark.parametrize("markup", OTHERS.values(), ids=OTHERS.keys())
def test_what_is_not_the_disclosures(markup: str) -> None:
    assert files(f'<div id="zoom">{TEXT}<a href="/f/own.pdf">本局部门预算.pdf</a></div>{markup}') == ["/f/own.pdf"]


@pytest.mark.parametrize("markup", [OTHERS["no text"], OTHERS["blank text"], OTHERS["hidden"]])
def test_what_no_reader_sees_is_no_file_in_the_text_either(markup: str) -> None:
    assert files(f'<div id="zoom">{TEXT}{markup}<a href="/f/own.pdf">本局部门预算.pdf</a></div>') == ["/f/own.pdf"]


@pytest.mark.parametrize(
    "content",
    [
        '<a href="/f/get?no=1">附件</a>',
        '<a href="/f/get?no=1" onclick="return true">某局公开表</a><table><tr><td>合计</td></tr></table>',
    ],
)
def test_of_a_short_article_the_line_of_date_and_source_is_not_the_text(content: str) -> None:
    line = '<div class="info"><span>发布时间：2024-02-05 10:00</span><span>来源：某县财政局预算管理科</span><span>浏览次数：</span></div>'
    assert files(f'{line}<div id="zoom"><p>{content}</p></div>') == ["/f/get?no=1"]


PLACES = {
    "#vsb_content_501": '<div id="vsb_content_501">{}</div>',
    "#Zoom": '<div id="Zoom">{}</div>',
    ".TRS_UEDITOR": '<div class="view TRS_UEDITOR">{}</div>',
    "#ivs_content": '<div class="Article"><div id="ivs_content">{}</div></div>',
    ".j-fontContent": '<div class="newscontnet j-fontContent">{}</div>',
    "#NewsContent": '<div id="NewsContent">{}</div>',
    "within the page's box": '<div class="content"><p>首页</p><div id="zoom">{}</div></div>',
    "beside label cells": '<table><tr><td class="content">某局</td></tr></table><div class="details-content">{}</div>',
    "nothing known": '<div class="nr">{}</div>',
    "a cell": "<table><tr><td>导航</td><td>{}</td></tr></table>",
}


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES.keys())
def test_the_place_of_the_text_is_found_and_nothing_beside_it_counts(place: str) -> None:
    content = "<table>" + "<tr><td>收入合计</td><td>{}</td></tr>" * 8 + "</table>"
    news = '<div class="xw"><a href="/n/{}.htm">示例县第{}次会议召开</a></div><p>今天是2024年2月{}日</p>'

    def page(figure: int, number: int) -> Article:
        return read(place.format(content.replace("{}", str(figure))) + news.replace("{}", str(number)))

    assert page(10, 1).body
    assert page(10, 1).digest == page(10, 2).digest
    assert page(10, 1).digest != page(99, 1).digest


def test_a_text_in_a_box_called_as_a_footer_is_still_the_text() -> None:
    text = "<p>" + "全年一般公共预算收入完成情况及说明。" * 60 + "</p>"
    footer = '<div id="foot"><p>' + "本站所载之资料之使用须知。" * 20 + "</p></div>"
    body = f'<div class="bottom_size20">{text}<a href="/f/a.pdf">附表</a></div>{footer}'
    assert files(body) == ["/f/a.pdf"]


def test_an_article_that_is_but_a_link_of_its_title_has_its_file() -> None:
    meta = '<div class="meta"><span>日期：2024年02月05日</span><span>来源：某县财政局</span><span>点击量：</span><p>分享：</p></div>'
    assert files(f'{meta}<div class="nr"><p><a href="a/files/1.docx">{TITLE}</a></p></div>') == [
        "/gk/202402/a/files/1.docx"
    ]
