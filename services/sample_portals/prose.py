"""The explanation a department publishes with its tables: figures in sentences, and the records they say."""

from dataclasses import dataclass
from decimal import Decimal

from services.sample_portals.budget import ZERO, Budget
from services.sample_portals.content import Content, Grid, Heading, Prose, row
from services.sample_portals.tables import Truth, printed, yuan


@dataclass(frozen=True)
class Speaker:
    """Who speaks in the prose, and of which year."""

    department: str
    year: int


def _plain(amount: Decimal) -> str:
    return f"{amount:.2f}"


def _change(amount: Decimal) -> str:
    return f"{'减少' if amount < 0 else '增加'}{abs(amount):.2f}万元"


def facts(year: int, **figures: Decimal) -> list[Truth]:
    """A record for each metric."""
    return [
        {"record": "fact", "metric": metric, "year": year, "amount": yuan(amount)}
        for metric, amount in figures.items()
    ]


def organisation(units: tuple[tuple[str, str, str, str], ...]) -> tuple[list[Content], list[Truth]]:
    """部门职责及机构设置情况; `units` are (name, nature, rank, funding)."""
    grid = Grid(
        (row("单位名称", "单位性质", "单位规格", "经费保障形式"),),
        tuple(row(*unit) for unit in units),
        (34, 14, 14, 24),
    )
    content: list[Content] = [
        Heading("一、部门职责及机构设置情况", 2),
        Prose("部门职责："),
        Prose("（一）贯彻执行国家和省、市有关法律法规和方针政策，拟订全县相关工作规划并组织实施。"),
        Prose("（二）承办县委、县政府交办的其他任务。"),
        Prose("机构设置："),
        Prose("部门机构设置情况"),
        grid,
    ]
    truth: list[Truth] = [
        {"record": "organisation_unit", "name": name, "nature": nature, "rank": rank, "funding": funding}
        for name, nature, rank, funding in units
    ]
    return content, truth


def overview(speaker: Speaker, budget: Budget) -> tuple[list[Content], list[Truth]]:
    """部门预算安排的总体情况, 机关运行经费, “三公”经费."""
    content: list[Content] = [
        Heading("二、部门预算安排的总体情况", 2),
        Prose("按照预算管理有关规定，目前我县部门预算的编制实行综合预算管理，即全部收入和支出都反映在预算中。"),
        *_totals(speaker, budget),
        *_operating(speaker.year, budget),
    ]
    return content, _overview_facts(speaker.year, budget)


def _totals(speaker: Speaker, budget: Budget) -> list[Content]:
    name, year = speaker.department, speaker.year
    general = budget.total - budget.fund - budget.carryover
    return [
        Heading("1、收入说明", 3),
        Prose(
            f"反映本部门当年全部收入。{year}年预算收入{budget.total}万元，其中：一般公共预算收入{general}万元，"
            f"基金预算收入{budget.fund}万元，国有资本经营预算收入0.00万元，财政专户核拨收入0.00万元，"
            f"单位资金收入0.00万元，上年结转结余{budget.carryover}万元。"
        ),
        Heading("2、支出说明", 3),
        Prose(
            f"收支预算总表支出栏、基本支出表、项目支出表按经济分类和支出功能分类科目编制，反映{name}"
            f"年度部门预算中支出预算的总体情况。{year}年支出预算{budget.total}万元，其中基本支出{budget.basic}万元，"
            f"包括人员经费{budget.personnel}万元和日常公用经费{budget.public_use}万元；"
            f"项目支出{budget.project}万元，主要为{budget.plans[0].name}等支出。"
        ),
        Heading("3、比上年增减情况", 3),
        Prose(
            f"{year}年预算收支安排{budget.total}万元，较{year - 1}年预算{_change(budget.change)}，其中：基本支出"
            f"{_change(budget.change_basic)}，主要为人员变动；项目支出{_change(budget.change_project)}，主要为项目调整。"
        ),
    ]


