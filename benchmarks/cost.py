"""What a disclosure costs from `fetched` to the database: `python benchmarks/cost.py [disclosures] [CHECKOUT …]`.

Runs `gongkai run` of each CHECKOUT and then of this one on the same generated disclosures, which wait on its bus.
Prints the processor time of the main process and of its workers for each after the first ones, and what lies on
the disk for it. With `--profile FILE` the main process of this checkout writes its profile there.
"""

import argparse
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

from services.sample_portals.world import make_world

HERE = Path(__file__).resolve().parents[1]
FIRST = 20
LOOK_SECONDS = 0.25
PATIENCE_SECONDS = 600.0
TICKS = os.sysconf("SC_CLK_TCK")
PROGRAM = "import sys; sys.path.insert(0, {!r}); from services.cli.main import main; main()"
PROFILED = (
    "import cProfile, sys; sys.path.insert(0, {!r}); from services.cli.main import main; p = cProfile.Profile()\n"
    "try: p.runcall(main)\n"
    "finally: p.dump_stats({!r})"
)

FILL = """
import asyncio, sys
sys.path.insert(0, {!r})
from datetime import datetime, timezone
from pathlib import Path
from shared import ids
from shared.archive.connect import open_archive
from shared.bus.connect import open_bus
from shared.schemas.document import Origin
from shared.schemas.events import FetchedEvent, FetchedFile
from shared.settings import Settings
from shared.stage.codec import encode
from shared.topics import FETCHED, TOPICS

async def fill(data, files):
    settings = Settings.read(data=data)
    archive, bus = open_archive(settings.archive_url), await open_bus(settings.bus_url)
    await bus.create_topics(TOPICS)
    for path in sorted(Path(files).iterdir()):
        url, content = f"http://county.example/{{path.name}}", path.read_bytes()
        key, disclosure = archive.put(content), ids.disclosure_id(url)
        event = FetchedEvent(id="e" + disclosure, disclosure_id=disclosure, revision_id=disclosure, revision=1,
            origin=Origin(url=url, portal="county"), version="0",
            fetched_at=datetime(2026, 1, 1, tzinfo=timezone.utc),
            files=(FetchedFile(sha256=key, size=len(content), role="attachment", name=path.name, url=url),))
        await bus.publish([encode(FETCHED, disclosure, event, event)])
    await bus.close()

asyncio.run(fill(*sys.argv[1:]))
"""


def processor_ms(pid: int) -> dict[str, float]:
    """Milliseconds of a processor that the process has used, and its children alive and ended."""
    stats = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            number, _, rest = path.read_text().partition(" (")
        except OSError:
            continue
        fields = rest.rpartition(")")[2].split()
        stats[int(number)] = (int(fields[1]), sum(map(int, fields[11:13])), sum(map(int, fields[13:15])))
    own, ended = stats[pid][1:]
    alive = sum(sum(used) for parent, *used in stats.values() if parent == pid)
    return {"main": own * 1000 / TICKS, "workers": (ended + alive) * 1000 / TICKS}


def free_port() -> int:
    """A port of this machine that nothing listens on."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        return int(server.getsockname()[1])


def stored(data: Path) -> tuple[int, int]:
    """Disclosures that stand, and records of all."""
    try:
        with closing(sqlite3.connect(f"file:{data / 'gongkai.db'}?mode=ro", uri=True)) as database:
            (count,) = database.execute("SELECT count(*) FROM revision WHERE standing").fetchone()
            (records,) = database.execute("SELECT count(*) FROM record").fetchone()
            return int(count), int(records)
    except sqlite3.OperationalError:
        return 0, 0


def write_files(folder: Path, count: int) -> None:
    """So many generated disclosures, a file each."""
    items = [each for each in make_world(7, counties=8, departments=6, years=1 + count // 36).items if each.files]
    assert len(items) >= count
    for number, item in enumerate(items[:count]):
        (folder / f"{number}-{Path(item.files[0].name).name}").write_bytes(item.files[0].data)


def measure(checkout: Path, files: Path, profile: str = "") -> dict[str, float]:
    """Milliseconds and bytes a disclosure, of those in `files`."""
    count = len(list(files.iterdir()))
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        fill = [sys.executable, "-c", FILL.format(str(checkout)), str(data), str(files)]
        subprocess.run(fill, cwd=checkout, check=True)  # noqa: S603 - all of it is ours
        program = PROFILED.format(str(checkout), profile) if profile else PROGRAM.format(str(checkout))
        settings = {"GONGKAI_DATA": str(data), "GONGKAI_PORTALS": folder, "GONGKAI_LOG_LEVEL": "error"}
        run = [sys.executable, "-c", program, "run", "--port", str(free_port())]
        process = subprocess.Popen(run, env=os.environ | settings, cwd=checkout)  # noqa: S603
        try:
            first = done = stored(data)
            before: dict[str, float] = {}
            end = time.monotonic() + PATIENCE_SECONDS
            while done[0] < count and time.monotonic() < end and process.poll() is None:
                if not before and done[0] >= FIRST:
                    first, before = done, processor_ms(process.pid)
                time.sleep(LOOK_SECONDS)
                done = stored(data)
            after = processor_ms(process.pid)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait()
        whole = done[0] - first[0]
        found = {name: (after[name] - before[name]) / whole for name in after}
        found |= {"records": (done[1] - first[1]) / whole}
        for name in ("bus.db", "gongkai.db", "archive"):
            kept = [data / name, *(data / name).rglob("*")]
            found[f"KB of {name}"] = sum(each.stat().st_size for each in kept if each.is_file()) / done[0] / 1000
        return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("disclosures", nargs="?", type=int, default=200)
    parser.add_argument("checkouts", nargs="*", type=Path)
    parser.add_argument("--profile", default="")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as files:
        write_files(Path(files), chosen.disclosures)
        for checkout in [*(each.resolve() for each in chosen.checkouts), HERE]:
            found = measure(checkout, Path(files), chosen.profile if checkout == HERE else "")
            told = ", ".join(f"{name} {value:.1f}" for name, value in found.items())
            print(f"{checkout.name}: {found['main'] + found['workers']:.1f} ms a disclosure ({told})", flush=True)


if __name__ == "__main__":
    main()
