"""Replay over the real stages: harmless to do twice, told beforehand by a shadow, and only of what is older."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from shared.bus.contract import Bus
from shared.bus.scan import scan
from shared.clock import SystemClock
from shared.errors import Corrupt
from shared.replay.choice import Choice, choose, events
from shared.replay.sending import copies, run_headers
from shared.replay.shadow import begin
from shared.stage.dead_letters import Choice as Letters
from shared.stage.dead_letters import dead_letter
from shared.stage.redrive import CAP, Tally, due
from shared.stage.replayed import REPLAYED_BY
from shared.topics import FETCHED, NORMALIZED, TOPICS
from shared.version import VERSION
from tests.e2e.contents import on_topics, stored
from tests.e2e.rereading import EXTRA, OLD, Installation, installed, served_by_an_older_one, serving

TORN = b"%PDF-1.7\n" + b"\xff" * 100
"""A PDF of which nothing can be read."""

Snapshot = tuple[list[tuple[str, int, bool, str]], dict[str, bytes]]


@pytest.fixture(params=["sqlite", "kafka"])
async def live(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Installation]:
    """An installation on either bus, with nothing on it."""
    on_kafka = request.param == "kafka"
    url = request.getfixturevalue("kafka_url") if on_kafka else f"sqlite:///{tmp_path / 'bus.db'}"
    async with installed(tmp_path / "data", url) as installation:
        yield installation


async def snapshot(live: Installation) -> Snapshot:
    """Every stored row, and the record topics as a consumer from their start has them."""
    return (
        await asyncio.to_thread(stored, live.settings.database_url),
        await asyncio.to_thread(on_topics, live.settings.bus_url),
    )


async def counts(bus: Bus) -> dict[str, int]:
    """Topic → its messages."""
    return {topic.name: len([each async for each in scan(bus, topic)]) for topic in TOPICS}


def standing(rows: list[tuple[str, int, bool, str]]) -> list[dict[str, Any]]:
    return [json.loads(body) for _, _, stands, body in rows if stands]


async def test_replaying_everything_twice_changes_nothing(live: Installation) -> None:
    await live.fetch_samples()
    async with serving(live):
        await live.settle()
        before = await snapshot(live)
        first = await counts(live.bus)
        for stage in ("parser", "normalizer", "parser"):
            done = await live.gongkai("replay", stage)
            assert done.returncode == 0, done.stderr
            await live.settle()
        after = await snapshot(live)
        second = await counts(live.bus)
    assert before == after
    assert standing(before[0])
    revisions = len(live.fetched)
    # What the parser reads again, the normalizer does too; of several events of a revision only the last is sent.
    assert second[FETCHED.name] == first[FETCHED.name] + 2 * revisions
    assert second[NORMALIZED.name] == first[NORMALIZED.name] + 3 * revisions


async def test_only_what_an_older_one_read_is_read_again_and_then_stands(live: Installation) -> None:
    await live.fetch_samples()
    async with serving(live, "store"):
        async with served_by_an_older_one(live):
            await live.settle()
        async with serving(live, "parser", "normalizer"):
            new = await live.fetch("new.txt", "示例县水利局2026年部门预算\n\n2026年预算收入12万元。".encode())
            await live.settle()
            would = await live.gongkai("replay", "parser", "--older-than", VERSION, "--dry-run")
            assert f"chosen {len(live.fetched) - 1} of {len(live.fetched)} revisions" in would.stdout
            await live.gongkai("replay", "parser", "--older-than", VERSION)
            await live.settle()
            again = await live.gongkai("replay", "parser", "--older-than", VERSION)
            assert "chosen 0 of" in again.stdout
    rows, topics = await snapshot(live)
    assert {record["version"] for record in standing(rows)} == {VERSION}
    assert {record["id"]: record for record in standing(rows)} == {
        name: json.loads(value) for name, value in topics.items()
    }
    assert not [name for name in topics if name.startswith(EXTRA)]
    assert len([message async for message in scan(live.bus, FETCHED) if message.key == new]) == 1


async def test_a_shadow_tells_the_difference_and_promotion_makes_it(live: Installation) -> None:
    samples = await live.fetch_samples()
    torn = await live.fetch("torn.pdf", TORN)
    unable = await live.fetch("new.txt", "示例县水利局2026年部门预算\n\n2026年预算收入12万元。".encode())
    async with serving(live, "store"), served_by_an_older_one(live, unable=unable):
        await live.settle()
    before, untouched = await snapshot(live), await counts(live.bus)

    told = await live.gongkai("replay", "parser", "--shadow", "next", "--json")
    assert told.returncode == 0, told.stderr
    difference = json.loads(told.stdout)
    assert (await snapshot(live), await counts(live.bus)) == (before, untouched)

    of_older = standing(before[0])
    extras = [record for record in of_older if record["id"].startswith(EXTRA)]
    facts = difference["records"]["fact"]
    assert facts["removed"]["count"] == len(samples)
    assert len(extras) == len(samples) + 1, "the torn one stays as the older one read it"
    lines = difference["records"]["budget_line"]
    assert set(lines["fields"]) == {"amount"}
    assert lines["changed"] == lines["fields"]["amount"]["count"] == len(samples)
    example = lines["fields"]["amount"]["examples"][0]
    assert float(example["before"]) == float(example["after"]) + 1
    assert difference["differing"] == len(samples) + 1
    assert [each["disclosure_id"] for each in difference["failing"]["examples"]] == [torn]
    assert [each["disclosure_id"] for each in difference["recovered"]["examples"]] == [unable]

    again = await live.gongkai("replay", "parser", "--shadow", "next")
    assert again.returncode == 2
    assert "There is a shadow next already" in again.stderr
    same = await live.gongkai("replay", "diff", "next", "--json")
    assert json.loads(same.stdout) == difference

    async with serving(live):
        promoted = await live.gongkai("replay", "promote", "next")
        assert promoted.returncode == 0, promoted.stderr
        await live.settle()
    rows, topics = await snapshot(live)
    now = {record["id"]: record for record in standing(rows)}
    assert {name: json.loads(value) for name, value in topics.items()} == now
    kept = {record["id"] for record in now.values() if record["version"] == OLD}
    assert {now[name]["disclosure_id"] for name in kept} == {torn}
    was = {record["id"] for record in of_older}
    added = sum(of_type["added"]["count"] for of_type in difference["records"].values())
    removed = sum(of_type["removed"]["count"] for of_type in difference["records"].values())
    assert (len(now.keys() - was), len(was - now.keys())) == (added, removed)
    gone = await live.gongkai("replay", "diff", "next")
    assert (gone.returncode, gone.stderr.count("\n")) == (2, 1)
    assert "There is no shadow next" in gone.stderr


async def test_a_shadow_of_the_normalizer_alone_reads_no_files(live: Installation) -> None:
    await live.fetch("a.txt", "示例县水利局2026年部门预算\n\n2026年预算收入12万元。".encode(), "county-a")
    await live.fetch("b.txt", "示例县财政局2026年部门预算\n\n2026年预算收入13万元。".encode(), "county-b")
    async with serving(live):
        await live.settle()
    told = await live.gongkai("replay", "normalizer", "--portal", "county-b", "--shadow", "b")
    assert told.returncode == 0, told.stderr
    assert "chosen 1 of 2 revisions, of 1 disclosures" in told.stdout
    assert "0 differ, 1 are equal, 0 are outranked" in told.stdout
    assert (await live.gongkai("replay", "drop", "b")).returncode == 0
    assert (await live.gongkai("replay", "diff", "b")).returncode == 2


async def test_a_late_look_at_an_old_revision_is_outranked(live: Installation) -> None:
    disclosure = await live.fetch("a.txt", "示例县水利局2026年部门预算\n\n2026年预算收入12万元。".encode())
    await live.fetch("a.txt", "示例县水利局2026年部门预算\n\n2026年预算收入13万元。".encode(), revision=2)
    async with serving(live):
        await live.settle()
        before = await snapshot(live)
        until = f"{live.fetched[1].fetched_at:%Y-%m-%d}"
        chosen = ("--disclosure", disclosure, "--until", until)
        told = await live.gongkai("replay", "parser", *chosen, "--shadow", "late")
        assert "chosen 1 of 2 revisions" in told.stdout, told.stderr
        assert "0 differ, 0 are equal, 1 are outranked" in told.stdout
        assert (await live.gongkai("replay", "promote", "late")).returncode == 0
        await live.settle()
        assert await snapshot(live) == before


@pytest.mark.parametrize("live", ["sqlite"], indirect=True)
async def test_a_shadow_of_another_version_or_unfinished_is_not_promoted(live: Installation) -> None:
    await live.fetch("a.txt", "示例县水利局2026年部门预算\n\n2026年预算收入12万元。".encode())
    for name, headers, said in (
        ("other", {REPLAYED_BY: OLD}, f"made by gongkai {OLD}"),
        ("begun", {}, "is not finished"),
    ):
        chosen = await choose(live.bus, "parser", Choice())
        messages = copies(events(live.bus, chosen), run_headers(SystemClock(), name) | headers)
        await begin(live.settings.bus_url, name, messages)
        refused = await live.gongkai("replay", "promote", name)
        assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)
        assert said in refused.stderr
    assert len([each async for each in scan(live.bus, FETCHED)]) == 1


async def test_dead_letters_are_redriven_on_either_bus(live: Installation) -> None:
    for name in ("torn.pdf", "broken.pdf"):
        await live.fetch(name, TORN)
    redrive = ("dead-letters", "redrive", "--stage", "parser", "--cause", "corrupt", "--cap", "1")
    async with serving(live, "parser"):
        for said in ("sent 2, 0 sent before, 0 too often", "sent 0, 2 sent before, 2 too often"):
            await live.settle("parser")
            done = await live.gongkai(*redrive)
            assert done.stdout == f"parser: {said}\n", done.stderr


@pytest.mark.parametrize("live", ["sqlite"], indirect=True)
async def test_redriving_for_the_store_leaves_no_record_that_is_gone(live: Installation) -> None:
    texts = [
        f"示例县水利局2026年部门预算\n\n2026年预算{what}万元。".encode() for what in ("收入12", "支出12", "收入13")
    ]
    await live.fetch("a.txt", texts[0])
    async with serving(live, "parser", "normalizer"):
        await live.settle("parser", "normalizer")
        (normalized,) = [each async for each in scan(live.bus, NORMALIZED)]
        await live.bus.publish([dead_letter("store", normalized, Corrupt("Torn."), SystemClock())])
        held = [message async for message in due(live.bus, "store", Letters(), CAP, Tally())]
        # Revisions come while what is to be sent waits for its batch, and once it was sent.
        await live.fetch("a.txt", texts[1], revision=2)
        await live.settle("parser", "normalizer")
        await live.bus.publish(held)
        await live.settle("normalizer")
        await live.fetch("a.txt", texts[2], revision=3)
        await live.settle("parser", "normalizer")
    async with serving(live, "store"):
        await live.settle()
    rows, topics = await snapshot(live)
    assert {revision for _, revision, _, _ in rows} == {1, 2, 3}
    assert {name: json.loads(value) for name, value in topics.items()} == {
        record["id"]: record for record in standing(rows)
    }
