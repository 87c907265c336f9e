"""Regions of GB/T 2260 as Chinese text names them: in full, short (`红河州`), one after the other."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from services.normalizer.language import vocabulary
from services.normalizer.language.text import remembered
from services.normalizer.language.vocabulary import Region

_ETHNIC_GROUPS: Final = (
    "蒙古|回|藏|维吾尔|苗|彝|壮|布依|朝鲜|满|侗|瑶|白|土家|哈尼|哈萨克|傣|黎|傈僳|佤|畲|高山|"
    "拉祜|水|东乡|纳西|景颇|柯尔克孜|土|达斡尔|仫佬|羌|布朗|撒拉|毛南|仡佬|锡伯|阿昌|普米|"
    "塔吉克|怒|乌孜别克|俄罗斯|鄂温克|德昂|保安|裕固|京|塔塔尔|独龙|鄂伦春|赫哲|门巴|珞巴|基诺|各"
)
"""The names of GB/T 3304 less 族, and 各 of 各族."""
_AUTONOMOUS: Final = re.compile(rf"(?P<place>.{{2,}}?)(?:(?:{_ETHNIC_GROUPS})族?)*族?自治(?P<rank>州|县|旗)")
_WING: Final = re.compile(r"(?P<first>.).{2,3}(?P<side>[左右])翼(?P<part>[前中后](?=旗))?")
_AUTONOMOUS_REGIONS: Final = ("内蒙古", "广西", "西藏", "宁夏", "新疆")
_LONG_PLACE: Final = 4
"""Characters of a transcribed name that is itself cut to two (`前郭尔罗斯` to `前郭县`)."""
_LEADS: Final = re.compile(
    r"(?:中共|中国共产党|师|兵团|青年团|共青团|政协|会议|民革|民盟|民建|民进|农工党|农工民主党|致公党|九三学社|台盟|"
    r"同盟|促进会|建国会|工会|局|公司|银行|联合会|关于|批准|审议|审查|年|月|月份|末|度|受|在|的|省|市|州|盟|地区|自治区|区|县|旗|"
    r"和|与|及|全国)$"
)
"""What a region's name may follow; anything else before it is a word of its own (`滨海城市` names no 海城市)."""
_BEFORE_SHORT: Final = ("中共", "中国共产党", "共青团", "省", "市", "州", "盟", "地区")
"""What a name of two characters must follow, or be first, to be one (`临县`, not `面临县级`)."""
_SHORT: Final = 2
_YEAR: Final = re.compile(r"20\d\d年度?$")
"""What a county of two characters may follow, too: `2025年康县`."""
_HAN: Final = re.compile(r"[\u4e00-\u9fff]")
_CORPS: Final = re.compile(r"(?=兵团|新疆生产|第)(?:(?:新疆生产建设)?兵团)?(?:第[一二三四五六七八九十]{1,3}师)?")
"""The corps and its divisions, which have budgets of their own as a region has."""
_PLACE: Final = re.compile(r"(?:[\u4e00-\u9fff]{1,12}?(?:省|自治区|特别行政区|市|县|区|州|盟|旗|地区))+")
_NO_PLACE: Final = re.compile(r"(?:社区|灌区|保护区|景区|名胜区|服务区|校区|院区|营区|库区|超市)$")


_ZONE: Final = re.compile(
    r"(?:经济|高新|高新技术|工业|产业|化工|循环经济)(?:技术)?(?:产业)?(?:开发区|园区|园|集聚区|示范区)|经开区|高新区"
)
"""What makes the region's name before it do without 县 or 区: `杜集经济开发区`."""


@dataclass(frozen=True)
class Mention:
    """A name in a text, where it begins and ends, and the regions it may stand for."""

    name: str
    start: int
    end: int
    regions: tuple[Region, ...]


def by_code(code: str, year: int | None = None) -> Region | None:
    """The region with `code`, by its name of `year` (by default its last); None where the table has none."""
    named = _by_code().get(code, [])
    return next((region for region in named if in_force(region, year)), named[-1] if named else None)


def in_force(region: Region, year: int | None) -> bool:
    """Whether `region` bore its name in `year`; None is today."""
    if year is None:
        return region.until is None
    return (region.since or 0) <= year <= (region.until or year)


def within(code: str, other: str) -> bool:
    """Whether the region `code` is `other` or a part of it: `130532` is within `130500` and `130000`."""
    return code.startswith(other[:2] if other.endswith("0000") else other[:4] if other.endswith("00") else other)


