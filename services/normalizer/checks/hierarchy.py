"""CHECKS 3: 合计 = Σ classes, class = Σ 5-digit codes, 5-digit = Σ 7-digit codes, in every money column."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Literal

from services.normalizer.checks.book import Book
from services.normalizer.checks.classes import class_code
from services.normalizer.checks.equations import Figure
from services.normalizer.checks.identities import zero_where_blank
from services.normalizer.checks.outcome import Outcome
from services.normalizer.checks.sheets import Row, Sheet
from services.normalizer.checks.wording import shown
from services.normalizer.language.totals import ends_in_total
from shared.schemas.names import ColumnName, TableName

World = Literal["functional", "economic", "government_economic"]

CODED_TABLES = (
    TableName.INCOME,
    TableName.EXPENDITURE,
    TableName.GENERAL_BUDGET_EXPENDITURE,
    TableName.GENERAL_BUDGET_BASIC_EXPENDITURE,
    TableName.GOVERNMENT_FUND_EXPENDITURE,
    TableName.STATE_CAPITAL_EXPENDITURE,
    TableName.APPROPRIATION_EXPENDITURE,
    TableName.APPROPRIATION_BASIC_EXPENDITURE,
    TableName.DEPARTMENT_ECONOMIC_EXPENDITURE,
    TableName.GOVERNMENT_ECONOMIC_EXPENDITURE,
    TableName.AGENCY_OPERATING_FUNDS,
)
"""The tables whose rows carry classification codes."""

PERSONNEL_CLASSES = ("301", "303")
"""The economic classes that are 人员经费; the rest are 公用经费."""
_NATURE = re.compile("人员|公用")
_LENGTHS = (3, 5, 7)
_ECONOMIC_NAME = re.compile(r"支出|补助|补贴|费用|付息|还本|预留")


def world(row: Row) -> World | None:
    """Which classification a row's code belongs to: 201–234 functional, 301–399 and 501–599 economic; else None.

    A department's own code may have three digits too (203 组织部): a class has the name of a class.
    """
    code = row.code
    if len(code) not in _LENGTHS or not (code.isascii() and code.isdigit()):
        return None
    head = int(code[:3])
    if 201 <= head <= 234:
        return "functional" if len(code) > 3 or class_code(row.name) == code else None
    if len(code) == 3 and not _ECONOMIC_NAME.search(row.name):
        return None
    if 301 <= head <= 399:
        return "economic"
    return "government_economic" if 501 <= head <= 599 else None


@dataclass
class Tree:
    """The coded rows of one table: the rows under each row, and those under none, by classification."""

    below: dict[str, list[Row]] = field(default_factory=dict)
    rows: dict[str, Row] = field(default_factory=dict)
    tops: dict[World, list[Row]] = field(default_factory=dict)
    repeated: list[str] = field(default_factory=list)


def plant(sheet: Sheet) -> Tree:
    """Hang each coded row under the nearest printed row whose code begins its own."""
    coded = [(kind, row) for row in sheet.rows if (kind := world(row)) is not None]
    counts = Counter(row.code for _, row in coded)
    tree = Tree(
        rows={row.code: row for _, row in coded}, repeated=[code for code, count in counts.items() if count > 1]
    )
    for kind, row in coded:
        above = [row.code[:length] for length in reversed(_LENGTHS) if length < len(row.code)]
        parent = next((code for code in above if code in tree.rows), None)
        if parent is None:
            tree.tops.setdefault(kind, []).append(row)
        else:
            tree.below.setdefault(parent, []).append(row)
    return tree


def check_hierarchy(book: Book, outcome: Outcome) -> None:
    """Compare every total, class and 5-digit row with the rows under it, a total of projects with the projects."""
    for name in CODED_TABLES:
        for sheet in book.sheets(name):
            tree = plant(sheet)
            if tree.repeated:
                outcome.lacks(f"{sheet.title}的科目编码{tree.repeated[0]}出现多次，可能按单位分列")
                continue
            trial = Outcome()
            grand = sheet.grand()
            loose = _loose(sheet)
            if grand is not None:
                for tops in (*tree.tops.values(), _units(sheet, tree)):
                    _compare(trial, sheet, grand, tops, loose)
            for part, tops in parts_of_basic(sheet, tree.tops.get("economic", ())):
                _compare(trial, sheet, part, tops)
            for code, rows in tree.below.items():
                _compare(trial, sheet, tree.rows[code], rows, _strays(sheet, tree, code))
            outcome.absorb(trial, sheet.title)
    for sheet in book.sheets(TableName.PROJECT_EXPENDITURE):
        _compare_projects(outcome, sheet)
    if not any(book.sheets(name) for name in (*CODED_TABLES, TableName.PROJECT_EXPENDITURE)):
        book.explain_missing(outcome, [TableName.EXPENDITURE])


def _compare_projects(outcome: Outcome, sheet: Sheet) -> None:
    """Compare the total of a list of projects with them, where a column shows that no row is the sum of others."""
    grand = sheet.grand()
    projects = [row for row in sheet.rows if not ends_in_total(row.name)]
    if grand is None or len(projects) < 2:
        return
    trial = Outcome()
    _compare(trial, sheet, grand, projects)
    if any(equation.holds and equation.total.amount for equation in trial.equations):
        outcome.absorb(trial, sheet.title)


def parts_of_basic(sheet: Sheet, tops: Sequence[Row]) -> list[tuple[Row, list[Row]]]:
    """人员经费合计 and 公用经费合计 of a table of 基本支出, each with its classes: 301 and 303, and the rest."""
    found = []
    for row in sheet.rows:
        if not row.code and ends_in_total(row.name) and (match := _NATURE.search(row.name)):
            personnel = match[0] == "人员"
            found.append((row, [top for top in tops if (top.code[:3] in PERSONNEL_CLASSES) is personnel]))
    return found


def _units(sheet: Sheet, tree: Tree) -> list[Row]:
    """The units of a table without accounts: rows with codes of their own, less those under another's code."""
    if tree.rows:
        return []
    coded = [row for row in sheet.rows if row.code]
    codes = {row.code for row in coded}
    return [row for row in coded if not any(row.code[:end] in codes for end in range(1, len(row.code)))]


