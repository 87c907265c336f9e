"""Counts the records, the findings and the amounts read in what a stage published."""

import json
from collections.abc import Iterable
from typing import Final

from shared import metrics
from shared.bus.contract import Message
from shared.schemas.events import NormalizedEvent
from shared.topics import NORMALIZED, RECORDS

_TYPES: Final = {topic.name: name for name, topic in RECORDS.items()}


def count_output(output: Iterable[Message]) -> None:
    """Add the published records to the metrics; a tombstone is none."""
    for message in output:
        if message.topic == NORMALIZED.name and message.value is not None:
            _count_figures(NormalizedEvent.model_validate_json(message.value))
        record = _TYPES.get(message.topic)
        if record is None or message.value is None:
            continue
        metrics.RECORDS.labels(record).inc()
        if record == "finding":
            finding = json.loads(message.value)
            metrics.FINDINGS.labels(finding["check"], finding["severity"]).inc()


def _count_figures(event: NormalizedEvent) -> None:
    for table, count in event.figures.items():
        for outcome, amounts in (("read", count.read), ("unread", count.printed - count.read)):
            metrics.FIGURES.labels(event.origin.portal or "", table, outcome).inc(amounts)
