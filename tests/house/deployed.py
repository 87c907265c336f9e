"""The deployment files read as an engine reads them, and the settings and commands they give to the code."""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from pkgutil import resolve_name
from typing import Any, Final
from unittest.mock import patch

import typer
import yaml
from typer.core import TyperGroup

from services.cli.main import COMMANDS, build
from services.pipeline import SERVICES
from shared.archive.connect import open_archive
from shared.bus.kafka.connection import Connection
from shared.database import create_engine
from shared.settings import KafkaSettings, Settings

REPOSITORY: Final = Path(__file__).parents[2]
KUBERNETES: Final = REPOSITORY / "deploy" / "kubernetes"
SECRETS: Final = {
    "POSTGRES_PASSWORD": "gongkai",
    "GRAFANA_PASSWORD": "gongkai",
    "KAFKA_PASSWORD": "gongkai",
    "FETCHER_PASSWORD": "gongkai",
    "PARSER_PASSWORD": "gongkai",
    "NORMALIZER_PASSWORD": "gongkai",
    "STORE_PASSWORD": "gongkai",
    "CONSUMER_PASSWORD": "gongkai",
    "AWS_ACCESS_KEY_ID": "gongkai",
    "AWS_SECRET_ACCESS_KEY": "gongkai",
}
"""What an operator writes into .env."""
_VARIABLE: Final = re.compile(r"\$\{(\w+)(?::([-?])([^}]*))?\}")


def compose(given: Mapping[str, str] = SECRETS) -> dict[str, Any]:
    """docker-compose.yml with its variables put in; fails for one that must be given and is not."""

    def value(found: re.Match[str]) -> str:
        name, kind, text = found.groups()
        assert given.get(name) or kind != "?", f"{name}: {text}"
        return given.get(name) or text or ""

    text = (REPOSITORY / "docker-compose.yml").read_text(encoding="utf-8")
    composed: dict[str, Any] = yaml.safe_load(_VARIABLE.sub(value, text))
    return composed


def environment(service: Mapping[str, Any], given: Mapping[str, str] = SECRETS) -> dict[str, str]:
    """A composed service's variables; one without a value is that of .env, and left out when there is none."""
    named: dict[str, str | None] = service.get("environment", {})
    found = {name: given.get(name) if value is None else value for name, value in named.items()}
    return {name: value for name, value in found.items() if value is not None}


def interpolated() -> set[str]:
    """Every variable that docker-compose.yml takes from .env."""
    text = (REPOSITORY / "docker-compose.yml").read_text(encoding="utf-8")
    passed = {
        name
        for service in yaml.safe_load(text)["services"].values()
        for name, value in service.get("environment", {}).items()
        if value is None
    }
    return passed | {found[1] for found in _VARIABLE.finditer(text)}


class Image:
    """A target of deploy/Dockerfile with what it has from the targets it is made from."""

    def __init__(self, target: str) -> None:
        text = (REPOSITORY / "deploy" / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
        stages = re.findall(r"^FROM (\S+) AS (\S+)\n(.*?)(?=^FROM |\Z)", text, re.M | re.S)
        bodies = {name: (parent, body) for parent, name, body in stages}
        assert target in bodies, f"deploy/Dockerfile has no target {target}"
        self.lines: list[tuple[str, str]] = []
        name = target
        while name in bodies:
            name, body = bodies[name]
            self.lines[:0] = re.findall(r"^([A-Z]+) (.*)$", body, re.M)
        self.made_from = name

    def last(self, instruction: str) -> str:
        """What the last `instruction` says; empty when there is none."""
        return next((rest.strip() for name, rest in reversed(self.lines) if name == instruction), "")

    def words(self, instruction: str) -> list[str]:
        """The exec form that ends the last `instruction`."""
        found = re.search(r"\[.*\]$", self.last(instruction))
        words: list[str] = yaml.safe_load(found[0]) if found else []
        return words

    @property
    def environment(self) -> dict[str, str]:
        pairs = (re.findall(r"(\w+)=(\S+)", rest) for name, rest in self.lines if name == "ENV")
        return {name: value for line in pairs for name, value in line}


def parsed(command: Sequence[str]) -> Mapping[str, Any]:
    """What `gongkai` with `command` would begin its work with, by parameter; fails for a wrong call."""
    assert command[0] in COMMANDS, f"there is no gongkai {command[0]}"
    whole = typer.main.get_command(build(command[0]))
    assert isinstance(whole, TyperGroup)
    context = whole.make_context("gongkai", list(command))
    name, found, rest = whole.resolve_command(context, list(command))
    assert found
    return found.make_context(name, rest, parent=context).params


def settings_of(command: Sequence[str]) -> type[Settings]:
    """What `gongkai` with `command` reads."""
    named = (each.settings for each in SERVICES if list(command) == ["service", each.name])
    kind: type[Settings] = resolve_name(next(named, "shared.settings:Settings"))
    return kind


def accepted(command: Sequence[str], variables: Mapping[str, str]) -> Settings:
    """What `gongkai` with `command` makes of `variables`; fails for one that it does not know or cannot use."""
    kind = settings_of(command)
    known = {f"GONGKAI_{name.upper()}" for name in kind.model_fields}
    known |= {f"GONGKAI_KAFKA_{name.upper()}" for name in KafkaSettings.model_fields}
    unknown = {name for name in variables if name.startswith("GONGKAI_")} - known
    assert not unknown, f"{command} has no setting {unknown}"
    others = {name: value for name, value in os.environ.items() if not name.startswith("GONGKAI_")}
    with patch.dict(os.environ, {**others, **variables}, clear=True):
        read, kafka = kind.read(), KafkaSettings.read()
    open_archive(read.archive_url)
    create_engine(read.database_url)
    if read.bus:
        Connection.parse(read.bus, kafka).options()
    return read


def manifests(folder: str) -> Iterator[dict[str, Any]]:
    """Every Kubernetes object in the files of deploy/kubernetes/`folder`."""
    for path in sorted((KUBERNETES / folder).glob("*.yaml")):
        for each in yaml.safe_load_all(path.read_text(encoding="utf-8")):
            if each["kind"] not in {"Kustomization", "Component"}:
                yield each
