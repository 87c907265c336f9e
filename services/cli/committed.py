"""What git has of a file: its committed versions."""

import subprocess
from pathlib import Path

from shared.errors import UsageError


def at(path: Path, commit: str) -> str | None:
    """The text of `path` in `commit`; None where it has none. Raises UsageError without that commit."""
    _git(path.parent, "rev-parse", "--verify", "--quiet", f"{commit}^{{commit}}")
    return _show(path, commit)


def versions(path: Path) -> list[str]:
    """The committed texts of `path`, oldest first; of a shallow clone those it has."""
    commits = _git(path.parent, "log", "--reverse", "--format=%H", "--", path.name).splitlines()
    return [text for commit in commits if (text := _show(path, commit)) is not None]


def names(folder: Path, commit: str) -> list[str]:
    """The names of the files in `folder` as committed in `commit`. Raises UsageError without that commit."""
    return _git(folder, "ls-tree", "--name-only", commit, ".").splitlines()


def ever(folder: Path) -> list[str]:
    """The names of all files that were ever committed in `folder`; of a shallow clone those it has."""
    shown = ("log", "-m", "--no-renames", "--format=", "--name-only", "--relative", "--", ":(glob)*")
    return sorted(set(_git(folder, *shown).splitlines()))


def is_shallow(folder: Path) -> bool:
    """Whether the clone that `folder` is in has no more than the last commits."""
    return _git(folder, "rev-parse", "--is-shallow-repository").strip() == "true"


def _show(path: Path, commit: str) -> str | None:
    try:
        return _git(path.parent, "show", f"{commit}:./{path.name}")
    except UsageError:
        return None


def _git(folder: Path, *arguments: str) -> str:
    command = ["git", "-C", str(folder), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, encoding="utf-8")  # noqa: S603
    except FileNotFoundError as error:
        raise UsageError("There is no git here; the schemas are compared with what git has of them.") from error
    if done.returncode:
        reason = done.stderr.strip().removeprefix("fatal: ") or f"there is no {arguments[-1]}"
        raise UsageError(f"git {arguments[0]} in {folder} failed: {reason}.")
    return done.stdout
