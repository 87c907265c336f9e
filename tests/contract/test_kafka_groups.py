"""Groups on Kafka beyond the contract: zombies, open transactions, names taken twice, work kept while sharing."""

import asyncio
import signal
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

import pytest
from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions, RecordsToDelete
from prometheus_client import REGISTRY

from deploy.kafka.launcher import Cluster
from shared.bus.connect import open_bus
from shared.bus.contract import Bus, Consumer, Message, Received
from shared.bus.kafka.consumer import KafkaConsumer
from shared.bus.kafka.producers import OPEN_SECONDS
from shared.errors import BusUnavailable
from shared.topics import FETCHED, NORMALIZED, PARSED

Program = Callable[..., subprocess.Popen[str]]

GROUP = "gongkai.parser"


@pytest.fixture
def bus_url(kafka_url: str) -> str:
    return kafka_url


@pytest.fixture
async def other(kafka_url: str) -> AsyncIterator[Bus]:
    bus = await open_bus(kafka_url)
    yield bus
    await bus.close()


def messages(count: int) -> list[Message]:
    return [Message(FETCHED.name, f"d{number}", str(number).encode()) for number in range(count)]


async def until(condition: Callable[[], bool], seconds: float = 30) -> None:
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(0.05)


def copies(received: Sequence[Message]) -> list[Message]:
    return [Message(PARSED.name, message.key, message.value) for message in received]


async def drain(consumer: Consumer, count: int, seconds: float = 30) -> list[Received]:
    received: list[Received] = []
    async with asyncio.timeout(seconds):
        while len(received) < count:
            received += await consumer.poll(count - len(received), 1)
    return received


async def line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return (await asyncio.to_thread(process.stdout.readline)).strip()


