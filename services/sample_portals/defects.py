"""Defects planted in a written disclosure: each changes what is published, and the truth with it."""

import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Final

from services.sample_portals.content import Grid, GridCell, Heading, Prose
from services.sample_portals.disclosure import Written
from services.sample_portals.tables import Truth, yuan

Defect = Callable[[Written], bool]


def _reprint(written: Written, pattern: str, change: Callable[[str], str]) -> str | None:
    """Change the first group of the first sentence that matches; returns what stood there."""
    for at, block in enumerate(written.content):
        if isinstance(block, Prose) and (match := re.search(pattern, block.text)):
            text = block.text[: match.start(1)] + change(match[1]) + block.text[match.end(1) :]
            written.content[at] = Prose(text)
            return match[1]
    return None


def _fact(written: Written, metric: str) -> Truth:
    return next(record for record in written.truth if record.get("metric") == metric)


def yuan_for_ten_thousand(written: Written) -> bool:
    """机关运行经费 is printed in 元 with the figure of 万元."""
    figure = _reprint(written, r"机关运行经费共计安排([\d.]+万元)", lambda old: old.replace("万元", "元"))
    if figure is None:
        return False
    _fact(written, "agency_operating_funds")["amount"] = f"{Decimal(figure.removesuffix('万元')):.2f}"
    written.defects.append({"defect": "yuan_for_ten_thousand", "check": "unit_mismatch"})
    return True


def wrong_change(written: Written) -> bool:
    """The change against the year before is not the sum of its parts."""
    figure = _reprint(
        written, r"年预算(?:增加|减少)([\d.]+)万元，其中：基本支出", lambda old: f"{Decimal(old) + 5:.2f}"
    )
    if figure is None:
        return False
    fact = _fact(written, "change_total")
    sign = -1 if Decimal(str(fact["amount"])) < 0 else 1
    fact["amount"] = yuan(sign * (Decimal(figure) + 5))
    written.defects.append({"defect": "wrong_change", "check": "change_sum"})
    return True


def _replace_cell(written: Written, heading: str, row: int, column: int, text: str) -> None:
    """Change a body cell of the table under `heading`."""
    above = ""
    for at, block in enumerate(written.content):
        if isinstance(block, Heading):
            above = block.text
        if isinstance(block, Grid) and above == heading:
            rows = [list(cells) for cells in block.body]
            rows[row][column] = GridCell(text)
            written.content[at] = replace(block, body=tuple(tuple(cells) for cells in rows))


def wrong_class(written: Written) -> bool:
    """A class of 支出总表 is not the sum of its parts."""
    lines = [
        record
        for record in written.truth
        if record.get("table") == "expenditure" and record["column"] == "total" and len(str(record["code"])) == 3
    ]
    if not lines:
        return False
    line = lines[0]
    amount = Decimal(str(line["amount"])) + 70000
    line["amount"] = f"{amount:.2f}"
    number = line["line_no"]
    assert isinstance(number, int)
    _replace_cell(written, "部门预算支出总表", number - 1, 3, f"{amount / 10000:.2f}")
    written.defects.append({"defect": "wrong_class", "check": "hierarchy_sum"})
    return True


def wrong_quantity(written: Written) -> bool:
    """A procurement line's quantity times price is not its total."""
    items = [record for record in written.truth if record.get("line_type") == "item"]
    if not items:
        return False
    quantity = int(str(items[0]["quantity"])) + 3
    items[0]["quantity"] = str(quantity)
    _replace_cell(written, "七、政府采购预算情况", 2, 5, str(quantity))
    written.defects.append({"defect": "wrong_quantity", "check": "procurement_quantity_price"})
    return True


DEFECTS: Final[tuple[Defect, ...]] = (yuan_for_ten_thousand, wrong_change, wrong_class, wrong_quantity)
