"""A service imports only what the base and its own extra install."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
OWN = {"gongkai", "services", "shared"}
EXTRAS = {
    "fetcher": ("fetcher",),
    "parser": ("parser", "ocr"),
    "normalizer": ("normalizer",),
    "store": ("store", "exports"),
    "notify": ("notify",),
    "sample_portals": ("samples",),
    "cli": ("fetcher", "parser", "normalizer", "store", "samples"),
}


def names(requirements: list[str]) -> set[str]:
    return {re.split(r"[\[<>=!~; ]", each, maxsplit=1)[0].lower().replace("_", "-") for each in requirements}


def imported(folder: Path) -> set[str]:
    """Top-level modules imported anywhere below `folder`, the standard library and our own left out."""
    found: set[str] = set()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                found.add(node.module.split(".")[0])
    return found - set(sys.stdlib_module_names) - OWN


@pytest.mark.parametrize("service", EXTRAS)
def test_a_service_needs_no_more_than_its_extra(service: str) -> None:
    allowed = names(PROJECT["dependencies"])
    for extra in EXTRAS[service]:
        allowed |= names(PROJECT["optional-dependencies"][extra])
    distributions = packages_distributions()
    for module in imported(REPOSITORY / "services" / service):
        installs = {name.lower().replace("_", "-") for name in distributions[module]}
        assert installs & allowed, f"services/{service} imports {module}, which its extra does not install"
