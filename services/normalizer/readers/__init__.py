"""What reads the records of a document: each reader takes the layout and says what it read, used and left."""

from services.normalizer.layout import Layout
from services.normalizer.readers import (
    assets,
    budget_lines,
    disclosures,
    facts,
    organisation_units,
    procurement,
)
from services.normalizer.readers.performance import reader as performance
from services.normalizer.recorder import ReaderResult, Recorder, merged


def read_all(layout: Layout, recorder: Recorder) -> ReaderResult:
    """The records of every reader: the disclosure first, whose year and kind the facts need."""
    disclosure = disclosures.read(layout, recorder)
    return merged(
        [
            ReaderResult((disclosure,)),
            organisation_units.read(layout, recorder),
            budget_lines.read(layout, recorder),
            facts.read(layout, recorder, disclosure),
            performance.read(layout, recorder),
            procurement.read(layout, recorder),
            assets.read(layout, recorder),
        ]
    )
