"""Regions as rows and columns of governments' tables: the government's own area, its own level, those below it."""

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final

from services.normalizer.government import terms
from services.normalizer.language import regions
from services.normalizer.language.text import without_marker
from services.normalizer.language.totals import without_total
from services.normalizer.language.vocabulary import Region
from shared.schemas.names import BudgetLevel

_OWN: Final = re.compile(
    r"(?:[省市县区州盟旗]?本级|[省市县区州盟旗乡镇]级|[省市州]直)(?:[及和].{1,8})?(?:[(（].{1,20}[)）])?$"
)
_BELOW: Final = re.compile(
    r"(?:[省市县区州盟旗]|乡|镇|街道|地区|开发区|高新区|经开区|新区|示范区|园区|管理区|度假区|林区|矿区|办事处|农场|管委会|集聚区|团场|[一二三四五六七八九十〇○零\d]团)(?:[(（].{1,20}[)）])?$"
)
_WHOLE: Final = re.compile(r"全[省市县区州盟旗镇乡]|本地区|全辖区?|全自治区")
_GROUPS: Final = re.compile(r"[各其他市州县区旗乡镇辖、()（）]{2,9}级?|下级|所属.{1,4}|[市县区]+|待分.{0,4}")


_HEIGHTS: Final = {
    rank: height for height, ranks in enumerate(("镇乡", "县旗区", "市州盟", "省")) for rank in ranks
}
"""How high governments of a rank are."""
_LONGEST: Final = 24
_FIRST: Final = re.compile(
    r"(?![全本各年分对所])[\u4e00-\u9fff]{2,12}?(?:自治区|自治州|自治县|自治旗|[省市县区州盟旗])(?!本?级|直|、|和|及)"
)
_LOCAL: Final = re.compile(
    r"(?![全本各年分对所])(?!.{0,5}(?:一般|公共|政府|财政|社会|国有|预算))[\u4e00-\u9fff]{2,12}?"
    r"(?:(?<![各城乡村])[镇乡](?!镇)|(?<!各)街道|苏木|开发区|高新区|经开区|示范区|管理区|度假区|工业园区?|产业园区?)(?!、|和|及)"
)
"""A town, or a zone with finances of its own: no region of the table of regions."""
_OWN_MONEY: Final = (
    "(?=(?:地方)?(?:财政)?(?:一般公共|公共财政|政府性基金|国有资本|社会保险|(?:地方)?政府.{0,4}债|总?[收支]))"
)
"""What follows the place's name where its own budget or debt is meant."""
_ABOVE: Final = re.compile("^.*[省市县区州盟旗](?=..)")
"""The regions that a town or zone is in."""
_DATED: Final = re.compile(
    r"^(?:关于|20\d\d年?(?:度)?(?:末|底)?|\d{1,2}(?:[-—–~至到]\d{1,2})?月(?:份|底|末)?|(?:[一二三四五六七八九]|十[一二]?)月份?|上半年|前?[一二三四]个?季度|"
    r"(?:上级|中央|省|市)(?:财政)?对|预计|截[至止]|[-—–]+)+"
)


@dataclass(frozen=True)
class Area:
    """A region that a row or column is of: as printed, its code where the table of regions has it, whose it is.

    `level` is None for a sum of what the table lists.
    """

    name: str
    code: str | None
    level: BudgetLevel | None


