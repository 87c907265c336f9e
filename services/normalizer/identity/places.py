"""Where: the region that the portal, else titles, department, sender, site and tables name, scored."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from services.normalizer.identity.evidence import LONGEST, Evidence, EvidenceOrigin
from services.normalizer.identity.titles import TitleCandidate
from services.normalizer.language import regions
from services.normalizer.language.money import is_blank
from services.normalizer.language.regions import Mention
from services.normalizer.language.text import code, joined, label
from services.normalizer.language.vocabulary import Region
from services.normalizer.tables.captions import Named
from shared.schemas.document import Table

_CAPITAL: Final = re.compile("[A-ZＡ-Ｚ]")
_PROJECT: Final = re.compile(r"(?<![\dA-Za-z])(\d{6})\d\d[A-Z][0-9A-Z]{8,16}(?![\dA-Za-z])")
_SITE_CODE: Final = re.compile(r"(\d{6})\d{4}")
_AREA_HEAD: Final = re.compile(r"地区|区划|地区名称|单位名称")
_AT_TOP: Final = 6
"""Among how many filled cells that label stands: a title and a unit may stand in the table too."""
_NEAR: Final = 25
"""How much weaker the evidence for a part of a region may be, and still name the place more closely."""
_STRONG: Final = 80
_MOST_TEXT: Final = 200_000


@dataclass(frozen=True)
class RegionCandidate:
    """A region, and how strongly its place in the document says that the document is of it."""

    region: Region
    score: float


@dataclass(frozen=True)
class PlaceFound:
    """The region, its full name, and another one the document names although the portal's is this."""

    code: str | None
    name: str | None
    conflict: Region | None = None


def place_of(
    evidence: Evidence, titles: Sequence[TitleCandidate], named: Named | None, year: int | None
) -> PlaceFound:
    """The portal's region, else the one with the strongest evidence; null where none is named or several alike."""
    origin = evidence.document.origin
    found = list(_candidates(evidence, titles, named, year))
    best = _closest(found)
    if origin.region_code:
        known = regions.by_code(origin.region_code, year)
        name = known.full_name if known else origin.region_name
        apart = best and not _related(best.region.code, origin.region_code) and best.score >= _STRONG
        return PlaceFound(origin.region_code, name, best.region if best and apart else None)
    if best is None:
        return PlaceFound(None, origin.region_name)
    return PlaceFound(best.region.code, best.region.full_name)


def _closest(found: Sequence[RegionCandidate]) -> RegionCandidate | None:
    """The best candidate, or the one within it that nearly as much speaks for; None where the best differ."""
    top = max((each.score for each in found), default=0)
    best = _deepest([each for each in found if each.score == top])
    if len({each.region.code for each in best}) != 1:
        return None
    within = [each for each in found if each.score >= top - _NEAR and _is_within(each, best[0])]
    closest = _deepest(within)
    return closest[0] if len({each.region.code for each in closest}) == 1 else best[0]


def _deepest(found: Sequence[RegionCandidate]) -> list[RegionCandidate]:
    """Those of `found` that hold none of the others."""
    codes = {each.region.code for each in found}
    return [
        each
        for each in found
        if not any(code != each.region.code and regions.within(code, each.region.code) for code in codes)
    ]


def _is_within(one: RegionCandidate, other: RegionCandidate) -> bool:
    return regions.within(one.region.code, other.region.code)


def _related(one: str, other: str) -> bool:
    return regions.within(one, other) or regions.within(other, one)


def _candidates(
    evidence: Evidence, titles: Sequence[TitleCandidate], named: Named | None, year: int | None
) -> Iterator[RegionCandidate]:
    sites, projects = _site_codes(evidence), _project_regions(evidence)
    texts = list(_texts(evidence, titles, named))
    context = _Context(
        evidence, [*sites, *projects], [mention for text, _ in texts for mention in regions.mentions(text)]
    )
    listed = _areas(evidence, context, year)
    for text, score in texts:
        if not listed or _whole(text, context, year) not in listed[1:]:
            found = [region for each in regions.mentions(text) if (region := context.resolved(each, year))]
            yield from (RegionCandidate(region, score) for region in found)
    for site in sites:
        if region := regions.by_code(site, year):
            yield RegionCandidate(region, 60)
    for project, _ in Counter(projects).most_common(1):
        if region := regions.by_code(project, year):
            yield RegionCandidate(region, 55)
    yield from (RegionCandidate(region, 45) for region in listed[:1])


