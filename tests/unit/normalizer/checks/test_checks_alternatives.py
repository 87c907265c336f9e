"""What a source lost, shifted or ran together is never held against the department: no error, and it is told."""

import pytest

from services.normalizer.language.totals import names_several
from services.normalizer.stage import normalize_document
from services.parser.contents import NamedBytes
from services.parser.stage import read_document
from shared.schemas.names import CheckStatus, Severity
from shared.schemas.records import Check, Finding

TITLE = "青石县水务局2024年部门预算信息公开\n\n"
BALANCE = (
    "部门预算收支总表\n\n单位：万元\n\n"
    "收入\t\t支出\t\n项目\t预算数\t项目\t预算数\n"
    "一、一般公共预算拨款收入\t100.00\t一、社会保障和就业支出\t20.00\n"
    "二、政府性基金预算拨款收入\t30.00\t二、农林水支出\t80.00\n"
    "三、其他收入\t\t三、住房保障支出\t30.00\n"
    "本年收入合计\t130.00\t本年支出合计\t130.00\n"
    "上年结转\t5.00\t结转下年\t5.00\n"
    "收入总计\t135.00\t支出总计\t135.00\n"
)
EXPENDITURE = (
    "部门预算支出总表\n\n单位：万元\n\n"
    "科目编码\t科目名称\t合计\t基本支出\t项目支出\n"
    "\t合计\t130.00\t40.00\t90.00\n"
    "208\t社会保障和就业支出\t20.00\t20.00\t\n"
    "20805\t行政事业单位养老支出\t20.00\t20.00\t\n"
    "2080505\t机关事业单位基本养老保险缴费支出\t20.00\t20.00\t\n"
    "213\t农林水支出\t80.00\t20.00\t60.00\n"
    "21303\t水利\t80.00\t20.00\t60.00\n"
    "2130301\t行政运行\t20.00\t20.00\t\n"
    "2130305\t水利工程建设\t40.00\t\t40.00\n"
    "2130306\t水利工程运行与维护\t20.00\t\t20.00\n"
    "221\t住房保障支出\t30.00\t\t30.00\n"
    "22101\t保障性安居工程支出\t30.00\t\t30.00\n"
    "2210106\t公共租赁住房\t30.00\t\t30.00\n"
)
BASIC = (
    "一般公共预算基本支出表\n\n单位：万元\n\n"
    "科目编码\t科目名称\t合计\t人员经费\t公用经费\n"
    "\t合计\t40.00\t30.00\t10.00\n"
    "301\t工资福利支出\t30.00\t30.00\t\n"
    "30101\t基本工资\t18.00\t18.00\t\n"
    "30102\t津贴补贴\t12.00\t12.00\t\n"
    "302\t商品和服务支出\t10.00\t\t10.00\n"
    "30201\t办公费\t6.00\t\t6.00\n"
    "30211\t差旅费\t4.00\t\t4.00\n"
)
THREE = (
    "“三公”经费支出表\n\n单位：万元\n\n"
    "项目\t预算数\n合计\t12.00\n1、因公出国（境）费\t0.00\n2、公务接待费\t3.00\n3、公务用车购置及运行费\t9.00\n"
    "其中：公务用车购置费\t0.00\n公务用车运行维护费\t9.00\n"
)
TABLES = BALANCE + "\n" + EXPENDITURE + "\n" + BASIC + "\n" + THREE


def findings(text: str) -> list[Finding]:
    records = _records(text)
    return [record for record in records if isinstance(record, Finding)]


def _records(text: str) -> list:  # type: ignore[type-arg]
    return normalize_document(read_document([NamedBytes("gongkai.txt", (TITLE + text).encode(), None, None)]))


def errors(text: str) -> list[str]:
    return [finding.message for finding in findings(text) if finding.severity is Severity.ERROR]


def warned(text: str) -> list[str]:
    return [finding.message for finding in findings(text) if finding.severity is Severity.WARNING]


def test_the_tables_hold_as_they_are() -> None:
    assert not errors(TABLES)
    assert not warned(TABLES)


