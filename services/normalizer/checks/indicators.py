"""CHECKS 17 and 18: an indicator whose value, unit or operator contradicts its own words."""

import re
from collections import defaultdict
from decimal import Decimal

from services.normalizer.checks.book import Book
from services.normalizer.checks.outcome import Outcome, Stated
from services.normalizer.checks.wording import shown
from services.normalizer.language.text import label
from shared.schemas.names import Severity
from shared.schemas.records import Indicator

_HUNDRED = Decimal(100)
_NAME_MARK = re.compile(r"[(（]?[%％‰][)）]?$")
_NAME_UNIT = re.compile(r"\(([^()]{1,6})\)$")
_RATE = re.compile(r"(?<![频效功税利汇费速斜倍])率$|比例$|占比$|比率$|百分比$")
_RATE_WORDS = re.compile(r"比率|比例|百分比|占比|占.{1,30}的?(比|率)")
_GROWING = re.compile(
    r"增|提高|提升|上升|收益|回报|利润|负债|超|放大|带动|拉动|产出|产值|产销|翻|周转|变动|充足|拨备|毛入|保值|床位|"
    r"(?:收入|税收|预算).{0,4}完成|完成.{0,2}(?:收入|税收|预算)"
)
"""Of a name whose rate is no share: it may exceed the whole."""
_COUNT = re.compile(r"(数量|[人次户个台件份期册天篇条套批辆项处家座间亩班]数|场次|人次|批次|班次)$")
_COUNT_LEVEL = re.compile(r"数量")
_SHARE = re.compile(r"率|比例|占比|比重|百分|程度|满意|增长|增加|提高|提升|下降|减少|降低|变化|幅")
"""Of a name that may well be measured in per cent, whatever it counts."""
_COUNT_UNITS = {
    "个", "人", "次", "户", "家", "名", "场", "台", "套", "件", "份", "期", "册", "辆", "人次", "场次", "项", "处",
    "村", "座", "条", "篇", "块", "本", "部", "只", "天", "批", "位",
}  # fmt: skip
_COUNTED_WITH = {
    "人数": "人",
    "次数": "次",
    "户数": "户",
    "个数": "个",
    "场次": "场次",
    "人次": "人次",
    "天数": "天",
}
_SATISFACTION = re.compile(r"满意度|满意率")
_CONTENT = re.compile(
    r"(?<![不非])满意|(?<![不低])(?:合格|达标|完成|覆盖|及时|准确|到位|优良|通过|普及|参保|入学|就业|毕业|完好|利用)率"
)
"""What is the better the more there is of it."""
_HARM = re.compile(
    r"不满意|投诉|差评|上访|事故|故障|差错|失误|违规|逾期|流失|发病|死亡|超支|返工|损耗|偏差|滞后|异常|未"
)
_HARMFUL_RATE = re.compile(r"(?:事故|故障|差错|失误|投诉|违规|逾期|发病|死亡|流失|返工|损耗|误差|超支)(?:发生)?率")
_LOWERED = re.compile(
    r"降|减|控|防|低于|处理|处置|办结|整改|化解|排除|消除|修复|解决|回复|查处|完成|及时|响应|知晓|报告"
)
_BETTERED = re.compile(r"提升|提高|改善|促进|增强|帮助|带动|推动")
_ONLY_UNIT = re.compile(r"(>=|<=|[≥≤><=])?(百分比|百分数|百分之|%)|>=|<=|[≥≤><]")
_AT_LEAST = re.compile(r"(?:不少于|不低于|不小于|至少|大于等于|≥|>=)(\d{1,12}(?:\.\d{1,6})?)")
_AT_MOST = re.compile(r"(?:不超过|不多于|不高于|不大于|至多|小于等于|≤|<=)(\d{1,12}(?:\.\d{1,6})?)")
_ABOVE = re.compile(r"(?<![\d.])(\d{1,12}(?:\.\d{1,6})?)[%％\u4e00-\u9fff]{0,3}(?:及以上|以上)")
_WITHIN = re.compile(r"(?<![\d.])(\d{1,12}(?:\.\d{1,6})?)[%％\u4e00-\u9fff]{0,3}(?:及以下|以下|以内|之内)")
_REVERSE = re.compile(r"反向指标|逆向指标")
_MONEY_WORDS = re.compile(r"成本|经费|资金|费用|金额|支出|投入|预算|补助|补贴")
_PLACEHOLDER = re.compile(
    r"\*{2,}|_{2,}|[○〇]{2,}|(?<![A-Za-z])[Xx]{2,}(?![A-Za-z])|×{2,}|\?{2,}|#[A-Z/]{2,}[!?]|^(N/?A|待定|待填|填写.{0,10})$"
)
_INSTRUCTION = re.compile(rf"{_PLACEHOLDER.pattern}|\(\d{{2,4}}字以内\)|此处填写|请填写|请说明")


