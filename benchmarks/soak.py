"""Memory and files over many disclosures: `python -m benchmarks.soak [disclosures]`.

`gongkai run` takes generated disclosures of mixed formats, all of which wait on its bus. Prints after each tenth
the resident memory of the main process and of its workers and what lies on the disk, and in the end how much the
memory grew over the last half.
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.cost import FILL, HERE, LOOK_SECONDS, PROGRAM, free_port, stored, write_files

PAGE = os.sysconf("SC_PAGE_SIZE")
MEGABYTE = 1024 * 1024
PATIENCE_SECONDS = 3600.0
"""Within which a tenth must be done."""


def resident(number: int) -> float:
    """MiB of memory of a process; 0 when it has ended."""
    try:
        return int(Path(f"/proc/{number}/statm").read_text().split()[1]) * PAGE / MEGABYTE
    except OSError:
        return 0.0


def children(number: int) -> list[int]:
    """The processes that process `number` has started."""
    found = Path(f"/proc/{number}/task").glob("*/children")
    return [int(child) for each in found for child in each.read_text().split()]


def disk(data: Path) -> dict[str, float]:
    """MB in the bus, the database and the archive."""
    sizes = {}
    for name in ("bus.db", "gongkai.db", "archive"):
        kept = [*data.glob(f"{name}*"), *(data / name).rglob("*")]
        sizes[name] = sum(each.stat().st_size for each in kept if each.is_file()) / 1e6
    return sizes


def soak(data: Path, process: subprocess.Popen[bytes], count: int) -> list[tuple[float, float]]:
    """(main process, largest worker) in MiB after each tenth of the disclosures."""
    found: list[tuple[float, float]] = []
    for tenth in range(1, 11):
        end = time.monotonic() + PATIENCE_SECONDS
        while stored(data)[0] < count * tenth // 10:
            assert process.poll() is None, "it ended"
            assert time.monotonic() < end, "it does not get on"
            time.sleep(LOOK_SECONDS)
        main, workers = resident(process.pid), sorted(resident(each) for each in children(process.pid))
        found.append((main, workers[-1] if workers else 0.0))
        files = ", ".join(f"{name} {size:.1f} MB" for name, size in disk(data).items())
        told = ", ".join(f"{each:.0f}" for each in workers)
        print(f"{stored(data)[0]:6d} disclosures: main {main:.0f} MiB, workers {told} MiB; {files}", flush=True)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak", description=__doc__)
    parser.add_argument("disclosures", nargs="?", type=int, default=2000)
    count = parser.parse_args().disclosures
    with tempfile.TemporaryDirectory() as folder:
        data, files = Path(folder) / "data", Path(folder) / "files"
        files.mkdir()
        write_files(files, count)
        fill = [sys.executable, "-c", FILL.format(str(HERE)), str(data), str(files)]
        subprocess.run(fill, cwd=HERE, check=True)  # noqa: S603 - all of it is ours
        settings = {"GONGKAI_DATA": str(data), "GONGKAI_PORTALS": folder, "GONGKAI_LOG_LEVEL": "error"}
        run = [sys.executable, "-c", PROGRAM.format(str(HERE)), "run", "--port", str(free_port())]
        process = subprocess.Popen(run, env=os.environ | settings, cwd=HERE)  # noqa: S603
        try:
            found = soak(data, process, count)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait()
    halfway, last = found[4], found[-1]
    print(
        f"over the last half: main {last[0] - halfway[0]:+.0f} MiB, largest worker {last[1] - halfway[1]:+.0f} MiB"
    )


if __name__ == "__main__":
    main()
