"""The AsyncAPI document describes the topics as they are on a real broker."""

from typing import Any

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import (
    ConfigResource,
    ConfigResourceType,
)

from shared.asyncapi import asyncapi
from shared.bus.connect import open_bus
from shared.topics import TOPICS


async def test_partitions_and_what_is_kept_are_as_described(kafka_url: str) -> None:
    bus = await open_bus(kafka_url)
    await bus.create_topics(TOPICS)
    await bus.close()
    servers, _, namespace = kafka_url.removeprefix("kafka://").partition("/")
    names = [f"{namespace}.{topic.name}" for topic in TOPICS]
    client = AIOKafkaAdminClient(bootstrap_servers=servers)
    await client.start()
    try:
        described = {each["topic"]: each for each in await client.describe_topics(names)}
        resources = [ConfigResource(ConfigResourceType.TOPIC, name) for name in names]
        answers = await client.describe_configs(resources)
    finally:
        await client.close()
    configured: dict[str, dict[str, str]] = {
        resource[3]: {entry[0]: entry[1] for entry in resource[4]}
        for answer in answers
        for resource in answer.resources
    }
    for topic, name in zip(TOPICS, names, strict=True):
        binding: dict[str, Any] = asyncapi()["channels"][topic.name]["bindings"]["kafka"]
        assert len(described[name]["partitions"]) == binding["partitions"]
        for setting, value in binding["topicConfiguration"].items():
            assert configured[name][setting] == (",".join(value) if isinstance(value, list) else str(value))
