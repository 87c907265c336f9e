"""What every archive promises (shared/archive/contract.py), on every backend, and what a folder adds."""

import os
import pickle
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared import ids
from shared.archive.connect import open_archive
from shared.archive.contract import Archive
from shared.errors import ArchiveUnavailable, Corrupt, SettingsInvalid

WRITER = """
import sys
from shared.archive.connect import open_archive
archive = open_archive(sys.argv[1])
for number in range(100_000):
    print(archive.put(number.to_bytes(4, "big") * 50_000), flush=True)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "some folder" / "archive 档案"


@pytest.fixture(params=["folder"])
def archive(request: pytest.FixtureRequest, folder: Path) -> Archive:
    assert request.param == "folder"
    return open_archive(folder.as_uri())


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


def test_it_can_be_pickled_to_another_process(archive: Archive) -> None:
    key = archive.put(b"one")
    again: Archive = pickle.loads(pickle.dumps(archive))
    assert again.get(key) == b"one"


def test_many_writers_of_the_same_and_of_other_bytes_do_not_meet(archive: Archive) -> None:
    contents = [str(number % 10).encode() * 10_000 for number in range(200)]
    with ThreadPoolExecutor(max_workers=8) as threads:
        keys = list(threads.map(archive.put, contents))
    assert [archive.get(key) for key in keys] == contents


def test_a_writer_killed_at_any_time_leaves_whole_files_only(archive: Archive, folder: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, folder.as_uri()], stdout=subprocess.PIPE, text=True, bufsize=1
    )
    assert process.stdout is not None
    told = [process.stdout.readline().strip() for _ in range(30)]
    os.kill(process.pid, signal.SIGKILL)
    told += process.stdout.read().split()
    process.wait()
    process.stdout.close()
    assert all(len(archive.get(key)) == 200_000 for key in told)
    for path in folder.glob("??/*"):
        assert ids.content_hash(path.read_bytes()) == path.name


def test_damaged_bytes_are_told_from_good_ones(archive: Archive, folder: Path) -> None:
    key = archive.put(b"good bytes")
    (folder / key[:2] / key).write_bytes(b"baad bytes")
    with pytest.raises(Corrupt, match=key):
        archive.get(key)


def test_bytes_that_lost_their_end_are_mended_by_putting_them_again(archive: Archive, folder: Path) -> None:
    key = archive.put(b"good bytes")
    (folder / key[:2] / key).write_bytes(b"good")
    archive.put(b"good bytes")
    assert archive.get(key) == b"good bytes"


def test_an_archive_that_cannot_be_made_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    archive = open_archive((tmp_path / "file" / "archive").as_uri())
    with pytest.raises(ArchiveUnavailable, match="file"):
        archive.put(b"x")
    with pytest.raises(ArchiveUnavailable, match="file"):
        archive.has("0" * 64)


@pytest.mark.parametrize("url", ["", "archive", "s3://bucket/path", "file://host/path", "file:"])
def test_a_url_without_a_backend_is_refused_in_one_sentence(url: str) -> None:
    with pytest.raises(SettingsInvalid, match="GONGKAI_ARCHIVE"):
        open_archive(url)
