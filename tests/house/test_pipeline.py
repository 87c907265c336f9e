"""The path reads the same wherever it is told: pipeline, topics, docstring, compose."""

import re
from pathlib import Path

import pytest
import yaml
from fastapi import FastAPI

import services
from services.pipeline import SERVICES, Service
from shared.topics import DEAD_LETTERS, FETCHED, NORMALIZED, PARSED, RECORDS, TOPICS

REPOSITORY = Path(__file__).parents[2]
NAMES = [service.name for service in SERVICES]


def test_the_docstring_tells_the_same_order_and_names_what_exists() -> None:
    steps = re.findall(r"^\d\. (\w+)\s+(\S+) `(\w+)`", services.__doc__ or "", re.M)
    assert [name for name, _, _ in steps] == NAMES
    for _, path, function in steps:
        assert re.search(rf"^(async )?def {function}\(", (REPOSITORY / path).read_text(encoding="utf-8"), re.M)


def test_each_topic_is_read_by_the_service_after_its_producer() -> None:
    for topic, producer, consumer in zip((FETCHED, PARSED, NORMALIZED), NAMES, NAMES[1:], strict=False):
        assert (topic.producer, topic.consumers) == (producer, (consumer,))
    assert set(DEAD_LETTERS) == set(NAMES[1:])


def test_every_record_type_has_its_topic_and_every_topic_name_is_versioned() -> None:
    for name, topic in RECORDS.items():
        assert topic.model.model_fields["record"].default == name
    for topic in TOPICS:
        assert re.fullmatch(r"gongkai\.[a-z.-]+\.v\d+", topic.name)


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_every_service_loads(service: Service, tmp_path: Path) -> None:
    assert isinstance(service.load(data=tmp_path), FastAPI)


def test_compose_starts_the_services_in_the_order_of_the_path() -> None:
    compose = yaml.safe_load((REPOSITORY / "docker-compose.yml").read_text(encoding="utf-8"))
    assert [name for name in compose["services"] if name in NAMES] == NAMES
    for service in SERVICES:
        command = compose["services"][service.name]["command"]
        assert command[:2] == ["service", service.name]
        assert str(service.port) in compose["services"][service.name]["healthcheck"]["test"][-1]
