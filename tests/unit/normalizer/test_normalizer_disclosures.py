"""Title, department, region, year and kind of a document, from the portal and from the document itself."""

import io
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import openpyxl
import pytest

from services.normalizer.layout import layout_of
from services.normalizer.readers import disclosures
from services.normalizer.recorder import Recorder
from services.normalizer.stage import normalize_document
from services.parser.contents import NamedBytes
from services.parser.stage import read_document
from shared.schemas.document import Document, Origin
from shared.schemas.records import Disclosure, RecordBase

Read = Callable[[Any, Any], list[RecordBase]]


def disclosed(read: Read, written: Any) -> Disclosure:
    (record,) = read(disclosures.read, written)
    assert isinstance(record, Disclosure)
    return record


def test_a_title_over_two_lines_names_department_region_and_year(read: Read) -> None:
    record = disclosed(read, ["廊坊市广阳区教育局", "2021年部门预算信息公开情况说明", "一、部门职责"])
    assert record.title == "廊坊市广阳区教育局2021年部门预算信息公开情况说明"
    assert (record.department, record.fiscal_year, record.kind) == (
        "廊坊市广阳区教育局",
        2021,
        "department_budget",
    )
    assert (record.region_code, record.region_name) == ("131003", "河北省廊坊市广阳区")


def test_the_contents_page_is_not_the_title_and_the_caption_gives_the_code(read: Read) -> None:
    table = [["序号", "项目"], ["1", "甲"]]
    written = [
        "2024 年部门预算信息公开目录",
        "部门预算收支总表\t1",
        "某某机关事务 2024 年部门预算信息公开情况说明",
        "550 某某机关事务",
        table,
    ]
    record = disclosed(read, written)
    assert record.title == "某某机关事务2024年部门预算信息公开情况说明"
    assert (record.department, record.department_code) == ("某某机关事务", "550")


def test_a_sheet_s_name_is_no_part_of_the_title_in_its_first_cell() -> None:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    sheet = book.create_sheet("说明")
    sheet["A1"] = "青石县水务局2024年部门预算公开"
    sheet["A3"] = "一、部门职责"
    data = io.BytesIO()
    book.save(data)
    document = read_document([NamedBytes("a.xlsx", data.getvalue())])
    (record,) = (each for each in normalize_document(document) if isinstance(each, Disclosure))
    assert (record.title, record.department) == ("青石县水务局2024年部门预算公开", "青石县水务局")


@pytest.mark.parametrize(
    ("title", "kind", "year"),
    [
        ("平乡县民政局2019年度部门决算公开", "final_accounts", 2019),
        ("2020年部门预算绩效信息", "performance_targets", 2020),
        ("平乡县民政局二〇二二年部门预算", "department_budget", 2022),
        ("平乡县民政局2023年部门预算及绩效信息公开", "department_budget", 2023),
        ("平乡县民政局2023年3月至12月政府采购意向", None, 2023),
    ],
)
def test_kind_and_year_by_the_title(read: Read, title: str, kind: str | None, year: int) -> None:
    record = disclosed(read, [title])
    assert (record.title, record.kind, record.fiscal_year) == (title, kind, year)


def test_without_title_the_project_codes_tell_region_and_year(read: Read) -> None:
    form = [["203001中共某某区委组织部本级", "", "单位：万元"], ["项目编码", "13020925P00155810003E", "项目名称"]]
    record = disclosed(read, ["第一部分", "部门整体绩效目标", "1.2024年驻村工作队结转经费绩效目标表", form])
    assert (record.region_code, record.fiscal_year, record.kind) == ("130209", 2025, "performance_targets")
    assert (record.department, record.department_code) == ("中共某某区委组织部本级", "203001")


def test_the_portal_knows_best(document: Callable[..., Document]) -> None:
    origin = Origin(
        region_code="130532",
        url="http://portal.example/1.html",
        title="平乡县教育局2020年部门预算公开",
        published_at=datetime(2020, 5, 1, tzinfo=UTC),
    )
    made = document(["2019年部门预算"], origin=origin)
    (record,) = disclosures.read(layout_of(made), Recorder(made)).of(Disclosure)
    assert (record.region_name, record.department, record.fiscal_year) == (
        "河北省邢台市平乡县",
        "平乡县教育局",
        2020,
    )
    assert (record.published_at, record.source_url) == (origin.published_at, origin.url)
    assert [each.name for each in record.attachments] == ["0.pdf"]


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        (["桥西区教育局2024年部门预算公开"], None),
        (["桥西区教育局2024年部门预算公开", "石家庄市桥西区人民政府所在地。"], "130104"),
        (["张家口市桥西区教育局2024年部门预算公开"], "130703"),
        (["中共威县县委办公室2024年部门预算公开"], "130533"),
        (["廊坊市教育局2024年部门预算公开"], "131000"),
        (["某某局2024年部门预算公开", "面向全县级以上单位，相应县级财政。"], None),
        (["南和区民政局2021年部门预算公开"], "130506"),
    ],
)
def test_names_shared_by_several_counties_need_their_prefecture(
    read: Read, lines: list[str], code: str | None
) -> None:
    assert disclosed(read, lines).region_code == code


