"""READERS: what reads the records of a document, in order."""

from collections.abc import Callable
from typing import Final

from services.normalizer.collector import Collector
from services.normalizer.readers import (
    assets,
    budget_lines,
    disclosures,
    facts,
    organisation_units,
    procurement,
    unit_lists,
)
from services.normalizer.readers.performance import reader as performance
from shared.schemas.document import Document

Reader = Callable[[Document, Collector], None]
"""Adds records to the collector and marks in `taken` the blocks it used."""

READERS: Final[tuple[Reader, ...]] = (
    disclosures.read,
    organisation_units.read,
    unit_lists.read,
    budget_lines.read,
    facts.read,
    performance.read,
    procurement.read,
    assets.read,
)
