"""The shape of a table of money by what its cells hold: titles, header, rows, columns that belong together."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from services.normalizer.government import terms
from services.normalizer.language.money import is_blank, number
from services.normalizer.tables.captions import Caption
from services.normalizer.tables.grid import Grid

_TITLE: Final = re.compile(
    r"^(?:附?表|附件)[一二三四五六七八九十百\d—–.-]+[:：]?$|(?:单位|金额)[:：]?.{0,6}元|表(?:[(（].{1,14}[)）])?$"
)
_FORMULA: Final = re.compile(r"[A-Z]{1,2}(?:=[A-Z\d+\-*/()]{1,40})?|\d{1,2}(?:=[\d+\-*/()]{1,40})?|公式|栏次|行次")
_YEAR: Final = re.compile(r"20\d\d")
_CODE: Final = re.compile(r"\d{3}(?:\d{2}){0,4}")
_UNIT: Final = re.compile("(?:金额)?单位[:：]?.{0,8}元")
_LABELLED: Final = re.compile("[^:]{2,6}:")
"""What stands beside the unit over a table: 编制部门:区财政局, 日期:2025年1月."""
_UNIT_BEHIND: Final = re.compile(r"\([^()]{0,4}元\)$")
_OF_YEARS: Final = frozenset({"年度", "年份", "年"})
_CODED: Final = re.compile("编码|代码")
_CLASS_LABELS: Final = frozenset("类款项")
"""Labels of the columns that a code is spread over."""
_RATE: Final = re.compile(r"[%％]")
_DIFFERENCE: Final = re.compile(r"增减|比上年|较上年|同比|差额")
_SAMPLE: Final = 100
"""Rows by which the columns of numbers are told while the end of a table is looked for."""


@dataclass(frozen=True)
class Panel:
    """Columns that belong together: a row of it is a name and its figures; two stand side by side in a balance.

    A panel of one row may have no name: what its figures are stands above them.
    """

    names: tuple[int, ...]
    codes: tuple[int, ...]
    counters: tuple[int, ...]
    areas: tuple[int, ...]
    bonds: tuple[int, ...]
    money: tuple[int, ...]
    others: tuple[int, ...] = ()
    """Columns of numbers that are no money: rates, quantities."""

    @property
    def is_nameless(self) -> bool:
        """Whether nothing in its row says what the figures are."""
        return not (self.names or self.codes or self.counters or self.areas or self.bonds)

    @property
    def first(self) -> int:
        """Its first column."""
        return min((*self.names, *self.codes, *self.counters, *self.areas, *self.bonds, *self.money))

    @property
    def last(self) -> int:
        """Its last column."""
        return max((*self.money, *self.others))


@dataclass(frozen=True)
class MoneyTable:
    """A table of money, or one of several stacked in one: the rows of its title, header and body."""

    grid: Grid
    titles: tuple[int, ...]
    header: tuple[int, ...]
    body: tuple[int, ...]
    paths: tuple[tuple[str, ...], ...]
    """For each column the labels above it, `plain`."""
    panels: tuple[Panel, ...]

    def caption(self, before: Sequence[str], panel: Panel) -> Caption:
        """The lines above `panel`: those `before` the table, and its own title rows."""
        number = self.panels.index(panel)
        first = panel.first if number else 0
        end = self.panels[number + 1].first if panel is not self.panels[-1] else self.grid.column_count
        own = []
        for row in self.titles:
            own += [cell.text for cell in self.grid.filled(row) if _UNIT.fullmatch(terms.plain(cell.text))]
            over = [
                cell
                for cell in self.grid.filled(row)
                if cell.column < end and cell.column + cell.column_span > first
            ]
            own += [cell.text for cell in over or self.grid.filled(row)]
        return Caption((*before, *own), len(own))


@dataclass(frozen=True)
class _Numbers:
    """What a column holds below the header."""

    numbers: int
    shares: int
    texts: int
    codes: int
    grouped: int
    commas: int

    @property
    def is_numeric(self) -> bool:
        return self.numbers > 0 and self.numbers * 2 > self.texts

    @property
    def is_code(self) -> bool:
        return self.numbers > 0 and self.codes * 10 >= self.numbers * 8 and not self.grouped

    @property
    def is_share(self) -> bool:
        return self.shares * 2 > self.numbers


def money_tables(grid: Grid, earlier: MoneyTable | None) -> list[MoneyTable]:
    """The tables of money that `grid` holds, one below the other; `earlier` is the one it may go on with."""
    found: list[MoneyTable] = []
    rows = list(grid.rows())
    while rows:
        made = _next(grid, rows, found[-1] if found else earlier)
        if made is None:
            break
        table, rows = made
        found.append(table)
    return found


def _next(grid: Grid, rows: Sequence[int], earlier: MoneyTable | None) -> tuple[MoneyTable, list[int]] | None:
    start = next((row for row in rows if _has_numbers(grid, row)), None)
    if start is None:
        return None
    above = [row for row in rows if row < start]
    sample = _numeric(grid, [row for row in rows if row >= start][:_SAMPLE])
    end = next((row for row in rows if row > start and _opens(grid, row, start, sample)), None)
    below = [row for row in rows if row >= start and (end is None or row < end)]
    columns = _numeric(grid, below)
    header = [row for row in above if not _is_title(grid, row)]
    while header and not _labels_money(grid, header[-1], columns):
        below.insert(0, header.pop())
    heads = [row for row in above if header and row > header[-1] and row not in below and not _is_unit(grid, row)]
    below = [*heads, *below]
    titles = tuple(row for row in above if row not in header and row not in below)
    labelled = tuple(row for row in header if not _is_formula(grid, row, columns))
    body = tuple(row for row in below if _is_body(grid, row, labelled))
    rest = [row for row in rows if end is not None and row >= end]
    if not labelled:
        panels = _panels_again(grid, body, earlier, columns) if earlier else ()
        return (MoneyTable(grid, titles, (), body, earlier.paths, panels), rest) if earlier and panels else None
    paths = tuple(tuple(terms.plain(text) for text in path) for path in grid.header_paths(labelled))
    panels = tuple(_panels(grid, body, paths, columns))
    return (MoneyTable(grid, titles, labelled, body, paths, panels), rest) if panels else None


def _panels_again(
    grid: Grid, body: tuple[int, ...], earlier: MoneyTable, columns: frozenset[int]
) -> tuple[Panel, ...]:
    """The panels of rows that go on with the table before; none where numbers stand where it has other than them.

    A column that it has left blank so far is read by its label.
    """
    known = {
        column
        for panel in earlier.panels
        for column in (*panel.money, *panel.others, *panel.counters, *panel.codes)
    }
    blank = columns - known
    filled = any(not is_blank(earlier.grid.text(row, column)) for row in earlier.body for column in blank)
    if grid.column_count != earlier.grid.column_count or filled or not all(earlier.paths[each] for each in blank):
        return ()
    return tuple(_panels(grid, body, earlier.paths, columns | known)) if blank else earlier.panels


def _has_numbers(grid: Grid, row: int) -> bool:
    """Whether `row` holds a figure, and does more than count or date the columns."""
    texts = {cell.column: terms.plain(cell.text) for cell in grid.filled(row)}
    numbers = {column: text for column, text in texts.items() if number(text) is not None}
    if not numbers or grid.is_column_numbers(row):
        return False
    if all(_YEAR.fullmatch(text) for text in numbers.values()) and not _are_dated(grid, row, numbers):
        return False
    return not (len(texts) > 1 and all(_FORMULA.fullmatch(text) for text in texts.values()))


def _are_dated(grid: Grid, row: int, columns: Iterable[int]) -> bool:
    """Whether the labels right above `columns` state years and what the figures are, so that `row` does not."""
    above = [terms.plain(grid.text(row - 1, column)) for column in columns] if row else []
    return bool(above) and all(_YEAR.search(text) and terms.bases().hits(text) for text in above)


def _is_title(grid: Grid, row: int) -> bool:
    cells = grid.filled(row)
    if not cells:
        return True
    texts = [terms.plain(cell.text) for cell in cells]
    of_unit = any(_UNIT.fullmatch(text) for text in texts)
    if all(_TITLE.search(text) or (of_unit and _LABELLED.match(text)) for text in texts):
        return True
    wide = len(cells) == 1 and cells[0].column_span * 2 > grid.column_count and grid.column_count > 2
    return wide or (len(cells) == 1 and grid.column_count > 2 and cells[0].row_span == 1 and cells[0].column == 0)


def _opens(grid: Grid, row: int, start: int, columns: frozenset[int]) -> bool:
    """Whether a further table begins with `row`: a title or header among figures in `columns`."""
    cells = grid.filled(row)
    if not cells or any(number(cell.text) is not None for cell in cells):
        return False
    texts = [terms.plain(cell.text) for cell in cells]
    if all(_TITLE.search(text) for text in texts):
        return any(text.endswith(("表", "表)")) or "单位" in text for text in texts) and row > start + 1
    over = [cell for cell in cells if cell.column in columns and not is_blank(cell.text)]
    named = sum(
        bool(terms.bases().hits(terms.plain(cell.text)) or terms.columns().hits(terms.plain(cell.text)))
        for cell in over
    )
    return len(over) * 2 >= len(columns) > 0 and named * 2 >= len(over) and len(texts) > 1


def _numeric(grid: Grid, rows: Sequence[int] | range) -> frozenset[int]:
    """The columns that hold numbers in `rows`."""
    held = {column: _held(grid, rows, column) for column in range(grid.column_count)}
    return frozenset(column for column, each in held.items() if each.is_numeric)


def _held(grid: Grid, rows: Sequence[int] | range, column: int) -> _Numbers:
    numbers = shares = texts = codes = commas = grouped = 0
    for row in rows:
        cell = grid.own(row, column)
        if cell is None or cell.column != column or is_blank(cell.text):
            continue
        text = terms.plain(cell.text)
        if number(text) is not None:
            numbers += 1
            codes += bool(_CODE.fullmatch(text))
            commas += "," in text
            grouped += "," in text or "." in text
        elif text.endswith("%") and number(text[:-1]) is not None:
            numbers += 1
            shares += 1
        else:
            texts += 1
    return _Numbers(numbers, shares, texts, codes, grouped, commas)


def _is_unit(grid: Grid, row: int) -> bool:
    return any(_UNIT.search(terms.plain(cell.text)) for cell in grid.filled(row))


def _labels_money(grid: Grid, row: int, columns: frozenset[int]) -> bool:
    """Whether a label begins over one of the numeric `columns` in `row`, or reaches down to it."""
    over = (grid.at(row, column) for column in columns if column > 0)
    return any(cell is not None and not is_blank(cell.text) and cell.column in columns for cell in over)


def _is_formula(grid: Grid, row: int, columns: frozenset[int]) -> bool:
    texts = [terms.plain(cell.text) for cell in grid.filled(row) if cell.column in columns]
    return grid.is_column_numbers(row) or (bool(texts) and all(_FORMULA.fullmatch(text) for text in texts))


def _is_body(grid: Grid, row: int, header: Sequence[int]) -> bool:
    return bool(grid.filled(row)) and not grid.is_column_numbers(row) and not grid.repeats(row, header)


def _panels(
    grid: Grid, body: Sequence[int], paths: Sequence[tuple[str, ...]], columns: frozenset[int]
) -> Iterator[Panel]:
    roles = [
        _role(_held(grid, body, column), paths[column], column in columns) for column in range(grid.column_count)
    ]
    for group in _groups(roles):
        of = {role: tuple(column for column in group if roles[column] == role) for role in set(roles)}
        money = of.get("money", ())
        names = tuple(column for column in of.get("name", ()) if not money or column < money[0])
        labels = (*names, *of.get("area", ()), *of.get("bond", ()))
        named = labels or of.get("code") or of.get("counter")
        if not money or not (named or len(body) == 1):
            continue
        yield Panel(
            _best(names, paths),
            of.get("code", ()),
            of.get("counter", ()),
            of.get("area", ()),
            of.get("bond", ()),
            money,
            of.get("other", ()),
        )


def _best(names: tuple[int, ...], paths: Sequence[tuple[str, ...]]) -> tuple[int, ...]:
    """Of the columns of names those that name the row; a group's name and its parts' are under one label."""
    first = [column for column in names if paths[column] and terms.names().exactly(paths[column][-1]) == "first"]
    if not first:
        return names[:1] if names else ()
    best = next(
        (column for column in first if "项目" in paths[column][-1] or "名称" in paths[column][-1]), first[0]
    )
    same = [column for column in names if paths[column] == paths[best]]
    return tuple(same)


def _role(held: _Numbers, path: tuple[str, ...], numeric: bool) -> str:
    leaf = path[-1] if path else ""
    named = terms.names().exactly(leaf)
    if named == "aside" or (
        not named and not numeric and any(word in leaf for word in terms.terms().names["aside"])
    ):
        return "aside"
    if leaf in {"序号", "行次", "编号", "号"} and held.texts <= held.numbers:
        return "counter"
    if _CODED.search("".join(path)) or leaf in _CLASS_LABELS or (held.is_code and (named or "科目" in leaf)):
        return "code"
    if named in {"area", "bond"}:
        return named
    if not numeric or leaf in _OF_YEARS:
        return "name" if held.texts or named else "aside"
    return "money" if _is_money(held, path) else "other"


def _is_money(held: _Numbers, path: tuple[str, ...]) -> bool:
    """Whether a column of numbers is of money, by its labels and by how they are printed."""
    if held.is_share or any(_RATE.search(text) for text in path[-2:]):
        return False
    leaf = _UNIT_BEHIND.sub("", path[-1]) if path else ""
    if terms.no_money().hits(leaf) and not leaf.endswith("额"):
        return False
    if _DIFFERENCE.search(leaf) and not leaf.endswith(("额", "数")) and "调整" not in leaf:
        return held.commas > 0
    return not re.search(r"(?:为|占|完成).{0,8}(?:预算|决算|计划)数?的?$", leaf)


def _groups(roles: Sequence[str]) -> list[list[int]]:
    """Columns by panel: one of names or codes after one of money opens the next if money follows."""
    groups: list[list[int]] = [[]]
    paid = False
    for column, role in enumerate(roles):
        if role == "aside":
            continue
        opens = role in {"name", "area", "code", "counter"} and paid
        if opens and "money" in roles[column:]:
            groups.append([])
            paid = False
        paid = paid or role == "money"
        groups[-1].append(column)
    return groups
