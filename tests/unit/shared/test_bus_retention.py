"""The embedded log lets go of what Kafka would, gives its space back, and keeps what is still to be read."""

import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from shared.bus.contract import Message
from shared.bus.progress import Position
from shared.bus.sqlite.groups import Groups
from shared.bus.sqlite.log import EMPTY_PAGES, Log
from shared.bus.sqlite.retention import tidy
from shared.topics import DEAD_LETTERS, FETCHED, NORMALIZED, POLL_REQUESTS, RECORDS, TOPICS, Topic, group

LINES = RECORDS["budget_line"]
PAGE = 4096


class Calendar:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.today = datetime(2026, 1, 1, tzinfo=UTC)

    def now(self) -> datetime:
        return self.today

    def pass_days(self, days: float) -> None:
        self.today += timedelta(days=days)


@pytest.fixture
def calendar() -> Calendar:
    return Calendar()


@pytest.fixture
def log(tmp_path: Path, calendar: Calendar) -> Iterator[Log]:
    opened = Log(tmp_path / "bus.db", calendar)
    with opened.writing():
        for topic in TOPICS:
            opened.create(topic.name)
    yield opened
    opened.close()


def publish(log: Log, topic: Topic, *messages: tuple[str, bytes | None]) -> None:
    with log.writing():
        log.append([Message(topic.name, key, value) for key, value in messages])


def read_all(log: Log, topic: Topic) -> None:
    """Every stage that reads `topic` has done so."""
    with log.writing():
        for reader in topic.consumers:
            positions = {each: Position(10**9) for each in log.partitions(topic.name)}
            Groups(log).commit(group(reader), positions)


def tidy_up(log: Log) -> None:
    while tidy(log, Groups(log), TOPICS):
        pass


def there(log: Log, topic: Topic) -> list[tuple[str, bytes | None]]:
    with log.reading():
        found = log.after(dict.fromkeys(log.partitions(topic.name), 0), 10**6)
    return [(each.key, each.value) for each in found]


def test_messages_past_their_days_go_and_younger_ones_stay(log: Log, calendar: Calendar) -> None:
    letters = DEAD_LETTERS["parser"]
    publish(log, letters, *((f"d{number}", b"old") for number in range(3000)))
    publish(log, FETCHED, ("d1", b"kept for ever"))
    calendar.pass_days(89)
    publish(log, letters, ("d1", b"young"))
    tidy_up(log)
    assert len(there(log, letters)) == 3001
    calendar.pass_days(1)
    tidy_up(log)
    assert there(log, letters) == [("d1", b"young")]
    calendar.pass_days(10_000)
    tidy_up(log)
    assert there(log, FETCHED) == [("d1", b"kept for ever")]


def test_of_a_compacted_topic_what_was_replaced_for_long_goes(log: Log, calendar: Calendar) -> None:
    publish(log, LINES, ("a", b"1"), ("b", b"1"), ("c", b"1"), ("a", b"2"))
    calendar.pass_days(3)
    publish(log, LINES, ("a", b"3"), ("b", None))
    calendar.pass_days(4)
    tidy_up(log)
    assert sorted(there(log, LINES), key=str) == [("a", b"2"), ("a", b"3"), ("b", None), ("b", b"1"), ("c", b"1")]
    calendar.pass_days(3)
    tidy_up(log)
    assert sorted(there(log, LINES)) == [("a", b"3"), ("c", b"1")]
    with log.reading():
        assert log.latest(LINES.name, "b") is None
    publish(log, LINES, ("c", b"2"))
    calendar.pass_days(7)
    tidy_up(log)
    assert sorted(there(log, LINES)) == [("a", b"3"), ("c", b"2")]


@pytest.mark.parametrize("topic", [NORMALIZED, POLL_REQUESTS], ids=lambda topic: topic.name)
def test_what_a_stage_has_still_to_read_stays(log: Log, calendar: Calendar, topic: Topic) -> None:
    publish(log, topic, ("d1", b"1"), ("d1", b"2"))
    calendar.pass_days(1000)
    tidy_up(log)
    assert there(log, topic) == [("d1", b"1"), ("d1", b"2")]
    read_all(log, topic)
    tidy_up(log)
    assert there(log, topic) == ([("d1", b"2")] if topic.compacted else [])


def test_who_publishes_waits_for_one_slice_at_most(log: Log, calendar: Calendar) -> None:
    publish(log, POLL_REQUESTS, *(("sample", b"x") for _ in range(2000)))
    read_all(log, POLL_REQUESTS)
    calendar.pass_days(2)
    assert tidy(log, Groups(log), TOPICS)
    publish(log, POLL_REQUESTS, ("sample", b"new"))
    assert 1000 < len(there(log, POLL_REQUESTS)) < 2001
    tidy_up(log)
    assert there(log, POLL_REQUESTS) == [("sample", b"new")]


def test_what_a_wrong_clock_published_keeps_nothing_for_ever(log: Log, calendar: Calendar) -> None:
    calendar.pass_days(400)
    publish(log, DEAD_LETTERS["parser"], ("d1", b"by a clock a year ahead"))
    calendar.pass_days(-400)
    publish(log, DEAD_LETTERS["parser"], *((f"d{number}", b"x") for number in range(9)))
    tidy_up(log)
    calendar.pass_days(89)
    tidy_up(log)
    assert len(there(log, DEAD_LETTERS["parser"])) == 10
    calendar.pass_days(2)
    tidy_up(log)
    assert not there(log, DEAD_LETTERS["parser"])


def test_a_file_of_the_version_before_gives_its_space_back_too(tmp_path: Path, calendar: Calendar) -> None:
    path = tmp_path / "bus.db"
    log = Log(path, calendar)
    log.connection.execute("PRAGMA auto_vacuum = NONE")
    log.connection.execute("VACUUM")
    publish(log, POLL_REQUESTS, *(("sample", random.randbytes(3000)) for _ in range(2000)))
    read_all(log, POLL_REQUESTS)
    assert size(log, path) > 6_000_000
    calendar.pass_days(2)
    tidy_up(log)
    assert size(log, path) < 500_000
    log.close()


def test_two_years_of_a_county_leave_what_stands_and_a_week_of_what_stood(
    log: Log, calendar: Calendar, tmp_path: Path
) -> None:
    """Sixty departments, a tenth of the size; each publishes once a year and corrects it every other month."""
    departments, records = 60, 27
    log.connection.execute("PRAGMA synchronous = OFF")
    line = json.dumps({"record": "budget_line", "name": "一般公共服务支出", "amount": "2150900.00"}).encode() * 6
    for day in range(730):
        calendar.pass_days(1)
        for department in range(departments):
            if (day + department) % 60 == 0:
                key = f"{department}-{day // 365}"
                publish(log, LINES, *((f"{key}-{each}", line) for each in range(records)))
                publish(log, NORMALIZED, (key, line))
                publish(log, FETCHED, (key, line))
        publish(log, POLL_REQUESTS, ("sample", b"x"))
        for topic in (NORMALIZED, FETCHED, POLL_REQUESTS):
            read_all(log, topic)
        if day % 10 == 0:
            tidy_up(log)
    tidy_up(log)
    assert len(there(log, LINES)) <= (2 * departments + 8) * records
    assert len(there(log, NORMALIZED)) <= 2 * departments + 31
    assert len(there(log, POLL_REQUESTS)) <= 2
    every_year = 2 * departments * records * (len(line) + 500)
    assert size(log, tmp_path / "bus.db") < 1.5 * every_year + EMPTY_PAGES * PAGE


def size(log: Log, path: Path) -> int:
    log.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path.stat().st_size
