"""kill -9 at random moments, restarted each time: the database ends as that of a run nobody disturbed."""

import sqlite3
import time
from contextlib import closing
from pathlib import Path
from random import Random
from types import ModuleType

import pytest

from tests.e2e.process import Gongkai
from tests.e2e.stored import disclosures, expected

pytestmark = pytest.mark.xdist_group("five portals")

KILLS = 20
SEED = 20240205
LONGEST_LIFE = 4.0


def stands(data: Path) -> list[tuple[object, ...]]:
    """Every stored record with its revision and whether it stands, in an order that does not tell when it came."""
    with closing(sqlite3.connect(data / "gongkai.db")) as database:
        return sorted(
            database.execute(
                "SELECT revision.revision_id, revision.revision, revision.standing, body.body FROM record"
                " JOIN record_body AS body ON body.position = record.position"
                " JOIN revision ON revision.key = record.revision"
            )
        )


def run_to_the_end(gongkai: Gongkai, wanted: set[str]) -> None:
    gongkai.wait_until(lambda: set(disclosures(gongkai)) >= wanted, "every disclosure")
    assert gongkai.stop() == 0


def test_twenty_kills_change_nothing(
    gongkai: Gongkai, sample_portals: dict[str, str], portals_folder: Path, tmp_path: Path, serve: ModuleType
) -> None:
    wanted = expected(portals_folder, sample_portals, {0})
    undisturbed = Gongkai(tmp_path / "undisturbed", gongkai.portals)
    undisturbed.start()
    run_to_the_end(undisturbed, wanted)

    chance = Random(SEED)
    for _ in range(KILLS):
        gongkai.start()
        time.sleep(chance.uniform(0.5, LONGEST_LIFE))
        gongkai.kill()
    gongkai.start()
    run_to_the_end(gongkai, wanted)
    assert stands(gongkai.data) == stands(undisturbed.data)
