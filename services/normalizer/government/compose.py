"""A government's table composed of its parts: what the title of a panel, the labels above it and its rows say."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

from services.normalizer.government import terms
from services.normalizer.government.areas import Area, Place
from services.normalizer.government.figures import ComposedPanel, Setting
from services.normalizer.government.frames import MoneyTable, Panel
from services.normalizer.government.parts import (
    DEBT_TABLES,
    DEBTS,
    LARGER,
    LabelParts,
    Side,
    debt_kind,
    fund_first,
    fund_in,
    joined_parts,
    opens_year,
    side_in,
    title_parts,
)
from services.normalizer.government.rows import CODE
from services.normalizer.language.money import Unit
from services.normalizer.language.text import code, without_marker
from services.normalizer.language.totals import ends_in_total, is_total
from shared.schemas.names import Basis, BudgetLevel, ColumnName, Fund, LineClassification, TableName

_CLASSES: Final = {
    "1": LineClassification.ITEM,
    "2": LineClassification.FUNCTIONAL,
    "3": LineClassification.DEPARTMENT_ECONOMIC,
    "5": LineClassification.GOVERNMENT_ECONOMIC,
}
_PROJECTS: Final = ("项目名称", "项目内容", "指标文件", "文件名称")
_OF_PROJECTS: Final = re.compile("项目.{0,6}表|专项资金|债券.{0,4}使用|预备费")
_BOTH: Final[frozenset[Side]] = frozenset({"income", "expenditure"})
_TABLES_OF_SIDES: Final[Mapping[frozenset[Side], TableName]] = {
    _BOTH: TableName.GOVERNMENT_BALANCE,
    frozenset({"income"}): TableName.GOVERNMENT_REVENUE,
    frozenset({"expenditure"}): TableName.GOVERNMENT_EXPENDITURE,
}
_BY_HOW_MUCH: Final = re.compile("变动(?:项目|因素)|调整项目|调[增减](?!后)|追[加减](?!后)|核[增减](?!后)")
_ADJUSTED: Final = re.compile("调整|变更")
_AFTER: Final = re.compile("(?:调整|变更)后")
_AS_ADJUSTED: Final = re.compile("(?:调整|变更)[后前]|[后前]$")
_MOST: Final = 400
"""Rows by which a table is judged."""


def compose(
    table: MoneyTable,
    panel: Panel,
    title: str,
    unit: Unit | None,
    setting: Setting,
    beside: Sequence[ComposedPanel] = (),
) -> ComposedPanel | None:
    """What `panel` holds under its `title`; None where its kind is not known.

    Under the labels of one `beside` it, with which it goes on, it is what that is.
    """
    rank = setting.place.rank
    whole = title_parts(setting.place.apart(title), rank)
    labels = [terms.plain(text) for text in _names(table, panel)]
    whole = _completed(whole, title, labels, setting, table, panel)
    alike = [each.whole for each in beside if _labels(table, each.panel) == _labels(table, panel)]
    if whole.table is None and alike:
        whole = alike[-1]
    if whole.table is None:
        return None
    columns = _adjusted({column: _column(table.paths[column], whole, rank) for column in panel.money}, table)
    areas = {
        column: area
        for column in panel.money
        for text in table.paths[column]
        if (area := setting.place.area(text)) is not None and area.level is not None
    }
    return ComposedPanel(
        table,
        panel,
        title,
        whole,
        _with_whole(columns, areas, table),
        areas,
        unit,
        setting,
        _classification(whole, table, panel, labels, title, setting.place),
        _nested(labels),
    )


def _labels(table: MoneyTable, panel: Panel) -> list[tuple[str, ...]]:
    return [table.paths[column] for column in (*panel.codes, *panel.names, *panel.money)]


def _with_whole(
    columns: Mapping[int, LabelParts], areas: Mapping[int, Area], table: MoneyTable
) -> Mapping[int, LabelParts]:
    """`columns`, the total beside the government's own level and those below it as of the whole area."""
    found = dict(columns)
    for column, said in columns.items():
        path = table.paths[column]
        beside = [
            areas.get(other) for other in columns if other != column and table.paths[other][:-1] == path[:-1]
        ]
        levels = {area.level if area else None for area in beside}
        if path and is_total(path[-1]) and levels == {BudgetLevel.OWN, BudgetLevel.SUBORDINATES}:
            found[column] = replace(said, level=said.level or BudgetLevel.WHOLE_AREA)
    return found