def go_on(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


async def test_a_member_that_slept_past_its_session_can_neither_commit_nor_publish(
    bus: Bus, program: Program
) -> None:
    await bus.publish(messages(20))
    zombie = program("hold", GROUP, "zombie", 20)
    assert await line(zombie) == "holds"
    zombie.send_signal(signal.SIGSTOP)
    async with bus.consumer(GROUP, [FETCHED], "survivor") as survivor:
        received = await drain(survivor, 20)
        await survivor.commit(received, copies(received))
        zombie.send_signal(signal.SIGCONT)
        go_on(zombie)
        assert await line(zombie) == "refused"
    assert sorted(message.value or b"" for message in await bus.read(PARSED, 0, 100)) == sorted(
        message.value or b"" for message in received
    )


async def test_a_transaction_that_a_killed_member_left_open_is_ended_by_who_comes_after(
    bus: Bus, kafka: Cluster, kafka_url: str
) -> None:
    await bus.publish(messages(1))
    await bus.create_topics([PARSED])
    namespace = kafka_url.rpartition("/")[2]
    partition = await bus.partition(FETCHED, "d0")
    killed = AIOKafkaProducer(
        bootstrap_servers=kafka.url.removeprefix("kafka://"),
        transactional_id=f"{namespace}.{GROUP}-{FETCHED.name}-{partition}",
        transaction_timeout_ms=round(OPEN_SECONDS * 1000),
    )
    await killed.start()
    await killed.begin_transaction()
    await killed.send_and_wait(f"{namespace}.{PARSED.name}", b"of the killed", key=b"d0")
    async with bus.consumer(GROUP, [FETCHED], "successor") as successor:
        received = await drain(successor, 1)
        await successor.commit(received, copies(received))
        async with asyncio.timeout(OPEN_SECONDS / 2):
            assert [message.value for message in await bus.read(PARSED, 0, 10)] == [b"0"]
    await killed.stop()


async def test_a_second_living_member_of_a_name_takes_the_place_of_the_first_for_good(
    bus: Bus, other: Bus
) -> None:
    await bus.publish(messages(20))
    async with bus.consumer(GROUP, [FETCHED], "same") as first:
        assert await drain(first, 20)
        async with other.consumer(GROUP, [FETCHED], "same") as second:
            assert len(await drain(second, 20)) == 20
            with pytest.raises(BusUnavailable, match="same"):
                await drain(first, 1)
            assert not await first.partitions()
            with pytest.raises(BusUnavailable):
                await first.poll(1, 0)
            assert len(await second.partitions()) == FETCHED.partitions


async def test_a_killed_member_that_is_back_under_its_name_need_not_wait_for_its_session(
    bus: Bus, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GONGKAI_KAFKA_SESSION_SECONDS", "300")
    await bus.publish(messages(20))
    before = program("hold", GROUP, "parser-1", 20)
    assert await line(before) == "holds"
    before.kill()
    after = program("hold", GROUP, "parser-1", 20)
    async with asyncio.timeout(100):
        assert await line(after) == "holds"
    go_on(after)
    assert await line(after) == "committed"


async def test_work_under_way_is_committed_where_partitions_stay_when_another_member_joins(
    bus: Bus, other: Bus
) -> None:
    await bus.publish(messages(60))
    async with bus.consumer(GROUP, [FETCHED], "a") as old:
        received = await drain(old, 60)
        async with other.consumer(GROUP, [FETCHED], "b") as new:
            stayed = await old.partitions()
            came = await new.partitions()
            assert len(stayed) == len(came) == FETCHED.partitions / 2
            assert not stayed & came
            kept = [message for message in received if (message.topic, message.partition) in stayed]
            assert kept
            await old.commit(kept, copies(kept))
            assert len(await drain(new, 60 - len(kept))) == 60 - len(kept)
            assert not await old.poll(1, 0.5)
    assert len(await bus.read(PARSED, 0, 100)) == len(kept)


async def test_a_member_keeps_nothing_that_it_was_given_while_it_was_leaving(bus: Bus, other: Bus) -> None:
    async with AsyncExitStack() as leaving, AsyncExitStack() as gone:
        member = await leaving.enter_async_context(bus.consumer(GROUP, [FETCHED], "leaving"))
        assert isinstance(member, KafkaConsumer)
        await gone.enter_async_context(other.consumer(GROUP, [FETCHED], "gone"))
        await until(lambda: 0 < len(member._holdings) < FETCHED.partitions)
        [held, *_] = member._holdings.values()
        async with held.lock:  # as a commit under way
            leave = asyncio.create_task(leaving.aclose())
            await until(lambda: not member._holdings)
            await gone.aclose()
            await until(lambda: len(member._holdings) == FETCHED.partitions)
        await leave
    assert not member._holdings
    assert not member._tasks


async def test_what_retention_took_before_it_was_read_is_told(bus: Bus, other: Bus, kafka_url: str) -> None:
    of_one_key = [Message(FETCHED.name, "d1", str(number).encode()) for number in range(24)]
    await bus.publish(of_one_key[:1])
    async with bus.consumer(GROUP, [FETCHED], "before") as consumer:
        await consumer.commit(await drain(consumer, 1), [])
    for message in of_one_key[1:]:
        await bus.publish([message])
    partition = await bus.partition(FETCHED, "d1")
    name = f"{kafka_url.rpartition('/')[2]}.{FETCHED.name}"
    async with admin(kafka_url) as client:
        await client.delete_records({TopicPartition(name, partition): RecordsToDelete(-1)})
    labels = {"stage": "parser", "topic": FETCHED.name}
    before = REGISTRY.get_sample_value("gongkai_messages_expired_total", labels) or 0
    await bus.publish([Message(FETCHED.name, "d1", b"new")])
    async with other.consumer(GROUP, [FETCHED], "after") as consumer:
        assert [each.value for each in await drain(consumer, 1)] == [b"new"]
    told = (REGISTRY.get_sample_value("gongkai_messages_expired_total", labels) or 0) - before
    assert 23 <= told <= 48, "the 23 that waited, and the marks of their transactions"


async def test_what_stood_before_a_topic_got_more_partitions_is_still_found(
    bus: Bus, connect: Callable[[], Awaitable[Bus]], kafka_url: str
) -> None:
    keys = [f"d{number}" for number in range(40)]
    await bus.create_topics([NORMALIZED])
    await bus.publish([Message(NORMALIZED.name, key, b"1") for key in keys])
    name = f"{kafka_url.rpartition('/')[2]}.{NORMALIZED.name}"
    async with admin(kafka_url) as client:
        await client.create_partitions({name: NewPartitions(24)})
    after = await connect()
    assert await after.partition(NORMALIZED, "d1") is not None
    assert [(await after.latest(NORMALIZED, key) or Message("", "", None)).value for key in keys] == [b"1"] * 40
    await after.publish([Message(NORMALIZED.name, key, b"2") for key in keys])
    assert [(await after.latest(NORMALIZED, key) or Message("", "", None)).value for key in keys] == [b"2"] * 40
    assert await after.latest(NORMALIZED, "never") is None


@asynccontextmanager
async def admin(kafka_url: str) -> AsyncIterator[AIOKafkaAdminClient]:
    client = AIOKafkaAdminClient(bootstrap_servers=kafka_url.removeprefix("kafka://").partition("/")[0])
    await client.start()
    try:
        yield client
    finally:
        await client.close()
