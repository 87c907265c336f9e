"""What a site answers, and the page furniture all three systems share."""

from dataclasses import dataclass
from html import escape
from typing import Final, Protocol

from services.sample_portals.world import County, Item

HTML: Final = "text/html; charset=utf-8"
PER_PAGE: Final = 20


@dataclass(frozen=True)
class Answer:
    """A 200 answer."""

    body: bytes
    media_type: str = HTML
    disposition: str | None = None


class Site(Protocol):
    """A county's portal, with what is published just now, newest first."""

    def answer(self, path: str, query: dict[str, str]) -> Answer | None:
        """The answer to a path below the portal's root; None is 404."""
        ...


def html_page(county: County, title: str, head: str, body: str) -> Answer:
    """A page with the portal's frame; it says that it is fictional."""
    name = f"{county.name}人民政府"
    text = (
        f'<!DOCTYPE html>\n<html lang="zh-CN"><head><meta charset="utf-8"/>'
        f'<title>{escape(title)}_{name}（示例）</title>\n<meta name="SiteName" content="{name}（示例）"/>\n'
        f'{head}\n</head><body><div class="top">{name}（示例网站，纯属虚构）</div>\n{body}\n'
        f'<div class="foot"><p>示例数据，纯属虚构。Fictional sample.</p></div></body></html>'
    )
    return Answer(text.encode())


def metas(item: Item, column: str) -> str:
    """The meta tags government sites must carry."""
    fields = {
        "ArticleTitle": item.title,
        "PubDate": f"{item.published_at:%Y-%m-%d %H:%M:%S}",
        "ContentSource": f"{item.county.name}财政局",
        "ColumnName": column,
    }
    return "\n".join(f'<meta name="{name}" content="{escape(value)}"/>' for name, value in fields.items())
