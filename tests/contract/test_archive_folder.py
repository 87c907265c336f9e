"""What a folder adds to the archive's contract: volumes that are new or not mounted, full disks, what is left."""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from shared import ids
from shared.archive import folder as backend
from shared.archive.connect import open_archive
from shared.errors import ArchiveUnavailable
from tests.servers.parts import missing

KEY = ids.content_hash(b"one")

ON_A_SMALL_DISK = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c"]
FILL = """
import sys
from pathlib import Path
from shared.archive.connect import open_archive
from shared.errors import ArchiveUnavailable

disk = Path(sys.argv[1])
archive = open_archive((disk / "archive").as_uri())
kept = {}
try:
    for number in range(1000):
        data = number.to_bytes(4, "big") * 5000
        kept[archive.put(data)] = data
except ArchiveUnavailable as error:
    print(error)
assert kept and all(archive.get(key) == data for key, data in kept.items())
files = {path.name for path in disk.rglob("*") if path.is_file()}
assert files == set(kept), f"left behind: {files - set(kept)}"

gone = sorted(kept)[0]
(disk / "archive" / gone[:2] / gone).unlink()
assert archive.get(archive.put(b"room again")) == b"room again"
"""


def test_an_archive_that_cannot_be_made_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    archive = open_archive((tmp_path / "file" / "archive").as_uri())
    with pytest.raises(ArchiveUnavailable, match="file"):
        archive.put(b"x")
    with pytest.raises(ArchiveUnavailable, match="file"):
        archive.has("0" * 64)


@pytest.mark.parametrize("folder", ["", "archive"])
def test_the_first_put_makes_an_empty_volume_an_archive_and_tells_so(
    tmp_path: Path, folder: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    archive = open_archive((tmp_path / folder).as_uri())
    assert not archive.has(KEY)
    assert list(tmp_path.iterdir()) == []
    archive.put(b"one")
    assert f"{tmp_path / folder} was empty and is an archive now" in caplog.text
    assert archive.get(KEY) == b"one"
    with pytest.raises(KeyError):
        archive.get(ids.content_hash(b"never put"))


@pytest.mark.parametrize("folder", ["", "archive"])
def test_what_a_volume_that_is_not_mounted_may_have_is_unavailable(tmp_path: Path, folder: str) -> None:
    root = tmp_path / folder
    with pytest.raises(ArchiveUnavailable, match=f"{root} is not there; mount its volume, or make the folder"):
        open_archive(root.as_uri()).get(KEY)


@pytest.mark.parametrize("mount_point", [True, False])
def test_an_archive_whose_volume_goes_is_unavailable_and_nothing_is_put_beside_it(
    tmp_path: Path, mount_point: bool
) -> None:
    root, volume = tmp_path / "archive", tmp_path / "volume"
    archive = open_archive(root.as_uri())
    archive.put(b"one")
    root.rename(volume)
    if mount_point:
        root.mkdir()
    for call in (lambda: archive.get(KEY), lambda: archive.has(KEY), lambda: archive.put(b"two")):
        with pytest.raises(ArchiveUnavailable, match="mount its volume"):
            call()
    assert not mount_point or list(root.iterdir()) == []
    volume.rename(root)
    assert archive.get(KEY) == b"one"
    assert archive.get(archive.put(b"two")) == b"two"


def test_a_backup_without_what_was_coming_in_is_the_whole_archive(tmp_path: Path) -> None:
    (tmp_path / KEY[:2]).mkdir()
    (tmp_path / KEY[:2] / KEY).write_bytes(b"one")
    archive = open_archive(tmp_path.as_uri())
    assert archive.get(KEY) == b"one"
    with pytest.raises(KeyError):
        archive.get(ids.content_hash(b"two"))
    assert archive.get(archive.put(b"two")) == b"two"


def test_an_archive_that_lost_all_it_had_can_be_begun_anew_by_hand(tmp_path: Path) -> None:
    archive = open_archive(tmp_path.as_uri())
    (tmp_path / "incoming").mkdir()
    with pytest.raises(KeyError):
        archive.get(KEY)


def test_many_may_begin_it_at_once(tmp_path: Path) -> None:
    archives = [open_archive((tmp_path / "archive").as_uri()) for _ in range(20)]
    contents = [str(number).encode() for number in range(20)]
    with ThreadPoolExecutor(max_workers=20) as threads:
        keys = list(threads.map(lambda archive, data: archive.put(data), archives, contents))
    assert [archives[0].get(key) for key in keys] == contents


def test_what_is_there_already_is_not_written_again(tmp_path: Path) -> None:
    archive = open_archive(tmp_path.as_uri())
    data = os.urandom(backend.PIECE_BYTES * 2 + 1)
    file = tmp_path / archive.put(data)[:2] / ids.content_hash(data)
    before = file.stat().st_ino
    archive.put(data)
    assert file.stat().st_ino == before
    file.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    archive.put(data)
    assert archive.get(ids.content_hash(data)) == data


def test_what_killed_writers_left_is_removed_after_a_day(tmp_path: Path) -> None:
    archive = open_archive(tmp_path.as_uri())
    archive.put(b"one")
    for name, age in {"left": backend.LEFT_SECONDS + 60, "coming": backend.LEFT_SECONDS - 60}.items():
        (tmp_path / "incoming" / name).write_bytes(b"half")
        os.utime(tmp_path / "incoming" / name, times=(time.time() - age,) * 2)
    (tmp_path / "incoming" / "folder").mkdir()
    os.utime(tmp_path / "incoming" / "folder", times=(0, 0))
    archive.put(b"two")
    assert {path.name for path in (tmp_path / "incoming").iterdir()} == {"coming", "folder"}


def test_a_writer_that_is_out_of_memory_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = open_archive(tmp_path.as_uri())
    (tmp_path / KEY[:2]).mkdir()

    def out_of_memory(_handle: int) -> None:
        raise MemoryError

    monkeypatch.setattr(os, "fsync", out_of_memory)
    with pytest.raises(MemoryError):
        archive.put(b"one")
    assert list((tmp_path / "incoming").iterdir()) == []


def test_a_full_disk_is_unavailable_until_there_is_room_and_leaves_no_part_of_a_file(tmp_path: Path) -> None:
    mount = f"mount -t tmpfs -o size=256k tmpfs '{tmp_path}'"
    if subprocess.run([*ON_A_SMALL_DISK, mount], capture_output=True, check=False).returncode:
        missing("A disk to fill", "this system lets nobody mount a tmpfs in a namespace of one's own (unshare)")
    filled = subprocess.run(
        [*ON_A_SMALL_DISK, f'{mount} && exec "$@"', "sh", sys.executable, "-c", FILL, str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert filled.returncode == 0, filled.stderr
    assert filled.stdout == f"The archive {tmp_path}/archive cannot be used: No space left on device.\n"
