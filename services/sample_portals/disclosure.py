"""One disclosure whole: a department's year printed in a layout, with its truth and the defects planted."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from random import Random
from typing import Final

from services.sample_portals import figures as statements
from services.sample_portals.budget import ZERO, Budget
from services.sample_portals.content import Content, Grid, Heading, Prose
from services.sample_portals.figures import Figures
from services.sample_portals.forms import FormPrinter, indicator, indicator_rows
from services.sample_portals.layout import FormLayout, LayoutPart, ProvinceLayout, cells
from services.sample_portals.performance import Target, department_targets, project
from services.sample_portals.prose import ProseWriter
from services.sample_portals.tables import TablePrinter
from services.sample_portals.truth import FigurePlace, Ledger, MoneyFormat, Printed, Truth

NOTICE: Final = "示例数据，纯属虚构（fictional sample data）。"
INDICATORS: Final = FormLayout(
    head=("一级指标 | 二级指标 | 三级指标 | 绩效指标描述 | 指标值 | 指标值确定依据",),
    columns=("level1", "level2", "level3", "description", "value_text", "basis"),
)


@dataclass(frozen=True)
class PublishingDepartment:
    """Who publishes: the region's six digits, its name in full and in short, the department, what it works on."""

    region: str
    region_name: str
    county: str
    department: str
    code: str
    subject: str
    year: int


@dataclass(frozen=True)
class PlantedDefect:
    """What does not hold: the check that tells of it, all that the same cause breaks, the records changed."""

    name: str
    check: str
    severity: str
    breaks: tuple[str, ...]
    subjects: tuple[Truth, ...]

    def described(self) -> dict[str, object]:
        """The defect as it is written beside the truth."""
        return {
            "defect": self.name,
            "check": self.check,
            "severity": self.severity,
            "breaks": list(self.breaks),
            "subjects": list(self.subjects),
        }


@dataclass
class Written:
    """A disclosure as written: its content in order and the records a perfect reader finds in it."""

    title: str
    content: list[Content] = field(default_factory=list)
    truth: list[Truth] = field(default_factory=list)
    prints: dict[FigurePlace, Printed] = field(default_factory=dict)
    defects: list[PlantedDefect] = field(default_factory=list)


def compose(rng: Random, layout: ProvinceLayout, publisher: PublishingDepartment, budget: Budget) -> Figures:
    """The figures that a disclosure in `layout` says of `budget`."""
    accounts = layout.kind == "final_accounts"
    figures = Figures(layout.kind, publisher.year, statements.statements(budget, accounts))
    figures.facts = statements.facts(budget, accounts)
    prefix = f"{publisher.region}{publisher.year % 100:02d}P"
    figures.projects = [project(rng, plan, number, prefix) for number, plan in enumerate(budget.plans, start=1)]
    figures.rows = {
        "organisation_unit": _units(publisher),
        "asset": _assets(budget, publisher.year - 1),
        "procurement_line": (_by_class if layout.procurement == "classes" else _by_item)(budget, publisher),
    }
    if accounts:
        for line in figures.statements["three_public"]:
            if "planned" in line.cells:
                line.cells["planned"] = line.cells["total"] * 2
        figures.facts |= {
            "planned.general_spent": figures.facts["general_spent"] + rng.randint(1, 90) * 10000,
            "planned.three_public_total": figures.facts["three_public_total"] * 2,
        }
    figures.words = {"department_targets": str(rng.random())}
    return figures


def _units(publisher: PublishingDepartment) -> list[dict[str, object]]:
    place = publisher.department.removesuffix("局")
    return [
        {"name": publisher.department, "nature": "行政", "rank": "正科级", "funding": "财政拨款"},
        {"name": f"{place}服务中心", "nature": "事业", "rank": "股级", "funding": "财政性资金基本保证"},
    ]


