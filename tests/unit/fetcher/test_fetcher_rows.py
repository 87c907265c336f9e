"""Markup of list rows: every link with a title is a row with the date near it, and nothing else is."""
# ruff: noqa: E501 - markup as sites write it

import pytest

from services.fetcher.portal import Family
from services.fetcher.sites import read_list
from services.fetcher.sites.contract import Page, Request, Row

HOST = "http://www.sample.example"
ONE, TWO, THREE = (f"某县{name}局2024年部门预算公开" for name in ("水利", "教育", "统计"))


def rows(markup: str, family: Family = "static_html") -> tuple[Row, ...]:
    url = f"{HOST}/gk/list.html"
    return read_list(Page(Request(url), url, f"<html><body>{markup}</body></html>"), family).rows


def each(form: str, outer: str = "{}") -> str:
    return outer.format(
        "".join(
            form.replace("URL", f"a{n}.html").replace("TITLE", title).replace("DAY", f"0{n}")
            for n, title in enumerate((ONE, TWO, THREE), 1)
        )
    )


LISTS = {
    "li, date after": each('<li><a href="URL">TITLE</a><span>2024-02-DAY</span></li>', "<ul>{}</ul>"),
    "li, date before": each('<li><span>2024-02-DAY</span><a href="URL">TITLE</a></li>', "<ul>{}</ul>"),
    "li, date in brackets": each('<li><a href="URL">TITLE</a>[2024-02-DAY]</li>', "<ul>{}</ul>"),
    "li, date in round brackets": each('<li><a href="URL">TITLE</a>（2024年2月DAY日）</li>', "<ul>{}</ul>"),
    "li, date in the link": each('<li><a href="URL">TITLE<span>2024-02-DAY</span></a></li>', "<ul>{}</ul>"),
    "li, day and month": each('<li><b>DAY</b><i>2024-02</i><a href="URL">TITLE</a></li>', "<ul>{}</ul>"),
    "li, slashes": each('<li><a href="URL">TITLE</a><em>2024/02/DAY</em></li>', "<ul>{}</ul>"),
    "li, dots": each('<li><a href="URL">TITLE</a><em>2024.02.DAY</em></li>', "<ul>{}</ul>"),
    "li, time of day": each('<li><a href="URL">TITLE</a><em>2024-02-DAY 10:11:12</em></li>', "<ul>{}</ul>"),
    "li, label": each('<li><a href="URL">TITLE</a><em>发布时间：2024-02-DAY</em></li>', "<ul>{}</ul>"),
    "li unclosed": each('<li><a href="URL">TITLE</a> 2024-02-DAY', "<ul>{}</ul>"),
    "dl": each('<dt><a href="URL">TITLE</a></dt><dd>2024-02-DAY</dd>', "<dl>{}</dl>"),
    "dl, date first": each('<dt>2024-02-DAY</dt><dd><a href="URL">TITLE</a></dd>', "<dl>{}</dl>"),
    "table": each('<tr><td><a href="URL">TITLE</a></td><td>2024-02-DAY</td></tr>', "<table>{}</table>"),
    "table, numbered": each(
        '<tr><td>DAY</td><td><a href="URL">TITLE</a></td><td>2024-02-DAY</td></tr>', "<table>{}</table>"
    ),
    "table in a row": each(
        '<tr><td><table><tr><td><a href="URL">TITLE</a></td><td>2024-02-DAY</td></tr></table></td></tr>',
        "<table>{}</table>",
    ),
    "div": each('<div class="row"><a href="URL">TITLE</a><span>2024-02-DAY</span></div>'),
    "one div": each('<a href="URL">TITLE</a><span>2024-02-DAY</span>', "<div>{}</div>"),
    "paragraphs": each('<p><a href="URL">TITLE</a> 2024-02-DAY</p>'),
    "cards": each(
        '<div class="card"><h3><a href="URL">TITLE</a></h3><div><p>摘要</p><p>2024-02-DAY</p></div></div>'
    ),
    "card as link": each('<a href="URL"><h4>TITLE</h4><p>2024-02-DAY</p></a>', "<div>{}</div>"),
    "onclick": each("<li onclick=\"window.open('URL')\">TITLE<span>2024-02-DAY</span></li>", "<ul>{}</ul>"),
    "script link": each("<li><a href=\"javascript:open('/gk/URL')\">TITLE</a>2024-02-DAY</li>", "<ul>{}</ul>"),
    "category before": each(
        '<li>[<a href="/c/">部门预算</a>] <a href="URL">TITLE</a> 2024-02-DAY</li>', "<ul>{}</ul>"
    ),
    "department before": each(
        '<li><a href="/d/">县财政局</a><a href="URL">TITLE</a> 2024-02-DAY</li>', "<ul>{}</ul>"
    ),
    "department after": each(
        '<li><a href="URL">TITLE</a><a href="/d/">县财政局</a> 2024-02-DAY</li>', "<ul>{}</ul>"
    ),
    "interpretations inside": each(
        '<li><a href="URL">TITLE</a><div><h3>相关解读</h3><ul><li><a href="/jd/URL">一图读懂TITLE的详细解读</a></li></ul></div><span>2024-02-DAY</span></li>',
        "<ul>{}</ul>",
    ),
    "title attribute": each(
        '<li><a href="URL" title="TITLE">某县…</a><span>2024-02-DAY</span></li>', "<ul>{}</ul>"
    ),
    "badges": each('<li><a href="URL"><font>[置顶]</font>TITLE</a><span>2024-02-DAY</span></li>', "<ul>{}</ul>"),
    "bullets": each('<li><a href="URL">·TITLE</a><span>2024-02-DAY</span></li>', "<ul>{}</ul>"),
    "two lists": each('<ul><li><a href="URL">TITLE</a><span>2024-02-DAY</span></li></ul>'),
    "dates of some": f'<ul><li><a href="a1.html">{ONE}</a>2024-02-01</li><li><a href="a2.html">{TWO}</a></li><li><a href="a3.html">{THREE}</a>2024-02-03</li></ul>',
    "pinned list": f'<ul><li><a href="a1.html">[置顶]{ONE}</a></li></ul><ul><li><a href="a2.html">{TWO}</a>2024-02-02</li><li><a href="a3.html">{THREE}</a>2024-02-03</li></ul>',
    "table of its data in a row": each(
        '<li><div>0233/2026-001</div><div><a href="URL">TITLE</a><table><tr><td>名称</td><td>TITLE</td></tr><tr><td>发布日期</td><td>2024-02-DAY</td></tr></table></div><div>2024-02-DAY</div></li>',
        "<ul>{}</ul>",
    ),
    "time element": each(
        '<li><a href="URL">TITLE</a><time datetime="2024-02-DAYT08:00:00+08:00">2月DAY日</time></li>',
        "<ul>{}</ul>",
    ),
    "date as data": each('<li data-time="2024-02-DAY"><a href="URL">TITLE</a></li>', "<ul>{}</ul>"),
    "date in the title attribute": each(
        '<li><a href="URL" title="TITLE 发布时间：2024-02-DAY">TITLE</a><span>2024-02-DAY</span></li>',
        "<ul>{}</ul>",
    ),
    "year of two digits": each('<li><a href="URL">TITLE</a><span>[24-02-DAY]</span></li>', "<ul>{}</ul>"),
    "English month": each('<li><a href="URL">TITLE</a><span>Feb DAY, 2024</span></li>', "<ul>{}</ul>"),
    "words in the link": each(
        '<li><a href="URL"><span>TITLE</span><span>2024-02-DAY</span><span>查看</span></a></li>', "<ul>{}</ul>"
    ),
    "address as data of the row": each(
        '<li data-href="URL"><p>TITLE</p><span>2024-02-DAY</span></li>', "<ul>{}</ul>"
    ),
    "address as data of the link": each(
        '<li><a data-url="URL">TITLE</a><span>2024-02-DAY</span></li>', "<ul>{}</ul>"
    ),
    "a row for each date": each('<li><a href="URL">TITLE</a></li><li>2024-02-DAY</li>', "<ul>{}</ul>"),
    "wide digits": each('<li><a href="URL">TITLE</a><span>２０２４-０２-DAY</span></li>', "<ul>{}</ul>"),
    "a hidden link beside": each(
        '<li><a href="URL">TITLE</a><a style="display:none" href="/m/URL">TITLE</a><span>2024-02-DAY</span></li>',
        "<ul>{}</ul>",
    ),
    "a list for each row": each('<ul><li><a href="URL">TITLE</a></li><li>2024-02-DAY</li></ul>'),
    "date in a long line": each(
        '<div><a href="URL">TITLE</a><p>信息来源：某县财政局办公室　　　发布时间：2024-02-DAY 10:00:00　　浏览次数：112次</p></div>'
    ),
    "a card whose link says nothing": each(
        '<div class="card"><h3>TITLE</h3><p>2024-02-DAY</p><a href="URL">查看详情 &gt;</a></div>'
    ),
    "a cell for the link": each(
        '<tr><td>TITLE</td><td>2024-02-DAY</td><td><a href="URL">[下载]</a></td></tr>', "<table>{}</table>"
    ),
    "a cut cell and an icon": each(
        '<tr><td title="TITLE">某县…</td><td>2024-02-DAY</td><td><a href="URL"><img src="i.png"></a></td></tr>',
        "<table>{}</table>",
    ),
    "preview and file": each(
        '<li><b>TITLE</b><a href="URL">查看</a><a href="/v/URL">在线预览</a><i>2024-02-DAY</i></li>', "<ul>{}</ul>"
    ),
    "formats of a file": each(
        '<li>TITLE <a href="URL">Word版</a> <a href="/f/URL">（PDF格式）</a> <i>2024-02-DAY</i></li>',
        "<ul>{}</ul>",
    ),
    "a call of the page's function": each(
        "<li><a href=\"javascript:;\" onclick=\"view('URL', 'gk')\">TITLE</a>2024-02-DAY</li>",
        "<script>function view(name, column) {{ window.open('/' + column + '/' + name); }}</script><ul>{}</ul>",
    ),
    "tables side by side": "<table><tr>{}</tr></table>".format(
        each('<td><table><tr><td><a href="URL">TITLE</a></td></tr></table></td>')
    ),
    "no dates": each('<li><a href="URL">TITLE</a></li>', "<ul>{}</ul>"),
}


