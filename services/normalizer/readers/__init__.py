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
from shared.schemas.records import Disclosure


def read_all(layout: Layout, recorder: Recorder) -> ReaderResult:
    """The records of every reader: the disclosure first, whose year and kind others need.

    A government's own tables give no line of a department's.
    """
    identity = disclosures.read(layout, recorder)
    (disclosure,) = identity.of(Disclosure)
    of_government = disclosure.kind is not None and disclosure.kind.of_government
    return merged(
        [
            identity,
            organisation_units.read(layout, recorder),
            ReaderResult() if of_government else budget_lines.read(layout, recorder),
            facts.read(layout, recorder, disclosure),
            performance.read(layout, recorder),
            procurement.read(layout, recorder),
            assets.read(layout, recorder),
        ]
    )
