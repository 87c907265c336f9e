"""Counts the records and findings in what a stage published."""

import json
from collections.abc import Iterable
from typing import Final

from shared import metrics
from shared.bus.contract import Message
from shared.topics import RECORDS

_TYPES: Final = {topic.name: name for name, topic in RECORDS.items()}


def count_output(output: Iterable[Message]) -> None:
    """Add the published records to the metrics; a tombstone is none."""
    for message in output:
        record = _TYPES.get(message.topic)
        if record is None or message.value is None:
            continue
        metrics.RECORDS.labels(record).inc()
        if record == "finding":
            finding = json.loads(message.value)
            metrics.FINDINGS.labels(finding["check"], finding["severity"]).inc()
