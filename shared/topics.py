"""The topics as data, in the path's order: who writes them, who reads them, their key and model."""

from dataclasses import dataclass
from typing import Final, Literal

from shared.schemas.changes import Change
from shared.schemas.events import DeadLetter, FetchedEvent, NormalizedEvent, ParsedEvent, PollRequest
from shared.schemas.model import Model
from shared.schemas.record_types import RECORD_TYPES, RecordType

StageName = Literal["fetcher", "parser", "normalizer", "store"]


@dataclass(frozen=True)
class Topic:
    """A topic with `partitions` on a bus where that is a choice.

    Its messages are kept `retention_days`, for ever when None. Of a compacted topic the last message of each key
    is kept for ever, the ones before it at least `retention_days`.
    """

    name: str
    producer: StageName
    consumers: tuple[StageName, ...]
    key: str
    model: type[Model]
    partitions: int = 12
    retention_days: int | None = None
    compacted: bool = False

    @property
    def schema(self) -> str:
        """The URI of the schema of its values, as the header `ce_dataschema` has it."""
        return f"urn:gongkai:schema:{self.name}"


POLL_REQUESTS: Final = Topic(
    "gongkai.poll-requests.v1", "fetcher", ("fetcher",), "portal", PollRequest, retention_days=1
)
"""Asks for a portal to be polled now; who holds a portal's partition of it is who polls the portal."""
FETCHED: Final = Topic("gongkai.fetched.v1", "fetcher", ("parser",), "disclosure_id", FetchedEvent)
PARSED: Final = Topic("gongkai.parsed.v1", "parser", ("normalizer",), "disclosure_id", ParsedEvent)
NORMALIZED: Final = Topic(
    "gongkai.normalized.v1",
    "normalizer",
    ("store",),
    "disclosure_id",
    NormalizedEvent,
    retention_days=30,
    compacted=True,
)
"""Its last message of a disclosure says which records stand on the record topics."""


def _records(kind: RecordType) -> Topic:
    name = f"gongkai.{kind.topic}.v1"
    return Topic(name, "normalizer", (), kind.key, kind.model, partitions=6, retention_days=7, compacted=True)


RECORDS: Final[dict[str, Topic]] = {each.name: _records(each) for each in RECORD_TYPES}
"""Record type → its topic, which consumers read as the latest state of every record."""


CHANGES: Final = Topic(
    "gongkai.changes.v1", "normalizer", (), "disclosure_id", Change, partitions=6, retention_days=90
)
"""What each revision says otherwise than the one before."""


def _dead_letters(stage: StageName) -> Topic:
    return Topic(
        f"gongkai.{stage}.dead-letters.v1",
        stage,
        (),
        "disclosure_id",
        DeadLetter,
        partitions=3,
        retention_days=90,
    )


DEAD_LETTERS: Final[dict[StageName, Topic]] = {
    "parser": _dead_letters("parser"),
    "normalizer": _dead_letters("normalizer"),
    "store": _dead_letters("store"),
}

TOPICS: Final[tuple[Topic, ...]] = (
    POLL_REQUESTS,
    FETCHED,
    PARSED,
    NORMALIZED,
    *RECORDS.values(),
    CHANGES,
    *DEAD_LETTERS.values(),
)


def group(stage: str) -> str:
    """The consumer group in which the instances of a stage read."""
    return f"gongkai.{stage}"


def topic(name: str) -> Topic:
    """The topic called `name`; KeyError when there is none."""
    return _BY_NAME[name]


_BY_NAME: Final = {each.name: each for each in TOPICS}
