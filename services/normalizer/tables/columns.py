"""The columns of a budget table by their header paths: what numbers, names and pays a row, on which side."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from services.normalizer.language import vocabulary
from services.normalizer.language.money import Unit, is_amount, unit_in
from services.normalizer.language.text import code
from services.normalizer.tables.recognise import KnownTable, reduced
from shared.schemas.names import ColumnName

Side = Literal["income", "expenditure"]
Role = Literal["line_no", "code", "unit_code", "name", "amount", "none"]

BALANCES: Final = frozenset({"balance", "appropriation_balance"})
_OWN: Final = {
    "general_budget_expenditure": frozenset({ColumnName.GENERAL_PUBLIC_BUDGET}),
    "general_budget_basic_expenditure": frozenset({ColumnName.GENERAL_PUBLIC_BUDGET, ColumnName.BASIC}),
    "government_fund_expenditure": frozenset({ColumnName.GOVERNMENT_FUND}),
    "state_capital_expenditure": frozenset({ColumnName.STATE_CAPITAL}),
}
"""What all of a table is about: a label that says it says nothing of its column."""
_FUNDS: Final = frozenset({ColumnName.GENERAL_PUBLIC_BUDGET, ColumnName.GOVERNMENT_FUND, ColumnName.STATE_CAPITAL})
_PARENTS: Final[dict[ColumnName, frozenset[ColumnName]]] = {
    **dict.fromkeys(_FUNDS, frozenset({ColumnName.FISCAL_APPROPRIATION, ColumnName.CURRENT_YEAR})),
    ColumnName.PERSONNEL: frozenset({ColumnName.BASIC}),
    ColumnName.PUBLIC_USE: frozenset({ColumnName.BASIC}),
}
_ANY_PARENT: Final = frozenset({ColumnName.CURRENT_YEAR})
_SUM: Final = re.compile(r".*(?:合计|小计|总计|共计)")
_YEAR: Final = re.compile(r"(20\d\d)年")
_GOVERNMENT: Final = re.compile("政府(?:预算)?(?:支出)?经济分类")
_CODE: Final = re.compile(r"[\[(]?[A-Z]?\d{2,12}[\])]?")


@dataclass(frozen=True)
class Amount:
    """A money column: where it stands, what it holds, and the unit its own header states."""

    column: int
    name: ColumnName
    unit: Unit | None


@dataclass(frozen=True)
class Part:
    """Columns that belong together: a balance table has two or more parts side by side, other tables one."""

    line_no: int | None
    codes: tuple[int, ...]
    name: int | None
    amounts: tuple[Amount, ...]
    side: Side | None
    first: int = 0
    """The first of its columns."""
    others: tuple[int, ...] = ()
    """The other columns of names: what a row calls itself where its own name is blank."""


@dataclass(frozen=True)
class Columns:
    """The parts of a table, and the money columns that no record has a name for."""

    parts: tuple[Part, ...]
    unread: tuple[int, ...]


def columns_of(table: KnownTable) -> Columns:
    """Understand the columns of `table` by its header, and by its codes where the header names them loosely."""
    roles = _roles(table)
    unread: list[int] = []
    parts: list[Part] = []
    groups = _groups(roles)
    year = max((year for path in table.paths if (year := _year(path))), default=None)
    shared = next((column for column in groups[0] if roles[column] == "line_no"), None) if groups else None
    for group in groups:
        amounts: list[Amount] = []
        candidates = [column for column in group if roles[column] == "amount"]
        for column in candidates:
            path = table.paths[column]
            name = column_name(path, table.kind, len(candidates) == 1)
            if name is None or _year(path) not in (None, year) or name in {each.name for each in amounts}:
                unread.append(column)
            else:
                amounts.append(
                    Amount(column, name, next((unit for text in reversed(path) if (unit := unit_in(text))), None))
                )
        names = [column for column in group if roles[column] == "name"]
        if not names or not amounts:
            continue
        own = next((column for column in group if roles[column] == "line_no"), shared)
        codes = tuple(column for column in group if roles[column] == "code")
        parts.append(
            Part(
                own, codes, names[-1], tuple(amounts), _side(table, group, len(parts)), group[0], tuple(names[:-1])
            )
        )
    return Columns(tuple(parts), tuple(column for column in unread if _has_amounts(table, column)))


def _year(path: Sequence[str]) -> int | None:
    return next((int(match[1]) for text in path if (match := _YEAR.search(text))), None)


def _roles(table: KnownTable) -> list[Role]:
    roles = [_role([reduced(text) for text in path]) for path in table.paths]
    for column, role in enumerate(roles):
        if role == "name" and roles[column + 1 : column + 2] == ["name"] and _holds_codes(table, column):
            roles[column] = "code"
    return _of_one_classification(table, roles)


def _of_one_classification(table: KnownTable, roles: list[Role]) -> list[Role]:
    """`roles` less 政府预算经济分类 where 部门预算经济分类 stands beside it and names the row."""
    government = [
        column
        for column, path in enumerate(table.paths)
        if roles[column] in {"code", "name"} and any(_GOVERNMENT.search(text) for text in path)
    ]
    if not any(role == "name" and column not in government for column, role in enumerate(roles)):
        return roles
    return ["none" if column in government else role for column, role in enumerate(roles)]


def _role(path: Sequence[str]) -> Role:
    if not path:
        return "none"
    words, leaf = vocabulary.columns(), path[-1]
    if words.line_no.fullmatch(leaf):
        return "line_no"
    if words.unit_code.fullmatch(leaf):
        return "unit_code"
    if words.code.fullmatch(leaf) or (leaf in words.code_parts and len(path) > 1):
        return "code"
    return "name" if words.name.fullmatch(leaf) else "amount"


def _holds_codes(table: KnownTable, column: int) -> bool:
    texts = [code(cell.text) for row in table.body if (cell := table.grid.own(row, column)) and cell.text.strip()]
    return bool(texts) and sum(bool(_CODE.fullmatch(text)) for text in texts) * 2 > len(texts)


def _has_amounts(table: KnownTable, column: int) -> bool:
    return any((cell := table.grid.own(row, column)) is not None and is_amount(cell.text) for row in table.body)


def _groups(roles: Sequence[Role]) -> list[list[int]]:
    """Columns by part: a label column after a money column opens the next."""
    groups: list[list[int]] = []
    paid = True
    for column, role in enumerate(roles):
        if role == "none":
            continue
        if role != "amount" and paid:
            groups.append([])
        paid = role == "amount"
        if not groups:
            groups.append([])
        groups[-1].append(column)
    return groups


def _side(table: KnownTable, group: Sequence[int], number: int) -> Side | None:
    if table.kind not in BALANCES:
        return None
    labels = [text for column in group for text in table.paths[column]]
    income = any("收入" in text for text in labels)
    expenditure = any("支出" in text for text in labels)
    if income != expenditure:
        return "income" if income else "expenditure"
    return "income" if number == 0 else "expenditure"


def column_name(path: Sequence[str], kind: str, alone: bool) -> ColumnName | None:
    """What a money column with the labels `path` above it holds in a table of `kind`; None if no record names it.

    `alone` says that its part has no other money column.
    """
    words, allowed = vocabulary.columns(), vocabulary.tables()[kind].columns
    labels = [reduced(text) for text in path]
    if not labels or any(words.excluded.fullmatch(text) for text in labels):
        return None
    of_all = _OWN.get(kind, frozenset())
    meanings = [meaning for text in labels[:-1] if (meaning := _meaning(text)) and meaning not in of_all]
    own = _meaning(labels[-1])
    if own is not None and own not in of_all:
        permitted = _PARENTS.get(own, frozenset()) | _ANY_PARENT
        return own if own in allowed and all(meaning in permitted for meaning in meanings) else None
    if own is None and not (words.generic.fullmatch(labels[-1]) or words.groups.fullmatch(labels[-1])):
        return None
    if meanings:
        return meanings[-1] if meanings[-1] in allowed and len(meanings) == 1 else None
    if kind in BALANCES and (alone or not _SUM.fullmatch(labels[-1])):
        return ColumnName.BUDGET
    return ColumnName.TOTAL


def _meaning(text: str) -> ColumnName | None:
    return next((name for name, pattern in vocabulary.columns().columns.items() if pattern.fullmatch(text)), None)
