"""Small fictional sites of the five families: a table of paths, served, polled once."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler

from services.fetcher.counts import PollResult
from services.fetcher.http.revalidation import PollContext
from services.fetcher.poll import poll
from services.fetcher.portal import Family, Portal
from shared.schemas.events import FetchedEvent
from tests.unit.fetcher.fetcher_serving import answering, events, send

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
FIRST, SECOND, THIRD = (f"某县{name}局2024年部门预算公开" for name in ("水利", "教育", "统计"))
NOISE = "某县某某公园修缮工程的公告"
TABLE = "<table><tr><td>收入</td><td>10.00</td></tr></table>"
Answer = str | bytes | Callable[[BaseHTTPRequestHandler], object]


@dataclass
class Site:
    """Answers by path and query; what is not in `pages` is not there. `asked` holds the request lines."""

    pages: Mapping[str, Answer]
    asked: list[str] = field(default_factory=list)

    def __call__(self, request: BaseHTTPRequestHandler) -> None:
        request.rfile.read(int(request.headers.get("Content-Length", "0")))
        if request.path != "/robots.txt":
            self.asked.append(f"{request.command} {request.path}")
        answer = self.pages.get(f"{request.command} {request.path}", self.pages.get(request.path))
        if answer is None:
            send(request, 404, b"<html>404</html>")
        elif callable(answer):
            answer(request)
        else:
            send(request, 200, answer.encode() if isinstance(answer, str) else answer)


@dataclass
class Taken:
    """What one poll of a site came to."""

    result: PollResult
    events: list[FetchedEvent]
    base_url: str

    @property
    def titles(self) -> list[str]:
        return [event.origin.title or "" for event in self.events]

    @property
    def files(self) -> list[tuple[str, str]]:
        """Path and name of every attachment, in order."""
        return [
            (file.url.removeprefix(self.base_url), file.name)
            for event in self.events
            for file in event.files
            if file.role == "attachment"
        ]


async def taken(family: Family, lists: Sequence[str], site: Site, means: PollContext, **changes: object) -> Taken:
    """Serve `site`, poll it once as a portal of `family` with `lists`, and give what came of it."""
    with answering(site) as base_url:
        portal = portal_of(family, lists, base_url, **changes)
        result = await poll(portal, means)
    return Taken(result, await events(means), base_url)


def portal_of(family: Family, lists: Sequence[str], base_url: str, **changes: object) -> Portal:
    """A portal of `family` at `base_url`, as fast as it goes."""
    content: dict[str, object] = {
        "name": "sample",
        "region_code": "990101",
        "region_name": "示例省样本市示例县",
        "family": family,
        "base_url": base_url,
        "lists": [{"url": each} for each in lists],
        "allow_private": ["127.0.0.1"],
        "pace_seconds": 0,
    }
    return Portal.model_validate(content | changes, strict=False)


def rows(*links: tuple[str, str], date: str = "2024-02-05") -> str:
    """An HTML list, a row a link."""
    return "<ul>{}</ul>".format(
        "".join(f'<li><span>{date}</span><a href="{link}">{title}</a></li>' for link, title in links)
    )


def article(title: str, content: str) -> str:
    """An article page with its content in a known place."""
    body = f'<h1>{title}</h1><div id="zoom">{content}</div>'
    return f"<html><head><title>{title}</title></head><body>{body}</body></html>"


def pages(*paths: str, of: tuple[str, ...] = (FIRST, SECOND, THIRD)) -> dict[str, str]:
    """Article pages of titles `of`, a path each."""
    return {path: article(title, TABLE) for path, title in zip(paths, of, strict=False)}
