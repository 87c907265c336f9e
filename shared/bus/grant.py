"""Lets each service do on a bus what its topics ask of it, and no more; the backend by URL as open_bus does."""

from collections.abc import Mapping

from shared.settings import KafkaSettings
from shared.topics import StageName


async def grant_on_bus(url: str, logins: Mapping[StageName, str], reader: str) -> int:
    """Make the topics, and the rights of the services' logins and of `reader`, who reads what is published.

    Returns how many rights that are; 0 where a bus knows no logins. Needs a login that may do everything. Raises
    SettingsInvalid and BusUnavailable.
    """
    if not url.startswith("kafka:"):
        return 0
    from shared.bus.kafka.connection import Connection
    from shared.bus.kafka.rights import grant, rights

    connection = Connection.parse(url, KafkaSettings.read())
    wanted = rights(connection, logins, reader)
    await grant(connection, wanted)
    return len(wanted)