def _texts(
    evidence: Evidence, titles: Sequence[TitleCandidate], named: Named | None
) -> Iterator[tuple[str, float]]:
    """What may name the region, with the weight of it."""
    yield from ((each.plain, 92 - 2 * number) for number, each in enumerate(titles[:5]) if each.score > 35)
    if named:
        yield named.name, 88
    yield from ((each.plain, 64) for each in evidence.opening if len(each.plain) <= LONGEST // 2 + 10)
    yield from ((each.plain, 52) for each in evidence.titles_of_tables if len(each.plain) <= LONGEST)
    yield from ((each.plain, 50) for each in evidence.heads if each.origin is EvidenceOrigin.PAGE_NAME)
    yield from ((each.plain, 48) for each in evidence.file_names)
    for head in (file.head for file in evidence.document.files if file.head):
        yield from ((joined(text), 46) for text in (head.source, head.site) if text)


@dataclass(frozen=True)
class _Context:
    """What tells regions of one name apart: codes, the names around, and at last all of the text."""

    evidence: Evidence
    codes: Sequence[str]
    around: Sequence[Mention]

    def resolved(self, mention: Mention, year: int | None) -> Region | None:
        """The one region that `mention` stands for here; None where it may be several."""
        likely = [each for each in mention.regions if regions.in_force(each, year)] or list(mention.regions)
        likely = list({each.code: each for each in likely}.values())
        if len(likely) > 1:
            likely = self._among(likely)
        return likely[0] if len(likely) == 1 else None

    def _among(self, likely: list[Region]) -> list[Region]:
        for known in (self.codes, [each.regions[0].code for each in self.around if len(each.regions) == 1]):
            fitting = [each for each in likely if any(_related(each.code, code) for code in known)]
            if len(fitting) == 1:
                return fitting
        return self._with_parent(likely)

    def _with_parent(self, likely: list[Region]) -> list[Region]:
        """Those whose prefecture the text names most, or else whose province."""
        for digits in (4, 2):
            scores = {}
            for each in likely:
                parent = regions.by_code(each.code[:digits].ljust(6, "0"))
                scores[each.code] = self._text.count(parent.name) if parent and parent.code != each.code else 0
            if best := max(scores.values()):
                return [each for each in likely if scores[each.code] == best]
        return []

    @property
    def _text(self) -> str:
        return "\n".join(self.evidence.sentences)[:_MOST_TEXT]


def _site_codes(evidence: Evidence) -> list[str]:
    """The regions that the identification codes of the government sites begin with."""
    heads = (file.head for file in evidence.document.files if file.head and file.head.site_code)
    return [match[1] for head in heads if (match := _SITE_CODE.fullmatch(head.site_code or ""))]


def _project_regions(evidence: Evidence) -> list[str]:
    cells = (cell.text for block in evidence.document.blocks if isinstance(block, Table) for cell in block.cells)
    coded = (code(text) for text in cells if len(text) > 14 and _CAPITAL.search(text))
    return [found for text in coded for found in _PROJECT.findall(text)]


def _areas(evidence: Evidence, context: _Context, year: int | None) -> list[Region]:
    """The regions of a table's column of regions, of which the first holds all others."""
    for table in (block for block in evidence.document.blocks if isinstance(block, Table)):
        filled = [cell for cell in table.cells if not is_blank(cell.text)]
        head = next((cell for cell in filled[:_AT_TOP] if _AREA_HEAD.fullmatch(label(cell.text))), None)
        if head is None:
            continue
        lines = (joined(line) for cell in filled if cell.column == head.column for line in cell.text.split("\n"))
        found = [region for line in lines if (region := _whole(line, context, year))]
        if found and all(regions.within(each.code, found[0].code) for each in found):
            return [found[0], *(each for each in found if each.code != found[0].code)]
    return []


def _whole(line: str, context: _Context, year: int | None) -> Region | None:
    """The region that `line` names and nothing behind it."""
    mentions = regions.mentions(line)
    return context.resolved(mentions[-1], year) if mentions and mentions[-1].end == len(line) else None
