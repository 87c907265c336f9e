"""Who leaves out messages met before, by source and id, loses no correction."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.asyncapi import examples
from shared.bus.contract import Message
from shared.schemas.events import ParsedEvent
from shared.schemas.records import Fact
from shared.stage import codec
from shared.stage.codec import encode, tombstone
from shared.topics import PARSED, RECORDS

FACTS = RECORDS["fact"]
PARSED_ONCE = ParsedEvent.model_validate(examples()[PARSED.name])


def fact(amount: str) -> Fact:
    return Fact.model_validate({**examples()[FACTS.name], "amount": amount})


def event(revision_id: str, revision: int, days_later: int = 0) -> ParsedEvent:
    """The parsed event of a revision; a portal that goes back to what stood before gives its id again."""
    fetched_at = datetime(2026, 2, 1, tzinfo=UTC) + timedelta(days=days_later)
    return PARSED_ONCE.model_copy(
        update={"revision_id": revision_id, "revision": revision, "fetched_at": fetched_at}
    )


def latest(messages: list[Message]) -> dict[str, bytes | None]:
    """What a consumer holds that leaves out what has an id it met before."""
    met: set[tuple[str, str]] = set()
    held: dict[str, bytes | None] = {}
    for message in messages:
        name = (message.headers["ce_source"], message.headers["ce_id"])
        if name not in met:
            met.add(name)
            held[message.key] = message.value
    return held


def test_a_consumer_that_leaves_out_repeated_ids_holds_what_the_last_revision_says() -> None:
    first, second, back = event("v1", 1), event("v2", 2, 1), event("v1", 3, 2)
    said = [
        encode(FACTS, "r1", fact("100.00"), first),
        encode(FACTS, "r1", fact("120.00"), second),
        encode(FACTS, "r1", fact("100.00"), back),
    ]
    assert latest(said[:2]) == {"r1": said[1].value}
    assert latest(said) == {"r1": said[2].value}
    gone = [said[0], tombstone(FACTS, "r1", second), said[2], tombstone(FACTS, "r1", event("v4", 4, 3))]
    assert [latest(gone[: number + 1])["r1"] for number in range(4)] == [said[0].value, None, said[2].value, None]


def test_what_another_version_reads_otherwise_is_not_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    before = [encode(FACTS, "r1", fact("100.00"), event("v1", 1)), tombstone(FACTS, "r2", event("v1", 1))]
    monkeypatch.setattr(codec, "VERSION", "99.0")
    now = [encode(FACTS, "r1", fact("100.00"), event("v1", 1)), tombstone(FACTS, "r2", event("v1", 1))]
    assert not {each.headers["ce_id"] for each in before} & {each.headers["ce_id"] for each in now}


def test_a_message_published_again_has_its_id_again() -> None:
    def made() -> list[Any]:
        of = event("v1", 1)
        return [encode(FACTS, "r1", fact("1.00"), of), encode(PARSED, "d1", of, of), tombstone(FACTS, "r1", of)]

    assert made() == made()
    assert len({message.headers["ce_id"] for message in made()}) == 3


def test_a_message_names_its_schema() -> None:
    assert encode(FACTS, "r1", fact("1.00"), event("v1", 1)).headers["ce_dataschema"] == (
        "urn:gongkai:schema:gongkai.facts.v1"
    )
