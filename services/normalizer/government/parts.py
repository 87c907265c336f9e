"""What a label says of the figures it is over or beside: fund, level, kind of table, side, basis, year."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from typing import Final, Literal

from services.normalizer.government import terms
from services.normalizer.language.text import without_marker
from services.normalizer.language.years import years_in
from shared.schemas.names import Basis, BudgetLevel, ColumnName, Fund, TableName

Side = Literal["income", "expenditure"]

DEBTS: Final = frozenset({Fund.DEBT, Fund.GENERAL_DEBT, Fund.SPECIAL_DEBT})
DEBT_TABLES: Final = (
    TableName.DEBT_LIMIT,
    TableName.DEBT_BALANCE,
    TableName.DEBT_ISSUE,
    TableName.DEBT_SERVICE,
    TableName.BOND_USE,
)
_BASES: Final = tuple(Basis(each) for each in (
    "limit", "adjusted_budget", "expected_execution", "final", "execution", "plan", "draft", "budget",
))  # fmt: skip
_SOURCES: Final = frozenset(
    {
        ColumnName.OWN_RESOURCES,
        ColumnName.TAX_REBATE,
        ColumnName.GENERAL_TRANSFER,
        ColumnName.SPECIAL_TRANSFER,
        ColumnName.CARRYOVER,
        ColumnName.TRANSFERRED_IN,
        ColumnName.DEBT_PROCEEDS,
    }
)
_BEFORE: Final = re.compile(r"(?:上|去)一?年(?:度)?(?:同期|预算|决算|执行|完成|实际|末|底|数)")
_DIFFERENCE: Final = re.compile("^[比较与].*(?:增减|增加|减少|差额)|增减[额数]$")
_OF_A_MONTH: Final = re.compile(
    r"本月|当月|本季|本期|^(?:20\d\d年)?(?:\d{1,2}|[一二三四五六七八九十]{1,2})月份?(?:(?:完成|执行|实际|发生|入库)数?|数)$"
)
_OPENING: Final = re.compile(r"年初|期初")
_BOTH_SIDES: Final = re.compile("收入[、和及与]?(?:预算|决算)?支出")
_WITH_REST: Final = re.compile("^[^收]*支出.{0,8}(?:及|和|与|、)结[余转]")
"""A title of spending, and what is left of it."""
LARGER: Final = re.compile("大口径|财政总收入")
"""What is collected for every level of government, which is of no one's budget."""
_ASIDE: Final = re.compile(
    r"20\d\d年(?:度)?|\d{1,2}[-—–~至到]\d{1,2}月(?:份)?|\((?:万元|亿元|元|千元)\)|其中:|^\d+[.、]"
)
_SPAN: Final = re.compile(r"20\d\d(?:年)?[-—–~至到]+20\d\d")
_WHOSE: Final = re.compile("^(?:地方|[全本][省市县区州盟旗镇乡]|[省市县区州盟旗镇乡]?本?级)+")
_BUDGETS: Final = frozenset(
    {Fund.GENERAL_PUBLIC_BUDGET, Fund.GOVERNMENT_FUND, Fund.STATE_CAPITAL, Fund.SOCIAL_INSURANCE}
)
_SIDE: Final = re.compile("收入|支出")
_NEITHER: Final = re.compile("收支|结余")


@dataclass(frozen=True)
class LabelParts:
    """What a label, or several together, say; None and 0 for what they do not."""

    fund: Fund | None = None
    level: BudgetLevel | None = None
    table: TableName | None = None
    side: Side | None = None
    basis: Basis | None = None
    year: int | None = None
    shift: int = 0
    """Years from the year of what stands around it: -1 for 上年."""
    column: ColumnName | None = None

    def over(self, other: "LabelParts") -> "LabelParts":
        """This, and from `other` what it leaves open."""
        return LabelParts(
            fund=self.fund or other.fund,
            level=self.level or other.level,
            table=self.table or other.table,
            side=self.side or other.side,
            basis=self.basis or other.basis,
            year=self.year if self.year is not None else other.year,
            shift=self.shift if self.year is not None or self.shift else other.shift,
            column=self.column if self.column not in {None, ColumnName.TOTAL} else other.column or self.column,
        )


@lru_cache(maxsize=1 << 14)
def parts_of(label: str, rank: str | None) -> LabelParts:
    """What a `plain` label over or beside figures says to a government of `rank`.

    What names where the money comes from says nothing of the figures' own fund, side or year.
    """
    column = terms.columns().exactly(_bare(label))
    if column in _SOURCES:
        return LabelParts(column=column)
    if _DIFFERENCE.search(label):
        return LabelParts(column=ColumnName.CHANGE)
    if _OF_A_MONTH.search(label):
        return LabelParts(column=ColumnName.OTHER, basis=basis_in(label))
    return LabelParts(
        fund=fund_in(label),
        level=level_in(label, rank),
        side=side_in(label),
        basis=basis_in(label),
        year=year_in(label),
        shift=-1 if _BEFORE.search(label) else 0,
        column=column,
    )


def joined_parts(labels: Iterable[str], rank: str | None) -> LabelParts:
    """What the labels above a column say together, the lower before the upper."""
    found = LabelParts()
    for label in reversed(tuple(labels)):
        found = found.over(parts_of(label, rank))
    return found


