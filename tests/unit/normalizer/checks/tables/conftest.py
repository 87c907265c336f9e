"""Whole sets of tables and prose that add up, in which a test then plants one defect."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import strategies as st

from shared.schemas.names import ColumnName, Metric, TableName

if TYPE_CHECKING:
    from tests.unit.normalizer.checks.conftest import Publication

CENT = Decimal("0.01")


@pytest.fixture(scope="session")
def publications(new_publication: Callable[[], Publication]) -> st.SearchStrategy[Publication]:
    """Consistent nine-table sets with prose: every rule on them holds."""
    return _publications(new_publication)


@pytest.fixture
def publication(new_publication: Callable[[], Publication]) -> Publication:
    """One department's nine tables and prose, all of which add up."""
    items = [
        Item("2010101", Decimal("320.15"), Decimal("18.40"), ColumnName.GENERAL_PUBLIC_BUDGET),
        Item("2010102", Decimal("45.00"), Decimal(0), ColumnName.GENERAL_PUBLIC_BUDGET),
        Item("2010299", Decimal(0), Decimal("77.77"), ColumnName.GENERAL_PUBLIC_BUDGET),
        Item("2080101", Decimal("60.31"), Decimal("5.00"), ColumnName.GENERAL_PUBLIC_BUDGET),
        Item("2120801", Decimal(0), Decimal("12.50"), ColumnName.GOVERNMENT_FUND),
    ]
    vehicles_and_guests = [Decimal("18.00"), Decimal("3.50"), Decimal("2.50")]
    publication = new_publication()
    _publish(publication, items, (Decimal("2.60"), Decimal("46.28")), vehicles_and_guests)
    return publication


_NAMES = {"201": "一般公共服务支出", "205": "教育支出", "208": "社会保障和就业支出", "213": "农林水支出"}
_AMOUNTS = st.integers(1, 90_000).map(lambda units: units * CENT)


@dataclass(frozen=True)
class Item:
    """Spending of one 7-digit code, in 万元."""

    code: str
    basic: Decimal
    project: Decimal
    fund: ColumnName


@st.composite
def _spending(draw: st.DrawFn) -> list[Item]:
    """Items of one to four classes; each class has a 7-digit code of basic spending from the general budget."""
    items = []
    for number in draw(st.lists(st.sampled_from(sorted(_NAMES)), min_size=1, max_size=4, unique=True)):
        items.append(Item(f"{number}0101", draw(_AMOUNTS), draw(_AMOUNTS), ColumnName.GENERAL_PUBLIC_BUDGET))
        if draw(st.booleans()):
            items.append(Item(f"{number}0102", draw(_AMOUNTS), Decimal(0), ColumnName.GENERAL_PUBLIC_BUDGET))
        if draw(st.booleans()):
            items.append(Item(f"{number}0299", Decimal(0), draw(_AMOUNTS), ColumnName.GENERAL_PUBLIC_BUDGET))
    items.append(Item("2120801", Decimal(0), draw(_AMOUNTS), ColumnName.GOVERNMENT_FUND))
    return items


@st.composite
def _publications(draw: st.DrawFn, new_publication: Callable[[], Publication]) -> Publication:
    items = draw(_spending())
    carryover = draw(st.integers(0, 100).map(lambda units: units * CENT))
    basic = sum((item.basic for item in items), Decimal(0))
    public = draw(st.integers(1, int(basic / CENT)).map(lambda units: units * CENT))
    publication = new_publication()
    _publish(publication, items, (carryover, public), draw(st.lists(_AMOUNTS, min_size=3, max_size=3)))
    return publication


