"""Progress on a terminal, silence in a pipe: the path's counters, redrawn a few times a second."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Final

from prometheus_client import REGISTRY
from rich.console import Console
from rich.live import Live
from rich.table import Table

from services.pipeline import SERVICES

REDRAW_SECONDS: Final = 0.4


def _total(name: str, **labels: str) -> int:
    """The sum of a counter over all label sets that agree with `labels`."""
    return int(
        sum(
            sample.value
            for metric in REGISTRY.collect()
            for sample in metric.samples
            if sample.name == name and labels.items() <= sample.labels.items()
        )
    )


def summary() -> Table:
    """What this process did so far, a row a step of the path."""
    table = Table(show_header=False, box=None, padding=(0, 2))
    polls = _total("gongkai_portal_polls_total")
    table.add_row("portals", f"{polls} polls")
    for service in SERVICES:
        done = _total("gongkai_events_total", stage=service.name, outcome="done")
        dead = _total("gongkai_dead_letters_total", stage=service.name)
        table.add_row(service.name, f"{done} disclosures" + (f", {dead} dead letters" if dead else ""))
    table.add_row("records", str(_total("gongkai_records_total")))
    table.add_row("findings", str(_total("gongkai_findings_total")))
    return table


@contextmanager
def shown() -> Iterator[None]:
    """Show the summary on stderr while the block runs, if stderr is a terminal."""
    if not sys.stderr.isatty():
        yield
        return
    stop = Event()
    console = Console(stderr=True)

    def draw() -> None:
        with Live(summary(), console=console, auto_refresh=False) as live:
            while not stop.wait(REDRAW_SECONDS):
                live.update(summary(), refresh=True)
            live.update(summary(), refresh=True)

    drawing = Thread(target=draw, name="progress", daemon=True)
    drawing.start()
    try:
        yield
    finally:
        stop.set()
        drawing.join()
