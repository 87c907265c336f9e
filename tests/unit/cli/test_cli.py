"""The command line: what it prints, where, and the exit code it ends with."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from services.cli.exits import FAILED

GONGKAI = Path(sys.executable).with_name("gongkai")
TEXT = "样县水利局2026年部门预算信息公开\n\n反映本部门当年全部收入。2026年预算收入12.34万元。\n"
PORTAL = """name: sample
region_code: "990101"
region_name: 示例省样本市示例县
family: vsb
base_url: http://www.shilixian.example
lists: [{url: /zwgk/tzgg.htm}]
"""


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "portals").mkdir()
    return {"GONGKAI_DATA": str(tmp_path / "data"), "GONGKAI_PORTALS": str(tmp_path / "portals")}


def gongkai(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [GONGKAI, *arguments], env=os.environ | environment, capture_output=True, text=True, check=False
    )


def test_extract_writes_records_and_names_what_failed(environment: dict[str, str], tmp_path: Path) -> None:
    good, empty = tmp_path / "good.txt", tmp_path / "empty.pdf"
    good.write_text(TEXT, encoding="utf-8")
    empty.write_bytes(b"")
    done = gongkai(environment, "extract", str(good), str(empty))
    records = [json.loads(line) for line in done.stdout.splitlines()]
    facts = [(record["metric"], record["amount"]) for record in records if record["record"] == "fact"]
    assert facts == [("income_total", "123400.00")]
    assert done.returncode == FAILED
    assert str(empty) in done.stderr
    assert "Traceback" not in done.stderr


def test_extract_without_a_file_is_a_wrong_call(environment: dict[str, str]) -> None:
    assert gongkai(environment, "extract").returncode == 2
    assert gongkai(environment, "extract", "/nowhere.pdf").returncode == 2


def test_a_wrong_setting_is_one_sentence(environment: dict[str, str]) -> None:
    done = gongkai(environment | {"GONGKAI_WORKERS": "none"}, "status")
    assert done.returncode == 2
    assert done.stderr.startswith("gongkai: GONGKAI_WORKERS is wrong")
    assert len(done.stderr.splitlines()) == 1


def test_portals_are_listed_and_a_wrong_file_is_named_with_its_line(
    environment: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "portals" / "sample.yaml").write_text(PORTAL, encoding="utf-8")
    listed = gongkai(environment, "portals", "list")
    assert listed.stdout.startswith("sample\t990101 示例省样本市示例县\tvsb\thttp://www.shilixian.example")
    (tmp_path / "portals" / "wrong.yaml").write_text(PORTAL + "colour: red\n", encoding="utf-8")
    checked = gongkai(environment, "portals", "check")
    assert checked.returncode == 1
    assert "wrong.yaml:7" in checked.stderr
    assert "1 of 2 portal files are right" in checked.stdout


def test_status_and_empty_topics_of_a_fresh_folder(environment: dict[str, str]) -> None:
    status = gongkai(environment, "status")
    assert status.returncode == 0, status.stderr
    assert "store      0 disclosures, 0 revisions" in status.stdout
    assert gongkai(environment, "tail", "normalized").stdout == ""
    assert gongkai(environment, "dead-letters", "list").stdout == ""
    redriven = gongkai(environment, "dead-letters", "redrive", "--dry-run")
    assert "parser: would send 0" in redriven.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("tail", "nothing"), "There is no topic 'nothing'"),
        (("service", "printer"), "There is no service 'printer'"),
        (("poll", "nowhere"), "nowhere"),
        (("dead-letters", "show", "parser"), "no dead letter's place"),
        (("dead-letters", "show", "parser/0/1"), "There is no dead letter parser/0/1"),
        (("replay", "diff", "nothing"), "There is no shadow nothing"),
        (("replay", "drop", "nothing"), "There is no shadow nothing"),
        (("replay", "parser", "--shadow", "No/Name", "--older-than", "new"), "'new' is no version"),
        (("replay", "parser", "--older-than", "v0.3"), "'v0.3' is no version"),
    ],
)
def test_a_wrong_name_is_one_sentence(environment: dict[str, str], arguments: tuple[str, ...], said: str) -> None:
    done = gongkai(environment, *arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