@pytest.mark.parametrize("markup", LISTS.values(), ids=LISTS.keys())
def test_rows_in_any_markup(markup: str) -> None:
    found = rows(f'<div class="nav"><a href="/">首页</a><a href="/gk/">部门预算公开2024</a></div>{markup}')
    assert [(row.url.rpartition("/")[2], row.title) for row in found] == [
        ("a1.html", ONE),
        ("a2.html", TWO),
        ("a3.html", THREE),
    ]


DATED = [name for name in LISTS if name not in {"no dates", "tables side by side", "dates of some", "pinned list"}]


@pytest.mark.parametrize("name", DATED)
def test_each_row_has_its_own_date(name: str) -> None:
    days = [row.published_at.day if row.published_at else None for row in rows(LISTS[name])]
    assert days == [1, 2, 3]


@pytest.mark.parametrize(
    "date",
    [
        "<td>2024</td><td>02</td><td>05</td>",
        "<td>05</td><td>02</td><td>2024</td>",
        "<td>2024年</td><td>2月</td><td>5日</td>",
        "<td><b>2024</b>-<b>02</b>-<b>05</b></td>",
    ],
)
def test_a_date_in_several_cells_is_the_row_s(date: str) -> None:
    found = rows(
        "<table>{}</table>".format(
            "".join(f'<tr><td>{n}</td><td><a href="{n}.html">{ONE}{n}</a></td>{date}</tr>' for n in (1, 2, 3))
        )
    )
    assert [row.published_at and row.published_at.date().isoformat() for row in found] == ["2024-02-05"] * 3


