"""What a service's work is given: settings, bus, archive, workers, clock, and the sign to stop."""

import asyncio
from dataclasses import dataclass

from shared.archive.contract import Archive
from shared.bus.contract import Bus
from shared.clock import Clock
from shared.settings import Settings
from shared.stage.worker import WorkerPool


@dataclass(frozen=True)
class Context:
    """Open and ready to use; `stop` is set when the service is to end."""

    settings: Settings
    bus: Bus
    archive: Archive
    workers: WorkerPool
    clock: Clock
    stop: asyncio.Event
