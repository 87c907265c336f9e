"""The sample notebook runs from its first cell to its last, and shows what it says."""

import shutil
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from tests.docs.blocks import REPOSITORY


# tornado's loop in a thread of its own warns when it is left to the garbage collector
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::DeprecationWarning")
def test_the_notebook_runs(tmp_path: Path) -> None:
    for path in (REPOSITORY / "examples").iterdir():
        shutil.copy(path, tmp_path)
    notebook: Any = nbformat.read(tmp_path / "disclosure.ipynb", as_version=4)  # type: ignore[no-untyped-call]  # its own lack
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(tmp_path)}}).execute()
    shown = [str(cell.get("outputs", "")) for cell in notebook.cells if cell.cell_type == "code"]
    assert "department_budget" in shown[1]
    assert "Decimal" not in shown[2]
    assert "error" in shown[3]
    assert "table" in shown[4]