def _operating(year: int, budget: Budget) -> list[Content]:
    vehicle, reception = budget.economic_line("30231"), budget.economic_line("30217")
    return [
        Heading("三、机关运行经费安排情况", 2),
        Prose(
            f"{year}年，我部门机关运行经费共计安排{budget.public_use}万元，主要用于办公费、邮电费等日常运行支出。"
        ),
        Heading("四、财政拨款“三公”经费预算情况及增减变化原因", 2),
        Prose(
            f"{year}年，我部门财政拨款“三公”经费预算安排{_plain(vehicle + reception)}万元，"
            f"其中因公出国（境）费0.00万元；公务用车购置及运维费{_plain(vehicle)}万元"
            f"（其中：公务用车购置费为0.00万元，公务用车运维费{_plain(vehicle)}"
            f"万元）；公务接待费{_plain(reception)}万元。与{year - 1}年相比持平，无增减变化。"
        ),
    ]


def _overview_facts(year: int, budget: Budget) -> list[Truth]:
    vehicle, reception = budget.economic_line("30231"), budget.economic_line("30217")
    return facts(
        year,
        income_total=budget.total,
        income_general_public_budget=budget.total - budget.fund - budget.carryover,
        income_government_fund=budget.fund,
        income_state_capital=ZERO,
        income_fiscal_account=ZERO,
        income_unit_funds=ZERO,
        income_carryover=budget.carryover,
        expenditure_total=budget.total,
        expenditure_basic=budget.basic,
        expenditure_personnel=budget.personnel,
        expenditure_public_use=budget.public_use,
        expenditure_project=budget.project,
        change_total=budget.change,
        change_basic=budget.change_basic,
        change_project=budget.change_project,
        agency_operating_funds=budget.public_use,
        three_public_total=vehicle + reception,
        three_public_overseas=ZERO,
        three_public_vehicle=vehicle,
        three_public_vehicle_purchase=ZERO,
        three_public_vehicle_operation=vehicle,
        three_public_reception=reception,
    )


def assets(speaker: Speaker, budget: Budget, planned: Decimal) -> tuple[list[Content], list[Truth]]:
    """国有资产信息: the sentence and 固定资产占用情况表 at the end of the year before."""
    parts = (
        ("2、车辆（台、辆）", "车辆（台、辆）", budget.vehicles),
        ("3、单价在20万元以上的设备", "单价在20万元以上的设备", budget.equipment),
        ("4、其他固定资产", "其他固定资产", budget.other_assets),
    )
    total = sum((value for _, _, (_, value) in parts), ZERO)
    body = [
        row("资产总额", "——", printed(total)),
        row("1、房屋（平方米）", "", ""),
        row("其中：办公用房（平方米）", "", ""),
        *(row(label, str(count), printed(value)) for label, _, (count, value) in parts),
    ]
    year = speaker.year - 1
    content: list[Content] = [
        Heading("八、国有资产信息", 2),
        Prose(
            f"{speaker.department}（含所属单位）上年末固定资产金额为{_plain(total)}万元（详见下表）。本年度拟购置固定资产总额为"
            f"{_plain(planned)}万元，已按要求列入政府采购预算，详见政府采购预算表。"
        ),
        Prose("部门固定资产占用情况表"),
        Prose(f"截止时间：{year}-12-31"),
        Grid((row("项 目", "数 量", "价 值（金额单位：万元）"),), tuple(body), (34, 16, 26)),
    ]
    rows = [("资产总额", None, total), *((name, str(count), value) for _, name, (count, value) in parts)]
    truth = facts(year, fixed_assets_year_end=total) + facts(speaker.year, fixed_assets_planned=planned)
    truth += [
        {"record": "asset", "category": name, "quantity": count, "value": yuan(value), "as_of": f"{year}-12-31"}
        for name, count, value in rows
    ]
    return content, truth
