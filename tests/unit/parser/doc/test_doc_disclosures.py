"""A real disclosure as Word document: the very cells and paragraphs of its text."""

import hashlib
import json
from collections import Counter
from pathlib import Path

from services.parser.contents import NamedBytes
from services.parser.stage import read_document, read_file
from shared.schemas.document import Document, Table


def main_disclosure(portals: Path, portal: str) -> bytes:
    """The portal's main file, by the hash that its truth states."""
    facts = json.loads((portals / "truth" / portal / "main.json").read_text())
    hashes = {attachment["sha256"] for attachment in facts["attachments"]}
    for path in sorted((portals / "files" / portal).iterdir()):
        data = path.read_bytes()
        if hashlib.sha256(data).hexdigest() in hashes:
            return data
    raise AssertionError(f"{portal} has no main document")


def texts(document: Document) -> Counter[tuple[str, str]]:
    """What each cell and paragraph says, less white space."""
    found: Counter[tuple[str, str]] = Counter()
    for block in document.blocks:
        each = [cell.text for cell in block.cells] if isinstance(block, Table) else [block.text]
        found.update((block.kind, "".join(text.split())) for text in each if text.strip())
    return found


def test_a_disclosure_says_what_its_text_says(seeds: Path, portals_folder: Path) -> None:
    document = read_document([NamedBytes("main.doc", main_disclosure(portals_folder, "guangyang"))])
    found = texts(document)
    expected = max(
        (texts(read_file(path)) for path in sorted(seeds.glob("*.txt"))),
        key=lambda each: (each & found).total(),
    )
    assert (found & expected).total() >= 0.995 * expected.total(), (found - expected, expected - found)


def test_old_word_files_with_a_wps_name_are_read(portals_folder: Path) -> None:
    for path in sorted((portals_folder / "files").rglob("*.wps")):
        document = read_file(path)
        assert document.files[0].format == "doc"
        assert sum(isinstance(block, Table) for block in document.blocks) > 3
