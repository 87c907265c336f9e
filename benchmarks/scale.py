"""The country on paper: `python benchmarks/scale.py [disclosures] > docs/scale.md`.

Measures with benchmarks/cost.py what so many generated disclosures cost on this machine, and computes from it what
all counties would: processors a stage, bytes a topic, archive and database a year, and which limit is met first.
"""

import sys
import tempfile
from collections.abc import Mapping
from math import ceil
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.cost import HERE, measure, write_files

COUNTIES = 2_850
DEPARTMENTS = 60
KINDS = 3
PEAK_SHARE = 0.4
PEAK_DAYS = 14
BUSY_HOURS = 10
COST_A_TERABYTE_MONTH = {"archive on S3": 23, "fast disk for PostgreSQL and Kafka": 100}
MEMORY_GIGABYTES = 64
PAGE = Path(__file__).with_suffix(".txt")


def main(count: int) -> None:
    with tempfile.TemporaryDirectory() as files:
        write_files(Path(files), count)
        print(page(count, measure(HERE, Path(files))), end="")


def page(count: int, one: Mapping[str, float]) -> str:
    """docs/scale.md from what one disclosure costs, by benchmarks/cost.py."""
    year = COUNTIES * DEPARTMENTS * KINDS
    a_second = year * PEAK_SHARE / (PEAK_DAYS * BUSY_HOURS * 3600)
    rest = year * (1 - PEAK_SHARE) / ((365 - PEAK_DAYS) * BUSY_HOURS * 3600)
    day = 86_400_000
    cores = {name: a_second * one[name] / 1000 for name in ("main", "workers")}
    gigabytes = {name: year * one[f"KB of {name}"] / 1e6 for name in ("bus.db", "gongkai.db", "archive")}
    prices = COST_A_TERABYTE_MONTH
    return PAGE.read_text(encoding="utf-8").format(
        count=count, ms=one["main"] + one["workers"], main=one["main"], workers=one["workers"],
        records=one["records"], counties=COUNTIES, departments=DEPARTMENTS, year=year,
        million=year * one["records"] / 1e6, share=PEAK_SHARE, a_second=a_second,
        worker_cores=cores["workers"], worker_days=year * one["workers"] / day,
        main_cores=cores["main"], main_days=year * one["main"] / day,
        bus=gigabytes["bus.db"], database=gigabytes["gongkai.db"], archive=gigabytes["archive"],
        cores=ceil(2 * sum(cores.values())), calm=ceil(2 * sum(cores.values()) * rest / a_second),
        files=year / 1000, first=10 * year * sum(one[name] for name in cores) / 8 / 3_600_000,
        s3=prices["archive on S3"], disk=prices["fast disk for PostgreSQL and Kafka"],
        archive_cost=year / 1e6 * prices["archive on S3"],
        disk_cost=(gigabytes["bus.db"] + gigabytes["gongkai.db"]) / 1000
        * prices["fast disk for PostgreSQL and Kafka"],
        memory=MEMORY_GIGABYTES, months=12 * MEMORY_GIGABYTES / gigabytes["gongkai.db"],
        bus_hours=gigabytes["bus.db"] * 1000 / 50 / 3600,
    )  # fmt: skip


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