def _assets(budget: Budget, year: int) -> list[dict[str, object]]:
    parts = (
        ("2、", "车辆（台、辆）", budget.vehicles),
        ("3、", "单价在20万元以上的设备", budget.equipment),
        ("4、", "其他固定资产", budget.other_assets),
    )
    total = sum((value for _, _, (_, value) in parts), ZERO)
    rows: list[dict[str, object]] = [
        {"category": "资产总额", "quantity": None, "_quantity": "——", "value": total * statements.YUAN}
    ]
    for mark, name, (count, value) in parts:
        rows.append(
            {"category": name, "_category": mark + name, "quantity": str(count), "value": value * statements.YUAN}
        )
    return [row | {"as_of": f"{year}-12-31"} for row in rows]


_PROCUREMENT: Final[dict[str, object]] = dict.fromkeys(
    (
        "project",
        "project_budget",
        "item",
        "catalogue_code",
        "measure_unit",
        "quantity",
        "unit_price",
        "total",
        "general_public_budget",
        "government_fund",
        "state_capital",
        "fiscal_account",
        "unit_funds",
        "carryover",
        "sme_reserved",
    )
)


def _by_item(budget: Budget, publisher: PublishingDepartment) -> list[dict[str, object]]:
    """合计, the unit's 小计, an item a row."""
    total = sum((purchase.total for purchase in budget.purchases), ZERO) * statements.YUAN
    sums: dict[str, object] = {"total": total, "general_public_budget": total}
    unit = publisher.department
    rows = [
        _PROCUREMENT | sums | {"line_type": "total", "organisation": None, "_project": "合计"},
        _PROCUREMENT | sums | {"line_type": "subtotal", "organisation": unit, "_project": f"{unit}小计"},
    ]
    for purchase in budget.purchases:
        amount = purchase.total * statements.YUAN
        rows.append(
            _PROCUREMENT
            | {
                "line_type": "item",
                "organisation": unit,
                "project": purchase.plan.name,
                "project_budget": purchase.plan.budget * statements.YUAN,
                "item": purchase.item,
                "catalogue_code": purchase.catalogue,
                "measure_unit": purchase.unit,
                "quantity": str(purchase.quantity),
                "unit_price": purchase.price * statements.YUAN,
                "total": amount,
                "general_public_budget": amount,
            }
        )
    return rows


def _by_class(budget: Budget, _publisher: PublishingDepartment) -> list[dict[str, object]]:
    """合计, then each class with its items; the classes' rows have no agreed record."""
    total = sum((purchase.total for purchase in budget.purchases), ZERO) * statements.YUAN
    rows: list[dict[str, object]] = [{"line_type": "total", "_class": "合计", "total": total}]
    for number, (letter, label) in enumerate((("A", "货物"), ("B", "工程"), ("C", "服务"))):
        chosen = [purchase for purchase in budget.purchases if purchase.catalogue.startswith(letter)]
        if not chosen:
            continue
        amount = sum((purchase.total for purchase in chosen), ZERO) * statements.YUAN
        heading = f"{'一二三'[number]}、{label}{letter}"
        rows.append({"line_type": "subtotal", "_class": heading, "total": amount, "optional": True})
        for purchase in chosen:
            rows.append(
                {
                    "line_type": "item",
                    "project": purchase.plan.name,
                    "_economic": "办公设备购置" if letter == "A" else "其他商品和服务支出",
                    "item": purchase.item,
                    "_method": "分散自行组织",
                    "total": purchase.total * statements.YUAN,
                }
            )
    return rows


