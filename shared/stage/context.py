"""What a service's work is given: settings, bus, archive, workers, clock, and the sign to stop."""

import asyncio
import itertools
import os
import socket
from dataclasses import dataclass
from typing import Final

from shared.archive.contract import Archive
from shared.bus.contract import Bus
from shared.clock import Clock
from shared.settings import Settings
from shared.stage.worker import WorkerPool
from shared.tracing.contract import NO_TRACES, Traces

_unnamed: Final = itertools.count(1)


@dataclass(frozen=True)
class Context:
    """Open and ready to use; `stop` is set when the service is to end, `traces` is told what was done."""

    settings: Settings
    bus: Bus
    archive: Archive
    workers: WorkerPool
    clock: Clock
    stop: asyncio.Event
    traces: Traces = NO_TRACES

    def member_name(self) -> str:
        """The service's name within its consumer group: the instance's own, or one that nobody else has."""
        return self.settings.instance or f"{socket.gethostname()}-{os.getpid()}-{next(_unnamed)}"
