"""RSS, Atom and sitemaps: a column's own list for machines."""

import html
import re
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Final

from services.fetcher.sites.contract import Listing, Page, Request, Row, SiteFamily
from services.fetcher.sites.dates import CHINA, read_date
from services.fetcher.sites.generic_rows import MOST_ROWS
from services.fetcher.sites.links import plain_text, resolve

_SIGN: Final = re.compile(r"<(?:rss|feed|urlset|sitemapindex|rdf:RDF)\b", re.IGNORECASE)
_ENTRY: Final = re.compile(r"<(item|entry|url|sitemap)\b[^<>]{0,500}>", re.IGNORECASE)
_TAG: Final = re.compile(r"<[^<>]{0,500}>")
_HREF: Final = re.compile(r"<link\b[^<>]{0,500}?href=[\"']([^\"'<>]{1,1000})[\"']", re.IGNORECASE)
_NEXT: Final = re.compile(r"<(?:atom:)?link\b[^<>]{0,500}?rel=[\"']next[\"'][^<>]{0,500}>", re.IGNORECASE)


def read(page: Page) -> Listing:
    """The entries with dates and titles, those of a sitemap without; of an index of sitemaps the ways to each."""
    if not _SIGN.search(page.text[:4000]):
        return Listing((), recognised=False)
    rows, sitemaps = [], []
    starts = list(_ENTRY.finditer(page.text))[:MOST_ROWS]
    ends = [*(start.start() for start in starts[1:]), len(page.text)]
    for start, end in zip(starts, ends, strict=True):
        entry = page.text[start.end() : end]
        address = resolve(page.base, _value(entry, "link") or _attribute(entry) or _value(entry, "loc"))
        if address and start[1].lower() == "sitemap":
            sitemaps.append(Request(address))
        elif address:
            rows.append(_row(entry, address))
    found = _NEXT.search(page.text)
    link = resolve(page.base, _attribute(found[0])) if found else None
    if sitemaps:
        return Listing((), heading=True, categories=tuple(sitemaps))
    return Listing(tuple(rows), (Request(link),) if link else (), last=not link)


def _row(entry: str, address: str) -> Row:
    title = _value(entry, "title") or _value(entry, "news:title")
    dates = (_value(entry, name) for name in ("pubDate", "published", "updated", "dc:date", "lastmod"))
    stated = next((date for date in dates if date), "")
    return Row(
        address,
        title,
        cut=not title,
        published_at=read_date(stated) or _mail_date(stated),
        source=_value(entry, "author") or None,
    )


def _mail_date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text[:100])
    except (ValueError, IndexError, OverflowError):
        return None
    return moment.astimezone(CHINA) if moment.tzinfo else moment.replace(tzinfo=CHINA)


def _value(entry: str, name: str) -> str:
    inner = re.search(
        rf"<{name}(?:\s[^<>]{{0,500}})?>(.{{0,5000}}?)</{name}>", entry[:50_000], re.DOTALL | re.IGNORECASE
    )
    if inner is None:
        return ""
    text = inner[1].strip().removeprefix("<![CDATA[").removesuffix("]]>")
    return plain_text(html.unescape(_TAG.sub("", text)))


def _attribute(entry: str) -> str | None:
    found = _HREF.search(entry)
    return html.unescape(found[1]) if found else None


FEED: Final = SiteFamily(name="feed", signs=_SIGN, read=read)
