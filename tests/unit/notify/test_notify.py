"""Rules choose, and the outbox forgets nothing."""

import asyncio
import json
import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from services.notify.outbox import Notice, Outbox
from services.notify.rules import Rules
from services.notify.run import notices, run, tell_one
from shared.asyncapi import examples
from shared.bus.connect import open_bus
from shared.bus.contract import Received
from shared.clock import SystemClock
from shared.errors import UsageError
from shared.schemas.record_types import BY_NAME
from shared.topics import CHANGES, RECORDS

GONGKAI = Path(sys.executable).with_name("gongkai")
FINDING = examples()["gongkai.findings.v1"]


def rules(channel: str = "json://127.0.0.1:1", **rule: Any) -> Rules:
    given = {"name": "错误", "of": "finding", "tell": ["hook"], **rule}
    return Rules.model_validate(
        {"channels": {"hook": channel}, "rules": [given], "pages": "http://pages.example/"}
    )


def chosen(of: str, when: str) -> str:
    """A file with one rule."""
    return f"channels: {{a: x}}\nrules: [{{name: n, of: {of}, when: {{{when}}}, tell: [a]}}]\n"


def received(topic: str, value: Mapping[str, Any] | None) -> Received:
    return Received(topic, "r1", json.dumps(value).encode() if value is not None else None)


