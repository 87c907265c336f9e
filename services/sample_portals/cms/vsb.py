"""博达 VSB: pages count down, files come through download.jsp, one PDF in two is embedded by script."""

import re
from dataclasses import dataclass
from html import escape
from typing import Final
from urllib.parse import quote

from services.sample_portals.cms.answer import PER_PAGE, Answer, html_page, metas
from services.sample_portals.world import County, Item

LIST: Final = "/zwgk/tzgg"
DOWNLOAD: Final = "/system/_content/download.jsp"


@dataclass(frozen=True)
class VsbSite:
    """Page 1 is tzgg.htm; of n pages the second is tzgg/{n-1}.htm and the last tzgg/1.htm."""

    county: County
    items: list[Item]

    def answer(self, path: str, query: dict[str, str]) -> Answer | None:
        pages = -(-len(self.items) // PER_PAGE)
        if path == f"{LIST}.htm":
            return self._list(0, pages)
        if (match := re.fullmatch(rf"{LIST}/(\d+)\.htm", path)) and 1 <= int(match[1]) < pages:
            return self._list(pages - int(match[1]), pages)
        for item in self.items:
            if path == f"/info/1043/{item.number}.htm":
                return self._page(item)
            if path == DOWNLOAD and query.get("wbfileid") == _file_id(item):
                file = item.files[0]
                return Answer(file.data, "application/octet-stream", f"attachment; filename={quote(file.name)}")
            if path == _local(item):
                return Answer(item.files[0].data, "application/pdf")
        return None

    def _list(self, page: int, pages: int) -> Answer:
        up = "../" if page else ""
        rows = "".join(
            f'<li><div class="date"><span>{item.published_at:%d}</span>'
            f"<span>{item.published_at:%Y-%m}</span></div>"
            f'<a href="{up}../info/1043/{item.number}.htm">{escape(item.title)}</a></li>\n'
            for item in self.items[page * PER_PAGE : (page + 1) * PER_PAGE]
        )
        left = pages - page - 1
        target = f"{left}.htm" if page else f"tzgg/{left}.htm"
        following = (
            f'<span class="p_next p_fun"><a href="{target}">下页</a></span>'
            if left
            else '<span class="p_next_d p_fun_d">下页</span>'
        )
        pager = (
            f'<span class="p_t">共{len(self.items)}条</span>{following}<span class="p_t">{page + 1}/{pages}</span>'
        )
        head = "<!--Announced by Visual SiteBuilder 9-->"
        return html_page(
            self.county,
            "通知公告",
            head,
            f'<ul class="list">\n{rows}</ul><div class="pb_sys_common">{pager}</div>',
        )

    def _page(self, item: Item) -> Answer:
        links = ""
        for file in item.files:
            if item.format == "pdf" and item.number % 2:
                links += f'<script>showVsbpdfIframe("{_local(item)}","100%","600","0","")</script>'
            else:
                address = (
                    f"{DOWNLOAD}?urltype=news.DownloadAttachUrl&amp;owner=1632666717&amp;wbfileid={_file_id(item)}"
                )
                links += f'<li>附件【<a href="{address}" target="_blank">{escape(file.name)}</a>】已下载次</li>'
        body = (
            f"<h1>{escape(item.title)}</h1><div>发布时间：{item.published_at:%Y年%m月%d日}</div>\n"
            f'<div id="vsb_content"><div class="v_news_content">{item.body}</div></div><ul>{links}</ul>'
        )
        head = "<!--Announced by Visual SiteBuilder 9-->\n" + metas(item, "通知公告").replace(
            "<meta name", "<META Name"
        )
        return html_page(self.county, item.title, head, body)


def _file_id(item: Item) -> str:
    return f"{item.number:032X}"


def _local(item: Item) -> str:
    return f"/__local/A/BC/DE/{item.number:032X}_{item.number:08X}_1A2B.pdf"
