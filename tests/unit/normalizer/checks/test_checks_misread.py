"""What our reading may have damaged accuses nobody: misreadings that look like a publisher's error."""

import io
from collections.abc import Callable, Sequence

import openpyxl
import pytest

from services.normalizer.stage import normalize_document
from services.parser.contents import NamedBytes
from services.parser.stage import read_document
from shared.schemas.document import Document
from shared.schemas.names import Severity
from shared.schemas.records import Finding

Make = Callable[..., Document]
TITLE = "青石县水务局2024年部门预算信息公开\n\n"
BALANCE = (
    "部门预算收支总表\n\n单位：万元\n\n收入\t\t支出\t\n项目\t预算数\t项目\t预算数\n"
    "一、一般公共预算拨款收入\t{general}\t一、社会保障和就业支出\t20.00\n"
    "二、政府性基金预算拨款收入\t30.00\t二、农林水支出\t110.00\n"
    "本年收入合计\t{year}\t本年支出合计\t130.00\n{carried}收入总计\t130.00\t支出总计\t130.00\n\n"
)
HEAD = "部门预算支出总表\n\n单位：万元\n\n"
COLUMNS = "科目编码\t科目名称\t合计\t基本支出\t项目支出"
ROWS = (
    "\t合计\t130.00\t60.00\t70.00",
    "208\t社会保障和就业支出\t20.00\t20.00\t",
    "20805\t行政事业单位养老支出\t20.00\t20.00\t",
    "213\t农林水支出\t110.00\t40.00\t70.00",
    "21303\t水利\t110.00\t40.00\t70.00",
    "2130301\t行政运行\t40.00\t40.00\t",
    "2130305\t水利工程建设\t70.00\t\t70.00",
)
PROSE = "\n\n2024年支出预算130.00万元，其中基本支出60.00万元，项目支出70.00万元。\n"
STATED = BALANCE.format(general="100.00", year="130.00", carried="")


def errors(data: bytes, name: str = "a.txt") -> list[str]:
    records = normalize_document(read_document([NamedBytes(name, data)]))
    return [each.message for each in records if isinstance(each, Finding) and each.severity is Severity.ERROR]


def disclosure(rows: Sequence[str], columns: str = COLUMNS, after: str = "", balance: str = STATED) -> bytes:
    return (TITLE + balance + HEAD + "\n".join([columns, *rows]) + f"\n{after}" + PROSE).encode()


def with_row(number: int, *rows: str) -> list[str]:
    return [*ROWS[:number], *rows, *ROWS[number + 1 :]]


def in_yuan(row: str) -> str:
    """The row with 基本支出 in 元."""
    cells = row.split("\t")
    cells[3] = cells[3] and f"{float(cells[3]) * 10_000:.0f}"
    return "\t".join(cells)


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param(with_row(4, "21303\t水利\t\t\t", "\t\t110.00\t40.00\t70.00"), id="figures on the next page"),
        pytest.param(
            with_row(4, "21303\t水利\t110.00\t\t", "\t\t\t40.00\t70.00"), id="half a row on the next page"
        ),
        pytest.param(with_row(4, "21303\t水利\t110.\t40.00\t70.00"), id="a number cut by a page's end"),
        pytest.param(with_row(2, "20805\t行政事业单位养老支出\t\t\t"), id="a merged cell lost"),
        pytest.param(with_row(0, "\t合计\t\t60.00\t70.00"), id="a merged total lost"),
        pytest.param(with_row(0, "\t合计\t130.00\t\t"), id="the parts of the total lost"),
        pytest.param(with_row(4, "21303\t水利\t11O.OO\t40.00\t70.00"), id="letters for digits"),
        pytest.param(with_row(4, "21303\t水利\t110,00\t40.00\t70.00"), id="a comma for a point"),
        pytest.param(with_row(5, "213O301\t行政运行\t40.00\t40.00\t"), id="a letter in a code"),
        pytest.param(with_row(5, "213030\t行政运行\t40.00\t40.00\t"), id="a digit of a code lost"),
        pytest.param(with_row(5, "\t行政运行\t40.00\t40.00\t"), id="a code lost"),
        pytest.param(with_row(6, "\t水利工程建设\t70.00\t\t70.00"), id="the last code lost"),
        pytest.param(with_row(6, "2130305\t水利工程建设\t70.00\t70.00\t"), id="a cell in the next column"),
        pytest.param(with_row(4, "21303\t水利\t110.00\t40.00 70.00\t"), id="two cells in one"),
        pytest.param([ROWS[0], "\t基本支出小计\t60.00\t60.00\t", *ROWS[1:]], id="a subtotal without code"),
        pytest.param([ROWS[0], "\t青石县水务局本级\t90.00\t20.00\t70.00", *ROWS[1:]], id="a row of a unit"),
    ],
)
def test_a_damaged_row_is_no_error(rows: list[str]) -> None:
    assert errors(disclosure(ROWS)) == []
    assert errors(disclosure(rows)) == []


