"""The AsyncAPI 3.0 document: every topic, its messages, who sends and who receives, made from table and models."""

import json
from collections.abc import Mapping
from datetime import timedelta
from inspect import cleandoc
from pathlib import Path
from typing import Any, Final

from shared.schemas.json_schema import definitions
from shared.topics import RECORDS, TOPICS, Topic
from shared.version import VERSION

_EXAMPLES: Final = Path(__file__).parent / "schemas" / "examples.json"
_BINDING: Final = "0.5.0"
_EXAMPLE_READING: Final = "0f3a9c51d27b8e6413c70aa5"
_LOGINS: Final = ("X509", "plain", "scramSha256", "scramSha512")
_HEADERS: Final = {
    "ce_specversion": ("the version of CloudEvents", "1.0"),
    "ce_id": (
        "the id of the event or record, and of what is said of it here; two messages of one are the same",
        f"r2f6d0b7c0e9f4a51b3c8d7e6-{_EXAMPLE_READING}",
    ),
    "ce_type": ("the topic's name, with its version", "gongkai.facts.v1"),
    "ce_source": ("gongkai/ and the stage that published it", "gongkai/normalizer"),
    "ce_time": ("when the disclosure was taken from its portal, or the stage failed", "2026-02-14T01:31:07+00:00"),
    "ce_subject": ("the id of the disclosure", "d0b5a9c1e7f3d2468ace0135"),
    "ce_dataschema": ("the schema of the value; older messages have none", "urn:gongkai:schema:gongkai.facts.v1"),
    "content-type": ("what the value is", "application/json"),
    "traceparent": ("W3C trace context; may be absent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
}
_MAY_BE_ABSENT: Final = frozenset({"ce_dataschema", "traceparent"})
"""Headers that older messages, or those published by hand, may lack."""


def asyncapi() -> dict[str, Any]:
    """The document; equal topics and models give an equal one."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "gongkai",
            "version": VERSION,
            "description": (
                "Budget disclosures of Chinese counties as checked records. A reader ignores the fields it does"
                " not know, takes values not yet listed in an x-extensible-enum, and reads with isolation level"
                " read_committed. A change that breaks such a reader gets a topic with the next version."
            ),
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "servers": {
            "kafka": _server("kafka", "Apache Kafka, as in GONGKAI_BUS=kafka://localhost:9092"),
            "kafka-secure": _server("kafka-secure", "the same over TLS; each broker asks for one of the logins")
            | {"security": [{"$ref": f"#/components/securitySchemes/{name}"} for name in _LOGINS]},
        },
        "channels": {each.name: _channel(each) for each in TOPICS},
        "operations": {name: operation for each in TOPICS for name, operation in _operations(each).items()},
        "components": {
            "messages": {name: message for each in TOPICS for name, message in _messages(each).items()},
            "schemas": {
                "Headers": _headers(),
                **definitions(_models(), "#/components/schemas/{model}"),
            },
            "securitySchemes": {name: {"type": name} for name in _LOGINS},
        },
    }


def examples() -> Mapping[str, Mapping[str, Any]]:
    """Topic name → a value with every field, of a county that does not exist."""
    read: dict[str, dict[str, Any]] = json.loads(_EXAMPLES.read_text(encoding="utf-8"))
    return read


def example_key(topic: Topic) -> str:
    """The key of the topic's example; a dead letter names that of its message."""
    value = examples()[topic.name]
    return str(value.get(topic.key, value.get("key")))


def example_headers(topic: Topic) -> dict[str, str]:
    """Headers as they go with the topic's example."""
    value = examples()[topic.name]
    own = {
        "ce_id": f"{value['id']}-{_EXAMPLE_READING}" if "id" in value else None,
        "ce_type": topic.name,
        "ce_source": f"gongkai/{topic.producer}",
        "ce_subject": value.get("disclosure_id", example_key(topic)),
        "ce_dataschema": topic.schema,
    }
    return {name: own.get(name) or example for name, (_, example) in _HEADERS.items()}


def has_tombstones(topic: Topic) -> bool:
    """Whether a null value on the topic says that its key is gone."""
    return topic in RECORDS.values()


def _models() -> list[Any]:
    return list(dict.fromkeys(each.model for each in TOPICS))


def _server(protocol: str, description: str) -> dict[str, Any]:
    return {
        "host": "{broker}",
        "protocol": protocol,
        "description": description,
        "variables": {"broker": {"default": "localhost:9092", "description": "host and port of a broker"}},
    }


def _channel(topic: Topic) -> dict[str, Any]:
    return {
        "address": topic.name,
        "title": topic.model.__name__,
        "description": cleandoc(topic.model.__doc__ or ""),
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in _messages(topic)},
        "bindings": {
            "kafka": {
                "topic": topic.name,
                "partitions": topic.partitions,
                "topicConfiguration": _kept(topic),
                "bindingVersion": _BINDING,
            }
        },
    }


def _kept(topic: Topic) -> dict[str, Any]:
    days = topic.retention_days
    kept = -1 if days is None else timedelta(days=days) // timedelta(milliseconds=1)
    if topic.compacted:
        return {"cleanup.policy": ["compact"], "min.compaction.lag.ms": kept, "delete.retention.ms": kept}
    return {"cleanup.policy": ["delete"], "retention.ms": kept}


def _messages(topic: Topic) -> dict[str, Any]:
    common = {
        "contentType": "application/json",
        "headers": {"$ref": "#/components/schemas/Headers"},
        "bindings": {
            "kafka": {
                "key": {"type": "string", "description": f"the {topic.key}, UTF-8"},
                "bindingVersion": _BINDING,
            }
        },
    }
    example = {"headers": example_headers(topic), "payload": examples()[topic.name]}
    found = {
        topic.name: {
            "name": topic.name,
            "title": topic.model.__name__,
            "payload": {"$ref": f"#/components/schemas/{topic.model.__name__}"},
            **common,
            "examples": [example],
        }
    }
    if has_tombstones(topic):
        found[f"{topic.name}.tombstone"] = {
            "name": f"{topic.name}.tombstone",
            "title": "Tombstone",
            "summary": f"The {topic.model.__name__} of this key is gone: a later revision no longer has it.",
            "payload": {"type": "null"},
            **common,
        }
    return found


def _headers() -> dict[str, Any]:
    return {
        "title": "Headers",
        "description": "The headers of every message: CloudEvents' Kafka binding in binary mode.",
        "type": "object",
        "properties": {
            name: {"type": "string", "description": description, "examples": [example]}
            for name, (description, example) in _HEADERS.items()
        },
        "required": [name for name in _HEADERS if name not in _MAY_BE_ABSENT],
    }


def _operations(topic: Topic) -> dict[str, Any]:
    channel = {"$ref": f"#/channels/{topic.name}"}
    found: dict[str, Any] = {
        f"{topic.producer}.sends.{topic.name}": {
            "action": "send",
            "channel": channel,
            "summary": f"The {topic.producer} publishes each {topic.model.__name__}.",
            "tags": [{"name": topic.producer}],
        }
    }
    for consumer in topic.consumers:
        found[f"{consumer}.receives.{topic.name}"] = {
            "action": "receive",
            "channel": channel,
            "summary": f"The {consumer} works on each {topic.model.__name__}.",
            "tags": [{"name": consumer}],
            "bindings": {"kafka": {"groupId": _group(consumer), "bindingVersion": _BINDING}},
        }
    return found


def _group(consumer: str) -> dict[str, str]:
    return {"type": "string", "const": f"gongkai.{consumer}"}
