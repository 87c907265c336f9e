"""What a run stores that nobody disturbs: one process, embedded, over the same portals and the same changes."""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from pathlib import Path

from tests.e2e.contents import Row, readings, stored
from tests.e2e.process import PATIENCE_SECONDS, Gongkai
from tests.faults.portals import Change, Portals

SECONDS_EACH = 5.0
RevisionKey = tuple[str, int]
"""Revision id and revision."""


@dataclass(frozen=True)
class Undisturbed:
    """The revisions stored of the portals as they are at first, all of them after `changes`, and every record."""

    changes: Sequence[Change]
    first: Set[RevisionKey]
    revisions: Set[RevisionKey]
    rows: Sequence[Row]

    @property
    def disclosures(self) -> int:
        return len(self.first) + self.changes.count("publish")


def run_undisturbed(portals: Portals, changes: Sequence[Change], folder: Path) -> Undisturbed:
    """Let an embedded gongkai find everything, then make the changes and let it find those."""
    gongkai = Gongkai(folder / "data", portals.folder)
    database = f"sqlite+aiosqlite:///{folder / 'data' / 'gongkai.db'}"

    def wait(count: int) -> Set[RevisionKey]:
        seconds = PATIENCE_SECONDS + SECONDS_EACH * count
        gongkai.wait_until(lambda: len(readings(database)) >= count, f"{count} revisions", seconds)
        return readings(database).keys()

    with portals.served():
        gongkai.start()
        try:
            first = wait(portals.disclosures)
            for change in changes:
                portals.change(change)
            revisions = wait(portals.disclosures + len(changes))
            assert gongkai.stop() == 0
        finally:
            if gongkai.process and gongkai.process.poll() is None:
                gongkai.kill()
    return Undisturbed(changes, first, revisions, stored(database))