def _publish(
    publication: Publication,
    items: list[Item],
    amounts: tuple[Decimal, Decimal],
    three_public: list[Decimal],
) -> None:
    """Print every table; `amounts` are the carry-over and what of 基本支出 is public use."""
    carryover, public = amounts
    carryover = min(carryover, _by_fund(items, ColumnName.GOVERNMENT_FUND))
    _add_balance(publication, items, carryover)
    _add_income(publication, items, carryover)
    _add_spending(publication, TableName.EXPENDITURE, items)
    _add_appropriation(publication, items, carryover)
    for table, column in (
        (TableName.GENERAL_BUDGET_EXPENDITURE, ColumnName.GENERAL_PUBLIC_BUDGET),
        (TableName.GOVERNMENT_FUND_EXPENDITURE, ColumnName.GOVERNMENT_FUND),
    ):
        _add_spending(publication, table, [item for item in items if item.fund is column])
    _add_basic(publication, sum((item.basic for item in items), Decimal(0)), public)
    _add_three_public(publication, three_public)
    _add_prose(publication, items, carryover, public)


def _add_balance(publication: Publication, items: list[Item], carryover: Decimal) -> None:
    general, fund = _by_fund(items, ColumnName.GENERAL_PUBLIC_BUDGET), _by_fund(items, ColumnName.GOVERNMENT_FUND)
    income = {
        "一般公共预算拨款收入": general,
        "政府性基金预算拨款收入": fund - carryover,
        "本年收入合计": general + fund - carryover,
        "上年结转结余": carryover,
        "收入总计": general + fund,
    }
    for name, amount in income.items():
        publication.add(TableName.BALANCE, name, {ColumnName.BUDGET: amount}, side="income")
    for name, amount in (*_classes(items).items(), ("本年支出合计", general + fund), ("支出总计", general + fund)):
        publication.add(TableName.BALANCE, name, {ColumnName.BUDGET: amount}, side="expenditure")


def _add_income(publication: Publication, items: list[Item], carryover: Decimal) -> None:
    for code, name, group in _levels(items):
        total = _sum(group)
        before = carryover if any(item.fund is ColumnName.GOVERNMENT_FUND for item in group) else Decimal(0)
        cells = {
            ColumnName.TOTAL: total,
            ColumnName.CURRENT_YEAR: total - before,
            ColumnName.FISCAL_APPROPRIATION: total - before,
            ColumnName.CARRYOVER: before,
        }
        publication.add(TableName.INCOME, name, cells, code)


def _add_spending(publication: Publication, table: TableName, items: list[Item]) -> None:
    for code, name, group in _levels(items):
        cells = {
            ColumnName.TOTAL: _sum(group),
            ColumnName.BASIC: sum((item.basic for item in group), Decimal(0)),
            ColumnName.PROJECT: sum((item.project for item in group), Decimal(0)),
        }
        publication.add(table, name, cells, code)


def _add_appropriation(publication: Publication, items: list[Item], carryover: Decimal) -> None:
    table = TableName.APPROPRIATION_BALANCE
    general, fund = _by_fund(items, ColumnName.GENERAL_PUBLIC_BUDGET), _by_fund(items, ColumnName.GOVERNMENT_FUND)
    income = {
        "一般公共预算拨款": general,
        "政府性基金预算拨款": fund - carryover,
        "本年收入合计": general + fund - carryover,
        "年初财政拨款结转和结余": carryover,
        "收入总计": general + fund,
    }
    for name, amount in income.items():
        publication.add(table, name, {ColumnName.BUDGET: amount}, side="income")
    groups = {name: [item for item in items if item.code.startswith(code)] for code, name in _class_names(items)}
    for name, group in (*groups.items(), ("本年支出合计", items), ("支出总计", items)):
        cells = {
            ColumnName.TOTAL: _sum(group),
            ColumnName.GENERAL_PUBLIC_BUDGET: _by_fund(group, ColumnName.GENERAL_PUBLIC_BUDGET),
            ColumnName.GOVERNMENT_FUND: _by_fund(group, ColumnName.GOVERNMENT_FUND),
        }
        publication.add(table, name, cells, side="expenditure")


