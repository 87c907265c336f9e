"""Every format opens with the types and the Chinese it should have; the packages say what their tables hold."""

import csv
import io
import json
import zipfile
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import openpyxl
import pytest
from pyarrow import parquet
from sqlalchemy.ext.asyncio import AsyncEngine

from services.store.exports import xlsx
from services.store.exports.formats import FORMATS, export, format_of
from services.store.filters import RecordFilter
from shared.errors import UsageError
from tests.unit.store.store_samples import Keep, Sample, budget_line, finding
from tests.unit.store.test_store_pages import SAMPLE

LONG = "长" * 40_000
LINES = [
    budget_line("教育支出", "123456789012.34", "205", basis="budget"),
    budget_line("工资福利支出", "-0.05", "301", side="expenditure"),
    budget_line("=HYPERLINK(1)", None),
    budget_line(LONG, "1.00"),
    {"record": "asset", "category": "车辆", "quantity": "2.125", "value": "70000.00", "as_of": "2023-12-31"},
    {"record": "project", "name": "甲", "schedule": ["25", None, "80", "100"], "goals": ["一，二", "三"]},
    finding("相差一百元。"),
]
OF_LINES = Sample(lines=LINES)


async def saved(engine: AsyncEngine, suffix: str, **query: Any) -> io.BytesIO:
    wanted = RecordFilter.model_validate(query)
    return io.BytesIO(b"".join([part async for part in export(engine, wanted, FORMATS[suffix])]))


async def test_a_workbook_has_a_typed_sheet_for_each_type(keep: Keep, engine: AsyncEngine) -> None:
    await keep(OF_LINES)
    book = openpyxl.load_workbook(await saved(engine, "xlsx"))
    assert book.sheetnames == ["公开文件", "预算表", "项目", "资产", "问题", "字段说明"]
    head, *rows = book["预算表"].iter_rows(values_only=True)
    first, second, formula, long = (dict(zip(head, row, strict=True)) for row in rows)
    assert first["表"] == "支出总表"
    assert first["文件类型"] == "部门预算"
    assert first["年度"] == 2024
    assert (first["金额（元）"], second["金额（元）"]) == (123456789012.34, -0.05)
    assert first["编码"] == "205"
    assert (formula["名称"], formula["金额（元）"]) == ("=HYPERLINK(1)", None)
    assert book["预算表"].cell(4, list(head).index("名称") + 1).data_type == "s"
    assert str(long["名称"]).endswith("（后文略，见 JSON）")
    asset = dict(zip(*list(book["资产"].iter_rows(values_only=True)), strict=True))
    assert (asset["截至日期"], asset["数量"]) == (datetime(2023, 12, 31), 2.125)  # noqa: DTZ001 - a cell has no zone
    disclosure = dict(zip(*list(book["公开文件"].iter_rows(values_only=True)), strict=True))
    assert disclosure["行政区划代码"] == "130101"
    guide = {row[3]: row[2] for row in book["字段说明"].iter_rows(min_row=2, values_only=True)}
    assert guide["as_of"] == "表头所注的截止时间"
    assert "amount" in guide


