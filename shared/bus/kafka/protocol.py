"""Three requests of Kafka's protocol that aiokafka knows only in versions without what gongkai needs of them.

Heartbeats and leaving name the static member, so that a member another one has replaced is told so instead of
taking its place back; committed offsets are not answered while a transaction that moves them is being completed.
"""

from typing import Any, Final

from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.types import (
    Array,
    Boolean,
    CompactArray,
    CompactString,
    Int16,
    Int32,
    Int64,
    Schema,
    String,
    TaggedFields,
)

REBALANCE_IN_PROGRESS: Final = 27
FENCED_INSTANCE_ID: Final = 82
COORDINATOR_MOVED: Final = frozenset({14, 15, 16})
"""Loading, not available, not the coordinator: ask again for who it is."""
UNSTABLE_OFFSET_COMMIT: Final = 88

_TEXT: Final = String("utf-8")
_COMPACT: Final = CompactString("utf-8")


class HeartbeatResponse(Response):  # type: ignore[misc]  # aiokafka has no types
    API_KEY = 12
    API_VERSION = 3
    SCHEMA = Schema(("throttle_time_ms", Int32), ("error_code", Int16))


class HeartbeatStruct(RequestStruct):  # type: ignore[misc]
    API_KEY = 12
    API_VERSION = 3
    RESPONSE_TYPE = HeartbeatResponse
    SCHEMA = Schema(("group", _TEXT), ("generation_id", Int32), ("member_id", _TEXT), ("group_instance_id", _TEXT))


class Heartbeat(Request[HeartbeatStruct]):  # type: ignore[misc]
    """`(group, generation, member id, instance)`"""

    API_KEY = 12

    def __init__(self, *fields: Any) -> None:
        self._fields = fields

    def build(self, request_struct_class: type[HeartbeatStruct]) -> HeartbeatStruct:
        return request_struct_class(*self._fields)


class LeaveResponse(Response):  # type: ignore[misc]
    API_KEY = 13
    API_VERSION = 3
    SCHEMA = Schema(
        ("throttle_time_ms", Int32),
        ("error_code", Int16),
        ("members", Array(("member_id", _TEXT), ("group_instance_id", _TEXT), ("error_code", Int16))),
    )


class LeaveStruct(RequestStruct):  # type: ignore[misc]
    API_KEY = 13
    API_VERSION = 3
    RESPONSE_TYPE = LeaveResponse
    SCHEMA = Schema(("group", _TEXT), ("members", Array(("member_id", _TEXT), ("group_instance_id", _TEXT))))


class Leave(Request[LeaveStruct]):  # type: ignore[misc]
    """`(group, [(member id, instance)])`"""

    API_KEY = 13

    def __init__(self, *fields: Any) -> None:
        self._fields = fields

    def build(self, request_struct_class: type[LeaveStruct]) -> LeaveStruct:
        return request_struct_class(*self._fields)


class CommittedResponse(Response):  # type: ignore[misc]
    API_KEY = 9
    API_VERSION = 7
    SCHEMA = Schema(
        ("throttle_time_ms", Int32),
        (
            "topics",
            CompactArray(
                ("topic", _COMPACT),
                (
                    "partitions",
                    CompactArray(
                        ("partition", Int32),
                        ("offset", Int64),
                        ("leader_epoch", Int32),
                        ("metadata", _COMPACT),
                        ("error_code", Int16),
                        ("tags", TaggedFields),
                    ),
                ),
                ("tags", TaggedFields),
            ),
        ),
        ("error_code", Int16),
        ("tags", TaggedFields),
    )


class CommittedStruct(RequestStruct):  # type: ignore[misc]
    FLEXIBLE_VERSION = True
    API_KEY = 9
    API_VERSION = 7
    RESPONSE_TYPE = CommittedResponse
    SCHEMA = Schema(
        ("group", _COMPACT),
        (
            "topics",
            CompactArray(("topic", _COMPACT), ("partitions", CompactArray(Int32)), ("tags", TaggedFields)),
        ),
        ("require_stable", Boolean),
        ("tags", TaggedFields),
    )


class Committed(Request[CommittedStruct]):  # type: ignore[misc]
    """`(group, {topic: [partition]})`, stable offsets only"""

    API_KEY = 9

    def __init__(self, group: str, topics: dict[str, list[int]]) -> None:
        self._group = group
        self._topics = topics

    def build(self, request_struct_class: type[CommittedStruct]) -> CommittedStruct:
        tags: dict[int, bytes] = {}
        topics = [(topic, partitions, tags) for topic, partitions in self._topics.items()]
        return request_struct_class(self._group, topics, True, tags)