def _place(indicator: Indicator) -> str:
    """How a message names an indicator: 第1项“星级津贴奖励”的质量指标“拨付到位率”."""
    level = indicator.level2 or indicator.level1 or "指标"
    return f"{_owned_by(indicator)}{shown(level)}“{shown(indicator.level3 or indicator.description)}”"


def _owned_by(indicator: Indicator) -> str:
    if indicator.scope != "project":
        return "部门整体的"
    number = f"第{indicator.project_number}项" if indicator.project_number is not None else "项目"
    return f"{number}“{shown(indicator.project_name)}”的"


def _plain_name(indicator: Indicator) -> str:
    """The name without the unit that may stand in brackets after it: `培训人员数量（人）`."""
    return _NAME_UNIT.sub("", _NAME_MARK.sub("", label(indicator.level3 or indicator.description or "")))


def _unit_in_name(indicator: Indicator) -> str | None:
    match = _NAME_UNIT.search(label(indicator.level3 or indicator.description or ""))
    return match[1] if match else None


def _unit(indicator: Indicator) -> str:
    return label(indicator.unit or "")


def _is_satisfaction(indicator: Indicator) -> bool:
    """Whether it measures satisfaction: by its name, or by its level where its name counts nothing and no harm."""
    name = _plain_name(indicator)
    if _SATISFACTION.search(name):
        return True
    of_level = _SATISFACTION.search(f"{indicator.level1 or ''}{indicator.level2 or ''}")
    return bool(of_level) and not (_COUNT.search(name) or _HARM.search(name) or _unit_in_name(indicator))


def check_indicator_units(book: Book, outcome: Outcome) -> None:
    """A rate or a satisfaction is measured in per cent, a count is not."""
    for indicator in book.indicators:
        if not indicator.value_text:
            continue
        outcome.tried()
        name, unit = _plain_name(indicator), _unit(indicator)
        is_rate = bool(_RATE.search(name)) or _is_satisfaction(indicator)
        if is_rate and indicator.value is not None and (unit in _COUNT_UNITS or unit.endswith("元")):
            outcome.breaks(
                f"{_place(indicator)}的指标值为{shown(indicator.value_text)}，"
                f"{'比率' if _RATE.search(name) else '满意度'}指标用了数量单位。",
                (indicator,),
                texts=Stated("%", indicator.unit),
            )
        elif is_rate and indicator.value is None and not unit and _needs_number(indicator):
            outcome.breaks(
                f"{_place(indicator)}描述为{shown(indicator.description)}，指标值为“{shown(indicator.value_text)}”，不是比率。",
                (indicator,),
                texts=Stated("%", indicator.value_text),
                severity=Severity.INFO,
            )
        elif unit == "%" and _is_count(indicator, name):
            counted = next((word for end, word in _COUNTED_WITH.items() if name.endswith(end)), "数量单位")
            wanted = _unit_in_name(indicator) or counted
            outcome.breaks(
                f"{_place(indicator)}的指标值为{shown(indicator.value_text)}，数量指标用了百分比。",
                (indicator,),
                texts=Stated(wanted, "%"),
            )


def _needs_number(indicator: Indicator) -> bool:
    """Whether a value in words leaves out the rate that the description defines."""
    described = bool(_RATE_WORDS.search(label(indicator.description or "")))
    return described and not re.search(r"\d|[一二三四五六七八九十百]成|全部|所有", indicator.value_text or "")


