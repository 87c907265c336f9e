"""Performance targets in the forms of several years and provinces: the same project, the same indicators."""

from collections.abc import Callable, Sequence

import pytest

from tests.variants.variants_department import LEFT, UP, Sheet, as_cells, as_docx, as_html, as_tabs
from tests.variants.variants_pdf import as_pdf
from tests.variants.variants_reading import Reading, read

FORMATS = [as_tabs, as_cells, as_html, as_docx, as_pdf]
Write = Callable[[Sequence[Sheet]], bytes]

HEBEI: Sheet = (
    ["1、河道治理工程绩效目标表", "306001青石县水务局本级    单位：万元"],
    [
        ["项目编码", "13010123P00A1B2C3D4E5", "项目名称", "河道治理工程", LEFT, LEFT],
        ["预算规模及资金用途", "预算数", "600.00", "其中：财政资金", "600.00", "其他资金"],
        [UP, "用于河道治理5公里", LEFT, LEFT, LEFT, LEFT],
        ["资金支出计划（%）", "3月底", "6月底", "10月底", "12月底", LEFT],
        [UP, "25.00", "50.00", "75.00", "100.00", LEFT],
        ["绩效目标", "1.完成河道治理5公里；\n2.提升防洪能力", LEFT, LEFT, LEFT, LEFT],
        ["一级指标", "二级指标", "三级指标", "绩效指标描述", "指标值", "指标值确定依据"],
        ["产出指标", "数量指标", "治理河道长度", "治理河道的公里数", "≥5公里", "实施方案"],
        [UP, "质量指标", "验收合格率", "验收合格工程占比", "100%", "实施方案"],
        ["效益指标", "社会效益指标", "受益人口", "受益人口数", "≥2万人", "实施方案"],
        ["满意度指标", "服务对象满意度指标", "群众满意度", "满意群众占比", "≥90%", "问卷"],
    ],
)
APPLICATION: Sheet = (
    ["项目支出绩效目标申报表", "（2023年度）"],
    [
        ["项目名称", LEFT, "河道治理工程", LEFT, LEFT, LEFT, LEFT],
        ["主管部门及代码", LEFT, "306青石县水务局", LEFT, "实施单位", LEFT, "青石县水务局本级"],
        ["项目属性", LEFT, "延续项目", LEFT, "项目期", LEFT, "1年"],
        ["项目资金（万元）", LEFT, "年度资金总额：", LEFT, "600.00", LEFT, LEFT],
        [UP, LEFT, "其中：财政拨款", LEFT, "600.00", LEFT, LEFT],
        [UP, LEFT, "其他资金", LEFT, "0.00", LEFT, LEFT],
        ["年度总体目标", LEFT, "目标1：完成河道治理5公里。\n目标2：提升防洪能力。", LEFT, LEFT, LEFT, LEFT],
        ["绩效指标", "一级指标", "二级指标", "三级指标", "指标值", LEFT, "备注"],
        [UP, "产出指标", "数量指标", "治理河道长度", "≥5公里", LEFT, ""],
        [UP, UP, "质量指标", "验收合格率", "100%", LEFT, ""],
        [UP, "效益指标", "社会效益指标", "受益人口", "≥2万人", LEFT, ""],
        [UP, "满意度指标", "服务对象满意度指标", "群众满意度", "≥90%", LEFT, ""],
    ],
)
WEIGHTED: Sheet = (
    ["2023年部门预算项目绩效目标申报表"],
    [
        ["项目名称", "河道治理工程", LEFT, LEFT, LEFT, LEFT, LEFT, LEFT],
        ["项目单位", "青石县水务局本级", LEFT, "项目负责人", "某某", "联系电话", "000-0000000", LEFT],
        ["项目起止时间", "2023年1月1日至2023年12月31日", LEFT, LEFT, LEFT, LEFT, LEFT, LEFT],
        ["资金总额", "6,000,000.00元", LEFT, "其中：财政拨款", "6,000,000.00元", LEFT, "其他资金", "0.00元"],
        ["项目概况", "用于河道治理5公里", LEFT, LEFT, LEFT, LEFT, LEFT, LEFT],
        ["总体目标", "1.完成河道治理5公里；\n2.提升防洪能力", LEFT, LEFT, LEFT, LEFT, LEFT, LEFT],
        ["绩效指标", "一级指标", "二级指标", "三级指标", "计划指标值", LEFT, "评分标准", "分值"],
        [UP, "产出指标", "数量指标", "治理河道长度", "≥5公里", LEFT, "每少1公里扣2分", "20"],
        [UP, UP, "质量指标", "验收合格率", "=100%", LEFT, "不达标不得分", "20"],
        [UP, "效益指标", "社会效益指标", "受益人口", "≥2万人", LEFT, "按比例", "30"],
        [UP, "满意度指标", "服务对象满意度指标", "群众满意度", "≥90%", LEFT, "按比例", "10"],
    ],
)
MID_TERM: Sheet = (
    ["附件2", "项目支出绩效目标表", "（2019年度）"],
    [
        ["项目名称", LEFT, "河道治理工程", LEFT, LEFT, LEFT, LEFT, LEFT],
        ["主管部门", LEFT, "青石县水务局", LEFT, "项目单位", LEFT, LEFT, "青石县水务局本级"],
        ["项目资金\n（万元）", LEFT, "中期资金总额：", LEFT, "1800.00", "年度资金总额：", LEFT, "600.00"],
        [UP, LEFT, "其中：财政拨款", LEFT, "1800.00", "其中：财政拨款", LEFT, "600.00"],
        [UP, LEFT, "其他资金", LEFT, "0.00", "其他资金", LEFT, "0.00"],
        ["总\n体\n目\n标", "中期目标（2019年—2021年）", LEFT, LEFT, LEFT, "年度目标", LEFT, LEFT],
        [
            UP,
            "目标1：三年治理15公里",
            LEFT,
            LEFT,
            LEFT,
            "目标1：完成河道治理5公里\n目标2：提升防洪能力",
            LEFT,
            LEFT,
        ],
        ["绩\n效\n指\n标", "一级指标", "二级指标", "三级指标", "指标值", "二级指标", "三级指标", "指标值"],
        [UP, "产出指标", "数量指标", "治理河道长度", "≥15公里", "数量指标", "治理河道长度", "≥5公里"],
        [UP, UP, "质量指标", "验收合格率", "100%", "质量指标", "验收合格率", "100%"],
        [UP, "效益指标", "社会效益指标", "受益人口", "≥3万人", "社会效益指标", "受益人口", "≥2万人"],
        [UP, "满意度指标", "服务对象满意度指标", "群众满意度", "≥90%", "服务对象满意度指标", "群众满意度", "≥90%"],
    ],
)
LISTING: Sheet = (
    ["表10", "部门预算项目绩效目标表", "部门：青石县水务局", "单位：万元"],
    [
        [
            "单位名称", "项目名称", "预算数", "年度目标", "一级指标", "二级指标", "三级指标", "指标性质", "指标值",
            "度量单位", "权重", "指标方向性",
        ],
        [
            "306001-青石县水务局本级", "河道治理工程", "600.00", "1.完成河道治理5公里；2.提升防洪能力", "产出指标",
            "数量指标", "治理河道长度", "≥", "5", "公里", "20", "正向指标",
        ],
        [*[UP] * 5, "质量指标", "验收合格率", "＝", "100", "%", "20", "正向指标"],
        [*[UP] * 4, "效益指标", "社会效益指标", "受益人口", "≥", "2", "万人", "30", "正向指标"],
        [*[UP] * 4, "满意度指标", "服务对象满意度指标", "群众满意度", "≥", "90", "%", "10", "正向指标"],
        [
            "306001-青石县水务局本级", "农村供水保障", "30.00", "解决3000人饮水", "产出指标", "数量指标",
            "新增供水人口", "≥", "3000", "人", "50", "正向指标",
        ],
    ],
)  # fmt: skip
WHOLE: Sheet = (
    ["2023年度部门整体绩效目标表"],
    [
        ["部门名称", "青石县水务局", LEFT, LEFT, LEFT, LEFT, LEFT],
        ["年度总体目标", "保障水利工程建设和农村供水。", LEFT, LEFT, LEFT, LEFT, LEFT],
        ["年度主要任务", "任务名称", "主要内容", LEFT, "预算金额（万元）", LEFT, LEFT],
        [UP, UP, UP, LEFT, "总额", "财政拨款", "其他资金"],
        [UP, "水利工程", "河道治理", LEFT, "600.00", "600.00", ""],
        ["年度绩效指标", "一级指标", "二级指标", "三级指标", "绩效指标性质", "绩效指标值", "绩效度量单位"],
        [UP, "产出指标", "数量指标", "治理河道长度", "≥", "5", "公里"],
        [UP, UP, "质量指标", "验收合格率", "＝", "100", "%"],
        [UP, "效益指标", "社会效益指标", "受益人口", "≥", "2", "万人"],
        [UP, "满意度指标", "服务对象满意度指标", "群众满意度", "≥", "90", "%"],
    ],
)

