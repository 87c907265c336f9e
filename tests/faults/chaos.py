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
        """One fault after the other, in an order of chance; the portals change meanwhile, all `changes` in all."""
        left = list(changes)
        for number, fault in enumerate(self._chance.sample(faults, len(faults)), start=1):
            later = len(changes) * (len(faults) - number) // len(faults)
            count = max(len(left) - later, int(fault.needs_change))
            self._strike(fault, left[:count])
            del left[:count]
            self._pause()

    def _strike(self, fault: Fault, changes: Sequence[Change]) -> None:
        end = time.monotonic() + fault.seconds
        with fault.breaks(self._on, self._chance) as hit:
            self.struck[fault.name, hit] += 1
            for change in changes:
                self._on.portals.change(change)
            while self._meanwhile and time.monotonic() + self._pause_seconds[1] < end:
                self._pause()
                with self._meanwhile.breaks(self._on, self._chance) as also:
                    self.struck[self._meanwhile.name, also] += 1
            time.sleep(max(0.0, end - time.monotonic()))

    def _pause(self) -> None:
        time.sleep(self._chance.uniform(*self._pause_seconds))
