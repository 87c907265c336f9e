"""What the browser looks at: a disclosure of sixty projects, one that was revised, and every kind of page."""

from dataclasses import replace
from typing import Any, Final

from tests.unit.store.store_samples import Sample, budget_line, finding
from tests.unit.store.test_store_pages import SAMPLE, at, fact
from tests.unit.store.test_store_pages_government import GOVERNMENT

PROJECTS: Final = 60
INDICATORS: Final = 12
CODES: Final = 60


def _lines() -> list[dict[str, Any]]:
    """Nine tables with codes of three levels, each row with five columns."""
    lines = []
    tables = ("income", "expenditure", "general_budget_expenditure", "general_budget_basic_expenditure")
    columns = ("total", "basic", "project", "carryover", "other_income")
    for number, table in enumerate((*tables, "government_fund_expenditure", "project_expenditure")):
        for row in range(CODES):
            family, item = row // 6, row % 6
            code = (f"2{family:02d}", f"2{family:02d}01", f"2{family:02d}01{item:02d}")[min(item, 2)]
            for place, column in enumerate(columns):
                amount = f"{(row + 1) * 137 * (place + 3)}00.00"
                where = at(table=number, row=row + 1, column=place + 2, text=amount)
                lines.append(
                    budget_line(f"第{row}项支出", amount, code, table=table, column=column, provenance=where)
                )
    return lines


def _project(number: int) -> list[dict[str, Any]]:
    name = f"青石县第{number}号水库除险加固及维修养护项目经费"
    project = {
        "record": "project",
        "number": number,
        "name": name,
        "code": f"13010124P{number:05d}",
        "budget": f"{number * 37 % 100 + 1}0000.00",
        "fiscal_funds": f"{number * 37 % 100 + 1}0000.00",
        "purpose": f"用于第{number}号水库大坝、溢洪道的除险加固、白蚁防治和日常维修养护，保证安全度汛。",
        "schedule": ["25", "50", "80", "100"],
        "goals": [f"完成第{number}号水库除险加固，下游{number * 31}户群众安全度汛。"],
        "provenance": at(table=10 + number, row=0),
    }
    levels = (
        ("产出指标", "数量指标"),
        ("产出指标", "质量指标"),
        ("效益指标", "社会效益指标"),
        ("满意度指标", "满意度"),
    )
    indicators = [
        {
            "record": "indicator",
            "scope": "project",
            "project_number": number,
            "project_name": name,
            "level1": levels[row % 4][0],
            "level2": levels[row % 4][1],
            "level3": f"第{row}项指标完成情况",
            "description": f"反映第{number}号水库第{row}项工作当年计划完成的程度",
            "value_text": f"≥{number + row}%",
            "basis": "青水字〔2023〕17号文件及年度工作计划",
            "provenance": at(table=10 + number, row=row + 4),
        }
        for row in range(INDICATORS)
    ]
    return [project, *indicators]


def _with_findings(sample: Sample) -> Sample:
    """The sample with an error on a cell, one on a project, and warnings of one rule on ten indicators."""
    records = sample.records("")
    cell = next(each for each in records if each.get("code") == "20101")
    projects = [each["id"] for each in records if each["record"] == "project"]
    indicators = [each["id"] for each in records if each["record"] == "indicator"]
    told = [
        {**finding("支出总表第1项支出合计应为1234.56万元，公布为1234.57万元。"), "subjects": [cell["id"]]},
        {**finding("项目预算与资金来源不符。", check="project_funds"), "subjects": [projects[7]]},
    ]
    for number in range(10):
        message = f"第{number + 1}项的指标值单位与指标不符。"
        unit = finding(message, "warning", "indicator_unit_mismatch")
        told.append(
            {**unit, "expected": "%", "actual": "次", "difference": None, "subjects": [indicators[number * 25]]}
        )
    return replace(sample, lines=[*sample.lines, *told])


BIG: Final = _with_findings(
    Sample(
        url="http://qs.example.gov.cn/big.html",
        title="青石县水利局2024年部门预算公开",
        region_name="河北省青石市青石县",
        department="青石县水利局",
        figures=(1800, 1790),
        lines=[
            *_lines(),
            fact("income_total", "12345600.00", "2024年收入预算1234.56万元"),
            *(line for number in range(1, PROJECTS + 1) for line in _project(number)),
        ],
    )
)


def _revision(number: int, lines: list[dict[str, Any]]) -> Sample:
    """As a county replaces a file: its name stays, its bytes are others."""
    file = "青石县财政局2024年部门预算公开（含政府采购和绩效目标）.docx"
    url = "http://qs.example.gov.cn/attach/20240131/83d1b3f0c1a94c0f9a7a0e.docx"
    return replace(
        SAMPLE,
        url="http://qs.example.gov.cn/revised.html",
        title="青石县财政局2024年部门预算",
        department="青石县财政局",
        revision=number,
        attachments=[{"name": file, "url": url, "sha256": f"{number}" * 64, "format": "docx"}],
        lines=lines,
    )


REVISED: Final = (
    _revision(1, SAMPLE.lines),
    _revision(2, [{**SAMPLE.lines[0], "amount": "12345700.00"}, *SAMPLE.lines[2:]]),
)
OF_COUNTY: Final = replace(GOVERNMENT, url="http://qs.example.gov.cn/county.html", title="青石县2025年预算")
OTHERS: Final = (
    SAMPLE,
    OF_COUNTY,
    Sample(
        url="http://qs.example.gov.cn/empty.html",
        title="青石县档案馆2024年部门预算",
        department="青石县档案馆（青石县地方志编纂委员会办公室、青石县史志研究中心）",
    ),
)
PAGE: Final = f"/disclosures/{BIG.disclosure_id}"
CELL: Final = next(each["id"] for each in BIG.records("") if each.get("code") == "20101")
KINDS: Final = {
    "listing": "/",
    "listing-none": "/?q=没有的",
    "listing-wrong": "/?year=abc&q=青石",
    "search": "/records?q=青石",
    "search-findings": "/records?type=finding&severity=error",
    "search-wrong": "/records?type=budget_line&min_wan=很多",
    "disclosure": PAGE,
    "disclosure-all": f"/disclosures/{SAMPLE.disclosure_id}",
    "disclosure-old": f"/disclosures/{REVISED[0].disclosure_id}?revision={REVISED[0].revision_id}",
    "disclosure-government": f"/disclosures/{OF_COUNTY.disclosure_id}",
    "search-government": "/records?type=budget_line&q=青石县",
    "disclosure-empty": f"/disclosures/{OTHERS[-1].disclosure_id}",
    "changes": f"/disclosures/{REVISED[0].disclosure_id}/changes",
    "source-cell": f"/disclosures/{SAMPLE.disclosure_id}/source?block=1&row=1&column=2",
    "source-prose": f"/disclosures/{SAMPLE.disclosure_id}/source?block=2",
    "table": f"{PAGE}/tables/1?q=201",
    "status": "/status",
    "operations": "/ops",
    "topics": "/topics",
    "topic": "/topics/gongkai.budget-lines.v1",
    "reference": "/api",
    "nothing": "/disclosures/d0",
}
"""Kind of page → an address of one."""
