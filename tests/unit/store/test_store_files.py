"""Original files are given back for saving, and only those of known disclosures."""

import io

import httpx
import pytest
from PIL import Image, ImageChops
from reportlab.pdfgen.canvas import Canvas
from selectolax.lexbor import LexborHTMLParser
from structlog.testing import capture_logs

from services.store.settings import StoreSettings
from shared.archive.contract import Archive
from shared.ids import content_hash
from tests.unit.store.store_samples import ORIGINAL, Keep, Sample


async def test_a_published_file_comes_back_byte_for_byte_for_saving(keep: Keep, client: httpx.AsyncClient) -> None:
    await keep(Sample())
    answer = await client.get(f"/files/{content_hash(ORIGINAL)}")
    assert answer.content == ORIGINAL
    assert answer.headers["content-disposition"] == (
        "attachment; filename*=UTF-8''%E9%83%A8%E9%97%A8%E9%A2%84%E7%AE%97.doc"
    )
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"


async def test_what_no_disclosure_published_is_refused(
    keep: Keep, client: httpx.AsyncClient, archive: Archive
) -> None:
    await keep(Sample())
    secret = archive.put(b"not published")
    assert (await client.get(f"/files/{secret}")).status_code == 404


async def test_a_damaged_file_is_told_to_the_log(
    keep: Keep, client: httpx.AsyncClient, settings: StoreSettings
) -> None:
    await keep(Sample())
    key = content_hash(ORIGINAL)
    (place,) = (path for path in settings.data.rglob("*") if path.is_file() and path.name.endswith(key[2:]))
    place.chmod(0o600)
    place.write_bytes(b"other bytes")
    with capture_logs() as told:
        answer = await client.get(f"/files/{key}")
    assert answer.status_code == 500
    (line,) = (each for each in told if each["log_level"] == "error")
    assert (line["event"], line["path"], line["cause"]) == ("answered 500", f"/files/{key}", "corrupt")
    assert key in line["reason"]


async def test_a_page_of_a_pdf_shows_the_figure_framed(keep: Keep, client: httpx.AsyncClient) -> None:
    """The source page of a record has the picture; the frame is where its cell stands."""
    sample = Sample(original=printed(), format="pdf", box=(72.0, 100.0, 144.0, 120.0))
    await keep(sample)
    source = (await client.get(f"/disclosures/{sample.disclosure_id}/source?table=0&row=1&column=1")).text
    (image,) = LexborHTMLParser(source).css(".page img")
    address = image.attributes["src"] or ""
    framed = await client.get(address)
    assert framed.headers["content-type"] == "image/png"
    plain = await client.get(address.partition("?")[0])
    pictures = [Image.open(io.BytesIO(each.content)).convert("RGB") for each in (framed, plain)]
    changed = ImageChops.difference(*pictures).getbbox()
    assert changed == pytest.approx([side * 110 / 72 for side in (72, 100, 144, 120)], abs=4)
    assert (await client.get(address)).content == framed.content


async def test_only_pages_that_are_there_are_drawn(keep: Keep, client: httpx.AsyncClient) -> None:
    pdf, doc, broken = printed(), ORIGINAL, b"%PDF-1.4 and no more"
    await keep(
        Sample(original=pdf, format="pdf"),
        Sample(url="http://xx.example.gov.cn/2.html", original=doc),
        Sample(url="http://xx.example.gov.cn/3.html", original=broken, format="pdf"),
    )
    statuses = [
        (await client.get(f"/files/{content_hash(data)}/pages/{page}")).status_code
        for data, page in ((pdf, 1), (pdf, 2), (doc, 1), (broken, 1), (b"unknown", 1))
    ]
    assert statuses == [200, 404, 404, 404, 404]
    assert (await client.get(f"/files/{content_hash(pdf)}/pages/1?box=1,2,3")).status_code == 422


def printed() -> bytes:
    """A page with a figure on it."""
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=(595, 842), invariant=1)
    canvas.drawString(80, 842 - 115, "1,234.56")
    canvas.save()
    return file.getvalue()


@pytest.mark.parametrize("name", ["..%2f..%2fetc%2fpasswd", "A" * 64, "0" * 63])
async def test_what_is_no_hash_is_refused(client: httpx.AsyncClient, name: str) -> None:
    assert (await client.get(f"/files/{name}")).status_code in {404, 422}
