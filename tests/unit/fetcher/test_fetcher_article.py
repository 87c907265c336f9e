"""Article pages: title, date, source, files and next page, in the shapes that sites give them."""

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.fetcher.sites.article import Article, read_article, signature
from services.fetcher.sites.attachments import Attachment, disposition_name, file_name
from services.fetcher.sites.contract import Row
from services.fetcher.sites.dates import CHINA
from shared.charset import decode
from shared.errors import Drifted

URL = "http://www.sample.example/xxgk/202402/t20240205_1.html"
TITLE = "某县水利局2024年部门预算公开"
NOW = datetime(2024, 6, 1, tzinfo=UTC)
LISTED = datetime(2024, 2, 4, tzinfo=CHINA)


def read(body: str, head: str = "", title: str = TITLE, cut: bool = False, url: str = URL) -> Article:
    page = f"<html><head>{head}</head><body>{body}</body></html>"
    return read_article(page, url, Row(url, title, cut, LISTED, "列表来源"), (), NOW)


def files(body: str) -> list[tuple[str, str]]:
    article = read(f'<h1>{TITLE}</h1><div class="TRS_Editor">{body}</div>')
    return [(file.url.removeprefix("http://www.sample.example"), file.name) for file in article.attachments]


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ('<a href="./P02024.pdf" oldsrc="P02024.pdf">预算.pdf</a>', [("/xxgk/202402/P02024.pdf", "预算.pdf")]),
        ('<a href="/attach/0/1.doc"><img alt="图标"/>某局预算.doc</a>', [("/attach/0/1.doc", "某局预算.doc")]),
        (
            '<a href="/system/_content/download.jsp?urltype=news.DownloadAttachUrl&amp;wbfileid=9">预算表.xls</a>',
            [("/system/_content/download.jsp?urltype=news.DownloadAttachUrl&wbfileid=9", "预算表.xls")],
        ),
        (
            '<a href="downfile.jsp?filename=ab12.doc">点击下载</a>',
            [("/xxgk/202402/downfile.jsp?filename=ab12.doc", "点击下载")],
        ),
        ('<iframe src="/pdfjs/web/viewer.html?file=%252Fupload%252Fa.pdf"></iframe>', [("/upload/a.pdf", "")]),
        ('<iframe src="/pdfjs/web/viewer.html?file=../../upload/a.pdf"></iframe>', [("/upload/a.pdf", "")]),
        ('<embed src="a.pdf#page=1"/>', [("/xxgk/202402/a.pdf", "")]),
        ('<object data="/a.ofd"></object>', [("/a.ofd", "")]),
        ('<a href="./P02024.txt">预算.txt</a>', [("/xxgk/202402/P02024.txt", "预算.txt")]),
        ('<a href="/attach/1.ods">预算表</a>', [("/attach/1.ods", "预算表")]),
        ('<div data-pdf="/a.pdf"></div>', [("/a.pdf", "")]),
        ('<script>showVsbpdfIframe("/__local/A/B.pdf","100%","600")</script>', [("/__local/A/B.pdf", "")]),
        ("<script>PDFObject.embed('/upload/b.pdf', '#box')</script>", [("/upload/b.pdf", "")]),
        (
            '<script>{"attachment": "[{\\"name\\": \\"表.zip\\", \\"url\\": \\"/attachment/1.zip\\"}]"}</script>',
            [("/attachment/1.zip", "表.zip")],
        ),
        ("<a href=\"javascript:down('/upload/c.xlsx')\">附件</a>", [("/upload/c.xlsx", "附件")]),
        ('<a href="/a.pdf">一.pdf</a><a href="/a.pdf">又一次</a>', [("/a.pdf", "一.pdf")]),
        ('<div class="footer"><a href="/help.doc">使用说明.doc</a></div><a href="/index.html">首页</a>', []),
        ('<a href="javascript:window.print()">打印</a><a href="mailto:a@b.example">信箱</a>', []),
    ],
)
def test_files_however_the_page_leads_to_them(body: str, wanted: list[tuple[str, str]]) -> None:
    assert files(body) == wanted


