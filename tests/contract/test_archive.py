"""What every archive promises (shared/archive/contract.py), on every backend."""

import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared import ids
from shared.archive.connect import open_archive
from shared.archive.contract import Archive
from shared.errors import Corrupt, SettingsInvalid
from tests.servers.s3 import S3Server

MEGABYTE = 1024 * 1024
WRITER = """
import sys
from shared.archive.connect import open_archive
archive = open_archive(sys.argv[1])
for number in range(100_000):
    print(archive.put(number.to_bytes(4, "big") * 50_000), flush=True)
"""
NO_ARCHIVES = (
    *("", "archive", "ftp://bucket", "file://host/path", "file:"),
    *("s3://", "s3:///path", "s3://No_Bucket/x", "s3://id:secret@bucket/path"),
    *("s3://bucket?endpoint=http://store", "s3://bucket#part"),
)


class Place(Protocol):
    """Where an archive keeps its bytes, seen from outside of it."""

    @property
    def url(self) -> str: ...

    def kept(self) -> Mapping[str, bytes]:
        """Name → bytes of everything that is there under a key."""
        ...

    def damage(self, key: str, data: bytes) -> None:
        """Let `data` stand under `key`, as a broken disk would."""
        ...


@dataclass(frozen=True)
class Folder:
    path: Path

    @property
    def url(self) -> str:
        return self.path.as_uri()

    def kept(self) -> Mapping[str, bytes]:
        return {path.name: path.read_bytes() for path in self.path.glob("??/*")}

    def damage(self, key: str, data: bytes) -> None:
        (self.path / key[:2] / key).write_bytes(data)


@dataclass(frozen=True)
class Bucket:
    server: S3Server
    name: str
    prefix: str

    @property
    def url(self) -> str:
        return f"s3://{self.name}/{self.prefix}"

    def kept(self) -> Mapping[str, bytes]:
        client = self.server.client()
        pages = client.get_paginator("list_objects_v2").paginate(Bucket=self.name)
        names = [each["Key"] for page in pages for each in page.get("Contents", [])]
        bodies = {name: client.get_object(Bucket=self.name, Key=name)["Body"].read() for name in names}
        return {name.removeprefix(f"{self.prefix}/"): body for name, body in bodies.items()}

    def damage(self, key: str, data: bytes) -> None:
        self.server.client().put_object(Bucket=self.name, Key=f"{self.prefix}/{key}", Body=data)


