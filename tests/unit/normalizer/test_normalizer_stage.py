"""The stage: from a parsed event to messages, the same on every run, and nothing dropped in silence."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.normalizer.stage import messages, normalize, normalize_document
from shared import ids
from shared.archive.connect import open_archive
from shared.archive.contract import Archive
from shared.bus.contract import Message
from shared.errors import Corrupt
from shared.schemas.document import HIDDEN, UNVALUED, Document, Origin, Unread
from shared.schemas.events import NormalizedEvent, ParsedEvent, Reading
from shared.schemas.names import Severity
from shared.schemas.records import Check, Disclosure, Finding
from shared.topics import NORMALIZED, topic

LINES = [
    "某某局2024年部门预算公开",
    "支出总表",
    "单位：万元",
    [["科目编码", "科目名称", "合计", "基本支出", "项目支出"], ["201", "一般公共服务支出", "3", "1", "2"]],
]


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return open_archive(tmp_path.as_uri())


def parsed(archive: Archive, document: Document) -> ParsedEvent:
    return ParsedEvent(
        id="e1",
        disclosure_id=document.disclosure_id,
        revision_id=document.revision_id,
        revision=1,
        origin=Origin(),
        fetched_at=datetime(2024, 3, 1, tzinfo=UTC),
        version="1",
        document=archive.put(document.model_dump_json().encode()),
        pages=0,
        tables=1,
        paragraphs=3,
    )


def test_records_are_archived_as_json_lines_and_counted(
    archive: Archive, document: Callable[..., Document]
) -> None:
    event, records = normalize(parsed(archive, document(LINES)), archive)
    stored = [json.loads(line) for line in archive.get(event.records).splitlines()]
    assert [each["id"] for each in stored] == [each.id for each in records]
    assert sum(event.counts.values()) == len(records)
    assert (event.counts["disclosure"], event.counts["budget_line"]) == (1, 3)
    assert [each["amount"] for each in stored if each["record"] == "budget_line"] == [
        "30000.00",
        "10000.00",
        "20000.00",
    ]


def test_every_record_goes_to_the_topic_of_its_type(archive: Archive, document: Callable[..., Document]) -> None:
    first, *others = messages(parsed(archive, document(LINES)), None, archive)
    assert first.topic == NORMALIZED.name
    normalized = NormalizedEvent.model_validate_json(first.value or b"")
    assert len(others) == sum(normalized.counts.values())
    for message in others:
        value = json.loads(message.value or b"")
        assert message.key == value["id"]
        assert topic(message.topic).model.model_fields["record"].default == value["record"]


def test_the_same_document_gives_the_same_messages(archive: Archive, document: Callable[..., Document]) -> None:
    event = parsed(archive, document(LINES))
    assert messages(event, None, archive) == messages(event, None, archive)


FEWER = [*LINES[:3], [LINES[3][0], ["205", "教育支出", "7", "7", "0"]]]


class Published:
    """The record topics as consumers see them, and the event that tells what stands."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._standing: Reading | None = None
        self.records: dict[tuple[str, str], dict[str, object]] = {}

    def take(self, event: ParsedEvent) -> list[Message]:
        first, *others = messages(event, self._standing, self._archive)
        normalized = NormalizedEvent.model_validate_json(first.value or b"")
        self._standing = normalized.standing or normalized.reading
        for message in others:
            self.records.pop((message.topic, message.key), None)
            if message.value is not None:
                self.records[message.topic, message.key] = json.loads(message.value)
        return others

    def revisions(self) -> set[object]:
        return {record["revision_id"] for record in self.records.values()}


def revision(archive: Archive, document: Document, number: int, **changes: object) -> ParsedEvent:
    own = document.model_copy(update={"revision_id": f"v{number}"})
    return parsed(archive, own).model_copy(update={"revision": number, **changes})


def test_records_a_later_revision_no_longer_has_get_tombstones(
    archive: Archive, document: Callable[..., Document]
) -> None:
    topics = Published(archive)
    topics.take(revision(archive, document(LINES), 1))
    gone = [message for message in topics.take(revision(archive, document(FEWER), 2)) if message.value is None]
    assert gone
    told = [message.headers["ce_id"] for message in gone]
    assert len(set(told)) == len(gone)
    assert all(ce_id.startswith(message.key) for ce_id, message in zip(told, gone, strict=True))
    _, records = normalize(revision(archive, document(FEWER), 2), archive)
    assert {key for _, key in topics.records} == {record.id for record in records}
    assert topics.revisions() == {"v2"}


def test_a_revision_that_comes_late_leaves_the_record_topics_as_they_are(
    archive: Archive, document: Callable[..., Document]
) -> None:
    topics = Published(archive)
    topics.take(revision(archive, document(FEWER), 2))
    before = dict(topics.records)
    assert topics.take(revision(archive, document(LINES), 1)) == []
    assert topics.records == before
    topics.take(revision(archive, document(LINES), 3))
    _, records = normalize(revision(archive, document(LINES), 3), archive)
    assert {key for _, key in topics.records} == {record.id for record in records}


def test_standing_records_the_archive_lost_are_named(archive: Archive, document: Callable[..., Document]) -> None:
    event = parsed(archive, document(LINES))
    normalized, _ = normalize(event, archive)
    lost = normalized.reading.model_copy(update={"records": "0" * 64})
    with pytest.raises(Corrupt, match="lost the records"):
        messages(event, lost, archive)


