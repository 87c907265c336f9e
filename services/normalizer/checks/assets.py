"""CHECKS 12: 固定资产占用情况表, its sum, and what prose says of it and of planned purchases."""

import re
from collections import defaultdict
from decimal import Decimal

from services.normalizer.checks.book import Book
from services.normalizer.checks.equations import Figure
from services.normalizer.checks.outcome import Outcome
from services.normalizer.language.text import label
from services.normalizer.language.totals import is_total
from shared.schemas.document import Paragraph, Table
from shared.schemas.names import Metric
from shared.schemas.records import Asset

_PART = re.compile(r"其中")
_WITHIN = re.compile(r"^(办公用房|业务用房)")
_FIXED = "固定资产"
_CLASS = re.compile(
    r"(流动|固定|无形|递延|其他)资产|在建工程|(长期|短期|对外)?投资|公共基础设施|政府储备物资|文物文化资产|保障性住房"
)
_LISTED = re.compile(r"(列入|纳入|编入)(了)?政府采购")


def _tables(book: Book) -> list[tuple[Asset | None, list[Asset]]]:
    """Of each asset table the total line and the lines that make it up.

    Those marked 其中 are inside another; the kinds of fixed assets are inside 固定资产 where it has its own line.
    """
    tables: defaultdict[tuple[str, int | None], list[Asset]] = defaultdict(list)
    for asset in book.assets:
        tables[asset.provenance.document, asset.provenance.block].append(asset)
    split = []
    for assets in tables.values():
        total = next((asset for asset in assets if is_total(asset.category)), None)
        parts = [one for one in assets if one is not total and not _is_part(book, one)]
        classes = [one for one in parts if _CLASS.fullmatch(label(one.category))]
        split.append((total, classes if _fixed(classes) else parts))
    return split


def _fixed(parts: list[Asset]) -> Asset | None:
    return next((one for one in parts if label(one.category) == _FIXED), None)


def _is_part(book: Book, asset: Asset) -> bool:
    place = asset.provenance
    name = label(asset.category)
    if _PART.match(name) or _WITHIN.match(name):
        return True
    table = book.block(place.block)
    if not isinstance(table, Table):
        return _PART.match(label(place.text)) is not None
    cells = [label(cell.text) for cell in table.cells if cell.row == place.row]
    return any(_PART.match(text) and text.endswith(name) for text in cells)


def check_asset_sum(book: Book, outcome: Outcome) -> None:
    """资产总额 = Σ its parts by value."""
    if not book.assets:
        outcome.absent = "没有固定资产占用情况表"
    for total, parts in _tables(book):
        whole = book.figure(total, "value") if total else None
        values = [figure for asset in parts if (figure := book.figure(asset, "value")) is not None]
        if whole is None or not values:
            outcome.lacks("固定资产占用情况表没有资产总额或明细价值")
            continue
        doubt = "固定资产占用情况表有未能读出的内容" if whole.record.provenance.block in book.unread else None
        if any(asset.value is None and asset.quantity for asset in parts):
            doubt = doubt or "固定资产占用情况表有数量而没有价值的行"
        outcome.adds_up("固定资产占用情况表资产总额", whole, values, "各类资产价值之和", doubt)


def check_asset_prose(book: Book, outcome: Outcome) -> None:
    """资产总额 in the table = 固定资产金额 in prose; of several tables one must agree."""
    lines = [_fixed(parts) or total for total, parts in _tables(book)]
    wholes = [figure for line in lines if line and (figure := book.figure(line, "value"))]
    stated = book.fact(Metric.FIXED_ASSETS_YEAR_END, book.year - 1) if book.year else None
    if not book.assets and stated is None:
        outcome.absent = "没有固定资产信息"
    elif not wholes or stated is None:
        outcome.lacks("表中或正文没有固定资产总额")
    else:
        same = [whole for whole in wholes if whole.amount == stated.amount]
        doubt = "有多张固定资产占用情况表，正文所指不能确定" if len(wholes) > 1 else None
        basis = "固定资产占用情况表资产总额"
        outcome.agrees("正文中上年末固定资产金额", stated, (same or wholes)[0], basis, doubt)


def check_asset_planned(book: Book, outcome: Outcome) -> None:
    """Purchases said to be in the procurement budget are no more than that budget."""
    planned = book.fact(Metric.FIXED_ASSETS_PLANNED)
    if planned is None or not planned.amount:
        outcome.absent = "没有拟购置固定资产"
        return
    if not _LISTED.search(label(_sentence(book, planned))):
        outcome.absent = "正文没有说明拟购置固定资产列入政府采购预算"
        return
    budget = _procurement(book, planned)
    if budget is None:
        outcome.lacks("没有政府采购预算金额")
    else:
        outcome.at_most("拟购置固定资产总额", planned, budget, "所列入的政府采购预算")


def _sentence(book: Book, figure: Figure) -> str:
    place = figure.record.provenance
    block = book.block(place.block)
    return block.text if isinstance(block, Paragraph) else place.text


def _procurement(book: Book, planned: Figure) -> Figure | None:
    """The procurement budget of prose or table, whichever is larger: where they differ, that is told already."""
    stated = book.fact(Metric.PROCUREMENT_TOTAL)
    rows = [line for line in book.procurement if line.line_type == "item"]
    sums = [figure for line in rows if (figure := book.figure(line, "total")) is not None]
    if not sums:
        return stated
    total = Figure(sum((figure.amount for figure in sums), Decimal(0)), planned.unit, sums[0].record)
    return total if stated is None or stated.amount < total.amount else stated
