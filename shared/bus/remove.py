"""Removes a whole bus, chosen by URL as open_bus does."""

import asyncio
from pathlib import Path
from typing import Final

from shared.bus.connect import open_bus
from shared.settings import KafkaSettings

_SQLITE: Final = "sqlite:///"


async def remove_bus(url: str) -> None:
    """Remove the bus at `url` with everything on it, which nobody may use; nothing happens when there is none.

    On Kafka that is the URL's namespace. Raises as `open_bus` does, and SettingsInvalid without a namespace.
    """
    await (await open_bus(url)).close()
    if url.startswith(_SQLITE):
        await asyncio.to_thread(_remove_file, url.removeprefix(_SQLITE))
        return
    from shared.bus.kafka.connection import Connection
    from shared.bus.kafka.removal import remove

    await remove(Connection.parse(url, KafkaSettings.read()))


def _remove_file(path: str) -> None:
    for name in (path, f"{path}-wal", f"{path}-shm"):
        Path(name).unlink(missing_ok=True)
