"""`gongkai dead-letters` as somebody on call uses it."""

import asyncio
import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from services.cli.moments import age
from shared.bus.connect import open_bus
from shared.bus.contract import Message
from shared.clock import SystemClock
from shared.errors import Corrupt, TooLarge
from shared.settings import Settings
from shared.stage.dead_letters import dead_letter
from shared.topics import FETCHED, TOPICS

GONGKAI = Path(sys.executable).with_name("gongkai")
COUNT = 5


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """An installation with COUNT messages the parser could not take: one too large, the others corrupt."""
    asyncio.run(_fail(Settings.read(data=tmp_path)))
    return {"GONGKAI_DATA": str(tmp_path)}


async def _fail(settings: Settings) -> None:
    bus = await open_bus(settings.bus_url)
    await bus.create_topics(TOPICS)
    await bus.publish([Message(FETCHED.name, f"d{number}", b'{"not": "\xe9\xa2\x84"}') for number in range(COUNT)])
    for number, received in enumerate(await bus.read(FETCHED, 0, COUNT)):
        error = Corrupt("文件 is torn.") if number else TooLarge("It is too large.")
        await bus.publish([dead_letter("parser", received, error, SystemClock())])
    await bus.close()


def dead_letters(environment: dict[str, str], *arguments: str) -> str:
    """What the command prints; it must end well."""
    done = subprocess.run(
        [GONGKAI, "dead-letters", *arguments],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_list_groups_them_by_stage_and_cause(environment: dict[str, str]) -> None:
    lines = dead_letters(environment, "list").splitlines()
    assert [line.split("\t")[:3] for line in lines] == [
        ["parser", "corrupt", str(COUNT - 1)],
        ["parser", "too_large", "1"],
    ]
    assert all(re.search(r"first \d+ (s|min) ago\tlast \d+ (s|min) ago", line) for line in lines)


def test_the_list_is_narrowed(environment: dict[str, str]) -> None:
    tomorrow = f"{datetime.now(UTC) + timedelta(days=1):%Y-%m-%dT%H:%M}"
    assert dead_letters(environment, "list", "--cause", "too_large").count("\n") == 1
    assert dead_letters(environment, "list", "--until", tomorrow).count("\n") == 2
    for nothing in (("--stage", "store"), ("--since", tomorrow), ("--portal", "example-county")):
        assert dead_letters(environment, "list", *nothing) == ""


def test_one_is_shown_whole_with_its_original_readable(environment: dict[str, str]) -> None:
    each = dead_letters(environment, "list", "--each", "--cause", "corrupt").splitlines()
    assert len(each) == COUNT - 1
    place, cause, key, message = each[0].split("\t")
    shown = json.loads(dead_letters(environment, "show", place))
    assert (shown["cause"], shown["key"], shown["message"]) == (cause, key, message)
    assert shown["value"] == {"not": "预"}
    assert "Corrupt" in shown["stack"]


def test_a_cause_is_redriven_once_and_a_dry_run_first_sends_nothing(environment: dict[str, str]) -> None:
    corrupt = ("redrive", "--stage", "parser", "--cause", "corrupt")
    for _ in range(2):
        assert dead_letters(environment, *corrupt, "--dry-run") == (
            f"parser: would send {COUNT - 1}, 0 sent before, 0 too often\n"
        )
    assert dead_letters(environment, *corrupt) == f"parser: sent {COUNT - 1}, 0 sent before, 0 too often\n"
    assert dead_letters(environment, *corrupt) == f"parser: sent 0, {COUNT - 1} sent before, 0 too often\n"
    assert dead_letters(environment, "redrive", "--stage", "parser").startswith(f"parser: sent 1, {COUNT - 1} ")


def test_one_is_redriven_by_its_place(environment: dict[str, str]) -> None:
    place = dead_letters(environment, "list", "--each").split("\t")[0]
    assert dead_letters(environment, "redrive", place) == "parser: sent 1, 0 sent before, 0 too often\n"


@pytest.mark.parametrize(
    ("option", "said"),
    [
        (("--since", "yesterday"), "no date"),
        (("--cap", "0"), "--cap"),
        (("parser/0/999",), "There is no dead letter parser/0/999"),
        (("parser/0/999", "--dry-run"), "There is no dead letter parser/0/999"),
        (("parser/0/1", "--cause", "corrupt"), "parser/0/1 names one dead letter"),
        (("parser/0/1", "--until", "2026-01-01"), "parser/0/1 names one dead letter"),
    ],
)
def test_a_wrong_option_is_a_wrong_call(environment: dict[str, str], option: tuple[str, ...], said: str) -> None:
    done = subprocess.run(
        [GONGKAI, "dead-letters", "redrive", *option],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "0 s"), (59, "59 s"), (60, "1 min"), (7_199, "1 h"), (90_000, "1 d"), (-5, "0 s")],
)
def test_an_age_is_said_in_its_largest_unit(seconds: int, said: str) -> None:
    assert age(timedelta(seconds=seconds)) == said


async def test_each_letter_is_one_line_whatever_it_says(environment: dict[str, str]) -> None:
    bus = await open_bus(Settings.read(data=Path(environment["GONGKAI_DATA"])).bus_url)
    received = (await bus.read(FETCHED, 0, 1))[0]
    error = Corrupt("1 validation error\n  Field\trequired\x1b[2J\u202e\r\n  For further information")
    await bus.publish([dead_letter("parser", replace(received, key="d\n\x1b]0;x\x07"), error, SystemClock())])
    await bus.close()
    lines = dead_letters(environment, "list", "--each").splitlines()
    assert len(lines) == COUNT + 1
    assert all(len(line.split("\t")) == 4 for line in lines)
    (last,) = [line for line in lines if "validation" in line]
    assert last.isprintable() or last.replace("\t", "").isprintable()
    assert "Field required\\x1b[2J\\u202e For further information" in last