def _loose(sheet: Sheet) -> list[Row]:
    """The rows that bear no code and are no total: of a unit, or an account whose code was not printed."""
    return [row for row in sheet.rows if not row.code and not ends_in_total(row.name)]


def _strays(sheet: Sheet, tree: Tree, code: str) -> list[Row]:
    """The rows among those under `code` that hang nowhere: an account whose code is missing or was misread."""
    places = [place for place, row in enumerate(sheet.rows) if row.code.startswith(code) and row.code in tree.rows]
    rest = sheet.rows[places[-1] + 1 :]
    after = takewhile(lambda row: row.code not in tree.rows and not ends_in_total(row.name), rest)
    return [
        row
        for row in (*sheet.rows[places[0] : places[-1]], *after)
        if row.code not in tree.rows and not ends_in_total(row.name)
    ]


def _compare(outcome: Outcome, sheet: Sheet, parent: Row, children: list[Row], loose: Sequence[Row] = ()) -> None:
    for column in sheet.columns if children else ():
        parts = [row.cells[column] for row in children if column in row.cells]
        total = _printed_or_zero(sheet, parent, column, bool(parts))
        if total is None:
            if parts:
                outcome.lacks(f"{sheet.subject(parent, column)}没有填列")
            continue
        unsure = any(column not in row.cells and not zero_where_blank(sheet, row, column) for row in children)
        doubt = f"{sheet.subject(parent, column)}的下级科目有空白，不能作零处理" if unsure else None
        strange = next((row for row in loose if column in row.cells and row.cells[column].amount), None)
        if strange is not None:
            doubt = doubt or f"{sheet.title}“{shown(strange.line.name)}”没有可识别的科目编码，不能确定归属"
        outcome.adds_up(sheet.subject(parent, column), total, parts, "下级科目之和", doubt)


def _printed_or_zero(sheet: Sheet, row: Row, column: ColumnName, wanted: bool) -> Figure | None:
    """The cell, or zero for a blank that the row's other figures prove to be zero."""
    if column in row.cells or not wanted:
        return row.cells.get(column)
    return zero_where_blank(sheet, row, column)