INDICATORS = [
    ("产出指标", "数量指标", "治理河道长度", ">=", "5", "公里"),
    ("产出指标", "质量指标", "验收合格率", "=", "100", "%"),
    ("效益指标", "社会效益指标", "受益人口", ">=", "2", "万人"),
    ("满意度指标", "服务对象满意度指标", "群众满意度", ">=", "90", "%"),
]


def indicators(reading: Reading, scope: str) -> list[tuple[object, ...]]:
    fields = ("scope", "level1", "level2", "level3", "operator", "value", "unit")
    return [each[1:] for each in reading.said("indicator", *fields) if each[0] == scope]


@pytest.mark.parametrize("write", FORMATS)
@pytest.mark.parametrize(
    "sheet",
    [HEBEI, APPLICATION, WEIGHTED, MID_TERM, LISTING],
    ids=["Hebei", "application", "weighted", "mid-term beside the year", "listing"],
)
def test_a_project_is_the_same_in_every_form(sheet: Sheet, write: Write) -> None:
    reading = read(write([sheet]))
    goals = [
        tuple(goal.rstrip("；。") for goal in each.goals) for each in reading.records if hasattr(each, "goals")
    ]
    assert reading.said("project", "name", "budget", "unit_name")[0] == (
        "河道治理工程",
        "6000000",
        "青石县水务局本级",
    )
    assert goals[0] == ("完成河道治理5公里", "提升防洪能力")
    assert indicators(reading, "project")[:4] == INDICATORS
    assert reading.disclosure.kind == "performance_targets"


