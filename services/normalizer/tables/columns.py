"""The columns of a budget table: what numbers, names and pays a row, by header and content, never by place."""

import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache, cached_property
from typing import Final, Literal

from services.normalizer.language import money, vocabulary
from services.normalizer.language.money import Unit, unit_in
from services.normalizer.language.totals import ends_in_total
from services.normalizer.language.vocabulary import Phrases
from services.normalizer.tables.headers import Frame
from services.normalizer.tables.spec import TableSpec
from shared.schemas.names import Basis, ColumnName

Side = Literal["income", "expenditure"]
Role = Literal["line_no", "code", "unit_code", "name", "unit_name", "amount", "none"]

_FUNDS: Final = frozenset({ColumnName.GENERAL_PUBLIC_BUDGET, ColumnName.GOVERNMENT_FUND, ColumnName.STATE_CAPITAL})
_OWN_SOURCES: Final = frozenset(
    {
        ColumnName.BUSINESS_INCOME,
        ColumnName.OPERATING_INCOME,
        ColumnName.SUPERIOR_SUBSIDY,
        ColumnName.AFFILIATED_REMITTANCE,
        ColumnName.OTHER_INCOME,
    }
)
"""What a unit's own funds (单位资金) are made of."""
_PARENTS: Final[dict[ColumnName, frozenset[ColumnName]]] = {
    **dict.fromkeys(_FUNDS, frozenset({ColumnName.FISCAL_APPROPRIATION, ColumnName.CURRENT_YEAR})),
    **dict.fromkeys(_OWN_SOURCES, frozenset({ColumnName.UNIT_FUNDS})),
    ColumnName.PERSONNEL: frozenset({ColumnName.BASIC}),
    ColumnName.PUBLIC_USE: frozenset({ColumnName.BASIC}),
    ColumnName.WAGES: frozenset({ColumnName.BASIC, ColumnName.PERSONNEL}),
    ColumnName.SUBSIDIES_TO_PERSONS: frozenset({ColumnName.BASIC, ColumnName.PERSONNEL}),
    ColumnName.GOODS_AND_SERVICES: frozenset({ColumnName.BASIC, ColumnName.PUBLIC_USE}),
}
"""Column → those under whose heading it may stand and still be itself."""
_YEAR: Final = re.compile(r"(20\d\d)年")
_LABELS: Final = frozenset({"line_no", "code", "unit_code", "name", "unit_name"})
_PERSONNEL_CODES: Final = ("301", "303")
_PROVING: Final = 60
"""Rows of which the sums are tried."""
_ENOUGH: Final = Decimal("0.8")
_ZERO: Final = Decimal(0)
_APART: Final = Decimal("0.01")
"""By how much of its unit each figure may spoil a sum."""


@dataclass(frozen=True)
class Amount:
    """A money column: where it stands, what it holds, the unit its own header states, and of what kind it is."""

    column: int
    name: ColumnName
    unit: Unit | None
    basis: Basis | None = None


@dataclass(frozen=True)
class Part:
    """Columns that belong together: a balance table has two or more parts side by side, other tables one.

    `paying` are all its columns of figures, read or not; `others` those that name a row besides `name`, and
    `other_codes` those of codes besides `codes`: of units, projects or a second classification.
    """

    line_no: int | None
    codes: tuple[int, ...]
    name: int | None
    amounts: tuple[Amount, ...]
    side: Side | None
    columns: tuple[int, ...] = ()
    paying: tuple[int, ...] = ()
    others: tuple[int, ...] = ()
    other_codes: tuple[int, ...] = ()

    @cached_property
    def labelling(self) -> tuple[int, ...]:
        """Its columns that say what a row is, but for its number."""
        return tuple(
            column
            for column in self.columns
            if column in (*self.codes, self.name, *self.others, *self.other_codes)
        )