@pytest.mark.parametrize(
    ("of", "when", "told"),
    [
        ("finding", {}, True),
        ("finding", {"severity": FINDING["severity"]}, True),
        ("finding", {"severity": ["info", FINDING["severity"]]}, True),
        ("finding", {"severity": "info"}, False),
        ("finding", {"severity": "*"}, True),
        ("finding", {"region_code": f"{FINDING['region_code'][:2]}*"}, True),
        ("finding", {"fiscal_year": ">=2000"}, True),
        ("finding", {"fiscal_year": "<2000"}, False),
        ("finding", {"fiscal_year": FINDING["fiscal_year"]}, True),
        ("finding", {"difference": ">=1000000000000"}, False),
        ("finding", {"subjects": FINDING["subjects"][0]}, True),
        ("finding", {"subjects": "r0"}, False),
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
    (field,) = change["fields"]
    title = BY_NAME[change["record_type"]].model.model_fields[field["field"]].title
    said = f"改动 预算表 {change['name']}：{title} {field['before']} → {field['after']}"
    assert said in notice.text
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
        ("channels: {a: x}\nrules: [{name: n, of: fact, when: {amount: '>=1,000'}, tell: [a]}]\n", "is no bound"),
        ("channels: {a: x}\nrules: [{name: n, of: fact, when: {amount: '>万'}, tell: [a]}]\n", "is no bound"),
        ("channels: {a: x}\nrules: [{name: n, of: fact, when: {metric: }, tell: [a]}]\n", "None is neither"),
        ("channels: {a: x}\nrules: [{name: n, of: fact, when: {metric: []}, tell: [a]}]\n", "has no pattern"),
        ("channels: [", "cannot be read"),
        ("", "the file: has to hold keys and values"),
        ("channels: {a: x, a: y}\nrules: [{name: n, of: fact, tell: a}]\n", "a stands twice"),
        (chosen("finding", "severity: error, severity: info"), "severity stands twice"),
        ("channels: {a: x}\nrules: {name: n}\n", "rules: has to be a list"),
        ("channels: {a: x}\nrules: [{name: n, of: fact}]\n", "rules.0.tell: is missing"),
        (
            "channels: {a: x}\nrules: [{name: n, of: fact, tell: a, wen: {}}]\n",
            "rules.0.wen: there is no such key",
        ),
        ("channels: {a: x}\npages: p.example\nrules: [{name: n, of: fact, tell: a}]\n", "pages: .* web address"),
        (chosen("finding", "severity: Error"), "severity: 'Error' .* error, warning, info"),
        (
            chosen("finding", "kind: [final_accounts, budget]"),
            "kind: 'budget' .* department_budget, final",
        ),
        (chosen("budget_line", "side: in"), "side: 'in' .* income, expenditure"),
        (chosen("change", "change: moved"), "change: 'moved' .* added, removed, changed"),
        (chosen("change", "record_type: budget"), "record_type: 'budget' .* budget_line"),
        (chosen("change", "same_version: yes please"), "same_version: 'yes please' .* true, false"),
        (chosen("project", "budget: 10000000"), "budget: 10000000 is no bound; .*'>=10000000'"),
        (chosen("indicator", "value: '5*'"), "value: '5\\*' is no bound"),
        (chosen("budget_line", "code: 205"), "code: 205 is no text; .* quotes"),
        (chosen("budget_line", "code: ''"), "code: '' is no text"),
        (chosen("fact", "fiscal_year: this year"), "fiscal_year: 'this year' is no whole number"),
        (chosen("fact", "fiscal_year: 24"), "fiscal_year: 24 .* 4 digits"),
        (chosen("fact", "region_code: '1310'"), "region_code: '1310' .* 6 digits; '1310\\*'"),
        (chosen("finding", "message: '>=5'"), "message: '>=5' is a bound on a number, but the field is a text"),
        (chosen("finding", "provenance: '*'"), "provenance: .* parts of its own"),
        (chosen("change", "key: '*'"), "key: .* parts of its own"),
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
    (due,) = outbox.due("hook", now)
    assert not await tell_one(rules(), outbox, due, clock, lambda *_: False)
    assert outbox.due("hook", clock.now().timestamp()) == []
    for _ in range(20):
        outbox.failed(due, now)
    (again,) = outbox.due("hook", now + 601)
    assert await tell_one(
        rules(), outbox, again, clock, lambda *given: given == ("json://127.0.0.1:1", "错误", "甲")
    )
    assert outbox.waiting() == {}
    outbox.close()


async def test_a_channel_that_does_not_answer_holds_up_no_other(tmp_path: Path) -> None:
    outbox, told = Outbox(tmp_path / "notify.db"), list[str]()
    asked, released, all_told = (threading.Event() for _ in range(3))
    outbox.add(
        Notice(f"e{number}", "错误", channel, f"d{number}", "甲") for number in range(5) for channel in "ab"
    )

    def tell(address: str, _title: str, _text: str) -> bool:
        if address == "json://a":
            asked.set()
            return released.wait(60)
        asked.wait(60)
        told.append(address)
        if len(told) == 5:
            all_told.set()
        return True

    bus = await open_bus(f"sqlite:///{tmp_path / 'bus.db'}")
    await bus.create_topics([RECORDS["finding"]])
    two = Rules.model_validate(
        {
            "channels": {"a": "json://a", "b": "json://b"},
            "rules": [{"name": "错误", "of": "finding", "tell": ["a"]}],
        }
    )
    running = asyncio.create_task(run(bus, two, outbox, SystemClock(), "test", tell))
    assert await asyncio.to_thread(all_told.wait, 60)
    running.cancel()
    released.set()
    await asyncio.wait([running])
    assert outbox.waiting()["a"] == 5
    await bus.close()
    outbox.close()


def test_an_outbox_another_process_has_and_one_that_is_none_are_told(tmp_path: Path) -> None:
    first = Outbox(tmp_path / "notify.db")
    with pytest.raises(UsageError, match="Another process tells"):
        Outbox(tmp_path / "notify.db")
    first.close()
    Outbox(tmp_path / "notify.db").close()
    (tmp_path / "other.db").write_text("No database at all, but a text of some length." * 9, encoding="utf-8")
    with pytest.raises(UsageError, match="cannot be used: file is not a database"):
        Outbox(tmp_path / "other.db")
    with pytest.raises(UsageError, match="cannot be used"):
        Outbox(tmp_path / "other.db" / "notify.db")


def test_what_one_disclosure_gives_goes_in_one_message_of_fifty_at_most(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "notify.db")
    outbox.add(Notice(f"e{number}", "错误", "hook", f"d{number % 2}", "甲") for number in range(140))
    assert sorted(len(due.texts) for due in outbox.due("hook", 0)) == [20, 20, 50, 50]
    outbox.close()


@pytest.mark.parametrize(
    ("channel", "told"),
    [("json://127.0.0.1:1", "nothing has run here"), ("nothing://x", "that of a is no address of Apprise")],
)
def test_a_dry_run_tells_what_is_wrong_and_keeps_nothing(tmp_path: Path, channel: str, told: str) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text(f"channels: {{a: '{channel}'}}\nrules: [{{name: n, of: fact, tell: [a]}}]\n", encoding="utf-8")
    environment = {**os.environ, "GONGKAI_DATA": str(tmp_path / "data")}
    done = subprocess.run(
        [GONGKAI, "notify", "--dry-run", path], env=environment, capture_output=True, check=False, text=True
    )
    assert (done.returncode, told in done.stderr) == (2, True)
    assert not (tmp_path / "data").exists()