@pytest.mark.parametrize("head", ["基本支出（元）", "基本支出"])
def test_a_column_in_another_unit_is_no_error(head: str) -> None:
    """The unit may stand where it was not read; where it does not, it is a warning."""
    assert errors(disclosure([in_yuan(row) for row in ROWS], COLUMNS.replace("基本支出", head))) == []


def test_a_figure_in_another_unit_is_named_with_what_it_should_be() -> None:
    [message] = errors(disclosure(with_row(6, "2130305\t水利工程建设\t700000\t\t700000")))
    assert "“2130305 水利工程建设”" in message
    assert "应为70万元" in message


@pytest.mark.parametrize("carried", ["-5.00", "－5.00", "（5.00）", "△5.00"])
def test_money_carried_over_may_be_negative(carried: str) -> None:
    balance = BALANCE.format(general="105.00", year="135.00", carried=f"上年结转结余\t{carried}\t\t\n")
    assert errors(disclosure(ROWS, balance=balance)) == []


@pytest.mark.parametrize("columns", [f"{COLUMNS}\t2023年执行数", f"{COLUMNS}\t上年预算数"])
def test_a_column_of_last_year_is_no_part_of_a_row(columns: str) -> None:
    assert errors(disclosure([f"{row}\t99.00" for row in ROWS], columns)) == []


def test_a_note_on_what_a_total_holds_explains_it() -> None:
    rows = with_row(0, "\t合计\t135.00\t65.00\t70.00")
    assert errors(disclosure(rows, after="注：合计含预留机动经费5万元。\n")) == []


def test_the_rest_of_a_table_under_no_title_is_no_lack_of_rows() -> None:
    rest = "\n\n续表\n\n" + "\n".join(ROWS[3:]) + "\n"
    assert errors(disclosure(ROWS[:3], after=rest)) == []


def test_two_units_in_one_file_are_not_mixed() -> None:
    small = [row.replace("130.00", "60.00").replace("110.00", "40.00").replace("70.00", "0.00") for row in ROWS]
    second = "\n\n青石县水利站2024年单位预算\n\n" + HEAD + "\n".join([COLUMNS, *small]) + "\n"
    assert errors(disclosure(ROWS, after=second)) == []


@pytest.mark.parametrize("again", [[], [COLUMNS], ["部门预算支出总表", "单位：万元", COLUMNS]])
def test_a_table_over_two_sheets_is_no_lack_of_rows(again: list[str]) -> None:
    """What its second sheet prints may not be known to go on with the first, nor in which unit."""
    book = openpyxl.Workbook()
    first, second = book.active, book.create_sheet("支出总表（2）")
    assert first is not None
    first.title = "支出总表（1）"
    for sheet, rows in (
        (first, ["青石县水务局2024年部门预算支出总表", "单位：万元", COLUMNS, *ROWS[:3]]),
        (second, [*again, *ROWS[3:]]),
    ):
        for row in rows:
            sheet.append([float(text) if "." in text else text for text in row.split("\t")])
    out = io.BytesIO()
    book.save(out)
    assert errors(out.getvalue(), "a.xlsx") == []


def test_a_name_lost_in_the_first_row_leaves_its_amount_unread() -> None:
    assert errors(disclosure(ROWS, balance=STATED.replace("一、一般公共预算拨款收入", ""))) == []