def _names(table: MoneyTable, panel: Panel) -> list[str]:
    found = []
    for row in table.body[:_MOST]:
        text = next(
            (
                text
                for column in reversed((*panel.names, *panel.areas))
                if (text := table.grid.text(row, column)).strip()
            ),
            "",
        )
        found.append(text)
    return found


def _completed(
    whole: LabelParts, title: str, labels: Sequence[str], setting: Setting, table: MoneyTable, panel: Panel
) -> LabelParts:
    """What the title leaves open by the labels above the panel, the part it stands in, its rows."""
    tops = _tops(table, [panel])
    sides = {side for text in tops if (side := side_in(text))}
    adjusted = whole.table is TableName.GOVERNMENT_EXPENDITURE and "支出" not in title
    if whole.table is None or (adjusted and {*map(side_in, _tops(table, table.panels))} >= _BOTH):
        labelled = (text for each in table.panels for column in each.money for text in table.paths[column])
        beside = {side for text in (*_tops(table, table.panels), *labelled) if (side := side_in(text))}
        of_rows = beside or {side for text in labels if (side := side_in(text))}
        whole = replace(whole, table=_TABLES_OF_SIDES.get(frozenset(of_rows)))
        whole = replace(whole, side=of_rows.pop() if len(of_rows) == 1 else None)
    if (
        whole.table is TableName.GOVERNMENT_BALANCE
        and whole.side is None
        and len(sides) == 1
        and len(table.panels) > 1
    ):
        whole = replace(whole, side=sides.pop())
    elif whole.table is TableName.GOVERNMENT_BALANCE and len(table.panels) == 2:
        whole = replace(whole, side="income" if panel is table.panels[0] else "expenditure")
    if whole.fund is None and not (_are_funds(table, panel) or LARGER.search(title)):
        funds = {fund for text in tops if (fund := fund_in(text))}
        sources = terms.implied().values("".join(text for path in table.paths for text in path))
        fund = funds.pop() if len(funds) == 1 else setting.around.fund or _fund_of_rows(labels)
        if whole.table is TableName.TRANSFERS:
            sources += [fund for label in labels for fund in terms.implied().values(label)]
        fund = fund or next(iter(sources), None)
        whole = replace(whole, fund=fund)
        if whole.table is None and fund in DEBTS:
            whole = replace(whole, table=title_parts(title, None).table)
    first = setting.place.first_in(title) if whole.level is None else None
    area = setting.place.area(first) if first else None
    if area is not None and area.level is not BudgetLevel.SUBORDINATES:
        whole = replace(whole, level=area.level)
    return whole


def _are_funds(table: MoneyTable, panel: Panel) -> bool:
    """Whether the columns are of several budgets: none of them is of all."""
    found = {fund for column in panel.money for text in table.paths[column] if (fund := fund_in(text))}
    return len(found - DEBTS) > 1


def _tops(table: MoneyTable, panels: Sequence[Panel]) -> list[str]:
    """The uppermost labels over the columns of `panels`."""
    columns = (column for panel in panels for column in (*panel.names, *panel.money))
    return [text for column in columns for text in table.paths[column][:1]]


def _fund_of_rows(labels: Sequence[str]) -> Fund | None:
    """The fund whose own rows a table has, where it has no other's; else the one named, by the first row too."""
    named = [fund for label in labels if (fund := fund_first(label))]
    if len(set(named)) > 1 or (named and any(LARGER.search(label) for label in labels)):
        return None
    found = Counter(
        fund for label in labels if (fund := terms.rows_of_funds().exactly(terms.plain(without_marker(label))))
    )
    if not found:
        first = next(filter(None, labels), "")
        return named[0] if named and fund_first(first) else None
    best, most = found.most_common(1)[0]
    return best if most > 3 * (found.total() - most) else None


