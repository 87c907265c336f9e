"""What the bus asks of a Kafka cluster: topics as the table says, logins, sizes, and patience while it is away."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from deploy.kafka.launcher import Cluster
from shared.bus.connect import open_bus
from shared.bus.contract import Bus, Message
from shared.bus.remove import remove_bus
from shared.bus.scan import scan
from shared.bus.sizes import MESSAGE_BYTES
from shared.errors import BusUnavailable, SettingsInvalid
from shared.topics import FETCHED, NORMALIZED, PARSED, TOPICS, Topic
from tests.contract.conftest import Program
from tests.faults.clock import Clock
from tests.servers.kafka import DROPS_CONNECTIONS, SESSION_SECONDS, kafka_cluster, over_tls

pytestmark = DROPS_CONNECTIONS

DAY = 24 * 60 * 60 * 1000
USER, PASSWORD = "gongkai", "a secret"
PATIENCE_SECONDS = 300.0


@pytest.fixture
def bus_url(kafka_url: str) -> str:
    return kafka_url


async def described(cluster: Cluster, name: str) -> tuple[int, dict[str, str]]:
    """How many partitions the topic has, and its settings."""
    admin = AIOKafkaAdminClient(bootstrap_servers=cluster.url.removeprefix("kafka://"))
    await admin.start()
    try:
        (topic,) = await admin.describe_topics([name])
        (answer,) = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, name)])
        (resource,) = answer.resources
        return len(topic["partitions"]), {entry[0]: entry[1] for entry in resource[4]}
    finally:
        await admin.close()


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.name)
async def test_a_topic_is_made_as_the_table_says(bus: Bus, kafka: Cluster, kafka_url: str, topic: Topic) -> None:
    await bus.create_topics([topic])
    partitions, settings = await described(kafka, f"{kafka_url.rpartition('/')[2]}.{topic.name}")
    assert partitions == topic.partitions
    assert settings["cleanup.policy"] == ("compact" if topic.compacted else "delete")
    if topic.compacted and topic.retention_days is not None:
        assert int(settings["min.compaction.lag.ms"]) == topic.retention_days * DAY
    if not topic.compacted:
        assert int(settings["retention.ms"]) == (
            -1 if topic.retention_days is None else topic.retention_days * DAY
        )


async def test_the_largest_message_goes_through(bus: Bus) -> None:
    incompressible = bytes(number * number % 251 for number in range(MESSAGE_BYTES - 100))
    await bus.publish([Message(FETCHED.name, "d1", incompressible), Message(FETCHED.name, "d1", b"small")])
    assert [message.value for message in await bus.read(FETCHED, 0, 10)] == [incompressible, b"small"]


async def test_a_publisher_whose_clock_is_ahead_is_heard_and_its_messages_bear_the_brokers_time(
    bus: Bus, program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock(tmp_path / "clock")
    for name, value in clock.machine.environment.items():
        monkeypatch.setenv(name, value)
    with clock.jumped(hours=30):
        publisher = program("publish", "d1", 1, 1)
        assert publisher.stdout
        assert await asyncio.to_thread(publisher.stdout.readline) == "0\n"
    (message,) = await bus.read(FETCHED, 0, 10)
    assert message.published_at
    assert abs(datetime.now(UTC) - message.published_at) < timedelta(hours=1)


async def test_a_commit_of_nothing_publishes_its_output(bus: Bus) -> None:
    async with bus.consumer("group", [FETCHED], "a") as consumer:
        await consumer.commit([], [Message(PARSED.name, "d1", b"1")])
    assert [message.value for message in await bus.read(PARSED, 0, 10)] == [b"1"]


async def test_namespaces_on_one_cluster_know_nothing_of_each_other(bus: Bus, kafka_url: str) -> None:
    inner = await open_bus(f"{kafka_url}.shadow-x")
    try:
        for each, value in ((bus, b"outer"), (inner, b"inner")):
            await each.publish([Message(FETCHED.name, "d", value)])
        for each, value in ((bus, b"outer"), (inner, b"inner")):
            async with each.consumer("group", [FETCHED], "a") as consumer:
                assert [message.value for message in await consumer.poll(10, 30)] == [value]
    finally:
        await inner.close()
    await remove_bus(f"{kafka_url}.shadow-x")
    assert [message.value for message in await bus.read(FETCHED, 0, 10)] == [b"outer"]
    again = await open_bus(f"{kafka_url}.shadow-x")
    assert not await again.read(FETCHED, 0, 10)
    await again.close()


async def test_an_address_where_nobody_answers_is_the_bus_being_away() -> None:
    with pytest.raises(BusUnavailable, match=r"127\.0\.0\.1:1"):
        await open_bus("kafka://127.0.0.1:1/nobody")


@pytest.fixture(scope="module")
def guarded(certificate: tuple[Path, Path]) -> Iterator[Cluster]:
    """A broker whose clients need a certificate and a password."""
    signed, _ = certificate
    own = "listener.name.client"
    plain = "org.apache.kafka.common.security.plain.PlainLoginModule"
    scram = "org.apache.kafka.common.security.scram.ScramLoginModule"
    settings = {
        **over_tls(signed),
        f"{own}.ssl.truststore.type": "PEM",
        f"{own}.ssl.truststore.location": str(signed),
        f"{own}.ssl.client.auth": "required",
        f"{own}.sasl.enabled.mechanisms": "PLAIN,SCRAM-SHA-512",
        f"{own}.plain.sasl.jaas.config": f'{plain} required user_{USER}="{PASSWORD}";',
        f"{own}.scram-sha-512.sasl.jaas.config": f"{scram} required;",
    }
    with kafka_cluster(
        settings=settings, options=["--add-scram", f"SCRAM-SHA-512=[name={USER},password={PASSWORD}]"]
    ) as cluster:
        yield cluster


@pytest.fixture
def login(certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """The settings that let a client in; PLAIN."""
    signed, key = certificate
    values = {"TLS": "true", "CA": signed, "CERTIFICATE": signed, "KEY": key, "MECHANISM": "PLAIN", "USER": USER}
    for name, value in {**values, "PASSWORD": PASSWORD}.items():
        monkeypatch.setenv(f"GONGKAI_KAFKA_{name}", str(value))
    return monkeypatch


@pytest.mark.parametrize("mechanism", ["PLAIN", "SCRAM-SHA-512"])
async def test_the_whole_way_over_tls_with_a_login(
    guarded: Cluster, login: pytest.MonkeyPatch, mechanism: str
) -> None:
    login.setenv("GONGKAI_KAFKA_MECHANISM", mechanism)
    bus = await open_bus(f"{guarded.url}/{mechanism}")
    try:
        await bus.publish([Message(FETCHED.name, "d1", b"1")])
        async with bus.consumer("group", [FETCHED], "a") as consumer:
            received = await consumer.poll(1, 30)
            await consumer.commit(received, [Message(PARSED.name, "d1", b"2")])
        assert [message.value for message in await bus.read(PARSED, 0, 10)] == [b"2"]
    finally:
        await bus.close()


@pytest.mark.parametrize(
    ("name", "value"), [("PASSWORD", "wrong"), ("CA", ""), ("CERTIFICATE", ""), ("TLS", "false")]
)
async def test_a_broker_that_does_not_let_us_in_is_the_bus_being_away(
    guarded: Cluster, login: pytest.MonkeyPatch, name: str, value: str
) -> None:
    login.setenv(f"GONGKAI_KAFKA_{name}", value)
    with pytest.raises(BusUnavailable):
        await open_bus(f"{guarded.url}/refused")


@pytest.mark.parametrize(
    ("name", "value"), [("CA", "/no/such/file"), ("KEY", "/no/such/file"), ("USER", ""), ("MECHANISM", "KERBEROS")]
)
async def test_a_login_that_cannot_be_is_refused_in_one_sentence(
    login: pytest.MonkeyPatch, name: str, value: str
) -> None:
    login.setenv(f"GONGKAI_KAFKA_{name}", value)
    with pytest.raises(SettingsInvalid, match=f"GONGKAI_KAFKA_{name}") as error:
        await open_bus("kafka://127.0.0.1:9092")
    assert PASSWORD not in str(error.value)


async def copy(bus: Bus, count: int) -> None:
    """From FETCHED to PARSED until all is there, however often the bus is away.

    A commit may have counted although the bus could not say so.
    """
    async with bus.consumer("group", [FETCHED], "copies") as consumer:
        while True:
            try:
                received = await consumer.poll(10, 0.5)
                if not received and len(await values(bus, PARSED)) >= count:
                    return
                await consumer.commit(received, [Message(PARSED.name, each.key, each.value) for each in received])
            except BusUnavailable:
                await asyncio.sleep(0.5)
                await consumer.rewind()


async def values(bus: Bus, topic: Topic) -> list[Any]:
    return sorted([message.value async for message in scan(bus, topic)])


async def test_of_three_brokers_one_may_die_and_with_two_dead_everything_waits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("GONGKAI_KAFKA_SESSION_SECONDS", str(SESSION_SECONDS))
    sent = [Message(FETCHED.name, f"d{number % 50}", str(number).encode()) for number in range(400)]
    expected = sorted(message.value or b"" for message in sent)
    with kafka_cluster(3) as cluster:
        first, second, _ = cluster.brokers
        bus = await open_bus(f"{cluster.url}/three")
        await bus.create_topics([FETCHED, PARSED, NORMALIZED])
        copying = asyncio.create_task(copy(bus, len(sent)))
        await bus.publish(sent[:200])
        await asyncio.to_thread(first.kill)
        await retried(bus, sent[200:300])
        await asyncio.to_thread(second.kill)
        with pytest.raises(BusUnavailable):
            await bus.publish([Message(NORMALIZED.name, "d", b"")])
        await asyncio.to_thread(first.start)
        await retried(bus, sent[300:])
        async with asyncio.timeout(PATIENCE_SECONDS):
            await copying
        assert await values(bus, FETCHED) == await values(bus, PARSED) == expected
        await bus.close()


async def retried(bus: Bus, messages: list[Message]) -> None:
    """Publish unless the bus did already, which it may have done although it could not say so."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            try:
                await bus.publish(messages)
                return
            except BusUnavailable:
                there = {message.value async for message in scan(bus, FETCHED)}
                if messages[0].value in there:
                    return
