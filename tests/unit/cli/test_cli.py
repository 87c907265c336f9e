"""The command line: what it prints, where, and the exit code it ends with."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from services.cli.exits import FAILED
from shared.bus.connect import open_bus
from shared.settings import Settings
from shared.topics import TOPICS

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


def test_extract_prints_documents_and_reads_several_files_at_a_time(
    environment: dict[str, str], tmp_path: Path
) -> None:
    files = [tmp_path / f"{number}.txt" for number in range(5)]
    for number, file in enumerate(files):
        file.write_text(f"第{number}部分\x1b[2J\n项目\t金额\n合计\t{number}.00\n", encoding="utf-8")
    done = gongkai(environment, "extract", "--blocks", "--jobs", "3", *map(str, files))
    lines = done.stdout.splitlines()
    assert [line for line in lines if line.startswith("==")] == [f"== {number}.txt (text)" for number in range(5)]
    assert [line for line in lines if "合计" in line] == [f"| 合计 | {number}.00 |" for number in range(5)]
    assert "\x1b" not in done.stdout


@pytest.mark.parametrize("arguments", [["--help"], ["extract", "FILE"]])
def test_what_needs_no_service_loads_none(arguments: list[str], tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text("一、部门职责\n", encoding="utf-8")
    heavy = (
        "fastapi",
        "starlette",
        "uvicorn",
        "sqlalchemy",
        "sqlmodel",
        "alembic",
        "httpx",
        "aiokafka",
        "asyncpg",
    )
    told = ("prometheus_client", "structlog", "jinja2", "boto3", "pypdfium2", "lxml", "msoffcrypto", "olefile")
    program = (
        f"import sys; sys.modules.update(dict.fromkeys({heavy + told!r}));"
        "from services.cli.main import main; sys.argv = ['gongkai', *sys.argv[1:]]; main()"
    )
    command = [sys.executable, "-c", program, *(str(file) if each == "FILE" else each for each in arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


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


@pytest.mark.parametrize(
    "arguments", [("status",), ("tail", "normalized"), ("dead-letters", "list"), ("dead-letters", "redrive")]
)
def test_who_only_looks_where_nothing_ran_is_told_and_makes_nothing(
    environment: dict[str, str], tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    done = gongkai(environment, *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"There is no {tmp_path / 'data' / 'bus.db'}" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not (tmp_path / "data").exists()


async def begin(environment: dict[str, str]) -> None:
    """An installation in which nothing has come yet."""
    settings = Settings.read(data=Path(environment["GONGKAI_DATA"]))
    bus = await open_bus(settings.bus_url)
    await bus.create_topics(TOPICS)
    await bus.close()


async def test_status_and_empty_topics_of_a_fresh_installation(environment: dict[str, str]) -> None:
    await begin(environment)
    assert gongkai(environment, "migrate").returncode == 0
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
async def test_a_wrong_name_is_one_sentence(
    environment: dict[str, str], arguments: tuple[str, ...], said: str
) -> None:
    await begin(environment)
    done = gongkai(environment, *arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("GONGKAI_DATABSE", "There is no setting GONGKAI_DATABSE; did you mean GONGKAI_DATABASE?"),
        ("GONGKAI_KAFKA_PASSWD", "did you mean GONGKAI_KAFKA_PASSWORD?"),
        ("GONGKAI_PARSER_FILE_MEGABYTE", "did you mean GONGKAI_PARSER_FILE_MEGABYTES?"),
        ("GONGKAI_XYZ", "docs/settings.md has them all."),
    ],
)
def test_a_setting_that_there_is_not_is_named(environment: dict[str, str], name: str, said: str) -> None:
    done = gongkai(environment | {name: "x"}, "portals", "list")
    assert done.returncode == 2
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_what_kubernetes_tells_a_pod_of_the_services_beside_it_is_no_setting(environment: dict[str, str]) -> None:
    told = {"GONGKAI_PARSER_PORT": "tcp://10.0.0.1:8002", "GONGKAI_STORE_SERVICE_HOST": "10.0.0.2"}
    told["GONGKAI_PARSER_PORT_8002_TCP_ADDR"] = "10.0.0.1"
    assert gongkai(environment | told, "portals", "list").stderr == ""


SECRET = "hunter2"


@pytest.mark.parametrize(
    "setting",
    [
        {"GONGKAI_DATABASE": f"postgresql+nodriver://me:{SECRET}@db/gongkai"},
        {"GONGKAI_DATABASE": f"me:{SECRET}@db/gongkai"},
        {"GONGKAI_DATABASE": f"postgresql+asyncpg//me:p@{SECRET}/x@db"},
        {"GONGKAI_BUS": f"kafka://me:{SECRET}@broker:9092"},
        {"GONGKAI_BUS": f"amqp://me:{SECRET}@broker"},
        {"GONGKAI_ARCHIVE": f"ftp://me:{SECRET}@files/x"},
        {"GONGKAI_TRACES": f"ftp://me:{SECRET}@collector"},
        {"GONGKAI_TRACES": f"ftp://collector?api_key={SECRET}"},
    ],
    ids=lambda setting: str(*setting.values()).replace(SECRET, "…"),
)
def test_a_wrong_setting_keeps_its_secrets(environment: dict[str, str], setting: dict[str, str]) -> None:
    command = ("tail", "normalized") if "GONGKAI_BUS" in setting else ("service", "store")
    done = gongkai(environment | setting, *command)
    assert done.returncode == 2, done.stderr
    assert SECRET not in done.stderr
    assert next(iter(setting)) in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_without_what_a_command_needs_it_says_what_to_install(environment: dict[str, str]) -> None:
    program = (
        "import sys; sys.modules.update(sqlalchemy=None, lxml=None, selectolax=None, yaml=None, httpx=None);"
        "from services.cli.main import main; sys.argv = ['gongkai', *sys.argv[1:]]; main()"
    )

    def bare(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", program, *arguments]
        return subprocess.run(command, env=os.environ | environment, capture_output=True, text=True, check=False)

    assert "extract" in bare("--help").stdout
    done = bare("run", "--port", "8000")
    assert done.returncode == 2
    assert "install gongkai[all]" in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr
