"""The indicators of a form: what each column of their table holds, its rows as lines, levels filled down."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import takewhile

from services.normalizer.language.enumerations import read_marker
from services.normalizer.language.money import Unit, is_amount, is_blank, unit_in
from services.normalizer.language.text import joined, name
from services.normalizer.readers.performance.rows import FormCell, FormRow
from services.normalizer.readers.performance.values import is_sign, read_value
from services.normalizer.readers.performance.vocabulary import (
    column_kind,
    fund_kind,
    key,
    level_name,
    named_level,
    words,
)

LEVELS = ("level1", "level2", "level3")
FUNDS = frozenset({"budget", "adjusted_budget", "executed", "execution_rate"})
_HEADED = frozenset({*LEVELS, "project", "value"})
_BESIDE_LEVELS = frozenset({"value", "description", "content", "weight"})
_BESIDE_VALUES = frozenset({"symbol", "unit", "weight", "actual", "score"})
_TOLD_BY_CONTENT = frozenset({"", "ignored", "indicators"})
_OF_INDICATORS = frozenset({*LEVELS, *_BESIDE_LEVELS, *_BESIDE_VALUES})
_SIGN = re.compile("([≥≤＞＜><=＝])")
_BETWEEN_TARGETS = re.compile(r"[；;\n]")
_FEWEST_HEADS = 3
_LOOKED_AT = 12
"""Rows under a header that tell what stands in its columns."""
SAID = ("level3", "description", "value", "actual", "basis")
_WIDEST = 1000
"""More columns than a table has."""
_REPEATED = 4
"""Characters from which on a piece found again at the end of its cell is no coincidence."""
_PLACE = re.compile(r"指标\d{1,2}[:：]")
"""The number a blank form gives the places for third-level indicators."""
_LEFT_OF_LEVELS = {"unit": "unit_name", "value": "", "actual": "", "score": "", "weight": "", "reason": ""}
"""What a word means left of the levels."""


@dataclass(frozen=True)
class IndicatorColumn:
    """The grid columns from `start` to before `end`, and what stands in them; `kind` is empty if unknown."""

    start: int
    end: int
    kind: str
    word: str = ""
    unit: Unit | None = None
    """The unit of money that its header states."""
    level1: str | None = None
    """In a list of projects with a column for each level (`target`): the level above the one it is headed with."""


@dataclass(frozen=True)
class IndicatorHeader:
    """What the columns of an indicator table hold: level1 … reason, and in a table of many projects theirs too."""

    columns: tuple[IndicatorColumn, ...]
    level1: str | None = None
    long_term: str | None = None
    """The words that say that they are of a plan for several years."""
    unit: Unit | None = None
    """The unit of money that some cell of it states."""

    @property
    def units(self) -> dict[str, Unit]:
        """Kind → the unit of money that its column's header states."""
        return {column.kind: column.unit for column in self.columns if column.kind and column.unit}

    def texts(self, row: FormRow) -> dict[str, str]:
        """The row's texts by kind, on one line but for goals; cells under one header joined, blanks absent."""
        texts: dict[str, str] = {}
        for cell in row.cells:
            kind = self.kind_at(cell.column)
            if kind and not is_blank(text := _clean(cell.text, kind)):
                texts[kind] = texts.get(kind, "") + text
        return texts

    def kind_at(self, place: int) -> str | None:
        """What stands in grid column `place`; null where no header says."""
        if place not in self._kinds:
            covering = (column.kind for column in self.columns if column.start <= place < column.end)
            self._kinds[place] = next(covering, None)
        return self._kinds[place]

    @cached_property
    def _kinds(self) -> dict[int, str | None]:
        """Grid column → what stands in it, of those asked for before."""
        return {}

    def covers(self, row: FormRow, kind: str) -> bool:
        """Whether a cell of a row above reaches into the `kind` columns of `row`."""
        return any(self.kind_at(cell.column) == kind for cell in row.over)

    def unknown(self, row: FormRow) -> Iterator[str]:
        """The words over the filled cells of `row` that no vocabulary has."""
        for cell in row.cells:
            for column in self.columns:
                if not column.kind and column.word and column.start <= cell.column < column.end:
                    yield column.word

    def targets(self, row: FormRow) -> Iterator["IndicatorLine"]:
        """The targets that `row` prints in columns headed with the levels, several in a cell each by itself."""
        for cell in row.cells:
            for column in self.columns:
                if column.kind == "target" and column.start <= cell.column < column.end:
                    level2 = column.word if column.level1 else None
                    yield from _targets_in(cell, column.level1 or column.word, level2, row)

    @property
    def many_projects(self) -> bool:
        """Whether the table lists projects."""
        return any(column.kind in {"project", "unit_or_project"} for column in self.columns)

    def is_no_indicator(self, row: FormRow) -> bool:
        """Whether a cell of `row` lies over level and value alike, as a remark's does."""
        return any(
            cell.column < self._value < cell.end - 1 and self.kind_at(cell.column) in LEVELS for cell in row.cells
        )

    @cached_property
    def _value(self) -> int:
        """Where the column of values begins; where there is none, that of weights."""
        starts = {column.kind: column.start for column in self.columns}
        return starts.get("value", starts.get("weight", _WIDEST))


def _clean(text: str, kind: str) -> str:
    if kind == "goals":
        return text.strip()
    return _PLACE.sub("", name(text)) if kind in LEVELS else joined(text)


def read_headers(rows: Sequence[FormRow]) -> list[IndicatorHeader | None]:
    """For each row of a table the header of indicators that it is, or null."""
    return [_read_header(rows, place) for place in range(len(rows))]


def _read_header(rows: Sequence[FormRow], place: int) -> IndicatorHeader | None:
    """The header of an indicator table that the row at `place` is, or null.

    Cells of a header row above that reach down belong to it, or stand right of it where the format states no
    spans; the row below may split its value column in three.
    """
    row = rows[place]
    if not _may_head(row) or any(is_amount(cell.text) for cell in row.cells):
        return None
    above = rows[place - 1].cells if place and heads_columns(rows[place - 1]) else ()
    beyond = [cell for cell in above if not any(cell.reaches(own) for own in row.cells)]
    cells = dict.fromkeys((*row.over, *row.cells, *beyond))
    columns = _widened(sorted(map(_column, cells), key=lambda column: column.start))
    columns = _told_by_content(columns, _under(rows, place))
    kinds = {column.kind for column in columns}
    unit = next((unit for cell in (*cells, *above) if (unit := unit_in(cell.text))), None)
    if _lists_results(kinds):
        return IndicatorHeader(tuple(columns), unit=unit)
    if "project" in kinds and kinds.isdisjoint(_OF_INDICATORS):
        columns = _headed_by_levels(columns, rows[place - 1].cells if place else ())
        listed = any(column.kind == "target" for column in columns)
        return IndicatorHeader(tuple(columns), unit=unit) if listed else None
    if not _heads_indicators(kinds):
        return None
    columns, level1 = _slipped(_placed(columns))
    if place + 1 < len(rows) and is_split(rows[place + 1]):
        columns = _split_value(columns, rows[place + 1])
    long_term = next((cell.text for cell in cells if cell.word in words().long_term), None)
    return IndicatorHeader(tuple(_last_of_each(columns)), level1, long_term, unit)


def _may_head(row: FormRow) -> bool:
    """Whether words of a header stand in `row`, or nothing but further ones and levels' names under such."""
    if any(column_kind(cell.word) in _HEADED for cell in row.cells):
        return True
    reached = any(column_kind(cell.word) in _HEADED for cell in row.over)
    return reached and all(level_name(cell.word) or column_kind(cell.word) for cell in row.cells)


def _under(rows: Sequence[FormRow], place: int) -> list[FormRow]:
    """The first rows under the header at `place`, before one that adds up."""
    looked_at = rows[place + 1 : place + 1 + _LOOKED_AT]
    return list(takewhile(lambda row: row.first.word not in words().totals, looked_at))


