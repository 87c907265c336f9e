"""Portals for benchmarks, generated and served on loopback by a process of their own: an address a portal.

A portal has robots.txt, one list and the articles on it, each with a table and as much furniture as a county's
site has. Pages bear an ETag and answer 304. `POST /__publish` puts one more disclosure on every list.
"""

import asyncio
import hashlib
import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Final

FURNITURE: Final = "".join(f'<li><a href="/lanmu/{number}/">栏目{number:02}</a></li>' for number in range(60))
ARTICLE: Final = "/czyjs/202402/t20240205_"
PAGER: Final = "<script>createPageHTML(1, 0, 'index', 'html')</script>"
TABLE: Final = "".join(
    f"<tr><td>201{number:02}01</td><td>行政运行</td><td>{number * 13}.40</td></tr>" for number in range(40)
)


@dataclass(frozen=True)
class Portals:
    """`count` portals at 127.1.x.y:`port`, each with `articles` articles."""

    port: int
    count: int
    articles: int

    def host(self, number: int) -> str:
        return f"127.1.{number // 250}.{number % 250 + 1}"

    def base_url(self, number: int) -> str:
        return f"http://{self.host(number)}:{self.port}"


@contextmanager
def served(count: int, articles: int) -> Iterator[Portals]:
    """The portals, until the block ends."""
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(there, articles), daemon=True)
    process.start()
    try:
        yield Portals(here.recv(), count, articles)
    finally:
        process.terminate()
        process.join()


def _serve(pipe: Connection, articles: int) -> None:
    asyncio.run(_serving(pipe, articles))


async def _serving(pipe: Connection, articles: int) -> None:
    site = _Site(articles)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Protocol(site), "0.0.0.0", 0, backlog=1000)  # noqa: S104
    pipe.send(server.sockets[0].getsockname()[1])
    await server.serve_forever()


class _Site:
    def __init__(self, articles: int) -> None:
        self.articles = articles

    def answer(self, host: str, method: str, path: str) -> bytes | None:
        if method == "POST" and path == "/__publish":
            self.articles += 1
            return b"published"
        if path == "/robots.txt":
            return b"User-agent: *\nDisallow: /admin/\n"
        if path == "/czyjs/":
            rows = "".join(
                f'<li><a href="{ARTICLE}{number}.html">{_title(number)}</a><span>2024-02-05</span></li>'
                for number in reversed(range(self.articles))
            )
            return _page(f"{host}预算公开", f"<ul class='list'>{rows}</ul>{PAGER}")
        number = path.removeprefix(ARTICLE).removesuffix(".html")
        if not number.isdigit() or int(number) >= self.articles:
            return None
        title = _title(int(number))
        text = f"<h1>{title}</h1><div class='TRS_Editor'><p>{host}单位情况。</p><table>{TABLE}</table></div>"
        return _page(title, text)


def _title(number: int) -> str:
    return f"青石县第{number}中学2024年单位预算公开"


def _page(title: str, content: str) -> bytes:
    head = f"<meta charset='utf-8'><title>{title}</title><meta name='ArticleTitle' content='{title}'>"
    body = f"<div class='nav'><ul>{FURNITURE}</ul></div>{content}<div class='footer'>主办单位</div>"
    return f"<html><head>{head}</head><body>{body}</body></html>".encode()


class _Protocol(asyncio.Protocol):
    """As much of HTTP/1.1 as the benchmarks' clients speak."""

    def __init__(self, site: _Site) -> None:
        self._site = site
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while b"\r\n\r\n" in self._buffer:
            head, _, self._buffer = self._buffer.partition(b"\r\n\r\n")
            self._transport.write(self._answer(head.decode("latin-1")))

    def _answer(self, head: str) -> bytes:
        line, *fields = head.split("\r\n")
        method, path, _ = line.split(" ")
        headers = dict(field.lower().split(": ", 1) for field in fields)
        body = self._site.answer(headers["host"].partition(":")[0], method, path)
        if body is None:
            return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
        tag = f'"{hashlib.blake2b(body, digest_size=8).hexdigest()}"'
        if headers.get("if-none-match") == tag:
            return f"HTTP/1.1 304 Not Modified\r\nETag: {tag}\r\n\r\n".encode()
        kind = f"Content-Type: text/html; charset=utf-8\r\nETag: {tag}\r\nContent-Length: {len(body)}"
        return f"HTTP/1.1 200 OK\r\n{kind}\r\n\r\n".encode() + body
