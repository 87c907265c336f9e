"""Who, where, when and what, as covers, captions, heads of pages and names of files tell it."""

from collections.abc import Callable, Sequence
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.normalizer.stage import normalize_document
from services.parser.contents import NamedBytes
from services.parser.stage import read_document
from shared.schemas.document import Origin
from shared.schemas.records import Disclosure, Finding, RecordBase
from tests.variants.variants_department import as_html, as_tabs
from tests.variants.variants_reading import read

DUTIES = "\n一、部门职责\n负责水利工作。\n"
ROWS = [["科目编码", "科目名称", "金额"], ["", "合计", "512.20"], ["201", "一般公共服务支出", "512.20"]]
BALANCE = [["收入", "金额", "支出", "金额"], ["一、财政拨款", "512.20", "一、一般公共服务支出", "512.20"]]


def records(text: str, name: str = "disclosure", origin: Origin | None = None) -> list[RecordBase]:
    return normalize_document(read_document([NamedBytes(name, text.encode())], origin))


def disclosed(text: str, name: str = "disclosure", origin: Origin | None = None) -> Disclosure:
    return next(each for each in records(text, name, origin) if isinstance(each, Disclosure))


@pytest.mark.parametrize(
    ("cover", "title", "department"),
    [
        ("青石县档案馆\n2023年度部门预算\n\n目 录\n\n第三部分 青石县档案馆\n2023年度说明", None, "青石县档案馆"),
        ("青石县审计局2023年度部门\n预算公开\n\n目 录", None, "青石县审计局"),
        ("中共青石县委\n社会工作部 2023 年度\n部门决算\n\n目 录", None, "中共青石县委社会工作部"),
        ("青石县规划\n\n资源局\n\n2023年决算\n\n目 录\n\n第一部分 青石县规划资源局概况", None, "青石县规划资源局"),
        ("2023年度\n青石县公安局交通警察大队\n部门决算\n\n目 录", None, "青石县公安局交通警察大队"),
        ("青石县司法局\n2023年\n部\n门\n预\n算\n\n目 录", "青石县司法局2023年部门预算", "青石县司法局"),
        ("青 石 县 检 察 院\n2 0 2 3 年 度 部 门 决 算\n\n目 录", "青石县检察院2023年度部门决算", "青石县检察院"),
        ("9909 青石县水务局2023年部门预算", "青石县水务局2023年部门预算", "青石县水务局"),
        ("4.青石县水务局2023年部门预算", "青石县水务局2023年部门预算", "青石县水务局"),
        ("青石县水务局23年部门预算", "青石县水务局23年部门预算", "青石县水务局"),
        ("附件2：\n青石县水务局2023年部门预算公开", "青石县水务局2023年部门预算公开", "青石县水务局"),
        ("《青石县水务局2023年部门预算》", "青石县水务局2023年部门预算", "青石县水务局"),
        ("关于批复青石县教育局2023年部门预算的通知", "关于批复青石县教育局2023年部门预算的通知", "青石县教育局"),
        (
            "欢迎来到青石县中医医院\n\n省级重点专科建设单位\n\n2023年度青石县中医医院单位决算\n\n来源：青石县中医医院",
            "2023年度青石县中医医院单位决算",
            "青石县中医医院",
        ),
        ("首页 > 预决算\n\n青石县民政局2023年预算公开", "青石县民政局2023年预算公开", "青石县民政局"),
        ("临江区2023年区级部门预算\n\n预算主管部门：临江区商务委", "临江区2023年区级部门预算", "临江区商务委"),
        ("2023年部门预算\n\n单 位 名 称 ：  青石县农业农村局", "2023年部门预算", "青石县农业农村局"),
        ("预算单位：青石县水利站\n主管部门：青石县水务局\n\n2023年单位预算", "2023年单位预算", "青石县水利站"),
        (
            "青财预〔2023〕3号\n\n青石县财政局关于批复青石县水利局2023年部门预算的通知\n\n青石县水利局：",
            "青石县财政局关于批复青石县水利局2023年部门预算的通知",
            "青石县水利局",
        ),
        ("青石县教育局所属青石县第三实验小学\n2023年单位预算", None, "青石县第三实验小学"),
        ("2023年部门预算\n\n单位名称：青石县妇女联合会（本级）", "2023年部门预算", "青石县妇女联合会（本级）"),
        ("2023年部门预算\n\n青石县海洋局\n\n二〇二三年一月\n\n一、概况", "2023年部门预算", "青石县海洋局"),
    ],
)  # fmt: skip
def test_a_cover_tells_title_and_department(cover: str, title: str | None, department: str) -> None:
    disclosure = disclosed(cover + DUTIES)
    joined = "".join(cover.split("\n\n目 录")[0].split()) if title is None else title
    assert disclosure.title is not None
    assert (disclosure.title.replace(" ", ""), disclosure.department) == (joined, department)
    assert disclosure.fiscal_year == 2023


