"""The same article in two columns of a site has two addresses, but one number and one title."""

import re
from collections.abc import Iterable
from functools import cache
from typing import Final
from urllib.parse import urlsplit

from services.fetcher.browse import Found
from services.fetcher.sites import FAMILIES
from services.fetcher.state.tables import ItemState

_KNOWN: Final = frozenset({"done", "failed"})


@cache
def _numbers() -> tuple[re.Pattern[str], ...]:
    return tuple(
        re.compile(each, re.IGNORECASE) for family in FAMILIES.values() for each in family.article_numbers
    )


class Duplicates:
    """Tells the rows of articles that were met before, in this poll or an earlier one, at another address."""

    def __init__(self, items: Iterable[ItemState]) -> None:
        self._known: dict[tuple[str, str], tuple[str, str]] = {}
        for item in items:
            if item.state in _KNOWN:
                self._keep(item.disclosure_id, item.url, item.title)

    def repeats(self, found: Found) -> bool:
        """Whether `found` is an article that another disclosure stands for."""
        identity, title = self._keep(found.id, found.row.url, found.row.title)
        return identity != found.id and _alike(title, found.row.title)

    def _keep(self, identity: str, url: str, title: str) -> tuple[str, str]:
        number = next((found for pattern in _numbers() if (found := pattern.search(url))), None)
        if number is None:
            return identity, title
        key = urlsplit(url).netloc.lower(), number[1]
        return self._known.setdefault(key, (identity, title))


def _alike(one: str, two: str) -> bool:
    """Whether two titles are the same, or one of them is cut."""
    short, long = sorted((re.sub(r"\s+|[….⋯]+\s*$", "", title) for title in (one, two)), key=len)
    return bool(short) and long.startswith(short)
