"""The pages show what is stored, every link of theirs leads somewhere, and nothing published becomes code."""

import re
from dataclasses import replace
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx
import pytest
from selectolax.lexbor import LexborHTMLParser, LexborNode

from shared.ids import content_hash
from tests.unit.store.store_samples import ORIGINAL, Keep, Sample, budget_line, finding

CELL = {"table": 0, "row": 1, "column": 2, "block": 1, "text": "1,234.56"}


def at(**place: object) -> dict[str, object]:
    """A place in the sample's table, but for `place`."""
    return {**CELL, **place}


def balance(name: str, side: str, amount: str) -> dict[str, Any]:
    """A line of 收支总表, both sides of one row."""
    return budget_line(name, amount, table="balance", side=side, column="budget", provenance=at(table=1, row=5))


def fact(metric: str, amount: str, text: str) -> dict[str, Any]:
    """A figure in the sample's sentence."""
    place = {"block": 2, "text": text}
    return {"record": "fact", "metric": metric, "year": 2024, "amount": amount, "provenance": place}


def indicator(number: int, project: str, level1: str, value: str) -> dict[str, Any]:
    """An indicator of a project."""
    of_project = {"scope": "project", "project_number": number, "project_name": project}
    return {"record": "indicator", **of_project, "level1": level1, "value_text": value}


PROJECT = {
    "record": "project",
    "number": 1,
    "name": "水库除险",
    "budget": "5000000.00",
    "schedule": ["25", None, "80", "100"],
    "goals": ["除险加固"],
}
SAMPLE = Sample(
    lines=[
        budget_line("农林水支出", "12345600.00", "213", provenance=at()),
        budget_line("水利支出", "3000.00", "21303", provenance=at(row=2)),
        budget_line("水利支出", "123456.78", "21303", column="basic", provenance=at(row=2, column=3)),
        budget_line("没有单位", None, "214", provenance=at(row=3, text="88.8")),
        balance("本年收入", "income", "10.00"),
        balance("本年支出", "expenditure", "20.00"),
        fact("income_total", "12345600.00", "2024年收入预算1234.56万元"),
        fact("change_total", "-500.00", "减少0.05万元"),
        {"record": "organisation_unit", "name": "样县水利局本级", "nature": "行政"},
        {"record": "goal", "number": 1, "title": "防汛", "goal": "安全度汛"},
        PROJECT,
        indicator(1, "水库除险", "产出指标", "≥3座"),
        indicator(9, "另有项目", "效果指标", "≥90%"),
        {"record": "procurement_line", "line_type": "item", "item": "水泵", "quantity": "1500", "total": "9.00"},
        {"record": "asset", "category": "车辆", "quantity": "2", "value": "70000.00", "as_of": "2023-12-31"},
        finding("提醒一处。", "info"),
        finding("相差一百元。", "error"),
        finding("没有读入的表。", "warning", "unread_table"),
        {"record": "check", "check": "balance_sum", "status": "pass"},
    ]
)
PAGE = f"/disclosures/{SAMPLE.disclosure_id}"


async def get(client: httpx.AsyncClient, path: str, status: int = 200) -> LexborHTMLParser:
    answer = await client.get(path)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"].startswith("text/html")
    return LexborHTMLParser(answer.text)


def attribute(page: LexborHTMLParser | LexborNode, selector: str, name: str) -> str:
    """The attribute of the first node selected, which must be there."""
    node = page.css_first(selector)
    assert node is not None, selector
    return str(node.attributes[name])


def texts(page: LexborHTMLParser, selector: str) -> list[str]:
    return [re.sub(r"\s+", " ", node.text()).strip() for node in page.css(selector)]


async def test_an_empty_store_says_so(client: httpx.AsyncClient) -> None:
    assert "还没有收录公开文件" in texts(await get(client, "/"), ".empty")[0]
    for path in ("/records", "/status", "/api"):
        await get(client, path)


async def test_the_list_shows_a_disclosure_and_its_findings(keep: Keep, client: httpx.AsyncClient) -> None:
    await keep(SAMPLE)
    page = await get(client, "/")
    row = texts(page, "#live tbody tr")[0]
    for text in (
        SAMPLE.title,
        "河北省样市样县",
        "样县水利局",
        "2024",
        "部门预算",
        "2024-02-01",
        "错误 1",
        "提示 1",
        "未读入 1",
    ):
        assert text in row
    assert attribute(page, "#live a", "href") == PAGE