@pytest.mark.parametrize(
    "line",
    [
        "《青石县财政局关于2023年部门预算的批复》（青财预〔2023〕7号）填列。",
        "纳入青石县教育局2023年度部门决算编制范围的单位包括：",
        "青石县审计局2023年度收入、支出预算总计",
        "根据青石县财政局2023年部门预算编制要求",
        "比青石县水务局2022年预算",
    ],
)
def test_a_line_of_the_text_is_no_title(line: str) -> None:
    disclosure = disclosed(f"青石县政协办公室\n2023年度部门预算公开\n\n目 录\n\n第一部分 概况\n\n{line}\n")
    assert (disclosure.title, disclosure.department) == (
        "青石县政协办公室2023年度部门预算公开",
        "青石县政协办公室",
    )


@pytest.mark.parametrize("write", [as_html, as_tabs])
def test_a_file_of_tables_is_not_called_by_one_of_them(write: Callable[..., bytes]) -> None:
    sheets = [
        (["公开01表", "收支预算总表", "部门：青石县政协办公室", "单位：万元"], BALANCE),
        (["公开02表", "2023年财政拨款支出预算表", "部门：青石县政协办公室", "单位：万元"], ROWS),
        (["公开03表", "2023年一般公共预算支出表", "部门：青石县政协办公室", "单位：万元"], ROWS),
    ]
    disclosure = read(write(sheets)).disclosure
    assert (disclosure.title, disclosure.department) == (None, "青石县政协办公室")
    assert (disclosure.fiscal_year, disclosure.kind) == (2023, "department_budget")


def test_titles_of_tables_name_the_department_where_nothing_else_does() -> None:
    sheets = [
        (["9909 青石县水务局2026年部门收支总表", "单位：万元"], BALANCE),
        (["9909 青石县水务局2026年一般公共预算支出表", "单位：万元"], ROWS),
    ]
    disclosure = read(as_html(sheets)).disclosure
    assert (disclosure.department, disclosure.fiscal_year) == ("青石县水务局", 2026)


def test_the_name_of_the_file_is_the_title_of_a_file_of_tables() -> None:
    sheets = [
        (["收支预算总表", "部门：青石县政协办公室", "单位：万元"], BALANCE),
        (["财政拨款支出预算表", "部门：青石县政协办公室", "单位：万元"], ROWS),
    ]
    disclosure = disclosed(as_html(sheets).decode(), "青石县政协办公室2023年度部门预算公开表.html")
    assert disclosure.title == "青石县政协办公室2023年度部门预算公开表"
    assert (disclosure.department, disclosure.fiscal_year) == ("青石县政协办公室", 2023)


def test_part_headings_name_the_department_and_not_who_published_the_page() -> None:
    page = (
        "<table><tr><td>索引号</td><td>07-2019-12</td><td>发布机构</td><td>青石县农业农村局</td></tr></table>"
        "<p>第一部分 青石县农村经营管理站概况</p><p>第二部分 2018年度部门决算表</p>"
        "<p>第三部分 2018年度部门决算情况说明</p>"
    )
    disclosure = disclosed(f"<html><body>{page}</body></html>")
    assert disclosure.department == "青石县农村经营管理站"
    assert (disclosure.fiscal_year, disclosure.kind) == (2018, "final_accounts")


def test_the_head_of_a_page_names_what_its_text_does_not() -> None:
    page = (
        "<html><head><title>嵌套_底部</title>"
        '<meta name="ArticleTitle" content="青石市人民政府关于2025年市本级预算调整方案的报告">'
        '<meta name="SiteIDCode" content="4407000007"><meta name="PubDate" content="2025-08-19 09:24:13">'
        "</head><body><p>主任、各位副主任：</p><p>受市人民政府委托，现将有关情况报告如下。</p></body></html>"
    )
    disclosure = disclosed(page)
    assert disclosure.title == "青石市人民政府关于2025年市本级预算调整方案的报告"
    assert (disclosure.fiscal_year, disclosure.kind) == (2025, "government_adjustment")
    assert (disclosure.department, disclosure.region_code) == (None, "440700")
    assert disclosure.published_at is not None
    assert disclosure.published_at.isoformat() == "2025-08-19T09:24:13+08:00"


