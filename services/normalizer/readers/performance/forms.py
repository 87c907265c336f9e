"""A project's form: labels with their values beside or below them, its plan of spending, its table of money.

Forms differ from place to place and their labels cannot all be listed. So a value ends where its cell ends: a cell
that no known label governs is told of, never part of the value beside or above it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise, zip_longest

from services.normalizer.language.money import UNIT_WORDS, UNITS, Unit, is_amount, is_blank, unit_in, yuan
from services.normalizer.language.text import joined, label, remembered, squeezed
from services.normalizer.language.totals import is_total
from services.normalizer.readers.performance.indicators import FUNDS
from services.normalizer.readers.performance.rows import FormCell, FormRow
from services.normalizer.readers.performance.vocabulary import fund_kind, key, label_kind
from services.normalizer.tables.captions import Named, department_in

MONTHS = (3, 6, 10, 12)
NAMED = frozenset({"name", "code"})
PROSE = frozenset({"goals", "purpose", "completion"})
MONEY = frozenset({"budget", "fiscal_funds", "other_funds", "adjusted_budget", "executed", "lifetime", "further"})

_INLINE = re.compile(r"([^:：\]］]{2,12})[:：\]］](.+)", re.DOTALL)
_OF_WHICH = re.compile(r"^其中[:：]")
_OF_WHICH_MORE = re.compile(r"([^，；;（(。]{1,40})[，；;（(。](.+)", re.DOTALL)
"""An amount and what it is made of: `50万元，其中财政安排30万元`."""
_MARKED = re.compile(r"[:：\]］]")
_LONGEST_INLINE = 1000
_INLINE_KINDS = frozenset({"code", "name", "unit", "department", "whole", "apart", *PROSE})
_CAPTION = re.compile(rf"(?:金额)?单位[:：]?(?:人民币)?[(（]?(?:{UNIT_WORDS})[)）]?")
_MONTH = re.compile(r"(\d{1,2})月(?:底|末|份)?")
_PERCENT = re.compile(r"(\d{1,3}(?:\.\d{1,4})?)%?")
_LABEL_LIKE = re.compile(r"[\u4e00-\u9fff（）()“”、/：:]{2,14}")
_WITHOUT_FIELD = frozenset({"apart", "ignored", "funds"})
_SOURCES = frozenset({"fiscal_funds", "other_funds"})

_LONGEST_AMOUNT = 40

Plan = tuple[Decimal | None, ...]


@dataclass
class Form:
    """The values by kind as printed, pieces joined by line breaks; `places` has the row each kind began in.

    `further`: labels of money that is neither fiscal nor 其他资金; `unknown`: labels that no vocabulary has.
    """

    texts: dict[str, str] = field(default_factory=dict)
    places: dict[str, FormRow] = field(default_factory=dict)
    units: dict[str, Unit] = field(default_factory=dict)
    further: list[str] = field(default_factory=list)
    unknown: list[tuple[str, FormRow]] = field(default_factory=list)
    plan: Plan | None = None
    unit: Unit | None = None
    owner: Named | None = None

    def add(self, kind: str, text: str, row: FormRow) -> None:
        """Add `text` to what `kind` says; an amount stands as printed first, in one row the rightmost."""
        if kind in _WITHOUT_FIELD:
            return
        if kind not in self.texts or (kind in MONEY and self.places.get(kind) is row):
            self.texts[kind] = text
            self.places[kind] = row
        elif kind in PROSE:
            self.texts[kind] = f"{self.texts[kind]}\n{text}"


def is_caption(text: str) -> bool:
    """Whether `text` only states the money unit: `单位：万元`."""
    return bool(_CAPTION.fullmatch(squeezed(text)))


@remembered
def inline(text: str) -> tuple[str, str] | None:
    """The kind of label and the value where one text holds both: `项目名称：…`."""
    if len(text) > _LONGEST_INLINE or not _MARKED.search(text) or is_caption(text):
        return None
    match = _INLINE.fullmatch(_OF_WHICH.sub("", joined(text)))
    if match is None:
        return None
    kind, value = label_kind(key(match.group(1))), match.group(2)
    states = kind in _INLINE_KINDS or (kind in MONEY and is_amount(value))
    return (kind, value) if kind and states else None


def opens_form(row: FormRow) -> bool:
    """Whether `row` belongs to a form and not to an indicator table: its first cell is a label."""
    return row.first.label not in {None, "ignored", "funds"} or inline(row.first.text) is not None


def read_form(rows: Sequence[FormRow], stated: Sequence[tuple[str, str]] = ()) -> Form:
    """The form that `rows` are, with what lines above them `stated`: the kind of label and the value."""
    reader = _FormReader()
    for kind, text in stated:
        if kind not in _WITHOUT_FIELD:
            reader.form.texts.setdefault(kind, text)
    for row in rows:
        reader.take(row)
    return reader.result()


class _FormReader:
    """Takes a form's rows in order; keeps which labels wait for a value below them, and what the last row held."""

    def __init__(self) -> None:
        self.form = Form()
        self.plan: list[FormRow] = []
        self.funds: dict[str, FormCell] = {}
        self.paired: dict[int, str] = {}
        self.group: tuple[str, int] | None = None
        self.waiting: dict[int, str] = {}
        self.held: dict[int, str] = {}
        self.before: FormRow | None = None

    def take(self, row: FormRow) -> None:
        """Take the next row."""
        page_break = self.before is not None and (row.page, row.block) != (self.before.page, self.before.block)
        self.before = row
        if self._take_funds(row) or self._take_plan(row):
            return
        if any(cell.label or inline(cell.text) for cell in row.cells):
            self._labelled(row)
        elif self.group is None:
            self._above_labels(row)
        else:
            self._unlabelled(row, page_break)

    def result(self) -> Form:
        """The form as far as it was read."""
        form = self.form
        planned = "lifetime" if "adjusted_budget" not in form.texts else "adjusted_budget"
        if "budget" not in form.texts and planned in form.texts and "executed" not in form.texts:
            form.texts["budget"] = form.texts.pop(planned)
        form.plan = read_plan(self.plan)
        form.unit = form.unit or next(iter(form.units.values()), None)
        text = joined((form.texts.get("unit") or form.texts.get("department") or "").split("\n")[0])
        if form.owner is None and text:
            form.owner = department_in(text) or Named(text, None)
        return form

    def _take_plan(self, row: FormRow) -> bool:
        """Take a row of the plan of spending: named so, with months, or with percentages under them."""
        dated = [month_of(cell) is not None for cell in row.cells]
        figures = all(
            month or percent_of(cell) is not None or is_blank(cell.text) or cell.label == "schedule"
            for cell, month in zip(row.cells, dated, strict=True)
        )
        under = self.group is not None and self.group[0] == "schedule"
        if row.first.label == "schedule" or (figures and (any(dated) or under)):
            self.group, self.waiting, self.held = ("schedule", row.first.column), {}, {}
            self.plan.append(row)
            return True
        return False

    def _take_funds(self, row: FormRow) -> bool:
        """Take a row of the table of money of an evaluation: its header, or an amount for each column of it.

        Where amounts stand between the words of the header, they are labels with their values.
        """
        columns = {kind: cell for cell in row.cells if (kind := fund_kind(cell.word))}
        if len(columns.keys() & FUNDS) > 1:
            self._open_funds(row, columns)
            return True
        if not self.funds:
            return False
        first = min(cell.column for cell in self.funds.values())
        names = [cell for cell in row.cells if cell.column < first]
        amounts = [cell for cell in row.cells if cell.column >= first]
        if not amounts or amounts[0].label or inline(amounts[0].text) or len(amounts[0].text) > _LONGEST_AMOUNT:
            self.funds = {}
            return False
        self.form.unit = self.form.unit or (unit_in(names[-1].text) if names else None)
        self._fund_row(row, names[-1] if names else None, amounts)
        return True

    def _open_funds(self, row: FormRow, columns: dict[str, FormCell]) -> None:
        for cell, following in pairwise(row.cells):
            kind = fund_kind(cell.word)
            if kind and (is_amount(following.text) or percent_of(following) is not None):
                self.form.add(kind, following.text, row)
                self.paired[cell.column] = kind
                columns = {}
        self.funds = columns
        self.group, self.waiting, self.held = ("ignored", row.first.column), {}, {}
        unit = next((unit for cell in (*row.over, *row.cells) if (unit := unit_in(cell.text))), None)
        self.form.unit = unit or self.form.unit

    def _fund_row(self, row: FormRow, name: FormCell | None, amounts: list[FormCell]) -> None:
        """The amounts of one source, without a name of all; the year's first budget stands before the adjusted."""
        kind = name.label if name else "budget"
        cells = {held: cell for held, head in self.funds.items() for cell in amounts if cell.reaches(head)}
        planned = cells.get("budget") or cells.get("adjusted_budget")
        if kind == "budget":
            for held, cell in cells.items():
                if held != "apart" and not is_blank(cell.text):
                    self.form.add(held, cell.text, row)
        elif kind in _SOURCES and planned is not None and not is_blank(planned.text):
            self.form.add(kind, planned.text, row)
        elif name is not None and planned is not None and yuan(planned.text, UNITS["元"]):
            self.form.further.append(joined(name.text))

    def _labelled(self, row: FormRow) -> None:
        """Take the row's values to the labels left of them; a label with none waits for one below."""
        self.waiting, self.held = {}, {}
        kinds = [cell.label for cell in row.cells]
        first = next((kind for kind in kinds if kind), None)
        apart = first in {"apart", None}
        current: FormCell | None = None
        prose: str | None = None
        unknown = False
        for place, cell in enumerate(row.cells):
            following = row.cells[place + 1] if place + 1 < len(row.cells) else None
            said = inline(cell.text) if cell.label is None else None
            if current is None and cell.label is None:
                self.form.unit = self.form.unit or unit_in(cell.text)
            if said:
                self.form.add(*said, row)
            elif cell.label:
                current, prose, unknown = cell, None, False
                self._wait(cell, apart)
            elif current is not None and current.label is not None:
                self._value(current, cell, row)
                prose = current.label if current.label in PROSE else None
                current = None
            elif prose and not (following and _label_like(cell)):
                self.form.add(prose, cell.text, row)
            elif unknown:
                unknown = False
            elif following is not None and following.label is None and _label_like(cell):
                self.form.unknown.append((joined(cell.text), row))
                unknown, prose = True, None
        self.group = (first, row.first.column) if first else self.group

    def _wait(self, cell: FormCell, apart: bool) -> None:
        kind = cell.label
        assert kind is not None
        if unit := unit_in(cell.text):
            self.form.units.setdefault(kind, unit)
        if not (apart and kind in MONEY):
            self.waiting.update(dict.fromkeys(range(cell.column, cell.end), kind))

    def _value(self, named: FormCell, cell: FormCell, row: FormRow) -> None:
        kind = named.label
        assert kind is not None
        text = cell.text.lstrip("：:")
        total = _INLINE.fullmatch(joined(text)) if kind in MONEY else None
        if total and is_total(total[1]) and is_amount(total[2]):
            text = total[2]
        more = _OF_WHICH_MORE.fullmatch(text) if kind in MONEY and not is_amount(text) else None
        if more and is_amount(more[1]):
            text = more[1]
            self.form.unknown.append((joined(more[2]), row))
        if kind == "funds" and is_amount(text):
            kind = fund_kind(named.word) or "budget"
        if kind in MONEY and not is_amount(text) and _label_like(cell):
            self.form.unknown.append((joined(text), row))
            return
        if kind in _SOURCES and self.paired.get(named.column, "budget") != "budget":
            return
        self.waiting = {column: held for column, held in self.waiting.items() if held != kind}
        self.held[cell.column] = kind
        if kind == "further":
            if yuan(text, UNITS["元"]):
                self.form.further.append(joined(named.text))
        else:
            self.form.add(kind, text, row)

    def _unlabelled(self, row: FormRow, page_break: bool) -> None:
        """Values under the labels that wait, the rest of a text that goes on, or what no known label governs."""
        group, column = self.group or ("", 0)
        group = "goals" if group == "schedule" else group
        over = next((cell.label for cell in reversed(row.over) if cell.label in PROSE), None)
        waiting, self.waiting = self.waiting, {}
        for cell in row.cells:
            kind = waiting.get(cell.column)
            if kind in MONEY and not is_amount(cell.text):
                kind = None
            if kind is None and page_break:
                kind = self.held.get(cell.column)
            if kind is None:
                kind = over or (group if group in PROSE and cell.column > column else None)
            if kind is None:
                self._unknown(row)
                return
            self.form.add(kind, cell.text, row)
            if kind in PROSE:
                self.waiting[cell.column] = kind

    def _unknown(self, row: FormRow) -> None:
        """Tell of the labels, each with its value, of a row that no vocabulary has."""
        if len(row.cells) > 1 and _label_like(row.first):
            labels = [cell for cell in row.cells[:-1:2] if _label_like(cell)]
            self.form.unknown.extend((joined(cell.text), row) for cell in labels)
            self.group, self.waiting = ("apart", row.first.column), {}

    def _above_labels(self, row: FormRow) -> None:
        for cell in row.cells:
            self.form.unit = self.form.unit or unit_in(cell.text)
            self.form.owner = self.form.owner or department_in(cell.text)