def fund_in(label: str) -> Fund | None:
    """The budget, insurance or debt a label names; a budget before its debt, debts of both kinds are 债务."""
    found = [hit.value for hit in terms.funds().hits(label)]
    budgets = [fund for fund in found if fund not in DEBTS]
    insurances = {fund for fund in budgets if fund.of_insurance}
    if insurances:
        return insurances.pop() if len(insurances) == 1 else _several(label)
    if budgets:
        return budgets[0] if len(set(budgets)) == 1 else None
    kinds = set(found) - {Fund.DEBT}
    return kinds.pop() if len(kinds) == 1 else Fund.DEBT if found else None


def fund_first(label: str) -> Fund | None:
    """The budget whose name a row's label begins with: 一般公共预算收入, 地方一般公共预算收入."""
    bare = _WHOSE.sub("", terms.plain(without_marker(label)))
    hits = terms.funds().hits(bare)
    return hits[0].value if hits and hits[0].start == 0 and hits[0].value in _BUDGETS else None


def _several(label: str) -> Fund:
    """Of 职工基本医疗保险(含生育保险) the first; of several insurances side by side all."""
    first = re.sub(r"\([^()]*\)", "", label)
    found = {fund for fund in terms.funds().values(first) if fund.of_insurance}
    return found.pop() if len(found) == 1 else Fund.SOCIAL_INSURANCE


def level_in(label: str, rank: str | None) -> BudgetLevel | None:
    """The level a label names; None where it names the whole and a part. 开发区本级 is of what is below."""
    text = terms.names_with_level().without(label)
    text = text if rank == "区" else text.replace("自治区级", "").replace("自治区本级", "")
    hits = terms.levels(rank).hits(text)
    found = {hit.value for hit in hits}
    if any(
        one.value is BudgetLevel.SUBORDINATES and other.value is BudgetLevel.OWN and one.end == other.start
        for one, other in pairwise(hits)
    ):
        return BudgetLevel.SUBORDINATES
    if len(found) > 1:
        found.discard(BudgetLevel.SUBORDINATES)
    return found.pop() if len(found) == 1 else None


def side_in(label: str) -> Side | None:
    """Income or expenditure, by the last of the two words; None for 收支 and 结余."""
    if _NEITHER.search(label) and not label.endswith(("收入", "支出")):
        return None
    found = _SIDE.findall(label)
    return None if not found else "income" if found[-1] == "收入" else "expenditure"


def basis_in(label: str) -> Basis | None:
    """What a label says figures are: the strongest of its words."""
    found = set(terms.bases().values(terms.names_with_budget().without(label)))
    if Basis.EXECUTION in found and "预计" in label:
        found.add(Basis.EXPECTED_EXECUTION)
    return next((basis for basis in _BASES if basis in found), None)


def year_in(label: str) -> int | None:
    """The one year a label states."""
    years = set(years_in(label))
    return years.pop() if len(years) == 1 and not _SPAN.search(label) else None


def opens_year(label: str) -> bool:
    """Whether a balance with the label is that at the end of the year before: 年初, 期初, 上年末."""
    return bool(_OPENING.search(label.replace("年初预算", ""))) or bool(re.search("上年末|上年底", label))


def debt_kind(label: str) -> TableName | None:
    """Which side of debt a label names: a limit before a balance, issue before what is repaid."""
    found = [kind for kind in terms.kinds().values(label) if kind in DEBT_TABLES]
    return next((kind for kind in DEBT_TABLES if kind in found), None)


def title_parts(title: str, rank: str | None) -> LabelParts:
    """What a table's `plain` title says."""
    found = parts_of(title, rank)
    larger = LARGER.search(title)
    fund = found.fund or (None if larger else next(iter(terms.implied().values(title)), None))
    if "政府债务" in title and found.fund not in DEBTS and not terms.funds().hits(title.replace("债务", "")):
        fund = Fund.DEBT
    table = table_of(title, fund)
    side = None if table is TableName.GOVERNMENT_BALANCE or fund in DEBTS else _title_side(title, table)
    basis = basis_in(title.replace("限额", "")) if fund in DEBTS else found.basis
    return replace(found, fund=fund, table=table, side=side, basis=basis, column=None, shift=0)


def _title_side(title: str, table: TableName | None) -> Side | None:
    if table is TableName.TRANSFERS:
        found = set(terms.received_or_paid().values(title))
        return ("income" if True in found else "expenditure") if len(found) == 1 else None
    if table is TableName.GOVERNMENT_REVENUE:
        return "income"
    return (
        "expenditure" if table in {TableName.GOVERNMENT_EXPENDITURE, TableName.GOVERNMENT_THREE_PUBLIC} else None
    )


def table_of(title: str, fund: Fund | None) -> TableName | None:
    """The kind of table a title names; the first in the order of the vocabulary."""
    words = terms.terms().tables
    found = set(terms.kinds().values(title))
    if fund in DEBTS:
        if TableName.DEBT_SERVICE in found:
            found.discard(TableName.BOND_USE)
        if TableName.BOND_USE in found:
            return TableName.BOND_USE
        return next((kind for kind in DEBT_TABLES if kind in found), TableName.DEBT_BALANCE)
    if _WITH_REST.search(title):
        found.discard(TableName.FUND_SURPLUS)
    if _BOTH_SIDES.search(title):
        found.add(TableName.GOVERNMENT_BALANCE)
    return next((kind for kind in words if kind in found and kind not in DEBT_TABLES), None)


def _bare(label: str) -> str:
    """A label less its year, its months, unit and quotation."""
    return _ASIDE.sub("", label)