def _heads_indicators(kinds: set[str]) -> bool:
    """Whether columns of such kinds are those of a table of indicators."""
    if kinds & {"level1", "level2"} and len(kinds & {*LEVELS, *_BESIDE_LEVELS}) > 2:
        return True
    return {"level3", "value"} <= kinds - {"project"} and len(kinds & _BESIDE_VALUES) > 1


def _told_by_content(columns: list[IndicatorColumn], rows: Sequence[FormRow]) -> list[IndicatorColumn]:
    """`columns` with those told by what stands under them that no word tells: signs, or names of levels.

    Where no header says what a level is, 绩效指标 heads the third.
    """
    kinds = {column.kind for column in columns}
    missing = frozenset(LEVELS) - kinds
    cells = [cell for row in rows for cell in row.cells]
    kind_of = {column: _kind_of(column, cells, missing) for column in columns}
    told = [replace(column, kind=kind) if kind != column.kind else column for column, kind in kind_of.items()]
    told = list(_beside_signs(told))
    if kinds.isdisjoint(LEVELS) and any(column.kind in LEVELS for column in told):
        told = [replace(column, kind="level3") if column.kind == "indicators" else column for column in told]
    return told


def _beside_signs(columns: Sequence[IndicatorColumn]) -> Iterator[IndicatorColumn]:
    """`columns`; where none is known for the target, the unknown one right of the signs is."""
    known = {column.kind for column in columns}
    before = ""
    for column in columns:
        is_target = before == "symbol" and not column.kind and "value" not in known
        yield replace(column, kind="value") if is_target else column
        before = column.kind


def _kind_of(column: IndicatorColumn, cells: Sequence[FormCell], missing: frozenset[str]) -> str:
    texts = [cell.text for cell in cells if column.start <= cell.column < column.end]
    if all(is_sign(text) or key(text) in words().in_words for text in texts) and any(map(is_sign, texts)):
        return "symbol"
    if column.kind not in _TOLD_BY_CONTENT:
        return column.kind
    levels = set(map(level_name, texts))
    if not levels or None in levels:
        return column.kind
    level = "level1" if levels <= words().level1_names else "level2"
    return level if level in missing else column.kind


def _unmarked(text: str) -> str:
    marker = read_marker(text)
    return joined(text[marker.end :] if marker else text)


def _headed_by_levels(columns: Sequence[IndicatorColumn], above: Sequence[FormCell]) -> list[IndicatorColumn]:
    """`columns` with those headed by the name of a level told as such, under the level above it."""
    told = []
    for column in columns:
        if not column.kind and level_name(column.word):
            over = [cell for cell in above if cell.column <= column.start < cell.end and level_name(cell.word)]
            named = over and over[0].word != column.word
            column = replace(column, kind="target", level1=over[0].word if named else None)
        told.append(column)
    return told


def stated_targets(row: FormRow) -> list["IndicatorLine"]:
    """The targets that a row of a form states: beside the names of levels, or each after the name of its own."""
    *names, cell = row.cells
    levels = [named_level(each.word) for each in names]
    if levels and None not in levels:
        return list(_targets_in(cell, levels[-2] if len(levels) > 1 else None, levels[-1], row))
    if names and column_kind(names[-1].word) == "indicators":
        return [target for target in _targets_in(cell, None, None, row) if target.level2]
    return []


def _targets_in(cell: FormCell, level1: str | None, level2: str | None, row: FormRow) -> Iterator["IndicatorLine"]:
    for piece in filter(None, map(_unmarked, _BETWEEN_TARGETS.split(cell.text))):
        name, colon, rest = piece.partition("：" if "：" in piece else ":")
        if colon and level_name(name):
            level2, piece = joined(name), joined(rest)
        said, *bound = _SIGN.split(piece, 1)
        texts = {"level3": said, "value": "".join(bound)} if said and bound else {"value": piece}
        if not is_blank(piece):
            if read_value(texts["value"]).number is None:
                texts = {"description": piece}
            yield IndicatorLine(row, texts, False, False, level1, level2)