async def test_a_sheet_that_is_full_goes_on_in_another(
    keep: Keep, engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(xlsx, "_MOST_ROWS", 3)
    await keep(OF_LINES)
    book = openpyxl.load_workbook(await saved(engine, "xlsx", type="budget_line"))
    assert book.sheetnames == ["预算表", "预算表 2", "字段说明"]
    assert [sheet.max_row for sheet in book.worksheets[:2]] == [3, 3]


async def test_parquet_has_exact_money_days_and_lists(keep: Keep, engine: AsyncEngine) -> None:
    await keep(OF_LINES)
    lines = parquet.read_table(await saved(engine, "parquet", type="budget_line"))
    assert lines["amount"].to_pylist() == [Decimal("123456789012.34"), Decimal("-0.05"), None, Decimal("1.00")]
    assert lines["name"].to_pylist()[0] == "教育支出"
    assert lines["fiscal_year"].to_pylist()[0] == 2024
    assert lines.schema.field("amount").metadata[b"title"].decode() == "金额（元）"
    (asset,) = parquet.read_table(await saved(engine, "parquet", type="asset")).to_pylist()
    assert (asset["as_of"], asset["quantity"]) == (date(2023, 12, 31), Decimal("2.125"))
    (project,) = parquet.read_table(await saved(engine, "parquet", type="project")).to_pylist()
    assert (project["goals"], project["schedule"]) == (["一，二", "三"], ["25", None, "80", "100"])
    (disclosure,) = parquet.read_table(await saved(engine, "parquet", type="disclosure")).to_pylist()
    assert disclosure["published_at"].isoformat() == "2024-01-31T16:00:00+00:00"
    assert parquet.read_table(await saved(engine, "parquet", type="goal")).num_rows == 0


async def test_a_data_package_describes_the_tables_that_have_rows(keep: Keep, engine: AsyncEngine) -> None:
    await keep(OF_LINES)
    package = zipfile.ZipFile(await saved(engine, "zip"))
    descriptor = json.loads(package.read("datapackage.json"))
    assert descriptor["profile"] == "tabular-data-package"
    tables = {each["name"]: each for each in descriptor["resources"]}
    assert set(tables) == {"disclosures", "budget-lines", "projects", "assets", "findings"}
    for each in tables.values():
        head, *rows = csv.reader(io.StringIO(package.read(each["path"]).decode()))
        fields = each["schema"]["fields"]
        assert head == [field["name"] for field in fields]
        assert all(field["title"] and field["description"] for field in fields)
        assert rows
    types = {field["name"]: field["type"] for field in tables["budget-lines"]["schema"]["fields"]}
    assert (types["amount"], types["fiscal_year"], types["code"]) == ("number", "integer", "string")
    (disclosure,) = csv.DictReader(io.StringIO(package.read("data/disclosures.csv").decode()))
    assert disclosure["published_at"] == "2024-01-31T16:00:00Z"
    assert "=HYPERLINK(1)" in package.read("data/budget-lines.csv").decode()


async def test_a_fiscal_package_tells_functions_from_economic_classes(keep: Keep, engine: AsyncEngine) -> None:
    await keep(OF_LINES)
    package = zipfile.ZipFile(await saved(engine, "fiscal.zip"))
    descriptor = json.loads(package.read("datapackage.json"))
    assert (descriptor["profile"], descriptor["countryCode"]) == ("tabular-data-package", "CN")
    (table,) = descriptor["resources"]
    names = {field["name"] for field in table["schema"]["fields"]}
    kinds = {field.get("columnType") for field in table["schema"]["fields"]}
    assert {"value", "date:fiscal-year", "functional-classification:generic:code", "phase:id"} <= kinds
    dimensions = descriptor["model"]["dimensions"].values()
    assert all(each["source"] in names for dimension in dimensions for each in dimension["attributes"].values())
    lines = list(csv.DictReader(io.StringIO(package.read(table["path"]).decode())))
    functions, classes = (
        [(each[f"{name}_code"], each[f"{name}_label"]) for each in lines[:2]]
        for name in ("functional", "economic")
    )
    assert functions == [("205", "教育支出"), ("", "")]
    assert classes == [("", ""), ("301", "工资福利支出")]
    assert {(each["phase"], each["currency"]) for each in lines} == {("approved", "CNY")}


async def test_every_format_is_served(keep: Keep, client: httpx.AsyncClient) -> None:
    await keep(SAMPLE)
    for suffix, form in FORMATS.items():
        answer = await client.get(f"/api/v1/records.{suffix}?type=budget_line&year=2024")
        assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (200, form.media_type)
        assert answer.headers["content-disposition"] == f'attachment; filename="budget_line.{suffix}"'
        assert answer.content
        assert (await client.get(f"/api/v1/records.{suffix}")).status_code == (422 if form.one_type else 200)


@pytest.mark.parametrize(("suffix", "table"), [("zip", "disclosures"), ("fiscal.zip", "budget-lines")])
async def test_a_package_of_nothing_has_a_table_without_rows(
    client: httpx.AsyncClient, suffix: str, table: str
) -> None:
    package = zipfile.ZipFile(io.BytesIO((await client.get(f"/api/v1/records.{suffix}?year=1999")).content))
    (resource,) = json.loads(package.read("datapackage.json"))["resources"]
    names = [each["name"] for each in resource["schema"]["fields"]]
    assert resource["name"] == table
    assert list(csv.reader(io.StringIO(package.read(resource["path"]).decode()))) == [names]


async def test_a_fiscal_package_of_another_type_is_refused(keep: Keep, client: httpx.AsyncClient) -> None:
    await keep(SAMPLE)
    answer = await client.get("/api/v1/records.fiscal.zip?type=fact")
    assert (answer.status_code, "budget_line alone, not fact" in answer.json()["detail"]) == (422, True)


def test_the_end_of_a_name_is_the_format(tmp_path: Path) -> None:
    assert format_of("a.fiscal.zip") is FORMATS["fiscal.zip"]
    assert format_of("a.zip") is FORMATS["zip"]
    with pytest.raises(UsageError, match="names no format"):
        format_of("a.doc")
