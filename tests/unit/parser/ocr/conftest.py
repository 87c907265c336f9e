"""Makes scans: pictures of pages that are printed in a font of Debian's."""

from collections.abc import Callable
from pathlib import Path

import pytest

from services.parser.ocr.scans import is_installed
from services.sample_portals.content import Content
from services.sample_portals.render import scan
from tests.servers.debian import unpacked
from tests.servers.parts import missing

Scanned = Callable[[list[Content]], bytes]


@pytest.fixture(scope="session")
def font() -> Path:
    """A TrueType file with Chinese characters."""
    return unpacked("fonts-wqy-microhei") / "usr/share/fonts/truetype/wqy/wqy-microhei.ttc"


@pytest.fixture(scope="session")
def scanned(font: Path) -> Scanned:
    """Makes a PDF file of pictures, 200 dots an inch; without the extra `ocr` the test is skipped."""
    if not is_installed():
        missing("gongkai[ocr]", "text in pictures cannot be recognised")
    return lambda content: scan.render(content, font)
