"""Tables that go on: on another sheet or page, with their header again or without it, the unit stated once."""

from collections.abc import Callable, Sequence
from decimal import Decimal

import pytest

from services.normalizer.stage import normalize_document
from services.parser.contents import NamedBytes
from services.parser.stage import read_document
from shared.schemas.names import Severity, TableName
from shared.schemas.records import BudgetLine, Finding, ProcurementLine, RecordBase
from tests.variants.variants_department import LEFT, UP, Rows, Sheet, as_docx, as_html, as_xlsx

Writer = Callable[[Sequence[Sheet]], bytes]
TITLE: Sheet = (["青石县水务局2024年部门预算"], [])
HEADER = ["科目编码", "科目名称", "合计", "基本支出", "项目支出"]
FIRST = [
    ["", "合计", "130.00", "40.00", "90.00"],
    ["208", "社会保障和就业支出", "20.00", "20.00", ""],
    ["20805", "行政事业单位养老支出", "20.00", "20.00", ""],
    ["2080505", "基本养老保险缴费支出", "20.00", "20.00", ""],
]
REST = [
    ["213", "农林水支出", "110.00", "20.00", "90.00"],
    ["21303", "水利", "110.00", "20.00", "90.00"],
    ["2130301", "行政运行", "20.00", "20.00", ""],
    ["2130305", "水利工程建设", "90.00", "", "90.00"],
]


def read(sheets: Sequence[Sheet], write: Writer, suffix: str) -> list[RecordBase]:
    return normalize_document(read_document([NamedBytes(f"disclosure.{suffix}", write(sheets))]))


def expenditure(records: Sequence[RecordBase]) -> dict[tuple[str | None, str], Decimal | None]:
    return {
        (line.code, line.column): line.amount
        for line in records
        if isinstance(line, BudgetLine) and line.table is TableName.EXPENDITURE
    }


def complaints(records: Sequence[RecordBase]) -> list[str]:
    return [
        record.message
        for record in records
        if isinstance(record, Finding) and record.severity in (Severity.ERROR, Severity.WARNING)
    ]


@pytest.mark.parametrize(("write", "suffix"), [(as_xlsx, "xlsx"), (as_html, "html"), (as_docx, "docx")])
@pytest.mark.parametrize("again", [["部门支出总表"], ["部门支出总表（续表）"], ["续表"], []], ids=range(4))
@pytest.mark.parametrize(("unit", "worth"), [("万元", 10_000), ("元", 1)])
def test_a_header_printed_again_without_the_unit_has_the_unit_of_the_first(
    write: Writer, suffix: str, again: list[str], unit: str, worth: int
) -> None:
    sheets = [TITLE, (["部门支出总表", f"单位：{unit}"], [HEADER, *FIRST]), (again, [HEADER, *REST])]
    records = read(sheets, write, suffix)
    lines = expenditure(records)
    assert lines["2130305", "project"] == 90 * worth
    assert len(lines) == 19
    assert not complaints(records)


@pytest.mark.parametrize(("write", "suffix"), [(as_xlsx, "xlsx"), (as_html, "html"), (as_docx, "docx")])
def test_rows_that_go_on_without_a_header_belong_to_the_table_before(write: Writer, suffix: str) -> None:
    records = read([TITLE, (["部门支出总表", "单位：万元"], [HEADER, *FIRST]), ([], REST)], write, suffix)
    assert len(expenditure(records)) == 19
    assert not complaints(records)


CROSSED = [
    ["", "", "", "合计", "130.00", "60.00", "40.00", "10.00", "20.00"],
    ["208", "", "", "社会保障和就业支出", "20.00", "20.00", "", "", ""],
    ["208", "05", "", "行政事业单位养老支出", "20.00", "20.00", "", "", ""],
    ["208", "05", "05", "基本养老保险缴费支出", "20.00", "20.00", "", "", ""],
    ["213", "", "", "农林水支出", "110.00", "40.00", "40.00", "10.00", "20.00"],
    ["213", "03", "", "水利", "110.00", "40.00", "40.00", "10.00", "20.00"],
    ["213", "03", "01", "行政运行", "110.00", "40.00", "40.00", "10.00", "20.00"],
]


@pytest.mark.parametrize(
    "between", [["青石县水务局2024年部门预算", "12"], ["部门支出总表", "单位：万元"]], ids=range(2)
)
def test_rows_go_on_below_the_head_of_a_page_or_the_title_printed_again(between: list[str]) -> None:
    sheets = [TITLE, (["部门支出总表", "单位：万元"], [HEADER, *FIRST]), (between, REST)]
    records = read(sheets, as_html, "html")
    assert len(expenditure(records)) == 19
    assert not complaints(records)


@pytest.mark.parametrize(
    ("lost", "severity"), [(REST[3], Severity.WARNING), (["2130305", "", "80.00", "", "90.00"], Severity.ERROR)]
)
def test_a_row_that_a_page_break_may_have_lost_is_no_error(lost: list[str], severity: Severity) -> None:
    upper = [*FIRST, *REST[:3], *([] if lost is REST[3] else [[lost[0], "水利工程建设", *lost[2:]]])]
    upper[0] = ["", "合计", "180.00", "90.00", "90.00"]
    lower = [["221", "住房保障支出", "50.00", "50.00", ""], ["22102", "住房改革支出", "50.00", "50.00", ""]]
    records = read([TITLE, (["部门支出总表", "单位：万元"], [HEADER, *upper]), (["12"], lower)], as_html, "html")
    found = [each for each in records if isinstance(each, Finding) and each.check != "unread_table"]
    assert [each.severity for each in found] == [severity]