def test_a_blank_in_a_row_that_nothing_else_bears_out_is_no_zero() -> None:
    """A table without codes adds up by rows alone: what a total has more may belong in the blank cell."""
    columns = "项目\t合计\t基本支出\t项目支出"
    rows = ["合计\t130.00\t60.00\t", "局机关\t90.00\t50.00\t40.00", "水利站\t40.00\t10.00\t30.00"]
    assert errors((TITLE + HEAD + "\n".join([columns, *rows]) + "\n").encode()) == []


def test_an_asset_with_a_number_and_no_value_is_no_zero() -> None:
    rows = (
        "项目\t数量\t价值（万元）\n资产总额\t\t200.00\n1、房屋\t800\t120.00\n2、车辆\t2\t\n"
        "3、其他固定资产\t50\t50.00\n"
    )
    said = "青石县水务局上年末固定资产金额为200万元（详见下表）。\n\n"
    assert errors((TITLE + said + "国有资产占用情况表\n\n单位：万元\n\n" + rows).encode()) == []


FUNCTIONS = [["科目名称", "合计", "基本支出", "项目支出"], ["合计", "130.00", "60.00", "70.00"]]
OF_SUPPORT, OF_WATER = ["社会保障和就业支出", "20.00", "20.00", "0.00"], ["农林水支出", "110.00", "40.00", "70.00"]
SEVERAL = "<"


def told(made: Document) -> tuple[list[str], list[str]]:
    """The errors, and the warnings of what was not read."""
    found = [each for each in normalize_document(made) if isinstance(each, Finding)]
    unread = [each.message for each in found if each.check.startswith("unread_")]
    return [each.message for each in found if each.severity is Severity.ERROR], unread


def test_rows_above_a_blocks_first_title_may_be_the_rest_of_the_table_before(document: Make) -> None:
    title = ["一般公共预算支出表", SEVERAL, SEVERAL, SEVERAL]
    unit = ["单位：万元", SEVERAL, SEVERAL, SEVERAL]
    rest = [OF_SUPPORT, title, unit, *FUNCTIONS, OF_WATER, OF_SUPPORT]
    made = document(["青石县水务局2024年部门预算", "部门支出总表", "单位：万元", [*FUNCTIONS, OF_WATER], rest])
    errors_found, unread = told(made)
    assert not errors_found
    assert len(unread) == 1
    assert "“社会保障和就业支出”等1行" in unread[0]


@pytest.mark.parametrize("gap", [" ", "\n"])
def test_a_row_whose_cells_are_one_is_told_and_no_sum_of_its_table_accuses(document: Make, gap: str) -> None:
    fused = [gap.join(OF_SUPPORT), SEVERAL, SEVERAL, SEVERAL]
    made = document(["青石县水务局2024年部门预算", "部门支出总表", "单位：万元", [*FUNCTIONS, OF_WATER, fused]])
    errors_found, unread = told(made)
    assert not errors_found
    assert len(unread) == 1
    assert "并在一格" in unread[0]


def test_shares_of_the_paragraph_before_are_none_of_an_enumeration_further_up() -> None:
    said = (
        "青石县水务局2024年部门决算公开\n\n本年支出合计200.00万元，其中：基本支出120.00万元，占60.0%；项目支出80.00万元，占40.0%。\n\n"
        "一般公共预算财政拨款支出100.00万元，占本年支出合计的50.0%。\n\n"
        "一般公共服务（类）支出55.00万元，占55.0%；教育（类）支出20.00万元，占20.0%。\n"
    )
    assert errors(said.encode()) == []
    wrong = said.replace("占20.0%", "占30.0%").replace(
        "占55.0%；", "占55.0%；公共安全（类）支出25.00万元，占25.0%；"
    )
    assert len(errors(wrong.encode())) == 1


def test_a_paragraph_that_states_another_whole_ends_the_enumeration_before_it() -> None:
    said = (
        "2024年收入预算200.00万元，其中：一般公共预算拨款收入190.00万元，占95.0%；其他收入10.00万元，占5.0%。\n\n"
        "一般公共预算当年拨款190.00万元，比2023年执行数增加10.00万元。一般公共服务支出（类）95.00万元，占50.0%；"
        "农林水（类）支出38.00万元，占20.0%。\n"
    )
    assert errors((TITLE + said).encode()) == []
