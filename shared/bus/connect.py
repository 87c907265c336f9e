"""Chooses the bus's backend by URL."""

from pathlib import Path
from typing import Final

from shared.bus.contract import Bus
from shared.bus.sqlite.bus import SqliteBus
from shared.errors import SettingsInvalid
from shared.settings import KafkaSettings, masked

_SQLITE: Final = "sqlite:///"


async def open_bus(url: str) -> Bus:
    """A connection to the bus at `url`; the caller closes it.

    `sqlite:///file` (absolute with a fourth slash) or `kafka://host:port[,host:port][/namespace]`, the latter with
    the login of GONGKAI_KAFKA_…. Raises SettingsInvalid for a URL with no backend and for one whose backend is not
    installed, BusUnavailable when the bus does not answer.
    """
    path = url.removeprefix(_SQLITE)
    if path not in {url, ""}:
        return await SqliteBus.open(Path(path))
    if not url.startswith("kafka:"):
        raise SettingsInvalid(
            f"The bus {masked(url)!r} has no backend; give sqlite:///path or kafka://host:port (GONGKAI_BUS)."
        )
    try:
        from shared.bus.kafka.bus import KafkaBus
    except ModuleNotFoundError as error:
        raise SettingsInvalid("A bus on Kafka needs aiokafka; install gongkai[kafka].") from error
    return await KafkaBus.open(url, KafkaSettings.read())