def _label_like(cell: FormCell) -> bool:
    return bool(_LABEL_LIKE.fullmatch(squeezed(cell.text)))


def month_of(cell: FormCell) -> int | None:
    """The month whose end `cell` names (`3月底`), or null."""
    match = _MONTH.fullmatch(label(cell.text)) if "月" in cell.text and len(cell.text) < 10 else None
    return int(match.group(1)) if match else None


def percent_of(cell: FormCell) -> Decimal | None:
    """The percentage that `cell` prints, or null."""
    match = _PERCENT.fullmatch(label(cell.text)) if len(cell.text) < 12 else None
    return Decimal(match.group(1)) if match else None


def read_plan(rows: Sequence[FormRow]) -> Plan | None:
    """Cumulative percentages for the ends of MONTHS, null where blank; null where the rows name no month.

    A month's percentage stands below it, or to its right in the same row (`12月底 | 100%`).
    """
    planned: dict[int, Decimal | None] = {}
    for row, below in zip_longest(rows, rows[1:]):
        for position, cell in enumerate(row.cells):
            month = month_of(cell)
            if month is not None and planned.get(month) is None:
                planned[month] = _beside(row, position) or _below(cell, below)
    if not planned:
        return None
    return tuple(planned.get(month) for month in MONTHS)


def _beside(row: FormRow, position: int) -> Decimal | None:
    following = row.cells[position + 1 : position + 2]
    return percent_of(following[0]) if following else None


def _below(cell: FormCell, below: FormRow | None) -> Decimal | None:
    if below is None or any(month_of(other) for other in below.cells):
        return None
    return next((percent_of(other) for other in below.cells if other.reaches(cell)), None)