def _column(path: Sequence[str], whole: LabelParts, rank: str | None) -> LabelParts:
    found = joined_parts(path, rank)
    if whole.table in DEBT_TABLES:
        kind = next((kind for text in reversed(path) if (kind := debt_kind(text))), None)
        brief = terms.brief().exactly(path[-1]) if path else None
        found = replace(found, fund=brief or found.fund)
        text = "".join(path)
        shift = -1 if kind is TableName.DEBT_BALANCE and opens_year(text) else found.shift
        year = (
            found.year - 1
            if found.year is not None and kind is TableName.DEBT_BALANCE and re.search("年初", text)
            else found.year
        )
        basis = None if found.basis is Basis.LIMIT and kind is not TableName.DEBT_LIMIT else found.basis
        return replace(found, table=kind, shift=shift, year=year, basis=basis, side=None)
    if whole.table is TableName.TRANSFERS:
        given = [terms.received_or_paid().values(text) for text in path]
        known = {value for values in given for value in values}
        side: Side | None = ("income" if True in known else "expenditure") if len(known) == 1 else None
        return replace(found, side=side)
    return found


def _adjusted(columns: Mapping[int, LabelParts], table: MoneyTable) -> Mapping[int, LabelParts]:
    """`columns`, those of what was adjusted by as changes where another says what stands after it."""
    labels = {column: "".join(table.paths[column]) for column in columns}
    after = any(_AFTER.search(text) for text in labels.values())
    if not after and not any("调整预算" in text for text in labels.values()):
        return columns
    return {
        column: replace(said, column=ColumnName.CHANGE, basis=Basis.ADJUSTED_BUDGET)
        if _BY_HOW_MUCH.search(labels[column])
        or (after and _ADJUSTED.search(labels[column]) and not _AS_ADJUSTED.search(labels[column]))
        else said
        for column, said in columns.items()
    }


def _classification(
    whole: LabelParts, table: MoneyTable, panel: Panel, labels: Sequence[str], title: str, place: Place
) -> LineClassification | None:
    """What the rows are: by their codes, by the labels over them and the title, by their names."""
    over = [terms.plain(text) for column in panel.names for text in table.paths[column][-1:]]
    if any(terms.names().exactly(text) == "department" for text in over):
        of_areas = _are_areas(labels, place)
        return LineClassification.AREA if of_areas else LineClassification.DEPARTMENT
    if panel.codes:
        codes = Counter(
            match[1][0]
            for row in table.body
            for column in panel.codes
            if (match := CODE.fullmatch(code(table.grid.text(row, column))))
        )
        if codes and (found := _CLASSES.get(codes.most_common(1)[0][0])):
            return found
    if not panel.names if panel.areas else _are_areas(labels, place):
        return LineClassification.AREA
    if any(word in text for text in over for word in _PROJECTS) or _OF_PROJECTS.search(title):
        return LineClassification.PROJECT
    if whole.side == "income" or whole.table is TableName.TRANSFERS or whole.table in DEBT_TABLES:
        return LineClassification.ITEM
    named = Counter(
        hits[0].value
        for label in labels
        if (hits := terms.classes().hits(re.sub(r"^\d+", "", terms.plain(without_marker(label)))))
        and hits[0].start == 0
    )
    best = named.most_common(1)
    return best[0][0] if best and best[0][1] > 1 else LineClassification.ITEM


def _are_areas(labels: Sequence[str], place: Place) -> bool:
    """Whether most of the rows that are no totals are governments by their names."""
    named = [label for label in labels if label and not ends_in_total(label)]
    areas = [area for label in named if (area := place.area(label)) and area.level is not None]
    return len(areas) > 1 and len(areas) * 2 > len(named)


def _nested(labels: Sequence[str]) -> bool:
    """Whether rows of insurances have rows of their own below them, so that what follows one is of it."""
    insured = [fund is not None and fund.of_insurance for fund in map(fund_in, labels)]
    followed = sum(1 for one, other in pairwise(insured) if one and not other)
    return followed * 2 > sum(insured)
