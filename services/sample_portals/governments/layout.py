"""How a county prints its own documents, as data in `layouts/governments/*.yaml`.

A table prints one statement (or two side by side) by its address. Its columns name what they print: `line_no`,
`code`, `name`, `blank`, a series, `done/planned` (in per cent of), `done^prior` (grown by, in per cent), or, of
insurances and debts, a fund. In a table of two sides `income.` or `outlay.` stands before it.
"""

from functools import cache
from typing import Final, Literal

import yaml
from pydantic import Field

from services.sample_portals.layout import FOLDER, LayoutModel

_FOLDER: Final = FOLDER / "governments"


class SeriesMeaning(LayoutModel):
    """What a series is in a document: its basis, and its year from the document's."""

    basis: str
    year: int


class GovernmentTable(LayoutModel):
    """How one statement is printed, and what its figures are.

    `labels` are the lines to print and how, `{last}` and `{year}` filled; without them every line that has a code
    of at most `digits`, or none. `lines` say of single lines what differs from the table; `of` is the series whose
    figures they are where columns are funds; `fund` is that of the records.
    """

    statement: str | None = None
    income: str | None = None
    outlay: str | None = None
    title: str
    table: str
    side: Literal["income", "expenditure"] | None = None
    classification: str | None = None
    head: tuple[str, ...]
    columns: tuple[str, ...]
    labels: dict[str, str] = Field(default={})
    left: dict[str, str] = Field(default={})
    right: dict[str, str] = Field(default={})
    lines: dict[str, dict[str, str | int | None]] = Field(default={})
    digits: int = 7
    total: str = "合计"
    total_first: bool = False
    of: str | None = None
    unit: Literal["亿元", "万元", "元"] | None = None

    @property
    def key(self) -> str:
        """What the table is called here."""
        return self.statement or f"{self.income}+{self.outlay}"


class GovernmentPart(LayoutModel):
    """A heading, a text, a table."""

    heading: str | None = None
    level: int = 2
    text: str | None = None
    table: GovernmentTable | None = None


class GovernmentLayout(LayoutModel):
    """How one kind of document is printed; `after` is its year less the one whose execution it tells."""

    name: str
    kind: Literal["government_budget", "government_accounts", "government_execution", "government_debt"]
    title: str
    after: int
    unit: Literal["亿元", "万元", "元"] = "万元"
    places: int = 0
    thousands: bool = False
    zero: str = ""
    rate_places: int = 1
    caption: tuple[str, ...] = ("单位：{unit}",)
    series: dict[str, SeriesMeaning]
    parts: tuple[GovernmentPart, ...]


@cache
def government_layout(name: str) -> GovernmentLayout:
    """The layout of that name; FileNotFoundError where there is none."""
    data = yaml.safe_load((_FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
    return GovernmentLayout.model_validate({"name": name, **data})


@cache
def government_layouts() -> tuple[str, ...]:
    """The names of all layouts."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.yaml")))
