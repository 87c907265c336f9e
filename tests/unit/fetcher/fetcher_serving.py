"""What the fetcher's tests serve, and how they look at what it did."""

import json
import threading
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from services.fetcher.portal import Portal
from services.fetcher.portal_files import load_portal
from services.fetcher.visits import Means
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


async def events(means: Means) -> list[FetchedEvent]:
    """The events committed so far, in order."""
    return [FetchedEvent.model_validate_json(row.value) for row in await means.seen.unpublished(1000)]


def with_settings(means: Means, **changes: object) -> Means:
    """The same memory and archive under other settings."""
    return replace(means, settings=means.settings.model_copy(update=changes))


@contextmanager
def answering(answer: Callable[[BaseHTTPRequestHandler], None]) -> Iterator[str]:
    """A server whose every GET is answered by `answer`; its base address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            try:
                answer(self)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        def log_message(self, *_args: object) -> None: ...

    own = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    own.daemon_threads = True
    threading.Thread(target=own.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{own.server_address[1]}"
    finally:
        own.shutdown()
        own.server_close()
