"""A static member of a consumer group: heard by name, gone at once when it leaves, told when it is replaced."""

import asyncio
from contextlib import suppress
from typing import Any, Final

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener
from aiokafka.coordinator.assignors.sticky.sticky_assignor import (
    StickyPartitionAssignor,
)
from aiokafka.errors import KafkaError
from aiokafka.protocol.group import HeartbeatRequest, JoinGroupRequest, SyncGroupRequest

from shared.bus.kafka.connection import METADATA_MILLISECONDS, Connection, unavailable
from shared.bus.kafka.protocol import FENCED_INSTANCE_ID, REBALANCE_IN_PROGRESS, Heartbeat, Leave
from shared.errors import BusUnavailable

REBALANCE_SECONDS: Final = 10.0
"""How long the others wait for a member that lives but does not join again."""
_HEARTBEATS: Final = 10  # in a session
_LONGEST_MILLISECONDS: Final = 2**31 - 1
_FETCH_BYTES: Final = 8 * 1024 * 1024
_FETCH_MILLISECONDS: Final = 200
"""How long a broker waits for messages before it answers; a partition just given waits as long at most."""
_LEAVE_SECONDS: Final = 15.0
log = structlog.get_logger()


class Membership:
    """`client` reads for `instance`, a name that one living member of `group` has."""

    def __init__(self, connection: Connection, group: str, instance: str) -> None:
        self.replaced = False
        self._group = connection.name(group)
        self._instance = instance
        self._session_seconds = connection.settings.session_seconds
        self._heard = 0.0
        self._heartbeat = asyncio.Event()
        session = round(self._session_seconds * 1000)
        rebalance = max(REBALANCE_SECONDS, self._session_seconds)
        self.client = AIOKafkaConsumer(
            # A broker answers who joins once all have joined.
            **connection.options(request_seconds=rebalance + REBALANCE_SECONDS),
            group_id=self._group,
            group_instance_id=instance,
            session_timeout_ms=session,
            heartbeat_interval_ms=session // _HEARTBEATS,
            rebalance_timeout_ms=round(rebalance * 1000),
            max_poll_interval_ms=_LONGEST_MILLISECONDS,  # the runner is free not to poll while it works
            isolation_level="read_committed",
            auto_offset_reset="earliest",
            enable_auto_commit=False,
            metadata_max_age_ms=METADATA_MILLISECONDS,
            fetch_max_bytes=_FETCH_BYTES,
            fetch_max_wait_ms=_FETCH_MILLISECONDS,
            # aiokafka keeps a member's assignment on the class, which members of one process must not share.
            partition_assignment_strategy=(type("Sticky", (StickyPartitionAssignor,), {}),),
        )

    @property
    def id(self) -> str:
        """The id the broker gave; another one after the broker had taken the member for dead."""
        return str(self.client._coordinator.member_id)

    @property
    def alive(self) -> bool:
        """Whether the broker was heard of within a session, so that nobody else can have been given the work."""
        return not self.replaced and asyncio.get_running_loop().time() - self._heard < self._session_seconds

    async def join(self, topics: list[str], listener: ConsumerRebalanceListener) -> None:
        """Begin to join; the listener is told of the partitions. Raises BusUnavailable."""
        with unavailable(f"let {self._instance} join {self._group}"):
            await self.client.start()
        coordinator = self.client._coordinator
        self._ask = coordinator._send_req
        coordinator._send_req = self._send
        coordinator._maybe_leave_group = self._leave_group
        self.client.subscribe(topics, listener=listener)

    async def confirmed(self) -> None:
        """Returns once the broker has answered that this is still a member."""
        self._heartbeat.clear()
        await self._heartbeat.wait()

    async def leave(self) -> None:
        """Give the partitions to the others at once; when the broker is away they wait for the session's end."""
        try:
            async with asyncio.timeout(_LEAVE_SECONDS):
                await self.client.stop()
        except TimeoutError:
            log.warning("left the group without a word to the broker", group=self._group, member=self._instance)
            coordinator = self.client._coordinator
            await coordinator._stop_heartbeat_task()
            await coordinator._stop_commit_offsets_refresh_task()
            await self.client._fetcher.close()
            await self.client._client.close()

    def check(self) -> None:
        """Raises BusUnavailable when another member has this name now, or Kafka or its client gave this one up."""
        if self.replaced:
            raise BusUnavailable(
                f"Another member of {self._group} has started as {self._instance}; give each its own name."
            )
        coordinator = self.client._coordinator
        with unavailable(f"keep {self._instance} in {self._group}"):
            coordinator.check_errors()
            for task in (coordinator._heartbeat_task, self.client._fetcher._fetch_task):
                if task is not None and task.done() and not task.cancelled():
                    task.result()

    async def _send(self, request: Any) -> Any:
        coordinator = self.client._coordinator
        if isinstance(request, HeartbeatRequest):
            request = Heartbeat(self._group, coordinator.generation, coordinator.member_id, self._instance)
        elif not isinstance(request, JoinGroupRequest | SyncGroupRequest):
            return await self._ask(request)
        asked = asyncio.get_running_loop().time()
        answer = await self._ask(request)
        self.replaced |= answer.error_code == FENCED_INSTANCE_ID
        if not isinstance(request, JoinGroupRequest) and answer.error_code in {0, REBALANCE_IN_PROGRESS}:
            self._heard = asked
            self._heartbeat.set()
        return answer

    async def _leave_group(self) -> None:
        coordinator = self.client._coordinator
        if coordinator.generation > 0 and not self.replaced:
            with suppress(KafkaError, TimeoutError):  # then the session ends by itself
                await self._ask(Leave(self._group, [(coordinator.member_id, self._instance)]))
        coordinator.reset_generation()
