"""From the topics to the channels: what a rule meets is kept, then its position committed, then told.

Killed before the commit, an event is read and kept again, as the same one; killed after telling and before that is
noted, it is told a second time; never not at all. Each channel is told by a task and a thread of its own.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any, Final

import structlog
from apprise import Apprise, NotifyFormat
from apprise.common import OverflowMode

from services.notify.outbox import Due, Notice, Outbox
from services.notify.rules import Rules, text_of
from shared import ids
from shared.bus.contract import Bus, Received
from shared.bus.scan import messages
from shared.clock import Clock
from shared.errors import BusUnavailable, UsageError

log = structlog.get_logger()

GROUP: Final = "gongkai.notify"
_BATCH: Final = 500
_PAUSE_SECONDS: Final = 1.0
_THREADS: Final = 4
"""Beside one for each channel, which a slow one may hold for long."""
Send = Callable[[str, str, str], bool]
"""Tells on the channel of an Apprise address (address, title, text); whether it was taken."""


def send(address: str, title: str, text: str) -> bool:
    """Tell with Apprise, in parts what is longer than the channel takes; blocking."""
    channel = Apprise.instantiate(address)
    if channel is None:
        return False
    if channel.overflow_mode == OverflowMode.UPSTREAM:
        channel.overflow_mode = OverflowMode.SPLIT  # whole, the channel would refuse it each time
    every = Apprise(channel)
    return bool(every.notify(body=text, title=title, body_format=NotifyFormat.TEXT))


def check_addresses(rules: Rules) -> None:
    """Raise UsageError, which names the channel, for an address that Apprise does not know."""
    for name, address in rules.channels.items():
        if Apprise.instantiate(address) is None:
            raise UsageError(f"channels: that of {name} is no address of Apprise.")


def notices(rules: Rules, received: Received) -> Iterator[Notice]:
    """What the rules make of a message; nothing of a tombstone."""
    if received.value is None:
        return
    value = json.loads(received.value)
    for rule in rules.rules:
        if rule.topic.name == received.topic and rule.meets(value):
            text = text_of(rule, value, received.value, rules.pages)
            for channel in rule.tell:
                yield Notice(_name(value), rule.name, channel, value["disclosure_id"], text)


async def foreseen(bus: Bus, rules: Rules) -> AsyncIterator[Notice]:
    """What would be told of all that is on the topics; changes nothing."""
    topics = list({rule.topic.name: rule.topic for rule in rules.rules}.values())
    async for received in messages(bus, topics, follow=False):
        for notice in notices(rules, received):
            yield notice


async def run(bus: Bus, rules: Rules, outbox: Outbox, clock: Clock, member: str, tell: Send = send) -> None:
    """Keep and tell, until it is cancelled; what was published before the first time is not told."""
    begun = outbox.begun(clock.now().timestamp())
    channels = sorted({*rules.channels, *outbox.waiting()})
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(len(channels) + _THREADS))
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(_keep(bus, rules, outbox, (begun, member)))
        for channel in channels:
            tasks.create_task(_tell(rules, outbox, clock, channel, tell))


async def _keep(bus: Bus, rules: Rules, outbox: Outbox, since: tuple[float, str]) -> None:
    begun, member = since
    topics = list({rule.topic.name: rule.topic for rule in rules.rules}.values())
    async with bus.consumer(GROUP, topics, member) as consumer:
        while True:
            try:
                received = await consumer.poll(_BATCH, _PAUSE_SECONDS)
                new = [each for each in received if _moment(each) >= begun]
                await asyncio.to_thread(outbox.add, _all(rules, new))
                if received:
                    await consumer.commit(received, ())
            except BusUnavailable as error:
                log.warning("the bus is away", reason=str(error))
                await asyncio.sleep(_PAUSE_SECONDS)
                await consumer.rewind()


async def _tell(rules: Rules, outbox: Outbox, clock: Clock, channel: str, tell: Send) -> None:
    while True:
        for due in await asyncio.to_thread(outbox.due, channel, clock.now().timestamp()):
            await tell_one(rules, outbox, due, clock, tell)
        await asyncio.sleep(_PAUSE_SECONDS)


async def tell_one(rules: Rules, outbox: Outbox, due: Due, clock: Clock, tell: Send = send) -> bool:
    """Tell what is due on its channel and note how that went; a channel that is no more counts as failed."""
    address = rules.channels.get(due.channel)
    taken = address is not None and await asyncio.to_thread(tell, address, due.rule, "\n\n".join(due.texts))
    await asyncio.to_thread(outbox.told if taken else outbox.failed, due, clock.now().timestamp())
    log.info("told" if taken else "could not be told", rule=due.rule, channel=due.channel, events=len(due.numbers))
    return taken


def _all(rules: Rules, received: Iterable[Received]) -> list[Notice]:
    return [notice for each in received for notice in notices(rules, each)]


def _moment(received: Received) -> float:
    return (received.published_at or datetime.now(UTC)).timestamp()


def _name(value: dict[str, Any]) -> str:
    """The same for the same record saying the same, whichever gongkai read it, and from whichever file."""
    said = {name: each for name, each in value.items() if name not in {"version", "revision_id", "provenance"}}
    return f"{value['id']}-{ids.content_hash(json.dumps(said, sort_keys=True).encode())[:24]}"
