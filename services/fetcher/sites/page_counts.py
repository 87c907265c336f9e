"""What a list says of its size: how many rows and pages it has, and the number of the page itself."""

import re
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from services.fetcher.sites.contract import Page

_TOTAL: Final = re.compile(
    r"(?:共|总计|合计|总数|记录数?)\s{0,3}[：:]?\s{0,3}(?:有)?\s{0,3}(\d{1,7})\s{0,3}(?:条|篇|项|个(?!月)|則|则|记录|笔)"
)
_TOTAL_OF_SCRIPT: Final = re.compile(
    r"\b(?:recordCount|totalRecords?|totalCount|rowCount|total_count|totalRecord|countRecord|totalRows?|itemCount)['\"]?\s{0,5}[:=]\s{0,5}['\"]?(\d{1,7})\b",
    re.IGNORECASE,
)
_PAGES: Final = (
    re.compile(r"(?:共|总)\s{0,3}(?:计)?\s{0,3}[：:]?\s{0,3}(\d{1,5})\s{0,3}页"),
    re.compile(r"(?:页次|第|页码)\s{0,3}[：:]?\s{0,3}\d{1,5}\s{0,3}(?:页)?\s{0,3}/\s{0,3}(?:共)?\s{0,3}(\d{1,5})"),
    re.compile(r"(?<![\d/.-])\d{1,4}\s{0,2}/\s{0,2}(\d{1,4})\s{0,2}(?:页|下页|下一页)"),
)
_PAGES_OF_SCRIPT: Final = re.compile(
    r"\b(?:countPage|pageCount|totalPages?|nPageCount|page_count|pagecount|total_page|totalPageCount)['\"]?\s{0,5}[:=]\s{0,5}['\"]?(\d{1,6})\b",
    re.IGNORECASE,
)
_PAGE_NAMES: Final = re.compile(
    "p|pg|pn|page|page_?(?:no|index|num|number|id)|(?:cur|curr|current|now|c)page|current", re.IGNORECASE
)


def stated_total(page: Page) -> int | None:
    """How many rows the list has by its own word (共98条), or by the count in a script."""
    found = _TOTAL.search(_spaced(page))
    found = found or _TOTAL_OF_SCRIPT.search(page.scripts)
    return int(found[1]) if found else None


def stated_pages(page: Page) -> int | None:
    """How many pages the list has by its own word: 共12页, 1/12页, totalPage = 12."""
    text = _spaced(page)
    found = next((match for pattern in _PAGES if (match := pattern.search(text))), None)
    found = found or _PAGES_OF_SCRIPT.search(page.scripts)
    return int(found[1]) if found else None


def _spaced(page: Page) -> str:
    """The page's text with a blank between what stands in different elements."""
    return re.sub(r"\s+", " ", page.tree.body.text(separator=" ")) if page.tree.body else ""


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
