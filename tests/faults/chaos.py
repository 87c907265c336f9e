"""The engine of fault runs: strikes an installation by a seed, and counts what it did."""

import time
from collections import Counter
from collections.abc import Sequence
from random import Random

from tests.faults.installation import Installation
from tests.faults.kinds import Fault
from tests.faults.portals import Change


class Chaos:
    """Faults for `on`, drawn by `seed`; while one lasts, `meanwhile` strikes again and again.

    `pause` is the least and the most between two strikes, in seconds.
    """

    def __init__(
        self, on: Installation, seed: int, pause: tuple[float, float] = (0.3, 1.5), meanwhile: Fault | None = None
    ) -> None:
        self.struck: Counter[tuple[str, str]] = Counter()
        """(fault, what it hit) → how often."""
        self._on = on
        self._chance = Random(seed)
        self._pause_seconds = pause
        self._meanwhile = meanwhile

    def strike(self, faults: Sequence[Fault], changes: Sequence[Change] = ()) -> None:
        """One fault after the other, in an order of chance, the portals' `changes` spread over them."""
        made = 0
        for number, fault in enumerate(self._chance.sample(faults, len(faults)), start=1):
            due = len(changes) * number // len(faults)
            for change in changes[made:due]:
                self._on.portals.change(change)
            made = due
            self._strike(fault)
            self._pause()

    def _strike(self, fault: Fault) -> None:
        end = time.monotonic() + fault.seconds
        with fault.breaks(self._on, self._chance) as hit:
            self.struck[fault.name, hit] += 1
            while self._meanwhile and time.monotonic() + self._pause_seconds[1] < end:
                self._pause()
                with self._meanwhile.breaks(self._on, self._chance) as also:
                    self.struck[self._meanwhile.name, also] += 1
            time.sleep(max(0.0, end - time.monotonic()))

    def _pause(self) -> None:
        time.sleep(self._chance.uniform(*self._pause_seconds))
