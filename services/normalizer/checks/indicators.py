"""CHECKS 17 and 18: an indicator whose value, unit or operator contradicts its own words."""

import re
from collections import defaultdict
from decimal import Decimal

from services.normalizer.checks.book import Book
from services.normalizer.checks.outcome import Outcome
from services.normalizer.checks.wording import shown
from services.normalizer.language.text import label
from shared.schemas.names import Severity
from shared.schemas.records import Indicator

_HUNDRED = Decimal(100)
_NAME_MARK = re.compile(r"[(（]?[%％‰][)）]?$")
_RATE = re.compile(r"(?<![频效功税利汇费速斜倍])率$|比例$|占比$|比率$|百分比$")
_RATE_WORDS = re.compile(r"比率|比例|百分比|占比|占.{1,30}的?(比|率)")
_GROWING = re.compile(r"增长|增加|提高|提升|增幅|上升|收益|回报|利润|负债|超|放大|带动|拉动|产出|翻")
_COUNT = re.compile(r"(数量|人数|次数|户数|个数|场次|人次|台数|件数|份数|期数|册数|天数)$")
_COUNT_LEVEL = re.compile(r"数量")
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
_ONLY_UNIT = re.compile(r"(>=|<=|[≥≤><=])?(百分比|百分数|百分之|%)")
_AT_LEAST = re.compile(r"(?:不少于|不低于|不小于|至少|大于等于|≥|>=)(\d{1,12}(?:\.\d{1,6})?)")
_AT_MOST = re.compile(r"(?:不超过|不多于|不高于|不大于|至多|小于等于|≤|<=)(\d{1,12}(?:\.\d{1,6})?)")
_ABOVE = re.compile(r"(?<![\d.])(\d{1,12}(?:\.\d{1,6})?)[%％\u4e00-\u9fff]{0,3}(?:及以上|以上)")
_WITHIN = re.compile(r"(?<![\d.])(\d{1,12}(?:\.\d{1,6})?)[%％\u4e00-\u9fff]{0,3}(?:及以下|以下|以内|之内)")
_REVERSE = re.compile(r"反向指标|逆向指标")
_MONEY_WORDS = re.compile(r"成本|经费|资金|费用|金额|支出|投入|预算|补助|补贴")
_PLACEHOLDER = re.compile(
    r"\*{2,}|(?<![A-Za-z])[Xx]{2,}(?![A-Za-z])|×{2,}|\?{2,}|#[A-Z/]{2,}[!?]|^(N/?A|待定|待填)$"
)


def _place(indicator: Indicator) -> str:
    """How a message names an indicator: 第1项“星级津贴奖励”的质量指标“拨付到位率”."""
    number = f"第{indicator.project_number}项" if indicator.project_number is not None else "项目"
    owner = f"{number}“{shown(indicator.project_name)}”的" if indicator.scope == "project" else "部门整体的"
    level = indicator.level2 or indicator.level1 or "指标"
    return f"{owner}{shown(level)}“{shown(indicator.level3 or indicator.description)}”"


def _plain_name(indicator: Indicator) -> str:
    return _NAME_MARK.sub("", label(indicator.level3 or indicator.description or ""))


def _unit(indicator: Indicator) -> str:
    return label(indicator.unit or "")


def _is_satisfaction(indicator: Indicator) -> bool:
    return bool(_SATISFACTION.search(f"{indicator.level1 or ''}{indicator.level2 or ''}{_plain_name(indicator)}"))


def check_indicator_units(book: Book, outcome: Outcome) -> None:
    """A rate or a satisfaction is measured in per cent, a count is not."""
    for indicator in book.indicators:
        if not indicator.value_text:
            continue
        outcome.tried()
        name, unit = _plain_name(indicator), _unit(indicator)
        is_rate = bool(_RATE.search(name)) or _is_satisfaction(indicator)
        if is_rate and indicator.value is not None and unit in _COUNT_UNITS:
            outcome.breaks(
                f"{_place(indicator)}的指标值为{shown(indicator.value_text)}，"
                f"{'比率' if _RATE.search(name) else '满意度'}指标用了数量单位。",
                (indicator,),
                texts=("%", indicator.unit),
            )
        elif is_rate and indicator.value is None and not unit and _needs_number(indicator):
            outcome.breaks(
                f"{_place(indicator)}描述为{shown(indicator.description)}，指标值为“{shown(indicator.value_text)}”，不是比率。",
                (indicator,),
                texts=("%", indicator.value_text),
                severity=Severity.INFO,
            )
        elif unit == "%" and _is_count(indicator, name):
            wanted = next((word for end, word in _COUNTED_WITH.items() if name.endswith(end)), "数量单位")
            outcome.breaks(
                f"{_place(indicator)}的指标值为{shown(indicator.value_text)}，数量指标用了百分比。",
                (indicator,),
                texts=(wanted, "%"),
            )


