"""Quality of targets: what no sum contradicts and yet tells a reader nothing, or cannot be meant.

中央部门预算绩效目标管理办法 (财预〔2015〕88号) wants targets pointed, concrete, measurable and fitting the money.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from statistics import median

from services.normalizer.checks.book import Book
from services.normalizer.checks.outcome import Outcome, Stated
from services.normalizer.checks.wording import shown
from services.normalizer.language.text import label
from services.normalizer.readers.performance.vocabulary import words
from shared.schemas.names import Severity
from shared.schemas.records import Indicator, Project

_FEWEST_ALIKE = 5
"""Indicators of one value from which on it says something."""
_SHORTEST_GOAL = 10
_FEWEST_COMPARED = 5
_FAR = Decimal(1000)
"""How many times the median a figure is that nobody meant."""
_PEOPLE = Decimal(1_450_000_000)
"""More than the country has."""
_PEOPLE_UNITS = {"人", "人次", "户", "名", "次", "个", "位", "家"}
_SHOWN = 3
_MARKS = re.compile(r"[\s，。、；：“”‘’（）()《》,.;:!！?？·-]")
_USED_FOR = re.compile(r"^(?:主要|此项目|本项目)?用于")
_DUE_YEAR = re.compile(
    r"(20\d\d)年(?:度)?(?:\d{1,2}月)?(?:\d{1,2}日)?(?:底|末|前|之前|以前|内|完成|全年|年度)*(?:完成)?"
)


def check_one_value(book: Book, outcome: Outcome) -> None:
    """The indicators of a project do not all have one and the same value."""
    for project in book.projects:
        indicators = book.indicators_of(project)
        values = {(one.operator, one.value, label(one.unit or "")) for one in indicators if one.value is not None}
        if len(indicators) < _FEWEST_ALIKE or len({one.level2 for one in indicators}) < 2:
            continue
        outcome.tried()
        if len(values) == 1 and all(one.value is not None for one in indicators):
            outcome.breaks(
                f"{_project(project.number, project.name)}的{len(indicators)}个指标的指标值"
                f"都是{shown(indicators[0].value_text)}。",
                indicators,
            )
    _absent(outcome)


def check_level_names(book: Book, outcome: Outcome) -> None:
    """The name of an indicator is not the name of a level."""
    for indicator in book.indicators:
        name = label(indicator.level3 or "")
        if not name:
            continue
        outcome.tried()
        if name in words().level_names:
            place = _project(indicator.project_number, indicator.project_name)
            owner = place if indicator.scope == "project" else "部门整体"
            level = shown(indicator.level2 or indicator.level1)
            outcome.breaks(f"{owner}的{level}下，三级指标填的是指标级别的名称“{name}”。", (indicator,))
    _absent(outcome)


def check_purpose(book: Book, outcome: Outcome) -> None:
    """The purpose of a project, and its goal, say more than its name."""
    for project in book.projects:
        texts = [text for text in (project.purpose, *(project.goals if len(project.goals) == 1 else ())) if text]
        if not texts or not project.name:
            continue
        outcome.tried()
        name = _bare(project.name)
        repeated = next((text for text in texts if _bare(text) == name and len(name) > 2), None)
        if repeated is not None:
            what = "资金用途" if repeated == project.purpose else "绩效目标"
            outcome.breaks(f"项目“{shown(project.name)}”的{what}只是重复了项目名称。", (project,))
    if not outcome.comparisons:
        outcome.absent = "没有项目用途或绩效目标"


def check_copied_goals(book: Book, outcome: Outcome) -> None:
    """Different projects have goals of their own."""
    alike: defaultdict[str, dict[str, Project]] = defaultdict(dict)
    for project in book.projects:
        text = _MARKS.sub("", label("".join(project.goals)))
        if len(text) >= _SHORTEST_GOAL:
            outcome.tried()
            alike[text].setdefault(_bare(project.name), project)
    for projects in alike.values():
        if len(projects) > 1:
            same = list(projects.values())
            outcome.breaks(
                f"{_names(same)}等{len(same)}个项目的绩效目标完全相同：“{shown(same[0].goals[0])}”。", same
            )
    if not outcome.comparisons:
        outcome.absent = "没有项目绩效目标"


def check_outliers(book: Book, outcome: Outcome) -> None:
    """A figure is not a thousand times what the same indicator has elsewhere, nor beyond the possible.

    Money is left out: it is as large as the project.
    """
    alike: defaultdict[tuple[str, str], list[Indicator]] = defaultdict(list)
    for indicator in book.indicators:
        unit = label(indicator.unit or "")
        if indicator.value is None or indicator.value <= 0 or "元" in unit or unit in {"万", "亿"}:
            continue
        outcome.tried()
        alike[label(indicator.level3 or ""), unit].append(indicator)
        if unit in _PEOPLE_UNITS and indicator.value > _PEOPLE:
            outcome.breaks(_far(indicator, "大于全国人口"), (indicator,), severity=Severity.WARNING)
    for (name, _), indicators in alike.items():
        if name and len(indicators) >= _FEWEST_COMPARED:
            middle = median(one.value for one in indicators if one.value is not None)
            for one in indicators:
                if one.value is not None and not middle / _FAR < one.value < middle * _FAR:
                    why = f"其他项目同名指标的中位数为{middle.normalize():f}"
                    outcome.breaks(_far(one, why), (one,), severity=Severity.INFO)
    _absent(outcome)


def _far(indicator: Indicator, why: str) -> str:
    place = _project(indicator.project_number, indicator.project_name)
    return f"{place}的指标“{shown(indicator.level3)}”的指标值为{shown(indicator.value_text)}，{why}。"


def check_stale_years(book: Book, outcome: Outcome) -> None:
    """What is due is not due in a year before the fiscal year."""
    for indicator in book.indicators:
        match = _DUE_YEAR.fullmatch(label(indicator.value_text or ""))
        if match is None or book.year is None:
            continue
        outcome.tried()
        if int(match[1]) < book.year:
            place = _project(indicator.project_number, indicator.project_name)
            outcome.breaks(
                f"{place}的指标“{shown(indicator.level3)}”的指标值为“{shown(indicator.value_text)}”，"
                f"早于预算年度{book.year}年。",
                (indicator,),
                texts=Stated(str(book.year), match[1], "年"),
            )
    if not outcome.comparisons:
        outcome.absent = "没有写明年份的指标值"


def _absent(outcome: Outcome) -> None:
    if not outcome.comparisons:
        outcome.absent = "没有绩效指标"


def _project(number: int | None, name: str | None) -> str:
    return f"第{number}项“{shown(name)}”" if number is not None else f"项目“{shown(name)}”"


def _names(projects: Sequence[Project]) -> str:
    return "、".join(f"“{shown(project.name)}”" for project in projects[:_SHOWN])


def _bare(text: str) -> str:
    """`text` without marks and the 用于 before it."""
    return _USED_FOR.sub("", _MARKS.sub("", label(text)))
