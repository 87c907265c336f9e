"""A government's tables of debt: limit, outstanding, issued, repaid, of which kind, region and year."""

from collections.abc import Callable, Sequence

from services.normalizer.stage import normalize_document
from shared.schemas.document import Document
from shared.schemas.records import BudgetLine

Make = Callable[..., Document]
Rows = Sequence[Sequence[str]]
L = "<"


def lines(document: Make, *parts: str | Rows) -> list[BudgetLine]:
    return [record for record in normalize_document(document(list(parts))) if isinstance(record, BudgetLine)]


def said(line: BudgetLine, *fields: str) -> tuple[str | None, ...]:
    values = (getattr(line, field) for field in fields)
    return tuple(None if value is None else str(value) for value in values)


def test_rows_and_columns_that_are_regions_have_level_and_name(document: Make) -> None:
    rows = lines(
        document,
        "青石市2025年政府债务公开",
        "2025年青石市地方政府债务限额余额情况表",
        "单位：亿元",
        [
            ["地区", "2025年债务限额", L, "2025年债务余额（决算数）", L],
            ["", "一般债务", "专项债务", "一般债务", "专项债务"],
            ["青石市", "4", "6", "3.5", "5.5"],
            ["市本级", "2", "3", "2", "2.5"],
            ["临江区", "1", "2", "1", "1.5"],
            ["高新区", "1", "1", "0.5", "1.5"],
        ],
    )
    assert [said(line, "area_name", "level") for line in rows[::4]] == [
        ("青石市", "whole_area"),
        ("市本级", "own"),
        ("临江区", "subordinates"),
        ("高新区", "subordinates"),
    ]
    assert [said(line, "table", "fund", "basis") for line in rows[:4]] == [
        ("debt_limit", "general_debt", "limit"),
        ("debt_limit", "special_debt", "limit"),
        ("debt_balance", "general_debt", "final"),
        ("debt_balance", "special_debt", "final"),
    ]
    columns = lines(
        document,
        "青石市2025年政府债务公开",
        "2025年青石市政府债务余额表",
        "单位：亿元",
        [["项目", "全市", "市本级", "临江区"], ["一般债务", "4", "2", "1"]],
    )
    assert [said(line, "level", "area_name") for line in columns] == [
        ("whole_area", "全市"),
        ("own", "市本级"),
        ("subordinates", "临江区"),
    ]


def test_an_item_left_blank_heads_nothing(document: Make) -> None:
    found = lines(
        document,
        "青石县2024年政府债务公开",
        "青石县2024年政府债务限额和余额情况表",
        "单位：万元",
        [
            ["项目", "2024年决算数"],
            ["专项债务", L],
            ["一、上年末地方政府专项债务余额", "10"],
            ["二、当年地方政府专项债务发行额", "5"],
            ["1.发行新增专项债券", "2"],
            ["2.发行置换专项债券", ""],
            ["3.向国际金融组织借款", "3"],
            ["三、当年地方政府专项债务还本额", ""],
            ["1.还本支出", "1"],
            ["四、当年末地方政府专项债务余额", "14"],
        ],
    )
    assert [said(line, "name", "table", "fund") for line in found] == [
        ("上年末地方政府专项债务余额", "debt_balance", "special_debt"),
        ("当年地方政府专项债务发行额", "debt_issue", "special_debt"),
        ("发行新增专项债券", "debt_issue", "special_debt"),
        ("向国际金融组织借款", "debt_issue", "special_debt"),
        ("还本支出", "debt_service", "special_debt"),
        ("当年末地方政府专项债务余额", "debt_balance", "special_debt"),
    ]


def test_a_row_of_debt_says_side_year_and_kind(document: Make) -> None:
    found = lines(
        document,
        "青石县2024年政府债务公开",
        "青石县2024年地方政府债务发行及还本付息情况表",
        "单位：亿元",
        [
            ["项目", "本地区", "本级"],
            ["一、2023年末地方政府债务余额", "10", "5"],
            ["其中：一般债务", "4", "2"],
            ["专项债务", "6", "3"],
            ["二、2024年地方政府债务限额", "12", "6"],
            ["三、2024年地方政府债务发行决算数", "3", "2"],
            ["（一）一般债券", "1", "1"],
            ["其中：再融资债券", "1", "1"],
            ["四、2024年地方政府债务还本决算数", "1", "1"],
            ["五、当年末地方政府债务余额", "12", "6"],
            ["六、上年末地方政府专项债务余额", "6", "3"],
        ],
    )
    assert [said(line, "table", "fund", "basis", "year") for line in found if line.level == "own"] == [
        ("debt_balance", "debt", None, "2023"),
        ("debt_balance", "general_debt", None, "2023"),
        ("debt_balance", "special_debt", None, "2023"),
        ("debt_limit", "debt", "limit", "2024"),
        ("debt_issue", "debt", "final", "2024"),
        ("debt_issue", "general_debt", "final", "2024"),
        ("debt_issue", "general_debt", "final", "2024"),
        ("debt_service", "debt", "final", "2024"),
        ("debt_balance", "debt", None, "2024"),
        ("debt_balance", "special_debt", None, "2023"),
    ]