@dataclass(frozen=True)
class Place:
    """The region a government's document is of; all None where nothing tells.

    `called` is the name that its titles give it, `speaks_of` the rank (省, 市, 县 …) its tables call their own.
    """

    code: str | None
    name: str | None
    called: str | None = None
    speaks_of: str | None = None

    @cached_property
    def short(self) -> str | None:
        """The last part of its full name: 固原市; as its titles have it where the table of regions lacks it."""
        region = regions.by_code(self.code) if self.code and not self.is_local else None
        return region.name if region else self.called

    @property
    def height(self) -> int:
        """How high its government is; an autonomous region's is a province's."""
        region = bool(self.short and self.short.endswith("自治区"))
        return _HEIGHTS["省"] if region else _HEIGHTS.get(self.rank or "省", _HEIGHTS["省"])

    @property
    def is_local(self) -> bool:
        """Whether it is a town or a zone within the region of the code."""
        return bool(self.called and _LOCAL.fullmatch(self.called))

    @property
    def own_code(self) -> str | None:
        """The code of the region that it is itself."""
        return None if self.is_local else self.code

    def apart(self, text: str) -> str:
        """`text` less the place's own name, whose last words may be those of governments below: 开发区, 沙县区."""
        return re.sub(re.escape(self.short) + "(?!本?级|直)", "", text) if self.short else text

    def in_text(self, text: str) -> str:
        """`text` with the place's own name as its rank, where its budget or debt follows: 全县, 县本级."""
        if not self.short:
            return text
        named = re.escape(self.short)
        text = re.sub(f"{named}(?=本?级|直)", self.short[-1], text)
        return re.sub(f"{named}{_OWN_MONEY}", "全" + self.short[-1], text)

    @property
    def rank(self) -> str | None:
        """The last character of its name."""
        return self.short[-1] if self.short else self.speaks_of

    def first_in(self, title: str) -> str | None:
        """The place that a `plain` title begins with, this one before any that its own name begins with."""
        begins = bool(self.short and _DATED.sub("", title).startswith(self.short))
        return self.short if begins else named_first(title)

    def area(self, text: str) -> Area | None:
        """The region that a label is; None where it names none."""
        return _area(self, terms.plain(without_marker(text)).lstrip(":").removeprefix("其中:"))


def is_group(label: str) -> bool:
    """Whether a label is of all governments of a rank, not of one: 县区级, 区级, 各县区."""
    stem = without_total(terms.plain(label))
    return bool(_GROUPS.fullmatch(stem) or _OWN.fullmatch(stem))


def named_first(title: str) -> str | None:
    """The place that a `plain` title begins with, its year left out: 丽江市 of 2025年丽江市一般公共预算."""
    text = _DATED.sub("", title)
    match = _FIRST.match(text)
    named = match[0] if match and regions.is_place(match[0]) else ""
    local = _LOCAL.match(text, len(named)) or _LOCAL.match(text)
    return _ABOVE.sub("", local[0]) if local else named or None


@lru_cache(maxsize=1 << 12)
def _area(place: Place, label: str) -> Area | None:
    label = re.sub(r"^\d{4,9}", "", label).removeprefix("对")
    if not label or len(label) > _LONGEST:
        return None
    stem = without_total(label)
    if _WHOLE.fullmatch(stem):
        return Area(label, place.own_code, BudgetLevel.WHOLE_AREA)
    if not stem:
        return Area(label, None, None)
    if place.rank and re.fullmatch(f"{place.rank}[县区乡镇]+级", stem):
        return Area(label, place.own_code, BudgetLevel.WHOLE_AREA)
    below = _GROUPS.fullmatch(stem) or (stem != label and stem.endswith("下级"))
    return Area(label, None, BudgetLevel.SUBORDINATES) if below else _named(place, label)


def _named(place: Place, label: str) -> Area | None:
    """A region by its name, or its own level."""
    stem = without_total(label)
    own = _OWN.search(stem)
    bare = stem[: own.start()] if own else stem
    if own and (not bare or bare == place.short or bare + stem[own.start()] == place.short):
        other = place.rank and not bare and stem[0] != place.rank and not stem.startswith("本")
        if not other:
            return Area(label, place.own_code, BudgetLevel.OWN)
        above = _HEIGHTS.get(stem[0], 0) > place.height
        return None if above else Area(label, None, BudgetLevel.SUBORDINATES)
    if bare in {place.short, place.name, place.called}:
        return Area(label, place.own_code, BudgetLevel.OWN if own else BudgetLevel.WHOLE_AREA)
    if (not own and not _BELOW.search(bare)) or len(bare) < 2 or _is_above(place, bare):
        return None
    region = _region(place, bare)
    return Area(label, region.code if region else None, BudgetLevel.SUBORDINATES)


def _is_above(place: Place, name: str) -> bool:
    """Whether `name` is a region that the place lies in."""
    codes = {region.code for found in regions.mentions(name) if found.end == len(name) for region in found.regions}
    return place.code is not None and any(
        code != place.code and regions.within(place.code, code) for code in codes
    )


def _region(place: Place, name: str) -> Region | None:
    """The region of that name within the place, or where it is not known the only one of the name."""
    found = next((m for m in regions.mentions(name) if m.start == 0 and m.end == len(name)), None)
    if found is None:
        return None
    inside = [each for each in found.regions if place.code is None or regions.within(each.code, place.code)]
    return inside[-1] if len({each.code for each in inside}) == 1 else None
