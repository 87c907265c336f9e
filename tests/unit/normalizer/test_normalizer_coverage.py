"""How much was read is told: by kind of table, in the disclosure, and never more than was printed."""

from collections.abc import Callable

from services.normalizer.stage import normalize_document, normalized_document
from shared.schemas.document import Document
from shared.schemas.records import Disclosure

TITLE = "青石县水务局2024年部门预算"
BALANCE = [
    ["收入", "", "支出", ""],
    ["项目", "预算数", "项目", "预算数"],
    ["一般公共预算拨款收入", "100.50", "农林水支出", "90.00"],
    ["政府性基金预算拨款收入", "", "住房保障支出", "10.50"],
    ["收入总计", "100.50", "支出总计", "100.50"],
]
STRANGE = [["区块", "甲项", "占比"], ["东片", "1,204.00", "60.20"], ["西片", "796.00", "39.80"], ["2024", "3", ""]]


def test_the_amounts_of_known_and_unknown_tables_are_counted(document: Callable[..., Document]) -> None:
    made = document([TITLE, "部门收支总表", "单位：万元", BALANCE, "其他情况", STRANGE])
    figures = {kind: (each.printed, each.read) for kind, each in normalized_document(made).figures.items()}
    assert figures == {"balance": (5, 5), "unknown": (3, 0)}
    disclosure = next(each for each in normalize_document(made) if isinstance(each, Disclosure))
    assert (disclosure.figures_printed, disclosure.figures_read) == (8, 5)


def test_codes_years_and_serial_numbers_are_no_amounts(document: Callable[..., Document]) -> None:
    table = [["编号", "年份", "编码", "说明"], ["1", "2023", "2010301", "甲"], ["2", "2024", "2010302", "乙"]]
    assert normalized_document(document([TITLE, table])).figures == {}


def test_a_table_of_targets_prints_no_more_amounts_than_were_read(document: Callable[..., Document]) -> None:
    form = [
        ["项目名称", "渠道改造", "预算数（万元）", "20.50"],
        ["绩效目标", "改造渠道", "", ""],
        ["一级指标", "二级指标", "三级指标", "指标值"],
        ["产出指标", "数量指标", "渠道长度", "12.50公里"],
        ["", "成本指标", "单位成本", "1.64"],
    ]
    [count] = normalized_document(document(["渠道改造绩效目标表", form])).figures.values()
    assert (count.printed, count.read) == (1, 1)


def test_a_row_that_numbers_the_columns_and_a_column_of_quantities_print_no_amounts(
    document: Callable[..., Document],
) -> None:
    numbered = [BALANCE[1], ["栏次", "1", "栏次", "2"], *BALANCE[2:]]
    bought = [["采购物品名称", "数量", "总计"], ["合计", "", "12.50"], ["复印纸", "2.5", "12.50"]]
    made = document([TITLE, "部门收支总表", "单位：万元", numbered, "政府采购预算表", "单位：万元", bought])
    figures = {kind: (each.printed, each.read) for kind, each in normalized_document(made).figures.items()}
    assert figures == {"balance": (5, 5), "procurement": (2, 2)}


def test_a_project_s_money_told_by_what_is_bought_under_it_is_read(document: Callable[..., Document]) -> None:
    bought = [
        ["专项名称", "采购物品名称", "总计"],
        ["合计", "", "20.50"],
        ["网络建设", "", "12.50"],
        ["", "交换机", "12.50"],
        ["印刷费", "", "8.00"],
        ["", "印刷服务", "8.00"],
    ]
    made = document([TITLE, "政府采购预算表", "单位：万元", bought])
    [count] = normalized_document(made).figures.values()
    assert (count.printed, count.read) == (5, 5)
