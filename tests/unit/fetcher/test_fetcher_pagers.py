"""The forms a "next page" takes on government sites: found from the page alone, and never where there is none."""
# ruff: noqa: E501 - markup as sites write it

import base64
from urllib.parse import quote, quote_plus

import pytest

from services.fetcher.sites import read_list
from services.fetcher.sites.contract import Listing, Page, Request

HOST = "http://www.sample.example"
HERE = "/gk/list.asp?classid=12"
ROWS = (
    "<ul>"
    + "".join(
        f'<li><a href="show.asp?id={n}">某县第{n}局2024年部门预算公开</a><span>2024-02-0{n}</span></li>'
        for n in range(1, 6)
    )
    + "</ul>"
)
NEXT = "/gk/list.asp?classid=12&page=2"
LINK = "list.asp?classid=12&page=2"
JUMP = "function toPage(n){ window.location.href = 'list.asp?classid=12&page=' + n; }"
SUBMIT = "function go(n){ document.forms[0].page.value = n; document.forms[0].submit(); }"
FORM = '<form action="list.asp" method="get"><input type="hidden" name="classid" value="12"><input type="hidden" name="page" value="1">{}</form>'


def read(markup: str, here: str = HERE) -> Listing:
    url = HOST + here
    return read_list(Page(Request(url), url, f"<html><body>{ROWS}{markup}</body></html>"), "static_html")


def ways(listing: Listing) -> list[str]:
    return [request.url.removeprefix(HOST) for request in (*listing.following, *listing.guesses)]


WORDS = [
    "下一页",
    "下页",
    "后一页",
    "下 一 页",
    "下一页 >",
    "下10条",
    "下一页&nbsp;&gt;",
    "下一页»",
    "下一页 ›",
    "下一页→",
    "[下一页]",
    "【下一页】",
    "(下一页)",
    "（下页）",
    "下一頁",
    "下一页&gt;&gt;",
    "Next",
    "Next &gt;",
    "next page",
    "&gt;",
    "›",
    "»",
    "＞",
    "〉",
    "→",
    "[&gt;]",
    "&gt;&gt;",
    "<span>下一页</span>",
    "<b>下页</b>",
    "<font color=red>下一页</font>",
    "向后翻页",
    "下一页(2)",
    "下页 2/9",
    "下—页",
    "下1页",
    "下一页（共12页）",
    "转到下一页",
    "Older posts",
    "加载更多",
    "&rsaquo;&rsaquo;",
]


@pytest.mark.parametrize("word", WORDS)
def test_words_and_arrows_that_lead_on(word: str) -> None:
    assert ways(read(f'<div class="page">1/9 <a href="{LINK}">{word}</a></div>')) == [NEXT]


