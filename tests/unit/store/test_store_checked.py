"""What was not compared is not called right, and what was not read is told: on list, page and in the API."""

from typing import Any

import httpx
import pytest

from shared.schemas.document import Unread
from tests.unit.store.store_samples import Keep, Sample, budget_line, finding
from tests.unit.store.test_store_pages import get, texts


def check(status: str, comparisons: int, name: str = "balance_sum") -> dict[str, Any]:
    """The outcome of a rule."""
    return {"record": "check", "check": name, "status": status, "comparisons": comparisons}


NOTHING_READ = [check("insufficient_data", 0), check("not_applicable", 0, "income_columns")]


@pytest.mark.parametrize(
    ("lines", "badge", "sentence"),
    [
        ([check("pass", 40), check("rounding", 2, "income_columns")], "未发现问题，比较 42 处", "比较了 42 处"),
        ([], "无法核对", "没有认识的表格、数字或指标"),
        (NOTHING_READ, "无法核对", "没有认识的表格、数字或指标"),
        ([*NOTHING_READ, budget_line("农林水支出", "1.00")], "无法核对", "没有可以互相比较的数字"),
        ([check("error", 7), budget_line("农林水支出", "1.00")], "无法核对", "没有可以互相比较的数字"),
    ],
)
async def test_only_what_was_compared_is_called_free_of_findings(
    keep: Keep, client: httpx.AsyncClient, lines: list[dict[str, Any]], badge: str, sentence: str
) -> None:
    await keep(Sample(lines=lines))
    assert texts(await get(client, "/"), "#live tbody .badge") == [badge]
    page = await get(client, f"/disclosures/{Sample().disclosure_id}")
    assert texts(page, "dl.facts .badge") == [badge]
    assert sentence in texts(page, "#findings p")[0]
    assert ("没有发现" in texts(page, "#findings")[0]) == badge.startswith("未发现问题")


async def test_a_file_that_was_not_read_stands_struck_out_and_is_told(
    keep: Keep, client: httpx.AsyncClient
) -> None:
    told = finding("“附表.xlsx”没有读入：文件已损坏。", "warning", "unread_file")
    left = (Unread(name="附表.xlsx", cause="corrupt", message="The file is damaged."),)
    sample = Sample(lines=[told], unread=left, figures=(120, 118))
    await keep(sample)
    assert texts(await get(client, "/"), "#live tbody .badge") == ["未读入 1", "无法核对"]
    page = await get(client, f"/disclosures/{sample.disclosure_id}")
    assert texts(page, "#files li") == ["部门预算.doc doc, 2 页, 原地址 ↗", "附表.xlsx 未读入：文件已损坏"]
    assert texts(page, "#files s") == ["附表.xlsx"]
    assert "“附表.xlsx”没有读入：文件已损坏。" in texts(page, "#findings details[open]")[0]
    assert "没有读出数据：有内容未能读入" in texts(page, "#findings p")[0]
    assert "印出 120 个，读出 118 个" in texts(page, "dl.facts")[0]
    detail = (await client.get(f"/api/v1/disclosures/{sample.disclosure_id}")).json()
    assert detail["unread"] == [{"name": "附表.xlsx", "cause": "corrupt"}]
    assert detail["revision"]["comparisons"] == 0
