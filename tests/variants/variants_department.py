"""An invented department's budget, true to itself, and ways to write its tables down as files.

Amounts are in 万元. Every table of a layout is checked against `TRUTH`, whatever the layout leaves out or renames.
"""

import io
from collections.abc import Sequence
from decimal import Decimal
from html import escape
from typing import NamedTuple

import docx
import openpyxl

Rows = Sequence[Sequence[str]]
Sheet = tuple[Sequence[str], Rows]
"""The lines above a table, and its rows; in a row LEFT and UP reach over the place."""
LEFT, UP = "<", "^"
DEPARTMENT = "青石县水务局"

Fact = tuple[str | None, str, str, Decimal]
"""code, name, column, amount."""


class Account(NamedTuple):
    """A line of an expenditure table: basic (personnel and public use) and project expenditure."""

    code: str | None
    name: str
    personnel: str = ""
    public_use: str = ""
    project: str = ""

    @property
    def basic(self) -> str:
        return _sum(self.personnel, self.public_use)

    @property
    def total(self) -> str:
        return _sum(self.basic, self.project)


def _sum(*parts: str) -> str:
    filled = [Decimal(part) for part in parts if part]
    return str(sum(filled)) if filled else ""


GENERAL = (
    Account("208", "社会保障和就业支出", "60"),
    Account("20805", "行政事业单位养老支出", "60"),
    Account("2080505", "机关事业单位基本养老保险缴费支出", "60"),
    Account("210", "卫生健康支出", "30"),
    Account("21011", "行政事业单位医疗", "30"),
    Account("2101101", "行政单位医疗", "30"),
    Account("213", "农林水支出", "450", "40", "600"),
    Account("21303", "水利", "450", "40", "600"),
    Account("2130301", "行政运行", "450", "40"),
    Account("2130305", "水利工程建设", "", "", "600"),
)
FUND = (
    Account("212", "城乡社区支出", "", "", "30"),
    Account("21208", "国有土地使用权出让收入安排的支出", "", "", "30"),
    Account("2120804", "农村基础设施建设支出", "", "", "30"),
)
ALL = (
    *GENERAL[:6],
    *FUND,
    Account("213", "农林水支出", "450", "64.56", "600"),
    Account("21303", "水利", "450", "64.56", "600"),
    Account("2130301", "行政运行", "450", "64.56"),
    Account("2130305", "水利工程建设", "", "", "600"),
)
ECONOMIC = (
    Account("301", "工资福利支出", "510"),
    Account("30101", "基本工资", "200"),
    Account("30102", "津贴补贴", "150"),
    Account("30108", "机关事业单位基本养老保险缴费", "60"),
    Account("30110", "职工基本医疗保险缴费", "30"),
    Account("30113", "住房公积金", "70"),
    Account("302", "商品和服务支出", "", "38"),
    Account("30201", "办公费", "", "20"),
    Account("30211", "差旅费", "", "5"),
    Account("30217", "公务接待费", "", "1"),
    Account("30231", "公务用车运行维护费", "", "4"),
    Account("30239", "其他交通费用", "", "8"),
    Account("303", "对个人和家庭的补助", "30"),
    Account("30305", "生活补助", "30"),
    Account("310", "资本性支出", "", "2"),
    Account("31002", "办公设备购置", "", "2"),
)
TOTALS = {
    "general": Account(None, "合计", "540", "40", "600"),
    "fund": Account(None, "合计", "", "", "30"),
    "all": Account(None, "合计", "540", "64.56", "630"),
    "economic": Account(None, "合计", "540", "40"),
}

INCOME = {
    "total": "1234.56",
    "current_year": "1224.56",
    "general_public_budget": "1180",
    "government_fund": "30",
    "fiscal_account": "10",
    "other_income": "4.56",
    "carryover": "10",
}


def _facts(accounts: Sequence[Account], columns: Sequence[str]) -> set[Fact]:
    return {
        (each.code, each.name, column, Decimal(amount))
        for each in accounts
        for column in columns
        if (amount := getattr(each, column))
    }


