"""All evidence together: candidates of each field, and the best that agree."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.normalizer.identity import departments
from services.normalizer.identity.evidence import Evidence, EvidenceOrigin, evidence_of
from services.normalizer.identity.fiscal_years import fiscal_year
from services.normalizer.identity.kinds import is_governments, kind_of
from services.normalizer.identity.places import PlaceFound, place_of
from services.normalizer.identity.titles import TitleCandidate, titles
from services.normalizer.layout import Layout
from services.normalizer.tables.captions import Named
from shared.schemas.names import DisclosureKind


@dataclass(frozen=True)
class Identity:
    """Whose document it is, of where, for which year, and what; None for what nothing states."""

    title: str | None
    department: Named | None
    place: PlaceFound
    fiscal_year: int | None
    kind: DisclosureKind | None


def identify(layout: Layout) -> Identity:
    """The identity that all evidence of a document together speaks for."""
    evidence = evidence_of(layout)
    candidates = titles(evidence)
    own = [each for each in candidates if _names_all(each, evidence)]
    names = departments.candidates(evidence, own)
    kind = kind_of(layout, evidence, own or candidates, labelled=departments.is_labelled(names))
    department = departments.department_of(names)
    year = fiscal_year(evidence, own)
    place = place_of(evidence, candidates, department, year)
    if kind and kind.of_government:
        department = None
    return Identity(_title(evidence, own), department, place, year, kind)


def _names_all(title: TitleCandidate, evidence: Evidence) -> bool:
    """Whether `title` is the document's: a table's only where it is the only one, or a government's."""
    if not title.of_table or title.origin is EvidenceOrigin.PORTAL:
        return True
    if title.origin is not EvidenceOrigin.TABLE_TITLE:
        return title.origin is not EvidenceOrigin.BODY
    return len(evidence.table_titles) == 1 or is_governments(title)


def _title(evidence: Evidence, own: Sequence[TitleCandidate]) -> str | None:
    if evidence.portal:
        return evidence.portal.text
    return own[0].text if own else None
