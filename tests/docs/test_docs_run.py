"""Every command and snippet of README and docs runs, or says what it needs beyond that and is checked without."""

import importlib.util
import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from services.cli.main import COMMANDS, build
from services.fetcher.portal_files import load_portal
from services.notify.rules import Rules
from tests.docs.blocks import FENCE, PAGES, REPOSITORY, Block, blocks, every_block, inline_commands
from tests.docs.conftest import Installation
from tests.house.expressions import served

pytestmark = pytest.mark.xdist_group("docs")
SHELL = blocks("sh")
SERVICES = yaml.safe_load((REPOSITORY / "docker-compose.yml").read_text(encoding="utf-8"))["services"]
NEEDS = {"docker", "kubernetes", "kafka", "root", "repository", "itself"}
"""What a test has not: machines, a cluster of the reader's own, or a clone to change; `make` runs the tests."""


def called(block: Block) -> str:
    return block.name


def test_no_block_is_passed_over() -> None:
    """Each fence opens or closes a block that is run or checked, and what has no language is a drawing."""
    fences = sum(page.read_text(encoding="utf-8").count(FENCE) for page in PAGES)
    assert fences == 2 * len(every_block())
    assert {each.language for each in every_block()} <= {"sh", "python", "yaml", ""}
    assert all("─" in each.text for each in blocks(""))


@pytest.mark.parametrize("block", [each for each in SHELL if not each.needs], ids=called)
def test_the_commands_run(block: Block, installation: Installation) -> None:
    for line in block.lines:
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", installation.here(line)],
            cwd=installation.folder,
            env=installation.environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, f"{line}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
        if line.startswith("curl") and "-O" not in line:
            assert "problem" not in done.stdout


@pytest.mark.parametrize("block", blocks("python"), ids=called)
def test_the_snippets_run(block: Block, installation: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(installation.folder)
    if "lines.parquet" in block.text and not Path("lines.parquet").exists():
        command = ["gongkai", "export", "lines.parquet", "type=budget_line"]
        subprocess.run(command, env=installation.environment, cwd=installation.folder, check=True)
    exec(compile(block.text, block.name, "exec"), {})


@pytest.mark.parametrize("block", [each for each in blocks("yaml") if not each.needs], ids=called)
def test_the_examples_of_files_are_right(block: Block, tmp_path: Path) -> None:
    content = yaml.safe_load(block.text)
    path = tmp_path / f"{content.get('name', 'rules')}.yaml"
    path.write_text(block.text, encoding="utf-8")
    if "rules" in content:
        assert Rules.load(path).rules
    else:
        assert load_portal(path).name == content["name"]


@pytest.mark.parametrize("block", [each for each in SHELL if each.needs], ids=called)
def test_what_needs_more_names_what_there_is(block: Block) -> None:
    assert block.needs in NEEDS
    subprocess.run(["bash", "-n", "-c", block.text], check=True)
    for line in block.lines:
        assert_named(line)


@pytest.mark.parametrize("block", [each for each in blocks("yaml") if each.needs], ids=called)
def test_a_file_of_another_program_asks_for_what_there_is(block: Block) -> None:
    assert block.needs in NEEDS
    assert yaml.safe_load(block.text)
    assert set(re.findall(r"gongkai_\w+", block.text)) <= set(served())


@pytest.mark.parametrize(("page", "command"), inline_commands(), ids=lambda value: str(value)[-60:])
def test_a_command_in_a_sentence_is_one(page: Path, command: str) -> None:
    assert_named(command)


def assert_named(line: str) -> None:
    """What the line names of ours is there: files, targets of make, modules, services of Compose, commands."""
    words = [word for word in re.split(r"[\s()=;]+", line) if word]
    for word in words:
        if re.fullmatch(r"(?:benchmarks|deploy|docs|services)/[\w./-]+|\.env\.example", word):
            assert (REPOSITORY / word).exists(), word
    if words[0] == "make":
        subprocess.run(["make", "--dry-run", *words[1:]], cwd=REPOSITORY, check=True, capture_output=True)
    elif words[:2] == ["python", "-m"]:
        assert importlib.util.find_spec(words[2]), line
    elif command := re.search(r"(?:^|/bin/|exec \w+ )(gongkai [a-z].*)", line):
        assert_known(command[1])
    elif "compose" in words[:2] and not {"up", "ps", "down"} & set(words):
        assert {"NAME", *SERVICES} & set(words), line


def assert_known(command: str) -> None:
    """Every command and option of the line exists; several commands may stand with commas, as in a list."""
    words = shlex.split(command.replace("…", " ").replace("|", " "))[1:]
    if words[0] not in COMMANDS:
        assert words[0] == "--version", command
        return
    known: Any = typer.main.get_command(build(words[0]))  # typer brings a click of its own
    for word in _up_to_redirection(words):
        if hasattr(known, "commands"):
            if word.startswith("-") or not word.islower():
                continue  # of the group itself, or a name in its place
            assert word in known.commands, f"{command}: there is no {word}"
            known = known.commands[word]
        elif word.startswith("--"):
            options = {name for each in known.params for name in each.opts}
            assert word.partition("=")[0] in options, f"{command}: there is no option {word}"


def _up_to_redirection(words: list[str]) -> Iterator[str]:
    for word in words:
        if word in {">", "<", "&&", ";"}:
            return
        yield word