@dataclass(frozen=True)
class Columns:
    """The parts of a table; the money columns that are not understood; those of other years or comparisons."""

    parts: tuple[Part, ...] = ()
    unread: tuple[int, ...] = ()
    set_aside: tuple[int, ...] = ()
    proof: tuple[int, int] = (0, 0)
    """How often the sums of its rows held, and of how many tried."""

    @property
    def named(self) -> int:
        """How many money columns have a name."""
        return sum(len(part.amounts) for part in self.parts)


def columns_of(frame: Frame, spec: TableSpec) -> Columns:
    """Understand the columns of `frame` as those of a table of the kind `spec`."""
    roles = _roles(frame)
    parts: list[Part] = []
    unread: list[int] = []
    aside: list[int] = []
    year = max((year for path in frame.paths if (year := _year(path))), default=None)
    words = vocabulary.columns()
    groups = _groups(frame, roles)
    shared = next((column for column, role in enumerate(roles) if role == "line_no"), None)
    for group in groups:
        part = _part(frame, spec, roles, group, len(parts))
        paying = [column for column in group if roles[column] == "amount"]
        found: dict[tuple[ColumnName, Basis | None], Amount] = {}
        for column in paying:
            labels = _own_labels(frame, spec, column, part.name)
            if _is_aside(labels) or _year(frame.paths[column]) not in (None, year):
                aside.append(column)
                continue
            name = column_name(labels, spec, len(paying) == 1)
            if (name, _basis(labels)) in found and any(text in words.this_year for text in labels):
                name = ColumnName.CURRENT_YEAR
            amount = Amount(column, name, _unit(frame.paths[column]), _basis(labels)) if name else None
            if amount is None or (amount.name, amount.basis) in found:
                unread.append(column)
            else:
                found[amount.name, amount.basis] = amount
        amounts = _of_several_kinds(tuple(found.values()))
        if amounts:
            own = part.line_no if part.line_no is not None else shared
            parts.append(replace(part, line_no=own, amounts=amounts, paying=tuple(paying)))
    parts = _by_codes(frame, spec, parts)
    held = frame.held
    return Columns(
        tuple(parts),
        tuple(column for column in unread if held[column].amounts or held[column].digits),
        tuple(column for column in aside if held[column].amounts or held[column].digits),
        _proof(frame, spec, parts),
    )


def _part(frame: Frame, spec: TableSpec, roles: Sequence[Role], group: Sequence[int], number: int) -> Part:
    """What of a part is not money."""
    names = [column for column in group if roles[column] == "name"]
    units = [column for column in group if roles[column] == "unit_name"]
    first = next((column for column in group if roles[column] == "amount"), 0)
    leaves = {column: frame.labels[column][-1] for column in names if frame.labels[column]}
    own_names = [column for column, leaf in leaves.items() if spec.names and leaf in spec.names]
    named = own_names[:1] or [column for column in names or units if column < first] or names or units
    codes = _codes_of_accounts(frame, [column for column in group if roles[column] == "code"])
    own = next((column for column in group if roles[column] == "line_no"), None)
    return Part(
        own,
        codes,
        named[-1] if named else None,
        (),
        _side(frame, group, number) if spec.sided else None,
        tuple(group),
        others=tuple(column for column in (*units, *names) if column not in named[-1:]),
        other_codes=tuple(
            column for column in group if roles[column] in ("code", "unit_code") and column not in codes
        ),
    )


def _codes_of_accounts(frame: Frame, columns: Sequence[int]) -> tuple[int, ...]:
    """Of `columns` of codes those of one code, 类, 款 and 项 beside each other: the accounts', not a project's."""
    runs: list[list[int]] = []
    for column in columns:
        if runs and runs[-1][-1] == column - 1:
            runs[-1].append(column)
        else:
            runs.append([column])
    of_accounts = (
        run for run in runs if not any(text in vocabulary.columns().other_code for text in frame.labels[run[0]])
    )
    return tuple(next(of_accounts, runs[0] if runs else []))


def _own_labels(frame: Frame, spec: TableSpec, column: int, name: int | None) -> tuple[str, ...]:
    """The labels of a money column less those shared with the names beside it, where these tell only the side."""
    labels = frame.labels[column]
    if not spec.sided or name is None:
        return labels
    shared = 0
    while shared < len(labels) - 1 and labels[: shared + 1] == frame.labels[name][: shared + 1]:
        shared += 1
    return labels[shared:]


