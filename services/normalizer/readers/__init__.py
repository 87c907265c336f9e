"""What reads the records of a document: each reader takes the layout and says what it read, used and left."""

from services.normalizer.layout import Layout
from services.normalizer.readers import (
    assets,
    budget_lines,
    disclosures,
    facts,
    government_lines,
    organisation_units,
    procurement,
)
from services.normalizer.readers.performance import reader as performance
from services.normalizer.recorder import ReaderResult, Recorder, merged
from shared.schemas.records import CONTEXT, Disclosure


def read_all(layout: Layout, recorder: Recorder) -> ReaderResult:
    """The records of every reader: the disclosure first, whose year and kind the others need.

    A government's own document has no tables of departments.
    """
    identity = disclosures.read(layout, recorder)
    (disclosure,) = identity.of(Disclosure)
    recorder.context = {name: getattr(disclosure, name) for name in CONTEXT}
    if disclosure.kind is not None and disclosure.kind.of_government:
        return merged(
            [
                identity,
                government_lines.read(layout, recorder, disclosure),
                facts.read(layout, recorder, disclosure),
            ]
        )
    return merged(
        [
            identity,
            organisation_units.read(layout, recorder),
            budget_lines.read(layout, recorder),
            facts.read(layout, recorder, disclosure),
            performance.read(layout, recorder),
            procurement.read(layout, recorder),
            assets.read(layout, recorder),
        ]
    )
