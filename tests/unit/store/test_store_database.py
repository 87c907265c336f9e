"""What a reader sees does not depend on the database: order, search; and while it is away a clear 503."""

import time
from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from services.store import search
from services.store.queries.disclosures import is_of
from services.store.tables import Revision
from shared.database import on_sqlite
from tests.servers.postgres import PostgresServer
from tests.unit.store.store_samples import Keep, Sample, budget_line

NAMES = ["水利局", "教育局", "安监局", "Ａ局", "a局", "B局", "é局", "局 二", "局一", "𠮷局", "民政局"]
WAIT_SECONDS = 30


async def page_by_page(client: httpx.AsyncClient, path: str, of: str) -> list[str]:
    found: list[str] = []
    parameters: dict[str, str | int] = {"limit": 2}
    while True:
        page = (await client.get(path, params=parameters)).json()
        found += [each[of] for each in page["items"]]
        if page["next_cursor"] is None:
            return found
        parameters["cursor"] = page["next_cursor"]


async def test_departments_come_in_the_order_of_their_characters(keep: Keep, client: httpx.AsyncClient) -> None:
    await keep(*(Sample(url=f"http://x.example/{name}", department=name) for name in NAMES))
    assert await page_by_page(client, "/api/v1/departments", "department") == sorted(NAMES)


async def test_parts_of_words_are_taken_as_they_are(keep: Keep, client: httpx.AsyncClient) -> None:
    await keep(
        *(
            Sample(url=f"http://x.example/{name}", department=name)
            for name in ("100%局", "100元局", "a_b局", "acb局")
        )
    )
    for part, names in {
        "0%": ["100%局"],
        "_": ["a_b局"],
        "\\": [],
        "局": ["100%局", "100元局", "a_b局", "acb局"],
    }.items():
        answer = await client.get("/api/v1/departments", params={"department": part})
        assert [each["department"] for each in answer.json()["items"]] == names


LINES = ["农村饮水安全工程", "水利工程建设", "工程水费", "城乡安居", "安", "安全", "ABC安全def", "𠮷野水利"]


@pytest.mark.parametrize(
    "word",
    [
        "水",
        "安",
        "水利",
        "安全",
        "工程",
        "程水",
        "水利工",
        "饮水安全",
        "c安",
        "ＡＢＣ安",
        "𠮷",
        "𠮷野",
        "利水",
        "安城",
        "二",
    ],
)
async def test_every_part_of_a_text_is_found_and_nothing_else(
    keep: Keep, client: httpx.AsyncClient, word: str
) -> None:
    lines = [budget_line(line, "1.00") for line in LINES]
    await keep(Sample(title="档案馆", department="档案馆", lines=lines))
    answer = await client.get("/api/v1/records", params={"q": word, "type": "budget_line"})
    assert [each["name"] for each in answer.json()["items"]] == [
        line for line in LINES if search.fold(word) in search.fold(line)
    ]


MANY = 500


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("word", ["鲲", "鲲鹏", "鲲鹏馆", "鲲鹏展览馆"])
async def test_a_search_reads_the_index_of_trigrams_however_short_the_word(
    keep: Keep, engine: AsyncEngine, word: str
) -> None:
    await keep(Sample(lines=[budget_line(f"第{number}中学设备购置", "1.00") for number in range(MANY)]))
    await keep(Sample(url="http://x.example/2", lines=[budget_line("鲲鹏馆与鲲鹏展览馆", "1.00")]))
    async with engine.connect() as connection:
        await connection.execute(text("SET enable_seqscan = off"))  # so few rows are walked sooner
        asked = f"EXPLAIN ANALYZE SELECT position FROM {search.TABLE} WHERE text LIKE :pattern"
        plan = (await connection.execute(text(asked), {"pattern": search.pattern(word)})).scalars().all()
    (walked,) = (line for line in plan if "Index Scan on record_text_part" in line)
    assert "rows=1 loops=1" in walked.rpartition("actual")[2], plan


@pytest.mark.parametrize("word", ["鲲", "鲲鹏", "鲲鹏展览馆"])
async def test_what_a_disclosure_is_has_an_index_however_short_the_word(
    keep: Keep, engine: AsyncEngine, word: str
) -> None:
    await keep(Sample(), Sample(url="http://x.example/2", department="鲲鹏展览馆"))
    async with AsyncSession(engine) as session:
        connection = await session.connection()
        asked = select(col(Revision.department)).where(is_of(word, session))
        assert (await connection.execute(asked)).scalars().all() == ["鲲鹏展览馆"]
        if not on_sqlite(session):
            await connection.execute(text("SET enable_seqscan = off"))  # so few rows are walked sooner
        explain = "EXPLAIN QUERY PLAN " if on_sqlite(session) else "EXPLAIN "
        plain = asked.compile(engine.sync_engine, compile_kwargs={"literal_binds": True})
        plan = (await connection.execute(text(f"{explain}{plain}"))).all()
    used = "revision_text VIRTUAL TABLE INDEX" if on_sqlite(session) else "Index Scan on revision_text"
    assert used in str(plan)


@pytest.fixture
def server(postgres: PostgresServer) -> Iterator[PostgresServer]:
    yield postgres
    if not postgres.running:
        postgres.start()


async def answers(client: httpx.AsyncClient, path: str, status: int) -> httpx.Response:
    """The answer of `path` once it has `status`."""
    deadline = time.monotonic() + WAIT_SECONDS
    answer = await client.get(path)
    while answer.status_code != status and time.monotonic() < deadline:
        answer = await client.get(path)
    assert answer.status_code == status, answer.text
    return answer


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_while_the_database_is_away_everything_says_so_and_then_goes_on(
    keep: Keep, client: httpx.AsyncClient, server: PostgresServer
) -> None:
    await keep(Sample())
    await answers(client, "/health/ready", 200)
    server.stop()
    for path in ("/api/v1/records", "/api/v1/stats", "/", "/status", "/api/v1/records.csv?type=finding"):
        answer = await client.get(path)
        assert answer.status_code == 503, path
        assert ("is away" in answer.text) == path.startswith("/api/"), answer.text
        assert ("暂时" in answer.text) != path.startswith("/api/"), answer.text
        assert answer.headers["retry-after"]
        assert str(server.port) not in answer.text
        assert "gongkai:" not in answer.text
    not_ready = await answers(client, "/health/ready", 503)
    assert "is away" in not_ready.json()["reason"]
    assert (await client.get("/health/live")).status_code == 200
    server.start()
    await keep(replace(Sample(), revision=2))
    assert (await answers(client, "/api/v1/stats", 200)).json()["revisions"] == 2
    await answers(client, "/health/ready", 200)
