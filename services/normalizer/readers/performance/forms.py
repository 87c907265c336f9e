"""A project's form: labels with their values beside or below them, from 项目编码 to 绩效目标."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from services.normalizer.language.money import UNIT_WORDS, Unit, is_amount, is_blank, unit_in
from services.normalizer.language.text import joined, squeezed
from services.normalizer.readers.performance.rows import Row
from services.normalizer.readers.performance.schedule import Plan, month_of, percent_of, read_plan
from services.normalizer.readers.performance.vocabulary import key, words
from services.normalizer.tables.captions import Named, department_in
from shared.schemas.document import Cell

_INLINE = re.compile(r"([^:：\]］]{2,12})[:：\]］](.+)", re.DOTALL)
_INLINE_KINDS = frozenset({"code", "name", "unit"})
_CAPTION = re.compile(rf"(?:金额)?单位[:：]?(?:人民币)?[(（]?(?:{UNIT_WORDS})[)）]?")
_PROSE = frozenset({"goals", "purpose"})
_MONEY = frozenset({"budget", "fiscal_funds", "other_funds"})


@dataclass
class Form:
    """The values by kind as printed, pieces joined by line breaks; `places` has the row each kind began in."""

    texts: dict[str, str] = field(default_factory=dict)
    places: dict[str, Row] = field(default_factory=dict)
    units: dict[str, Unit] = field(default_factory=dict)
    plan: Plan | None = None
    unit: Unit | None = None
    owner: Named | None = None

    def add(self, kind: str, text: str, row: Row) -> None:
        """Add `text` to what `kind` says; an amount stands as printed first, in one row the rightmost."""
        if kind not in self.texts or (kind in _MONEY and self.places[kind] is row):
            self.texts[kind] = text
            self.places[kind] = row
        elif kind not in _MONEY:
            self.texts[kind] = f"{self.texts[kind]}\n{text}"


def label_of(cell: Cell) -> str | None:
    """The kind of value that `cell` is a label for, or null."""
    return words().labels.get(key(cell.text))


def opens_form(row: Row) -> bool:
    """Whether `row` belongs to a form and not to an indicator table: its first cell is a label."""
    return _inline(row.cells[0]) is not None or label_of(row.cells[0]) not in {None, "ignored"}


def is_caption(text: str) -> bool:
    """Whether `text` only states the money unit: `单位：万元`."""
    return bool(_CAPTION.fullmatch(squeezed(text)))


def read_form(rows: Sequence[Row]) -> Form:
    """The form that `rows` are; raises nothing, what has no label is left out."""
    form = Form()
    plan: list[Row] = []
    group: str | None = None
    below: dict[int, str] = {}
    for row in rows:
        kinds = [label_of(cell) for cell in row.cells]
        first = next((kind for kind in kinds if kind), None)
        if first == "schedule" or (first is None and group == "schedule" and _planned(row)):
            group, below = "schedule", {}
            plan.append(row)
        elif first or any(map(_inline, row.cells)):
            below = _labelled(form, row)
            group = first or group
        elif group is None:
            _above_labels(form, row)
        else:
            _unlabelled(form, row, "goals" if group == "schedule" else group, below)
    form.plan = read_plan(plan)
    form.unit = form.unit or next(iter(form.units.values()), None)
    _read_owner(form)
    return form


def _labelled(form: Form, row: Row) -> dict[int, str]:
    """Take the row's values to their labels; the column → kind that an unlabelled row below may go on with."""
    kind: str | None = None
    below: dict[int, str] = {}
    for cell in row.cells:
        inline, label = _inline(cell), label_of(cell)
        if inline:
            form.add(*inline, row)
        elif label:
            kind = label
            unit = unit_in(cell.text)
            if unit:
                form.units.setdefault(kind, unit)
            below.update((column, kind) for column in range(cell.column, cell.column + cell.column_span))
        elif kind:
            form.add(kind, cell.text, row)
            below = {column: held for column, held in below.items() if held != kind}
            below[cell.column] = kind
            kind = kind if kind in _PROSE else None
    return below


def _unlabelled(form: Form, row: Row, group: str, below: dict[int, str]) -> None:
    """Values under labels of the row above, or the rest of what the row above began."""
    for cell in row.cells:
        kind = below.get(cell.column, group)
        if kind in _MONEY and (kind in form.texts or not is_amount(cell.text)):
            kind = group
        form.add(kind, cell.text, row)


def _above_labels(form: Form, row: Row) -> None:
    for cell in row.cells:
        form.unit = form.unit or unit_in(cell.text)
        form.owner = form.owner or department_in(cell.text)


def _planned(row: Row) -> bool:
    return all(
        month_of(cell) is not None or percent_of(cell) is not None or is_blank(cell.text) for cell in row.cells
    )


def _inline(cell: Cell) -> tuple[str, str] | None:
    """Label and value where one cell holds both: `项目名称：…`."""
    if label_of(cell) or is_caption(cell.text):
        return None
    match = _INLINE.fullmatch(joined(cell.text))
    kind = words().labels.get(key(match.group(1))) if match else None
    return (kind, match.group(2)) if match and kind in _INLINE_KINDS else None


def _read_owner(form: Form) -> None:
    text = joined((form.texts.get("unit") or form.texts.get("department") or "").split("\n")[0])
    if form.owner is None and text:
        form.owner = department_in(text) or Named(text, None)
