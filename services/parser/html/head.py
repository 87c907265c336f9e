"""What the head of a web page says of it."""

import re
from datetime import datetime, timedelta, timezone
from typing import Final

from selectolax.lexbor import LexborHTMLParser

from shared.schemas.document import PageHead

_CHINA: Final = timezone(timedelta(hours=8), "Asia/Shanghai")
_DATE: Final = re.compile(r"(20\d\d)-(\d{1,2})-(\d{1,2})(?:[ T](\d{1,2}):(\d{2})(?::(\d{2}))?)?")
_LONGEST: Final = 300
_INVISIBLE: Final = re.compile(r"[\u200b-\u200f\ufeff]")


def head_of(tree: LexborHTMLParser) -> PageHead | None:
    """The first of each meta with content, and the first <title>; None where the page has neither."""
    metas: dict[str, str] = {}
    for node in tree.css("meta[name]"):
        name, content = (node.attributes.get(key) or "" for key in ("name", "content"))
        if text := _text(content):
            metas.setdefault(name.strip().lower(), text)
    title = tree.css_first("title")
    head = PageHead(
        name=_text(title.text()) if title is not None else None,
        title=metas.get("articletitle"),
        source=metas.get("contentsource"),
        site=metas.get("sitename"),
        site_code=metas.get("siteidcode"),
        published_at=_date(metas.get("pubdate", "")),
    )
    return None if head == PageHead() else head


def _text(raw: str) -> str | None:
    text = " ".join(_INVISIBLE.sub("", raw).split())
    return text if 0 < len(text) <= _LONGEST else None


def _date(text: str) -> datetime | None:
    match = _DATE.match(text)
    if match is None:
        return None
    try:
        return datetime(*(int(part or 0) for part in match.groups()), tzinfo=_CHINA)  # type: ignore[misc, arg-type]
    except ValueError:
        return None
