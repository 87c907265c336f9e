"""Who may do what on the cluster: access control lists made of the topic table."""

from collections.abc import Iterator, Mapping, Sequence
from enum import IntEnum
from typing import Final, NamedTuple

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import NoError, for_code
from aiokafka.protocol.admin import CreateAclsRequest

from shared.bus.kafka.bus import KafkaBus
from shared.bus.kafka.connection import Connection, unavailable
from shared.errors import BusUnavailable
from shared.topics import CHANGES, RECORDS, TOPICS, StageName, group

_EVERYTHING: Final = "*"


class Resource(IntEnum):
    """What a right is about, by Kafka's number."""

    TOPIC = 2
    GROUP = 3
    TRANSACTION = 5


class Operation(IntEnum):
    """What is done with it, by Kafka's number."""

    READ = 3
    WRITE = 4
    DESCRIBE = 8


class Right(NamedTuple):
    """`login` may do `operation` with what is called `name`, or begins with it; `denied`: it may not after all."""

    login: str
    operation: Operation
    resource: Resource
    name: str
    begins: bool = False
    denied: bool = False


def rights(connection: Connection, logins: Mapping[StageName, str], reader: str) -> Sequence[Right]:
    """What the login of each service needs, and `reader`, who reads records and changes in groups of its own."""
    found = [right for stage, login in logins.items() for right in _of_service(connection, stage, login)]
    for topic in (*RECORDS.values(), CHANGES):
        found.append(Right(reader, Operation.READ, Resource.TOPIC, connection.name(topic.name)))
    found.append(Right(reader, Operation.READ, Resource.GROUP, _EVERYTHING))
    found.append(
        Right(reader, Operation.READ, Resource.GROUP, connection.name(group("")), begins=True, denied=True)
    )
    return found


def _of_service(connection: Connection, stage: StageName, login: str) -> Iterator[Right]:
    """It writes what it produces, and reads all topics: each service counts what waits for the others too."""
    name = connection.name
    for topic in TOPICS:
        if topic.producer == stage:
            yield Right(login, Operation.WRITE, Resource.TOPIC, name(topic.name))
    yield Right(login, Operation.READ, Resource.TOPIC, name("gongkai."), begins=True)
    yield Right(login, Operation.DESCRIBE, Resource.GROUP, name(group("")), begins=True)
    yield Right(login, Operation.READ, Resource.GROUP, name(group(stage)))
    for transactions in (f"{group(stage)}-", "publish-"):
        yield Right(login, Operation.WRITE, Resource.TRANSACTION, name(transactions), begins=True)


async def grant(connection: Connection, wanted: Sequence[Right]) -> None:
    """Make all topics and the rights; those that are there stay. Raises BusUnavailable."""
    bus = await KafkaBus.open(f"kafka://{connection}/{connection.namespace}", connection.settings)
    try:
        await bus.create_topics(TOPICS)
    finally:
        await bus.close()
    client = AIOKafkaAdminClient(**connection.options())
    try:
        with unavailable("take rights"):
            await client.start()
            answers = [await client._send_request(_request(right)) for right in wanted]
    finally:
        await client.close()
    for right, answer in zip(wanted, answers, strict=True):
        for code, reason in answer.creation_responses:
            if for_code(code) is not NoError:
                raise BusUnavailable(f"Kafka did not take a right of {right.login}: {reason or for_code(code)}.")


def _request(right: Right) -> CreateAclsRequest:
    pattern, permission = (4 if right.begins else 3), (2 if right.denied else 3)
    return CreateAclsRequest(
        right.resource, right.name, pattern, f"User:{right.login}", "*", right.operation, permission
    )
