"""CHECKS 16 and 19 to 22: a project's schedule, its code, the levels and weights of its indicators, its goals."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import pairwise

from services.normalizer.checks.book import Book
from services.normalizer.checks.outcome import Outcome, Stated
from services.normalizer.checks.wording import shown
from services.normalizer.language.text import label
from shared.schemas.names import Severity
from shared.schemas.records import Indicator, Project

_HUNDRED = Decimal(100)
_SCHEDULE_TIMES = ("3月底", "6月底", "10月底", "12月底")
_BY_PERIOD = "（各期之和为100%，似按分期而非累计填列）"
_CODE = re.compile(r"(?P<region>\d{6})(?P<year>\d{2})[A-Z][0-9A-Z]{6,16}")
_OUTPUT = re.compile(r"产出")
_EFFECT = re.compile(r"效果|效益|影响")
_WHOLE_WEIGHTS = (_HUNDRED, Decimal(90))
"""All points, or those that 项目支出绩效评价管理办法 (财预〔2020〕10号) leaves beside ten for the execution."""
_FIGURE = r"(?:共|约|达到?|为|不少于|不低于|至少|≥|超过|>=){0,2}(\d{1,12}(?:\.\d{1,6})?)"
_SENTENCE = re.compile(r"[。；;！!\n]")
_OTHER_TIME = re.compile(
    r"累计|上年|去年|往年|以来|同比|较|比上|[二两三四五六七八九十\d]年(?:内|间|共)|规划期|其中|力争|分别"
)
"""Of a sentence whose figures may be of another time, or of a part."""
_COUNT_WORD = re.compile(r"(?:人数|次数|户数|个数|数量|场次|人次|期数|长度|面积|里程|规模|数)$")
_SHORTEST_STEM = 4


def check_schedules(book: Book, outcome: Outcome) -> None:
    """A schedule's cumulative percentages never fall, and end at 100; the last may be blank."""
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
                texts=Stated(f"{before.normalize():f}", f"{after.normalize():f}", "%"),
                severity=severity,
            )
            return
    last = steps[-1][1]
    ends = project.schedule is not None and project.schedule[-1] is not None
    if last > _HUNDRED or (ends and last != _HUNDRED):
        outcome.breaks(
            f"项目“{shown(project.name)}”资金支出计划止于{last.normalize():f}%，累计应为100%{hint}。",
            (project,),
            texts=Stated("100", f"{last.normalize():f}", "%"),
            severity=severity,
        )


def check_project_codes(book: Book, outcome: Outcome) -> None:
    """A project code opens with the region, or one that holds it, and with a year not after the fiscal one."""
    region = book.disclosure.region_code if book.disclosure else None
    for project in book.projects:
        match = _CODE.fullmatch(label(project.code or ""))
        if match is None:
            continue
        outcome.tried()
        if region is not None and not _overlap(region, match["region"]):
            outcome.breaks(
                f"项目“{shown(project.name)}”编码{project.code}的地区码为{match['region']}，公开单位所在地区为{region}。",
                (project,),
                texts=Stated(region, match["region"]),
            )
        elif book.year is not None and 2000 + int(match["year"]) > book.year:
            outcome.breaks(
                f"项目“{shown(project.name)}”编码{project.code}的年份为20{match['year']}，晚于预算年度{book.year}。",
                (project,),
                texts=Stated(str(book.year), f"20{match['year']}", "年"),
            )
    if not outcome.comparisons:
        outcome.absent = "没有项目编码"


def _overlap(one: str, other: str) -> bool:
    """Whether one of two region codes is the other, or holds it: 130000 holds 130406."""
    first, second = one.rstrip("0"), other.rstrip("0")
    return first.startswith(second) or second.startswith(first)


def check_levels(book: Book, outcome: Outcome) -> None:
    """A project with indicators has some of output and some of effect."""
    for project in book.projects:
        indicators = book.indicators_of(project)
        if not any(indicator.level1 for indicator in indicators):
            continue
        outcome.tried()
        lacking = _lacking(indicators)
        if lacking:
            outcome.breaks(f"项目“{shown(project.name)}”没有填列{'、'.join(lacking)}指标。", (project,))
    if not outcome.comparisons:
        outcome.absent = "没有项目绩效指标"


def _lacking(indicators: Sequence[Indicator]) -> list[str]:
    """Which of output and effect no indicator is of; none where no level is printed."""
    levels = {indicator.level1 or "" for indicator in indicators}
    kinds = (("产出", _OUTPUT), ("效益", _EFFECT)) if any(levels) else ()
    return [word for word, pattern in kinds if not any(pattern.search(level) for level in levels)]


