"""What the fetcher's tests serve, and how they look at what it did."""

import json
import ssl
import threading
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from services.fetcher.http.revalidation import PollContext
from services.fetcher.portal import Portal
from services.fetcher.portal_files import load_portal
from shared.schemas.events import FetchedEvent

PORTALS = ("pingxiang", "guangyang", "fengfeng", "xinqu", "caofeidian")
FILES = Path(__file__).with_name("portals")


@dataclass
class Served:
    """A sample portal being served: where, as which portal file, and what is true of it."""

    name: str
    base_url: str
    portal: Portal
    items: list[dict[str, Any]]
    handler: Any

    @property
    def disclosures(self) -> list[dict[str, Any]]:
        """The department disclosures that are there, those published later included."""
        wanted = {"dept_budget", "dept_final"}
        return [item for item in self.items if item["kind"] in wanted and not item.get("dead")]

    def control(self, action: str) -> None:
        request = urllib.request.Request(f"{self.base_url}/__{action}", method="POST")
        urllib.request.urlopen(request).read()

    def fault(self, name: str, on: bool = True) -> None:
        self.control(f"fault?name={name}&on={int(on)}")

    @property
    def requests(self) -> list[str]:
        """The request lines with their status so far, robots.txt and control left out."""
        lines = [json.loads(line)["line"] for line in self.handler.log.lines]
        return [line for line in lines if "robots.txt" not in line and "/__" not in line]

    def forget_requests(self) -> None:
        self.handler.log.lines.clear()


def portal_at(name: str, base_url: str, folder: Path) -> Portal:
    """The portal of a test's portal file, at the address it is served at."""
    path = folder / f"{name}.yaml"
    text = (FILES / f"{name}.yaml").read_text(encoding="utf-8")
    path.write_text(text.replace("{base_url}", base_url), encoding="utf-8")
    return load_portal(path)


async def events(means: PollContext) -> list[FetchedEvent]:
    """The events committed so far, in order."""
    return [FetchedEvent.model_validate_json(row.value) for row in await means.seen.unpublished(1000)]


def with_settings(means: PollContext, **changes: object) -> PollContext:
    """The same memory and archive under other settings."""
    return replace(means, settings=means.settings.model_copy(update=changes))


@contextmanager
def answering(
    answer: Callable[[BaseHTTPRequestHandler], object], tls: ssl.SSLContext | None = None
) -> Iterator[str]:
    """A server whose every GET and POST is answered by `answer`, with `tls` over HTTPS; its base address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            try:
                answer(self)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        do_POST = do_GET  # noqa: N815 - the server's own name

        def log_message(self, *_args: object) -> None: ...

    own = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    own.daemon_threads = True
    if tls:
        own.socket = tls.wrap_socket(own.socket, server_side=True)
    threading.Thread(target=own.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield f"{'https' if tls else 'http'}://127.0.0.1:{own.server_address[1]}"
    finally:
        own.shutdown()
        own.server_close()


def send(handler: BaseHTTPRequestHandler, status: int, body: bytes = b"", **headers: str) -> None:
    """A whole answer; `Content_Type="…"` is a header."""
    handler.send_response(status)
    for name, value in {"Content-Length": str(len(body)), **headers}.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(body)


def list_page(*links: str) -> bytes:
    """A TRS list of one page, a row a link."""
    rows = "".join(
        f'<li><span>2024-02-0{number}</span><a href="{link}">某县水利局2024年部门预算公开{number}</a></li>'
        for number, link in enumerate(links, 1)
    )
    return (
        f"<html><body><ul>{rows}</ul><script>createPageHTML(1, 0, 'index', 'html')</script></body></html>".encode()
    )


def loose_portal(base_url: str, folder: Path, **changes: object) -> Portal:
    """A TRS portal at `base_url` that expects nothing in particular."""
    sample = portal_at("pingxiang", base_url, folder)
    return Portal.model_validate({**sample.model_dump(), "expect": {}, **changes}, strict=False)
