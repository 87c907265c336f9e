"""Which titles are disclosures, and whose: against every row of the sample portals, and as counties write them."""

import json
from pathlib import Path

import pytest

from services.fetcher.portal import TitleRules
from services.fetcher.relevance import judged, may_be_disclosure, relevance
from services.fetcher.sites.contract import Row
from tests.unit.fetcher.fetcher_serving import PORTALS

BODIES = TitleRules(kinds=("body",))
TAKEN = [
    "某县审计局2020年部门预算公开",
    "某县人民检察院2023年度部门决算",
    "某县财政局关于公开2023年度部门决算的说明",
    "某县水利局2024年预算公开",
    "某县水利局2023年度决算公开情况说明",
    "某镇人民政府2024年部门预算公开",
    "某镇人民政府2024年预算公开",
    "2023年度某县教育局部门决算",
    "2023年某某县农业农村局决算公开",
    "某县政府采购中心2024年单位预算公开",
    "某县财政投资评审中心2024年部门预算",
    "某县教育局2024年部门预算绩效目标公开",
    "某县政府办公室2021年“三公”经费预算公开说明",
    "某县第一中学2024年单位预算",
    "中共某县委宣传部2022年部门预算及“三公”经费预算信息公开",
    "某县卫生健康局2023年部门决算公开及绩效评价报告",
    "2022年度某县总工会部门整体支出绩效目标表",
    "某县交通运输综合执法检查站2024年部门预算",
    "某县统计局２０２３年度部门 预决算公开",
    "2020年部门预算绩效信息",
    "2024年某县水利局部门预算公开",
    "某镇人民政府2022年部门预算及“三公”经费预算公开",
    "某县实验小学2024年单位预算公开",
    "某县民政局2024年部门整体支出绩效目标申报表",
    "某县教育局2024年专项资金绩效目标公开",
    "中共某县纪律检查委员会2024年部门预算公开",
    "中共某县委组织部（某县老干部工作局）2024年部门预算公开",
    "某县委机构编制委员会办公室2023年度部门决算",
    "某县知识产权保护中心2024年部门预算",
    "某县教师培训中心2024年单位预算公开",
    "某县招标投标管理办公室2023年度部门决算",
    "某县财政绩效评价中心2024年部门预算公开",
    "某县投资评审服务中心2023年部门决算公开",
    "某县委督查室2024年部门预算",
    "某县水利局（本级）2024年度单位预算公开",
    "某县水利局本级2023年度决算公开",
    "某县林场2024年预算公开",
    "某经济开发区管委会2024年部门预算公开",
    "某高新区2023年度部门决算",
    "二〇二四年某县水利局部门预算",
    "某县水利局2022年预、决算公开",
    "2024年预算公开（某县水利局）",
    "某县水利局：2024年预算公开",
    "某县水利局2024年收支预算公开",
    "某镇人民政府预算公开",
    "某县公安局关于2024年部门预算公开的更正公告",
    "某县2024年县级部门预算公开",
    "某县供销社2023年度部门决算公开情况说明",
    "某县2023年度部门决算信息公开表（某县司法局）",
    "某县教育局2023年度部门决算公开及绩效自评报告",
    "关于公开某县审计局2023年度部门决算的说明",
    "某街道办事处2024年预算及三公经费公开",
    "某县政协办公室2023年度决算",
    "2026年1-8月某县自然资源局三公经费统计表",
    "2026年1月至7月某县委党群工作部“三公”经费支出表",
    "某县服务中心2026年一季度三公经费明细表",
    "中国人民政治协商会议某县委员会2024年度部门决算",
    "2026年度中国人民政治协商会议某县委员会办公室部门预算",
    "2026某县财政事务服务中心预算公开",
    "某县青少年宫2024年度单位决算",
    "某县某局2019年决算编制说明",
    "2024年某县区级部门预算公开",
    "某县统计局部门2024年预算",
    "某县档案局2024年部门（单位）预算公开",
    "某县市场监管局所属事业单位2024年预算公开",
    "2024年部门收支总体情况表（某县统计局）",
    "某县应急管理局2024年部门预算调整公开",
]
GOVERNMENT = [
    "2024年财政专户管理资金收支预算表",
    "某区2025年政府预算公开目录",
    "某县2023年财政预算执行情况和2024年财政预算（草案）的报告",
    "某县2024年政府预算公开",
    "某县2023年政府决算公开",
    "2023年某县本级“三公”经费决算汇总情况",
    "某县2024年社会保险基金预算",
    "某县2024年地方政府债务预算公开",
    "某县2024年一般公共预算公开",
    "关于某县2023年预算执行情况和2024年预算草案的报告",
    "关于某县2023年县级财政决算（草案）的报告",
    "某县财政局关于2023年决算的报告",
    "某县2024年“三公”经费预算安排情况说明",
    "2023年全县“三公”经费决算情况",
    "某县本级2024年预算公开",
    "某县人民政府2024年政府预算公开",
    "某市2024年全市和市本级预算执行情况与2025年预算草案的报告",
    "某县2024年预算调整方案（草案）",
    "关于某县2025年预算调整方案的报告",
    "2024年8月预算执行情况分析",
    "某县2023年1-11月直达资金预算执行和监控分析报告",
    "某省2024年地方政府债务限额及余额决算情况表",
    "某县2024年政府债务情况",
    "关于2024年调整地方政府专项债券资金用途的公告",
    "某县人民政府关于2022年县级财政决算的报告",
    "某市二○二四年政府债务限额和余额",
    "某镇2025年预算执行和2026年预算表",
    "某州2026年度政府预算公开",
    "某省2026年省级一般公共预算收支预算总表",
    "某市十六届人大五次会议预算决算公开文件（政府债务情况）",
    "某县2024年对下转移支付执行情况说明",
    "某县2024年县本级支出预算表",
    "某县2024年1-8月财政运行情况",
]
EVALUATION = [
    "某局2023年部门整体支出绩效自评报告",
    "某县重大政策和重点项目绩效执行结果说明",
    "某县2023年部门评价结果公开",
    "某县水利局2023年度部门整体支出绩效自评报告",
    "某县水利局2023年度项目支出绩效自评情况公开",
    "2023年财政支出项目重点绩效评价结果公开",
    "某县财政局关于2023年财政支出项目重点绩效评价结果的公示",
]
LEFT = [
    "2024年部门预算项目支出标准（试行）",
    "某区2024年第一批专项债券项目集中开工",
    "某县争取专项债券资金5亿元",
    "关于地方政府债务管理的实施意见",
    "地方政府债券发行兑付办法",
    "财政预决算公开目录",
    "关于做好2024年部门预算公开工作的通知",
    "关于编制2025年部门预算的通知",
    "某县部门决算审计结果公告",
    "某县财政局关于开展2024年部门预算绩效评价工作的通知",
    "某县人大常委会关于批准2023年县级决算的决议",
    "关于印发《某县部门预算管理办法》的通知",
    "关于批复2024年部门预算的通知",
    "部门预算编制软件采购项目中标公告",
    "某县财政局召开部门预算布置会议",
    "某县财政局关于批复某县水利局2024年部门预算的通知",
    "关于公开2024年部门预算的通知",
    "某县人大常委会关于批准2023年决算的决议",
    "某县水利局2024年政府采购预算公告",
    "某县水利局2024年9月政府采购意向公开",
    "某县水利局某工程竣工财务决算的公告",
    "某县体育馆工程结算审核结果",
    "某县2024年部门预算绩效管理工作要点",
    "某县部门决算公开情况自查报告",
    "某县财政局关于部门预算公开情况的通报",
    "部门预算公开操作指南",
    "某县招标投标中心关于部门预算软件项目投标的公告",
    "某县2024年部门预算公开工作总结",
    "某县教育局项目部门预算编制培训",
    "《某县2025年预算执行情况和2026年预算草案的报告》出炉",
    "一图读懂某县2026年预算草案",
    "某县财政局关于下达2020年城乡义务教育补助经费（直达资金）的公示",
    "关于做好2018年地方政府债券资金使用情况公开工作的通知",
    "关于印发《应急物资保障体系建设资金（直达资金）管理细则》的通知",
    "某县财政局关于申请2021年医疗保险补助资金的请示",
    "关于同意某乡行政村规模调整方案的批复",
    "某县住建局关于代建单位专业能力评价结果的公示",
    "关于预算审核是否只能审减不能审增的事宜",
    "部门预算公开专栏",
    "政府预算与部门预算有什么区别？",
    "某县部门预算编制操作手册",
    "部门决算报表填报说明",
    "某县2024年度部门预算公开时间表",
    "某县县级部门预算单位名录",
]


