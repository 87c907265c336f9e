"""Whose document it is: the region its record has, with the name and the rank that its titles speak of."""

import re
from collections import Counter
from typing import Final

from services.normalizer.government import terms
from services.normalizer.government.areas import Place, named_first
from services.normalizer.language import regions
from services.normalizer.layout import Layout
from services.normalizer.tables.captions import lines_before
from shared.schemas.document import Table
from shared.schemas.records import Disclosure

_OWN_RANK: Final = re.compile(r"全([省市县区州盟旗镇乡])|([省市县区州盟旗镇乡])(?:本)?级")


def place_of(layout: Layout, disclosure: Disclosure) -> Place:
    """The document's region, as its record has it, with the name and rank that its titles speak of."""
    lines = [
        terms.plain(line)
        for number, block in enumerate(layout.document.blocks)
        if isinstance(block, Table)
        for line in lines_before(layout.document, number)
    ]
    ranks = Counter(match[1] or match[2] for line in lines if (match := _OWN_RANK.search(line)))
    speaks_of = next((rank for rank, _ in ranks.most_common(1)), None)
    named = [name for line in lines if (name := named_first(line)) and regions.is_place(name)]
    names = Counter(name for name in named if speaks_of is None or name.endswith(speaks_of))
    called = named_first(terms.plain(disclosure.title or "")) or next(
        (name for name, _ in names.most_common(1)), None
    )
    return Place(disclosure.region_code, disclosure.region_name, called, speaks_of)