def test_a_bonds_kind_and_region_stand_in_columns(document: Make) -> None:
    found = lines(
        document,
        "青石市2025年新增债券资金公开",
        "2025年青石市新增地方政府债券资金使用情况表",
        "单位：万元",
        [
            ["序号", "地区", "项目名称", "项目领域", "债券性质", "债券规模", "发行时间"],
            ["1", "市本级", "2023年老旧小区改造", "市政", "一般债券", "200", "2025-03"],
            ["2", "临江区", "县医院迁建", "卫生", "其他项目收益专项债券", "300", "2025-05"],
        ],
    )
    assert [said(line, "table", "name", "fund", "level", "year", "line_no") for line in found] == [
        ("bond_use", "2023年老旧小区改造", "general_debt", "own", "2025", "1"),
        ("bond_use", "县医院迁建", "special_debt", "subordinates", "2025", "2"),
    ]


def test_a_total_under_kinds_of_debt_is_of_all_debt(document: Make) -> None:
    found = lines(
        document,
        "青石县2025年政府债务公开",
        "青石县2025年政府债务限额和余额情况表",
        "单位：万元",
        [
            ["项目", "2024年", L, "2025年", L],
            ["", "限额", "余额", "限额", "余额"],
            ["一般债务", "100", "90", "110", "95"],
            ["专项债务", "200", "180", "260", "240"],
            ["合计", "300", "270", "370", "335"],
        ],
    )
    assert [said(line, "fund", "table", "year") for line in found[-4:]] == [
        ("debt", "debt_limit", "2024"),
        ("debt", "debt_balance", "2024"),
        ("debt", "debt_limit", "2025"),
        ("debt", "debt_balance", "2025"),
    ]


def test_rows_may_be_years(document: Make) -> None:
    found = lines(
        document,
        "青石县2024年政府债务公开",
        "青石县地方政府专项债务限额、余额情况表",
        "单位：万元",
        [["年度", "限额", "余额"], ["2023", "100", "90"], ["2024年", "120", "110"]],
    )
    assert [said(line, "table", "fund", "year") for line in found] == [
        ("debt_limit", "special_debt", "2023"),
        ("debt_balance", "special_debt", "2023"),
        ("debt_limit", "special_debt", "2024"),
        ("debt_balance", "special_debt", "2024"),
    ]


def test_rows_without_markers_go_on_with_the_side_of_debt_that_was_named_last(document: Make) -> None:
    rows = lines(
        document,
        "2025年青石县地方政府债务限额、余额情况表",
        "单位：万元",
        [
            ["项目", "2024年末", "2025年末"],
            ["限额", "385", "410"],
            ["其中：一般债务", "185", "190"],
            ["专项债务", "200", "220"],
            ["余额", "370", "398"],
            ["其中：一般债务", "180", "184"],
            ["专项债务", "190", "214"],
        ],
    )
    assert [said(line, "table", "fund") for line in rows[::2]] == [
        (table, fund)
        for table in ("debt_limit", "debt_balance")
        for fund in ("debt", "general_debt", "special_debt")
    ]


def test_principal_and_interest_below_a_kind_of_debt_are_of_it(document: Make) -> None:
    rows = lines(
        document,
        "2025年青石县地方政府债务还本付息情况表",
        "单位：万元",
        [
            ["项目", "预算数", "决算数"],
            ["一般债务", "100", "100"],
            ["本金", "60", "60"],
            ["利息", "40", "40"],
            ["专项债务", "50", "50"],
            ["本金", "30", "30"],
            ["利息", "20", "20"],
        ],
    )
    assert [line.fund for line in rows[::2]] == ["general_debt"] * 3 + ["special_debt"] * 3


def test_a_side_of_debt_named_once_is_of_both_kinds(document: Make) -> None:
    rows = lines(
        document,
        "2025年青石县债务情况表",
        "单位：万元",
        [
            ["项目", "预算数"],
            ["还本", "15"],
            ["一般债务还本", "9"],
            ["专项债务还本", "6"],
            ["付息", "12"],
            ["一般债务付息", "5"],
            ["专项债务付息", "7"],
        ],
    )
    assert [line.fund for line in rows] == ["debt", "general_debt", "special_debt"] * 2
