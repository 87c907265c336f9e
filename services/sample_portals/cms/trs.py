"""TRS WCM: index.html, index_1.html …, articles and files beside each other in month folders."""

import re
from dataclasses import dataclass
from html import escape
from typing import Final

from services.sample_portals.cms.answer import PER_PAGE, Answer, html_page, metas
from services.sample_portals.world import County, Item

COLUMN: Final = "/zwgk/gsgg/"


@dataclass(frozen=True)
class TrsSite:
    """The list page's last line names the page count, as TRS's own script call does."""

    county: County
    items: list[Item]

    def answer(self, path: str, query: dict[str, str]) -> Answer | None:  # noqa: ARG002 - static pages
        inside = path.removeprefix(COLUMN)
        if path == COLUMN:
            return self._list(0)
        if match := re.fullmatch(r"index(?:_(\d+))?\.html", inside):
            return self._list(int(match[1] or 0))
        for item in self.items:
            if inside == _article(item):
                return self._page(item)
            for number, file in enumerate(item.files if _file_stem(item) in inside else ()):
                if inside == _file(item, number, file.name):
                    return Answer(file.data, file.media_type)
        return None

    def _list(self, page: int) -> Answer | None:
        pages = -(-len(self.items) // PER_PAGE)
        if page >= pages:
            return None
        rows = "".join(
            f'<li><a href="./{_article(item)}" title="{escape(item.title)}">{escape(_cut(item.title))}</a>'
            f"<span>{item.published_at:%Y-%m-%d}</span></li>\n"
            for item in self.items[page * PER_PAGE : (page + 1) * PER_PAGE]
        )
        pager = f'<script>createPageHTML({pages}, {page}, "index", "html");</script>'
        return html_page(self.county, "公示公告", "", f'<ul class="list">\n{rows}</ul>\n{pager}')

    def _page(self, item: Item) -> Answer:
        links = "".join(
            f'<p>附件：<a href="./{_file(item, number, file.name).split("/")[1]}">{escape(file.name)}</a></p>'
            for number, file in enumerate(item.files)
        )
        body = (
            f"<h1>{escape(item.title)}</h1><div>发布时间：{item.published_at:%Y-%m-%d %H:%M}</div>\n"
            f'<div class="TRS_Editor">{item.body}</div>\n<div id="appendix">{links}</div>'
        )
        return html_page(self.county, item.title, metas(item, "公示公告"), body)


def _cut(title: str) -> str:
    return title if len(title) <= 24 else title[:23] + "…"


def _article(item: Item) -> str:
    return f"{item.published_at:%Y%m}/t{item.published_at:%Y%m%d}_{item.number}.html"


def _file_stem(item: Item) -> str:
    return f"P0{item.published_at:%Y%m%d%H%M%S}{item.number:06d}"


def _file(item: Item, number: int, name: str) -> str:
    return f"{item.published_at:%Y%m}/{_file_stem(item)}{number:02d}.{name.rsplit('.', 1)[-1]}"
