"""`gongkai` whose fetchers wait a third as long before they take one another, or themselves, for dead."""

import pytest

from services.fetcher.fleet import members
from shared.bus.sqlite import groups

QUICKER = 3


def main() -> None:
    quicker = pytest.MonkeyPatch()
    quicker.setattr(groups, "LEASE_SECONDS", groups.LEASE_SECONDS / QUICKER)
    for name in ("BEAT_SECONDS", "ALONE_SECONDS"):
        quicker.setattr(members, name, getattr(members, name) / QUICKER)
    from services.cli.main import main as gongkai  # the bus, which renews a lease by its length, only now

    gongkai()


if __name__ == "__main__":
    main()
