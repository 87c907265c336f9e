"""The bus under several processes, some of them killed: nothing lost, nothing twice."""

import asyncio
import random
import subprocess
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable

from shared.bus.contract import Bus, Message
from shared.bus.scan import scan
from shared.topics import FETCHED, PARSED, Topic

Connect = Callable[[], Awaitable[Bus]]
Program = Callable[..., subprocess.Popen[str]]

LEASE_SECONDS = 10
BATCH = 10
GROUP = "copy"


async def by_key(bus: Bus, topic: Topic) -> dict[str, list[bytes]]:
    found: dict[str, list[bytes]] = defaultdict(list)
    async for message in scan(bus, topic):
        found[message.key].append(message.value or b"")
    return found


async def line(process: subprocess.Popen[str]) -> str:
    """The next line the program prints, empty when it has ended."""
    assert process.stdout is not None
    return (await asyncio.to_thread(process.stdout.readline)).strip()


async def test_processes_that_publish_at_once_lose_nothing_and_mix_no_key(bus: Bus, program: Program) -> None:
    programs = [program("publish", f"p{number}", 40, BATCH) for number in range(3)]
    for process in programs:
        assert await asyncio.to_thread(process.wait, 60) == 0
    expected = [f"{number} {place}".encode() for number in range(40) for place in range(BATCH)]
    assert await by_key(bus, FETCHED) == {f"p{number}": expected for number in range(3)}


async def test_a_publisher_killed_at_any_time_leaves_whole_batches_and_all_it_was_told_of(
    bus: Bus, program: Program
) -> None:
    chance = random.Random(20240)
    for turn in range(4):
        process = program("publish", f"p{turn}", 100_000, BATCH)
        told = -1
        for _ in range(chance.randrange(5, 60)):
            told = int(await line(process))
        process.kill()
        while rest := await line(process):
            told = int(rest)
        found = (await by_key(bus, FETCHED))[f"p{turn}"]
        batches = len(found) // BATCH
        assert found == [f"{number} {place}".encode() for number in range(batches) for place in range(BATCH)]
        assert batches in {told + 1, told + 2}


async def test_every_input_is_in_the_output_once_however_often_consumers_are_killed(
    bus: Bus, program: Program
) -> None:
    chance = random.Random(7)
    await bus.publish([Message(FETCHED.name, f"d{number % 97}", str(number).encode()) for number in range(8000)])
    running = [program("copy", GROUP, f"c{number}") for number in range(3)]
    killed = 0
    while sum((await bus.lag(GROUP, [FETCHED])).values()):
        victim = chance.randrange(len(running))
        for _ in range(chance.randrange(2, 100)):
            await line(running[victim])
        running[victim].kill()
        killed += 1
        running[victim] = program("copy", GROUP, f"again{killed}")
    assert killed > 3
    for process in running:
        process.kill()
        process.wait()
    output = await by_key(bus, PARSED)
    assert Counter(value for found in output.values() for value in found).most_common(1)[0][1] == 1
    assert output == await by_key(bus, FETCHED)


async def test_the_partitions_of_a_killed_member_are_read_on_before_its_lease_ends(
    bus: Bus, connect: Connect, program: Program
) -> None:
    holder = program("copy", GROUP, "holder")
    assert await line(holder) == "joined"
    other = await connect()
    async with other.consumer(GROUP, [FETCHED], "survivor") as survivor:
        holder.kill()
        began = asyncio.get_running_loop().time()
        await bus.publish([Message(FETCHED.name, f"d{number}", b"") for number in range(100)])
        received = 0
        while received < 100:
            received += len(await survivor.poll(100, 10))
        assert asyncio.get_running_loop().time() - began < LEASE_SECONDS / 2
