"""Lists that services answer as JSON: rows, total and the next page by evidence, whatever the names."""

import json
from collections.abc import Callable

import pytest

from services.fetcher.sites import read_list
from services.fetcher.sites.contract import Listing, Page, Request

HOST = "http://www.sample.example"
TITLES = [f"某县{name}局2024年部门预算公开" for name in ("水利", "教育", "统计")]
ASKED = "/api/list?page=1"


def read(answer: object, asked: str = ASKED, body: str | None = None) -> Listing:
    text = answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False)
    return read_list(Page(Request(HOST + asked, json=body), HOST + asked, text), "json_catalogue")


def each(form: Callable[[str, str, str], object]) -> list[object]:
    return [form(title, f"/a{n}.html", f"2024-02-0{n}") for n, title in enumerate(TITLES, 1)]


PLAIN = {"list": each(lambda title, url, day: {"title": title, "url": url, "date": day}), "total": 98}
MARKUP = "".join(
    f'<li><a href="/a{n}.html">{title}</a><span>2024-02-0{n}</span></li>' for n, title in enumerate(TITLES, 1)
)
ANSWERS: dict[str, object] = {
    "data.rows": {
        "data": {"rows": each(lambda title, url, day: {"title": title, "url": url, "pubTime": day}), "total": "98"}
    },
    "Chinese names": {
        "数据": each(lambda title, url, day: {"标题": title, "链接": url, "发布日期": day}),
        "总数": 98,
    },
    "docTitle": {
        "list": each(lambda title, url, day: {"docTitle": title, "docUrl": url, "docRelTime": day}),
        "count": 98,
    },
    "underscores": {
        "results": each(lambda title, url, day: {"DOC_TITLE": title, "DOC_PUB_URL": url, "DOC_PUB_TIME": day}),
        "num": 98,
    },
    "newsTitle": {
        "d": each(lambda title, url, day: {"newsTitle": title, "newsUrl": url, "newsDate": day}),
        "totalCount": 98,
    },
    "first letters": {
        "rows": each(lambda title, url, day: {"wzbt": title, "wzlj": url, "fbsj": day}),
        "total": 98,
    },
    "other names beside": {
        "list": each(
            lambda title, url, day: {
                "title": title,
                "siteName": "某县人民政府网站",
                "content": title * 3,
                "imgUrl": "/x.jpg",
                "wapUrl": f"/m{url}",
                "pcUrl": url,
                "updateTime": "2025-01-01",
                "publishTime": day,
            }
        ),
        "total": 98,
    },
    "objects in objects": {
        "list": each(lambda title, url, day: {"doc": {"title": title, "urls": {"pc": url}}, "date": day}),
        "total": 98,
    },
    "a search engine's": {
        "hits": {
            "total": {"value": 98},
            "hits": each(
                lambda title, url, day: {
                    "_source": {"title": title, "url": url, "publishTime": f"{day}T00:00:00Z"}
                }
            ),
        }
    },
    "menu before": {"nav": [{"title": "首页", "url": "/"}, {"title": "公开", "url": "/gk/"}], **PLAIN},
    "object of objects": {
        "list": {
            str(n): {"title": title, "url": f"/a{n}.html", "date": f"2024-02-0{n}"}
            for n, title in enumerate(TITLES, 1)
        },
        "total": 98,
    },
    "lists in a list": {"data": each(lambda title, url, day: [title, url, day]), "total": 98},
    "JSON in a text": {"data": json.dumps(PLAIN)},
    "markup in a text": {"data": {"html": f"<ul>{MARKUP}</ul>", "count": "98"}},
    "call back": f"jQuery1102_12({json.dumps(PLAIN)});",
    "assignment": f"var data = {json.dumps(PLAIN)};",
    "byte order mark": "\ufeff" + json.dumps(PLAIN),
    "ticks": {
        "Table": [
            {"Title": title, "Url": f"/a{n}.html", "AddTime": f"/Date({1706716800000 + n * 86400000 - 86400000})/"}
            for n, title in enumerate(TITLES, 1)
        ],
        "Total": 98,
    },
    "cut titles beside whole ones": {
        "list": each(
            lambda title, url, day: {"title": f"{title[:5]}…", "realtitle": title, "infourl": url, "infodate": day}
        ),
        "total": 98,
    },
    "times as lists": {
        "list": [
            {"title": title, "url": f"/a{n}.html", "createTime": [2024, 2, n, 8, 0]}
            for n, title in enumerate(TITLES, 1)
        ],
        "total": 98,
    },
    "days as numbers": {
        "list": [
            {"title": title, "url": f"/a{n}.html", "date": 20240200 + n} for n, title in enumerate(TITLES, 1)
        ],
        "total": 98,
    },
    "highlights": {
        "list": each(
            lambda title, url, day: {"title": title.replace("预算", "<em>预算</em>"), "url": url, "date": day}
        ),
        "total": 98,
    },
}


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS.keys())
def test_rows_whatever_their_names(answer: object) -> None:
    listing = read(answer)
    told = [(row.title, row.url, row.published_at and row.published_at.day) for row in listing.rows]
    assert told == [(title, f"{HOST}/a{n}.html", n) for n, title in enumerate(TITLES, 1)]
    assert listing.total == 98
    assert [request.url for request in listing.following] == [f"{HOST}/api/list?page=2"]


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [
        ("/api/list?pageNum=1&pageSize=3", "/api/list?pageNum=2&pageSize=3"),
        ("/api/list?pageIndex=0&pageSize=3", "/api/list?pageIndex=1&pageSize=3"),
        ("/api/list?offset=0&limit=3", "/api/list?offset=3&limit=3"),
        ("/solr/select?start=30&rows=3", "/solr/select?start=33&rows=3"),
        ("/api/list/12/1.json", "/api/list/12/2.json"),
        ("/api/list", "/api/list?page=2"),
        (
            "/front/page/build/unit?webId=1&pageId=9&paramJson=%7B%22pageNo%22%3A1%2C%22pageSize%22%3A3%7D",
            "/front/page/build/unit?webId=1&pageId=9&paramJson=%7B%22pageNo%22%3A2%2C%22pageSize%22%3A3%7D",
        ),
    ],
)
def test_the_next_question_of_a_service(asked: str, wanted: str) -> None:
    assert read(PLAIN, asked).following[0].url == HOST + wanted


def test_a_next_page_that_the_answer_states() -> None:
    answer = {"list": PLAIN["list"], "next": "/api/list?cursor=abc"}
    assert [request.url for request in read(answer).following] == [f"{HOST}/api/list?cursor=abc"]


def test_the_next_body_of_a_service() -> None:
    (way,) = read(PLAIN, "/api/list", '{"pageNo": 1, "channel": "x"}').following
    assert json.loads(way.json or "") == {"pageNo": 2, "channel": "x"}


@pytest.mark.parametrize(
    "answer",
    [
        {**PLAIN, "total": 3},
        {"list": PLAIN["list"], "count": 3},
        {"list": PLAIN["list"], "totalPages": 1},
        {"code": 500, "msg": "系统繁忙，请稍后再试"},
        {"data": {"list": [], "total": 0}},
        {"list": each(lambda title, url, day: {"title": title, "id": 7}), "total": 98},
        "<html>系统维护</html>",
    ],
    ids=["all", "all by count", "one page", "error", "none", "no address", "no JSON"],
)
def test_where_no_page_follows(answer: object) -> None:
    assert read(answer).following == ()
