"""Files of every format, damaged at random but the same each time: each ends in a document or by a name.

A few of each in every run; `python -m benchmarks.mutations` tries two thousand.
"""

from pathlib import Path

import pytest

from benchmarks.mutations import LIMITS, SEED, samples, tried
from shared.stage.worker import WorkerPool

COUNT = 12
OWN = Path(__file__).parents[1] / "unit/parser"
FILES = {
    **samples(),
    "doc": (OWN / "doc/county.doc").read_bytes(),
    "xls": (OWN / "county.xls").read_bytes(),
}


@pytest.mark.parametrize("form", FILES)
async def test_a_damaged_file_ends_in_a_document_or_by_a_name(form: str) -> None:
    async with WorkerPool(1, LIMITS) as workers:
        outcomes = await tried(form, FILES[form], range(COUNT), SEED, workers)
    assert outcomes.ends.total() == COUNT
    assert outcomes.faults == {}
