"""CHECKS 37: the tables that a government has to publish with its budget or accounts, and what is missing."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from services.normalizer.checks.book import Book
from services.normalizer.checks.outcome import Outcome
from services.normalizer.government.parts import title_parts
from services.normalizer.government.titles import title_of
from services.normalizer.tables.captions import lines_before
from shared.schemas.document import Table
from shared.schemas.names import DisclosureKind, Fund, TableName

_BUDGET_RULES: Final = "财预〔2016〕143号"
_DEBT_RULES: Final = "财预〔2018〕209号"
_WHOLE: Final = 9
"""From how many of the required tables on a document is the whole set, not one file of several."""
_HEAD: Final = 3
"""Rows of a table that may hold its title."""
_KINDS: Final = (DisclosureKind.GOVERNMENT_BUDGET, DisclosureKind.GOVERNMENT_ACCOUNTS)

_REVENUE: Final = (TableName.GOVERNMENT_REVENUE, TableName.GOVERNMENT_BALANCE)
_EXPENDITURE: Final = (TableName.GOVERNMENT_EXPENDITURE, TableName.GOVERNMENT_BALANCE)
_LIMITS: Final = (TableName.DEBT_LIMIT, TableName.DEBT_BALANCE)
_SERVICE: Final = (TableName.DEBT_ISSUE, TableName.DEBT_SERVICE)


@dataclass(frozen=True)
class RequiredTable:
    """A table that is to be published: its name, the funds and kinds of table that are it, the regulation."""

    name: str
    funds: Collection[Fund]
    tables: Collection[TableName]
    source: str = _BUDGET_RULES


REQUIRED: Final = (
    RequiredTable("一般公共预算收入表", {Fund.GENERAL_PUBLIC_BUDGET}, _REVENUE),
    RequiredTable("一般公共预算支出表", {Fund.GENERAL_PUBLIC_BUDGET}, _EXPENDITURE),
    RequiredTable("一般公共预算税收返还和转移支付表", {Fund.GENERAL_PUBLIC_BUDGET}, {TableName.TRANSFERS}),
    RequiredTable("政府一般债务限额和余额情况表", {Fund.GENERAL_DEBT, Fund.DEBT}, _LIMITS),
    RequiredTable("政府性基金收入表", {Fund.GOVERNMENT_FUND}, _REVENUE),
    RequiredTable("政府性基金支出表", {Fund.GOVERNMENT_FUND}, _EXPENDITURE),
    RequiredTable("政府性基金转移支付表", {Fund.GOVERNMENT_FUND}, {TableName.TRANSFERS}),
    RequiredTable("政府专项债务限额和余额情况表", {Fund.SPECIAL_DEBT, Fund.DEBT}, _LIMITS),
    RequiredTable("国有资本经营预算收入表", {Fund.STATE_CAPITAL}, _REVENUE),
    RequiredTable("国有资本经营预算支出表", {Fund.STATE_CAPITAL}, _EXPENDITURE),
    RequiredTable("社会保险基金收入表", {Fund.SOCIAL_INSURANCE}, _REVENUE),
    RequiredTable("社会保险基金支出表", {Fund.SOCIAL_INSURANCE}, _EXPENDITURE),
    RequiredTable(
        "政府债券发行及还本付息情况表", {Fund.DEBT, Fund.GENERAL_DEBT, Fund.SPECIAL_DEBT}, _SERVICE, _DEBT_RULES
    ),
)
"""What every government publishes, as the ministry's model list of items to disclose names it."""


def check_published(book: Book, outcome: Outcome) -> None:
    """Name the tables that regulation requires and a whole budget or final account does not have."""
    if book.disclosure is None or book.disclosure.kind not in _KINDS:
        outcome.absent = "不是政府预算或决算"
        return
    printed = _printed(book)
    missing = [required for required in REQUIRED if not _is_there(required, printed)]
    if len(REQUIRED) - len(missing) < _WHOLE:
        outcome.absent = "不是成套的政府预决算表"
        return
    if missing and not book.all_read:
        outcome.lacks("有未能读出的表格")
        return
    outcome.tried(len(REQUIRED))
    for required in missing:
        why = f"{required.source}要求公开，没有数据的也应列出空表并说明"
        outcome.breaks(f"没有找到《{required.name}》，{why}。", ())


def _is_there(required: RequiredTable, printed: Collection[tuple[Fund | None, TableName | None]]) -> bool:
    return any(fund in required.funds and table in required.tables for fund, table in printed)


def _printed(book: Book) -> set[tuple[Fund | None, TableName | None]]:
    """The funds and kinds of all tables, those that were left blank by their titles."""
    found: set[tuple[Fund | None, TableName | None]] = {(line.fund, line.table) for line in book.government}
    for number, block in enumerate(book.document.blocks):
        if not isinstance(block, Table):
            continue
        own = [cell.text for cell in block.cells if cell.row < _HEAD]
        for lines in (lines_before(book.document, number), own):
            said = title_parts(title_of(lines) or "", None)
            found.add((said.fund, said.table))
    return {(_budget(fund), table) for fund, table in found}


def _budget(fund: Fund | None) -> Fund | None:
    return Fund.SOCIAL_INSURANCE if fund is not None and fund.of_insurance else fund