def _lists_results(kinds: set[str]) -> bool:
    """Whether such columns list projects with their money and points, and no indicators."""
    return {"project", "score"} <= kinds and len(kinds & FUNDS) > 1 and not kinds & {"level1", "level2"}


def heads_columns(row: FormRow) -> bool:
    """Whether `row` is the upper row of a header: most of it words of columns, three at least, or all."""
    known = sum(column_kind(word) is not None for word in row.words)
    return is_header_words(row) or (known >= _FEWEST_HEADS and known * 3 > 2 * len(row.cells))


def is_header_words(row: FormRow) -> bool:
    """Whether `row` holds nothing but header words, as the upper row of a header printed again does."""
    return len(row.cells) > 1 and all(column_kind(word) for word in row.words)


def is_split(row: FormRow) -> bool:
    """Whether `row` is a second header row: 符号, 值, 单位 and nothing else."""
    return bool(row.cells) and all(word in words().value_columns for word in row.words)


def _column(cell: FormCell) -> IndicatorColumn:
    fund = fund_kind(cell.word)
    kind = fund if fund in FUNDS else column_kind(cell.word)
    return IndicatorColumn(cell.column, cell.end, kind or "", cell.word, unit_in(cell.text))


def _widened(columns: list[IndicatorColumn]) -> list[IndicatorColumn]:
    """Each column reaches to the next header cell: the format may not say what a header cell spans."""
    ends = [*(column.start for column in columns[1:]), max(columns[-1].end, _WIDEST)]
    return [replace(column, end=end) for column, end in zip(columns, ends, strict=True)]


def _placed(columns: list[IndicatorColumn]) -> list[IndicatorColumn]:
    """Settle words whose place decides: 单位 left of the levels spends, 绩效指标 right of them is level 3."""
    level3 = any(column.kind == "level3" for column in columns)
    first = min(column.start for column in columns if column.kind in LEVELS)
    placed = []
    for column in columns:
        kind, word = column.kind, column.word
        if column.start < first:
            kind = _LEFT_OF_LEVELS.get(kind, kind)
        if kind == "indicators":
            kind, word = "" if level3 or column.start < first else "level3", ""
        elif kind == "content":
            kind = "description" if level3 else "level3"
        told = (kind, word) == (column.kind, column.word)
        placed.append(column if told else replace(column, kind=kind, word=word))
    return placed


def _slipped(columns: list[IndicatorColumn]) -> tuple[list[IndicatorColumn], str | None]:
    """A header printed one cell too far right has a level's name in its first cell; that column is level 1."""
    first = columns[0]
    if first.word not in words().level1_names:
        return columns, None
    rest = [column for column in columns[1:] if column.kind != "level1"]
    end = min((column.start for column in rest), default=first.end)
    return [IndicatorColumn(first.start, end, "level1", first.word), *rest], first.word


def _split_value(columns: list[IndicatorColumn], below: FormRow) -> list[IndicatorColumn]:
    """Put 符号, 值, 单位 of the row below in place of the value column, moving what stands right of it."""
    place = next((i for i, column in enumerate(columns) if column.kind == "value"), None)
    if place is None:
        return columns
    value, right = columns[place], columns[place + 1 :]
    parts = [
        IndicatorColumn(cell.column, cell.end, words().value_columns[cell.word], cell.word) for cell in below.cells
    ]
    shift = max(0, parts[-1].end - right[0].start) if right else 0
    moved = [replace(column, start=column.start + shift, end=column.end + shift) for column in right]
    if parts[0].start != value.start:
        return [*columns[: place + 1], *moved]
    return [*columns[:place], *parts, *moved]


def _last_of_each(columns: Sequence[IndicatorColumn]) -> list[IndicatorColumn]:
    """Of two columns of one kind keep the right one: a plan for several years stands left of the year's."""
    last = {column.kind: column for column in columns if column.kind}
    return [column for column in columns if not column.kind or last.get(column.kind) is column]


