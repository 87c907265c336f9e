"""The title of a document: every line, and lines joined where a title wraps, that reads like one, scored."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

from services.normalizer.identity.evidence import LONGEST, MARKED, Evidence, EvidenceLine, EvidenceOrigin
from services.normalizer.identity.names import (
    AFTER_HE,
    TOWN,
    is_of_government,
    is_organisation,
    may_be_name,
    trimmed,
    without_levels,
)
from services.normalizer.language import regions
from services.normalizer.language.text import joined
from services.normalizer.language.years import YEAR, plain_years

_LONGEST_TITLE: Final = 90
_MOST_LINES: Final = 4
"""Lines a title on a cover wraps over."""
_KIND: Final = re.compile(
    r"预算|决算|绩效|三公.?经费|执行情况|财政收支|财政收入|财政支出|预备费|财政运行|政府性基金|国有资本经营|社会保险基金|转移支付|直达资金|政府(?:一般|专项)?债[务券]|地方政府.{0,4}债|债务(?:限额|余额|情况)|债券|采购意向"
)
_OF_TWO: Final = re.compile("(?:部门|单位)[预决]算|[预决]算(?:公开|[、及和与])")
_ATTACHED: Final = re.compile(
    r"^\s*(?:附件|附表|附|公开)?\s*(?:[一二三四五六七八九十]{1,3}|\d{1,2}(?:[-－—.]\d{1,2})*)?\s*[:：]\s*|"
    r"^\s*(?:附件|附表|附|表)\s*\d{0,2}(?:[-－—]\d{1,2})*[\s、.．]+|^\s*\d{1,2}(?:[-－—]\d{1,2})+(?![\d月])[\s、.．]*|^\s*附件\s*\d{0,2}(?=[\u4e00-\u9fff]{4})|"
    r"^\s*第[一二三四五六七八九十]{1,3}部分\s*[:：、]?\s*"
)
_POINTER: Final = re.compile(r"\s*[(（](?:详?见附[件表]|附[件表])[)）]\s*$")
_AREA_CODE: Final = re.compile(
    r"^\s*(?!20\d\d\s*(?:年|部|预|决|单))\d{2}(?:\d{2}){0,5}\s*(?=[\u4e00-\u9fff]{2})(?![年月日个项张届次号级])|"
    r"^\s*(?!20\d\d\s)\d{2}(?:\d{2}){0,5}\s+(?=20\d\d\s*年)"
)
"""A region's code that a budget system prints before the title: `22吉林省…`, `9909 2025年…`."""
_OF_A_BUDGET: Final = re.compile(
    "一般公共预算|公共财政预算|政府性基金|国有资本经营|社会保险基金|财政(?=预|决|收|总)|(?:预算|决算)(?!单位|部门)|"
    "(?:地方)?政府.{0,4}债|债务限额|财政专户|上级补助|转移支付|税收返还|三公(?=.{0,8}[预决]算)|直达资金|政府(?:预算)?(?:支出)?经济分类"
)
_NO_TITLE: Final = re.compile(
    r"[。；！？，:：>»《》]|万元|亿元|包括|如下|总计|共计|各增加|编制范围|"
    r"^(?:根据|按照|依据|本(?:部门|单位|表|年|预算|次)|我(?:部门|单位|局|县|市|区)|为了|现将|以下|经.{2,12}批准|与|比|较|详见|其中|注|欢迎|当前|来源|"
    rf"发布|索引|备注|纳入|反映|截[至止]|受.{{1,8}}委托|年|度|及|和(?!{AFTER_HE})|的|对|审议|审查|批准|一是|二是)"
)
_ENDS: Final = re.compile(
    r"(?:预算|决算|绩效|公开|公示|公告|通知|批复|意向|解读|说明|报告|草案|目标|情况|目录|信息|文本|材料|附表|表格?|总表|明细|汇总|方案|自评|评价|经费|限额|余额|债[务券]|债务率|索引|分析|摘要|快报|月报|季报|简报|决议|"
    r"(?:月报|快报)表?20\d\d年\d{1,2}月份?|[(（](?:草案|书面|摘要|\d{1,2}|[一二三四五六七八九十]{1,3}|20\d\d年?度?|详见附件|表格|汇总|本级|公开[表版]?)[)）]|公开版)+$"
)
_UNDATED_ENDS: Final = re.compile(r"公开|说明|报告|自评|目标|评价")
_OF_A_TABLE: Final = re.compile(r"表(?:格?[(（][^（）()]{1,6}[)）])?$")
_KIND_OF_TABLE: Final = re.compile(
    r"收支|收入|支出|三公|基金|资本|采购|拨款|项目|绩效|运行|购买|债|资产|转移|平衡|目标|明细|总表|经费|税|情况表"
)
_GOES_ON: Final = re.compile(r"(?:和|与|及|暨|的|、|关于|年度?|20\d\d年?度?(?:部门|单位)|纪律检查委员会)$")
"""How a line ends that the next one goes on with."""
_MONTHS: Final = re.compile(r"^年?度?(?:\d{1,2}[-—–~至到])?(?:\d{1,2}月份?)?")
_DATED_REMARK: Final = re.compile(r"[(（].{0,6}20\d\d年.{0,12}[)）]")
"""A line below a title that says when: `（截至2025年9月30日）`."""
_LAST_WORDS: Final = re.compile(r"(?:的|信息|情况|公开|说明|公示|报告)+")
"""The end of a title on a line of its own."""
_SPACED_YEAR: Final = re.compile(r"(?<!\d)2 0 (\d) (\d)(?= ?年)")
_QUOTED: Final = re.compile(r"《([^《》]+)》")
_BRACKET: Final = re.compile(r"[(（]([^（）()\d]{3,40})[)）]$")
_REMARK: Final = re.compile(r"[(（](?!草案[)）])[^（）()]{2,60}[)）]$")
"""What is said of the title in brackets at its end."""
_LAST: Final = re.compile(r"(?:预算|决算|经费)(?:信息|情况|公开|公示|说明|报告)*[-－—_]*([^-－—_\d]{3,40})$")
"""An organisation that stands last: `2024年预算公开--青石县第一中学`."""
_BASE: Final = {
    EvidenceOrigin.PORTAL: 1000.0,
    EvidenceOrigin.META: 90.0,
    EvidenceOrigin.PAGE_NAME: 78.0,
    EvidenceOrigin.OPENING: 70.0,
    EvidenceOrigin.TABLE_TITLE: 40.0,
    EvidenceOrigin.PART: 34.0,
    EvidenceOrigin.FILE_NAME: 30.0,
    EvidenceOrigin.BODY: 15.0,
}
"""How much where a line stands says that it is the title."""


