"""A circuit a host: where polls of a host found it away in a row, its other portals need not find out too."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

FAILURES: Final = 2
"""Polls in a row, of whichever portals, that open a host's circuit."""
FIRST_SECONDS: Final = 600.0
LONGEST_SECONDS: Final = 6 * 3600.0
AWAY: Final = "unreachable"


@dataclass
class _Circuit:
    failures: int = 0
    open_until: float = 0.0


class Circuits:
    """Which hosts are away, by how their polls ended; `seconds` is a clock that only goes on."""

    def __init__(self, seconds: Callable[[], float]) -> None:
        self._seconds = seconds
        self._circuits: dict[str, _Circuit] = {}

    def ended(self, host: str, outcome: str) -> None:
        """A poll of a portal on `host` ended; one that found it there closes the circuit."""
        if outcome != AWAY:
            self._circuits.pop(host, None)
            return
        circuit = self._circuits.setdefault(host, _Circuit())
        circuit.failures += 1
        if circuit.failures >= FAILURES:
            wait = FIRST_SECONDS * 2 ** min(circuit.failures - FAILURES, 10)
            circuit.open_until = self._seconds() + min(wait, LONGEST_SECONDS)

    def is_open(self, host: str) -> bool:
        """Whether no poll should try `host` now; when the time is over one may."""
        circuit = self._circuits.get(host)
        return circuit is not None and self._seconds() < circuit.open_until
