"""Real disclosures, read and normalized as in the path, are whole on their pages."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import httpx
import pytest
from selectolax.lexbor import LexborHTMLParser
from sqlalchemy.ext.asyncio import AsyncEngine

from services.normalizer.stage import normalize_document
from services.parser.stage import read_file
from services.store import stage
from shared.archive.contract import Archive
from shared.clock import SystemClock
from shared.schemas.document import Document
from shared.schemas.events import NormalizedEvent
from shared.schemas.records import BudgetLine, Fact, Indicator, RecordBase


@pytest.fixture(params=range(5))
def document(request: pytest.FixtureRequest, seeds: Path, archive: Archive) -> Document:
    path = sorted(seeds.glob("*.txt"))[request.param]
    archive.put(path.read_bytes())
    return read_file(path)


async def keep(document: Document, archive: Archive, engine: AsyncEngine) -> list[RecordBase]:
    """Store the document's records and give them."""
    found = normalize_document(document)
    event = NormalizedEvent(
        id="e",
        disclosure_id=document.disclosure_id,
        revision_id=document.revision_id,
        revision=1,
        origin=document.origin,
        fetched_at=datetime.now(UTC),
        version=document.version,
        document=archive.put(document.model_dump_json().encode()),
        records=archive.put("".join(f"{each.model_dump_json()}\n" for each in found).encode()),
        counts={},
    )
    await stage.apply(event, archive, engine, SystemClock())
    return found


async def test_a_real_disclosure_is_whole_on_its_page(
    document: Document, archive: Archive, engine: AsyncEngine, client: httpx.AsyncClient
) -> None:
    found = await keep(document, archive, engine)
    answer = await client.get(f"/disclosures/{document.disclosure_id}")
    assert answer.status_code == 200
    page = LexborHTMLParser(answer.text)
    for record in found:
        if isinstance(record, BudgetLine | Fact) and record.amount is not None:
            cell = page.css_first(f"#{record.id} .figure")
            assert cell is not None, record
            shown = re.sub(r"[,\s]", "", cell.text()).replace("\N{MINUS SIGN}", "-")
            assert Decimal(shown) * 10_000 == record.amount
        elif isinstance(record, Indicator):
            assert page.css_first(f"#{record.id}") is not None, record
    places = [str(node.attributes["href"]).partition("#")[0] for node in page.css("a[href*='/source?']")]
    for place in places[:: max(1, len(places) // 10)]:
        source = LexborHTMLParser((await client.get(place)).text)
        assert source.css("#here, tr.here, figure, .prose"), place
