"""Real disclosures printed as PDF: every cell of the text they were printed from, whole or cut by a page's end."""

import hashlib
import json
from collections import Counter
from pathlib import Path

import pytest

from services.parser.pdf.reader import read
from services.parser.reading import Limits
from services.parser.stage import read_file
from shared.schemas.document import Table

LEAST = 0.995


def squeezed(text: str) -> str:
    return "".join(text.split())


def main_disclosure(portals: Path, portal: str) -> bytes:
    """The portal's main file, by the hash that its truth states."""
    facts = json.loads((portals / "truth" / portal / "main.json").read_text())
    hashes = {attachment["sha256"] for attachment in facts["attachments"]}
    for folder in ("site", "files"):
        for path in sorted((portals / folder / portal).rglob("*.pdf")):
            data = path.read_bytes()
            if hashlib.sha256(data).hexdigest() in hashes:
                return data
    raise AssertionError(f"{portal} has no main PDF")


def cells_of_text(path: Path) -> Counter[str]:
    """The cells of a disclosure's text."""
    return Counter(
        squeezed(cell.text)
        for block in read_file(path).blocks
        if isinstance(block, Table)
        for cell in block.cells
        if squeezed(cell.text)
    )


def found_cut(cell: str, pieces: Counter[str]) -> bool:
    """Whether `cell` is there in two or three pieces; takes them away."""
    for at in range(1, len(cell)):
        head, rest = cell[:at], cell[at:]
        if not pieces[head]:
            continue
        for part in range(1, len(rest) + 1):
            middle, tail = rest[:part], rest[part:]
            taken = Counter([head, middle, *([tail] if tail else [])])
            if taken <= pieces:
                pieces.subtract(taken)
                return True
    return False


@pytest.mark.parametrize("portal", ["fengfeng", "pingxiang"])
def test_the_cells_of_a_printed_disclosure_are_those_of_its_text(
    seeds: Path, portals_folder: Path, portal: str
) -> None:
    reading = read(main_disclosure(portals_folder, portal), Limits())
    found = Counter(
        squeezed(cell.text) for block in reading.blocks if isinstance(block, Table) for cell in block.cells
    )
    texts = [cells_of_text(path) for path in sorted(seeds.glob("*.txt"))]
    expected = max(texts, key=lambda cells: (cells & found).total())
    left = found - expected
    missing = [cell for cell in (expected - found).elements() if not found_cut(cell, left)]
    assert len(missing) <= (1 - LEAST) * expected.total(), missing
    assert not reading.unread
