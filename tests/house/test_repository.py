"""What never goes into the repository: addresses of registries, paths of a machine, copies of real disclosures."""

import re
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
LOCKS = sorted((REPOSITORY / "requirements").glob("*.txt"))


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: path.name)
def test_a_lock_file_pins_by_hash_and_names_no_address(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"https?://|--(extra-)?index-url|--find-links", text)
    pins = re.findall(r"^[\w.\[\]-]+==.*$", text, re.M)
    assert pins
    assert all(pin.endswith("\\") for pin in pins), "every pin is followed by its hashes"


def test_no_real_disclosure_is_copied(seeds: Path) -> None:
    ours = {
        path.read_bytes()
        for path in (REPOSITORY / "tests").rglob("*")
        if path.is_file() and path.suffix in {".txt", ".pdf", ".doc", ".docx"}
    }
    assert not any(seed.read_bytes() in ours for seed in seeds.glob("*.txt"))
