"""docker-compose.yml and the Dockerfile say what the code does: targets, commands, ports, variables."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from services.cli.main import COMMANDS
from services.fetcher.settings import FetcherSettings
from services.pipeline import SERVICES, Service

REPOSITORY = Path(__file__).parents[2]
DOCKERFILE = (REPOSITORY / "deploy" / "Dockerfile").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load((REPOSITORY / "docker-compose.yml").read_text(encoding="utf-8"))


def stage(target: str) -> str:
    found = re.search(rf"^FROM \S+ AS {target}\n(.*?)(?=^FROM |\Z)", DOCKERFILE, re.M | re.S)
    assert found, f"the Dockerfile has no target {target}"
    return found[1]


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_each_service_has_its_image_target_command_and_port(service: Service) -> None:
    assert f"EXPOSE {service.port}\n" in stage(service.name)
    assert f'CMD ["service", "{service.name}"]' in stage(service.name)
    composed = COMPOSE["services"][service.name]
    assert composed["build"]["target"] == service.name
    assert (REPOSITORY / composed["build"]["dockerfile"]).exists()
    assert f"127.0.0.1:{service.port}/health/ready" in composed["healthcheck"]["test"][-1]
    assert composed["command"][0] in COMMANDS


def test_every_variable_is_a_setting() -> None:
    named = set(re.findall(r"GONGKAI_[A-Z_]+", DOCKERFILE + str(COMPOSE)))
    assert named <= {f"GONGKAI_{field.upper()}" for field in FetcherSettings.model_fields}


def test_what_the_image_copies_exists_and_it_does_not_run_as_root() -> None:
    for sources in re.findall(r"^COPY (.+) \S+$", DOCKERFILE, re.M):
        for source in sources.split():
            assert (REPOSITORY / source).exists(), source
    assert re.search(r"^USER gongkai$", stage("base"), re.M)
    for service in COMPOSE["services"].values():
        assert service["read_only"] is True