def _needs_number(indicator: Indicator) -> bool:
    """Whether a value in words leaves out the rate that the description defines."""
    described = bool(_RATE_WORDS.search(label(indicator.description or "")))
    return described and not re.search(r"\d|[一二三四五六七八九十百]成|全部|所有", indicator.value_text or "")


def _is_count(indicator: Indicator, name: str) -> bool:
    texts = f"{name}{label(indicator.description or '')}"
    return (
        bool(_COUNT_LEVEL.search(indicator.level2 or ""))
        and bool(_COUNT.search(name))
        and not _RATE_WORDS.search(texts)
        and "率" not in texts
    )


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
                texts=("100", f"{indicator.value.normalize():f}"),
            )


def check_indicator_direction(book: Book, outcome: Outcome) -> None:
    """The operator agrees with the words beside the same figure, and with 反向指标."""
    for indicator in book.indicators:
        if indicator.operator in (None, "=") or indicator.value is None:
            continue
        text = label(f"{indicator.level3 or ''}；{indicator.description or ''}")
        wanted = _wanted(text, indicator.value)
        if wanted is None:
            continue
        outcome.tried()
        if indicator.operator is not None and indicator.operator[0] != wanted[0]:
            outcome.breaks(
                f"{_place(indicator)}描述为“{shown(indicator.description or indicator.level3)}”，"
                f"指标值为{shown(indicator.value_text)}，方向相反。",
                (indicator,),
                texts=(wanted, indicator.operator),
            )


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
                texts=(f"{_unit(indicator)}元", indicator.unit),
            )
        elif not _unit(indicator) and indicator.value > 1 and _lacks_percent(indicator):
            outcome.breaks(
                f"{_place(indicator)}的指标值为{shown(indicator.value_text)}，没有单位，应为百分比。",
                (indicator,),
                texts=("%", None),
            )


def _lacks_percent(indicator: Indicator) -> bool:
    has_mark = bool(_NAME_MARK.search(label(indicator.level3 or "")))
    return not has_mark and bool(_RATE.search(_plain_name(indicator)) or _is_satisfaction(indicator))


def check_placeholders(book: Book, outcome: Outcome) -> None:
    """No placeholder is left where a name, a number or a value belongs."""
    for indicator in book.indicators:
        outcome.tried()
        texts = (indicator.level3, indicator.description, indicator.value_text)
        left = next((text for text in texts if text and _PLACEHOLDER.search(label(text))), None)
        if left is not None:
            message = f"{_place(indicator)}留有未替换的占位符：“{shown(left)}”。"
            outcome.breaks(message, (indicator,), texts=(None, left))


def check_values_missing(book: Book, outcome: Outcome) -> None:
    """An indicator that is named has a value, and more than the unit of one."""
    missing: defaultdict[tuple[str, int | None, str | None], list[Indicator]] = defaultdict(list)
    for indicator in book.indicators:
        outcome.tried()
        if indicator.value_text and indicator.value is None and _ONLY_UNIT.fullmatch(label(indicator.value_text)):
            outcome.breaks(
                f"{_place(indicator)}的指标值只有单位“{shown(indicator.value_text)}”，没有数值。",
                (indicator,),
                texts=(None, indicator.value_text),
            )
        elif (indicator.level3 or indicator.description) and not indicator.value_text:
            missing[indicator.scope, indicator.project_number, indicator.project_name].append(indicator)
    for indicators in missing.values():
        outcome.breaks(
            f"{_place(indicators[0])}等{len(indicators)}个指标没有指标值。"
            if len(indicators) > 1
            else f"{_place(indicators[0])}没有指标值。",
            indicators,
        )


def check_repeated_indicators(book: Book, outcome: Outcome) -> None:
    """A project states an indicator once."""
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
        owner = (indicator.provenance.document, indicator.scope, indicator.project_number, indicator.project_name)
        key = (*owner, *(label(text or "") for text in levels))
        outcome.tried()
        if key in seen:
            outcome.breaks(f"{_place(indicator)}重复出现。", (indicator, seen[key]))
        else:
            seen[key] = indicator