@dataclass
class IndicatorLine:
    """An indicator row: texts by kind; `page_break` where a header, a new table or a new page stands before it."""

    row: FormRow
    texts: dict[str, str]
    spanned: bool
    page_break: bool
    level1: str | None = None
    level2: str | None = None

    @property
    def said(self) -> frozenset[str]:
        """What the row says beyond its level names."""
        return frozenset(kind for kind in SAID if kind in self.texts)

    @property
    def levels(self) -> dict[str, str]:
        """The level names that the row prints."""
        return {kind: self.texts[kind] for kind in ("level1", "level2") if kind in self.texts}


def line_of(row: FormRow, header: IndicatorHeader, page_break: bool) -> IndicatorLine:
    """`row` under `header`, the first under it where the header itself holds a level's name."""
    spanned = header.covers(row, "level2") or header.covers(row, "level1")
    texts = header.texts(row)
    if header.level1 and not header.covers(row, "level1"):
        texts.setdefault("level1", header.level1)
    return IndicatorLine(row, texts, spanned, page_break)


def settled(lines: Sequence[IndicatorLine]) -> Iterator[IndicatorLine]:
    """The lines that say something, joined and with their levels."""
    level1: str | None = None
    level2: str | None = None
    for line in _joined(lines):
        if line.texts.get("level1", level1) != level1:
            level1, level2 = line.texts["level1"], None
        level2 = line.texts.get("level2", level2)
        line.level1, line.level2 = level1, level2
        if line.said:
            yield _raised(line)


def _raised(line: IndicatorLine) -> IndicatorLine:
    """`line` with 数量指标 … as its second level where a form of two levels calls them the first."""
    below = words().level2_names - words().level1_names
    if line.level1 in below and line.level2 and "level3" not in line.texts:
        line.texts["level3"], line.level1, line.level2 = line.level2, None, line.level1
    return line


def total_score(row: FormRow, header: IndicatorHeader) -> str | None:
    """The points that a row which adds up gives: those under 得分, else the only figure of a row so named."""
    score = header.texts(row).get("score")
    figures = [cell.text for cell in row.cells[1:] if is_amount(cell.text)]
    if score is None and "得分" in row.first.word and len(figures) == 1:
        return figures[0]
    return score


def _joined(lines: Sequence[IndicatorLine]) -> list[IndicatorLine]:
    whole = [line for line in lines if {"level3", "value"} <= line.said and not line.page_break]
    always_leads = bool(whole) and all("level2" in line.texts for line in whole)
    joined_lines: list[IndicatorLine] = []
    for line in lines:
        if joined_lines and _continues(line, joined_lines[-1], always_leads):
            _append(joined_lines[-1], line)
        else:
            joined_lines.append(line)
    return joined_lines


def _continues(line: IndicatorLine, before: IndicatorLine, always_leads: bool) -> bool:
    """Whether `line` is the rest of the row before: names no level, and only goes on in cells that had begun.

    Under a page break the rest may be that of a level's name, or hold the last digits of a value.
    """
    if not line.page_break:
        return False
    if not line.said <= before.said or not (line.said or line.levels) or _both_whole(before, line):
        return False
    if line.levels:
        return _mends(line.levels, before.levels)
    complete = {"level3", "value"} <= line.said
    return not complete or (always_leads and not line.spanned)


def _both_whole(before: IndicatorLine, line: IndicatorLine) -> bool:
    """Whether the value before is a figure with its unit, so that another figure is no rest of it."""
    first, second = read_value(before.texts.get("value")), read_value(line.texts.get("value"))
    return first.unit is not None and first.number is not None and second.number is not None


def _mends(rest: Mapping[str, str], before: Mapping[str, str]) -> bool:
    """Whether names cut in two are whole level names again with `rest` put to them."""
    known = words().level_names
    return all(
        kind in before and text not in known and before[kind] not in known and before[kind] + text in known
        for kind, text in rest.items()
    )


def _append(line: IndicatorLine, rest: IndicatorLine) -> None:
    """Put the pieces of `rest` to `line`; a long piece that already ends the cell was only printed again."""
    for kind, text in rest.texts.items():
        before = line.texts.get(kind, "")
        if len(text) < _REPEATED or not before.endswith(text):
            line.texts[kind] = before + text
