"""A total of prose that goes on to the next year (结转下年) is not that of the table of expenditure."""

from collections.abc import Callable, Sequence

import pytest

from services.normalizer.stage import normalize_document
from shared.schemas.document import Document
from shared.schemas.records import Check, Finding

Make = Callable[..., Document]

BALANCE = [
    ["收入", "", "支出", ""],
    ["项目", "预算数", "项目", "预算数"],
    ["一、财政拨款收入", "800.00", "一、教育支出", "850.00"],
    ["本年收入合计", "800.00", "本年支出合计", "850.00"],
    ["上年结转", "200.00", "结转下年", "150.00"],
    ["收入总计", "1000.00", "支出总计", "1000.00"],
]
EXPENDITURE = [
    ["科目编码", "科目名称", "合计", "基本支出", "项目支出"],
    ["205", "教育支出", "850.00", "600.00", "250.00"],
    ["20502", "普通教育", "850.00", "600.00", "250.00"],
    ["", "合计", "850.00", "600.00", "250.00"],
]


def spoken(total: str, left: str) -> str:
    return (
        f"青石县第一中学2025年收支总预算{total}万元，其中本年收入预算800万元，上年结转200万元；"
        f"本年支出预算850万元，结转下年{left}万元。"
    )


def judged(document: Make, sentence: str, tables: Sequence[object]) -> tuple[str, list[Finding]]:
    records = normalize_document(document(["青石县第一中学2025年部门预算", *tables, sentence]))
    (outcome,) = [each for each in records if isinstance(each, Check) and each.check == "prose_table"]
    found = [each for each in records if isinstance(each, Finding) and each.check == "prose_table"]
    return outcome.status.value, found


WHOLE = ("部门收支总表", "单位：万元", BALANCE)
SPENDING = ("部门支出总表", "单位：万元", EXPENDITURE)


@pytest.mark.parametrize("tables", [(*WHOLE, *SPENDING), SPENDING], ids=["both tables", "expenditure alone"])
def test_what_is_carried_on_explains_the_difference(document: Make, tables: Sequence[object]) -> None:
    status, found = judged(document, spoken("1000", "150"), tables)
    assert (status != "fail", found) == (True, [])


def test_another_total_is_still_told(document: Make) -> None:
    status, found = judged(document, spoken("1300", "150"), (*WHOLE, *SPENDING))
    assert status == "fail"
    assert {each.actual for each in found} == {"13000000.00"}
