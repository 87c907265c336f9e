"""Asks for a portal to be polled now: sent by any fetcher, taken by the one that holds the portal's partition."""

from collections.abc import Collection
from datetime import datetime
from typing import Final

import structlog

from services.fetcher.state.repository import Seen
from shared.bus.contract import Bus, Consumer
from shared.errors import Undecodable
from shared.schemas.events import PollRequest
from shared.stage.codec import SOURCE, decode, encode
from shared.topics import POLL_REQUESTS

AT_ONCE: Final = 100

log = structlog.get_logger()


async def send(bus: Bus, portal: str, now: datetime) -> None:
    """Ask for `portal` to be polled; raises BusUnavailable."""
    request = PollRequest(portal=portal, requested_at=now)
    headers = {
        "ce_specversion": "1.0",
        "ce_id": f"{portal}/{now.isoformat()}",
        "ce_type": POLL_REQUESTS.name,
        "ce_source": SOURCE + POLL_REQUESTS.producer,
        "ce_time": now.isoformat(),
        "ce_subject": portal,
        "content-type": "application/json",
    }
    await bus.publish([encode(POLL_REQUESTS, portal, request, headers)])


async def take(consumer: Consumer, known: Collection[str], seen: Seen, timeout_seconds: float) -> set[str]:
    """Keep what comes within the time in the portals' state, then commit it: no request is lost with a fetcher.

    The portals that are asked for.

    A request nobody can serve is logged. Raises BusUnavailable and DatabaseUnavailable.
    """
    received, asked = await consumer.poll(AT_ONCE, timeout_seconds), set()
    for message in received:
        try:
            request = decode(PollRequest, message)
        except Undecodable as error:
            log.warning("not a poll request", reason=str(error))
            continue
        if request.portal in known:
            await seen.ask(request.portal)
            asked.add(request.portal)
        else:
            log.warning("a poll is wanted of a portal that has no file here", portal=request.portal)
    if received:
        await consumer.commit(received, [])
    return asked
