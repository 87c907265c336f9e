"""What changes on a page without a change of the disclosure, and how one address is told from another."""
# ruff: noqa: E501 - markup as sites write it

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.fetcher.sites.article import Article, read_article, signature
from services.fetcher.sites.contract import Row
from services.fetcher.sites.links import Base, canonical, resolve, shown

URL = "http://www.sample.example/gk/1.html"
TITLE = "某县水利局2024年部门预算公开"
TABLE = "<table>" + "<tr><td>收入合计</td><td>10.00</td></tr>" * 8 + "</table>"
NOW = datetime(2024, 6, 1, tzinfo=UTC)


def read(body: str) -> Article:
    return read_article(f"<html><body>{body}</body></html>", URL, Row(URL, TITLE), (), NOW)


COUNTERS = [
    "阅读({})",
    "人气：{}",
    "浏览量 {}",
    "【阅读{}次】",
    "点击率：{}",
    "共有{}人浏览",
    "已有{}人阅读",
    "浏览次数：<span id=hits>{}</span>次",
    "访问人数：{}",
    "点击：{} 次",
    "热度：{}℃",
    "阅读量：{}",
    "本文已被浏览过 {} 次",
    "查看次数:{}",
    "下载次数：{}",
    "点赞（{}）",
    "点击数：[{}]",
    "Hits: {}",
    "浏览：<script>document.write({})</script>",
    "点击量：{}",
    "浏览：{}人次",
    "阅读人数：{}人",
    "访问量：{}",
    "Views: {}",
    "收藏：{}",
    "转发：{}",
    "评论（{}）",
    "已下载{}次",
    "您是第{}位访问者",
    "累计{}人次浏览",
    "打印时间：2024-02-05 10:00:{}",
    "当前时间：2024年2月5日 10:{}",
    "今天是2024年2月{}日 星期一",
    "北京时间：2024-02-{}",
    "系统时间：2024/02/05 10:{}:00",
    "页面生成时间：2024-02-05 10:{}",
    "现在是2024年2月{}日",
    "已阅 {} 人",
    "PV：{}",
    "有用({}) 没用(1)",
    "人气指数：{}",
    "当前在线 {} 人",
    "{}次浏览",
    "{}人阅读过",
    "Visits {}",
    "Read {} times",
    "浏览量：1.{}万",
    "浏览量：1,0{}",
    '<span id="hits">{}</span>次',
    '<i class="viewCount">{}</i>',
    "当前时间：10:20:{}",
    "访问时间：2024/2/{} 上午10:00",
    "页面执行时间：0.0{}秒",
    "Processed in 0.0{} second(s), 3 queries",
    "2024年2月{}日 星期一 农历腊月廿六",
    "某县 晴 5℃~{}℃",
]


@pytest.mark.parametrize("counter", COUNTERS)
def test_counters_and_clocks_are_no_change(counter: str) -> None:
    pages = [read(f'<h1>{TITLE}</h1><div id="zoom"><p>{counter.format(n)}</p>{TABLE}</div>') for n in (10, 17)]
    assert signature([pages[0]], []) == signature([pages[1]], [])


@given(st.lists(st.sampled_from(COUNTERS) | st.text("本年收支总计较上年增长的原因是", max_size=300), max_size=8))
def test_counters_and_clocks_are_none_wherever_they_stand(parts: list[str]) -> None:
    text = "".join(f"<p>{part}。</p>" for part in parts)
    one, other = (
        read(f'<h1>{TITLE}</h1><div id="zoom">{text.replace("{}", n)}{TABLE}</div>') for n in ("10", "17")
    )
    assert one.digest == other.digest


@pytest.mark.parametrize(
    "figure",
    [
        "收入{}万元",
        "因公出国（境）团组数：{}个",
        "公务接待{}批次",
        "访问学者{}人",
        "人均阅读面积{}平方米",
        "走访企业{}次",
        "群众查看档案{}人次",
        "网站访问量达到{}万次",
        "2024年2月{}日",
    ],
)
def test_figures_are(figure: str) -> None:
    pages = [read(f'<h1>{TITLE}</h1><div id="zoom"><p>{figure.format(n)}</p>{TABLE}</div>') for n in (10, 17)]
    assert signature([pages[0]], []) != signature([pages[1]], [])


def test_the_order_of_files_is_no_change() -> None:
    article = read(f'<h1>{TITLE}</h1><div id="zoom">{TABLE}</div>')
    assert signature([article], [("", "1"), ("", "2")]) == signature([article], [("", "2"), ("", "1")])
    assert signature([article], [("", "1")]) != signature([article], [("", "1"), ("/b", "gone")])


