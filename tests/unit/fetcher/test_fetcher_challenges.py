"""Pages that stand in place of content: challenges, blocks, notices and logins are each called by name."""
# ruff: noqa: E501 - markup as sites write it

import pytest

from services.fetcher.http import responses
from services.fetcher.http.politeness import Robots
from services.fetcher.sites.article import read_article
from services.fetcher.sites.contract import Row
from shared.clock import SystemClock
from shared.errors import Blocked, Challenged, Corrupt, Drifted, Gone, GongkaiError, PortalUnavailable

URL = "http://www.sample.example/gk/1.html"
RANDOM = (
    '<html><head><meta id="9Dh" content="x" r="m"><script r="m">$_ts=window["$_ts"];if(!$_ts)$_ts={};PAD</script>'
    '<script src="/a/b.js" r="m"></script></head><body><form></form></body></html>'
)
BIG = RANDOM.replace("PAD", "$_ts.cd='" + "qTjrrqlo" * 9000 + "';")
JSL = "<script>document.cookie=('_')+('_')+('j')+('s')+('l');location.href=location.pathname</script>"

CHALLENGES = {
    "random, 412": (412, RANDOM),
    "random, 202": (202, RANDOM),
    "random, 200": (200, RANDOM),
    "random, 400": (400, RANDOM),
    "random, long, 200": (200, BIG),
    "random, long, 202": (202, BIG),
    "random, long, 412": (412, BIG),
    "plain 412": (412, "<html></html>"),
    "521": (521, JSL),
    "512": (512, JSL),
    "521 with its cookie": (521, '<script>document.cookie="__jsl_clearance_s=17|0|x";location.href="/"</script>'),
    "acw": (200, '<html><script>var arg1="3F";function setCookie(n,v){}setCookie("acw_sc__v2",x)</script></html>'),
    "cloudflare 403": (403, "<title>Just a moment...</title><script>window._cf_chl_opt={}</script>"),
    "cloudflare 503": (503, 'Checking your browser<script src="/cdn-cgi/challenge-platform/x.js"></script>'),
    "468": (
        468,
        '<html><title>安全检测能力由 WAF 驱动</title><script src="/.safeline/static/sdk.js"></script></html>',
    ),
    "safeline 200": (
        200,
        '<html><title>客户端安全检测</title><script src="/.safeline/static/sdk.js"></script></html>',
    ),
    "566": (566, "<html><script>var TencentCaptcha=1;</script></html>"),
    "567": (567, "<html><script>x()</script></html>"),
    "wzws": (
        200,
        '<html><script>var wzwsconfirm=1;document.cookie="wzwsconfirm=x";location="/WZWSRELw"</script></html>',
    ),
    "guard": (200, '<html><script src="/_guard/html.js?js=rotate_html"></script></html>'),
    "slider": (200, '<html><title>滑动验证页面</title><div id="nocaptcha">请按住滑块，拖动到最右边</div></html>'),
    "bt": (
        200,
        "<html><title>宝塔防火墙正在检查您的访问</title>浏览器安全检查中<script src='/btwaf_x.js'></script></html>",
    ),
    "yunsuo": (200, '<html><body onload="YunSuoAutoJump()"><script>x="/?security_verify_data=31"</script></html>'),
    "human": (200, "<html><body>人机验证<script src='/v.js'></script></body></html>"),
    "geetest": (200, "<html><body><div class='geetest'></div><script src='gt.js'></script></body></html>"),
    "script on": (200, "<html><noscript>请开启JavaScript并刷新该页</noscript><script>$()</script></html>"),
    "random without a word": (
        200,
        '<html><head><meta content="x" id="9D"><script r="m">(function(){var _$fj=0,_$B=[[3,2]];})()</script></head></html>',
    ),
    "cookie and again": (200, "<script>document.cookie='v=abc;path=/';window.location.reload();</script>"),
    "scrambled": (
        200,
        "<html><body><script>var _0xabc=['\\x63'];document[_0xabc[0]]='a=1';location[_0xabc[1]]();</script></body></html>",
    ),
    "packed": (200, "<script>eval(function(p,a,c,k,e,d){return p}('',1,1))</script>"),
    "turnstile": (200, '<title>请稍候…</title><div class="cf-turnstile" data-sitekey="x"></div>'),
    "slider by another name": (200, '<div id="nc_1_wrapper">请拖动滑块验证</div>'),
    "words to press": (200, '<div class="verify">请依次点击图中的文字</div>'),
    "five seconds": (200, "<h1>5秒盾</h1><p>正在检查浏览器安全，请等待5秒</p>"),
    "cloud": (200, "<div>正在为您的浏览器进行安全检查 5 秒后跳转</div>"),
    "captcha of a download": (200, '<html><form action="?codeValue=">验证码<input></form></html>'),
}