@pytest.mark.parametrize("write", FORMATS)
def test_the_plan_of_a_year_is_taken_not_that_of_three(write: Write) -> None:
    reading = read(write([MID_TERM]))
    assert reading.disclosure.fiscal_year == 2019
    assert reading.disclosure.department == "青石县水务局"
    assert len(indicators(reading, "project")) == len(INDICATORS)
    assert not reading.complaints


@pytest.mark.parametrize("write", FORMATS)
def test_a_listing_has_its_projects_and_the_department_of_its_caption(write: Write) -> None:
    reading = read(write([LISTING]))
    assert reading.said("project", "name", "budget") == [
        ("河道治理工程", "6000000"),
        ("农村供水保障", "300000"),
    ]
    assert reading.disclosure.department == "青石县水务局"


@pytest.mark.parametrize("write", FORMATS)
def test_the_table_of_the_whole_department_gives_its_indicators_and_no_project(write: Write) -> None:
    reading = read(write([WHOLE]))
    assert indicators(reading, "department") == INDICATORS
    assert not reading.said("project", "name")
    assert (reading.disclosure.department, reading.disclosure.fiscal_year) == ("青石县水务局", 2023)
    assert not reading.complaints


@pytest.mark.parametrize("write", FORMATS)
def test_the_old_tables_of_duties_are_reported_and_give_no_records(write: Write) -> None:
    duties: Sheet = (
        ["青石县水务局2019年部门预算绩效文本", "三、职责活动绩效目标指标", "单位：万元"],
        [
            ["职责活动", "年度预算数", "内容描述", "绩效目标", "绩效指标", "评价标准", LEFT, LEFT, LEFT],
            [UP, UP, UP, UP, UP, "优", "良", "中", "差"],
            ["一、水利工程建设与管理", "630", "组织实施水利工程建设", "按期完成", "", "", "", "", ""],
            ["1、水利工程建设", "600", "河道治理", "工程合格", "工程合格率", "≥95%", "≥90%", "≥80%", "<80%"],
        ],
    )
    reading = read(write([duties]))
    assert reading.unread == ["unread_table"]
    assert not reading.said("project", "name")
    assert not reading.said("indicator", "level3")
    assert not reading.complaints