async def test_a_form_sent_empty_lists_everything(keep: Keep, client: httpx.AsyncClient) -> None:
    await keep(SAMPLE)
    for path, empty, rows in (
        ("/", "q=&region=&year=&department=&kind=&severity=&sort=", 1),
        ("/records", "q=&type=&region=&year=&department=&code=&min_wan=&table=&sort=", 1 + len(SAMPLE.lines)),
    ):
        answer = await client.get(f"{path}?{empty}")
        assert (answer.status_code, answer.headers["location"]) == (303, path)
        assert len(texts(await get(client, path), "main tbody tr")) == rows


async def test_the_address_of_a_search_has_only_what_was_filled_in(client: httpx.AsyncClient) -> None:
    answer = await client.get("/records?q=%E6%B0%B4&type=&region=&year=2024&sort=")
    assert answer.headers["location"] == "/records?q=%E6%B0%B4&year=2024"


async def test_a_short_address_leads_to_its_disclosure_and_its_record(
    keep: Keep, client: httpx.AsyncClient
) -> None:
    await keep(SAMPLE)
    short = attribute(await get(client, PAGE), "dl.facts a[href^='/d/']", "href")
    assert len(short) < len(PAGE) / 2
    assert (await client.get(short)).headers["location"] == PAGE
    line = SAMPLE.records("")[1]["id"]
    place = (await client.get(f"/r/{line}")).headers["location"]
    assert texts(await get(client, place.partition("#")[0]), "td#here") == ["1,234.56"]
    for path in ("/d/d00000000000", "/r/r00000000000", "/d/d0", "/d/'"):
        assert texts(await get(client, path, 404), "h1") == ["没有找到"]
    for path in (f"/r/{line}?lang=en", f"{short}?lang=en&projects=budget"):
        followed = (await client.get(path)).headers["location"]
        assert set(path.partition("?")[2].split("&")) <= set(urlsplit(followed).query.split("&"))
        assert (await client.get(followed)).cookies["lang"] == "en"


