"""A portal in trouble is on the status page and in the API, with what happened and since when."""

import ast
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from sqlalchemy import bindparam, text
from sqlalchemy.ext.asyncio import AsyncEngine

from services import fetcher
from services.store.pages.reasons import reason_in, sentences
from services.store.rows import CHINA
from services.store.settings import StoreSettings
from shared.database import Moment, transaction, upgrade
from tests.unit.store.store_samples import Keep, Sample
from tests.unit.store.test_store_pages import get, texts

FETCHERS = next(Path(fetcher.__file__).parent.rglob("migrations"))
SAID = "http://x.example/ answers with a script challenge (412); the portal is left alone for some hours."
ROW = text(
    "INSERT INTO fetcher_portal"
    " (name, outcome, reason, counts, failures, started_at, finished_at, success_at, asked)"
    " VALUES (:name, :outcome, :reason, '{}', :failures, :at, :at, :success, :asked)"
)


async def polled(engine: AsyncEngine, name: str, outcome: str, failures: int) -> None:
    at = datetime(2026, 2, 1, 8, tzinfo=UTC)
    values = {"name": name, "outcome": outcome, "failures": failures, "at": at, "asked": False}
    values |= {"reason": SAID if failures else None, "success": None if failures else at}
    statement = ROW.bindparams(*(bindparam(each, type_=Moment) for each in ("at", "success")))
    async with transaction(engine) as session:
        await (await session.connection()).execute(statement, values)


async def test_portals_in_trouble_are_shown_first_with_the_reason(
    keep: Keep, engine: AsyncEngine, settings: StoreSettings, client: httpx.AsyncClient
) -> None:
    await keep(Sample())
    assert (await client.get("/api/v1/portals")).json()[0]["outcome"] is None
    await upgrade(settings.database_url, FETCHERS, "fetcher_version")
    await polled(engine, "sample", "unchanged", 0)
    await polled(engine, "zhang-county", "challenged", 3)
    await polled(engine, "an-county", "running", 2)
    listed = (await client.get("/api/v1/portals")).json()
    assert [each["portal"] for each in listed] == ["an-county", "zhang-county", "sample"]
    assert (listed[1]["outcome"], listed[1]["reason"], listed[1]["success_at"]) == ("challenged", SAID, None)
    assert (listed[2]["disclosures"], listed[2]["outcome"]) == (1, "unchanged")
    rows = texts(await get(client, "/status"), "section:last-of-type tbody tr")
    assert rows[1].startswith(
        f"zhang-county 有防护脚本阻挡 连续失败 3 次要求先运行防护脚本（412），几小时内不再访问{SAID}"
    )
    assert "数小时后自动再试" in rows[1]
    assert "正常，无更新" in rows[2]
    english = texts(await get(client, "/ops?lang=en"), "#portals tbody tr")[1]
    assert english.startswith(f"zhang-county a script challenge stands before it 3 in a row failed{SAID}")


async def test_the_last_polls_and_the_days_requests_are_shown(
    keep: Keep, engine: AsyncEngine, settings: StoreSettings, client: httpx.AsyncClient
) -> None:
    await keep(Sample())
    await upgrade(settings.database_url, FETCHERS, "fetcher_version")
    await polled(engine, "sample", "challenged", 2)
    now = datetime.now(UTC)
    poll = text(
        "INSERT INTO fetcher_poll (portal, started_at, finished_at, outcome, counts, log)"
        " VALUES ('sample', :at, :at, :outcome, '{}', '{}')"
    ).bindparams(bindparam("at", type_=Moment))
    asked = text(
        "INSERT INTO fetcher_ledger (host, day, verdict, requests, bytes)"
        " VALUES (:host, :day, :verdict, :count, 500000)"
    )
    today = f"{now.astimezone(CHINA):%Y-%m-%d}"
    async with transaction(engine) as session:
        connection = await session.connection()
        for hours, outcome in ((1, "challenged"), (2, "challenged"), (3, "ok")):
            await connection.execute(poll, {"at": now - timedelta(hours=hours), "outcome": outcome})
        for host, day, verdict, count in (
            ("a.example", today, "200", 30),
            ("a.example", today, "304", 60),
            ("a.example", today, "404", 1),
            ("b.example", today, "challenged", 5),
            ("a.example", "2020-01-01", "200", 9),
        ):
            await connection.execute(asked, {"host": host, "day": day, "verdict": verdict, "count": count})
    page = await get(client, "/ops")
    told = [str(node.attributes["aria-label"]) for node in page.css("#portals .polls span")]
    assert told == ["正常，有更新", "有防护脚本阻挡", "有防护脚本阻挡"]
    rows = [[cell.text().strip() for cell in row.css("th, td")] for row in page.css("#ledger tbody tr")]
    assert rows[0] == ["a.example", "91", "60", "0", "1.5", ""]
    assert rows[1][:4] == ["b.example", "5", "0", "5"]
    assert "放慢" in rows[1][5]


def test_reasons_are_told_in_chinese_as_far_as_they_are_known() -> None:
    away = "http://x.example/a?b=1 cannot be reached: [Errno 111] Connect call failed ('127.0.0.1', 1)."
    gone = "http://x.example/2.html is not there (404)."
    assert reason_in("zh", f"{away}; 3 disclosures could not be taken and are tried again.") == (
        "连接不上服务器；3 件公开文件没有取到，将重试"
    )
    assert reason_in("zh", f"Something new.; {gone}; cut sh") == "网页不存在（404）"
    assert (reason_in("zh", "Something new."), reason_in("en", gone)) == ("", "")


def test_every_reason_that_is_translated_is_one_the_fetcher_gives() -> None:
    given = set()
    for path in Path(fetcher.__path__[0]).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.JoinedStr):
                given.add(
                    "".join(str(each.value) if isinstance(each, ast.Constant) else "{}" for each in node.values)
                )
            elif isinstance(node, ast.Constant):
                given.add(str(node.value))
    assert {re.sub(r"\{\w+\}", "{}", each) for each in sentences()} - given == set()
