"""Rules choose, the outbox forgets nothing, and a process that is killed tells each event once or twice."""

import asyncio
import json
import os
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from services.notify.outbox import Notice, Outbox
from services.notify.rules import Rules
from services.notify.run import notices, tell_one
from shared.asyncapi import examples
from shared.bus.connect import open_bus
from shared.bus.contract import Message, Received
from shared.clock import SystemClock
from shared.errors import UsageError
from shared.settings import Settings
from shared.topics import CHANGES, RECORDS, TOPICS

GONGKAI = Path(sys.executable).with_name("gongkai")
FINDING = examples()["gongkai.findings.v1"]
COUNT = 30


def rules(channel: str = "json://127.0.0.1:1", **rule: Any) -> Rules:
    given = {"name": "错误", "of": "finding", "tell": ["hook"], **rule}
    return Rules.model_validate(
        {"channels": {"hook": channel}, "rules": [given], "pages": "http://pages.example/"}
    )


def received(topic: str, value: Mapping[str, Any] | None) -> Received:
    return Received(topic, "r1", json.dumps(value).encode() if value is not None else None)


@pytest.mark.parametrize(
    ("of", "when", "told"),
    [
        ("finding", {}, True),
        ("finding", {"severity": FINDING["severity"]}, True),
        ("finding", {"severity": ["nothing", FINDING["severity"]]}, True),
        ("finding", {"severity": "nothing"}, False),
        ("finding", {"region_code": f"{FINDING['region_code'][:2]}*"}, True),
        ("finding", {"fiscal_year": ">=2000"}, True),
        ("finding", {"fiscal_year": "<2000"}, False),
        ("finding", {"message": ">=5"}, False),
        ("finding", {"department": "*"}, True),
        ("project", {}, False),
    ],
)
def test_a_rule_chooses_by_the_fields_of_a_record(of: str, when: dict[str, Any], told: bool) -> None:
    found = list(notices(rules(of=of, when=when), received(RECORDS["finding"].name, FINDING)))
    assert bool(found) == told
    for notice in found:
        assert FINDING["message"][:20] in notice.text
        assert f"http://pages.example/disclosures/{FINDING['disclosure_id']}#{FINDING['id']}" in notice.text


def test_changes_are_told_and_tombstones_are_not() -> None:
    change = examples()[CHANGES.name]
    (notice,) = notices(rules(of="change"), received(CHANGES.name, change))
    assert f"{change['fields'][0]['before']} → {change['fields'][0]['after']}" in notice.text
    assert not list(notices(rules(), received(RECORDS["finding"].name, None)))


def test_the_same_said_again_is_the_same_event() -> None:
    again = {**FINDING, "version": "9", "revision_id": "v9"}
    other = {**FINDING, "message": "另一句。"}
    first, same, different = (
        next(notices(rules(), received(RECORDS["finding"].name, each))).event for each in (FINDING, again, other)
    )
    assert first == same != different


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("channels: {}\nrules: []\n", "rules"),
        ("channels: {a: x}\nrules: [{name: n, of: loan, tell: [a]}]\n", "there is no 'loan'"),
        ("channels: {a: x}\nrules: [{name: n, of: fact, when: {colour: 1}, tell: [a]}]\n", "fact has no colour"),
        ("channels: {a: x}\nrules: [{name: n, of: fact, tell: [b]}]\n", "there is no channel b"),
        ("channels: [", "cannot be read"),
    ],
)
def test_wrong_rules_are_told(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=told):
        Rules.load(path)


async def test_what_a_channel_does_not_take_is_tried_again_later_and_for_ever(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "notify.db")
    notice = Notice("e1", "错误", "hook", "d1", "甲")
    assert (outbox.add([notice]), outbox.add([notice])) == (1, 0)
    clock = SystemClock()
    now = clock.now().timestamp()
    (due,) = outbox.due(now)
    assert not await tell_one(rules(), outbox, due, clock, lambda *_: False)
    assert outbox.due(clock.now().timestamp()) == []
    for _ in range(20):
        outbox.failed(due, now)
    (again,) = outbox.due(now + 601)
    assert await tell_one(
        rules(), outbox, again, clock, lambda *given: given == ("json://127.0.0.1:1", "错误", "甲")
    )
    assert outbox.waiting() == 0
    outbox.close()


def test_what_one_disclosure_gives_goes_in_one_message_of_fifty_at_most(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "notify.db")
    outbox.add(Notice(f"e{number}", "错误", "hook", f"d{number % 2}", "甲") for number in range(140))
    assert sorted(len(due.texts) for due in outbox.due(0)) == [20, 20, 50, 50]
    outbox.close()


@pytest.fixture
def witness() -> Iterator[tuple[str, Counter[str], threading.Event]]:
    """A web hook of our own: its Apprise address, and how often it heard of each event."""
    heard: Counter[str] = Counter()
    told = threading.Event()

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            heard.update(line.partition("：")[2] for line in body["message"].splitlines() if "：" in line)
            told.set()
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"json://127.0.0.1:{server.server_port}/hook", heard, told
    server.shutdown()
    server.server_close()


def event(number: int) -> Message:
    value = {**FINDING, "id": f"r{number}", "disclosure_id": f"d{number % 4}", "message": f"第{number}处不符"}
    return Message(RECORDS["finding"].name, f"r{number}", json.dumps(value).encode())


async def test_killed_again_and_again_it_tells_each_event_once_or_twice(
    tmp_path: Path, witness: tuple[str, Counter[str], threading.Event]
) -> None:
    address, heard, told = witness
    path = tmp_path / "rules.yaml"
    path.write_text(
        f"channels: {{hook: '{address}'}}\nrules: [{{name: 错误, of: finding, tell: [hook]}}]\n", encoding="utf-8"
    )
    environment = {**os.environ, "GONGKAI_DATA": str(tmp_path / "data"), "GONGKAI_LOG_LEVEL": "error"}
    bus = await open_bus(Settings.read(data=tmp_path / "data").bus_url)
    await bus.create_topics(TOPICS)
    published = 0
    outbox = Outbox(tmp_path / "data" / "notify.db")
    outbox.begun(time.time())
    outbox.close()
    for turn in range(3):
        await bus.publish([event(number) for number in range(published, published + COUNT // 3)])
        published += COUNT // 3
        process = await asyncio.create_subprocess_exec(GONGKAI, "notify", path, env=environment)
        least = published if turn == 2 else published - COUNT // 6
        end = time.monotonic() + 60
        while len(heard) < least and process.returncode is None and time.monotonic() < end:
            await asyncio.to_thread(told.wait, 0.1)
            told.clear()
        process.kill()
        await process.wait()
    await bus.close()
    assert set(heard) == {f"第{number}处不符" for number in range(COUNT)}
    assert set(heard.values()) <= {1, 2}


def test_a_dry_run_prints_what_would_be_told_and_keeps_nothing(tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text(
        "channels: {a: 'json://127.0.0.1:1'}\nrules: [{name: n, of: fact, tell: [a]}]\n", encoding="utf-8"
    )
    environment = {**os.environ, "GONGKAI_DATA": str(tmp_path / "data")}
    done = subprocess.run(
        [GONGKAI, "notify", "--dry-run", path], env=environment, capture_output=True, check=False
    )
    assert done.returncode == 2, "nothing ran here"
    assert not (tmp_path / "data").exists()