@pytest.mark.parametrize(
    ("line", "lost"),
    [
        ("二、农林水支出\t80.00", "二、农林水支出\t"),
        ("二、政府性基金预算拨款收入\t30.00", "二、政府性基金预算拨款收入\t"),
        ("上年结转\t5.00", "上年结转\t"),
        ("2130301\t行政运行\t20.00\t20.00\t", "2130301\t行政运行\t20.00\t\t"),
        ("2130305\t水利工程建设\t40.00\t\t40.00", "2130305\t水利工程建设\t\t\t"),
        ("2130306\t水利工程运行与维护\t20.00\t\t20.00", "2130306\t水利工程运行与维护\t20.00\t\t"),
        ("\t合计\t130.00\t40.00\t90.00", "\t合计\t130.00\t40.00\t"),
        ("301\t工资福利支出\t30.00\t30.00\t", "301\t工资福利支出\t30.00\t\t"),
        ("30102\t津贴补贴\t12.00\t12.00\t", "30102\t津贴补贴\t\t\t"),
        ("2、公务接待费\t3.00", "2、公务接待费\t"),
        ("支出总计\t135.00", "支出总计\t"),
    ],
)
def test_a_lost_figure_accuses_no_sum(line: str, lost: str) -> None:
    assert line in TABLES
    assert not errors(TABLES.replace(line, lost))


def test_a_lost_figure_of_a_balance_is_told_by_its_row() -> None:
    [told] = warned(BALANCE.replace("二、农林水支出\t80.00", "二、农林水支出\t"))
    assert "农林水支出”一行有空白" in told


@pytest.mark.parametrize(
    ("row", "shifted"),
    [
        ("\t合计\t130.00\t40.00\t90.00", "合计\t130.00\t40.00\t90.00"),
        ("\t合计\t130.00\t40.00\t90.00", "\t\t合计\t130.00\t40.00\t90.00"),
        ("\t合计\t130.00\t40.00\t90.00", "\t合计\t\t130.00\t40.00\t90.00"),
        ("213\t农林水支出\t80.00\t20.00\t60.00", "213\t农林水支出\t\t80.00\t20.00\t60.00"),
        ("2130305\t水利工程建设\t40.00\t\t40.00", "2130305\t水利工程建设\t40.00\t40.00"),
        ("2130306\t水利工程运行与维护\t20.00\t\t20.00", "2130306\t水利工程运行与维护\t\t20.00\t\t20.00"),
        ("\t合计\t40.00\t30.00\t10.00", "\t合计\t\t40.00\t30.00\t10.00"),
        ("302\t商品和服务支出\t10.00\t\t10.00", "302\t商品和服务支出\t10.00\t10.00"),
        ("30211\t差旅费\t4.00\t\t4.00", "30211\t差旅费\t4.00\t4.00"),
        ("30101\t基本工资\t18.00\t18.00\t", "30101\t基本工资\t\t18.00\t18.00"),
    ],
)
def test_a_row_with_a_cell_too_many_or_too_few_accuses_no_sum(row: str, shifted: str) -> None:
    assert row in TABLES
    assert not errors(TABLES.replace(row, shifted))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("\t合计\t130.00\t40.00\t90.00", "208\t社会保障和就业支出\t20.00\t20.00\t"),
        ("\t合计\t40.00\t30.00\t10.00", "301\t工资福利支出\t30.00\t30.00\t"),
        ("2130305\t水利工程建设\t40.00\t\t40.00", "2130306\t水利工程运行与维护\t20.00\t\t20.00"),
        ("合计\t12.00", "1、因公出国（境）费\t0.00"),
        ("1、因公出国（境）费\t0.00", "2、公务接待费\t3.00"),
        ("上年结转\t5.00\t结转下年\t5.00", "收入总计\t135.00\t支出总计\t135.00"),
        ("本年收入合计\t130.00\t本年支出合计\t130.00", "上年结转\t5.00\t结转下年\t5.00"),
        (
            "一、一般公共预算拨款收入\t100.00\t一、社会保障和就业支出\t20.00",
            "二、政府性基金预算拨款收入\t30.00\t二、农林水支出\t80.00",
        ),
        ("三、其他收入\t\t三、住房保障支出\t30.00", "本年收入合计\t130.00\t本年支出合计\t130.00"),
    ],
    ids=range(9),
)
@pytest.mark.parametrize("between", ["", " "], ids=["closed", "spaced"])
def test_names_run_together_in_one_cell_accuse_no_sum(first: str, second: str, between: str) -> None:
    rows = f"{first}\n{second}"
    assert rows in TABLES
    fused = "\t".join(
        one if "." in one else f"{one}{between}{other}".strip()
        for one, other in zip(first.split("\t"), second.split("\t"), strict=True)
    )
    text = TABLES.replace(rows, fused)
    assert not errors(text)
    assert any("并在一格的几行名称" in message for message in warned(text))


