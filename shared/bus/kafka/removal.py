"""Removes the topics of a namespace from the cluster."""

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import NoError, UnknownTopicOrPartitionError, for_code

from shared.bus.kafka.connection import Connection, unavailable
from shared.errors import BusUnavailable, SettingsInvalid


async def remove(connection: Connection) -> None:
    """Delete every topic of the connection's namespace; the brokers forget its groups' positions with them.

    Raises SettingsInvalid without a namespace, which would be the whole cluster, and BusUnavailable.
    """
    if not connection.namespace:
        raise SettingsInvalid(f"The bus at {connection} has no namespace, so its topics are not deleted together.")
    client = AIOKafkaAdminClient(**connection.options())
    try:
        with unavailable("delete topics"):
            await client.start()
            topics = [name for name in await client.list_topics() if name.startswith(connection.name(""))]
            answer = await client.delete_topics(topics) if topics else None
    finally:
        await client.close()
    for name, code in answer.topic_error_codes if answer else ():
        error = for_code(code)
        if error not in {NoError, UnknownTopicOrPartitionError}:
            raise BusUnavailable(f"Kafka did not delete the topic {name}: {error.__name__}.")
