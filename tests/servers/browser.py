"""A real Chromium, and what looks at its pages: axe-core for access, the Nu checker for the HTML."""

import fcntl
import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser, Page, sync_playwright

from tests.servers.debian import installed
from tests.servers.parts import missing

_HERE: Final = Path(__file__).parent
_BUILD: Final = Path(__file__).parents[2] / "build" / "npm"
_CHROMIUM: Final = ("chromium", "chromium-browser", "google-chrome")
_RULES: Final = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")


@contextmanager
def running_chromium() -> Iterator[Browser]:
    """The browser, without a window."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=installed("chromium", *_CHROMIUM), args=["--no-sandbox"]
        )
        yield browser
        browser.close()


def violations(page: Page) -> list[str]:
    """What axe-core finds wrong on the page as it is shown now, one line a rule with the first elements."""
    page.evaluate((_npm() / "axe-core" / "axe.min.js").read_text(encoding="utf-8"))
    found: dict[str, Any] = page.evaluate(
        "tags => axe.run(document, {resultTypes: ['violations'], runOnly: {type: 'tag', values: tags}})",
        list(_RULES),
    )
    return [
        f"{each['id']}: {each['help']}: {[node['html'][:200] for node in each['nodes'][:3]]}"
        for each in found["violations"]
    ]


def invalid(folder: Path) -> list[str]:
    """What the Nu HTML checker has against the pages in `folder`: file, line and its words."""
    if not shutil.which("java"):
        missing("the Nu checker", "there is no java to run it")
    jar = _npm() / "vnu-jar" / "build" / "dist" / "vnu.jar"
    command = ["java", "-jar", str(jar), "--format", "json", "--stdout", "--exit-zero-always", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return [
        f"{Path(each['url']).name}:{each.get('lastLine')}: {each['message']} {each.get('extract', '')}"
        for each in json.loads(done.stdout)["messages"]
    ]


def _npm() -> Path:
    """The folder of the packages that package-lock.json beside this file pins."""
    if not shutil.which("npm"):
        missing("axe-core", "there is no npm to fetch it")
    _BUILD.mkdir(parents=True, exist_ok=True)
    with (_BUILD / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # other test processes may want them too
        stale = False
        for name in ("package.json", "package-lock.json"):
            wanted = (_HERE / name).read_bytes()
            stale |= not (_BUILD / name).exists() or (_BUILD / name).read_bytes() != wanted
        if stale:
            _install()
    return _BUILD / "node_modules"


def _install() -> None:
    for name in ("package.json", "package-lock.json"):
        shutil.copy(_HERE / name, _BUILD / name)
    done = subprocess.run(
        ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
        cwd=_BUILD,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        (_BUILD / "package-lock.json").unlink()
        missing("axe-core", f"npm cannot fetch it: {done.stderr.strip()[-300:]}")
