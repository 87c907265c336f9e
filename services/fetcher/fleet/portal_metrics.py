"""What the metrics tell of the portals this fetcher polls, from the first moment, and of no other portal."""

import json
from contextlib import suppress
from dataclasses import fields
from typing import Final

from prometheus_client import Gauge

from services.fetcher.counts import Counts
from services.fetcher.state.tables import PortalState
from services.fetcher.state.writer import ABORTED, RUNNING, SUCCESSES
from shared import metrics
from shared.errors import PortalError

_FAILURES: Final = {PortalError.outcome, *(each.outcome for each in PortalError.__subclasses__())}
OUTCOMES: Final = tuple(sorted({*SUCCESSES, ABORTED, *_FAILURES}))


def show(portal: str, state: PortalState | None) -> None:
    """This fetcher polls `portal`, which is in `state`; while a poll is under way the one before it is told of."""
    for outcome in OUTCOMES:
        metrics.PORTAL_POLLS.labels(portal, outcome)
        if state is None or state.outcome != RUNNING:
            metrics.PORTAL_OUTCOME.labels(portal, outcome).set(state is not None and outcome == state.outcome)
    metrics.HTTP_REQUEST_DURATION.labels(portal)
    metrics.BYTES_ARCHIVED.labels(portal)
    success_at = state.success_at if state else None
    metrics.PORTAL_LAST_SUCCESS.labels(portal).set(success_at.timestamp() if success_at else 0)
    counts = json.loads(state.counts) if state else {}
    for kind in fields(Counts):
        metrics.PORTAL_ITEMS.labels(portal, kind.name).set(counts.get(kind.name, 0))


def polled(portal: str, outcome: str) -> None:
    """A poll ended, and how that was kept."""
    metrics.PORTAL_POLLS.labels(portal, outcome).inc()


def left(portal: str) -> None:
    """Another fetcher polls `portal` from now on, and tells of its state."""
    told: dict[Gauge, list[tuple[str, ...]]] = {
        metrics.PORTAL_OUTCOME: [(portal, outcome) for outcome in OUTCOMES],
        metrics.PORTAL_LAST_SUCCESS: [(portal,)],
        metrics.PORTAL_ITEMS: [(portal, kind.name) for kind in fields(Counts)],
    }
    for gauge, places in told.items():
        for labels in places:
            with suppress(KeyError):  # not by `remove_by_labels`, which looks at all portals' for each
                gauge.remove(*labels)