@pytest.mark.parametrize(("status", "page"), CHALLENGES.values(), ids=CHALLENGES.keys())
def test_a_challenge_is_called_one(status: int, page: str) -> None:
    with pytest.raises(Challenged):
        check(status, page)


BLOCKS = {
    "403": (403, "<html>no</html>"),
    "401": (401, ""),
    "418": (418, ""),
    "aliyun 405": (405, "<html><body>很抱歉，您的访问被阻断。</body></html>"),
    "telecom 405": (405, "<html>该网站正在使用云防护服务，被电信云防护拦截。</html>"),
    "493": (493, "<html><body>系统检测到您的访问异常</body></html>"),
    "firewall 200": (200, "<html><body>Web应用防火墙：您的请求疑似攻击行为</body></html>"),
    "ill-meant": (200, "<p>您的请求包含恶意行为，已被服务器拒绝！事件ID：123</p>"),
    "access denied": (200, "<h1>Access Denied</h1><p>Reference #18.1</p>"),
    "no right": (200, "<h1>403</h1><p>抱歉，您无权访问该页面</p>"),
    "rate": (200, "<html><body>访问过于频繁，请稍后再试</body></html>"),
}


@pytest.mark.parametrize(("status", "page"), BLOCKS.values(), ids=BLOCKS.keys())
def test_a_block_is_called_one(status: int, page: str) -> None:
    with pytest.raises(Blocked):
        check(status, page)


@pytest.mark.parametrize(
    ("status", "page", "error"),
    [
        (404, "", Gone),
        (410, "", Gone),
        (405, '{"code":405}', Gone),
        *(
            (200, f"<html><body>{words}</body></html>", Gone)
            for words in (
                "您访问的页面不存在",
                "<h2>您要访问的页面暂时找不到</h2>",
                "啊哦，页面走丢了",
                "该信息未审核或已删除",
                "该信息已被撤回",
                "该信息已撤下",
                "<h1>404 - File or directory not found.</h1>",
                "<script>alert('该文章不存在！')</script>该文章不存在",
            )
        ),
        *(
            (200, f"<html><body>{words}</body></html>", PortalUnavailable)
            for words in (
                "<h1>HTTP Status 500 – Internal Server Error</h1>",
                "Microsoft OLE DB Provider for ODBC Drivers 错误 '80004005' /show.asp, 行 12",
                "<h1>“/”应用程序中的服务器错误。</h1><h2>运行时错误</h2>",
                "<b>Fatal error</b>: Uncaught Error in a.php on line 3",
                "数据库连接失败，请联系管理员",
                "系统繁忙，请稍后再试！",
                "<center><h1>502 Bad Gateway</h1></center>",
            )
        ),
        *(
            (status, "", PortalUnavailable)
            for status in (400, 408, 409, 421, 423, 425, 429, 431, 500, 502, 503, 504)
        ),
    ],
)
def test_other_answers_mean_what_they_say(status: int, page: str, error: type[GongkaiError]) -> None:
    with pytest.raises(error):
        check(status, page)


def test_content_is_no_challenge_for_a_word_in_a_script() -> None:
    text = "<p>收入合计、支出合计、财政拨款收支情况说明。</p>" * 20
    check(200, f"<html><script src='https://x/geetest.js'></script><body>{text}</body></html>")


SOUND = {
    "short list": '<script src="https://x/geetest.js"></script><ul>'
    + "".join(f"<li><a href=a{n}.html>某县第{n}局预算</a>2024-02-0{n}</li>" for n in range(1, 4))
    + "</ul>",
    "short article": '<h1>某县水利局2024年部门预算</h1><p>相关文件不存在遗漏</p><a href="/f/a.pdf">附件</a>',
    "shell of an application": '<div id="app"></div><script src="/static/app.js"></script>',
}


@pytest.mark.parametrize("page", SOUND.values(), ids=SOUND.keys())
def test_a_small_page_that_gives_something_is_none_of_these(page: str) -> None:
    check(200, f"<html><body>{page}</body></html>")