def _unit(path: Sequence[str]) -> Unit | None:
    return next((unit for text in reversed(path) if (unit := unit_in(text))), None)


def _year(path: Sequence[str]) -> int | None:
    return next((int(match[1]) for text in path if (match := _YEAR.search(text))), None)


def _is_aside(labels: Sequence[str]) -> bool:
    """Whether a label says that the figures are of another year or only compare."""
    words = vocabulary.columns()
    return any(text in words.earlier or text in words.compared for text in labels)


def _basis(labels: Sequence[str]) -> Basis | None:
    bases = vocabulary.columns().bases
    return next((basis for text in reversed(labels) for basis, phrases in bases.items() if text in phrases), None)


def _of_several_kinds(amounts: tuple[Amount, ...]) -> tuple[Amount, ...]:
    """`amounts` with their basis only where they are of several."""
    if len({amount.basis for amount in amounts} - {None}) > 1:
        return tuple(sorted(amounts, key=lambda amount: amount.basis is not Basis.FINAL))
    return tuple(replace(amount, basis=None) if amount.basis else amount for amount in amounts)


def _roles(frame: Frame) -> list[Role]:
    roles = [_role(frame, column) for column in range(frame.grid.column_count)]
    for column, role in enumerate(roles):
        beside = roles[column + 1 : column + 2] == ["name"] or roles[max(0, column - 1) : column] == ["name"]
        if role == "name" and beside and frame.held[column].codes:
            roles[column] = "code"
    if "name" not in roles:
        roles = [
            "name" if role == "code" and frame.held[column].texts > frame.held[column].digits else role
            for column, role in enumerate(roles)
        ]
    if not {"name", "unit_name"} & set(roles) and (strange := _strange_names(frame, roles)):
        roles[strange[-1]] = "name"
    return ["none" if column in frame.beside_classification else role for column, role in enumerate(roles)]


def _strange_names(frame: Frame, roles: Sequence[Role]) -> list[int]:
    """The columns of words left of the figures whose labels are not known, but for remarks."""
    first = next((column for column, role in enumerate(roles) if role == "amount"), 0)
    remarks = vocabulary.columns().remark
    return [
        column
        for column in range(first)
        if roles[column] == "none" and frame.held[column].texts and frame.labels[column][-1] not in remarks
    ]


def _role(frame: Frame, column: int) -> Role:
    labels, held = frame.labels[column], frame.held[column]
    if not labels:
        return "name" if held.texts else "amount" if held.amounts else "none"
    words, leaf = vocabulary.columns(), labels[-1]
    if leaf in words.code_parts and len(labels) > 1:
        return "code"
    roles: tuple[tuple[Role, Phrases], ...] = (
        ("line_no", words.line_no),
        ("unit_code", words.unit_code),
        ("code", words.code),
        ("code", words.other_code),
        ("none", words.remark),
        ("unit_name", words.unit_name),
        ("name", words.name),
    )
    named = next((role for role, phrases in roles if leaf in phrases), None)
    if named is None and held.texts > held.amounts + held.digits and not _means(leaf):
        return "name" if leaf in words.groups else "none"
    return named or "amount"


def _means(label: str) -> bool:
    words = vocabulary.columns()
    return label in words.generic or meaning(label) is not None


def _groups(frame: Frame, roles: Sequence[Role]) -> list[list[int]]:
    """Columns by part: those under one heading of the top row, and within it those that belong to one name."""
    used = [column for column, role in enumerate(roles) if role != "none"]
    groups: list[list[int]] = []
    for block in _blocks(frame, roles, used):
        groups += _split(block, roles)
    return groups


