"""Reading is bounded: a page that takes too long, or is nested too deep, is a named failure."""

import re

import pytest

from services.fetcher.reading import Reader
from services.fetcher.sites.contract import Page, Request
from shared.errors import TimedOut, TooLarge
from shared.stage.worker import WorkerPool
from shared.stage.worker_process import Limits

URL = "http://www.sample.example/gk/list.html"
ROW = '<li><a href="a1.html">某县水利局2024年部门预算公开</a>2024-02-05</li>'


def page(text: str) -> Page:
    return Page(Request(URL), URL, text)


async def test_a_page_that_takes_too_long_is_named_and_the_next_one_is_read() -> None:
    side_by_side = "<p>2024-03-01</p>" * 60_000 + '<a href="/a/1.html">某县水利局2024年部门预算公开</a>' * 60_000
    async with WorkerPool(1, Limits(seconds=1, megabytes=512)) as pool:
        with pytest.raises(TimedOut, match=re.escape(URL)):
            await Reader(pool).listing(page(side_by_side), "static_html")
        assert len((await Reader(pool).listing(page(f"<ul>{ROW}</ul>"), "static_html")).rows) == 1


@pytest.mark.parametrize(
    "text",
    [
        f"<ul>{ROW}<li><a href=/a/9.html>" + "." * 400_000 + "x</a>2024-03-01</li></ul>",
        f"<ul>{ROW}</ul><script>createPageHTML(" + " " * 400_000 + "x</script>",
        f"<ul>{ROW}</ul><script>createPageHTML(" + "9" * 5000 + ", 0, 'index', 'html')</script>",
        f"<ul>{ROW}</ul><p>共" + " " * 400_000 + "x</p>",
        f"<ul>{ROW}</ul><script>" + "/*" * 200_000 + "</script>",
        f"<ul>{ROW}</ul>" + "<select><option selected>1" * 5000,
        f"<ul>{ROW}</ul><script>atob('" + "QUJD" * 100_000 + "</script>",
    ],
)
async def test_what_would_make_a_pattern_go_back_and_forth_is_read(text: str) -> None:
    assert len((await Reader().listing(page(text), "trs_wcm")).rows) == 1


async def test_a_page_nested_too_deep_is_named() -> None:
    with pytest.raises(TooLarge, match="deep"):
        await Reader().listing(page("<div>" * 300_000 + ROW), "static_html")
