"""A layout: how a province prints a disclosure, as data in `layouts/*.yaml`.

A row of cells is one string: ` | ` between cells, `>3` at a cell's end for three columns, `^2` for two rows.
Columns of a table name what they print: `line_no`, `row_no` (行次), `code`, `class` `group` `item` (a code in its
parts), `name`, `code_name` (both in one cell), `outer` (a label over several rows), `blank`, or a column of the
records; in a table of two sides `income.` or `expenditure.` stands before it, in one of a single row the line's
key.
"""

import re
from functools import cache
from pathlib import Path
from typing import Final, Literal

import yaml
from pydantic import BaseModel, ConfigDict

from services.sample_portals.content import GridCell

FOLDER: Final = Path(__file__).parent / "layouts"
_SPANS: Final = re.compile(r"(.*?)((?:[>^]\d+)*)", re.DOTALL)


class LayoutModel(BaseModel):
    """Data of a layout: nothing unknown, nothing changed."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class TableLayout(LayoutModel):
    """How one table is printed."""

    table: str
    title: str
    shape: Literal["rows", "sides", "labelled", "single", "groups", "fields"] = "rows"
    caption: tuple[str, ...] | None = None
    unit: Literal["万元", "元"] | None = None
    zero: str | None = None
    title_inside: bool = False
    head: tuple[str, ...]
    columns: tuple[str, ...]
    total: Literal["first", "last"] | None = "first"
    total_label: str = "合计"
    total_span: int = 0
    levels: tuple[int, ...] = (3, 5, 7)
    income: dict[str, str] = {}
    classes: Literal["all", "filled"] = "all"
    class_marks: bool = True
    heads: tuple[tuple[str, str, str, str], ...] = ()
    totals: tuple[tuple[str, str, str, str], ...] = ()
    labels: dict[str, str | None] = {}
    groups: tuple[tuple[str, ...], ...] = ()
    foot: tuple[str, ...] = ()
    note: str | None = None
    omit_empty: bool = False


class FormLayout(LayoutModel):
    """How a project's targets are printed: `form` rows above the indicators, or one sheet for all (`listing`).

    `points` is what the printed weights of a project's indicators add up to.
    """

    heading: str | None = None
    before: tuple[str, ...] = ()
    form: tuple[str, ...] = ()
    head: tuple[str, ...]
    columns: tuple[str, ...]
    listing: bool = False
    points: int = 0


class LayoutPart(LayoutModel):
    """One thing of a disclosure, in order: a heading, a text, a table, the projects, or a fixed piece by name."""

    heading: str | None = None
    level: int = 2
    text: str | None = None
    table: TableLayout | None = None
    projects: FormLayout | None = None
    piece: Literal["goals", "department_targets"] | None = None


class ProvinceLayout(LayoutModel):
    """How one kind of disclosure is printed in one province.

    `unit` and `places` are those of its tables; a `fine` one has figures in whole 元, which printing rounds;
    `states` are the fields of the disclosure's record that can be read from it.
    """

    name: str
    kind: Literal["department_budget", "final_accounts", "performance_targets"]
    title: str
    unit: Literal["万元", "元"] = "万元"
    places: int = 2
    thousands: bool = False
    zero: str = ""
    caption: tuple[str, ...] = ()
    procurement: Literal["items", "classes"] = "items"
    states: tuple[str, ...] = ("department", "year")
    fine: bool = False
    carryover: bool = True
    parts: tuple[LayoutPart, ...]


@cache
def cells(text: str) -> tuple[GridCell, ...]:
    """A row of a layout as cells."""
    row = []
    for part in text.split("|"):
        match = _SPANS.fullmatch(part.strip())
        assert match
        spans = dict(re.findall(r"([>^])(\d+)", match[2]))
        row.append(GridCell(match[1].strip(), int(spans.get(">", 1)), int(spans.get("^", 1))))
    return tuple(row)


@cache
def layout(name: str) -> ProvinceLayout:
    """The layout of that name; FileNotFoundError where there is none."""
    data = yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
    return ProvinceLayout.model_validate({"name": name, **data})


@cache
def names() -> tuple[str, ...]:
    """The names of all layouts."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.yaml")))