@remembered
def mentions(text: str) -> Sequence[Mention]:
    """The regions that `text`, on one line, names as words of their own, the longest name at each place."""
    found: list[Mention] = []
    starts = _by_start()
    last, after = -1, 0
    for position in range(len(text)):
        known = text[position : position + _SHORT] in starts
        if position < after or not (known or position in (0, last)):
            continue
        name = _longest_at(text, position)
        if name is not None:
            if not _begins_word(text, position, name, last):
                continue
            found.append(Mention(name, position, position + len(name), _by_name()[name]))
        elif position in (0, last) and (zone := _zone_at(text, position, found[-1:])):
            found.append(zone)
        else:
            continue
        last = after = found[-1].end
    return found


def _zone_at(text: str, start: int, before: Sequence[Mention]) -> Mention | None:
    """The region whose zone stands at `start`, where one region only (of the place `before` it) is called so."""
    match = _ZONE.search(text, start + 2, start + 12)
    if match is None:
        return None
    stem = text[start : match.start()]
    found = tuple(
        region
        for rank in "区县市"
        for region in _by_name().get(stem + rank, ())
        if not before or any(within(region.code, holding.code) for holding in before[0].regions)
    )
    return Mention(stem, start, match.start(), found) if len({region.code for region in found}) == 1 else None


_ALSO: Final = re.compile(r"(?<=[省市县区州盟旗])[(（][\u4e00-\u9fff]{1,12}[省市县区州盟旗][)）]$")
"""A second name of the same place."""


def is_place(text: str) -> bool:
    """Whether `text` is nothing but places, known or not: `青石市临江区`, `内蒙古`, `临江新区（青石县）`."""
    text = _ALSO.sub("", text)
    if (corps := _CORPS.match(text)) and corps[0]:
        return corps.end() == len(text) or is_place(text[corps.end() :])
    if text in _AUTONOMOUS_REGIONS or text in _by_name():
        return True
    return bool(_PLACE.fullmatch(text)) and not _NO_PLACE.search(text)


def begins_with_place(text: str) -> bool:
    """Whether `text` begins with a region's name and goes on."""
    return bool(_longest_at(text, 0)) or bool(
        re.match(r"(?![全本各市县区])[\u4e00-\u9fff]{2,4}?[省市县区州盟旗]", text)
    )


def _begins_word(text: str, start: int, name: str, last: int) -> bool:
    before = text[:start]
    if not before or start == last:
        return True
    if len(name) <= _SHORT:
        of_year = name.endswith("县") and _YEAR.search(before) and not text.startswith("级", start + _SHORT)
        return bool(of_year) or before.endswith(_BEFORE_SHORT)
    return bool(_LEADS.search(before[-8:])) or not _HAN.match(before[-1])


def _longest_at(text: str, position: int) -> str | None:
    names = _by_start().get(text[position : position + _SHORT], ())
    return next((name for name in names if text.startswith(name, position)), None)


@cache
def _by_code() -> dict[str, list[Region]]:
    found: dict[str, list[Region]] = {}
    for region in vocabulary.regions():
        found.setdefault(region.code, []).append(region)
    return found


@cache
def _by_name() -> dict[str, tuple[Region, ...]]:
    found: dict[str, list[Region]] = {}
    customary = vocabulary.customary_regions()
    for region in vocabulary.regions():
        for name in (region.name, *_short_names(region.name), *customary.get(region.code, ())):
            found.setdefault(name, []).append(region)
    return {name: tuple(regions) for name, regions in found.items()}


@cache
def _by_start() -> dict[str, Sequence[str]]:
    """First two characters → the names that begin so, longest first."""
    found: dict[str, list[str]] = {}
    for name in _by_name():
        found.setdefault(name[:_SHORT], []).append(name)
    return {start: sorted(names, key=len, reverse=True) for start, names in found.items()}


def _short_names(name: str) -> Iterable[str]:
    """How an autonomous region, prefecture, county or banner is called for short.

    Less the peoples it is of (`峨边彝族自治县` is `峨边县`), where nothing is left their name (`东乡县`); of a
    wing the first character (`科尔沁右翼中旗` is `科右中旗`, `喀喇沁左翼蒙古族自治县` `喀左县`).
    """
    for region in _AUTONOMOUS_REGIONS:
        if name.startswith(region) and name.endswith("自治区"):
            yield region
    if match := _AUTONOMOUS.fullmatch(name):
        yield match["place"] + match["rank"]
        yield f"{match['place']}自治{match['rank']}"
        if len(match["place"]) >= _LONG_PLACE:
            yield match["place"][:2] + match["rank"]
    if match := _WING.match(name):
        yield f"{match['first']}{match['side']}{match['part'] or ''}{name[-1]}"