@pytest.mark.parametrize(
    ("headers", "size", "meant"),
    [({}, 9, 206), ({"content-range": "bytes 0-8/9"}, 9, 200), ({"content-range": "bytes 5-8/9"}, 4, 206)],
)
def test_a_part_is_the_whole_only_where_it_is(headers: dict[str, str], size: int, meant: int) -> None:
    assert responses.meant_status(206, headers, size) == (meant if headers else 200)
    assert responses.meant_status(203, headers, size) == 200


LOGIN = '<html><form><table><tr><td>密码</td><td><input type="password"></td></tr></table></form></html>'
NOT_FILES = {
    "login in a table": ("a.pdf", LOGIN),
    "long login": ("a.doc", LOGIN + "<style>" + ".a{color:#fff}" * 4000 + "</style>"),
    "login without a form": ("c.xls", "<html><div>" + "请先登录统一身份认证平台。" * 40 + "</div></html>"),
    "page as pdf": ("a.pdf", "<html>" + "<p>热点新闻</p>" * 200 + "<table></table></html>"),
    "short notice": ("down.aspx?id=1", "<html><body>附件不见了</body></html>"),
}


@pytest.mark.parametrize(("name", "page"), NOT_FILES.values(), ids=NOT_FILES.keys())
def test_a_page_is_no_file(name: str, page: str) -> None:
    with pytest.raises(Corrupt):
        responses.check_file(page.encode(), f"http://www.sample.example/f/{name}")


@pytest.mark.parametrize("name", ["a.xls", "a.doc", "down.aspx?id=1"])
def test_a_table_in_markup_is_a_file(name: str) -> None:
    table = b"<html><table><tr><td>\xe6\x94\xb6\xe5\x85\xa5</td><td>1</td></tr></table></html>"
    responses.check_file(table, f"http://www.sample.example/f/{name}")


TITLE = "某县水利局2024年部门预算公开"
NEWS = "".join(f"<li><a href='/n{n}.html'>热点新闻第{n}条：某县召开全县工作推进会议</a></li>" for n in range(25))
STRANGE = {
    "error page": f'<title>出错了</title><div class="content"><h2>抱歉，您访问的页面不存在</h2><ul>{NEWS}</ul></div>',
    "home page": f'<title>某县人民政府</title><div class="content">{NEWS}</div>',
    "home page with its link": f'<title>某县人民政府</title><div class="content">{NEWS}<a href="1.html">{TITLE}</a></div>',
    "login": '<title>统一登录</title><div id="content"><form>用户名<input>密码<input type=password></form></div>',
    "notice": '<div id="zoom"><p>' + "网站正在改版，敬请谅解。" * 40 + "</p></div>",
    "another article": '<h1>某县某某公园修缮工程的公告</h1><div id="zoom"><p>' + "工程内容。" * 90 + "</p></div>",
    "shell": '<div id="app"></div><script src="/app.js"></script>',
    "content by a script": f'<h1>{TITLE}</h1><div id="zoom"></div><script>$.get("/api/c?id=1")</script>',
}


@pytest.mark.parametrize("page", STRANGE.values(), ids=STRANGE.keys())
def test_a_page_that_is_not_the_row_s_is_no_disclosure(page: str) -> None:
    with pytest.raises(Drifted):
        read_article(f"<html><body>{page}</body></html>", URL, Row(URL, TITLE), (), SystemClock().now())


@pytest.mark.parametrize("title", [TITLE, "水利局2024年部门预算", "某县水利局2024年度部门预算公开说明"])
def test_a_title_may_be_written_a_little_otherwise(title: str) -> None:
    page = f'<html><body><h1>{TITLE}</h1><div id="zoom"><p>收入合计10万元</p></div></body></html>'
    assert read_article(page, URL, Row(URL, title), (), SystemClock().now()).body == "#zoom"


def test_rules_that_would_take_for_ever_are_left_out() -> None:
    robots = Robots(b"User-agent: *\nDisallow: /" + b"*a" * 500 + b"\nDisallow: /files/\n")
    assert robots.allow("http://www.sample.example/" + "a" * 1500)
    assert not robots.allow("http://www.sample.example/files/a.pdf")


def check(status: int, page: str) -> None:
    if status == 200:
        responses.check_page(page.encode(), URL)
    else:
        responses.check_status(status, page.encode(), URL)
