"""Statements as printed tables: a grid, and the records it says."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from services.sample_portals.content import Content, Grid, GridCell, Heading, Prose, row
from services.sample_portals.figures import Figures, StatementLine
from services.sample_portals.layout import TableLayout, cells
from services.sample_portals.truth import FigurePlace, Ledger, MoneyFormat, Printed, Truth, unmarked, yuan

NUMERALS: Final = "一二三四五六七八九十"
Body = list[tuple[GridCell, ...]]
Entry = tuple[str, str] | None


def numeral(number: int) -> str:
    """1 → 一, 12 → 十二, 20 → 二十."""
    tens, ones = divmod(number, 10)
    return ("" if tens == 0 else ("十" if tens == 1 else NUMERALS[tens - 1] + "十")) + (
        NUMERALS[ones - 1] if ones else ""
    )


@dataclass(frozen=True)
class TablePrinter:
    """Prints tables of `figures` in a layout; `fill` puts names and years into a layout's texts."""

    figures: Figures
    ledger: Ledger
    money: MoneyFormat
    caption: tuple[str, ...]
    fill: Callable[[str], str]

    def table(self, spec: TableLayout) -> list[Content]:
        """The title, the grid and, where the table is empty, its note."""
        unit = self.figures.units.get(spec.table, spec.unit or self.money.unit)
        printer = replace(self, money=_in_unit(self.money, unit, spec.zero))
        body = _SHAPES[spec.shape](printer, spec)
        if not body and spec.omit_empty:
            return []
        title, captions = self.fill(spec.title), spec.caption if spec.caption is not None else self.caption
        caption = tuple(self.fill(text.replace("{unit}", printer.money.unit)) for text in captions)
        head = [cells(self.fill(text)) for text in spec.head]
        width = len(spec.columns)
        if spec.title_inside:
            inside = [(GridCell(text, columns=width),) for text in (title, *caption)]
            head, caption = inside + head, ()
        grid = Grid(tuple(head), tuple(body), tuple(_WIDTHS.get(column, 12) for column in spec.columns), caption)
        content: list[Content] = [grid] if spec.title_inside else [Heading(title, 2), grid]
        note = self.figures.notes.get(spec.table, spec.note)
        if note and (not body or spec.table in self.figures.notes):
            content.append(Prose(self.fill(note)))
        return content

    def rows(self, spec: TableLayout) -> Body:
        """A row a line of the statement, the levels that the layout prints."""
        lines = [
            line
            for line in self.figures.statements.get(spec.table, ())
            if line.code is not None and len(line.code) in spec.levels
        ]
        whole = [line for line in self.figures.statements.get(spec.table, ()) if line.key == "whole"]
        ordered = lines if spec.total is None else whole + lines if spec.total == "first" else lines + whole
        return [self._row(spec, line, number) for number, line in enumerate(ordered, start=1)]

    def _row(self, spec: TableLayout, line: StatementLine, number: int) -> tuple[GridCell, ...]:
        code = line.code or ""
        name = line.name if line.code else spec.total_label
        numbers = {"line_no": number} if "line_no" in spec.columns else {"line_no": None}
        record = self._record(spec.table, None, line.code, None if name in _NAMELESS else unmarked(name)) | numbers
        record |= _OPTIONAL if name in _NAMELESS else {}
        if not ({"code", "class", "code_name"} & set(spec.columns)):
            record["code"] = None
        texts = {
            "line_no": str(number),
            "row_no": str(number),
            "code": code,
            "class": code[:3],
            "group": code[3:5],
            "item": code[5:7],
            "name": name,
            "code_name": f"{code} {name}".strip(),
            "outer": "",
            "blank": "",
        }
        printed = []
        for column in spec.columns:
            if column in texts:
                printed.append(GridCell(texts[column]))
            else:
                place = FigurePlace(spec.table, line.key, _COLUMNS.get(column, column))
                amount = line.cells.get(column, Decimal(0))
                wanted = record | {"column": _COLUMNS.get(column, column)}
                printed.append(GridCell(self.ledger.add(place, self.money, amount, wanted)))
        if line.code is None and spec.total_span:
            printed = [GridCell(name, columns=spec.total_span), *printed[spec.total_span :]]
        return tuple(printed)

    def _record(self, table: str, side: str | None, code: str | None, name: str | None) -> Truth:
        record: Truth = {"record": "budget_line", "table": table, "side": side, "code": code}
        return record if name is None else record | {"name": name}

    def labelled(self, spec: TableLayout) -> Body:
        """A row a label: the lines that the layout names; `outer/inner` labels share an outer cell."""
        body: Body = []
        outers = [label.partition("/")[0] for label in spec.labels.values() if label]
        for number, (key, label) in enumerate(spec.labels.items(), start=1):
            assert label
            outer, _, inner = label.partition("/")
            line = replace(self.figures.line(spec.table, key), code=None, name="")
            cells_of_row = list(self._row(_named(spec, inner or outer), line, number))
            if "outer" in spec.columns:
                at = spec.columns.index("outer")
                if not inner:
                    cells_of_row[at : at + 2] = [GridCell(outer, columns=2)]
                elif outer in outers[: number - 1]:
                    del cells_of_row[at]
                else:
                    cells_of_row[at] = GridCell(outer, rows=outers.count(outer))
            body.append(tuple(cells_of_row))
        return body

    def sides(self, spec: TableLayout) -> Body:
        """Income at the left, spending at the right, their totals level at the foot."""
        left = [(key, label) for key, label in spec.income.items()]
        right = self._class_labels(spec)
        height = max(len(left), len(right))
        pairs = [
            (left[at] if at < len(left) else None, right[at] if at < len(right) else None) for at in range(height)
        ]
        pairs = [*map(_both, spec.heads), *pairs, *map(_both, spec.totals)]
        return [self._pair(spec, pair, number) for number, pair in enumerate(pairs, start=1)]

    def _class_labels(self, spec: TableLayout) -> list[tuple[str, str]]:
        lines = [
            line
            for line in self.figures.statements[spec.table]
            if line.side == "expenditure" and line.key.isdigit()
        ]
        if spec.classes == "filled":
            lines = [line for line in lines if any(line.cells.values())]
        marks = [f"{numeral(at)}、" if spec.class_marks else "" for at in range(1, len(lines) + 1)]
        return [(line.key, mark + line.name) for mark, line in zip(marks, lines, strict=True)]

    def _pair(self, spec: TableLayout, pair: tuple[Entry, Entry], number: int) -> tuple[GridCell, ...]:
        labels = dict(zip(("income", "expenditure"), pair, strict=True))
        numbers = {} if "row_no" in spec.columns else {"line_no": number if "line_no" in spec.columns else None}
        printed = []
        for column in spec.columns:
            side, _, what = column.partition(".")
            entry = labels.get(side)
            if side in ("line_no", "row_no"):
                printed.append(str(number))
            elif entry is None:
                printed.append("")
            elif what == "name":
                printed.append(entry[1])
            else:
                line = self.figures.line(spec.table, entry[0], side)
                record = self._record(spec.table, side, None, unmarked(entry[1])) | numbers | {"column": what}
                place = FigurePlace(spec.table, entry[0], what, side)
                printed.append(self.ledger.add(place, self.money, line.cells[what], record))
        return row(*printed)

    def single(self, spec: TableLayout) -> Body:
        """One row, a column a figure: `key.column`."""
        printed = []
        for column in spec.columns:
            key, _, what = column.partition(".")
            amount = self.figures.line(spec.table, key).cells[what]
            name = spec.labels.get(key)
            record = self._record(spec.table, None, None, name) | {"column": what, "line_no": None}
            if "planned" in self.figures.line(spec.table, key).cells and self.figures.kind == "final_accounts":
                record |= {"column": "total", "basis": "budget" if what == "planned" else "final"}
            if key in _OPEN or what in _OPEN:
                record = {"record": "budget_line", "optional": True}
            if key in _OTHERS:
                record |= {"name": _OTHERS[key], "optional": True}
            printed.append(self.ledger.add(FigurePlace(spec.table, key, what), self.money, amount, record))
        return [row(*printed)]

    def groups(self, spec: TableLayout) -> Body:
        """Groups of economic items side by side, three columns each; `foot` totals stand in the last row."""
        lines = self.figures.statements[spec.table]
        columns: list[list[tuple[str, ...]]] = []
        for classes in spec.groups:
            chosen = [line for line in lines if line.code and line.code[:3] in classes]
            columns.append([self._item(spec, line) for line in chosen])
        columns = [part for group in columns for part in _halves(group, len(spec.columns) // 3, len(columns))]
        height = max(map(len, columns))
        body: Body = [
            tuple(
                GridCell(text) for column in columns for text in (column[at] if at < len(column) else ("", "", ""))
            )
            for at in range(height)
        ]
        if spec.foot:
            body.append(self._foot(spec))
        return body

    def _item(self, spec: TableLayout, line: StatementLine) -> tuple[str, str, str]:
        assert line.code
        record = self._record(spec.table, None, line.code, line.name)
        text = self.ledger.add(FigurePlace(spec.table, line.key, "total"), self.money, line.cells["total"], record)
        return line.code, line.name, text

    def _foot(self, spec: TableLayout) -> tuple[GridCell, ...]:
        whole = self.figures.line(spec.table, "whole")
        printed = []
        for text in spec.foot:
            if text.startswith("="):
                record = self._record(spec.table, None, None, None) | {"optional": True}
                place = FigurePlace(spec.table, "whole", text[1:])
                printed.append(GridCell(self.ledger.add(place, self.money, whole.cells[text[1:]], record)))
            else:
                printed += cells(text)
        return tuple(printed)

    def fields(self, spec: TableLayout) -> Body:
        """A row a record: its fields by name."""
        body = []
        for number, values in enumerate(self.figures.rows.get(spec.table, ()), start=1):
            record: Truth = {"record": spec.table} | {
                name: None for name in values if not name.startswith("_") and name != "optional"
            }
            texts = []
            for column in spec.columns:
                value = values.get(f"_{column}", values.get(column))
                text = self.money.text(value) if isinstance(value, Decimal) else str(value or "")
                texts.append(text)
                if column in values and text:
                    record[column] = self._value(spec.table, number, column, values[column])
            stated = ("line_type", "organisation", "as_of", "optional")
            self.ledger.records.append(record | {name: values[name] for name in stated if name in values})
            body.append(row(*texts))
        return body

    def _value(self, table: str, number: int, column: str, value: object) -> object:
        if not isinstance(value, Decimal):
            return value
        amount = self.money.rounded(value)
        self.ledger.prints[FigurePlace(table, str(number), column)] = Printed(amount, self.money.step, None)
        return yuan(amount)


def _both(total: tuple[str, str, str, str]) -> tuple[Entry, Entry]:
    """The two sides of a total's row: (key, label); None where a side prints nothing there."""
    one, first, two, second = total
    return (one, first) if first else None, (two, second) if second else None


def _in_unit(money: MoneyFormat, unit: str, zero: str | None) -> MoneyFormat:
    """`money` for a table in another unit: 元 without decimals are 万元 with two."""
    places = 2 if unit != money.unit and not money.places else money.places
    return replace(money, unit=unit, places=places, zero=money.zero if zero is None else zero)


def _named(spec: TableLayout, label: str) -> TableLayout:
    """`spec` for a row that is called `label`."""
    return spec.model_copy(update={"total_label": label, "total_span": 0})


def _halves(group: list[tuple[str, ...]], columns: int, groups: int) -> list[list[tuple[str, ...]]]:
    """The last group takes the columns that are left: its lines are cut in as many pieces."""
    spare = columns - groups + 1
    if spare < 2 or not group or group[0][0].startswith("301"):
        return [group]
    cut = -(-len(group) // spare)
    return [group[at : at + cut] for at in range(0, len(group), cut)]


_SHAPES: Final[dict[str, Callable[[TablePrinter, TableLayout], Body]]] = {
    "rows": TablePrinter.rows,
    "sides": TablePrinter.sides,
    "labelled": TablePrinter.labelled,
    "single": TablePrinter.single,
    "groups": TablePrinter.groups,
    "fields": TablePrinter.fields,
}
_WIDTHS: Final = {"line_no": 6, "row_no": 6, "class": 6, "group": 5, "item": 5, "name": 24, "code_name": 30}
_COLUMNS: Final = {"opening": "carryover", "income": "current_year", "closing": "year_end_carryover"}
"""Columns of a fund's accounts → the record's column."""
_OPTIONAL: Final[Truth] = {"optional": True}
_OPEN: Final = {"reserve", "closing", "meeting", "training", "agency"}
"""Figures for which the records have no agreed name: they may come out or not."""
_NAMELESS: Final = {"小计", "公共财政拨款（补助）资金"}
"""Rows whose name the records leave open."""
_OTHERS: Final = {"with_meetings": "合计（含会议费、培训费）"}
"""What looks like a total of 三公 and is none: it may come out under its own name, never as 合计."""