@pytest.mark.parametrize(
    ("title", "year", "kind"),
    [
        ("关于青石县2024年预算执行情况和2025年预算草案的报告", 2025, "government_budget"),
        (
            "关于2024年全县及县本级\n预算执行情况和2025年全县\n及县本级预算（草案）的报告",
            2025,
            "government_budget",
        ),
        ("2024年青石县财政预算执行情况与2025年财政预算草案", 2025, "government_budget"),
        ("关于青石县2024年财政决算和2025年上半年预算执行情况的报告", 2024, "government_accounts"),
        ("青石县2025年政府预算公开", 2025, "government_budget"),
        ("青石县人民政府关于2025年县级预算调整方案（草案）的报告", 2025, "government_adjustment"),
        ("青石县2024年地方政府债务情况说明", 2024, "government_debt"),
        ("二○二五年全县政府性基金预算收入执行情况表", 2025, "government_execution"),
    ],
)
def test_a_governments_own_document_has_no_department(title: str, year: int, kind: str) -> None:
    sender = "\n\n——2025年1月12日在青石县第十八届人民代表大会第六次会议上\n\n青石县财政局\n\n各位代表：\n"
    disclosure = disclosed(title + sender)
    assert disclosure.title == title.replace("\n", "")
    assert (disclosure.department, disclosure.fiscal_year, disclosure.kind) == (None, year, kind)
    assert disclosure.kind is not None
    assert disclosure.kind.of_government


@pytest.mark.parametrize(
    "title",
    [
        "青石县财政局2025年部门预算公开",
        "青石县人民政府办公室2025年部门预算",
        "青石县2025年县级部门预算公开",
        "青石县教育局2024年预算执行情况的报告",
        "青石县2025年“三公”经费预算公开",
        "青石县预算编审中心2025年单位预算公开",
    ],
)
def test_a_departments_document_is_no_governments(title: str) -> None:
    kind = disclosed(title + DUTIES).kind
    assert kind is not None
    assert not kind.of_government


def test_tables_of_a_governments_debt_are_called_by_the_first_of_them() -> None:
    rows = [["地区", "债务限额", "债务余额"], ["廊坊市", "512.20", "500.10"], ["广阳区", "12.20", "10.10"]]
    sheets = [
        (["表1", "2024年地方政府债务限额及余额决算情况表", "单位：亿元"], rows),
        (["表2", "2024年地方政府债券使用情况表", "单位：亿元"], rows),
    ]
    disclosure = read(as_html(sheets)).disclosure
    assert disclosure.title == "2024年地方政府债务限额及余额决算情况表"
    assert (disclosure.kind, disclosure.fiscal_year) == ("government_debt", 2024)
    assert (disclosure.department, disclosure.region_code) == (None, "131000")


def test_a_self_evaluation_form_is_of_the_year_it_states() -> None:
    rows = [
        ["报表编号：640000_0021zp", "", "", ""],
        ["部门预算项目支出绩效自评表（2023年度）", "", "", ""],
        ["项目名称", "64000021R000000012345-工资性支出", "", ""],
        ["主管部门", "青石县发展和改革局本级", "实施单位（盖章）", "青石县发展和改革局"],
    ]
    disclosure = read(as_html([([], rows)])).disclosure
    assert disclosure.title == "部门预算项目支出绩效自评表（2023年度）"
    assert disclosure.department == "青石县发展和改革局"
    assert (disclosure.fiscal_year, disclosure.kind) == (2023, "performance_targets")


