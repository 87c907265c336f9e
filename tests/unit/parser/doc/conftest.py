"""The sample Word document: one of every thing a reader must know, with fictional content."""

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def county() -> bytes:
    """A Word 97 document of a county that does not exist."""
    return (Path(__file__).parent / "county.doc").read_bytes()
