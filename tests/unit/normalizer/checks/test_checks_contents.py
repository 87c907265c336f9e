"""Tables that the list of contents names: one that is missing is told, what only looks missing is not."""

import pytest

from services.normalizer.stage import normalize_document
from services.parser.contents import NamedBytes
from services.parser.stage import read_document
from shared.schemas.document import Unread
from shared.schemas.names import CheckStatus
from shared.schemas.records import Check, Finding

COVER = "青石县水务局2024年度部门决算\n\n目录\n\n第一部分 青石县水务局概况\n\n第二部分 2024年度部门决算表\n\n"
LISTED = ("收入支出决算总表", "收入决算表", "支出决算表", "一般公共预算财政拨款支出决算表")
SIDES = (
    "收入\t\t支出\t\n项目\t决算数\t项目\t决算数\n一、财政拨款收入\t130.00\t一、农林水支出\t130.00\n"
    "本年收入合计\t130.00\t本年支出合计\t130.00\n总计\t130.00\t总计\t130.00\n"
)
CODED = (
    "科目编码\t科目名称\t合计\t基本支出\t项目支出\n\t合计\t130.00\t40.00\t90.00\n"
    "213\t农林水支出\t130.00\t40.00\t90.00\n"
)
INCOME = (
    "科目编码\t科目名称\t本年收入合计\t财政拨款收入\n\t合计\t130.00\t130.00\n213\t农林水支出\t130.00\t130.00\n"
)
TABLES = dict(zip(LISTED, (SIDES, INCOME, CODED, CODED), strict=True))


def said(text: str, *unread: Unread) -> tuple[Check, list[str]]:
    document = read_document([NamedBytes("a.txt", text.encode())])
    records = normalize_document(document.model_copy(update={"unread": unread}))
    check = next(each for each in records if isinstance(each, Check) and each.check == "contents_table")
    return check, [each.message for each in records if isinstance(each, Finding) and each.id in check.findings]


def contents(*titles: str, page: str = "") -> str:
    lines = [f"{mark}、{title}{page}\n\n" for mark, title in zip("一二三四五六七", titles, strict=False)]
    return "".join([*lines, "第二部分 2024年度部门决算表\n\n"])


def printed(*titles: str, prefix: str = "") -> str:
    return "".join(f"{prefix}{title}\n\n单位：万元\n\n{TABLES[title]}\n\n" for title in titles)


@pytest.mark.parametrize("page", ["", "……………………5", " ........ 12", "\u3000\u30007"])
def test_a_table_that_the_contents_name_and_the_file_lacks_is_told(page: str) -> None:
    check, messages = said(COVER + contents(*LISTED, page=page) + printed(*LISTED[:2], LISTED[3]))
    assert check.status is CheckStatus.FAIL
    assert messages == ["目录列有“支出决算表”，文件中没有这张表。"]


@pytest.mark.parametrize("prefix", ["", "青石县水务局2024年度", "表3 ", "公开03表 "])
def test_a_table_printed_under_its_title_or_a_longer_one_is_there(prefix: str) -> None:
    check, messages = said(COVER + contents(*LISTED) + printed(*LISTED, prefix=prefix))
    assert (check.status, messages) == (CheckStatus.PASS, [])


def test_a_table_printed_under_another_name_of_its_kind_is_there() -> None:
    listed = (*LISTED[:2], "部门支出情况表", LISTED[3])
    check, messages = said(COVER + contents(*listed) + printed(*LISTED))
    assert (check.status, messages) == (CheckStatus.PASS, [])


def test_a_title_in_the_body_whose_table_is_shown_otherwise_is_no_missing_table() -> None:
    """A table may be a picture, or said to be empty without a grid."""
    body = printed(*LISTED[:2], LISTED[3]) + "支出决算表\n\n注：本表为空表。\n"
    assert said(COVER + contents(*LISTED) + body)[1] == []


def test_nothing_is_said_where_a_table_was_not_read() -> None:
    strange = "路段\t里程\t造价\n东山段\t12.5\t18.60\n西山段\t8.5\t24.90\n"
    check, messages = said(COVER + contents(*LISTED) + printed(*LISTED[:2], LISTED[3]) + strange)
    assert (check.status, messages) == (CheckStatus.INSUFFICIENT_DATA, [])


def test_nothing_is_said_where_a_part_of_the_file_was_not_read() -> None:
    lost = Unread(name="page 7", cause="unsupported", message="A picture.")
    check, messages = said(COVER + contents(*LISTED) + printed(*LISTED[:2], LISTED[3]), lost)
    assert (check.status, messages) == (CheckStatus.INSUFFICIENT_DATA, [])


def test_tables_published_in_another_file_are_not_missing() -> None:
    check, messages = said(COVER + contents(*LISTED) + printed(LISTED[0]))
    assert (check.status, messages) == (CheckStatus.INSUFFICIENT_DATA, [])


def test_a_disclosure_without_contents_lacks_nothing() -> None:
    check, _ = said("青石县水务局2024年度部门决算\n\n" + printed(*LISTED[:2]))
    assert check.status is CheckStatus.NOT_APPLICABLE