@dataclass(frozen=True)
class TitleCandidate:
    """A line that reads like a title: as published, plain, where it stood, and its score."""

    text: str
    plain: str
    origin: EvidenceOrigin
    order: int = 0
    source: str = ""
    """The lines it is made of, as they stand."""
    cut: bool = False
    """Whether the line before it goes on in it, or it in the line after it."""
    score: float = 0.0

    @property
    def lines(self) -> int:
        """How many lines it is joined of."""
        return self.source.count("\n") + 1

    @cached_property
    def department(self) -> str | None:
        """The organisation it names: before the year, between year and kind, or in brackets at its end."""
        return next(iter(self._names), None)

    @cached_property
    def doubled(self) -> bool:
        """Whether it names two organisations, one before the year: a letterhead glued to a title."""
        return len({name for name in self._names if is_organisation(name)}) > 1

    @cached_property
    def presented(self) -> bool:
        """Whether the line before the title, of who presents the report, was taken into it."""
        return self.lines > 1 and is_of_government(self.department or "") and "草案" in self.plain

    @cached_property
    def years(self) -> list[int]:
        """The years in it, in order."""
        return [int(match[0]) for match in YEAR.finditer(self.plain)]

    @cached_property
    def of_table(self) -> bool:
        """Whether it is the title of one table, not of a document."""
        if self.origin is EvidenceOrigin.TABLE_TITLE:
            return True
        return bool(_OF_A_TABLE.search(self.plain) and _KIND_OF_TABLE.search(self.plain))

    @cached_property
    def names_place(self) -> bool:
        """Whether it names a region, or begins as one that the table of regions does not have."""
        start = re.sub(r"^(?:20\d\d年?度?)?(?:关于)?(?:中共|中国共产党)?", "", self.bare)
        return regions.begins_with_place(start) or bool(regions.mentions(self.bare))

    @cached_property
    def place(self) -> bool:
        """Whether what stands before its year is a place alone: `关于青石县2025年…`."""
        first = YEAR.search(self.bare)
        return bool(first) and regions.is_place(trimmed(self.bare[: first.start()]) if first else "")

    @cached_property
    def place_of_budget(self) -> bool:
        """Whether a county alone stands between the year, if any, and budget: `2025年青石县一般公共预算支出表`."""
        first = YEAR.search(self.bare)
        rest = _MONTHS.sub("", self.bare[first.end() :] if first else self.bare)
        budget = _OF_A_BUDGET.search(rest)
        place = without_levels(rest[: budget.start()]) if budget else ""
        return regions.is_place(place) and not TOWN.search(place)

    @cached_property
    def bare(self) -> str:
        """The title without quotation marks and what is in brackets at its end."""
        return re.sub(r"[“”\"'‘’]", "", self.plain)

    @cached_property
    def _names(self) -> list[str]:
        first = YEAR.search(self.bare)
        head, rest = (self.bare[: first.start()], self.bare[first.end() :]) if first else ("", self.bare)
        found = [name] if may_be_name(name := trimmed(head)) and len(name) >= 3 else []
        if not found and first and (kind := _KIND.search(head)):
            inner = trimmed(without_levels(head[: kind.start()]))
            found += [inner] if is_organisation(inner) else []
        if (kind := _KIND.search(rest)) and (first is None or not found or kind.start() > 2):
            found += _before_kind(rest, undated=first is None)
        if match := _BRACKET.search(self.bare):
            found += [match[1]] if is_organisation(match[1]) else []
        if (match := _LAST.search(self.bare)) and is_organisation(match[1]):
            found.append(match[1])
        return found