def _add_basic(publication: Publication, basic: Decimal, public: Decimal) -> None:
    personnel = basic - public
    rows = (
        (None, "合计", personnel, public),
        ("301", "工资福利支出", personnel, Decimal(0)),
        ("30101", "基本工资", personnel, Decimal(0)),
        ("302", "商品和服务支出", Decimal(0), public),
        ("30201", "办公费", Decimal(0), public),
    )
    for code, name, one, other in rows:
        cells = {ColumnName.TOTAL: one + other, ColumnName.PERSONNEL: one, ColumnName.PUBLIC_USE: other}
        publication.add(TableName.GENERAL_BUDGET_BASIC_EXPENDITURE, name, cells, code)


def _add_three_public(publication: Publication, amounts: list[Decimal]) -> None:
    purchase, operation, reception = amounts
    rows = {
        "合计": sum(amounts, Decimal(0)),
        "公务用车购置及运维费": purchase + operation,
        "公务用车购置费": purchase,
        "公务用车运行维护费": operation,
        "公务接待费": reception,
    }
    for name, amount in rows.items():
        cells = {ColumnName.TOTAL: amount, ColumnName.GENERAL_PUBLIC_BUDGET: amount}
        publication.add(TableName.THREE_PUBLIC, name, cells)
    publication.facts |= {
        Metric.THREE_PUBLIC_TOTAL: rows["合计"],
        Metric.THREE_PUBLIC_OVERSEAS: Decimal(0),
        Metric.THREE_PUBLIC_VEHICLE: purchase + operation,
        Metric.THREE_PUBLIC_VEHICLE_PURCHASE: purchase,
        Metric.THREE_PUBLIC_VEHICLE_OPERATION: operation,
        Metric.THREE_PUBLIC_RECEPTION: reception,
    }


def _add_prose(publication: Publication, items: list[Item], carryover: Decimal, public: Decimal) -> None:
    basic = sum((item.basic for item in items), Decimal(0))
    general, fund = _by_fund(items, ColumnName.GENERAL_PUBLIC_BUDGET), _by_fund(items, ColumnName.GOVERNMENT_FUND)
    publication.facts |= {
        Metric.INCOME_TOTAL: _sum(items),
        Metric.INCOME_GENERAL_PUBLIC_BUDGET: general,
        Metric.INCOME_GOVERNMENT_FUND: fund - carryover,
        Metric.INCOME_CARRYOVER: carryover,
        Metric.EXPENDITURE_TOTAL: _sum(items),
        Metric.EXPENDITURE_BASIC: basic,
        Metric.EXPENDITURE_PERSONNEL: basic - public,
        Metric.EXPENDITURE_PUBLIC_USE: public,
        Metric.EXPENDITURE_PROJECT: _sum(items) - basic,
        Metric.AGENCY_OPERATING_FUNDS: public,
        Metric.CHANGE_TOTAL: Decimal("-1.25"),
        Metric.CHANGE_BASIC: Decimal("2.00"),
        Metric.CHANGE_PROJECT: Decimal("-3.25"),
    }
    publication.facts_before |= {Metric.EXPENDITURE_TOTAL: _sum(items) + Decimal("1.25")}


def _sum(items: list[Item]) -> Decimal:
    return sum((item.basic + item.project for item in items), Decimal(0))


def _by_fund(items: list[Item], fund: ColumnName) -> Decimal:
    return _sum([item for item in items if item.fund is fund])


def _class_names(items: list[Item]) -> list[tuple[str, str]]:
    names = {**_NAMES, "212": "城乡社区支出"}
    return [(code, names[code]) for code in sorted({item.code[:3] for item in items})]


def _classes(items: list[Item]) -> dict[str, Decimal]:
    return {
        name: _sum([item for item in items if item.code.startswith(code)]) for code, name in _class_names(items)
    }


def _levels(items: list[Item]) -> list[tuple[str | None, str, list[Item]]]:
    """The rows of a coded table: 合计, then every class, 5-digit and 7-digit code, with the items under each."""
    names = dict(_class_names(items))
    rows: list[tuple[str | None, str, list[Item]]] = [(None, "合计", items)]
    for length in (3, 5, 7):
        for code in sorted({item.code[:length] for item in items}):
            name = names.get(code, f"科目{code}")
            rows.append((code, name, [item for item in items if item.code.startswith(code)]))
    return rows
