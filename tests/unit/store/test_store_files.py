"""Original files are given back for saving, and only those of known disclosures."""

import httpx
import pytest
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


@pytest.mark.parametrize("name", ["..%2f..%2fetc%2fpasswd", "A" * 64, "0" * 63])
async def test_what_is_no_hash_is_refused(client: httpx.AsyncClient, name: str) -> None:
    assert (await client.get(f"/files/{name}")).status_code in {404, 422}