def test_numbers_beside_a_year_are_no_date() -> None:
    (row,) = rows(
        f'<table><tr><td><a href="1.html">{ONE}</a></td><td>2024</td><td>13</td><td>45</td></tr></table>'
    )
    assert row.published_at is None


def test_a_department_s_budget_and_final_accounts_are_two_rows() -> None:
    row = '<tr><td>某县水利局</td><td><a href="1.html">某县水利局2024年部门预算公开</a></td><td><a href="2.html">某县水利局2023年部门决算公开</a></td><td>2024-02-05</td></tr>'
    assert [each.url[-6:] for each in rows(f"<table>{row}</table>")] == ["1.html", "2.html"]


def test_short_links_of_a_table_take_the_department_s_name() -> None:
    row = '<tr><td>1</td><td>某县水利局</td><td><a href="1.html">预算</a></td><td><a href="2.html">决算</a></td><td>2024-02-05</td></tr>'
    assert [each.title for each in rows(f"<table>{row}</table>")] == ["某县水利局预算", "某县水利局决算"]


def test_a_side_bar_with_dates_does_not_hide_a_list_without() -> None:
    side = "".join(f'<li><a href="n{n}.asp">某县召开第{n}次会议</a>2024-02-05</li>' for n in range(5))
    main = f'<li><a href="show.asp?id=1">{ONE}</a></li><li><a href="show.asp?id=2">{TWO}</a></li>'
    titles = [row.title for row in rows(f"<div><ul>{side}</ul></div><div><ul>{main}</ul></div>")]
    assert titles[-2:] == [ONE, TWO]