def _before_kind(text: str, undated: bool) -> list[str]:
    """The organisation that `text` names before what it is: 预算编审中心部门预算 is of the 预算编审中心."""
    found = [trimmed(without_levels(_MONTHS.sub("", text[: kind.start()]))) for kind in _KIND.finditer(text)]
    whole = [name for name in found if is_organisation(name) and not _OF_TWO.search(name)]
    if whole:
        return whole[-1:]
    return found[:1] if undated and may_be_name(found[0]) and len(found[0]) >= 4 else []


def titles(evidence: Evidence) -> list[TitleCandidate]:
    """Every candidate, the best first; the first of equals is the first in the document."""
    found = [_scored(each, evidence) for each in _candidates(evidence)]
    return sorted(found, key=lambda each: -each.score)


def without_marks(text: str) -> str:
    """`text` less `附件1：`, `5-1` and a region's code before it, and `（详见附件）` behind it."""
    return _POINTER.sub("", _AREA_CODE.sub("", _ATTACHED.sub("", text, count=1), count=1)).strip()


def _candidates(evidence: Evidence) -> Iterator[TitleCandidate]:
    if evidence.portal:
        yield _as_candidate([evidence.portal])
    captions = {each.plain for each in evidence.titles_of_tables}
    for group in (evidence.heads, evidence.opening, evidence.parts, evidence.body, evidence.file_names):
        for start, end in _windows(group):
            window = group[start:end]
            if not _may_be_title("".join(each.plain for each in window), window[0].origin):
                continue
            around = [group[start - 1].plain if start else "", *(each.plain for each in group[end : end + 1])]
            candidate = replace(_as_candidate(window), cut=_is_cut(*around))
            if candidate.of_table and (len(window) > 1 or window[0].plain in captions):
                continue
            if _reads_like_title(candidate):
                yield candidate
    yield from filter(_reads_like_title, (_as_candidate([each]) for each in evidence.titles_of_tables))


