"""A fault run: the first publication under faults, then changes of the portals under faults, then the verdict."""

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from tests.e2e.contents import readings
from tests.e2e.deployment import PATIENCE_SECONDS
from tests.faults import verdict
from tests.faults.chaos import Chaos
from tests.faults.installation import Installation
from tests.faults.kinds import Fault
from tests.faults.undisturbed import Undisturbed
from tests.faults.verdict import SECONDS_EACH


@dataclass(frozen=True)
class Summary:
    """What was done to an installation that came out of it unharmed."""

    struck: Counter[tuple[str, str]]
    undisturbed: Undisturbed
    seconds: float

    def __str__(self) -> str:
        faults = ", ".join(f"{fault} ({hit}) {count}" for (fault, hit), count in sorted(self.struck.items()))
        kept = self.undisturbed
        return (
            f"{self.struck.total()} faults in {self.seconds:.0f} s: {faults}; {kept.disclosures} disclosures, "
            f"{len(kept.revisions)} revisions, {len(kept.rows)} records, all as undisturbed; no dead letters"
        )


def run(on: Installation, undisturbed: Undisturbed, chaos: Chaos, phases: Sequence[Sequence[Fault]]) -> Summary:
    """Strike with the faults of the two `phases` and judge; AssertionError when the installation took harm."""
    first, then = phases
    wait = on.deployment.wait_until
    wait(lambda: on.deployment.ready and len(readings(on.database)) > 0, "the first disclosure")
    began = time.monotonic()
    chaos.strike(first)
    seconds = PATIENCE_SECONDS + SECONDS_EACH * len(undisturbed.first)
    wait(lambda: readings(on.database).keys() >= undisturbed.first, "every disclosure of the start", seconds)
    chaos.strike(then, undisturbed.changes)
    verdict.check(on, undisturbed)
    return Summary(chaos.struck, undisturbed, time.monotonic() - began)
