"""A list as a feed: Atom (RFC 4287) and JSON Feed 1.1 of the same entries, the newest first."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from xml.etree import ElementTree

ATOM: Final = "application/atom+xml"
JSON_FEED: Final = "application/feed+json"
_ATOM: Final = "http://www.w3.org/2005/Atom"
_NO_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LONGEST: Final = 200
"""Characters of a title."""


@dataclass(frozen=True)
class Entry:
    """What a reader is told of: `id` is the same for the same content, `link` a page."""

    id: str
    title: str
    text: str
    link: str
    author: str
    updated: datetime
    published: datetime | None = None
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Feed:
    """A list with its own address (`link` is the page of it) and its entries."""

    title: str
    address: str
    link: str
    entries: Sequence[Entry]

    @property
    def updated(self) -> datetime:
        """When its newest entry came; of an empty one always the same moment."""
        return max((each.updated for each in self.entries), default=datetime(1970, 1, 1, tzinfo=UTC))


def atom(feed: Feed) -> bytes:
    """The feed as Atom."""
    ElementTree.register_namespace("", _ATOM)
    root = ElementTree.Element(f"{{{_ATOM}}}feed")
    _texts(root, id=feed.address, title=feed.title, updated=_time(feed.updated))
    _link(root, feed.address, "self", ATOM)
    _link(root, feed.link, "alternate", "text/html")
    for each in feed.entries:
        entry = ElementTree.SubElement(root, f"{{{_ATOM}}}entry")
        _texts(entry, id=each.id, title=each.title[:_LONGEST], updated=_time(each.updated), summary=each.text)
        if each.published:
            _texts(entry, published=_time(each.published))
        _link(entry, each.link, "alternate", "text/html")
        _texts(ElementTree.SubElement(entry, f"{{{_ATOM}}}author"), name=each.author)
        for tag in each.tags:
            ElementTree.SubElement(entry, f"{{{_ATOM}}}category", term=_NO_XML.sub("", tag))
    content: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return content


def json_feed(feed: Feed) -> dict[str, Any]:
    """The feed as JSON Feed."""
    return {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": feed.link,
        "feed_url": feed.address,
        "items": [_item(each) for each in feed.entries],
    }


def _item(entry: Entry) -> dict[str, Any]:
    times = {"date_modified": _time(entry.updated)}
    if entry.published:
        times["date_published"] = _time(entry.published)
    return {
        "id": entry.id,
        "url": entry.link,
        "title": entry.title[:_LONGEST],
        "content_text": entry.text,
        "authors": [{"name": entry.author}],
        "tags": list(entry.tags),
        **times,
    }


def _texts(parent: ElementTree.Element, **texts: str) -> None:
    for name, text in texts.items():
        ElementTree.SubElement(parent, f"{{{_ATOM}}}{name}").text = _NO_XML.sub("", text)


def _link(parent: ElementTree.Element, address: str, relation: str, media_type: str) -> None:
    ElementTree.SubElement(parent, f"{{{_ATOM}}}link", href=address, rel=relation, type=media_type)


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