@pytest.mark.parametrize(
    ("text", "several"),
    [
        ("合计工资福利支出", True),
        ("二、上年结转\n收入合计", True),
        ("“三公”经费合计1.因公出国（境）费", True),
        ("本年收入合计收入总计", True),
        ("十八、住房保障支出本年支出合计", True),
        ("一般公共预算财政拨款本年支出合计", False),
        ("“三公”经费合计（含会议费）", False),
        ("小学一、二年级补助", False),
        ("其中：1.一般公共预算", False),
        ("收入支出总计", False),
        ("公用经费\n合计", False),
        ("收入合计数", False),
    ],
)
def test_names_of_several_rows_are_told_from_one_name(text: str, several: bool) -> None:
    assert names_several(text) is several


def test_a_fund_table_without_kinds_of_spending_does_not_accuse_the_split() -> None:
    fund = (
        "政府性基金预算支出表\n\n单位：万元\n\n科目编码\t科目名称\t合计\n"
        "\t合计\t20.00\n212\t城乡社区支出\t20.00\n21208\t国有土地使用权出让收入安排的支出\t20.00\n"
    )
    general = EXPENDITURE.replace("支出总表", "一般公共预算财政拨款支出表").replace("部门预算一般", "一般")
    whole = (
        EXPENDITURE.replace("\t合计\t130.00\t40.00\t90.00", "\t合计\t150.00\t40.00\t110.00")
        + "212\t城乡社区支出\t20.00\t\t20.00\n21208\t国有土地使用权出让收入安排的支出\t20.00\t\t20.00\n"
    )
    assert not errors(whole + "\n" + general + "\n" + fund)


def test_what_no_other_reading_explains_is_still_an_error() -> None:
    assert errors(TABLES.replace("本年支出合计\t130.00", "本年支出合计\t127.00"))
    assert errors(TABLES.replace("\t合计\t130.00\t40.00\t90.00", "\t合计\t133.00\t40.00\t90.00"))
    text = TABLES.replace("2130305\t水利工程建设\t40.00\t\t40.00", "2130305\t水利工程建设\t45.00\t\t45.00")
    assert errors(text)
    told = next(one for one in _records(text) if isinstance(one, Check) and one.check == "hierarchy_sum")
    assert told.status is CheckStatus.FAIL


def test_a_part_alone_that_most_rows_print_alike_is_no_sum() -> None:
    text = (
        "部门收入总表\n\n单位：万元\n\n科目编码\t科目名称\t合计\t财政拨款收入\t其中：政府性基金\t其他收入\n"
        "\t合计\t860.00\t850.00\t50.00\t10.00\n"
        "205\t教育支出\t810.00\t800.00\t\t10.00\n"
        "212\t城乡社区支出\t50.00\t50.00\t50.00\t\n"
        "21208\t国有土地使用权出让收入安排的支出\t50.00\t50.00\t50.00\t\n"
        "2120816\t农业农村生态环境支出\t50.00\t50.00\t50.00\t\n"
    )
    assert not errors(text)


def test_a_column_that_makes_the_sum_of_a_row_hold_belongs_to_it() -> None:
    text = (
        "部门预算支出经济分类表\n\n单位：万元\n\n科目编码\t科目名称\t合计\t基本支出\t项目支出\t其他资金\n"
        "301\t工资福利支出\t140.00\t140.00\t\t\n30101\t基本工资\t80.00\t80.00\t\t\n30102\t津贴补贴\t60.00\t60.00\t\t\n"
        "302\t商品和服务支出\t60.00\t10.00\t45.00\t5.00\n30201\t办公费\t10.00\t10.00\t\t\n30227\t委托业务费\t50.00\t\t45.00\t5.00\n"
    )
    assert not errors(text)
    assert errors(text.replace("工资福利支出\t140.00", "工资福利支出\t143.00"))