@pytest.mark.parametrize(
    ("text", "year", "kind"),
    [
        ("柳浪镇2021年“三公”经费决算数共计24.8万元，比2020年决算数下降12.5%。", 2021, "final_accounts"),
        ("全区合计，2022年一般公共预算“三公”经费支出预算为1318.40万元。", 2022, "department_budget"),
        ("比2021年预算减少3万元，2022年“三公”经费支出预算为8.40万元。", 2022, "department_budget"),
        (
            "青石县柳浪镇人民政府\n2021年“三公”经费决算汇总情况\n现告知如下：\n共计7.62万元。",
            2021,
            "final_accounts",
        ),
    ],
)
def test_a_notice_of_one_sentence_states_year_and_kind(text: str, year: int, kind: str) -> None:
    disclosure = disclosed(text)
    assert (disclosure.fiscal_year, disclosure.kind) == (year, kind)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("红河州水文站2023年度部门预算公开说明", "532500"),
        ("凉山州统计局2023年部门预算", "513400"),
        ("峨边县统计局2023年部门预算", "511132"),
        ("前郭县统计局2023年部门预算", "220721"),
        ("长白县统计局2023年部门预算", "220623"),
        ("东乡县教育局2023年部门预算\n\n甘肃省临夏州", "622926"),
        ("宁夏统计局2023年部门预算", "640000"),
        ("22吉林省统计局2023年部门预算", "220000"),
        ("廊坊市公安局广阳区分局2023年部门预算", "131003"),
        ("2023年部门预算公开\n\n蓝湾海洋发展局\n\n一、职责\n服务现代化滨海城市建设。编制滨海城市规划。", None),
        ("2023年部门预算公开\n\n青石财政服务中心\n\n一、职责\n学习永安市经验，与永安市互派人员。", None),
        ("2023年部门预算公开\n\n地址：廊坊市广阳区一号 邮编：065000", None),
    ],
)
def test_the_region_is_named_not_mentioned(text: str, code: str | None) -> None:
    assert disclosed(text + DUTIES).region_code == code


@pytest.mark.parametrize(
    ("title", "told"),
    [
        ("永安市教育局2023年部门预算", True),
        ("邢台市平乡县教育局2023年部门预算", False),
        ("教育局2023年部门预算", False),
    ],
)
def test_a_region_that_is_not_the_portals_is_told(title: str, *, told: bool) -> None:
    origin = Origin(region_code="130532", url="http://portal.example/1.html", title=title)
    found = records(title + DUTIES, origin=origin)
    disclosure = next(each for each in found if isinstance(each, Disclosure))
    assert disclosure.region_code == "130532"
    assert any(each.check == "region_differs" for each in found if isinstance(each, Finding)) is told


PLACES = ["青石县", "青石市临江区", "云岭州白水县", "廊坊市"]
BODIES = [
    "水务局",
    "人民检察院",
    "残疾人联合会",
    "柳浪镇人民政府",
    "经济和信息化局",
    "第一中学",
    "规划和自然资源局",
]
FORMS = [
    "{d}{y}年部门{k}",
    "{d}{y}年度单位{k}公开",
    "{y}年度{d}部门{k}情况说明",
    "{y}年部门{k}公开（{d}）",
    "{d}关于{y}年{k}公开的说明",
]


@given(
    st.sampled_from(list(product(PLACES, BODIES, FORMS, ["预算", "决算"]))),
    st.integers(2015, 2029),
    st.lists(st.integers(3, 20), max_size=2),
)
def test_a_title_means_the_same_however_it_is_broken(
    parts: tuple[str, str, str, str], year: int, breaks: Sequence[int]
) -> None:
    place, body, form, kind = parts
    title = form.format(d=place + body, y=year, k=kind)
    broken = "".join(
        letter + ("\n" if at in breaks and at + 2 < len(title) else "") for at, letter in enumerate(title, 1)
    )
    if any(
        line[:1].isdigit() and before[-1:].isdigit()
        for before, line in zip(broken.split("\n"), broken.split("\n")[1:], strict=False)
    ):
        return
    disclosure = disclosed(f"{broken}\n\n目 录\n\n第一部分 {place}{body}概况\n")
    assert disclosure.title == title
    assert disclosure.department == place + body
    assert disclosure.fiscal_year == year
    assert disclosure.kind == ("final_accounts" if kind == "决算" else "department_budget")


@pytest.mark.parametrize(
    ("title", "code"),
    [
        ("务川自治县大坪街道办事处2024年部门预算", "520326"),
        ("喀左县财政事务服务中心2023年度单位决算", "211324"),
        ("科右中旗人民检察院2023年度部门决算公开", "152222"),
        ("通辽市科左后旗甘旗卡镇人民政府2023年度部门决算", "150522"),
        ("杜蒙县连环湖镇人民政府2023年部门预算公开", "230624"),
        ("克州教育局2024年部门预算公开", "653000"),
        ("安徽省霍山经济开发区管委会2023年部门决算", "341525"),
        ("兵团第八师石河子市教育局2024年部门预算", "659001"),
        ("杭州市钱塘区教育局2023年部门预算", "330114"),
        ("孟津县教育局2019年部门预算", "410322"),
        ("洛阳市孟津区教育局2022年部门预算", "410308"),
        ("横州市教育局2023年度部门决算", "450181"),
    ],
)
def test_regions_by_their_short_and_newest_names(title: str, code: str) -> None:
    assert disclosed(title + DUTIES).region_code == code