def _is_count(indicator: Indicator, name: str) -> bool:
    """Whether `indicator` counts things: by a unit in brackets after its name, or by the last word of the name."""
    texts = f"{name}{label(indicator.description or '')}"
    if _RATE_WORDS.search(texts) or _SHARE.search(name) or "率" in texts:
        return False
    if _unit_in_name(indicator) in _COUNT_UNITS:
        return True
    beyond_a_share = indicator.value is not None and indicator.value > _HUNDRED
    return bool(_COUNT.search(name)) and (beyond_a_share or bool(_COUNT_LEVEL.search(indicator.level2 or "")))


def check_indicator_rates(book: Book, outcome: Outcome) -> None:
    """A rate that is a share is at most 100 %."""
    for indicator in book.indicators:
        name = _plain_name(indicator)
        texts = f"{name}{label(indicator.description or '')}"
        is_share = bool(_RATE.search(name)) and not _GROWING.search(texts)
        if indicator.value is None or _unit(indicator) != "%" or not (is_share or _is_satisfaction(indicator)):
            continue
        outcome.tried()
        if indicator.value > _HUNDRED:
            outcome.breaks(
                f"{_place(indicator)}的指标值为{shown(indicator.value_text)}，超过100%。",
                (indicator,),
                texts=Stated("100", f"{indicator.value.normalize():f}", "%"),
            )


def check_indicator_direction(book: Book, outcome: Outcome) -> None:
    """The operator agrees with the words beside the same figure, with 反向指标, and with what is good or bad."""
    for indicator in book.indicators:
        if indicator.operator in (None, "=") or indicator.value is None:
            continue
        text = label(f"{indicator.level3 or ''}；{indicator.description or ''}")
        wanted, severity = _wanted(text, indicator.value), None
        if wanted is None:
            wanted, severity = _wanted_by_nature(indicator, text)
        if wanted is None:
            continue
        outcome.tried()
        if indicator.operator is not None and indicator.operator[0] != wanted[0]:
            said = "只限制上限" if wanted == ">=" else "只规定下限"
            why = f"描述为“{shown(indicator.description or indicator.level3)}”，" if severity is None else ""
            outcome.breaks(
                f"{_place(indicator)}{why}指标值为{shown(indicator.value_text)}，"
                + ("方向相反。" if why else f"{said}，方向可能相反。"),
                (indicator,),
                texts=Stated(wanted, indicator.operator),
                severity=severity,
            )


def _wanted_by_nature(indicator: Indicator, text: str) -> tuple[str | None, Severity | None]:
    """The direction of a share that is good or bad in itself; only satisfaction is beyond doubt."""
    if _unit(indicator) != "%":
        return None, None
    name = _plain_name(indicator)
    satisfied = "满意" in text or (_is_satisfaction(indicator) and not _RATE.search(name))
    if satisfied and not _HARM.search(text):
        return ">=", Severity.WARNING
    if re.search("成本", f"{indicator.level1 or ''}{indicator.level2 or ''}"):
        return None, None
    if _HARMFUL_RATE.search(name) and not _LOWERED.search(text):
        return "<=", Severity.INFO
    if _HARM.search(text) or re.search(r"降|减|控制|节约", text):
        return None, None
    good = _CONTENT.search(name) or (_BETTERED.search(text) and "效" in (indicator.level1 or ""))
    return (">=", Severity.INFO) if good else (None, None)


def _wanted(text: str, value: Decimal) -> str | None:
    """The direction the words give to `value`, or None where they give none, or both."""
    least = any(Decimal(match[1]) == value for pattern in (_AT_LEAST, _ABOVE) for match in pattern.finditer(text))
    most = any(Decimal(match[1]) == value for pattern in (_AT_MOST, _WITHIN) for match in pattern.finditer(text))
    if _REVERSE.search(text):
        most = True
    if least == most:
        return None
    return ">=" if least else "<="


def check_indicator_unit_missing(book: Book, outcome: Outcome) -> None:
    """A figure has its unit: money in 万 lacks its 元, a rate lacks its per cent sign."""
    for indicator in book.indicators:
        if indicator.value is None:
            continue
        outcome.tried()
        words = label("".join((indicator.level2 or "", indicator.level3 or "", indicator.description or "")))
        if _unit(indicator) in ("万", "亿") and _MONEY_WORDS.search(words):
            outcome.breaks(
                f"{_place(indicator)}的指标值为{shown(indicator.value_text)}，单位应为{_unit(indicator)}元。",
                (indicator,),
                texts=Stated(f"{_unit(indicator)}元", indicator.unit),
            )
        elif not _unit(indicator) and indicator.value > 1 and _lacks_percent(indicator):
            outcome.breaks(
                f"{_place(indicator)}的指标值为{shown(indicator.value_text)}，没有单位，应为百分比。",
                (indicator,),
                texts=Stated("%", None),
            )


