"""Performance targets: 分项绩效目标, a 绩效目标表 for each project, the department's own indicators."""

from dataclasses import dataclass
from random import Random
from typing import Final

from services.sample_portals.budget import Plan
from services.sample_portals.content import Content, Grid, GridCell, Heading, Prose, row
from services.sample_portals.tables import Truth, yuan

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


@dataclass(frozen=True)
class Target:
    """One indicator: its value as operator, number and unit, or as words."""

    level1: str
    level2: str
    level3: str
    description: str
    sign: str
    number: str
    unit: str
    words: str
    basis: str

    @property
    def text(self) -> str:
        return self.words or f"{self.sign}{self.number}{self.unit}"

    def truth(self, scope: str, number: int | None, project: str | None) -> Truth:
        return {
            "record": "indicator",
            "scope": scope,
            "project_number": number,
            "project_name": project,
            "level1": self.level1,
            "level2": self.level2,
            "level3": self.level3,
            "description": self.description,
            "value_text": self.text,
            "operator": OPERATORS.get(self.sign) if not self.words else None,
            "value": self.number if not self.words else None,
            "unit": self.unit if not self.words else None,
            "basis": self.basis,
        }


def targets(rng: Random, plan: Plan) -> list[Target]:
    """The indicators of a project; the cost indicator is its budget."""
    subject = plan.name.removesuffix("经费")
    wording = {
        "数量指标": (f"{subject}次数", f"反映全年开展{subject}的次数", "≥", str(rng.randint(2, 60)), "次", ""),
        "质量指标": (
            f"{subject}合格率",
            f"反映{subject}合格数量占总数量的比率",
            "≥",
            str(rng.randint(85, 99)),
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
        "服务对象满意度指标": ("服务对象满意度", "反映服务对象的满意程度", "≥", str(rng.randint(85, 98)), "%", ""),
    }
    bases = ("年度工作计划", "历史数据", "行业规定", "调查问卷")
    chosen = []
    for level1, seconds in LEVELS:
        for level2 in seconds:
            if level2 != "可持续影响指标" or rng.random() < 0.6:
                chosen.append(Target(level1, level2, *wording[level2], rng.choice(bases)))
    return chosen


INDICATOR_HEADER: Final = ("一级指标", "二级指标", "三级指标", "绩效指标描述", "指标值", "指标值确定依据")


def indicator_rows(chosen: list[Target]) -> list[tuple[GridCell, ...]]:
    """A row an indicator; the first level is one merged cell over its rows."""
    rows = []
    for at, target in enumerate(chosen):
        cells = row(target.level2, target.level3, target.description, target.text, target.basis)
        if at == 0 or chosen[at - 1].level1 != target.level1:
            count = sum(1 for other in chosen if other.level1 == target.level1)
            cells = (GridCell(target.level1, rows=count), *cells)
        rows.append(cells)
    return rows


@dataclass(frozen=True)
class ProjectTable:
    """A project's table: its place in the disclosure, money, schedule, goals and indicators."""

    number: int
    code: str
    plan: Plan
    schedule: tuple[str, ...]
    targets: tuple[Target, ...]

    @property
    def purpose(self) -> str:
        return f"用于{self.plan.name.removesuffix('经费')}支出"

    @property
    def goals(self) -> tuple[str, ...]:
        subject = self.plan.name.removesuffix("经费")
        return (f"保障{subject}工作顺利开展。", f"提高{subject}资金使用效益。")

    def content(self) -> list[Content]:
        """The heading, the unit and the table: form rows first, then the indicators."""
        percent = [f"{part}%" if part else "" for part in self.schedule]
        goals = "\n".join(f"{number}.{goal}" for number, goal in enumerate(self.goals, start=1))
        form = (
            (
                GridCell("项目编码"),
                GridCell(self.code, columns=2),
                GridCell("项目名称"),
                GridCell(self.plan.name, columns=2),
            ),
            (
                GridCell("预算规模及资金用途", rows=2),
                *row("预算数", f"{self.plan.budget:.2f}", "其中：财政资金"),
                *row(f"{self.plan.fiscal:.2f}", "其他资金"),
            ),
            (GridCell(self.purpose, columns=5),),
            (
                GridCell("资金支出计划（%）", rows=2),
                GridCell("3月底"),
                GridCell("6月底"),
                GridCell("10月底"),
                GridCell("12月底", columns=2),
            ),
            (*row(*percent[:3]), GridCell(percent[3], columns=2)),
            (GridCell("绩效目标"), GridCell(goals, columns=5)),
            row(*INDICATOR_HEADER),
        )
        grid = Grid((), (*form, *indicator_rows(list(self.targets))), (12, 16, 18, 26, 16, 16))
        return [Heading(f"{self.number}、{self.plan.name}绩效目标表", 3), Prose("单位：万元"), grid]

    def truth(self) -> list[Truth]:
        project: Truth = {
            "record": "project",
            "number": self.number,
            "name": self.plan.name,
            "code": self.code,
            "unit_code": None,
            "unit_name": None,
            "budget": yuan(self.plan.budget),
            "fiscal_funds": yuan(self.plan.fiscal),
            "other_funds": None,
            "purpose": self.purpose,
            "schedule": [part or None for part in self.schedule],
            "goals": list(self.goals),
        }
        return [project, *(target.truth("project", self.number, self.plan.name) for target in self.targets)]


def goals(subjects: tuple[str, ...]) -> tuple[list[Content], list[Truth]]:
    """（二）分项绩效目标, one for each subject."""
    content: list[Content] = [Heading("（二）分项绩效目标", 3)]
    truth: list[Truth] = []
    for number, subject in enumerate(subjects, start=1):
        title = f"{subject}管理工作"
        goal = f"负责全县{subject}工作的组织实施，完善制度，规范流程，提高资金使用效益。"
        indicators = f"{subject}工作完成率达到95%以上，服务对象满意度不低于{90 + number}%。"
        content += [Heading(f"{number}、{title}", 4), Prose(f"绩效目标：{goal}"), Prose(f"绩效指标：{indicators}")]
        truth.append({"record": "goal", "number": number, "title": title, "goal": goal, "indicators": indicators})
    return content, truth


def department_indicators(rng: Random, subject: str) -> tuple[list[Content], list[Truth]]:
    """（四）部门整体支出绩效指标: a table of the department's own."""
    chosen = [
        Target(
            "部门产出",
            "数量",
            f"{subject}检查次数",
            f"反映{subject}检查次数",
            "≥",
            str(rng.randint(4, 20)),
            "次",
            "",
            "工作计划",
        ),
        Target(
            "部门产出", "质量", f"{subject}完成质量", f"反映{subject}完成质量", "", "", "", "符合要求", "工作计划"
        ),
        Target(
            "部门效果",
            "社会效益",
            "公众知晓率",
            "反映公众知晓程度",
            "≥",
            str(rng.randint(70, 95)),
            "%",
            "",
            "调查问卷",
        ),
    ]
    grid = Grid((row(*INDICATOR_HEADER),), tuple(indicator_rows(chosen)), (12, 16, 18, 26, 16, 16))
    content: list[Content] = [Heading("（四）部门整体支出绩效指标", 3), grid]
    return content, [target.truth("department", None, None) for target in chosen]
