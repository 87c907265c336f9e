"""From the built wheel to a DataFrame in two lines, in an environment that has nothing else."""

import re
import subprocess
import venv
from pathlib import Path

import pytest

from services.sample_portals.render import pdf
from services.sample_portals.sample import sample
from tests.docs.blocks import REPOSITORY, blocks
from tests.servers.parts import missing

pytestmark = pytest.mark.xdist_group("wheel")


def test_two_lines_lead_from_the_wheel_to_a_data_frame(tmp_path: Path) -> None:
    python = fresh_environment(tmp_path)
    wheel = built_wheel(tmp_path, python)
    pins = (REPOSITORY / "requirements" / "dev.txt").read_text(encoding="utf-8")
    (tmp_path / "constraints.txt").write_text("\n".join(re.findall(r"^[\w.-]+==[^\\\n]+", pins, re.M)))
    done = pip(python, "install", "--constraint", str(tmp_path / "constraints.txt"), f"{wheel}[extract]", "pandas")
    if done.returncode:
        missing("gongkai[extract]'s packages", done.stderr[-500:])
    (tmp_path / "disclosure.pdf").write_bytes(pdf.render(sample(1, 0).written.content))
    (block,) = [each for each in blocks("python") if each.page.name == "README.md"]
    assert len([line for line in block.text.splitlines() if line]) == 2
    shown = subprocess.run([python, "-c", block.text], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert re.search(r"\[\d+ rows x \d+ columns\]", shown.stdout)


def fresh_environment(folder: Path) -> Path:
    venv.create(folder / "fresh", with_pip=True)
    return folder / "fresh" / "bin" / "python"


def built_wheel(folder: Path, python: Path) -> Path:
    """The wheel of what git has, built from a copy: a build leaves files behind."""
    archive = folder / "source.tar"
    subprocess.run(["git", "archive", "--output", archive, "HEAD"], cwd=REPOSITORY, check=True)
    (folder / "source").mkdir()
    subprocess.run(["tar", "--extract", "--file", archive, "--directory", folder / "source"], check=True)
    done = pip(python, "wheel", "--no-deps", "--wheel-dir", str(folder), str(folder / "source"))
    if done.returncode:
        missing("what builds a wheel", done.stderr[-500:])
    (wheel,) = folder.glob("gongkai-*.whl")
    return wheel


def pip(python: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [str(python), "-m", "pip", "--quiet", "--disable-pip-version-check", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)
