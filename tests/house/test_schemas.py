"""The committed schemas are the models', a break is refused, and docs/topics.md tells the topics as they are."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema.validators import validator_for

from shared.asyncapi import asyncapi
from shared.topics import RECORDS, TOPICS, Topic
from tests.servers.parts import missing

REPOSITORY = Path(__file__).parents[2]
FACTS = "gongkai.facts.v1.json"
GONGKAI = Path(sys.executable).with_name("gongkai")
SPECIFICATION = "@asyncapi/specs@6.11.1"

Change = Callable[[dict[str, Any]], object]


def run(folder: Path, *command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_the_committed_schemas_are_those_of_the_models_and_break_no_reader() -> None:
    done = run(REPOSITORY, GONGKAI, "schemas", "check")
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="session")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with the schemas of now, and no commit yet."""
    folder = tmp_path_factory.mktemp("schemas")
    (folder / "docs" / "schemas").mkdir(parents=True)
    run(folder, "git", "init", "--quiet")
    commit(folder)
    written = run(folder, GONGKAI, "schemas", "write")
    assert written.returncode == 0, written.stderr
    return folder


@pytest.fixture
def clone(generated: Path, tmp_path: Path) -> Path:
    """A copy of `generated` to work in."""
    return Path(shutil.copytree(generated, tmp_path / "clone"))


def commit(clone: Path) -> None:
    author = ("-c", "user.name=gongkai", "-c", "user.email=gongkai@localhost")
    assert run(clone, "git", "add", "--all").returncode == 0
    done = run(clone, "git", *author, "commit", "--quiet", "--allow-empty", "--message", "schemas")
    assert done.returncode == 0, done.stderr


def commit_otherwise(clone: Path, change: Change) -> None:
    """Commit the schema of facts after `change`; the models of now come after it."""
    path = clone / "docs" / "schemas" / FACTS
    schema = json.loads(path.read_text(encoding="utf-8"))
    change(schema)
    path.write_text(json.dumps(schema), encoding="utf-8")
    commit(clone)


def commit_now(clone: Path, generated: Path) -> None:
    """Commit the schema of facts as the models of now give it."""
    shutil.copy(generated / "docs" / "schemas" / FACTS, clone / "docs" / "schemas")
    commit(clone)


def had_a_field_more(schema: dict[str, Any]) -> None:
    schema["properties"]["colour"] = {"type": "string"}


def lacked_a_field(schema: dict[str, Any]) -> None:
    schema["properties"]["provenance"] = {"type": "object"}


def lacked_a_metric(schema: dict[str, Any]) -> None:
    schema["$defs"]["Metric"]["x-extensible-enum"].pop()


def test_a_break_is_named_and_neither_checked_nor_written(clone: Path) -> None:
    commit_otherwise(clone, had_a_field_more)
    committed = (clone / "docs" / "schemas" / FACTS).read_text(encoding="utf-8")
    for command in ("check", "write"):
        done = run(clone, GONGKAI, "schemas", command)
        assert done.returncode == 1
        assert "gongkai: gongkai.facts.v1: colour is gone.\n" in done.stderr
        assert "leave it as it was and publish gongkai.facts.v2.\n" in done.stderr
        assert "Traceback" not in done.stderr
    assert (clone / "docs" / "schemas" / FACTS).read_text(encoding="utf-8") == committed


def test_what_a_version_may_change_is_written_and_then_checks(clone: Path) -> None:
    commit_otherwise(clone, lacked_a_metric)
    stale = run(clone, GONGKAI, "schemas", "check")
    assert stale.returncode == 1
    assert f"{FACTS} is not what the models say; run `gongkai schemas write`" in stale.stderr
    written = run(clone, GONGKAI, "schemas", "write")
    assert written.stdout.splitlines() == [f"wrote docs/schemas/{FACTS}"], written.stderr
    for _ in ("as written", "as committed"):
        assert run(clone, GONGKAI, "schemas", "check").returncode == 0
        commit(clone)


def test_a_break_that_is_committed_stays_one(clone: Path, generated: Path) -> None:
    commit_otherwise(clone, lacked_a_field)
    commit_now(clone, generated)
    commit(clone)
    done = run(clone, GONGKAI, "schemas", "check")
    assert done.returncode == 1
    assert "provenance.document is required now, and messages on the topic lack it" in done.stderr
    assert run(clone, GONGKAI, "schemas", "check", "--against", "HEAD").returncode == 0
    assert run(clone, GONGKAI, "schemas", "check", "--against", "HEAD~2").returncode == 1


def test_taking_a_break_back_is_none_and_taking_a_field_back_is_one(clone: Path, generated: Path) -> None:
    commit(clone)
    commit_otherwise(clone, lacked_a_field)
    commit_now(clone, generated)
    assert run(clone, GONGKAI, "schemas", "check").returncode == 0
    commit_otherwise(clone, had_a_field_more)
    commit_now(clone, generated)
    assert "colour is gone" in run(clone, GONGKAI, "schemas", "check").stderr


