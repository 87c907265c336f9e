"""The end of every fault run: once all is calm, nothing may tell it from a run that nobody disturbed."""

from tests.e2e.contents import behind, dead_letters, disorder, on_topics, readings, standing, stored
from tests.e2e.deployment import PATIENCE_SECONDS
from tests.faults.installation import Installation
from tests.faults.undisturbed import Undisturbed

SECONDS_EACH = 20.0
"""Longer than a disclosure takes on a machine on which many others are at work."""


def check(on: Installation, undisturbed: Undisturbed) -> None:
    """Wait for what is still to come, then compare everything; AssertionError where it differs."""
    wait = on.deployment.wait_until
    seconds = PATIENCE_SECONDS + SECONDS_EACH * len(undisturbed.revisions)
    wait(lambda: readings(on.database).keys() >= undisturbed.revisions, "every revision in the database", seconds)
    wait(lambda: behind(on.bus) == 0, "every message to be worked through")
    wait(lambda: on.deployment.ready, "every service to be ready")
    assert not dead_letters(on.bus)
    again = {key: count for key, count in readings(on.database).items() if count > 1}
    assert not again, "stored more than once"
    rows = stored(on.database)
    assert rows == undisturbed.rows
    assert on_topics(on.bus) == standing(rows)
    assert not disorder(on.bus)