TRUTH: dict[str, set[Fact]] = {
    "expenditure": _facts((TOTALS["all"], *ALL), ("total", "basic", "project")),
    "general_budget_expenditure": _facts((TOTALS["general"], *GENERAL), ("total", "basic", "project")),
    "general_budget_basic_expenditure": _facts(
        (TOTALS["economic"], *ECONOMIC), ("total", "personnel", "public_use")
    ),
    "government_fund_expenditure": _facts((TOTALS["fund"], *FUND), ("total", "project")),
}
"""What the tables by codes hold, whatever their layout: code, name, column, amount."""


def printed(amount: str, unit: str = "万元", commas: bool = True) -> str:
    """An amount in 万元 as a table in `unit` prints it; a blank stays blank."""
    if not amount:
        return ""
    value = Decimal(amount) * {"万元": 1, "千元": 10, "元": 10000}[unit]
    return f"{value:,.2f}" if commas else f"{value:.2f}"


def as_tabs(sheets: Sequence[Sheet]) -> bytes:
    """Plain text, a row a line."""
    return _text(sheets, lambda row: "\t".join(row).replace("\n", " "))


def as_cells(sheets: Sequence[Sheet]) -> bytes:
    """Plain text, a cell a line, a blank line after each row."""
    return _text(sheets, lambda row: "".join(f"\t{cell}\n" for cell in row))


def _text(sheets, write) -> bytes:  # type: ignore[no-untyped-def]
    lines: list[str] = []
    for titles, rows in sheets:
        lines += [*titles, *(write(["" if cell in (LEFT, UP) else cell for cell in row]) for row in rows), "", ""]
    return "\n".join(lines).encode()


def as_html(sheets: Sequence[Sheet]) -> bytes:
    """A page with real tables, spans as spans."""
    parts = []
    for titles, rows in sheets:
        parts += [f"<p>{escape(title)}</p>" for title in titles]
        if rows:
            parts.append(
                f"<table border=1>{''.join(_html_row(rows, number) for number in range(len(rows)))}</table>"
            )
    return f'<html><meta charset="utf-8"><body>{"".join(parts)}</body></html>'.encode()


def _html_row(rows: Rows, number: int) -> str:
    cells = []
    for column, text in enumerate(rows[number]):
        if text not in (LEFT, UP):
            high, wide = span(rows, number, column)
            cells.append(f"<td colspan={wide} rowspan={high}>{escape(text)}</td>")
    return f"<tr>{''.join(cells)}</tr>"


def span(rows: Rows, row: int, column: int) -> tuple[int, int]:
    """How many rows and columns the cell at a place covers."""
    right, down = column + 1, row + 1
    while right < len(rows[row]) and rows[row][right] == LEFT:
        right += 1
    while down < len(rows) and rows[down][column] == UP:
        down += 1
    return down - row, right - column


def as_docx(sheets: Sequence[Sheet]) -> bytes:
    """A Word document, spans as merged cells."""
    document = docx.Document()
    for titles, rows in sheets:
        for title in titles:
            document.add_paragraph(title)
        if not rows:
            continue
        table = document.add_table(rows=len(rows), cols=max(map(len, rows)), style="Table Grid")
        for number, row in enumerate(rows):
            for column, text in enumerate(row):
                if text in (LEFT, UP):
                    continue
                high, wide = span(rows, number, column)
                cell = table.cell(number, column)
                if (high, wide) != (1, 1):
                    cell = cell.merge(table.cell(number + high - 1, column + wide - 1))
                cell.text = text
    saved = io.BytesIO()
    document.save(saved)
    return saved.getvalue()


def as_xlsx(sheets: Sequence[Sheet]) -> bytes:
    """A workbook, a sheet a table with its titles in the rows above it."""
    book = openpyxl.Workbook()
    del book[book.sheetnames[0]]
    for number, (titles, rows) in enumerate(sheets):
        sheet = book.create_sheet(f"表{number + 1}")
        for title in titles:
            sheet.append([title])
        top = len(titles)
        for at, row in enumerate(rows):
            for column, text in enumerate(row):
                if text in (LEFT, UP):
                    continue
                high, wide = span(rows, at, column)
                sheet.cell(top + at + 1, column + 1, text)
                if (high, wide) != (1, 1):
                    sheet.merge_cells(None, top + at + 1, column + 1, top + at + high, column + wide)
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()
