"""Performance targets as figures: projects with their money, schedule and goals, and their indicators."""

from dataclasses import dataclass, field, replace
from decimal import Decimal
from random import Random
from typing import Final

from services.sample_portals.budget import Plan

OPERATORS: Final = {"≥": ">=", "≤": "<=", "＜": "<", "＞": ">", "=": "="}
SCHEDULES: Final = (
    ("25", "50", "75", "100"),
    ("10", "40", "80", "100"),
    ("", "", "50", "100"),
    ("", "", "", "100"),
)
LEVELS: Final = (
    ("产出指标", ("数量指标", "质量指标", "时效指标", "成本指标")),
    ("效益指标", ("社会效益指标", "可持续影响指标")),
    ("满意度指标", ("服务对象满意度指标",)),
)


@dataclass
class Target:
    """One indicator: its value as sign, number and unit, or as words; `weight` is its part of a form's 100."""

    level1: str
    level2: str
    level3: str
    description: str
    sign: str
    number: str
    unit: str
    words: str
    basis: str
    weight: int = 0

    @property
    def text(self) -> str:
        return self.words or f"{self.sign}{self.number}{self.unit}"


@dataclass
class ProjectFigures:
    """A project of a disclosure: money in yuan, cumulative percentages of its schedule, goals, indicators.

    `weights` is what an indicator form prints as the points of all its indicators.
    """

    number: int
    name: str
    code: str
    budget: Decimal
    fiscal_funds: Decimal
    other_funds: Decimal
    purpose: str
    schedule: list[str]
    goals: list[str]
    targets: list[Target] = field(default_factory=list)

    def copy(self) -> "ProjectFigures":
        """The same project, to be changed on its own."""
        chosen = [replace(target) for target in self.targets]
        return replace(self, schedule=list(self.schedule), goals=list(self.goals), targets=chosen)


def targets(rng: Random, plan: Plan) -> list[Target]:
    """The indicators of a project; the cost indicator is its budget."""
    subject = plan.name.removesuffix("经费")
    times = str(rng.randint(2, 60))
    wording = {
        "数量指标": (f"{subject}次数", f"反映全年开展{subject}的次数", "≥", times, "次", ""),
        "质量指标": (
            f"{subject}合格率",
            f"反映{subject}合格数量占总数量的比率",
            "≥",
            str(rng.randint(90, 99)),
            "%",
            "",
        ),
        "时效指标": (f"{subject}及时性", f"反映{subject}按时完成的情况", "", "", "", "按时完成"),
        "成本指标": ("本年度需要资金", "本年度开展此项目所需经费", "≤", f"{plan.budget:.2f}", "万元", ""),
        "社会效益指标": ("服务能力", f"反映{subject}对服务能力的提升情况", "", "", "", "明显提升"),
        "可持续影响指标": (
            "机制健全",
            f"反映{subject}长效机制的建立情况",
            "",
            "",
            "",
            "长效机制健全，持续发挥作用",
        ),
        "服务对象满意度指标": ("服务对象满意度", "反映服务对象的满意程度", "≥", str(rng.randint(80, 89)), "%", ""),
    }
    bases = ("年度工作计划", "历史数据", "行业规定", "调查问卷")
    chosen = []
    for level1, seconds in LEVELS:
        for level2 in seconds:
            if level2 != "可持续影响指标" or rng.random() < 0.6:
                chosen.append(Target(level1, level2, *wording[level2], rng.choice(bases)))
    share = 90 // len(chosen)
    for target in chosen:
        target.weight = share
    chosen[0].weight += 100 - share * len(chosen)
    return chosen


def project(rng: Random, plan: Plan, number: int, prefix: str) -> ProjectFigures:
    """The project of `plan`; its code begins with `prefix`: region, year, kind."""
    subject = plan.name.removesuffix("经费")
    chosen = targets(rng, plan)
    budget, fiscal = plan.budget * 10000, plan.fiscal * 10000
    return ProjectFigures(
        number=number,
        name=plan.name,
        code=f"{prefix}{rng.randrange(10**11):011d}",
        budget=budget,
        fiscal_funds=fiscal,
        other_funds=budget - fiscal,
        purpose=f"用于{subject}支出",
        schedule=list(rng.choice(SCHEDULES)),
        goals=[f"全年开展{subject}{chosen[0].number}次。", f"提高{subject}资金使用效益。"],
        targets=chosen,
    )


def department_targets(rng: Random, subject: str) -> list[Target]:
    """The indicators of the department as a whole."""
    inspections, known = str(rng.randint(4, 20)), str(rng.randint(70, 95))
    return [
        Target(
            "部门产出",
            "数量",
            f"{subject}检查次数",
            f"反映{subject}检查次数",
            "≥",
            inspections,
            "次",
            "",
            "工作计划",
        ),
        Target(
            "部门产出", "质量", f"{subject}完成质量", f"反映{subject}完成质量", "", "", "", "符合要求", "工作计划"
        ),
        Target("部门效果", "社会效益", "公众知晓率", "反映公众知晓程度", "≥", known, "%", "", "调查问卷"),
    ]