def test_a_viewers_file_may_be_relative_to_more_than_one_place() -> None:
    article = read(
        f'<h1>{TITLE}</h1><div class="TRS_Editor"><iframe src="/pdfjs/web/viewer.html?file=a.pdf"></iframe></div>'
    )
    (file,) = article.attachments
    paths = [each.removeprefix("http://www.sample.example") for each in (file.url, *file.others)]
    assert paths == ["/pdfjs/web/a.pdf", "/xxgk/202402/a.pdf", "/a.pdf"]


@pytest.mark.parametrize(
    ("shown", "disposition", "url", "wanted"),
    [
        ("某局预算.pdf", "x.pdf", "/a/1.pdf", "某局预算.pdf"),
        ("某局预算", "", "/a/1.pdf", "某局预算.pdf"),
        ("某局预算", "y.docx", "/down?id=1", "某局预算.docx"),
        ("附件1", "某局预算表.xlsx", "/down?id=1", "某局预算表.xlsx"),
        ("点击下载", "", "/a/1.pdf", f"{TITLE}.pdf"),
        ("", "", "/a/1.pdf", f"{TITLE}.pdf"),
        ("../../etc/预算.pdf", "", "/a/1.pdf", "预算.pdf"),
        ("..\\预算.doc", "", "/a", "预算.doc"),
        ("附件", "", "/a/file", "file"),
    ],
)
def test_a_file_is_called_what_the_portal_calls_it(shown: str, disposition: str, url: str, wanted: str) -> None:
    attachment = Attachment(f"http://www.sample.example{url}", shown)
    assert file_name(attachment, disposition, TITLE) == wanted


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        ('attachment; filename="预算.doc"'.encode("gbk"), "预算.doc"),
        ('attachment; filename="预算.doc"'.encode(), "预算.doc"),
        (b'attachment; filename="%E9%A2%84%E7%AE%97.doc"', "预算.doc"),
        (b"attachment; filename=a.doc; filename*=UTF-8''%E9%A2%84%E7%AE%97.doc", "预算.doc"),
        (b"attachment;filename=a.doc", "a.doc"),
        (b"inline", ""),
    ],
)
def test_file_names_in_headers(header: bytes, wanted: str) -> None:
    assert disposition_name(header) == wanted


@pytest.mark.parametrize(
    ("head", "body", "wanted"),
    [
        (
            '<meta name="PubDate" content="2024-02-05 10:11:12">',
            "",
            datetime(2024, 2, 5, 10, 11, 12, tzinfo=CHINA),
        ),
        (
            "<meta name='pubdate' content='2024-02-05 10:11'><meta name='Maketime' content='2024-02-05 10:11:12'>",
            "",
            datetime(2024, 2, 5, 10, 11, 12, tzinfo=CHINA),
        ),
        (
            '<meta name="PubDate" content="1970-01-01 08:00:00">',
            "<td>发文日期：</td><td>2024年02月06日</td>",
            datetime(2024, 2, 6, tzinfo=CHINA),
        ),
        ("", "更新时间：2024年2月5日 9:01:02", datetime(2024, 2, 5, 9, 1, 2, tzinfo=CHINA)),
        ('<meta name="PubDate" content="2099-01-01">', "", LISTED),
        ("", "", LISTED),
    ],
)
def test_the_most_trustworthy_date(head: str, body: str, wanted: datetime) -> None:
    assert read(f"<p>{TITLE}</p>{body}", head).published_at == wanted


@pytest.mark.parametrize(
    ("head", "body", "wanted"),
    [
        (f'<META Name="ArticleTitle" Content="{TITLE}">', "", TITLE),
        ("", f"<!--<$[标题名称(html)]>begin--><b>{TITLE}</b><!--<$[标题名称(html)]>end-->", TITLE),
        ("", f"<h1>{TITLE}</h1>", TITLE),
        (f"<title>{TITLE}_某县人民政府</title>", "", TITLE),
        (f"<title>{TITLE}-某县人民政府</title>", "", TITLE),
        (f"<title>{TITLE}－某新区管理委员会</title>", "", TITLE),
    ],
)
def test_a_cut_title_is_made_whole(head: str, body: str, wanted: str) -> None:
    article = read(f'{body}<div id="zoom">正文</div>', head, title="某县水利局2024年…", cut=True)
    assert article.title == wanted