def test_a_topic_does_not_go_without_a_next_version(clone: Path) -> None:
    schemas = clone / "docs" / "schemas"
    rumours = schemas / "gongkai.rumours.v1.json"
    shutil.copy(schemas / FACTS, rumours)
    shutil.copy(schemas / FACTS, schemas / "gongkai.facts.v0.json")
    commit(clone)
    refused = run(clone, GONGKAI, "schemas", "write")
    assert (refused.returncode, refused.stdout) == (1, "")
    rumours.unlink()
    for _ in ("as removed", "as committed"):
        done = run(clone, GONGKAI, "schemas", "check")
        assert done.returncode == 1
        for told in (refused.stderr, done.stderr):
            assert "gongkai.rumours.v1 is gone" in told
            assert "gongkai.facts.v0 is gone" not in told
        commit(clone)
    assert "rumours" not in run(clone, GONGKAI, "schemas", "check", "--against", "HEAD").stderr


def test_a_topic_that_was_renamed_in_git_is_gone(clone: Path) -> None:
    schemas = clone / "docs" / "schemas"
    shutil.copy(schemas / FACTS, schemas / "gongkai.rumours.v1.json")
    commit(clone)
    (schemas / "gongkai.rumours.v1.json").rename(schemas / "gongkai.hearsay.v1.json")
    commit(clone)
    (schemas / "gongkai.hearsay.v1.json").unlink()
    commit(clone)
    told = run(clone, GONGKAI, "schemas", "check").stderr
    assert "gongkai.rumours.v1 is gone" in told
    assert "gongkai.hearsay.v1 is gone" in told


def test_what_is_no_schema_of_a_topic_stays_in_the_folder(clone: Path) -> None:
    schemas = clone / "docs" / "schemas"
    commit(clone)
    for name in ("package.json", "portals.v2.json", "gongkai.json"):
        (schemas / name).write_text("{}", encoding="utf-8")
    (schemas / "gongkai.rumours.v1.json").write_text("{}", encoding="utf-8")
    written = run(clone, GONGKAI, "schemas", "write")
    assert written.stdout == "removed docs/schemas/gongkai.rumours.v1.json\n", written.stderr
    assert all((schemas / name).exists() for name in ("package.json", "portals.v2.json", "gongkai.json"))
    assert run(clone, GONGKAI, "schemas", "check").returncode == 0


def test_a_shallow_clone_checks_too_and_says_that_it_is_one(clone: Path, generated: Path, tmp_path: Path) -> None:
    commit_otherwise(clone, lacked_a_metric)
    commit_now(clone, generated)
    shallow = tmp_path / "shallow"
    assert run(tmp_path, "git", "clone", "--quiet", "--depth", "1", clone.as_uri(), shallow).returncode == 0
    for command in ("check", "write"):
        done = run(shallow, GONGKAI, "schemas", command)
        assert done.returncode == 0
        assert done.stderr.startswith("gongkai: this clone is shallow")
    assert run(clone, GONGKAI, "schemas", "check").stderr == ""


def test_wrong_calls_are_told(tmp_path: Path, clone: Path) -> None:
    commit(clone)
    unknown = run(clone, GONGKAI, "schemas", "check", "--against", "no-such-commit")
    assert unknown.returncode == 2
    assert (
        unknown.stderr == "gongkai: git ls-tree in docs/schemas failed: Not a valid object name no-such-commit.\n"
    )
    assert run(tmp_path, GONGKAI, "schemas", "check").returncode == 2


@pytest.fixture(scope="session")
def specification(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The JSON Schema of AsyncAPI 3.0, fetched with npm."""
    folder = tmp_path_factory.mktemp("asyncapi")
    if shutil.which("npm") is None:
        missing("the schema of AsyncAPI", "npm is not installed")
    done = run(folder, "npm", "pack", "--silent", SPECIFICATION)
    if done.returncode:
        missing("the schema of AsyncAPI", f"npm pack {SPECIFICATION} failed: {done.stderr}")
    shutil.unpack_archive(folder / done.stdout.strip(), folder, filter="data")
    text = (folder / "package" / "schemas" / "3.0.0-without-$id.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def test_the_document_is_asyncapi(specification: dict[str, Any]) -> None:
    validator = validator_for(specification)(specification)
    validator.validate(asyncapi())
    assert not validator.is_valid(asyncapi() | {"channels": {"facts": {"adress": "gongkai.facts.v1"}}})


def row(topic: Topic) -> list[str]:
    """The topic as docs/topics.md tells it."""
    days = topic.retention_days
    if topic.compacted:
        kept = f"latest of each key for ever, the ones before {days} days"
    else:
        kept = f"{days} day{'s' * (days > 1)}" if days else "for ever"
    readers = ", ".join(topic.consumers) or ("people" if "dead-letters" in topic.name else "consumers")
    return [
        f"[`{topic.name}`](schemas/{topic.name}.json)",
        topic.producer,
        readers,
        topic.key,
        f"`{topic.model.__name__}`",
        str(topic.partitions),
        kept + (", tombstones" if topic in RECORDS.values() else ""),
    ]


def test_the_table_of_topics_is_the_one_of_the_code() -> None:
    text = (REPOSITORY / "docs" / "topics.md").read_text(encoding="utf-8")
    told = [[cell.strip() for cell in line.split("|")[1:-1]] for line in re.findall(r"^\| \[`.*$", text, re.M)]
    assert told == [row(topic) for topic in TOPICS]
