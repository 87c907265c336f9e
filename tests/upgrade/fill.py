"""Fills installations as an older gongkai leaves them: `python -m tests.upgrade.fill CHECKOUT TARGET.tar.xz`.

Run once for each released version, with a checkout of it; what it wrote lies beside this file: a folder with all
in it, and one whose database was PostgreSQL. The disclosures are small and fictional; one has two revisions, one
cannot be read.
"""

import os
import signal
import sqlite3
import subprocess
import sys
import tarfile
import tempfile
import time
from contextlib import closing
from pathlib import Path

from tests.servers.postgres import PostgresServer, running_postgres

PATIENCE_SECONDS = 120.0
FILL = """
import asyncio, sys
sys.path.insert(0, {!r})
from datetime import datetime, timezone
from shared import ids
from shared.archive.connect import open_archive
from shared.bus.connect import open_bus
from shared.schemas.document import Origin
from shared.schemas.events import FetchedEvent, FetchedFile
from shared.settings import Settings
from shared.stage.codec import encode
from shared.topics import FETCHED, TOPICS
from shared.version import VERSION

TEXT = "青石县{{1}}局2026年部门预算信息公开\\n\\n2026年预算收入{{0}}万元，其中基本支出8.00万元。\\n\\n"
TABLE = "收入支出决算总表\\n单位：万元\\n项目\\t金额\\n一、财政拨款收入\\t{{0}}\\n本年收入合计\\t{{0}}\\n"
ALL = [("1.txt", 1, (12.34, "水利")), ("2.txt", 1, (20, "教育")), ("1.txt", 2, (12.5, "水利")), ("3.pdf", 1, ())]

async def fill(data):
    settings = Settings.read(data=data)
    archive, bus = open_archive(settings.archive_url), await open_bus(settings.bus_url)
    await bus.create_topics(TOPICS)
    for number, (name, revision, given) in enumerate(ALL):
        content = (TEXT + TABLE).format(*given).encode() if given else b""
        url = "http://www.shilixian.example/" + name
        key, disclosure = archive.put(content), ids.disclosure_id(url)
        revision_id = ids.revision_id(disclosure, [key])
        event = FetchedEvent(id=ids.event_id(FETCHED.name, revision_id, VERSION), disclosure_id=disclosure,
            revision_id=revision_id, revision=revision, version=VERSION,
            origin=Origin(url=url, portal="example-county"),
            fetched_at=datetime(2026, 1, 1 + number, tzinfo=timezone.utc),
            files=(FetchedFile(sha256=key, size=len(content), role="attachment", name=name, url=url),))
        await bus.publish([encode(FETCHED, disclosure, event, event)])
    await bus.close()

asyncio.run(fill(sys.argv[1]))
"""
RUN = "import sys; sys.path.insert(0, {!r}); from services.cli.main import main; main()"


def revisions(data: Path, server: PostgresServer, name: str) -> int:
    try:
        if name:
            return int(server.run("SELECT count(*) FROM revision", name))
        with closing(sqlite3.connect(data / "gongkai.db")) as database:
            return int(database.execute("SELECT count(*) FROM revision").fetchone()[0])
    except (sqlite3.OperationalError, RuntimeError):  # there are no tables yet
        return 0


def fill(checkout: Path, data: Path, server: PostgresServer, name: str = "") -> None:
    """Fill the folder `data`; the database is that of the server called `name`, without one in the folder too."""
    subprocess.run([sys.executable, "-c", FILL.format(str(checkout)), str(data)], cwd=checkout, check=True)
    settings = {"GONGKAI_DATA": str(data), "GONGKAI_PORTALS": str(data.parent)}
    settings |= {"GONGKAI_DATABASE": server.url(name)} if name else {}
    run = [sys.executable, "-c", RUN.format(str(checkout)), "run", "--port", "18766"]
    process = subprocess.Popen(run, env=os.environ | settings, cwd=checkout)
    end = time.monotonic() + PATIENCE_SECONDS
    while revisions(data, server, name) < 3 and time.monotonic() < end:
        time.sleep(0.2)
    time.sleep(2)  # the dead letter of the last
    process.send_signal(signal.SIGTERM)
    process.wait()
    assert revisions(data, server, name) == 3


def main(checkout: Path, target: Path) -> None:
    with tempfile.TemporaryDirectory() as folder, running_postgres() as server:
        embedded, distributed = Path(folder) / "sqlite", Path(folder) / "postgresql"
        fill(checkout, embedded, server)
        name = server.create()
        fill(checkout, distributed, server, name)
        (distributed / "database.sql").write_text(server.dump(name), encoding="utf-8")
        with tarfile.open(target, "w:xz") as packed:
            for data in (embedded, distributed):
                packed.add(data, data.name)


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve())