def test_another_process_with_another_hash_seed_makes_the_same_bytes(seeds: Path) -> None:
    seed = min(seeds.glob("*.txt"), key=lambda path: path.stat().st_size)
    script = (
        "import sys, hashlib, pathlib\n"
        "from services.parser.stage import read_file\n"
        "from services.normalizer.stage import normalize_document\n"
        "lines = [r.model_dump_json() for r in normalize_document(read_file(pathlib.Path(sys.argv[1])))]\n"
        "print(hashlib.sha256(chr(10).join(lines).encode()).hexdigest())\n"
    )
    made = {
        subprocess.run(
            [sys.executable, "-c", script, str(seed)],
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for hash_seed in ("1", "2")
    }
    assert len(made) == 1


def test_a_document_that_is_gone_is_corrupt(archive: Archive, document: Callable[..., Document]) -> None:
    event = parsed(archive, document(LINES)).model_copy(update={"document": ids.content_hash(b"other")})
    with pytest.raises(Corrupt, match="parse it again"):
        normalize(event, archive)


def test_a_table_nobody_reads_and_a_file_nobody_could_are_findings(document: Callable[..., Document]) -> None:
    made = document([*LINES, "附表：会议安排表", [["会议", "天数"], ["年会", "3"]]])
    made = made.model_copy(update={"unread": (Unread(name="旧.wps", cause="unsupported", message="No reader."),)})
    findings = [each for each in normalize_document(made) if isinstance(each, Finding)]
    unread = {each.check: each for each in findings if each.check.startswith("unread_")}
    assert set(unread) == {"unread_table", "unread_file"}
    assert "第2个表格“附表：会议安排表”（2行2列）" in unread["unread_table"].message
    assert unread["unread_table"].provenance.table == 1
    assert unread["unread_file"].message == "“旧.wps”没有读入：不支持这种格式或内容。"
    assert unread["unread_file"].provenance.text == "No reader."


def test_what_a_file_hides_is_told_as_information(document: Callable[..., Document]) -> None:
    made = document(LINES).model_copy(
        update={"unread": (Unread(name="表.xlsx", cause=HIDDEN, message="Rows that the sheet hides."),)}
    )
    [told] = [each for each in normalize_document(made) if isinstance(each, Finding) and "不显示" in each.message]
    assert (told.check, told.severity) == ("unread_hidden", Severity.INFO)


def test_a_file_that_repeats_another_is_read_once(document: Callable[..., Document]) -> None:
    again = [
        LINES[0],
        "支出总表",
        "单位：万元",
        [["科目编码", "科目名称", "合计", "基本支出", "项目支出"], ["201", "一般公共服务支出", "3.00", "1", "2"]],
    ]
    records = normalize_document(document(LINES, again))
    assert sum(each.model_dump()["record"] == "budget_line" for each in records) == 3
    assert [each.check for each in records if isinstance(each, Finding) and each.check.startswith("unread")] == [
        "unread_repeated"
    ]


def test_a_file_that_differs_in_one_figure_is_read_too(document: Callable[..., Document]) -> None:
    other = [
        *LINES[:3],
        [["科目编码", "科目名称", "合计", "基本支出", "项目支出"], ["201", "一般公共服务支出", "4", "2", "2"]],
    ]
    records = normalize_document(document(LINES, other))
    assert sum(each.model_dump()["record"] == "budget_line" for each in records) == 6


def test_an_empty_document_still_has_its_disclosure_and_checks(document: Callable[..., Document]) -> None:
    records = normalize_document(document([]))
    assert isinstance(records[0], Disclosure)
    assert any(isinstance(each, Check) for each in records)
    assert not [each for each in records if isinstance(each, Finding)]


def test_cells_with_an_error_for_a_value_are_told_once_for_all_sheets(document: Callable[..., Document]) -> None:
    left = [Unread(name=f"表{number}: B{number}", cause=UNVALUED, message="Formulas.") for number in range(1, 8)]
    records = normalize_document(document(LINES).model_copy(update={"unread": tuple(left)}))
    (told,) = [each for each in records if isinstance(each, Finding) and each.check == "unread_file"]
    assert told.severity is Severity.WARNING
    assert told.message == (
        "“表1: B1”、“表2: B2”、“表3: B3”、“表4: B4”、“表5: B5”等7张工作表的单元格"
        "只有错误值（如#REF!）或没有结果的公式，没有读入。"
    )


@pytest.mark.parametrize(("note", "told"), [("", 1), ("注：本表为空表。", 0), ("说明：本单位无此项支出。", 0)])
def test_a_table_whose_figures_were_lost_is_a_warning(
    document: Callable[..., Document], note: str, told: int
) -> None:
    header = ["科目编码", "科目名称", "合计", "基本支出", "项目支出"]
    table = [header, ["", "合计", "", "", ""], ["213", "农林水支出", "", "", ""]]
    records = normalize_document(document(["支出总表", "单位：万元", table, note or "完"]))
    found = [each for each in records if isinstance(each, Finding) and each.check == "unread_table"]
    assert [(each.severity, each.message) for each in found] == [
        (Severity.WARNING, "《支出总表》有2行而没有金额，可能未能读出。")
    ] * told


@pytest.mark.parametrize(("amounts", "told"), [(6, True), (5, False)])
def test_figures_of_a_table_that_became_lines_are_told(
    document: Callable[..., Document], amounts: int, told: bool
) -> None:
    cells = [line for number in range(amounts) for line in (f"{number + 1}月收入", f"1,{number}00.50")]
    records = normalize_document(document([*LINES, "收入总表", "项目", "预算数", *cells, "以上数据说明。"]))
    found = [each.message for each in records if isinstance(each, Finding) and each.check == "unread_table"]
    assert (
        found
        == ["“1,000.50”、“1,100.50”、“1,200.50”、“1,300.50”、“1,400.50”等6个金额各占一行，不在表格中，没有读入。"]
        * told
    )
