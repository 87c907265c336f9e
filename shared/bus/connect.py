"""Chooses the bus's backend by URL."""

from pathlib import Path
from typing import Final

from shared.bus.contract import Bus
from shared.bus.sqlite.bus import SqliteBus
from shared.errors import SettingsInvalid

_SQLITE: Final = "sqlite:///"


async def open_bus(url: str) -> Bus:
    """A connection to the bus at `url` (`sqlite:///file`, absolute with a fourth slash); the caller closes it.

    Raises SettingsInvalid for a URL with no backend, BusUnavailable when the bus does not answer.
    """
    path = url.removeprefix(_SQLITE)
    if path not in {url, ""}:
        return await SqliteBus.open(Path(path))
    if url.startswith("kafka:"):
        raise SettingsInvalid(
            f"The bus {url!r} needs Kafka, which is not built in yet; give sqlite:///path (GONGKAI_BUS)."
        )
    raise SettingsInvalid(f"The bus {url!r} has no backend; give a file as sqlite:///path (GONGKAI_BUS).")
