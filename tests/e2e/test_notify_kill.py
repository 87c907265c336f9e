"""A notification rule on each bus, its process killed again and again: every event is told once or twice."""

import asyncio
import json
import os
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final

import pytest

from services.notify.outbox import Outbox
from services.notify.run import send
from shared.asyncapi import examples
from shared.bus.connect import open_bus
from shared.bus.contract import Message
from shared.topics import RECORDS, TOPICS
from tests.e2e.process import PATIENCE_SECONDS

GONGKAI: Final = Path(sys.executable).with_name("gongkai")
FINDING: Final = examples()["gongkai.findings.v1"]
A_TURN: Final = 12
"""Events published before each start."""
HEARD: Final = (1, 7, 12)
"""Events of its turn that the witness has heard of when the process is killed; the last turn runs to the end."""


@dataclass
class Witness:
    """A web hook of our own: its Apprise address, and how often it heard of each event."""

    address: str = ""
    heard: Counter[str] = field(default_factory=Counter)
    told: threading.Event = field(default_factory=threading.Event)


@pytest.fixture
def witness() -> Iterator[Witness]:
    found = Witness()

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            found.heard.update(line.partition("：")[2] for line in body["message"].splitlines() if "：" in line)
            found.told.set()
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    found.address = f"json://127.0.0.1:{server.server_port}/hook"
    yield found
    server.shutdown()
    server.server_close()


@pytest.fixture(params=["sqlite", "kafka"])
def bus_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "kafka":
        return str(request.getfixturevalue("kafka_url"))
    (tmp_path / "data").mkdir()
    return f"sqlite:///{tmp_path / 'data' / 'bus.db'}"


def event(number: int) -> Message:
    """A finding; those of a turn are of several disclosures, so that several messages tell of them."""
    value = {**FINDING, "id": f"r{number}", "disclosure_id": f"d{number % 4}", "message": f"第{number}处不符"}
    return Message(RECORDS["finding"].name, f"r{number}", json.dumps(value).encode())


async def test_each_event_is_told_once_or_twice(tmp_path: Path, bus_url: str, witness: Witness) -> None:
    rules = tmp_path / "rules.yaml"
    rule = "{name: 错误, of: finding, tell: [hook]}"
    rules.write_text(f"channels: {{hook: '{witness.address}'}}\nrules: [{rule}]\n", encoding="utf-8")
    outbox = Outbox(tmp_path / "data" / "notify.db")
    outbox.begun(time.time() - 1)
    outbox.close()
    bus = await open_bus(bus_url)
    await bus.create_topics(TOPICS)
    for turn, least in enumerate(HEARD):
        await bus.publish([event(number) for number in range(turn * A_TURN, (turn + 1) * A_TURN)])
        is_last = turn == len(HEARD) - 1
        await _run_and_kill(rules, bus_url, witness, (turn + 1) * A_TURN if is_last else turn * A_TURN + least)
    await bus.close()
    assert set(witness.heard) == {f"第{number}处不符" for number in range(len(HEARD) * A_TURN)}
    assert set(witness.heard.values()) <= {1, 2}, "twice only where it was killed between telling and noting"


@pytest.mark.filterwarnings("ignore:'imghdr':DeprecationWarning")  # which a channel of Apprise imports
def test_what_is_longer_than_a_chat_takes_is_told_in_parts() -> None:
    most, parts = 4_000, []

    class Mattermost(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            text = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["text"]
            is_taken = len(text) <= most
            parts.extend([text] * is_taken)
            self.send_response(200 if is_taken else 400)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    events = [f"第{number}处" + "不符" * 80 for number in range(50)]
    with ThreadingHTTPServer(("127.0.0.1", 0), Mattermost) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        assert send(f"mmost://127.0.0.1:{server.server_port}/{'3c' * 16}", "错误", "\n\n".join(events))
        server.shutdown()
    assert len(parts) > 1
    assert all(event.partition("不")[0] in "".join(parts) for event in events)


async def _run_and_kill(rules: Path, bus_url: str, witness: Witness, least: int) -> None:
    """Let the process run until the witness has heard of `least` events, and kill it at once."""
    settings = {"GONGKAI_DATA": str(rules.parent / "data"), "GONGKAI_BUS": bus_url, "GONGKAI_LOG_LEVEL": "error"}
    process = await asyncio.create_subprocess_exec(GONGKAI, "notify", rules, env={**os.environ, **settings})
    end = time.monotonic() + PATIENCE_SECONDS
    while len(witness.heard) < least and time.monotonic() < end:
        assert process.returncode is None, "it ended by itself"
        await asyncio.to_thread(witness.told.wait, 0.1)
        witness.told.clear()
    process.kill()
    await process.wait()