def row(title: str, column: str | None = None, cut: bool = False) -> Row:
    return Row("http://www.sample.example/1.html", title, cut, column=column)


@pytest.mark.parametrize("name", PORTALS)
def test_no_row_of_a_sample_portal_is_mistaken(name: str, portals_folder: Path) -> None:
    truth = json.loads((portals_folder / "truth" / name / "items.json").read_text(encoding="utf-8"))
    wrong = [
        item["title"]
        for item in truth["items"]
        if (relevance(row(item["title"]), None, BODIES) is not None)
        != (item["kind"] in {"dept_budget", "dept_final"})
    ]
    assert wrong == []


@pytest.mark.parametrize("title", TAKEN)
def test_a_department_disclosure_is_taken(title: str) -> None:
    assert relevance(row(title), None, TitleRules()) == "body"


@pytest.mark.parametrize("title", GOVERNMENT)
def test_a_governments_own_is_taken_as_that(title: str) -> None:
    assert relevance(row(title), None, TitleRules()) == "government"
    assert relevance(row(title), None, TitleRules(kinds=("body", "evaluation"))) != "government"


@pytest.mark.parametrize("title", EVALUATION)
def test_an_evaluation_is_taken_as_that(title: str) -> None:
    assert relevance(row(title), None, TitleRules()) == "evaluation"
    assert relevance(row(title), None, TitleRules(kinds=("body",))) is None


