"""One disclosure whole: a department's year as content, with the records it says and the defects planted."""

from dataclasses import dataclass, field
from random import Random
from typing import Final

from services.sample_portals import appropriation, performance, prose, tables
from services.sample_portals.budget import ZERO, Budget
from services.sample_portals.content import Content, Heading, Prose
from services.sample_portals.procurement import procurement
from services.sample_portals.prose import Speaker
from services.sample_portals.tables import Tables, Truth

NOTICE: Final = "示例数据，纯属虚构（fictional sample data）。"


@dataclass
class Written:
    """A disclosure as written: its content in order and the records a perfect reader finds in it."""

    title: str
    content: list[Content] = field(default_factory=list)
    truth: list[Truth] = field(default_factory=list)
    defects: list[dict[str, str]] = field(default_factory=list)

    def add(self, part: tuple[list[Content], list[Truth]]) -> None:
        self.content += part[0]
        self.truth += part[1]


def _projects(rng: Random, budget: Budget, region: str, year: int) -> tuple[list[Content], list[Truth]]:
    content: list[Content] = []
    truth: list[Truth] = []
    for number, plan in enumerate(budget.plans, start=1):
        code = f"{region}{year % 100}P{rng.randrange(10**11):011d}"
        schedule = rng.choice(performance.SCHEDULES)
        chosen = tuple(performance.targets(rng, plan))
        table = performance.ProjectTable(number, code, plan, schedule, chosen)
        content += table.content()
        truth += table.truth()
    return content, truth


def write_budget(rng: Random, speaker: Speaker, unit: tuple[str, str], budget: Budget, region: str) -> Written:
    """部门预算: the nine tables, then the explanation; `unit` is (code, short name)."""
    head = (f"{unit[0]} {speaker.department}", f"预算年度：{speaker.year}", "单位：万元")
    written = Written(f"{speaker.department}{speaker.year}年部门预算信息公开")
    written.content = [Heading(f"{speaker.department}{speaker.year}年部门预算公开表", 1), Prose(NOTICE)]
    nine = Tables(budget, head)
    for table in (
        tables.balance,
        tables.income,
        tables.expenditure,
        appropriation.appropriation_balance,
        tables.general,
        appropriation.basic,
        tables.funds,
        appropriation.three_public,
    ):
        table(nine)
    written.add((nine.content, nine.truth))
    written.content.append(Heading(f"{speaker.department}{speaker.year}年部门预算信息公开情况说明", 1))
    units = (
        (speaker.department, "行政", "正科级", "财政拨款"),
        (f"{unit[1]}服务中心", "事业", "股级", "财政性资金基本保证"),
    )
    written.add(prose.organisation(units))
    written.add(prose.overview(speaker, budget))
    written.content += [
        Heading("五、部门整体绩效目标", 2),
        Heading("（一）总体绩效目标", 3),
        Prose(f"全力推动全年{unit[1]}重点工作和任务目标。"),
    ]
    written.add(performance.goals((unit[1], "综合事务")))
    written.content += [Heading("（三）工作保障措施", 3), Prose("完善制度建设，加强支出管理，做好绩效自评。")]
    written.add(performance.department_indicators(rng, unit[1]))
    written.content.append(Heading("六、部门项目预算安排情况及绩效目标", 2))
    written.add(_projects(rng, budget, region, speaker.year))
    written.add(procurement(speaker, budget, speaker.department))
    planned = sum((purchase.total for purchase in budget.purchases), ZERO)
    written.add(prose.assets(speaker, budget, planned))
    written.content += [
        Heading("九、名词解释", 2),
        Prose("1、财政拨款收入：指本级财政当年拨付的资金。"),
        Heading("十、其他需要说明的事项", 2),
        Prose("我部门无其他需要说明的事项。"),
    ]
    _describe(written, unit[0], region, speaker.year, "department_budget")
    return written


def write_targets(rng: Random, speaker: Speaker, unit: tuple[str, str], budget: Budget, region: str) -> Written:
    """绩效文本: performance targets alone."""
    written = Written(f"{speaker.department}{speaker.year}年部门预算绩效文本")
    written.content = [
        Heading(written.title, 1),
        Prose(NOTICE),
        Heading("第一部分 部门整体绩效目标", 2),
        Heading("（一）总体绩效目标", 3),
        Prose(f"{speaker.year}年，围绕全县中心工作，提升{unit[1]}工作水平。"),
    ]
    written.add(performance.goals((unit[1], "综合事务", "队伍建设")))
    written.content.append(Heading("第二部分 预算项目绩效目标", 2))
    written.add(_projects(rng, budget, region, speaker.year))
    _describe(written, None, region, speaker.year, "performance_targets")
    return written


def _describe(written: Written, code: str | None, region: str, year: int, kind: str) -> None:
    written.truth.insert(
        0,
        {
            "record": "disclosure",
            "region_code": region,
            "department_code": code,
            "fiscal_year": year,
            "kind": kind,
        },
    )
