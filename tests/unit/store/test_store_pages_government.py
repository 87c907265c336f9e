"""A government's disclosure opens with its budgets and debt; a table's rows are found by name, page by page."""

from typing import Any

import httpx
from selectolax.lexbor import LexborHTMLParser

from tests.unit.store.store_samples import Keep, Sample, budget_line

OF_COUNTY = {"column": "total", "level": "whole_area", "side": "income", "fund": "general_public_budget"}


def stated(name: str, amount: str, row: int, **fields: Any) -> dict[str, Any]:
    """A figure of a county's revenue table."""
    place = {"table": 0, "row": row, "column": fields.pop("at", 1), "block": 1, "text": amount}
    return budget_line(name, amount, table="government_revenue", provenance=place, **{**OF_COUNTY, **fields})


def place(table: int) -> dict[str, Any]:
    """A cell of that table of the file."""
    return {"table": table, "row": 1, "column": 1, "block": table, "text": "1"}


def owed(kind: str, amount: str, row: int, fund: str = "debt") -> dict[str, Any]:
    """A figure of a county's debt table."""
    more = {"fund": fund, "side": None, "basis": "limit" if kind == "debt_limit" else "execution", "year": 2025}
    return stated("青石县", amount, row, **more) | {"table": kind}


GOVERNMENT = Sample(
    lines=[
        stated("本年收入合计", "10000000.00", 1, basis="budget", year=2025),
        stated("本年收入合计", "9500000.00", 1, basis="execution", year=2025, at=2),
        stated("本年收入合计", "9690000.00", 1, basis="budget", year=2026, at=3),
        stated("收入总计", "99990000.00", 2, basis="execution", year=2025, at=2),
        owed("debt_limit", "80000000.00", 3),
        owed("debt_balance", "60000000.00", 4),
        owed("debt_limit", "1000000.00", 5, "special_debt"),
        owed("debt_balance", "1004000.00", 6, "special_debt"),
        *(
            stated(f"第{number}项收入", "10000.00", 10 + number, basis="budget", year=2026)
            for number in range(250)
        ),
    ]
)


async def page(client: httpx.AsyncClient, path: str, status: int = 200) -> LexborHTMLParser:
    answer = await client.get(path)
    assert answer.status_code == status, path
    return LexborHTMLParser(answer.text)


def row_texts(parsed: LexborHTMLParser, selector: str) -> list[list[str]]:
    return [[cell.text(strip=True) for cell in row.css("td")] for row in parsed.css(f"{selector} tbody tr")]


async def test_a_governments_disclosure_opens_with_its_budgets_and_its_debt(
    keep: Keep, client: httpx.AsyncClient
) -> None:
    await keep(GOVERNMENT)
    parsed = await page(client, f"/disclosures/{GOVERNMENT.disclosure_id}")
    assert [each.text(strip=True) for each in parsed.css("details.level summary")] == ["全辖区"]
    budget, debt, over = row_texts(parsed, "details.level")
    assert budget == ["一般公共预算", "收入", "1,000.00", "950.00", "95.0%", "969.00", "2.0%"]
    assert debt[:3] == ["政府债务", "8,000.00", "6,000.00"]
    assert debt[3].endswith("75.0%")
    assert over[3].endswith("100.4%")
    link = parsed.css_first("details.level td.amount a.figure")
    assert link is not None
    await page(client, str(link.attributes["href"]).partition("#")[0])


async def test_the_overview_of_accounts_has_no_columns_for_what_they_do_not_say(
    keep: Keep, client: httpx.AsyncClient
) -> None:
    accounts = Sample(
        lines=[
            stated("本年收入合计", "10000000.00", 1, basis="budget", year=2025),
            stated("本年收入合计", "9500000.00", 1, basis="final", year=2025, at=2),
        ]
    )
    await keep(accounts)
    parsed = await page(client, f"/disclosures/{accounts.disclosure_id}")
    heads = [each.text(strip=True) for each in parsed.css("details.level th")]
    assert heads == ["预算", "收支", "2025 年预算", "2025 年决算数", "完成预算"]


async def test_tables_are_told_apart_by_what_their_rows_are_and_insurances_are_one_budget(
    keep: Keep, client: httpx.AsyncClient
) -> None:
    spent = {"side": "expenditure", "basis": "budget", "year": 2026}
    lines = [
        stated(name, "10000.00", 1, classification=classification, **spent)
        | {"table": "government_expenditure", "provenance": place(number)}
        for number, (name, classification) in enumerate(
            (("教育支出", "functional"), ("办公经费", "government_economic"))
        )
    ]
    insured = stated(
        "本年收入", "10000.00", 1, basis="budget", year=2026, classification="item", fund="unemployment"
    )
    sample = Sample(lines=[*lines, insured | {"provenance": place(5)}])
    await keep(sample)
    parsed = await page(client, f"/disclosures/{sample.disclosure_id}")
    titles = [each.text(strip=True).removesuffix("万元").strip() for each in parsed.css("#sheets summary")]
    assert titles == [
        "支出表 · 一般公共预算 · 按功能分类 · 全辖区",
        "支出表 · 一般公共预算 · 按政府经济分类 · 全辖区",
        "收入表 · 社会保险基金 · 全辖区",
    ]


async def test_a_departments_disclosure_has_no_such_overview(keep: Keep, client: httpx.AsyncClient) -> None:
    department = Sample(lines=[budget_line("农林水支出", "12345600.00", "213")])
    await keep(department)
    assert not (await page(client, f"/disclosures/{department.disclosure_id}")).css("details.level")


async def test_the_side_is_not_said_again_over_each_column(keep: Keep, client: httpx.AsyncClient) -> None:
    sides = Sample(
        lines=[
            stated("本年收入合计", "10000.00", 1, basis="budget", year=2025, column_label="收入/2025年预算数"),
            stated("税收收入", "10000.00", 2, basis="budget", year=2025, column_label="收入/2025年预算数"),
        ]
    )
    await keep(sides)
    parsed = await page(client, f"/disclosures/{sides.disclosure_id}/tables/1")
    assert [each.text(strip=True) for each in parsed.css("table.sheet th.amount")] == ["2025年预算数"]


async def test_a_table_is_read_in_pages_and_its_rows_are_found(keep: Keep, client: httpx.AsyncClient) -> None:
    await keep(GOVERNMENT)
    path = f"/disclosures/{GOVERNMENT.disclosure_id}/tables/1"
    first, second = await page(client, path), await page(client, f"{path}?page=2")
    assert [len(row_texts(each, "table.sheet")) for each in (first, second)] == [200, 52]
    assert [each.text(strip=True) for each in first.css("nav.pages a")] == ["下一页 →"]
    found = row_texts(await page(client, f"{path}?q=第24项"), "table.sheet")
    assert [cells[0] for cells in found] == ["第24项收入"]
    await page(client, f"/disclosures/{GOVERNMENT.disclosure_id}/tables/99", 404)
