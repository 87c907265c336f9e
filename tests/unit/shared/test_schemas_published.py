"""The published schemas describe the messages as gongkai really writes them."""

import json
from decimal import Decimal

import pytest
from jsonschema import Draft202012Validator
from pydantic import TypeAdapter

from shared.asyncapi import asyncapi, example_headers, example_key, examples, has_tombstones
from shared.schemas.events import NormalizedEvent
from shared.schemas.json_schema import GROWING, VALUES_SO_FAR, dump, json_schema
from shared.schemas.model import Quantity, Yuan
from shared.schemas.names import Severity, TableName
from shared.schemas.records import BudgetLine, Finding
from shared.stage.codec import encode, tombstone
from shared.topics import DEAD_LETTERS, NORMALIZED, TOPICS, Topic

topics = pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.name)


@topics
def test_the_example_is_a_message_with_every_field(topic: Topic) -> None:
    schema = json_schema(topic.model, topic.name)
    Draft202012Validator.check_schema(schema)
    value = examples()[topic.name]
    Draft202012Validator(schema).validate(value)
    written = topic.model.model_validate(value).model_dump_json()
    assert json.loads(written) == value
    assert set(value) == set(schema["properties"])


def test_there_is_an_example_of_each_topic_and_no_other() -> None:
    assert list(examples()) == [topic.name for topic in TOPICS]


@topics
def test_a_schema_says_what_it_is(topic: Topic) -> None:
    schema = json_schema(topic.model, topic.name)
    assert schema["$id"] == topic.name
    assert schema["title"] == topic.model.__name__
    assert schema["description"]
    assert dump(schema) == dump(json_schema(topic.model, topic.name))


@pytest.mark.parametrize("amount", ["0", "-0.004", "12.5", "1E+3", "123456789012345.67"])
def test_money_and_numbers_are_strings_of_the_published_pattern(amount: str) -> None:
    for adapter in (TypeAdapter(Yuan), TypeAdapter(Quantity)):
        schema = adapter.json_schema(mode="serialization")
        Draft202012Validator(schema).validate(adapter.dump_python(Decimal(amount), mode="json"))
        assert not Draft202012Validator(schema).is_valid(1.5)
        assert not Draft202012Validator(schema).is_valid("1e3")


def test_a_growing_vocabulary_takes_values_not_known_yet_and_a_closed_one_does_not() -> None:
    assert TableName in GROWING
    lines = json_schema(BudgetLine, "lines")
    assert lines["$defs"]["TableName"][VALUES_SO_FAR] == [each.value for each in TableName]
    line = {**examples()["gongkai.budget-lines.v1"], "table": "a_table_of_2030"}
    assert Draft202012Validator(lines).is_valid(line)
    assert Severity not in GROWING
    finding = {**examples()["gongkai.findings.v1"], "severity": "grave"}
    assert not Draft202012Validator(json_schema(Finding, "findings")).is_valid(finding)


def test_the_headers_are_those_of_messages() -> None:
    event = NormalizedEvent.model_validate(examples()[NORMALIZED.name])
    headers = asyncapi()["components"]["schemas"]["Headers"]
    for topic in TOPICS:
        model = topic.model.model_validate(examples()[topic.name])
        for message in (encode(topic, event.disclosure_id, model, event), tombstone(topic, "r1", event)):
            Draft202012Validator(headers).validate(message.headers)
            assert message.headers.keys() == {*headers["required"], "ce_dataschema"}
            assert message.headers["ce_dataschema"] == example_headers(topic)["ce_dataschema"]
            assert message.headers["ce_type"] == example_headers(topic)["ce_type"]
            assert message.headers["ce_source"] == example_headers(topic)["ce_source"]


def test_channels_are_the_topics_with_their_messages_and_operations() -> None:
    document = asyncapi()
    assert set(document["channels"]) == {topic.name for topic in TOPICS}
    for topic in TOPICS:
        channel = document["channels"][topic.name]
        assert channel["bindings"]["kafka"]["partitions"] == topic.partitions
        assert len(channel["messages"]) == 1 + has_tombstones(topic)
        actions = {
            (each["action"], each["tags"][0]["name"])
            for each in document["operations"].values()
            if each["channel"]["$ref"] == f"#/channels/{topic.name}"
        }
        assert actions == {("send", topic.producer), *(("receive", each) for each in topic.consumers)}


def test_every_reference_of_the_document_leads_somewhere() -> None:
    document = asyncapi()

    def follow(node: object) -> int:
        if isinstance(node, list):
            return sum(map(follow, node))
        if not isinstance(node, dict):
            return 0
        if "$ref" in node:
            target = document
            for step in node["$ref"].removeprefix("#/").split("/"):
                target = target[step]
            return 1
        return sum(map(follow, node.values()))

    assert follow(document) > len(TOPICS)


def test_the_key_of_an_example_is_what_the_topic_says() -> None:
    for topic in TOPICS:
        value = examples()[topic.name]
        assert example_key(topic) == value["key" if topic in DEAD_LETTERS.values() else topic.key]
