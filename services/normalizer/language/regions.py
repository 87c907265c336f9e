"""The region a document speaks of: by the names it carries, told apart by prefecture and project codes."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from services.normalizer.language import vocabulary
from services.normalizer.language.vocabulary import Region

_LEADS: Final = ("中共", "中国共产党", "共青团", "省", "市", "州", "盟", "地区")
"""What a name of two characters must stand after, or at the text's start, to be one (`临县`, not `面临县级…`)."""
_SHORT: Final = 2
_LONGEST_TEXT: Final = 1_000_000


@dataclass(frozen=True)
class Evidence:
    """What tells the region: `names` (title, department), the whole `text`, the first digits of project codes."""

    names: Sequence[str]
    text: str
    project_regions: Sequence[str]
    year: int | None


@cache
def _by_name() -> dict[str, tuple[Region, ...]]:
    found: dict[str, list[Region]] = {}
    for region in vocabulary.regions():
        found.setdefault(region.name, []).append(region)
    return {name: tuple(regions) for name, regions in found.items()}


@cache
def _names() -> re.Pattern[str]:
    return re.compile("|".join(sorted(map(re.escape, _by_name()), key=lambda name: (-len(name), name))))


def by_code(code: str, year: int | None = None) -> Region | None:
    """The region with `code`, by its name of `year` (by default its last); None where the table has none."""
    named = [region for region in vocabulary.regions() if region.code == code]
    return next((region for region in named if _in_force(region, year)), named[-1] if named else None)


def region_of(evidence: Evidence) -> Region | None:
    """The region the evidence agrees on; None where none is named, or several are as likely."""
    mentioned = Counter(_mentioned([evidence.text[:_LONGEST_TEXT]]))
    coded = Counter(evidence.project_regions).most_common(1)
    hint = coded[0][0] if coded else None
    for names in (_lower(_mentioned(evidence.names)), _mentioned(evidence.names)):
        likely = {
            region.code: region for name in names if (region := _likely(name, mentioned, hint, evidence.year))
        }
        if len(likely) == 1:
            return next(iter(likely.values()))
    if hint and (region := by_code(hint, evidence.year)):
        return region
    return _most_mentioned(mentioned, evidence.year)


def _in_force(region: Region, year: int | None) -> bool:
    if year is None:
        return region.until is None
    return (region.since or 0) <= year <= (region.until or year)


def _mentioned(texts: Iterable[str]) -> list[str]:
    """The regions' names in `texts`, longest first at each place."""
    found = []
    for text in texts:
        for match in _names().finditer(text):
            before = text[: match.start()]
            if len(match[0]) > _SHORT or not before or before.endswith(_LEADS):
                found.append(match[0])
    return found


def _lower(names: Sequence[str]) -> list[str]:
    """Those of `names` that are counties or districts."""
    return [name for name in names if any(not region.code.endswith("00") for region in _by_name()[name])]


def _likely(name: str, mentioned: Counter[str], hint: str | None, year: int | None) -> Region | None:
    """The one region called `name` that the rest of the document speaks for."""
    candidates = [region for region in _by_name()[name] if _in_force(region, year)] or list(_by_name()[name])
    if len(candidates) > 1:
        candidates = [each for each in candidates if each.code == hint] or _with_parent(candidates, mentioned)
    return candidates[0] if len(candidates) == 1 else None


def _with_parent(candidates: Sequence[Region], mentioned: Counter[str]) -> list[Region]:
    """Those whose prefecture is mentioned, or else whose province is."""
    for digits in (4, 2):
        scores = {}
        for each in candidates:
            parent = by_code(each.code[:digits].ljust(6, "0"))
            scores[each.code] = mentioned[parent.name] if parent else 0
        best = max(scores.values())
        if best:
            return [each for each in candidates if scores[each.code] == best]
    return []


def _most_mentioned(mentioned: Counter[str], year: int | None) -> Region | None:
    """The county the text names most, at least twice as often as any other."""
    counts = [(mentioned[name], name) for name in _lower(list(mentioned))]
    counts.sort(key=lambda pair: (-pair[0], pair[1]))
    if not counts or counts[0][0] < 2 or (len(counts) > 1 and counts[0][0] < 2 * counts[1][0]):
        return None
    return _likely(counts[0][1], mentioned, None, year)
