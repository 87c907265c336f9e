"""Back-off: how long to wait before the next try of what met a transient error."""

import random
from dataclasses import dataclass
from typing import Final

GIVE_UP_SECONDS: Final = 30.0
"""After so long without a step that went well, a member of a group leaves it, and its service joins anew."""
_chance: Final = random.SystemRandom()


@dataclass(frozen=True)
class Backoff:
    """Waits that double from `first` to `longest` seconds, each between a half and the whole of it by chance."""

    first: float = 0.2
    longest: float = 10.0

    def seconds(self, failures: int) -> float:
        """The wait after the `failures`-th failure in a row, counted from 1."""
        whole = min(self.longest, self.first * 2 ** min(failures - 1, 32))
        return _chance.uniform(whole / 2, whole)
