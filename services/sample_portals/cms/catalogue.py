"""gkmlpt: an empty shell with window._CONFIG, articles by a JSON call, files under /attachment/."""

import json
import re
from dataclasses import dataclass
from html import escape

from services.sample_portals.cms.answer import PER_PAGE, Answer, html_page, metas
from services.sample_portals.world import County, Item


@dataclass(frozen=True)
class CatalogueSite:
    """`url` is http, `post_url` https, dates are epoch seconds, as on the real platform."""

    county: County
    items: list[Item]
    host: str

    def answer(self, path: str, query: dict[str, str]) -> Answer | None:
        if path in ("/gkmlpt/index", "/gkmlpt/index.html"):
            return self._shell()
        if re.fullmatch(r"/gkmlpt/api/all/(0|5521)", path):
            return self._articles(int(query.get("page", "1")))
        for item in self.items:
            if path == _article(item):
                return self._page(item)
            for number, file in enumerate(
                item.files if path.startswith(f"/attachment/0/{item.number // 100}/") else ()
            ):
                if path == _file(item, number, file.name):
                    return Answer(file.data, file.media_type)
        return None

    def _shell(self) -> Answer:
        tree = [{"id": 5521, "name": "财政预决算", "jump_url": "", "children": []}]
        config = json.dumps({"SID": self.county.region, "TREE": tree}, ensure_ascii=False)
        return html_page(
            self.county, "政府信息公开目录", f"<script>window._CONFIG = {config};</script>", '<div id="app"></div>'
        )

    def _articles(self, page: int) -> Answer:
        start = (max(page, 1) - 1) * PER_PAGE
        articles = [
            {
                "id": item.number,
                "title": escape(item.title),
                "publisher": f"{item.county.name}财政局",
                "date": int(item.published_at.timestamp()),
                "display_publish_time": int(item.published_at.timestamp()),
                "created_at": f"{item.published_at:%Y-%m-%d %H:%M:%S}",
                "classify_main_name": "财政预决算",
                "url": f"http://{self.host}{_article(item)}",
                "post_url": f"https://{self.host}{_article(item)}",
            }
            for item in self.items[start : start + PER_PAGE]
        ]
        answer = {"classify": {"id": 0, "post_count": len(self.items)}, "articles": articles}
        return Answer(json.dumps(answer, ensure_ascii=False).encode(), "application/json")

    def _page(self, item: Item) -> Answer:
        links = "".join(
            f'<p><a href="{_file(item, number, file.name)}">{escape(file.name)}</a></p>'
            for number, file in enumerate(item.files)
        )
        head = metas(item, "财政预决算") + "\n<script>window._CONFIG = {DETAIL: {}};</script>"
        body = f'<h1>{escape(item.title)}</h1>\n<div class="article-content">{item.body}{links}</div>'
        return html_page(self.county, item.title, head, body)


def _article(item: Item) -> str:
    return f"/gkmlpt/content/{item.number // 1000000}/{item.number // 1000}/post_{item.number}.html"


def _file(item: Item, number: int, name: str) -> str:
    return f"/attachment/0/{item.number // 100}/{item.number}/{item.number}{number}.{name.rsplit('.', 1)[-1]}"
