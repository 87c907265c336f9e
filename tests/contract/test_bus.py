"""What every bus promises (shared/bus/contract.py), on every backend: publishing, reading, groups, commits."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime

import pytest

from shared.bus.contract import Bus, Consumer, Message, Received
from shared.bus.progress import MOST_AHEAD
from shared.bus.scan import PAGE, scan
from shared.errors import BusUnavailable
from shared.topics import FETCHED, NORMALIZED, PARSED

Connect = Callable[[], Awaitable[Bus]]

GROUP = "gongkai.parser"


def messages(count: int, keys: int = 10, topic: str = FETCHED.name) -> list[Message]:
    return [Message(topic, f"d{number % keys}", str(number).encode()) for number in range(count)]


def values(received: Iterable[Message]) -> list[bytes | None]:
    return [message.value for message in received]


async def drain(consumer: Consumer, count: int) -> list[Received]:
    """Poll until `count` messages came."""
    received: list[Received] = []
    while len(received) < count:
        found = await consumer.poll(count - len(received), 10)
        assert found, f"only {len(received)} of {count} messages came"
        received += found
    return received


async def nothing_more(consumer: Consumer) -> bool:
    return not await consumer.poll(1, 0)


async def test_a_message_comes_back_as_it_was_published(bus: Bus) -> None:
    before = datetime.now(UTC)
    sent = Message(FETCHED.name, "某县|d1", "预算公开".encode(), {"ce_id": "e1", "title": "二〇二四年"})
    await bus.publish([sent])
    async with bus.consumer(GROUP, [FETCHED], "a") as consumer:
        (got,) = await drain(consumer, 1)
    assert Message(got.topic, got.key, got.value, got.headers) == sent
    assert got.published_at is not None
    assert before.timestamp() - 1 <= got.published_at.timestamp() <= datetime.now(UTC).timestamp() + 1


async def test_a_tombstone_stays_null_and_an_empty_value_stays_empty(bus: Bus) -> None:
    await bus.publish([Message(FETCHED.name, "d1", None), Message(FETCHED.name, "d1", b"")])
    async with bus.consumer(GROUP, [FETCHED], "a") as consumer:
        assert values(await drain(consumer, 2)) == [None, b""]


async def test_messages_of_a_key_lie_in_one_partition_in_their_order(bus: Bus) -> None:
    await bus.publish(messages(60))
    await bus.publish(messages(60))
    async with bus.consumer(GROUP, [FETCHED], "a") as consumer:
        received = await drain(consumer, 120)
    of_key: dict[str, list[Received]] = defaultdict(list)
    for message in received:
        of_key[message.key].append(message)
    for key, found in of_key.items():
        assert len({message.partition for message in found}) == 1
        assert [message.offset for message in found] == sorted({message.offset for message in found})
        expected = [message.value for message in messages(60) if message.key == key]
        assert values(found) == expected * 2


async def test_keys_spread_over_several_partitions(bus: Bus) -> None:
    await bus.publish(messages(100, keys=100))
    assert len({message.partition for message in await bus.read(FETCHED, 0, 100)}) > 1


async def test_a_group_goes_on_where_it_committed(bus: Bus, connect: Connect) -> None:
    await bus.publish(messages(5, keys=1))
    async with bus.consumer(GROUP, [FETCHED], "a") as consumer:
        received = await drain(consumer, 5)
        await consumer.commit(received[:3], [])
    later = await connect()
    async with later.consumer(GROUP, [FETCHED], "a") as consumer:
        assert values(await drain(consumer, 2)) == [b"3", b"4"]
        assert await nothing_more(consumer)


async def test_what_was_not_committed_is_read_again_after_rewind(bus: Bus) -> None:
    await bus.publish(messages(4, keys=1))
    async with bus.consumer(GROUP, [FETCHED], "a") as consumer:
        received = await drain(consumer, 4)
        assert await nothing_more(consumer)
        await consumer.commit(received[:1], [])
        await consumer.rewind()
        assert values(await drain(consumer, 3)) == [b"1", b"2", b"3"]


async def test_poll_gives_no_more_than_its_limit(bus: Bus) -> None:
    await bus.publish(messages(20))
    async with bus.consumer(GROUP, [FETCHED], "a") as consumer:
        assert len(await consumer.poll(7, 10)) <= 7


async def test_groups_read_the_same_messages_independently(bus: Bus) -> None:
    await bus.publish(messages(3, keys=1))
    async with bus.consumer(GROUP, [FETCHED], "a") as one, bus.consumer("other", [FETCHED], "a") as other:
        await one.commit(await drain(one, 3), [])
        assert values(await drain(other, 3)) == [b"0", b"1", b"2"]


async def test_a_consumer_reads_all_its_topics_and_no_other(bus: Bus) -> None:
    await bus.publish([Message(topic.name, "d", topic.name.encode()) for topic in (FETCHED, PARSED, NORMALIZED)])
    async with bus.consumer(GROUP, [FETCHED, NORMALIZED], "a") as consumer:
        received = await drain(consumer, 2)
        assert {message.topic for message in received} == {FETCHED.name, NORMALIZED.name}
        assert await nothing_more(consumer)


async def test_a_waiting_consumer_wakes_when_another_connection_publishes(bus: Bus, connect: Connect) -> None:
    other = await connect()
    async with bus.consumer(GROUP, [FETCHED], "a") as consumer:
        await consumer.poll(1, 0)
        loop = asyncio.get_running_loop()
        waiting = asyncio.create_task(consumer.poll(1, 30))
        began = loop.time()
        await other.publish(messages(1))
        assert values(await waiting) == [b"0"]
        assert loop.time() - began < 5


async def test_commit_moves_the_position_and_publishes_as_one(bus: Bus) -> None:
    await bus.publish(messages(10))
    async with bus.consumer(GROUP, [FETCHED], "a") as consumer:
        received = await drain(consumer, 10)
        await consumer.commit(received, messages(20, topic=PARSED.name))
        assert sum((await bus.lag(GROUP, [FETCHED])).values()) == 0
    assert len(await bus.read(PARSED, 0, 100)) == 20
    assert sum((await bus.lag(GROUP, [FETCHED])).values()) == 0


async def test_two_members_share_the_partitions_and_each_message_is_read_once(bus: Bus, connect: Connect) -> None:
    await bus.publish(messages(200, keys=50))
    other = await connect()
    async with bus.consumer(GROUP, [FETCHED], "a") as one, other.consumer(GROUP, [FETCHED], "b") as two:
        shares: Sequence[list[Received]] = ([], [])
        while sum(map(len, shares)) < 200:
            for consumer, share in zip((one, two), shares, strict=True):
                found = await consumer.poll(50, 0.2)
                await consumer.commit(found, [])
                share += found
        partitions = [{message.partition for message in share} for share in shares]
        assert partitions[0]
        assert partitions[1]
        assert not partitions[0] & partitions[1]
        assert len({(message.partition, message.offset) for share in shares for message in share}) == 200


async def test_partitions_of_a_member_that_leaves_go_to_the_others_at_once(bus: Bus, connect: Connect) -> None:
    other = await connect()
    async with bus.consumer(GROUP, [FETCHED], "a") as stays:
        async with other.consumer(GROUP, [FETCHED], "b") as leaves:
            await bus.publish(messages(40, keys=40))
            assert await leaves.poll(100, 10)
        assert len(await drain(stays, 40)) == 40


async def test_more_members_than_partitions_leave_some_without_work(bus: Bus) -> None:
    async with AsyncExitStack() as stack:
        consumers = [
            await stack.enter_async_context(bus.consumer(GROUP, [FETCHED], f"m{number}")) for number in range(9)
        ]
        await bus.publish(messages(100, keys=100))
        received: list[Received] = []
        async with asyncio.timeout(60):
            while len(received) < 100:
                for polled in await asyncio.gather(*[consumer.poll(200, 1) for consumer in consumers]):
                    received += polled
    assert len({message.key for message in received}) == len(received) == 100


async def test_a_member_that_lost_a_partition_can_neither_commit_nor_publish(bus: Bus, connect: Connect) -> None:
    await bus.publish(messages(40, keys=40))
    other = await connect()
    async with bus.consumer(GROUP, [FETCHED], "a") as old:
        received = await drain(old, 40)
        async with other.consumer(GROUP, [FETCHED], "b") as new:
            taken = await new.poll(100, 10)
            assert taken
            with pytest.raises(BusUnavailable):
                await old.commit(received, messages(40, topic=PARSED.name))
            assert not await bus.read(PARSED, 0, 100)
            assert sum((await bus.lag(GROUP, [FETCHED])).values()) == 40
            await old.rewind()
            kept = await drain(old, 40 - len(taken))
            await old.commit(kept, [])
            await new.commit(taken, [])
    assert sum((await bus.lag(GROUP, [FETCHED])).values()) == 0


async def test_a_partition_that_went_and_came_back_is_not_committed_twice(bus: Bus, connect: Connect) -> None:
    await bus.publish(messages(40, keys=40))
    other = await connect()
    async with bus.consumer(GROUP, [FETCHED], "a") as old:
        received = await drain(old, 40)
        async with other.consumer(GROUP, [FETCHED], "b") as new:
            taken = await new.poll(100, 10)
            await new.commit(taken, [])
        with pytest.raises(BusUnavailable):
            await old.commit(received, messages(40, topic=PARSED.name))
        assert not await bus.read(PARSED, 0, 100)
        await old.rewind()
        assert len(await drain(old, 40 - len(taken))) == 40 - len(taken)


async def test_a_message_cannot_be_committed_twice(bus: Bus) -> None:
    await bus.publish(messages(3, keys=1))
    async with bus.consumer(GROUP, [FETCHED], "a") as consumer:
        received = await drain(consumer, 3)
        await consumer.commit(received, [])
        with pytest.raises(BusUnavailable):
            await consumer.commit(received, messages(3, topic=PARSED.name))
    assert not await bus.read(PARSED, 0, 10)


async def test_what_is_done_before_an_earlier_message_is_not_given_again(bus: Bus, connect: Connect) -> None:
    await bus.publish(messages(8, keys=1))
    async with bus.consumer(GROUP, [FETCHED], "a") as consumer:
        received = await drain(consumer, 5)
        await consumer.commit([received[1], received[3]], messages(2, topic=PARSED.name))
        place = received[0].topic, received[0].partition
        assert consumer.ahead(*place) == 2
        assert (await bus.lag(GROUP, [FETCHED]))[place] == 6
        await consumer.rewind()
        assert values(await drain(consumer, 3)) == [b"0", b"2", b"4"]
    other = await connect()
    async with other.consumer(GROUP, [FETCHED], "b") as consumer:
        again = await drain(consumer, 6)
        assert values(again) == [b"0", b"2", b"4", b"5", b"6", b"7"]
        with pytest.raises(BusUnavailable):
            await consumer.commit([received[1]], messages(1, topic=PARSED.name))
        await consumer.rewind()
        first = await drain(consumer, 2)
        await consumer.commit(first, [])
        assert consumer.ahead(*place) == 0
        await consumer.commit(await drain(consumer, 4), [])
        assert await nothing_more(consumer)
    assert len(await bus.read(PARSED, 0, 10)) == 2
    assert sum((await bus.lag(GROUP, [FETCHED])).values()) == 0


async def test_as_many_as_may_be_are_done_before_an_earlier_message(bus: Bus, connect: Connect) -> None:
    await bus.publish(messages(2 * MOST_AHEAD, keys=1))
    async with bus.consumer(GROUP, [FETCHED], "a") as consumer:
        received = await drain(consumer, 2 * MOST_AHEAD)
        await consumer.commit(received[1::2], [])
    other = await connect()
    async with other.consumer(GROUP, [FETCHED], "b") as consumer:
        assert values(await drain(consumer, MOST_AHEAD)) == values(received[::2])
        assert await nothing_more(consumer)


async def test_a_member_that_starts_again_under_its_name_replaces_the_one_before(
    bus: Bus, connect: Connect
) -> None:
    await bus.publish(messages(4, keys=1))
    again = await connect()
    async with bus.consumer(GROUP, [FETCHED], "a") as before:
        received = await drain(before, 4)
        async with again.consumer(GROUP, [FETCHED], "a") as after:
            assert len(await drain(after, 4)) == 4
            with pytest.raises(BusUnavailable):
                await before.commit(received, [])


async def test_lag_counts_what_is_not_committed(bus: Bus) -> None:
    await bus.create_topics([FETCHED])
    assert set((await bus.lag(GROUP, [FETCHED])).values()) == {0}
    await bus.publish(messages(5, keys=1))
    async with bus.consumer(GROUP, [FETCHED], "a") as consumer:
        received = await drain(consumer, 5)
        assert sum((await bus.lag(GROUP, [FETCHED])).values()) == 5
        await consumer.commit(received[:2], [])
        assert (await bus.lag(GROUP, [FETCHED]))[FETCHED.name, received[0].partition] == 3


async def test_a_member_knows_what_it_holds(bus: Bus, connect: Connect) -> None:
    await bus.publish(messages(40, keys=40))
    everything = {(FETCHED.name, message.partition) for message in await bus.read(FETCHED, 0, 100)}
    other = await connect()
    async with bus.consumer(GROUP, [FETCHED], "a") as one:
        await drain(one, 40)
        assert everything <= set(await one.partitions())
        async with other.consumer(GROUP, [FETCHED], "b") as two:
            assert await two.poll(100, 10)
            assert await two.partitions()
            assert not set(await one.partitions()) & set(await two.partitions())
            assert everything <= {*await one.partitions(), *await two.partitions()}


async def test_creating_a_topic_again_keeps_its_messages(bus: Bus) -> None:
    await bus.create_topics([FETCHED])
    await bus.publish(messages(3))
    await bus.create_topics([FETCHED, PARSED])
    assert len(await bus.read(FETCHED, 0, 10)) == 3


async def test_a_topic_is_read_from_an_offset_on_without_a_group(bus: Bus) -> None:
    await bus.publish(messages(30))
    everything = await bus.read(FETCHED, 0, 100)
    assert len(everything) == 30
    middle = everything[15].offset
    rest = await bus.read(FETCHED, middle, 100)
    assert values(rest) == [message.value for message in everything if message.offset >= middle]
    assert len(await bus.read(FETCHED, 0, 4)) == 4


async def test_a_scan_gives_every_message_once_over_page_borders(bus: Bus) -> None:
    await bus.publish(messages(2 * PAGE + 7))
    found = [message async for message in scan(bus, FETCHED)]
    assert sorted(int(message.value or b"") for message in found) == list(range(2 * PAGE + 7))


async def test_a_closed_bus_says_that_it_is_not_available(connect: Connect) -> None:
    bus = await connect()
    await bus.close()
    with pytest.raises(BusUnavailable):
        await bus.publish(messages(1))
