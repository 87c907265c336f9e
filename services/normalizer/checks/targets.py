"""CHECKS 16, 19 and 20: a project's schedule, its code, and the levels its indicators cover."""

import re
from decimal import Decimal
from itertools import pairwise

from services.normalizer.checks.book import Book
from services.normalizer.checks.outcome import Outcome
from services.normalizer.checks.wording import shown
from services.normalizer.language.text import label
from shared.schemas.names import Severity
from shared.schemas.records import Project

_HUNDRED = Decimal(100)
_SCHEDULE_TIMES = ("3月底", "6月底", "10月底", "12月底")
_BY_PERIOD = "（各期之和为100%，似按分期而非累计填列）"
_CODE = re.compile(r"(?P<region>\d{6})(?P<year>\d{2})[A-Z][0-9A-Z]{6,16}")
_OUTPUT = re.compile(r"产出")
_EFFECT = re.compile(r"效果|效益|影响")


def check_schedules(book: Book, outcome: Outcome) -> None:
    """A schedule's cumulative percentages never fall and end at 100 or are blank."""
    for project in book.projects:
        steps = [
            (_SCHEDULE_TIMES[place] if place < len(_SCHEDULE_TIMES) else str(place + 1), step)
            for place, step in enumerate(project.schedule or ())
            if step is not None
        ]
        if steps:
            outcome.tried()
            _check_steps(outcome, project, steps)
    if not outcome.comparisons:
        outcome.absent = "没有资金支出计划"


def _check_steps(outcome: Outcome, project: Project, steps: list[tuple[str, Decimal]]) -> None:
    hint = _BY_PERIOD if sum(step for _, step in steps) == _HUNDRED and len(steps) > 1 else ""
    severity = Severity.INFO if hint else None
    for (early, before), (late, after) in pairwise(steps):
        if after < before:
            outcome.breaks(
                f"项目“{shown(project.name)}”资金支出计划{early}为{before.normalize():f}%，{late}为"
                f"{after.normalize():f}%，累计进度下降{hint}。",
                (project,),
                texts=(f"{before.normalize():f}", f"{after.normalize():f}"),
                severity=severity,
            )
            return
    last = steps[-1][1]
    if last != _HUNDRED:
        outcome.breaks(
            f"项目“{shown(project.name)}”资金支出计划止于{last.normalize():f}%，累计应为100%{hint}。",
            (project,),
            texts=("100", f"{last.normalize():f}"),
            severity=severity,
        )


def check_project_codes(book: Book, outcome: Outcome) -> None:
    """A project code opens with the region's six digits and a year that is the fiscal one or earlier."""
    region = book.disclosure.region_code if book.disclosure else None
    for project in book.projects:
        match = _CODE.fullmatch(label(project.code or ""))
        if match is None:
            continue
        outcome.tried()
        if region is not None and match["region"] != region:
            outcome.breaks(
                f"项目“{shown(project.name)}”编码{project.code}的地区码为{match['region']}，公开单位所在地区为{region}。",
                (project,),
                texts=(region, match["region"]),
            )
        elif book.year is not None and 2000 + int(match["year"]) > book.year:
            outcome.breaks(
                f"项目“{shown(project.name)}”编码{project.code}的年份为20{match['year']}，晚于预算年度{book.year}。",
                (project,),
                texts=(str(book.year), f"20{match['year']}"),
            )
    if not outcome.comparisons:
        outcome.absent = "没有项目编码"


def check_levels(book: Book, outcome: Outcome) -> None:
    """A project with indicators has some of output and some of effect."""
    groups = book.indicators_by_project()
    for project in book.projects:
        levels = {indicator.level1 or "" for indicator in groups.get((project.number, project.name), [])}
        if not any(levels):
            continue
        outcome.tried()
        lacking = [
            word
            for word, pattern in (("产出", _OUTPUT), ("效益", _EFFECT))
            if not any(pattern.search(level) for level in levels)
        ]
        if lacking:
            outcome.breaks(f"项目“{shown(project.name)}”没有填列{'、'.join(lacking)}指标。", (project,))
    if not outcome.comparisons:
        outcome.absent = "没有项目绩效指标"