def check_weights(book: Book, outcome: Outcome) -> None:
    """The weights of a project's indicators, where each has one, sum to 100, or 90 beside the execution's ten.

    Where a whole level is lacking, that is the fault, and `check_levels` tells it.
    """
    for project in book.projects:
        indicators = book.indicators_of(project)
        weights = [indicator.weight for indicator in indicators if indicator.weight is not None]
        if not weights:
            continue
        if len(weights) < len(indicators) or len(weights) < 2:
            outcome.lacks(f"项目“{shown(project.name)}”的指标没有全部填列权重")
            continue
        if lacking := _lacking(indicators):
            outcome.lacks(f"项目“{shown(project.name)}”没有填列{'、'.join(lacking)}指标，权重不作核对")
            continue
        outcome.tried()
        _check_sum(outcome, project.name, indicators)
    if not outcome.comparisons and not outcome.lacking:
        outcome.absent = "没有填列指标权重"


def _check_sum(outcome: Outcome, name: str, indicators: Sequence[Indicator]) -> None:
    """Compare the sum of the weights; an indicator printed twice, which has a rule of its own, counts once."""
    once = {
        (one.level1, one.level2, one.level3, one.description, one.value_text): one.weight for one in indicators
    }
    weights = [weight for weight in once.values() if weight is not None]
    total = sum(weights, Decimal(0))
    whole = _HUNDRED if total > 2 else Decimal(1)
    allowed = (
        (len(weights) + 1) * max(map(_place, weights)) / 2 if any(map(_has_fraction, weights)) else Decimal(0)
    )
    off = min(abs(total - share * whole / _HUNDRED) for share in _WHOLE_WEIGHTS)
    if off > allowed:
        outcome.breaks(
            f"项目“{shown(name)}”各项指标的权重合计为{total.normalize():f}，应为{whole:f}。",
            indicators,
            texts=Stated(f"{whole:f}", f"{total.normalize():f}"),
        )
    elif off:
        outcome.rounded += 1


def _has_fraction(weight: Decimal) -> bool:
    return weight != weight.to_integral_value()


def _place(weight: Decimal) -> Decimal:
    """What one of the last printed place of `weight` is."""
    exponent = weight.as_tuple().exponent
    return Decimal(1).scaleb(exponent if isinstance(exponent, int) else 0)


def check_goal_figures(book: Book, outcome: Outcome) -> None:
    """A goal that names an indicator and a figure in its unit right after it gives the indicator's figure."""
    for project in book.projects:
        named: defaultdict[tuple[str, str], list[Indicator]] = defaultdict(list)
        said = label("".join(project.goals))
        for indicator in book.indicators_of(project):
            stem = _stem(indicator)
            if stem and stem in said and indicator.value is not None and indicator.unit:
                named[stem, label(indicator.unit)].append(indicator)
        for (stem, unit), indicators in named.items():
            figures = list(_figures(project.goals, stem, unit))
            if len(indicators) == 1 and len(set(figures)) == 1:
                outcome.tried()
                _compare_goal(outcome, project, indicators[0], figures[0])
    if not outcome.comparisons:
        outcome.absent = "绩效目标中没有与指标同名的数字"


def _compare_goal(outcome: Outcome, project: Project, indicator: Indicator, figure: Decimal) -> None:
    if figure == indicator.value:
        return
    said = f"{figure.normalize():f}{indicator.unit}"
    outcome.breaks(
        f"项目“{shown(project.name)}”的绩效目标中“{shown(indicator.level3)}”为{said}，指标值为{shown(indicator.value_text)}。",
        (indicator, project),
        texts=Stated(said, indicator.value_text),
    )


def _stem(indicator: Indicator) -> str | None:
    """The name of `indicator` less the word that says how it counts; the whole where that leaves too little.

    Null where the name itself is too short to be sure.
    """
    name = re.sub(r"\([^()]{1,8}\)$", "", label(indicator.level3 or ""))
    stem = _COUNT_WORD.sub("", name)
    return next((each for each in (stem, name) if len(each) >= _SHORTEST_STEM), None)


def _figures(goals: Sequence[str], stem: str, unit: str) -> Iterator[Decimal]:
    """The figures in `unit` that `goals` give right after `stem`, in sentences about this year as a whole."""
    pattern = re.compile(
        rf"{re.escape(stem)}(?:{_COUNT_WORD.pattern.rstrip('$')})?{_FIGURE}{re.escape(unit)}(?![/每人次])"
    )
    for goal in goals:
        for sentence in _SENTENCE.split(label(goal)):
            if stem in sentence and not _OTHER_TIME.search(sentence):
                yield from (Decimal(match[1]) for match in pattern.finditer(sentence))