def write(layout: ProvinceLayout, publisher: PublishingDepartment, figures: Figures) -> Written:
    """Print `figures` in `layout`; the same arguments give the same content and truth."""
    ledger = Ledger()
    words = {
        "department": publisher.department,
        "region_name": publisher.region_name,
        "county": publisher.county,
        "year": str(publisher.year),
        "last_year": str(publisher.year - 1),
        "said_year": str(figures.said_year or publisher.year),
        "code": publisher.code,
        "unit_code": publisher.code,
        "unit_name": publisher.department,
        "subject": publisher.subject,
        "notice": NOTICE,
        "first_project": figures.projects[0].name,
        "reason": "，决算数小于预算数的主要原因是厉行节约",
    } | figures.words
    prose = ProseWriter(figures, ledger, words)
    printer = _Printer(
        prose,
        TablePrinter(
            figures,
            ledger,
            MoneyFormat(layout.unit, layout.places, layout.thousands, layout.zero),
            layout.caption,
            prose.fill,
        ),
        FormPrinter(ledger, MoneyFormat(zero=""), words, prose.fill),
    )
    written = Written(prose.fill(layout.title), prints=ledger.prints)
    for part in layout.parts:
        written.content += printer.part(part)
    written.truth = [_described(layout, publisher, written.title), *ledger.records]
    return written


@dataclass(frozen=True)
class _Printer:
    """Prints the parts of a layout in order."""

    prose: ProseWriter
    tables: TablePrinter
    forms: FormPrinter

    def part(self, part: LayoutPart) -> list[Content]:
        content: list[Content] = []
        if part.heading is not None:
            content.append(Heading(self.prose.fill(part.heading), part.level))
        if part.text is not None:
            content.append(Prose(self.prose.fill(self._sentence(part.text))))
        if part.table is not None:
            content += self.tables.table(part.table)
        if part.projects is not None:
            content += self.forms.projects(part.projects, self.prose.figures.projects)
        if part.piece == "goals":
            content += self._goals()
        if part.piece == "department_targets":
            content += self._department_targets()
        return content

    def _sentence(self, text: str) -> str:
        """The layout's text, or what stands in its place."""
        other = self.prose.figures.sentences.items()
        return next((sentence for metric, sentence in other if f"{{{metric}}}" in text), text)

    def _goals(self) -> list[Content]:
        """（二）分项绩效目标, one for each subject."""
        content: list[Content] = [Heading("（二）分项绩效目标", 3)]
        subjects = (self.prose.words["subject"], "综合事务")
        for number, subject in enumerate(subjects, start=1):
            title = f"{subject}管理工作"
            goal = f"负责全县{subject}工作的组织实施，完善制度，规范流程，提高资金使用效益。"
            indicators = f"{subject}工作完成率达到95%以上，服务对象满意度不低于{90 + number}%。"
            content += [
                Heading(f"{number}、{title}", 4),
                Prose(f"绩效目标：{goal}"),
                Prose(f"绩效指标：{indicators}"),
            ]
            self.prose.ledger.records.append(
                {"record": "goal", "number": number, "title": title, "goal": goal, "indicators": indicators}
            )
        return content

    def _department_targets(self) -> list[Content]:
        """（四）部门整体支出绩效指标: a table of the department's own."""
        rng = Random(self.prose.words["department_targets"])  # noqa: S311 - samples, not secrets
        chosen = department_targets(rng, self.prose.words["subject"])
        self.prose.ledger.records += _of_department(chosen)
        head = tuple(cells(text) for text in INDICATORS.head)
        grid = Grid(head, tuple(indicator_rows(INDICATORS, chosen)), (12, 16, 18, 26, 16, 16))
        return [Heading("（四）部门整体支出绩效指标", 3), grid]


def _of_department(chosen: Iterable[Target]) -> list[Truth]:
    owner: Truth = {"scope": "department", "project_number": None, "project_name": None}
    return [indicator(INDICATORS.columns, target, owner) for target in chosen]


def _described(layout: ProvinceLayout, publisher: PublishingDepartment, title: str) -> Truth:
    """The disclosure's own record, by what the layout says of it."""
    stated: Truth = {
        "title": title,
        "department": publisher.department,
        "department_code": publisher.code,
        "year": publisher.year,
    }
    record: Truth = {"record": "disclosure", "region_code": publisher.region, "kind": layout.kind}
    for name in layout.states:
        record["fiscal_year" if name == "year" else name] = stated[name]
    return record
