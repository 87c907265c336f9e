"""What a package of Debian holds: unpacked without root into a folder that git ignores, or installed in CI."""

import fcntl
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tests.servers.parts import missing

_BUILD: Final = Path(__file__).parents[2] / "build" / "debian"


def unpacked(package: str) -> Path:
    """The folder of `package`'s files; skips the test, in CI fails it, when it cannot be had."""
    folder = _BUILD / package
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # other test processes may want it too
        if not (folder / "files").exists():
            _fetch(package, folder)
    return folder / "files"


def installed(package: str, *programs: str) -> str:
    """The first of `programs` there is; CI, as root, installs `package` for it, elsewhere the test is skipped."""
    found = _first(programs)
    if found is None and os.environ.get("CI") and os.geteuid() == 0 and shutil.which("apt-get"):
        _BUILD.mkdir(parents=True, exist_ok=True)
        _apt(_BUILD, "update")
        _apt(_BUILD, "install", "--yes", "--no-install-recommends", package)
        found = _first(programs)
    return found or missing(package, "install Debian's package")


def _first(programs: Sequence[str]) -> str | None:
    return next((found for name in programs if (found := shutil.which(name))), None)


def _fetch(package: str, folder: Path) -> None:
    if not shutil.which("apt-get"):
        missing(package, "there is no apt-get to fetch Debian's package")
    done = _apt(folder, "download", package)
    if done.returncode and os.geteuid() == 0:
        _apt(folder, "update")
        done = _apt(folder, "download", package)
    archives = sorted(folder.glob(f"{package}_*.deb"))
    if done.returncode or not archives:
        missing(package, f"apt-get cannot fetch it: {done.stderr.strip()[-300:]}")
    subprocess.run(["dpkg", "-x", archives[-1], folder / "unpacking"], check=True)
    (folder / "unpacking").rename(folder / "files")


def _apt(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    with (_BUILD / "apt.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # a second one at the same time fails
        return subprocess.run(
            ["apt-get", "--quiet", *arguments], cwd=folder, capture_output=True, text=True, check=False
        )