async def test_where_two_disclosures_begin_alike_one_chooses(
    keep: Keep, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    twin = replace(SAMPLE, url="http://xx.example.gov.cn/2.html")
    monkeypatch.setattr("shared.ids.disclosure_id", lambda url: f"d12345678901{'a' if url == SAMPLE.url else 'b'}")
    await keep(SAMPLE, twin)
    page = await get(client, "/d/d12345678901", 300)
    links = [str(node.attributes["href"]) for node in page.css("main li a")]
    assert links == ["/disclosures/d12345678901a", "/disclosures/d12345678901b"]


async def test_pages_of_the_list_keep_the_filter(keep: Keep, client: httpx.AsyncClient) -> None:
    await keep(*(replace(SAMPLE, url=f"http://x.example/{number}") for number in range(5)))
    await keep(replace(SAMPLE, url="http://x.example/other", year=2023))
    found: list[str] = []
    path = "/?year=2024&limit=2"
    while path:
        page = await get(client, path)
        found += [str(node.attributes["href"]) for node in page.css("#live td.title a")]
        following = page.css_first("a[rel=next]")
        path = str(following.attributes["href"]) if following else ""
    assert len(found) == len(set(found)) == 5


async def test_a_disclosure_page_shows_every_kind_of_record(keep: Keep, client: httpx.AsyncClient) -> None:
    await keep(SAMPLE)
    page = await get(client, PAGE)
    assert texts(page, "section > h2") == [
        "核对结果", "预算表", "正文数字", "机构", "绩效目标", "项目", "政府采购", "资产", "修订历史", "附件",
    ]  # fmt: skip
    assert texts(page, ".headlines a") == ["收入总计1,234.56"]
    sheet, balance = page.css("table.sheet")[:2]
    assert [node.text().strip() for node in sheet.css("thead th")] == ["科目编码", "名称", "合计", "基本支出"]
    rows = [[cell.text().strip() for cell in row.css("td")] for row in sheet.css("tbody tr")]
    assert rows == [
        ["213", "农林水支出", "1,234.56", ""],
        ["21303", "水利支出", "0.30", "12.345678"],
        ["214", "没有单位", "88.8", ""],
    ]
    assert [cell.text().strip() for cell in balance.css("tbody td")] == ["本年收入", "0.001", "本年支出", "0.002"]
    assert attribute(sheet, "a.figure", "title").startswith("12,345,600.00 元")
    assert "−0.05" in texts(page, "#facts td.amount")
    for text in (
        "样县水利局本级",
        "安全度汛",
        "1. 水库除险 500.00 万元",
        "3月底 25% 10月底 80% 12月底 100%",
        "≥3座",
        "另有项目",
        "1,500",
        "2023-12-31",
    ):
        assert text in texts(page, "main")[0]
    assert texts(page, "#findings .badge")[0] == "错误"
    assert "相差一百元。" in texts(page, "#findings tbody tr")[0]
    assert "没有读入的表。" in texts(page, "details.unread")[0]
    assert "收支总表合计相符" in texts(page, ".checks tbody tr")[0]


async def test_every_link_leads_somewhere(keep: Keep, client: httpx.AsyncClient) -> None:
    await keep(SAMPLE, replace(SAMPLE, revision=2))
    waiting, seen = ["/", "/records", "/status", "/api", f"{PAGE}?revision={SAMPLE.revision_id}"], set()
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        answer = await client.get(path, follow_redirects=True)
        assert answer.status_code == 200, path
        if answer.headers["content-type"].startswith("text/html"):
            for node in LexborHTMLParser(answer.text).css("a[href], link[href], script[src], img[src]"):
                target = node.attributes.get("href") or node.attributes["src"] or ""
                target = urljoin(path, target).partition("#")[0]
                if target.startswith("/") and "cursor=" not in target and len(seen) < 300:
                    waiting.append(target)
    assert any("/source?" in path for path in seen)
    assert any(path.startswith("/files/") for path in seen)


async def test_a_figure_leads_to_its_cell(keep: Keep, client: httpx.AsyncClient) -> None:
    await keep(SAMPLE)
    page = await get(client, PAGE)
    link = attribute(page, "table.sheet a.figure", "href")
    source = await get(client, link.partition("#")[0])
    assert texts(source, "td#here") == ["1,234.56"]
    assert texts(source, "tr.here th") == ["2"]
    assert texts(source, "figcaption") == ["第 1 个表格，第 1 页"]
    by_place = await get(client, f"{PAGE}/source?file={content_hash(ORIGINAL)}&table=0&row=2&column=1")
    assert texts(by_place, "td#here") == ["水利 支出"]


async def test_a_figure_in_prose_leads_to_its_sentence(keep: Keep, client: httpx.AsyncClient) -> None:
    await keep(SAMPLE)
    page = await get(client, PAGE)
    link = attribute(page, "#facts a.figure", "href")
    assert texts(await get(client, link.partition("#")[0]), "mark#here") == ["2024年收入预算1234.56万元"]


@pytest.mark.parametrize("query", ["record=nothing", "block=99", "table=99", "file=abc&table=0", "revision=vx"])
async def test_a_place_that_is_not_there_is_a_friendly_404(
    keep: Keep, client: httpx.AsyncClient, query: str
) -> None:
    await keep(SAMPLE)
    page = await get(client, f"{PAGE}/source?{query}", 404)
    assert texts(page, "h1") == ["没有找到"]


async def test_an_earlier_revision_can_be_read(keep: Keep, client: httpx.AsyncClient) -> None:
    await keep(replace(SAMPLE, title="旧标题"), replace(SAMPLE, title="新标题", revision=2))
    assert texts(await get(client, PAGE), "h1") == ["新标题"]
    old = await get(client, f"{PAGE}?revision={SAMPLE.revision_id}")
    assert texts(old, "h1") == ["旧标题"]
    assert "已被替代" in texts(old, ".notice")[0]
    link = attribute(old, "a.figure", "href")
    assert f"revision={SAMPLE.revision_id}" in link


async def test_a_long_department_leads_to_its_disclosures(keep: Keep, client: httpx.AsyncClient) -> None:
    await keep(replace(SAMPLE, department="样县水利局" * 50))
    links = (await get(client, PAGE)).css("dl.facts a")
    (link,) = (node for node in links if "样县水利局" in node.text())
    assert attribute(await get(client, str(link.attributes["href"])), "#live a", "href") == PAGE


async def test_what_is_published_never_becomes_code(keep: Keep, client: httpx.AsyncClient) -> None:
    evil = '<script>alert(1)</script>"><img src=x onerror=alert(1)>{{7*7}}'
    lines = [
        budget_line(evil, "1.00", provenance=CELL),
        finding(evil),
        {"record": "project", "name": evil, "goals": [evil]},
    ]
    sample = replace(SAMPLE, title=evil, department=evil, region_name=evil, lines=lines, url="javascript:alert(1)")
    await keep(sample)
    path = f"/disclosures/{sample.disclosure_id}"
    for each in (
        "/",
        path,
        f"{path}/source?block=1",
        f"/records?q={'alert'}",
        f"/records?department={'<b>x'}",
        "/status",
    ):
        page = await get(client, each)
        assert [node.attributes.get("src") for node in page.css("script")] == ["/static/live.js"]
        assert not page.css("img[onerror], main b")
        assert not [node for node in page.css("a") if str(node.attributes["href"]).startswith("javascript")]
    assert texts(await get(client, path), "h1") == [evil]


async def test_headers_allow_nothing_foreign(client: httpx.AsyncClient) -> None:
    for path in ("/", "/api/v1/stats", "/nothing", "/static/style.css"):
        headers = (await client.get(path)).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"


async def test_what_is_refused_has_the_headers_too(client: httpx.AsyncClient) -> None:
    refused = await client.post("/")
    assert refused.status_code == 405
    assert "default-src 'none'" in refused.headers["content-security-policy"]


async def test_english_is_remembered(keep: Keep, client: httpx.AsyncClient) -> None:
    await keep(SAMPLE)
    page = await get(client, "/?lang=en")
    assert texts(page, "h1") == ["Budget disclosures"]
    assert "Findings" in texts(await get(client, PAGE), "section > h2")
    for path in ("/records", "/status", "/api", f"{PAGE}/source?block=1"):
        await get(client, path)
    assert texts(await get(client, "/?lang=zh"), "h1") == ["预算公开文件"]


async def test_a_wrong_parameter_gets_a_page(client: httpx.AsyncClient) -> None:
    page = await get(client, f"{PAGE}/source?row=abc", 422)
    assert texts(page, "h1") == ["查询条件有误"]
    assert texts(page, "main li") == ["row row=abc: 应为整数"]


@pytest.mark.parametrize(
    ("query", "field", "told"),
    [
        ("/?q=水利&year=abc", "q", "年度 abc: 应为整数"),
        ("/?department=水利&severity=x", "department", "程度 x: 没有这个选项"),
        ("/records?q=水利&min_wan=很多", "min_wan", "金额不低于（万元） 很多: 应为数字，如 1,000 或 250.5"),
        ("/records?q=。&type=fact", "q", "关键词 。: 至少写一个字、字母或数字"),
        ("/records?cursor=xx", "q", "翻页位置: 链接已失效，请从第一页翻起"),
        ("/records?type=cheque", "q", "内容 cheque: 没有这种内容"),
        (f"/records?q={'水' * 101}", "q", f"关键词 {'水' * 100}: 最多 100 个字"),
        (f"/?department={'水' * 101}", "department", f"部门 {'水' * 100}: 最多 100 个字"),
        ("/records?reading=new", "q", "读取 new: 应为整数"),
        ("/records?disclosure=!", "q", "公开文件 !: 写法不对"),
    ],
)
async def test_what_is_wrong_in_a_form_is_told_in_the_readers_language_and_the_form_kept(
    keep: Keep, client: httpx.AsyncClient, query: str, field: str, told: str
) -> None:
    await keep(SAMPLE)
    page = await get(client, query, 422)
    assert texts(page, "[role=alert] li") == [told]
    assert attribute(page, f"form [name={field}]", "value") == httpx.URL(query).params.get(field, "")


async def test_a_link_to_which_a_messenger_added_its_own_still_shows_the_page(
    keep: Keep, client: httpx.AsyncClient
) -> None:
    await keep(SAMPLE)
    line = SAMPLE.records("")[1]["id"]
    for path in ("/?q=水利", "/records?q=农林水", PAGE, f"{PAGE}/source?record={line}"):
        own = await get(client, path)
        added = await get(client, f"{path}{'&' if '?' in path else '?'}from=singlemessage")
        assert texts(added, "main tbody tr") == texts(own, "main tbody tr")
    told = await get(client, "/records?q=农林水&yaer=2024")
    assert texts(told, "[role=alert] li") == ["yaer 2024: 没有这个查询条件"]
    assert attribute(told, "link[type='application/atom+xml']", "href").endswith("?q=%E5%86%9C%E6%9E%97%E6%B0%B4")


async def test_a_parameter_given_twice_is_refused(client: httpx.AsyncClient) -> None:
    page = await get(client, "/records?type=fact&type=goal", 422)
    assert texts(page, "main li") == ["内容 type=goal: 只能给一次"]
    answer = await client.get("/api/v1/records?type=fact&type=goal")
    assert (answer.status_code, answer.json()["detail"]) == (422, "type: is given more than once")


async def test_a_form_tells_what_is_wrong_in_english_too(client: httpx.AsyncClient) -> None:
    page = await get(client, "/records?min_wan=many&lang=en", 422)
    told = "At least (10,000 yuan) many: must be a number, like 1,000 or 250.5"
    assert texts(page, "[role=alert] li") == [told]
    assert attribute(page, "[aria-invalid]", "name") == "min_wan"


async def test_the_filters_fit_what_is_searched(keep: Keep, client: httpx.AsyncClient) -> None:
    await keep(SAMPLE)
    fitting = {
        "finding": {"check", "severity"},
        "check": {"check", "status"},
        "budget_line": {"code", "min_wan", "max_wan", "table", "column"},
        "goal": set(),
        "": {"code", "min_wan", "max_wan"},
    }
    for name, fields in fitting.items():
        page = await get(client, f"/records?type={name}" if name else "/records")
        shown = {str(node.attributes["name"]) for node in page.css("form label[data-for]:not([hidden]) [name]")}
        assert shown == fields
        assert {
            str(node.attributes["name"]) for node in page.css("form label[data-for] [name]:not([disabled])")
        } == fields


async def test_the_status_page_counts_what_waits_and_what_is_stored(keep: Keep, client: httpx.AsyncClient) -> None:
    await keep(SAMPLE)
    page = await get(client, "/status")
    assert texts(page, "section:first-child tbody th") == ["解析", "规范", "入库"]
    assert "sample 1" in texts(page, "section:last-of-type tbody tr")[0]


async def test_the_icon_is_there(client: httpx.AsyncClient) -> None:
    answer = await client.get("/favicon.ico", follow_redirects=True)
    assert answer.headers["content-type"].startswith("image/svg+xml")


async def test_the_figure_that_does_not_hold_is_marked_in_its_table(keep: Keep, client: httpx.AsyncClient) -> None:
    lines = [budget_line("水利支出", "3.00", "213", provenance=at()), finding("合计不符。")]
    wrong = replace(SAMPLE, lines=lines)
    subject = str(wrong.records("")[1]["id"])
    await keep(replace(wrong, lines=[lines[0], {**lines[1], "subjects": [subject]}]))
    page = await get(client, PAGE)
    assert texts(page, "td.wrong a.why") == ["不符"]
    assert attribute(page, "td.wrong", "id") == subject
    finding_id = attribute(page, "td.wrong a.why", "href").partition("#")[2]
    assert page.css(f"#findings tr#{finding_id}")
    assert "open" in page.css("details.sheet")[0].attributes


async def test_a_part_is_told_of_what_it_is_a_part(keep: Keep, client: httpx.AsyncClient) -> None:
    part = {**fact("expenditure_part", "8000.00", "农林水支出（类）0.8万元"), "scope": "农林水支出（类）"}
    await keep(replace(SAMPLE, lines=[part]))
    assert texts(await get(client, PAGE), "#facts tbody th") == ["部分支出 农林水支出（类）"]
    (row,) = texts(await get(client, "/records?type=fact"), "table.records tbody tr")
    assert "农林水支出（类）" in row


async def test_a_finding_is_cited_in_the_midst_of_a_sentence(keep: Keep, client: httpx.AsyncClient) -> None:
    await keep(SAMPLE)
    found, *_ = (await client.get("/api/v1/findings?severity=error")).json()["items"]
    (cited,) = texts(await get(client, f"{PAGE}/source?record={found['id']}"), ".cite")
    assert "相差一百元，" in cited
