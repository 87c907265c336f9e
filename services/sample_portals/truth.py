"""The truth of a world: the records of each disclosure as JSON lines, and the defects planted."""

import json

from services.sample_portals.world import Item, World


def lines(item: Item) -> str:
    """The records a perfect reader finds in `item`, one JSON object a line, without ids and provenance."""
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in item.written.truth)


def defects(world: World) -> list[dict[str, str]]:
    """Every planted defect: the disclosure's title, the defect, the check that should find it."""
    return [
        {"title": item.title, **defect}
        for item in world.items
        if item.kind != "notice"
        for defect in item.written.defects
    ]
