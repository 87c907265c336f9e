"""Chooses the bus's backend by URL."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

from shared.bus.contract import Bus
from shared.bus.sqlite.bus import SqliteBus
from shared.errors import SettingsInvalid
from shared.settings import KafkaSettings

if TYPE_CHECKING:
    from shared.bus.kafka.bus import KafkaBus

_SQLITE: Final = "sqlite:///"


async def open_bus(url: str) -> Bus:
    """A connection to the bus at `url`; the caller closes it.

    `sqlite:///file` (absolute with a fourth slash) or `kafka://host:port[,host:port][/namespace]`, the latter with
    the login of GONGKAI_KAFKA_…. Raises SettingsInvalid for a URL with no backend and for one whose backend is not
    installed, BusUnavailable when the bus does not answer.
    """
    if path := _file(url):
        return await SqliteBus.open(path)
    return await _kafka(url)


async def delete_bus(url: str) -> None:
    """Remove the bus at `url` with all its messages: the file, or the namespace's topics; nobody may be using it.

    Raises what `open_bus` raises.
    """
    if path := _file(url):
        for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
            path.with_name(name).unlink(missing_ok=True)
        return
    bus = await _kafka(url)
    try:
        await bus.delete_topics()
    finally:
        await bus.close()


def _file(url: str) -> Path | None:
    path = url.removeprefix(_SQLITE)
    return Path(path) if path not in {url, ""} else None


async def _kafka(url: str) -> "KafkaBus":
    if not url.startswith("kafka:"):
        raise SettingsInvalid(
            f"The bus {url!r} has no backend; give sqlite:///path or kafka://host:port (GONGKAI_BUS)."
        )
    try:
        from shared.bus.kafka.bus import KafkaBus
    except ModuleNotFoundError as error:
        raise SettingsInvalid("A bus on Kafka needs aiokafka; install gongkai[kafka].") from error
    return await KafkaBus.open(url, KafkaSettings.read())