def _lacks_percent(indicator: Indicator) -> bool:
    has_mark = bool(_NAME_MARK.search(label(indicator.level3 or "")))
    return not has_mark and bool(_RATE.search(_plain_name(indicator)) or _is_satisfaction(indicator))


def check_placeholders(book: Book, outcome: Outcome) -> None:
    """No placeholder is left where a name, a number, a value or a text belongs."""
    for project in book.projects:
        outcome.tried()
        texts = (project.purpose, project.completion, *project.goals)
        left = next((text for text in texts if text and _INSTRUCTION.search(label(text))), None)
        if left is not None:
            message = f"项目“{shown(project.name)}”留有填表说明或占位符：“{shown(left)}”。"
            outcome.breaks(message, (project,), texts=Stated(None, left))
    for indicator in book.indicators:
        outcome.tried()
        texts = (indicator.level3, indicator.description, indicator.value_text)
        left = next((text for text in texts if text and _PLACEHOLDER.search(label(text))), None)
        if left is not None:
            message = f"{_place(indicator)}留有未替换的占位符：“{shown(left)}”。"
            outcome.breaks(message, (indicator,), texts=Stated(None, left))


def check_names_missing(book: Book, outcome: Outcome) -> None:
    """An indicator with a value has a name or a description, where its form names others."""
    named = {_owner(indicator) for indicator in book.indicators if indicator.level3}
    for indicator in book.indicators:
        if _owner(indicator) not in named or not indicator.value_text:
            continue
        outcome.tried()
        own_row = label(indicator.level2 or "") in label(indicator.provenance.text)
        if not indicator.level3 and not indicator.description and own_row:
            outcome.breaks(
                f"{_owned_by(indicator)}{shown(indicator.level2 or indicator.level1)}只有指标值“"
                f"{shown(indicator.value_text)}”，没有三级指标名称。",
                (indicator,),
            )


def _owner(indicator: Indicator) -> tuple[object, ...]:
    return indicator.scope, indicator.project_number, indicator.project_name


def check_values_missing(book: Book, outcome: Outcome) -> None:
    """An indicator that is named has a value, and more than the unit or the sign of one.

    A form that gives points and no value at all is one of scoring, which has no column for values.
    """
    valued = {_owner(indicator) for indicator in book.indicators if indicator.value_text}
    missing: defaultdict[tuple[object, ...], list[Indicator]] = defaultdict(list)
    for indicator in book.indicators:
        outcome.tried()
        if indicator.value_text and indicator.value is None and _ONLY_UNIT.fullmatch(label(indicator.value_text)):
            outcome.breaks(
                f"{_place(indicator)}的指标值只有“{shown(indicator.value_text)}”，没有数值。",
                (indicator,),
                texts=Stated(None, indicator.value_text),
            )
        elif indicator.value_text or not (indicator.level3 or indicator.description):
            continue
        elif _owner(indicator) in valued or (indicator.weight is None and indicator.score is None):
            missing[_owner(indicator)].append(indicator)
    for indicators in missing.values():
        outcome.breaks(
            f"{_place(indicators[0])}等{len(indicators)}个指标没有指标值。"
            if len(indicators) > 1
            else f"{_place(indicators[0])}没有指标值。",
            indicators,
        )


def check_repeated_indicators(book: Book, outcome: Outcome) -> None:
    """A form states an indicator once."""
    seen: dict[tuple[object, ...], Indicator] = {}
    for indicator in book.indicators:
        if not indicator.level3:
            continue
        levels = (
            indicator.level1,
            indicator.level2,
            indicator.level3,
            indicator.description,
            indicator.value_text,
        )
        place = indicator.provenance
        key = (place.document, place.block, *_owner(indicator), *(label(text or "") for text in levels))
        outcome.tried()
        if key in seen:
            outcome.breaks(f"{_place(indicator)}重复出现。", (indicator, seen[key]))
        else:
            seen[key] = indicator