@pytest.mark.parametrize(
    ("head", "body", "wanted"),
    [
        ('<meta name="ContentSource" content="某县水利局">', "来源：某县政府", "某县水利局"),
        ("", "作者：佚名&nbsp;&nbsp;文章来源：某县水利局&nbsp;&nbsp;点击数：3", "某县水利局"),
        ("", "<td>发布机构：</td><td>某县水利局</td>", "某县水利局"),
        ("", "来源：</span>\n\n<p>某县水利局</p>", "某县水利局"),
        ("", "<p>发布机构：</p> \n <p>某县水利局</p>", "某县水利局"),
        ("", "来源：</span><span>分享：</span>", "列表来源"),
        ("", "<p>资料来源：本表数据由各乡镇提供，未经审计。</p>", "列表来源"),
        ("", "<p>收入来源于税收返还。</p>", "列表来源"),
        ("", "<p>凡来源标注为“某网”的文章，版权均属某网。</p>", "列表来源"),
        ("", "", "列表来源"),
    ],
)
def test_who_published_it(head: str, body: str, wanted: str) -> None:
    assert read(f"<p>{TITLE}</p>{body}", head).source == wanted


def test_the_next_page_of_an_article_is_not_the_next_article() -> None:
    page = TITLE + '<div id="zoom">x</div><a href="t20240206_2.html">下一篇</a><a href="{}">下一页</a>'
    assert read(page.format("t20240205_1_2.html")).next_page is None
    numbered = "http://www.sample.example/a/1119.html"
    assert read(page.format("1119_2.html"), url=numbered).next_page == "http://www.sample.example/a/1119_2.html"
    assert read(page.format("1120.html"), url=numbered).next_page is None
    asp = "http://www.sample.example/show.asp?id=3"
    assert read(page.format("show.asp?id=3&page=2"), url=asp).next_page == f"{asp}&page=2"
    assert read(page.format("show.asp?id=4"), url=asp).next_page is None


def test_a_counter_changes_nothing_and_a_figure_does() -> None:
    page = TITLE + '<div id="zoom"><p>收入{}万元</p><p>浏览次数：{}次 <script>var now={};</script></p></div>'
    first, later, other = (read(page.format(*values)) for values in ((10, 1, 1), (10, 27, 2), (11, 1, 1)))
    assert signature([first], []) == signature([later], [])
    assert signature([first], []) != signature([other], [])
    assert signature([first], [("a", "1")]) != signature([first], [("a", "2")])


def test_a_shell_is_not_an_article() -> None:
    with pytest.raises(Drifted):
        read('<div id="app"></div>')


def test_pages_are_decoded_by_their_bytes() -> None:
    text = "新区2020年拟聘用人员（王䶮等）公示"
    assert decode(text.encode("gb18030")) == text
    assert decode(text.encode()) == text
    assert decode(b"\xef\xbb\xbf" + text.encode()) == text
    assert decode((text * 20).encode() + b"\xe4\xb8").startswith(text)


PIECES = [
    "<a\thref='",
    "'>",
    ".pdf",
    "<iframe\tsrc='",
    "viewer.html?file=%25",
    'showVsbpdfIframe("',
    "<script>",
    "</script>",
    '"attachment":"[\n',
    "",
    "",
    "",
    '[{"url":1}]',
    "<meta\tname=pubdate\tcontent=",
    "2024-99-99",
    "下一页",
    "http://[",
    "javascript:f('",
    "<td>",
    "来源：",
    "<base\thref=",
]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=30).map("".join))
def test_any_article_is_read_without_an_error(text: str) -> None:
    with suppress(Drifted):  # a script that is never closed hides all there is
        assert read(f"<h1>{TITLE}</h1>{text}").title