FORMS = {
    "title": f'<a href="{LINK}" title="下一页"><i class="icon"></i></a>',
    "picture": f'<a href="{LINK}"><img src="/next.gif" alt="下一页"></a>',
    "picture's title": f'<a href="{LINK}"><img src="/r.gif" title="下页"></a>',
    "class": f'<a class="next" href="{LINK}"></a>',
    "class of the item": f'<ul class="pagination"><li class="next"><a href="{LINK}">&#8250;&#8250;</a></li></ul>',
    "btn-next": f'<a class="btn-next" href="{LINK}"><em></em></a>',
    "aria-label": f'<a href="{LINK}" aria-label="Next"><span aria-hidden="true">&raquo;</span></a>',
    "rel": f'<a rel="next" href="{LINK}">more</a>',
    "head's link": f'<link rel="next" href="{LINK}">',
    "p_next": f'<span class="p_next p_fun"><a href="{LINK}">下页</a></span>',
    "cell": f"<table><tr><td onclick=\"window.location.href='{LINK}'\">下页 &gt;</td><td>1/2</td></tr></table>",
    "span": f"<span onclick=\"location='{LINK}'\">下一页</span>",
    "item": f"<ul><li onclick=\"window.open('{LINK}','_self')\">下一页</li></ul>",
    "button": f"<button onclick=\"location.href='{LINK}'\">下一页</button>",
    "input": f'<input type="button" value="下一页" onclick="location.href=\'{LINK}\'">',
    "data-url": f'<a data-url="{LINK}" href="javascript:;">下一页</a>',
    "data-href": f'<span data-href="{LINK}">下一页</span>',
    "script link": f"<a href=\"javascript:location.href='{LINK}'\">下一页</a>",
    "joined": "<a href=\"javascript:location='list.asp?classid=12&page='+2\">下一页</a>",
    "query only": '<a href="?classid=12&amp;page=2">下一页</a>',
    "query in a script": "<a href=\"javascript:window.location='?classid=12&page=2'\">下一页</a>",
    "function": f'<a href="javascript:toPage(2)">下一页</a><script>{JUMP}</script>',
    "function by onclick": f'<a href="#" onclick="toPage(2);return false">下一页</a><script>{JUMP}</script>',
    "function as value": "<a href=\"javascript:toPage('2')\">下一页</a><script>var toPage = function(n){location.href='list.asp?classid=12&page='+n}</script>",
    "form": FORM.format('<a href="javascript:go(2)">下一页</a>') + f"<script>{SUBMIT}</script>",
    "form's field by id": FORM.format('<a onclick="go(2)" href="#">下一页</a>')
    + "<script>function go(n){ $('#page').val(n); $('form').submit(); }</script>",
    "numbers": f'<div class="page"><span>1</span> <a href="{LINK}">2</a> <a href="list.asp?classid=12&page=3">3</a></div>',
    "numbers in brackets": f'<p>[1] <a href="{LINK}">[2]</a> <a href="list.asp?classid=12&page=3">[3]</a></p>',
    "numbers, current by class": f'<div class="pager"><a class="current" href="list.asp?classid=12&page=1">1</a><a href="{LINK}">2</a></div>',
    "numbers and 尾页": f'<div>首页 1 <a href="{LINK}">2</a> <a href="list.asp?classid=12&page=9">尾页</a></div>',
    "numbers as 第N页": f'<div>第1页 <a href="{LINK}">第2页</a> <a href="list.asp?classid=12&page=3">第3页</a></div>',
    "numbers in items": f'<ul class="pagination"><li class="active"><span>1</span></li><li><a href="{LINK}">2</a></li></ul>',
    "jump list": f'<select onchange="location=this.value"><option value="list.asp?classid=12" selected>1</option><option value="{LINK}">2</option></select>',
    "jump list of numbers": "<select onchange=\"location='list.asp?classid=12&page='+this.value\"><option value=1 selected>第1页</option><option value=2>第2页</option></select>",
    "jump list by a function": f'<select onchange="toPage(this.value)"><option value=1 selected>1</option><option value=2>2</option></select><script>{JUMP}</script>',
    "base64": '<div id="pages">'
    + base64.b64encode(quote_plus(f'<a href="{LINK}">下一页</a>').encode()).decode()
    + "</div>",
    "base64 in a script": f"<script>document.write(atob('{base64.b64encode(f'''<p><a href={LINK}>next</a></p>'''.encode()).decode()}'))</script>",
    "percent codes": f"<script>document.write(unescape('{quote(f'''<a href={LINK}>下一页</a>''')}'))</script>",
    "written": f"<script>document.write('<a href=\"{LINK}\">下一页</a>');</script>",
    "picture's file": f'<a href="{LINK}"><img src="/images/xiayiye.gif"></a>',
    "button of a picture": f"<input type=image src=next.gif onclick=\"location.href='{LINK}';return false\">",
    "picture to the right": f'<div class="page"><a href="list.asp?classid=12&page=0"><img src="left.gif"></a><a href="{LINK}"><img src="right.gif"></a></div>',
    "icon to the right": f'<div class="pagination"><a href="{LINK}"><i class="fa fa-angle-right"></i></a></div>',
    "class to the right": f'<div class="pages"><a class="page-left" href="?page=0"></a><a class="page-right" href="{LINK}"></a></div>',
    "number in a box called 页码": f'<div class="yema"><strong>1</strong><a href="{LINK}">2</a></div>',
    "nxt": f'<div class="pg"><a href="{LINK}" class="nxt">&nbsp;</a></div>',
    "name": f'<a href="{LINK}" name="next"><i></i></a>',
    "more in a pager": f'<div class="page-more"><a href="{LINK}">查看更多</a></div>',
    "form by its own script": FORM.format("")
    + '<a href="javascript:document.forms[0].page.value=2;document.forms[0].submit();">下一页</a>',
    "form by its field's id": FORM.format("")
    + "<a href='#' onclick=\"document.getElementById('page').value='2';document.forms[0].submit()\">下一页</a>",
    "jump list that sends its form": FORM.format(
        '<select name="page" onchange="this.form.submit()"><option value=1 selected>1</option><option value=2>2</option></select>'
    ),
    "function by a template literal": "<a href='javascript:go(2)'>下一页</a><script>function go(n){ location.href=`list.asp?classid=12&page=${n}`; }</script>",
    "function by a variable": "<a href='javascript:go(2)'>下一页</a><script>function go(p){ var u = 'list.asp?classid=12&page=' + p; window.location.href = u; }</script>",
    "function that counts from 0": "<a href='javascript:go(3)'>下一页</a><script>function go(n){ if(n<2) location='a.asp'; else location.href='list.asp?classid=12&page='+(n-1); }</script>",
    "call back of layui": "<script>laypage.render({count:98,limit:5,curr:1,jump:function(obj,first){if(!first){location.href='list.asp?classid=12&page='+obj.curr}}})</script>",
    "call back of jqPaginator": "<script>$.jqPaginator('#p',{totalPages:12,currentPage:1,onPageChange:function(num){location.href='list.asp?classid=12&page='+num}})</script>",
    "pageUrl": "<script>$('#p').bootstrapPaginator({totalPages:12,pageUrl:function(type,page){return 'list.asp?classid=12&page='+page;}})</script>",
    "number as data": "<a href='javascript:;' data-page='2'>下一页</a><script>$('a').click(function(){ location.href='list.asp?classid=12&page='+$(this).data('page') })</script>",
    "template": "<script>var pageCount = 9; pager({url: 'list.asp?classid=12&page={page}'});</script>",
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
def test_forms_of_a_next_page(form: str) -> None:
    assert NEXT in ways(read(form))


def test_a_postback_is_sent_with_all_its_form_holds() -> None:
    form = (
        '<form method="post" action="list.asp?classid=12"><input type="hidden" name="__VIEWSTATE" value="vs">'
        "<a href=\"javascript:__doPostBack('AspNetPager1','2')\">下一页</a></form>"
    )
    (way,) = read(form).following
    assert way.url == HOST + HERE
    assert dict(way.form or ()) == {"__VIEWSTATE": "vs", "__EVENTTARGET": "AspNetPager1", "__EVENTARGUMENT": "2"}


def test_a_number_of_a_grid_is_a_postback() -> None:
    form = (
        '<form method="post" action="list.asp"><input type="hidden" name="__VIEWSTATE" value="vs"><table><tr>'
        "<td><span>1</span></td><td><a href=\"javascript:__doPostBack('Grid','Page$2')\">2</a></td></tr></table></form>"
    )
    listing = read(form)
    (way,) = (*listing.following, *listing.guesses)
    assert dict(way.form or ())["__EVENTARGUMENT"] == "Page$2"


def test_a_button_sends_its_form() -> None:
    form = '<form method="post" action="list.asp"><input type="submit" name="next" value="下一页"></form>'
    (way,) = read(form).following
    assert (way.url, way.form) == (f"{HOST}/gk/list.asp", (("next", "下一页"),))


NONE = {
    "no pager": "",
    "words alone": "首页 上一页 下一页 尾页",
    "a link that leads nowhere": "<a>下一页</a>",
    "disabled": f'<a class="disabled" href="{LINK}">下一页</a>',
    "disabled item": f'<li class="disabled"><a href="{LINK}">下一页</a></li>',
    "the page itself": '<a href="list.asp?classid=12">下一页</a>',
    "previous": f'<a href="{LINK}">上一页</a>',
    "next article": '<a href="show.asp?id=9">下一篇</a>',
    "scope of a search": "<select name=type><option value=title selected>标题</option><option value=content>正文</option></select>",
    "other sites": '<select><option value="http://a.example/" selected>某市</option><option value="http://b.example/">某省</option></select>',
    "rows a page": "<select name=size><option value=10 selected>10条</option><option value=20>20条</option></select>",
    "next picture": '<div class="photo"><a href="p2.html" class="next-img"><img src="right.png"></a></div>',
    "picture of the next article": '<a href="show.asp?id=9"><img src="next.gif" alt="下一篇"></a>',
    "calendar": '<a href="?m=3" title="下一月">&gt;</a>',
    "years": '<div class="page"><a href="?y=2024">2024</a><a href="?y=2025">2025</a></div>',
    "more of a column": '<div class="tit"><a href="/xwzx/">更多&gt;&gt;</a></div>',
    "rows a page in words": '<div class="page">每页20条 首页 尾页</div>',
    "slides": f'<div class="swiper"><a class="swiper-next next" href="{LINK}"></a></div>',
    "last page of numbers": '<div class="page"><a href="list.asp?classid=12&page=1">1</a> <a href="list.asp?classid=12&page=3">2</a> <span class="cur">3</span></div>',
}


@pytest.mark.parametrize("markup", NONE.values(), ids=NONE.keys())
def test_what_is_no_pager(markup: str) -> None:
    listing = read(markup)
    assert ways(listing) == []
    assert listing.more is None


TOLD = {
    "a function nobody knows": ('<a href="javascript:toPage(2)">下一页</a>', "more"),
    "a bare button": ("<button onclick='load()'>下一页</button>", "more"),
    "a number behind a script": (
        '<ul class="page"><li class="active"><a data-i="0">1</a></li><li><a data-i="1">2</a></li></ul>',
        "more",
    ),
    "a jump list behind a script": (
        "<select name=page><option value=1 selected>1</option><option value=2>2</option></select>",
        "more",
    ),
    "a component": ('<el-pagination :total="total"></el-pagination>', "more"),
    "a handler of a framework": (
        '<li class="page-next"><a href ng-click="go(page + 1)"><i></i>下一页</a></li>',
        "more",
    ),
    "more by a script": ('<div class="more" onclick="loadMore()">加载更多</div>', "more"),
    "总记录数 without a unit": ("<p>总记录数：98，每页5条</p>", "total"),
    "N条记录": ("<p>每页 5 条 98条记录 1/20页</p>", "total"),
    "N,NNN条": ("<p>共 0,098 条</p>", "total"),
    "找到N条": ("<p>为您找到 98 条结果</p>", "total"),
    "data-total": ('<div class="pagination" data-total="98" data-size="5"></div>', "total"),
    "plugin": ("<script>$('#page').pagination(98,{items_per_page:5})</script>", "total"),
    "plugin with options": ("<script>$('#p').pagination({items:98,itemsOnPage:5})</script>", "total"),
    "m_nRecordCount": ("<script>var m_nRecordCount = 98;</script>", "total"),
    "hidden field": ("<input type=hidden id=pageCount value=12>", "pages"),
    "maxPage": ("<script>var maxPage = 12, nowPage = 1;</script>", "pages"),
    "Page 1 of N": ("<p>Page 1 of 12</p>", "pages"),
    "总页数": ("<p>总页数：12 当前页：1</p>", "pages"),
    "第[]/N页": ("<p>第<input value=1>/12页</p>", "pages"),
    "共N条": ("<p>共98条</p>", "total"),
    "共 N 条记录": ("<p>共 <b>98</b> 条记录</p>", "total"),
    "总数": ("<p>总数：98条</p>", "total"),
    "recordCount": ("<script>var pageInfo = {recordCount: '98'};</script>", "total"),
    "totalRecord": ('<script>laypage({"totalRecord" : 98})</script>', "total"),
    "共N页": ("<p>共12页</p>", "pages"),
    "1/N": ("<p>页次：1/12页</p>", "pages"),
    "第1页/共N页": ("<p>第1页/共12页</p>", "pages"),
    "totalPage": ("<script>var totalPage = 12;</script>", "pages"),
    "countPage": ("<div id=page></div><script>var countPage = '12'</script>", "pages"),
}


@pytest.mark.parametrize(("markup", "what"), TOLD.values(), ids=TOLD.keys())
def test_further_pages_out_of_reach_are_told(markup: str, what: str) -> None:
    listing = read(markup)
    assert ways(listing) == []
    assert {"more": listing.more, "total": listing.total == 98, "pages": listing.pages == 12}[what]