@pytest.mark.parametrize(
    ("title", "department"),
    [
        ("2024年预算公开--青石县第一中学", "青石县第一中学"),
        ("[部门预算]青石县民政局2024年部门预算公开", "青石县民政局"),
        ("青石县12345政务服务便民热线中心2024年预算", "青石县12345政务服务便民热线中心"),
        ("青石县水务局部门预算（2024年）", "青石县水务局"),
        ("青石县预算绩效评价中心2024年单位预算", "青石县预算绩效评价中心"),
    ],
)
def test_the_title_of_a_portal_names_the_department(title: str, department: str) -> None:
    disclosure = disclosed("附件下载\n", origin=Origin(title=title))
    assert (disclosure.title, disclosure.department) == (title, department)
    assert (disclosure.fiscal_year, disclosure.kind) == (2024, "department_budget")


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("青石县柳林镇2024年政府预算公开", "government_budget"),
        ("青石县柳林镇2024年财政预算执行情况和2025年财政预算草案的报告", "government_budget"),
        ("青石县柳林乡2023年财政决算公开", "government_accounts"),
        ("青石县柳林镇2024年部门预算公开", "department_budget"),
        ("青石县柳林镇人民政府2023年度部门决算", "final_accounts"),
    ],
)
def test_a_towns_own_finances_are_not_those_of_its_office(title: str, kind: str) -> None:
    disclosure = disclosed(title + DUTIES)
    assert disclosure.kind == kind
    assert (disclosure.department is None) == kind.startswith("government")


@pytest.mark.parametrize(
    ("text", "department", "year"),
    [
        ("收入支出决算总表\n部门：青石县法院　　2023年度　　金额单位：万元\n收入\t支出\n", "青石县法院", 2023),
        ("2023年度部门绩效自评报告\n\n单位名称（盖章）：青石县医保局\n\n日期：2024年4月", "青石县医保局", 2023),
        ("现将青石县残疾人联合会2023年度部门决算情况予以公开。", "青石县残疾人联合会", 2023),
        (
            "中共青石县纪律检查委员会\n青石县监察委员会\n2023年部门预算\n\n目录",
            "中共青石县纪律检查委员会青石县监察委员会",
            2023,
        ),
        ("导航\n\n青石县柳林镇人民政府2023年度决算情况说明\n\n一、概况", "青石县柳林镇人民政府", 2023),
        ("青石县河道管理处 2023 年度决算公开说明 (目录) 第一部分:基本情况", "青石县河道管理处", 2023),
        ("2023年度\n部 门 决 算\n\n编制单位：青石县审计局（公章）\n\n目录", "青石县审计局", 2023),
        ("部门预算公开\n\n青石县审计局\n\n2023年\n\n目录", "青石县审计局", 2023),
        ("青石县2023年部门预算公开\n\n——青石县审计局\n\n一、部门概况", "青石县审计局", 2023),
        ("二、决算情况说明\n1.总体情况。2023年度收入总计3000万元。", None, 2023),
    ],
)  # fmt: skip
def test_short_pages_and_captions_tell_who_and_when(text: str, department: str | None, year: int) -> None:
    disclosure = disclosed(text)
    assert (disclosure.department, disclosure.fiscal_year) == (department, year)


def test_a_title_beside_its_unit_tells_the_year() -> None:
    rows = [["2023年部门收支总表", "", "", "单位：万元"], *BALANCE]
    assert read(as_html([(["预算单位：306001 青石县水利站"], rows)])).disclosure.fiscal_year == 2023


def test_what_a_page_prints_around_an_article_is_no_part_of_its_title() -> None:
    title = "青石县2023年“三公”经费决算情况说明"
    page = f"索引号\nqs/2024-33\n发布机构\n青石县财政局\n文  号\n发布日期\n2024-10-12\n{title}\n"
    assert disclosed(page).title == title
