"""One disclosure in every format that has a writer of ours: the records are the truth's, whatever carries them.

`python -m benchmarks.formats` does the same with LibreOffice, Chromium and scans (docs/accuracy.md).
"""

import pytest

from benchmarks.accuracy import judged, read
from benchmarks.formats import generated, own
from services.cli.evaluate import compare
from services.parser.stage import read_document

SOURCES = list(generated(2, 90))


@pytest.mark.parametrize("number", range(len(SOURCES)))
def test_every_format_gives_the_records_of_the_truth(number: int) -> None:
    source = SOURCES[number]
    for form, file in own(source):
        lines = [line for line in read(read_document([file], source.origin)) if judged(line)]
        for name, one in compare(source.truth, lines).items():
            assert (one.missing, one.extra) == ([], []), f"{name} in {form}"
