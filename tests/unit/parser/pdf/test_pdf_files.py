"""Files that can't be read, or not wholly, say why; damaged bytes never break the reader."""

import io
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from services.parser.ocr import scans
from services.parser.pdf.reader import read
from services.parser.reading import Limits
from shared.errors import Corrupt, Encrypted, TooLarge, Unsupported
from shared.schemas.document import SCAN

if TYPE_CHECKING:
    from tests.unit.parser.pdf.conftest import Sheet

LIMITS = Limits()


def picture() -> ImageReader:
    return ImageReader(io.BytesIO(b"P6 2 2 255\n" + bytes(range(12))))


def small() -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(300, 200), pageCompression=0)
    for x in (20, 120, 220):
        canvas.line(x, 20, x, 100)
    for y in (20, 60, 100):
        canvas.line(20, y, 220, y)
    canvas.drawString(30, 70, "Water")
    canvas.drawString(130, 70, "40.00")
    canvas.save()
    return buffer.getvalue()


SMALL = small()


def test_a_password_is_told_apart_from_damage() -> None:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, encrypt=StandardEncryption("secret", ownerPassword="owner"))
    canvas.drawString(72, 700, "Budget")
    canvas.save()
    with pytest.raises(Encrypted):
        read(buffer.getvalue(), LIMITS)


def test_a_password_for_changes_only_is_no_hindrance() -> None:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, encrypt=StandardEncryption("", ownerPassword="owner"))
    canvas.drawString(72, 700, "Budget")
    canvas.save()
    assert len(read(buffer.getvalue(), LIMITS).blocks) == 1


@pytest.mark.parametrize("share", [0.02, 0.3, 0.7, 0.97])
def test_a_file_cut_short_is_corrupt(sheet: "Sheet", share: float) -> None:
    sheet.text(72, 100, "部门预算")
    data = sheet.data()
    with pytest.raises(Corrupt):
        read(data[: int(len(data) * share)], LIMITS)


def test_bytes_before_the_file_do_no_harm(sheet: "Sheet") -> None:
    sheet.text(72, 100, "部门预算")
    assert len(read(b"\r\n" * 150 + sheet.data(), LIMITS).blocks) == 1


def test_a_file_of_pictures_only_is_unsupported(sheet: "Sheet", monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scans, "is_installed", lambda: False)
    sheet.canvas.drawImage(picture(), 0, 0, 595, 842)
    with pytest.raises(Unsupported, match="pictures"):
        read(sheet.data(), LIMITS)


def test_pages_that_are_pictures_are_reported(sheet: "Sheet", monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scans, "is_installed", lambda: False)
    sheet.text(72, 100, "部门预算")
    for _ in range(2):
        sheet.page()
        sheet.canvas.drawImage(picture(), 0, 0, 595, 842)
    reading = sheet.reading()
    assert len(reading.blocks) == 1
    assert [(note.name, note.cause) for note in reading.unread] == [("pages 2-3", SCAN)]


def test_more_pages_than_allowed_are_too_many(sheet: "Sheet") -> None:
    sheet.page()
    sheet.page()
    with pytest.raises(TooLarge, match="3 pages"):
        read(sheet.data(), Limits(pages=2))


def test_more_elements_than_allowed_are_too_many(sheet: "Sheet") -> None:
    for number in range(60):
        sheet.line(10, 10 + number, 100, 10 + number)
    with pytest.raises(TooLarge):
        read(sheet.data(), Limits(elements=50))


def test_a_dense_drawing_is_bounded(sheet: "Sheet") -> None:
    for number in range(150):
        sheet.line(10, 10 + 5 * number, 500, 10 + 5 * number)
        sheet.line(10 + 5 * number, 10, 10 + 5 * number, 700)
    with pytest.raises(TooLarge):
        read(sheet.data(), Limits(cells=1000))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.tuples(st.integers(0, len(SMALL) - 1), st.integers(0, 255)), min_size=1, max_size=40),
    st.integers(0, len(SMALL)),
)
def test_damaged_bytes_are_read_or_refused(changes: list[tuple[int, int]], cut: int) -> None:
    data = bytearray(SMALL)
    for at, value in changes:
        data[at] = value
    for damaged in (bytes(data), bytes(data[:cut])):
        try:
            read(damaged, LIMITS)
        except (Corrupt, Unsupported, TooLarge):
            continue