def test_a_heading_beside_more_is_no_row() -> None:
    assert rows('<div><h3>2024年部门预算决算公开</h3><a href="/gk/ys/">更多&gt;&gt;</a></div>') == ()


def test_files_are_rows_too() -> None:
    found = rows(f'<ul><li><a href="/f/a.pdf">{ONE}</a></li><li><a href="/f/b.pdf">{TWO}</a></li></ul>')
    assert [row.url.removeprefix(HOST) for row in found] == ["/f/a.pdf", "/f/b.pdf"]


def test_no_row_is_lost_among_thousands() -> None:
    many = "".join(f'<li><a href="n{n}.html">某县公告第{n}号</a>2024-02-05</li>' for n in range(2500))
    assert len(rows(f"<ul>{many}</ul>")) == 2500


def test_links_to_the_list_itself_are_no_rows() -> None:
    assert rows(f'<ul><li><a href="/gk/list.html#/detail/1">{ONE}</a>2024-02-05</li></ul>') == ()


def test_characters_that_are_not_shown_are_no_part_of_a_title() -> None:
    (row,) = rows(f'<ul><li><a href="1.html">{ONE}\x1b[31m\u202e</a>2024-02-05</li></ul>')
    assert row.title == f"{ONE}[31m"


FEEDS = {
    "rss": "<?xml version='1.0'?><rss version='2.0'><channel>{}</channel></rss>",
    "atom": "<feed xmlns='http://www.w3.org/2005/Atom'>{}</feed>",
}


def test_feeds_are_lists_whatever_the_family() -> None:
    item = f"<item><title><![CDATA[{ONE}]]></title><link>{HOST}/a/1.html</link><pubDate>Mon, 05 Feb 2024 10:00:00 +0800</pubDate></item>"
    entry = f"<entry><title>{ONE}</title><link href='{HOST}/a/1.html'/><updated>2024-02-05T10:00:00+08:00</updated></entry>"
    for text in (FEEDS["rss"].format(item), FEEDS["atom"].format(entry)):
        url = f"{HOST}/rss.xml"
        (row,) = read_list(Page(Request(url), url, text), "static_html").rows
        assert (row.url, row.title) == (f"{HOST}/a/1.html", ONE)
        assert row.published_at is not None
        assert row.published_at.date().isoformat() == "2024-02-05"
