"""Disclosures at a new address: a site was rebuilt, or filed its articles anew. A title alone proves nothing."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from services.fetcher.browse import Found
from services.fetcher.sites.links import canonical
from services.fetcher.state.tables import ItemState
from shared import ids

MOST_OF_A_TITLE: Final = 50


def by_address(found: Mapping[str, Found], items: Iterable[ItemState]) -> dict[str, Found]:
    """The rows by the ids of their disclosures, where these were met first at another address."""
    moved = {
        address: item.disclosure_id
        for item in items
        if item.revision and (address := ids.disclosure_id(canonical(item.url))) != item.disclosure_id
    }
    named = (replace(each, id=moved.get(each.id, each.id)) for each in found.values())
    return {each.id: each for each in named}


class Moves:
    """Which of the known `items` that the lists do not show each of the new rows may be, by its title."""

    def __init__(self, items: Mapping[str, ItemState], found: Mapping[str, Found]) -> None:
        unlisted: defaultdict[str, list[ItemState]] = defaultdict(list)
        for item in items.values():
            if item.revision and item.disclosure_id not in found:
                unlisted[_bare(item.title)].append(item)
        self._formers: dict[str, Sequence[ItemState]] = {}
        for each in found.values() if unlisted else ():
            known = items.get(each.id)
            if known is None or not known.revision:
                self._formers[each.id] = _of_title(each, unlisted)[:MOST_OF_A_TITLE]
        self.ids = frozenset(item.disclosure_id for formers in self._formers.values() for item in formers)
        """Of what may have moved."""

    def formers(self, found: Found) -> Sequence[ItemState]:
        """What `found` may have been at another address."""
        return self._formers.get(found.id, ())


def _of_title(found: Found, unlisted: Mapping[str, list[ItemState]]) -> list[ItemState]:
    title = _bare(found.row.title.rstrip("….⋯ ") if found.row.cut else found.row.title)
    if not found.row.cut or not title:
        return unlisted.get(title, [])
    return [item for whole, items in unlisted.items() if whole.startswith(title) for item in items]


def _bare(title: str) -> str:
    return "".join(title.split())
