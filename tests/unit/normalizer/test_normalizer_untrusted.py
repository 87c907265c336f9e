"""Any document at all: never an error, never two records of one id, never slow."""

import time
from collections.abc import Callable

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.normalizer.stage import normalize_document
from shared.schemas.document import Document
from shared.schemas.records import Check

CELLS = """
序号 收入 支出 项目 预算数 科目编码 科目名称 合计 小计 基本支出 项目支出 人员经费 公用经费 类 款 项 栏次
单位名称 单位性质 单位规格 采购物品名称 数量 单价 金额 价值（金额单位：万元） 单位：万元 2024年预算数 上年结转
一级指标 二级指标 三级指标 指标值 绩效目标 项目名称 项目编码 因公出国（境）费 公务接待费 公务用车购置费
201 2010301 一般公共服务支出 12.5 -3 —— ≥90% 1 2 三 ２０２４ $\\geq$ < ^
"""
PARAGRAPHS = """
2024年某某局部门预算公开 部门收支总表 部门收入总表 部门支出总表 一般公共预算基本支出表 单位：万元 第二部分 。
“三公”经费预算表 部门政府采购预算 固定资产占用情况表 部门机构设置情况 1、某某经费绩效目标表 绩效目标：
（二）分项绩效目标 2024年预算收入1万元，其中：一般公共预算收入1万元。
"""
WORDS = [*CELLS.split(), "", "\x00", "1\n2"]
LINES = [*PARAGRAPHS.split(), "", "\n", "550 某某局"]
tables = st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=7), min_size=1, max_size=7)
blocks = st.lists(st.one_of(st.sampled_from(LINES), tables), max_size=8)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(blocks, min_size=1, max_size=2))
def test_any_document_is_normalized(document: Callable[..., Document], files: list[list[object]]) -> None:
    records = normalize_document(document(*files))
    assert len({record.id for record in records}) == len(records)
    assert not [each.reason for each in records if isinstance(each, Check) and each.status == "error"]


def test_a_long_table_takes_seconds_not_minutes(document: Callable[..., Document]) -> None:
    header = ["科目编码", "科目名称", "合计", "基本支出", "项目支出"]
    rows = [[f"{2010000 + number}", "某某支出", "3", "1", "2"] for number in range(4000)]
    purchases = [["运维", "纸", "1", "2", "2"] for _ in range(4000)]
    written = [
        "支出总表", "单位：万元", [header, *rows],
        "政府采购预算表", "单位：万元", [["项目名称", "采购物品名称", "数量", "单价", "采购金额"], *purchases],
    ]  # fmt: skip
    began = time.process_time()
    records = normalize_document(document(written))
    assert len(records) > 16_000
    assert time.process_time() - began < 30


def test_hostile_text_takes_no_time(document: Callable[..., Document]) -> None:
    texts = [
        "的" * 100_000,
        "（一）" * 50_000,
        "2024年" * 30_000,
        " " * 200_000 + "x",
        "$" * 100_000,
        "1," * 50_000,
    ]
    began = time.process_time()
    normalize_document(document([*texts, [[text] for text in texts], [["序号", text] for text in texts]]))
    assert time.process_time() - began < 20