def test_goals_with_their_labels_on_lines_of_their_own() -> None:
    text = """青石县水务局2023年部门预算绩效文本
二、分项绩效目标
（一）水利工程建设
绩效目标：完成河道治理5公里，工程合格率达到100%。
绩效指标：治理河道长度≥5公里；验收合格率100%。
（二）农村供水保障
绩效目标：解决3000人饮水问题。
绩效指标：新增供水人口≥3000人。
三、实现年度发展规划目标的保障措施
（一）完善制度建设。
"""
    assert read(text.encode()).said("goal", "number", "title", "goal", "indicators") == [
        (1, "水利工程建设", "完成河道治理5公里，工程合格率达到100%。", "治理河道长度≥5公里；验收合格率100%。"),
        (2, "农村供水保障", "解决3000人饮水问题。", "新增供水人口≥3000人。"),
    ]


def test_money_named_and_printed_in_one_cell_is_read() -> None:
    rows = [
        ["项目名称", "小流域治理", "项目属性", "延续项目"],
        ["项目资金（万元）", "资金总额：106.75", LEFT, LEFT],
        [UP, "其中：财政拨款：100.00", LEFT, LEFT],
        [UP, "其他：6.75", LEFT, LEFT],
        ["年度绩效目标", "完成三条小流域治理。", LEFT, LEFT],
        ["一级指标", "二级指标", "指标内容", "指标值"],
        ["产出指标", "数量指标", "治理小流域条数", "3条"],
    ]
    reading = read(as_html([(["青石县水务局2023年部门预算", "项目绩效目标表（2023年度）"], rows)]))
    money = reading.said("project", "name", "budget", "fiscal_funds", "other_funds")
    assert money == [("小流域治理", "1067500", "1000000", "67500")]


def test_a_form_whose_header_a_page_break_took_is_read_by_the_header_of_the_one_before() -> None:
    header = ["一级指标", "二级指标", "三级指标", "指标值"]
    rows = [
        ["项目名称", "道路保洁", LEFT, LEFT],
        header,
        ["产出指标", "数量指标", "保洁面积", "≥100万平方米"],
        ["项目名称", "公厕管护", LEFT, LEFT],
        ["预算资金（万元）", "20.00", LEFT, LEFT],
        ["产出指标", "数量指标", "公厕数量", "≥40座"],
        ["效益指标", "社会效益指标", "如厕环境", "改善"],
    ]
    reading = read(as_html([(["青石县城市管理局2023年部门预算", "项目支出绩效目标表"], rows)]))
    assert reading.said("indicator", "project_name", "level2", "level3", "value_text") == [
        ("道路保洁", "数量指标", "保洁面积", "≥100万平方米"),
        ("公厕管护", "数量指标", "公厕数量", "≥40座"),
        ("公厕管护", "社会效益指标", "如厕环境", "改善"),
    ]


def test_all_of_the_money_may_be_called_a_total_beside_its_label() -> None:
    rows = [
        ["项目名称", "科普大篷车", LEFT, LEFT],
        ["年度预算资金", "合计：12万元", "财政拨款：10万元", "其他资金：2万元"],
        ["一级指标", "二级指标", "指标内容", "指标值"],
        ["产出指标", "数量指标", "科普进校园场次", "20场次"],
    ]
    reading = read(as_html([(["青石县科学技术协会2023年部门预算", "项目绩效目标表（2023年度）"], rows)]))
    money = reading.said("project", "name", "budget", "fiscal_funds", "other_funds")
    assert money == [("科普大篷车", "120000", "100000", "20000")]


