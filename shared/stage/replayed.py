"""The headers by which an event tells that a replay sent it again; what it causes carries them on."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

REPLAY: Final = "gongkai-replay"
REPLAYED_AT: Final = "gongkai-replayed-at"
REPLAYED_BY: Final = "gongkai-replayed-by"
_CARRIED: Final = (REPLAY, REPLAYED_AT, REPLAYED_BY)


def carried(headers: Mapping[str, str]) -> dict[str, str]:
    """Those of `headers` that tell of a replay."""
    return {name: headers[name] for name in _CARRIED if name in headers}


def began_at(headers: Mapping[str, str], fetched_at: datetime) -> datetime:
    """Since when an event is on its way: `fetched_at`, or when the replay began that sent it again."""
    try:
        moment = datetime.fromisoformat(headers.get(REPLAYED_AT, ""))
    except ValueError:
        return fetched_at
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
