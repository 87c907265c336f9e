"""What a folder adds to the archive's contract: a place that cannot be made, and a disk that is full."""

import subprocess
import sys
from pathlib import Path

import pytest

from shared.archive.connect import open_archive
from shared.errors import ArchiveUnavailable
from tests.servers.parts import missing

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