@pytest.mark.parametrize(
    ("rate", "told"), [("95.24%", []), ("95.25%", []), ("97.87%", []), ("59.24%", ["execution_rate"])]
)
def test_the_rate_of_execution_is_that_of_the_years_plan_or_of_the_first(rate: str, told: list[str]) -> None:
    rows = [
        ["项目名称", "科普大篷车", LEFT, LEFT, LEFT, LEFT],
        ["预算执行情况（万元）", "", "年初预算数", "全年预算数", "全年执行数", "执行率"],
        [UP, "年度资金总额", "180.04", "185.00", "176.20", rate],
        ["一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值", "得分"],
        ["产出指标", "数量指标", "科普进校园场次", "≥20场次", "22场次", "50"],
        ["效益指标", "社会效益指标", "受益学生人数", "≥500人", "600人", "30"],
    ]
    reading = read(as_html([(["青石县科学技术协会2023年度项目支出绩效自评表"], rows)]))
    assert [each.partition(":")[0] for each in reading.complaints] == told


@pytest.mark.parametrize("write", FORMATS)
def test_a_form_with_its_unit_beside_a_label_that_is_not_known(write: Write) -> None:
    rows = [
        ["项目（政策）名称", "河道治理", LEFT, LEFT, LEFT, LEFT],
        ["预算资金情况（万元）", "项目年度预算总额", "60.00", LEFT, LEFT, LEFT],
        ["总体目标", "治理河道5公里。", LEFT, LEFT, LEFT, LEFT],
        ["一级指标", "二级指标", "三级指标", "指标值", LEFT, LEFT],
        [UP, UP, UP, "运算符号", "内容", "度量单位"],
        ["产出指标", "数量指标", "治理河道", ">=", "5", "公里"],
        ["效益指标", "生态效益指标", "水质达标率", ">=", "95", "%"],
    ]
    reading = read(write([(["青石县水务局2023年部门预算", "项目（政策）绩效目标表"], rows)]))
    assert reading.said("project", "name", "budget") == [("河道治理", "600000")]
    assert reading.said("indicator", "level3", "operator", "value", "unit") == [
        ("治理河道", ">=", "5", "公里"),
        ("水质达标率", ">=", "95", "%"),
    ]


@pytest.mark.parametrize("write", FORMATS)
def test_the_goal_of_all_years_is_not_that_of_the_year(write: Write) -> None:
    rows = [
        ["项目名称", "河道治理", LEFT, LEFT],
        ["预算金额（万元）", "60.00", LEFT, LEFT],
        ["绩效目标", "实施周期总目标", "年度目标", LEFT],
        [UP, "三年治理15公里。", "治理河道5公里。", LEFT],
        ["一级指标", "二级指标", "三级指标", "年度指标值"],
        ["产出指标", "数量指标", "治理河道", "≥5公里"],
    ]
    reading = read(write([(["青石县水务局2023年部门预算", "项目支出绩效目标表"], rows)]))
    assert reading.said("project", "budget", "goals") == [("600000", ("治理河道5公里。",))]


def test_money_spent_of_all_fiscal_funds_is_the_projects() -> None:
    rows = [
        ["项目名称", "河道治理", LEFT, LEFT, LEFT, LEFT],
        ["预算执行情况（万元）（20分）", "", "预算数（A）", "执行数（B）", "执行率（B/A）", "得分（20分*执行率）"],
        [UP, "年度财政资金总额", "60.00", "57.00", "95%", "19"],
        ["一级指标", "二级指标", "三级指标", "年初目标值（A）", "实际完成值（B）", "得分"],
        ["产出指标（40分）", "数量指标", "治理河道", "5公里", "5公里", "40"],
    ]
    reading = read(as_html([(["青石县水务局2023年度部门决算", "2023年度项目自评表"], rows)]))
    assert reading.said("project", "budget", "executed", "execution_rate") == [("600000", "570000", "95")]