def test_of_two_sets_of_metas_the_row_s_own_is_taken() -> None:
    metas = '<meta name="ArticleTitle" content="{}"><meta name="PubDate" content="{}"><meta name="ContentSource" content="{}">'
    own, old = metas.format(TITLE, "2024-02-05 10:00", "县财政局"), metas.format("旧文", "2020-08-26", "某某网")
    for head in (own + old, old + own):
        page = f'<html><head>{head}</head><body><h1>{TITLE}</h1><div id="zoom">{TABLE}</div></body></html>'
        article = read_article(page, URL, Row(URL, TITLE), (), NOW)
        assert (article.title, article.source) == (TITLE, "县财政局")
        assert article.published_at is not None
        assert article.published_at.year == 2024


SPELLINGS = [
    "http://www.sample.example/gk/a.html",
    "http://WWW.SAMPLE.EXAMPLE/gk/a.html",
    "http://www.sample.example:80/gk/a.html",
    "http://www.sample.example/gk//a.html",
    "http://www.sample.example/gk/./a.html",
    "http://www.sample.example/gk/x/../a.html",
    "http://www.sample.example/gk/%61.html",
    "http://www.sample.example/gk/a.html?",
    "http://www.sample.example/gk/a.html#top",
    "http://www.sample.example/gk/a.html?t=1707098400",
    "http://www.sample.example/gk/a.html?_=1707098400123",
    "http://www.sample.example/gk/a.html?rand=0.8431",
]


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_one_address_in_many_spellings(spelling: str) -> None:
    assert canonical(spelling) == SPELLINGS[0]


@pytest.mark.parametrize("other", ["?id=1", "?t=3", "?id=20240205", "?sid=3f2504e04f89", "?time=2024"])
def test_what_names_the_thing_stays(other: str) -> None:
    assert canonical(SPELLINGS[0] + other) == SPELLINGS[0] + other


def test_a_login_in_an_address_is_left_out() -> None:
    assert (
        resolve(Base("http://sample.example/gk/"), "//7:x@sample.example/a.html") == "http://sample.example/a.html"
    )


def test_a_query_goes_back_in_the_charset_of_its_page() -> None:
    assert (
        resolve(Base(URL, "gb18030"), "show.asp?d=水利") == "http://www.sample.example/gk/show.asp?d=%CB%AE%C0%FB"
    )
    assert resolve(Base(URL), "show.asp?d=水利") == "http://www.sample.example/gk/show.asp?d=水利"


@pytest.mark.parametrize(
    "href",
    ["http://[", "http://a:99999/", "http://a:x/", "mailto:a@b.example", "about:blank", "data:,x", "//", "\x00"],
)
def test_what_is_no_address(href: str) -> None:
    assert resolve(Base(URL), href) in {None, URL}


def test_what_is_written_to_a_terminal_shows_its_control_characters() -> None:
    assert shown("红\x1b[31m\x9b\u202e") == "红\\x1b[31m\\x9b\\x202e"


NEXT_PAGES = {
    "_1 from 1": ("0.html", '<a href="0_1.html">下一页</a>', "0_1.html"),
    "arrow": ("4.html", '<a href="4_2.html">下一页 &gt;</a>', "4_2.html"),
    "number": ("3.html", '<p>1 <a href="3_2.html">[2]</a></p>', "3_2.html"),
    "query": ("1.asp?id=1", '<a href="1.asp?id=1&page=2">下一页</a>', "1.asp?id=1&page=2"),
    "script": (
        "t20240205_2.html",
        '<script>createPageHTML(2, 0, "t20240205_2", "html");</script>',
        "t20240205_2_1.html",
    ),
    "neighbour": ("t20240205_2.html", '<a href="t20240206_3.html">下一页</a>', None),
}


@pytest.mark.parametrize(("name", "markup", "wanted"), NEXT_PAGES.values(), ids=NEXT_PAGES.keys())
def test_the_next_page_of_an_article(name: str, markup: str, wanted: str | None) -> None:
    url = f"http://www.sample.example/gk/{name}"
    page = f'<html><body><h1>{TITLE}</h1><div id="zoom">{TABLE}{markup}</div></body></html>'
    found = read_article(page, url, Row(url, TITLE), (), NOW).next_page
    assert found == (f"http://www.sample.example/gk/{wanted}" if wanted else None)
