"""Modules, functions and signatures stay short; there is no list of exceptions."""

import ast
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
MODULE_LINES = 500
FUNCTION_LINES = 50
PARAMETERS = 6
FORBIDDEN_NAMES = {"util", "utils", "helper", "helpers", "common", "misc", "base", "manager", "core"}


def tracked(pattern: str) -> list[Path]:
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", pattern],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    )
    return [REPOSITORY / line for line in listing.stdout.splitlines() if (REPOSITORY / line).exists()]


PRODUCT = [
    path for path in tracked("*.py") if path.parts[len(REPOSITORY.parts)] in {"gongkai", "services", "shared"}
]
EVERYTHING = tracked("*.py")


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


@pytest.mark.parametrize("path", EVERYTHING, ids=lambda path: str(path.relative_to(REPOSITORY)))
def test_a_module_is_short_and_says_what_it_is(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= MODULE_LINES
    assert ast.get_docstring(ast.parse(text)), "a module opens with one sentence"
    assert path.stem not in FORBIDDEN_NAMES


@pytest.mark.parametrize("path", PRODUCT, ids=lambda path: str(path.relative_to(REPOSITORY)))
def test_a_function_fits_a_screen_and_takes_few_parameters(path: Path) -> None:
    for function in functions(path):
        lines = (function.end_lineno or function.lineno) - function.lineno + 1
        assert lines <= FUNCTION_LINES, f"{function.name} has {lines} lines"
        arguments = function.args
        count = len(arguments.posonlyargs + arguments.args + arguments.kwonlyargs)
        own = 1 if arguments.args and arguments.args[0].arg in {"self", "cls"} else 0
        command = any("typer" in ast.unparse(each) for each in [*arguments.defaults, *arguments.args])
        assert count - own <= PARAMETERS or command, f"{function.name} takes {count - own} parameters"