def test_cells_that_became_lines_behind_a_table_are_told_and_no_sum_is_accused() -> None:
    behind = ["水利工程建设", "90.00", "90.00", "四、其他"]
    sheets = [TITLE, (["部门支出总表", "单位：万元"], [HEADER, *FIRST, *REST[:3]]), (behind, [])]
    records = read(sheets, as_html, "html")
    found = [each for each in records if isinstance(each, Finding)]
    assert [(each.check, each.severity) for each in found] == [("unread_row", Severity.WARNING)]


def test_numbered_rows_of_a_balance_go_on_on_the_next_page() -> None:
    upper = [
        ["收入", LEFT, LEFT, "支出", LEFT, LEFT],
        ["项目", "行次", "决算数", "项目", "行次", "决算数"],
        ["一、财政拨款收入", "1", "310.00", "一、农林水支出", "31", "280.00"],
        ["二、其他收入", "8", "25.00", "二、住房保障支出", "49", "50.00"],
        ["本年收入合计", "27", "335.00", "本年支出合计", "57", "330.00"],
    ]
    lower = [
        ["年初结转和结余", "29", "5.00", "年末结转和结余", "60", "10.00"],
        ["总计", "31", "340.00", "总计", "62", "340.00"],
    ]
    title: Sheet = (["青石县水务局2023年度部门决算"], [])
    sheets = [title, (["收入支出决算总表", "单位：万元"], upper), (["- 2 -"], lower)]
    assert not complaints(read(sheets, as_html, "html"))


def crossed(*classes: str, codes: Sequence[str] = (UP,) * 4) -> Rows:
    first = ["科目编码", LEFT, LEFT, "科目名称", "总计", *classes]
    return [first, ["类", "款", "项", UP, UP, *codes], *CROSSED]


@pytest.mark.parametrize(("write", "suffix"), [(as_xlsx, "xlsx"), (as_html, "html")])
@pytest.mark.parametrize(
    ("title", "rows", "table"),
    [
        (
            "支出预算分类汇总表（按部门预算经济分类）",
            crossed("工资福利支出", "商品和服务支出", "对个人和家庭的补助", "资本性支出"),
            TableName.DEPARTMENT_ECONOMIC_EXPENDITURE,
        ),
        (
            "支出预算分类汇总表（按政府预算经济分类）",
            crossed(
                *("机关工资福利支出", "机关商品和服务支出", "对个人和家庭的补助", "机关资本性支出"),
                codes=("501", "502", "509", "503"),
            ),
            TableName.GOVERNMENT_ECONOMIC_EXPENDITURE,
        ),
        (
            "一般公共预算支出表（功能分类和经济分类）",
            crossed("301工资福利支出", "302商品和服务支出", "303对个人和家庭的补助", "310资本性支出"),
            TableName.DEPARTMENT_ECONOMIC_EXPENDITURE,
        ),
    ],
    ids=["department", "government", "coded"],
)
def test_accounts_by_function_crossed_with_classes_by_nature_are_read(
    write: Writer, suffix: str, title: str, rows: Rows, table: TableName
) -> None:
    records = read([TITLE, ([title, "单位：万元"], rows)], write, suffix)
    lines = {
        (line.table, line.code, line.column.value): line.amount for line in records if isinstance(line, BudgetLine)
    }
    assert lines[table, "2130301", "goods_and_services"] == 400_000
    assert lines[table, "2080505", "wages"] == 200_000
    assert lines[table, None, "total"] == 1_300_000
    assert len(lines) == 26
    assert not complaints(records)


@pytest.mark.parametrize("title", ["新增资产配置表", "2024年新增资产预算表", "部门新增资产购置情况表"])
def test_a_table_of_new_assets_is_no_procurement_and_is_told_once(title: str) -> None:
    rows = [
        ["序号", "采购品目", "计量单位", "采购数量", "单价", "总价"],
        ["1", "台式计算机", "台", "10", "5000.00", "50000.00"],
        ["", "合计", "", "10", "", "50000.00"],
    ]
    records = read([TITLE, ([title, "金额单位：元"], rows)], as_html, "html")
    told = [record for record in records if isinstance(record, Finding)]
    assert [finding.check for finding in told] == ["unread_table"]
    assert "没有对应的记录" in told[0].message
    assert not any(isinstance(record, ProcurementLine) for record in records)


def test_goods_and_services_alone_are_not_all_of_basic_expenditure() -> None:
    rows = [
        ["科目编码", "科目名称", "总计", "办公费", "差旅费"],
        ["2130301", "行政运行", "38.00", "20.00", "18.00"],
    ]
    title = "一般公共预算基本支出表--商品和服务支出"
    records = read([TITLE, ([title, "单位：万元"], rows)], as_html, "html")
    assert not any(isinstance(record, BudgetLine) for record in records)