@pytest.fixture(params=["folder", "s3"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    if request.param == "folder":
        return Folder(tmp_path / "some folder" / "archive 档案")
    server: S3Server = request.getfixturevalue("s3")
    return Bucket(server, server.create(), "some/archive")


@pytest.fixture
def archive(place: Place) -> Archive:
    return open_archive(place.url)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None)
@given(data=st.binary(max_size=5000))
def test_bytes_come_back_under_the_hash_of_their_content(archive: Archive, data: bytes) -> None:
    key = archive.put(data)
    assert key == ids.content_hash(data)
    assert archive.has(key)
    assert archive.get(key) == data
    assert archive.put(data) == key


@pytest.mark.parametrize("key", [ids.content_hash(b"never put"), "", "x", "../../etc/passwd", "A" * 64])
def test_an_unknown_key_is_a_key_error_and_never_another_file(archive: Archive, key: str) -> None:
    archive.put(b"something")
    assert not archive.has(key)
    with pytest.raises(KeyError):
        archive.get(key)


def test_the_largest_file_a_portal_may_give_comes_back_whole(archive: Archive, place: Place) -> None:
    data = os.urandom(MEGABYTE) * 100
    key = archive.put(data)
    assert archive.get(key) == data
    assert list(place.kept()) == [key]


def test_text_is_kept_in_a_fraction_of_its_length_and_what_is_compressed_as_it_is(
    archive: Archive, place: Place
) -> None:
    text, picture = "一般公共预算财政拨款支出表".encode() * 5_000, os.urandom(10_000)
    kept = {key: len(place.kept()[key]) for key in (archive.put(text), archive.put(picture))}
    assert kept == {ids.content_hash(text): pytest.approx(0, abs=1_000), ids.content_hash(picture): 10_000}
    assert archive.get(ids.content_hash(text)) == text
    frame = place.kept()[ids.content_hash(text)]
    assert archive.get(archive.put(frame)) == frame  # a file that is itself compressed so


def test_what_was_kept_as_it_is_by_the_version_before_is_read_and_made_smaller(
    archive: Archive, place: Place
) -> None:
    text = "预算".encode() * 5_000
    key = archive.put(text)
    place.damage(key, text)  # as version 0.1.0 kept it
    assert archive.get(key) == text
    archive.put(text)
    assert len(place.kept()[key]) < 1_000
    assert archive.get(key) == text


def test_all_that_is_kept_is_told_and_can_be_removed(archive: Archive) -> None:
    assert list(archive.all()) == []
    before = datetime.now(UTC) - timedelta(seconds=2)
    keys = {archive.put(str(number).encode() * 1_000) for number in range(30)}
    found = list(archive.all())
    assert {each.key for each in found} == keys
    assert all(0 < each.size < 1_000 and each.since > before for each in found)
    gone = keys.pop()
    archive.remove(gone)
    archive.remove(gone)
    archive.remove("../../etc/passwd")
    assert {each.key for each in archive.all()} == keys
    with pytest.raises(KeyError):
        archive.get(gone)


def test_whether_something_can_be_put_is_told_and_keeps_nothing(archive: Archive, place: Place) -> None:
    archive.check_writable()
    archive.put(b"something")
    archive.check_writable()
    assert len(place.kept()) == 1


def test_it_can_be_pickled_to_another_process(archive: Archive) -> None:
    key = archive.put(b"one")
    program = "import pickle, sys; archive, key = pickle.load(sys.stdin.buffer); print(archive.get(key))"
    reader = subprocess.run(
        [sys.executable, "-c", program], input=pickle.dumps((archive, key)), capture_output=True, check=True
    )
    assert reader.stdout.strip() == b"b'one'"


def test_many_writers_of_the_same_and_of_other_bytes_do_not_meet(archive: Archive, place: Place) -> None:
    contents = [str(number % 10).encode() * 10_000 for number in range(200)]
    with ThreadPoolExecutor(max_workers=8) as threads:
        keys = list(threads.map(archive.put, contents))
    assert [archive.get(key) for key in keys] == contents
    assert len(place.kept()) == 10


def test_a_writer_killed_at_any_time_leaves_whole_files_only(archive: Archive, place: Place) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, place.url], stdout=subprocess.PIPE, text=True, bufsize=1
    )
    assert process.stdout is not None
    told = [process.stdout.readline().strip() for _ in range(30)]
    os.kill(process.pid, signal.SIGKILL)
    told += process.stdout.read().split()
    process.wait()
    process.stdout.close()
    assert all(len(archive.get(key)) == 200_000 for key in told)
    assert all(len(archive.get(key)) == 200_000 for key in place.kept())


def test_damaged_bytes_are_told_from_good_ones(archive: Archive, place: Place) -> None:
    key = archive.put(b"good bytes")
    place.damage(key, b"baad bytes")
    with pytest.raises(Corrupt, match=key):
        archive.get(key)


@pytest.mark.parametrize("damaged", [b"good", b"baad bytes", b""])
def test_damaged_bytes_are_mended_by_putting_them_again(archive: Archive, place: Place, damaged: bytes) -> None:
    key = archive.put(b"good bytes")
    place.damage(key, damaged)
    archive.put(b"good bytes")
    assert archive.get(key) == b"good bytes"


@pytest.mark.parametrize("url", NO_ARCHIVES)
def test_a_url_without_a_backend_is_refused_in_one_sentence(url: str) -> None:
    with pytest.raises(SettingsInvalid, match="GONGKAI_ARCHIVE") as refused:
        open_archive(url)
    assert "secret" not in str(refused.value)