def test_what_nothing_states_is_null(read: Read) -> None:
    record = disclosed(read, ["通知"])
    assert (record.title, record.department, record.fiscal_year, record.kind, record.region_code) == (None,) * 5


CARD = [
    ["[ 索引号 ]", "11500230/2025-00067", "[ 发文字号 ]", "无"],
    ["[ 主题分类 ]", "林业", "[ 体裁分类 ]", "财政预算、决算"],
    ["[ 发布机构 ]", "青石县林业局", "", ""],
    ["[ 成文日期 ]", "2025-09-12", "[ 发布日期 ]", "2025-09-12"],
    *[["[ 有效性 ]", "", "", ""]] * 5,
]
"""What a portal prints above an article."""


@pytest.mark.parametrize(
    ("lines", "title"),
    [
        ([CARD, "青石县林业局2024年度决算公开说明", "一、单位基本情况"], "青石县林业局2024年度决算公开说明"),
        (["青石县第三小学2023年单位预算.pdf"], "青石县第三小学2023年单位预算"),
        (["青石大学2023年度决算公开（详见附件）"], "青石大学2023年度决算公开"),
        (["青石县水务局2023年度部门预算（见附表）"], "青石县水务局2023年度部门预算"),
    ],
)
def test_what_stands_around_a_title_is_no_part_of_it(read: Read, lines: list[object], title: str) -> None:
    assert disclosed(read, lines).title == title


@pytest.mark.parametrize(
    "layout", ["2024年度{}部门决算", "2024年{}部门预算公开", "{}2024年度部门决算", "{}（部门）2024年部门预算"]
)
@pytest.mark.parametrize(
    "department",
    [
        "和平区教育局",
        "和谐街道办事处",
        "本溪满族自治县教育局",
        "全州县公路养护中心",
        "从江县民政局",
        "信息中心",
        "政府采购中心",
        "青石县地方志办公室",
        "青石县社会保险基金管理中心",
        "青石县预算编审中心",
        "青石县项目服务中心",
    ],
)
def test_a_name_may_begin_or_go_on_with_words_of_titles(read: Read, layout: str, department: str) -> None:
    record = disclosed(read, [layout.format(department)])
    assert (record.title, record.department) == (layout.format(department), department)


@pytest.mark.parametrize(
    "title",
    ["2024年度部门青石县水务局决算", "2024年度的青石县水务局部门决算", "2024年青石县水务局部门预算和绩效目标公开"],
)
def test_words_of_levels_around_a_name_are_no_part_of_it(read: Read, title: str) -> None:
    assert disclosed(read, [title]).department == "青石县水务局"


@pytest.mark.parametrize(
    ("title", "kind", "year"),
    [
        ("2026年2月预算执行情况分析", "government_execution", 2026),
        ("青石县2025年7月预算执行情况分析", "government_execution", 2025),
        ("青石新区（临江县）2025年预算调整方案的报告", "government_adjustment", 2025),
        ("关于2022年青石新区（临江县）决算的报告", "government_accounts", 2022),
        ("关于2022年青石县决算的报告", "government_accounts", 2022),
        ("青石县人民政府关于呈送2018年青石财政决算情况的报告", "government_accounts", 2018),
        ("2021年区本级“三公”经费预算", "government_budget", 2021),
        ("2019年度青石新区本级一般公共预算“三公”经费支出决算情况", "government_accounts", 2019),
        ("青石县财政金融局关于2023年调整新增地方政府专项债券资金用途的公告", "government_debt", 2023),
        ("关于青石市2025年预算执行情况和2026年预算的报告", "government_budget", 2026),
        ("青石市2025年预算执行情况和2026年预算草案报告摘要", "government_budget", 2026),
        ("青石市2025年地方财政预算执行情况和2026年地方财政预算（草案）公开版", "government_budget", 2026),
        ("青石市全市与市本级2023年预算执行情况和2024年预算草案及债务表", "government_budget", 2024),
        ("青石市及本级政府2020年财政总决算公开", "government_accounts", 2020),
        ("青石市2018年决算报告及政府债务限额、余额表", "government_accounts", 2018),
        ("2022年度青石县财政决算地方政府债务情况", "government_debt", 2022),
        ("关于2016年青石县财政决算的报告（2016年度决算和2017年度预算补充公开）", "government_accounts", 2016),
    ],
)
def test_what_a_government_calls_its_own(read: Read, title: str, kind: str, year: int) -> None:
    record = disclosed(read, [title, "各位代表：受人民政府委托，现将有关情况报告如下，请予审议。"])
    assert (record.title, record.kind, record.fiscal_year) == (title, kind, year)
    assert record.department is None or record.department.endswith(("人民政府", "财政金融局"))


@pytest.mark.parametrize(
    ("title", "department"),
    [
        ("2024年青石市发展和改革委员会本级及直属事业单位决算公开", "青石市发展和改革委员会"),
        ("2024年度青石县青少年宫部门预算公开", "青石县青少年宫"),
        ("青石镇2024年部门预算公开", "青石镇"),
    ],
)
def test_what_bodies_call_themselves(read: Read, title: str, department: str) -> None:
    record = disclosed(read, [title])
    assert (record.title, record.department) == (title, department)