@pytest.mark.parametrize("title", LEFT)
def test_what_only_sounds_like_one_is_left(title: str) -> None:
    assert not relevance(row(title), None, TitleRules())


def test_a_column_of_department_budgets_makes_a_bare_name_one() -> None:
    assert not relevance(row("某县水利局"), None, TitleRules())
    assert relevance(row("某县水利局"), "部门预算", TitleRules())
    assert relevance(row("某县水利局", column="部门决算"), None, TitleRules())
    assert not relevance(row("关于编制2025年部门预算的通知"), "部门预算", TitleRules())


def test_a_portals_own_rules_come_first() -> None:
    own = TitleRules(take=("^收支一览",), leave=("^转发",))
    assert relevance(row("收支一览：某县水利局"), None, own)
    assert not relevance(row("转发某市水利局2024年部门预算公开"), None, own)
    assert relevance(row("某县水利局2024年部门预算公开"), None, own)


def test_only_a_cut_title_is_worth_a_look() -> None:
    assert may_be_disclosure(row("某县水利局关于2024年…", cut=True), TitleRules())
    assert not may_be_disclosure(row("某县水利局关于2024年"), TitleRules())
    assert not may_be_disclosure(row("某县某小区改造工程招标…", cut=True), TitleRules())


@pytest.mark.parametrize(
    ("title", "column", "own", "kind", "rule"),
    [
        ("青石县水利局2024年部门预算公开", None, {}, "body", "body.take: "),
        ("青石县水利局2024年部门预算公开", None, {"leave": ["水利"]}, None, "titles.leave of the portal: 水利"),
        ("临江区河道疏浚工程", None, {"take": ["疏浚"]}, "body", "titles.take of the portal: 疏浚"),
        ("青石县水利局堤防工程招标公告", None, {}, None, "leave: "),
        ("青石县人民政府2024年财政预算执行情况", None, {"kinds": ["body"]}, None, ""),
        ("临江区公园开放时间", None, {}, None, "no rule takes it"),
    ],
)
def test_every_judgement_names_its_rule(
    title: str, column: str | None, own: dict[str, object], kind: str | None, rule: str
) -> None:
    judgement = judged(Row("http://a.example/1", title), column, TitleRules.model_validate(own, strict=False))
    assert judgement.kind == kind
    assert judgement.rule.startswith(rule)
    assert judgement.rule
