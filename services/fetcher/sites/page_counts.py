"""What a list says of its size: how many rows and pages it has, and the number of the page itself."""

import re
from collections.abc import Sequence
from itertools import chain
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from services.fetcher.sites.contract import Page

_COUNT: Final = r"\d{1,3}(?:,\d{3}){1,2}|\d{1,7}"
_TOTALS: Final = (
    re.compile(
        rf"(?:共|总计|合计|总数|记录数?|找到|检索到|查询到|全部)\s{{0,3}}[：:]?\s{{0,3}}(?:有)?\s{{0,3}}({_COUNT})\s{{0,3}}(?:条|篇|项|个(?!月)|則|则|记录|笔)"
    ),
    re.compile(rf"(?:总记录数?|记录总数|总条数|信息总数|总信息数)\s{{0,3}}[：:]\s{{0,3}}({_COUNT})(?!\d)"),
    re.compile(
        r"(?<![\d页每])(?<![页每]\s)(\d{1,7})\s{0,3}条(?:记录|信息|数据|\s{0,3}(?=上一?页|首页|第一页|共))"
    ),
)
_TOTAL_OF_SCRIPT: Final = re.compile(
    r"(?<![A-Za-z])(?:m_|_)?n?(?:recordCount|totalRecords?|totalCount|rowCount|total_count|totalRecord|countRecord|totalRows?|itemCount|totalElements"
    r"|total_?num(?:ber)?|record_?total|allCount|infoCount)['\"]?\s{0,5}[:=]\s{0,5}['\"]?(\d{1,7})\b",
    re.IGNORECASE,
)
_TOTAL_OF_PLUGIN: Final = re.compile(
    r"\.pagination\(\s{0,9}(\d{1,7})\s{0,9}[,)]|\.pagination\(\s{0,9}\{[^{}]{0,300}?\b(?:items|total|totalData|dataCount|count)\s{0,9}:\s{0,9}(\d{1,7})|laypage[^;]{0,300}?\bcount\s{0,9}:\s{0,9}['\"]?(\d{1,7})"
)
_TOTAL_NAMES: Final = re.compile(r"(?:data-)?(?:total|record|totalrecord|item)-?_?(?:count|num|s)?", re.IGNORECASE)
_PAGES_NAMES: Final = re.compile(
    r"(?:data-)?(?:total|max|all|count)-?_?pages?(?:-?_?(?:count|num))?|(?:data-)?pages?-?_?(?:count|total)",
    re.IGNORECASE,
)
_PAGES: Final = (
    re.compile(r"(?:共|总)\s{0,3}(?:计)?\s{0,3}[：:]?\s{0,3}(\d{1,5})\s{0,3}页"),
    re.compile(r"(?<!\d)/\s{0,2}(?:共)?\s{0,2}(\d{1,4})\s{0,2}页"),
    re.compile(r"(?:总页数|总页码|页数)\s{0,3}[：:]\s{0,3}(\d{1,5})"),
    re.compile(r"\b[Pp]age\s{1,3}\d{1,5}\s{1,3}of\s{1,3}(\d{1,5})"),
    re.compile(r"(?:页次|第|页码)\s{0,3}[：:]?\s{0,3}\d{1,5}\s{0,3}(?:页)?\s{0,3}/\s{0,3}(?:共)?\s{0,3}(\d{1,5})"),
    re.compile(r"(?<![\d/.-])\d{1,4}\s{0,2}/\s{0,2}(\d{1,4})\s{0,2}(?:页|下页|下一页)"),
)
_PAGES_OF_SCRIPT: Final = re.compile(
    r"\b(?:countPage|pageCount|totalPages?|nPageCount|page_count|pagecount|total_page|totalPageCount|maxPages?|page_?Total)['\"]?\s{0,5}[:=]\s{0,5}['\"]?(\d{1,6})\b",
    re.IGNORECASE,
)
_PAGE_NAMES: Final = re.compile(
    "p|pg|pn|page|page_?(?:no|index|num|number|id)|(?:cur|curr|current|now|c)page|current", re.IGNORECASE
)


def stated_total(page: Page, markups: Sequence[str]) -> int | None:
    """How many rows the list has by its own word (共98条), by an attribute, or by the count in a script.

    `markups` is what its scripts unpack.
    """
    texts = chain((page.words,), (re.sub(r"<[^<>]{0,500}>", " ", markup) for markup in markups))
    found = next((match for text in texts for pattern in _TOTALS if (match := pattern.search(text))), None)
    if found is None and (stated := _attribute(page, _TOTAL_NAMES)) is not None:
        return stated
    found = found or _TOTAL_OF_SCRIPT.search(page.scripts) or _TOTAL_OF_PLUGIN.search(page.scripts)
    return int(next(filter(None, found.groups())).replace(",", "")) if found else None


def stated_pages(page: Page) -> int | None:
    """How many pages the list has by its own word: 共12页, 1/12页, an attribute, totalPage = 12."""
    found = next((match for pattern in _PAGES if (match := pattern.search(page.words))), None)
    if found is None and (stated := _attribute(page, _PAGES_NAMES)) is not None:
        return stated
    found = found or _PAGES_OF_SCRIPT.search(page.scripts)
    return int(found[1]) if found else None


def _attribute(page: Page, names: re.Pattern[str]) -> int | None:
    """A number that a hidden field of this name holds, or that a pager bears as an attribute."""
    for node in page.tree.css("input[type=hidden], [class*=pag], [id*=pag], [class*=Pag], [id*=Pag]")[:200]:
        given = node.attributes
        if node.tag == "input":
            given = {given.get("name") or "": given.get("value"), given.get("id") or "": given.get("value")}
        for name, value in given.items():
            if value and value.isascii() and value.isdigit() and len(value) < 8 and names.fullmatch(name):
                return int(value)
    return None


def page_number(url: str) -> int | None:
    """The page's number by a parameter of its address."""
    numbers = (value for name, value in parse_qsl(urlsplit(url).query) if _PAGE_NAMES.fullmatch(name))
    return next((int(value) for value in numbers if value.isascii() and value.isdigit() and len(value) < 7), None)


def numbered(url: str, number: int) -> str:
    """`url` with `number` in place of its page's number."""
    address = urlsplit(url)
    pairs = parse_qsl(address.query, keep_blank_values=True)
    query = urlencode([(name, str(number) if _PAGE_NAMES.fullmatch(name) else value) for name, value in pairs])
    return address._replace(query=query).geturl()