def _blocks(frame: Frame, roles: Sequence[Role], used: Sequence[int]) -> Iterator[list[int]]:
    """The columns by the heading above them, where every heading has names and figures of its own."""
    blocks: list[list[int]] = []
    heading: object = None
    for column in used:
        top = frame.grid.at(frame.header[0], column) if frame.header else None
        text = frame.labels[column][0] if frame.labels[column] else ""
        mark = (top.row, top.column) if top is not None and top.column_span > 1 else text
        if not blocks or mark != heading:
            blocks.append([])
        heading = mark
        blocks[-1].append(column)
    numbers = [column for block in blocks for column in block if roles[column] == "line_no" and len(block) == 1]
    blocks = [block for block in blocks if block[0] not in numbers]
    whole = all(_named(block, roles) and _paid(block, roles) for block in blocks)
    if len(blocks) > 1 and whole:
        blocks[0][:0] = numbers
        yield from blocks
    else:
        yield list(used)


def _split(block: Sequence[int], roles: Sequence[Role]) -> list[list[int]]:
    """A block cut into parts of one name each: of equal make, else where labels follow figures."""
    numbers = [column for column in block[:1] if roles[column] == "line_no"]
    rest = list(block[len(numbers) :])
    for size in range(2, len(rest) // 2 + 1):
        if len(rest) % size:
            continue
        parts = [rest[at : at + size] for at in range(0, len(rest), size)]
        makes = {tuple(roles[column] for column in part) for part in parts}
        if len(makes) == 1 and _named(parts[0], roles) and _paid(parts[0], roles):
            return [[*numbers, *parts[0]], *parts[1:]]
    return _merged(_runs([*numbers, *rest], roles), roles)


def _runs(block: Sequence[int], roles: Sequence[Role]) -> list[list[int]]:
    groups: list[list[int]] = []
    paid = False
    for column in block:
        labels = roles[column] in _LABELS
        if not groups or (labels and paid):
            groups.append([])
        paid = not labels
        groups[-1].append(column)
    return groups


def _merged(groups: list[list[int]], roles: Sequence[Role]) -> list[list[int]]:
    """`groups`, one without a name or without figures joined to the one it completes."""
    merged: list[list[int]] = []
    for group in groups:
        last = merged[-1] if merged else None
        if last is not None and not (_named(last, roles) and _paid(last, roles)):
            last += group
        elif last is not None and not (_named(group, roles) and _paid(group, roles)):
            if _paid(group, roles) or len(merged) == 1 or not _coded(last, roles):
                last += group
            else:
                merged.append(group)
        else:
            merged.append(group)
    return merged


def _named(group: Sequence[int], roles: Sequence[Role]) -> bool:
    return any(roles[column] in ("name", "unit_name") for column in group)


def _paid(group: Sequence[int], roles: Sequence[Role]) -> bool:
    return any(roles[column] == "amount" for column in group)


def _coded(group: Sequence[int], roles: Sequence[Role]) -> bool:
    return any(roles[column] == "code" for column in group)


def _side(frame: Frame, group: Sequence[int], number: int) -> Side:
    """The side of a part by its headings, by its rows where they are silent, else by its place."""
    labels = [text for column in group for text in frame.paths[column]]
    rows = [
        frame.grid.label(cell) for row in frame.body for column in group if (cell := frame.grid.own(row, column))
    ]
    for texts in (labels, rows):
        income = sum("收入" in text for text in texts)
        expenditure = sum("支出" in text for text in texts)
        if bool(income) != bool(expenditure) or (texts is rows and income != expenditure):
            return "income" if income > expenditure else "expenditure"
    return "income" if number == 0 else "expenditure"


def column_name(labels: Sequence[str], spec: TableSpec, alone: bool) -> ColumnName | None:
    """What a money column with the `labels` above it holds in a table of `spec`; None if no record names it.

    `alone` says that its part has no other money column.
    """
    words = vocabulary.columns()
    if not labels:
        return None
    leaf = labels[-1]
    if meaning(leaf) is None and not (
        leaf in words.generic or leaf in words.groups or any(leaf in b for b in words.bases.values())
    ):
        return None
    name: ColumnName | None = None
    for text in labels:
        own = meaning(text)
        if own is None or own is name or (alone and text is leaf and leaf in words.generic):
            continue
        if own in spec.about and (text is not leaf or name is None):
            continue
        if name is None or name in _PARENTS.get(own, ()):
            name = own
        elif own in words.within.get(name, {}):
            name = words.within[name][own]
        elif name is ColumnName.CURRENT_YEAR or name in spec.about:
            name = own
        else:
            return None
    if name is not None:
        return name if name in spec.columns else None
    if spec.sided and (alone or not ends_in_total(leaf)):
        return ColumnName.BUDGET
    return ColumnName.TOTAL


@cache
def meaning(text: str) -> ColumnName | None:
    """The column that a reduced header label names."""
    return next((name for name, phrases in vocabulary.columns().columns.items() if text in phrases), None)


def _by_codes(frame: Frame, spec: TableSpec, parts: list[Part]) -> list[Part]:
    """`parts` of a table by economic classification, personnel or public use by their codes, not their heading.

    Groups side by side have a heading over several of them, which a text of one cell a line lays over the wrong
    ones; 301 and 303 are personnel, whatever stands above.
    """
    if spec.codes != "economic" or len(parts) < 2:
        return parts
    return [_by_code(frame, part) for part in parts]


def _by_code(frame: Frame, part: Part) -> Part:
    if len(part.amounts) != 1 or part.amounts[0].name not in (ColumnName.PERSONNEL, ColumnName.PUBLIC_USE):
        return part
    codes = [
        frame.grid.label(cell)[:3]
        for row in frame.body
        for column in part.codes
        if (cell := frame.grid.own(row, column)) and frame.grid.held(cell) == "digits"
    ]
    if not codes:
        return part
    personnel = sum(code in _PERSONNEL_CODES for code in codes)
    if 0 < personnel < len(codes):
        name = ColumnName.TOTAL
    else:
        name = ColumnName.PERSONNEL if personnel else ColumnName.PUBLIC_USE
    return replace(part, amounts=(replace(part.amounts[0], name=name),))


def _proof(frame: Frame, spec: TableSpec, parts: Sequence[Part]) -> tuple[int, int]:
    """How often in the rows of `frame` a total is the sum of parts that `spec` allows, and of how many tried."""
    held = tried = 0
    for part in parts:
        places = {amount.name: amount.column for amount in part.amounts if amount.basis in (None, Basis.FINAL)}
        sums = [(total, _printed(ways, places)) for total, ways in spec.sums.items() if total in places]
        sums = [(total, ways) for total, ways in sums if ways]
        for row in frame.body[:_PROVING] if sums else ():
            figures = {name: figure for name, at in places.items() if (figure := _figure(frame, row, at))}
            outcomes = [_holds(figures, figures[total], ways) for total, ways in sums if total in figures]
            held += sum(outcomes)
            tried += len(outcomes)
    return held, tried


def _printed(
    ways: Iterable[Sequence[ColumnName]], places: Container[ColumnName]
) -> Sequence[Sequence[ColumnName]]:
    """Of each way to make up a total the columns that stand in `places`, with and without a unit's own funds."""
    whole = [tuple(name for name in way if name in places) for way in ways]
    less = [tuple(name for name in way if name not in _OWN_SOURCES) for way in whole]
    return [way for way in dict.fromkeys((*whole, *less)) if way]


def _holds(figures: Mapping[ColumnName, Decimal], whole: Decimal, ways: Sequence[Sequence[ColumnName]]) -> bool:
    return any(abs(sum([figures.get(name, _ZERO) for name in way], -whole)) <= _APART * len(way) for way in ways)


def _figure(frame: Frame, row: int, column: int) -> Decimal | None:
    cell = frame.grid.own(row, column)
    return money.number(cell.text) if cell is not None and frame.grid.pays(cell) else None


def proved(columns: Columns) -> bool | None:
    """Whether the sums of the rows speak for this reading; None where nothing can be said."""
    held, tried = columns.proof
    if not tried:
        return None
    return Decimal(held) / tried >= _ENOUGH