def _may_be_title(plain: str, origin: EvidenceOrigin) -> bool:
    """Whether lines joined could be one at all: asked of every line of a document, so in few steps."""
    if len(plain) > _LONGEST_TITLE + 20 or (origin is EvidenceOrigin.BODY and "20" not in plain):
        return False
    return not re.search(r"[。；！？，]|[万亿]元", plain) and bool(_KIND.search(plain))


def _is_cut(before: str, after: str = "") -> bool:
    return bool(_GOES_ON.search(before) or regions.is_place(before) or _LAST_WORDS.fullmatch(after))


def _windows(group: Sequence[EvidenceLine]) -> Iterator[tuple[int, int]]:
    """Start and end of each line, and of up to `_MOST_LINES` that a title may wrap over."""
    for start in range(len(group)):
        for end in range(start + 1, min(start + _MOST_LINES, len(group)) + 1):
            last = group[end - 1]
            if len(last.plain) > LONGEST or (end > start + 1 and not _may_join(group[end - 2], last)):
                break
            yield start, end


def _may_join(before: EvidenceLine, after: EvidenceLine) -> bool:
    """Whether a title may wrap between two lines: not where one is a heading, as a sheet's name is."""
    if before.heading != after.heading:
        return False
    if before.origin not in (EvidenceOrigin.OPENING, EvidenceOrigin.BODY):
        return False
    if any(re.search(r"[：:。，；]", each.plain) or MARKED.match(each.plain) for each in (before, after)):
        return False
    if _DATED_REMARK.fullmatch(after.plain):
        return False
    year = YEAR.search(after.plain)
    of_a_place = year is not None and regions.is_place(after.plain[: year.start()])
    return not of_a_place or bool(_GOES_ON.search(before.plain))


def _as_candidate(window: Sequence[EvidenceLine]) -> TitleCandidate:
    text = _SPACED_YEAR.sub(r"20\1\2", joined("\n".join(each.text for each in window)))
    text = match[1] if (match := _QUOTED.fullmatch(text)) else text
    text = without_marks(text) if window[0].origin is not EvidenceOrigin.PORTAL else text
    return TitleCandidate(
        text,
        plain_years(without_marks(text)),
        window[0].origin,
        window[0].order,
        "\n".join(each.plain for each in window),
    )


def _reads_like_title(candidate: TitleCandidate) -> bool:
    plain = candidate.bare
    if not 5 <= len(plain) <= _LONGEST_TITLE or not _KIND.search(plain):
        return False
    if MARKED.match(plain) or _NO_TITLE.search(plain) or not _ENDS.search(_REMARK.sub("", plain)):
        return False
    undated = (_UNDATED_ENDS.search(plain) and candidate.department) or candidate.place_of_budget
    if not candidate.years and not undated:
        return False
    within = candidate.origin in (EvidenceOrigin.BODY, EvidenceOrigin.PART)
    return not within or bool(candidate.years and candidate.department)


def _scored(each: TitleCandidate, evidence: Evidence) -> TitleCandidate:
    """`each` with its score: where it stands, how whole it is, whether its name stands elsewhere too."""
    score = _BASE[each.origin] - 0.4 * min(each.order, 20) - 1.5 * (each.lines - 1)
    name = each.department
    if name:
        score += 10 if is_organisation(name) else 5
        score += 6 if evidence.short.count(name) > each.source.count(name) else 0
    score += 8 if each.names_place else 0
    score += 12 if each.years else 0
    score += 3 if re.search(r"公开|说明|信息|报告", each.plain) else 0
    score += 3 if each.plain.startswith("关于") else 0
    score -= 60 if re.search(r"目录|索引", each.plain) else 0
    score -= 12 if each.of_table and name is None else 0
    score -= 12 if each.doubled else 40 if each.presented else 0
    score -= 15 if each.cut else 0
    return replace(each, score=score)
