"""CHECKS 26: what the explanation says of outturn against plan, and wording of the form left standing."""

import re
from collections.abc import Sequence
from typing import Final

from services.normalizer.checks.book import Book
from services.normalizer.checks.outcome import Outcome
from services.normalizer.checks.prose import name_of
from services.normalizer.checks.rates import Outturn, outturns
from services.normalizer.checks.wording import money
from services.normalizer.language.text import label, narrow
from services.normalizer.prose.phrases import FORM
from shared.schemas.document import Paragraph
from shared.schemas.names import DisclosureKind, Severity
from shared.schemas.records import Fact

_REASON: Final = re.compile("原因|由于|因为|主要是|主要系|主要因|追加|新增")
_OPENS: Final = re.compile("[:：]$|其中$")
"""What opens a list of the items, each with its own reason."""
_SAYS: Final = re.compile(
    r"(?:支出)?决算数?(?:与|和|同)?(?P<word>大于|小于|等于|高于|低于)(?:年初|全年|调整)?预算数?"
)


def check_outturn(book: Book, outcome: Outcome) -> None:
    """CHECKS 26: what the words say of 决算数 against 预算数 is so; an outturn above the plan has its reason."""
    if book.disclosure is None or book.disclosure.kind is not DisclosureKind.FINAL_ACCOUNTS:
        outcome.absent = "不是决算"
        return
    by_block: dict[int, list[Outturn]] = {}
    for each in outturns(book):
        by_block.setdefault(each.block, []).append(each)
    for block, found in by_block.items():
        if len(found) > 1 or len({plan.amount for plan in found[0].plans}) != 1:
            continue
        plan, spent = found[0].plans[0], found[0].spent
        outcome.tried()
        said = _SAYS.findall(found[0].rest)
        record = book.fact_at(block, abs(spent.amount))
        records = (record,) if record else ()
        is_so = {
            "大": spent.amount > plan.amount,
            "高": spent.amount > plan.amount,
            "等": spent.amount == plan.amount,
        }
        is_so |= {"小": spent.amount < plan.amount, "低": spent.amount < plan.amount}
        name = name_of(spent.subject)
        both = f"预算数{money(plan.amount)}，决算数{money(spent.amount)}"
        if len(said) == 1 and not is_so[said[0][0]]:
            outcome.breaks(f"正文称{name}决算数{said[0]}预算数，但{both}。", records, (plan.amount, spent.amount))
        elif spent.amount > plan.amount and not (_REASON.search(found[0].rest) or _OPENS.search(found[0].rest)):
            outcome.breaks(
                f"{name}{both}，超出预算而没有说明原因。",
                records,
                (plan.amount, spent.amount),
                severity=Severity.INFO,
            )
    if not outcome.comparisons:
        outcome.absent = "正文没有同时说明预算数与决算数"


def check_form_wording(book: Book, outcome: Outcome) -> None:
    """Words of the form left standing: 下降（增长）27.78%; where the figure is zero nothing is amiss."""
    found: list[str] = []
    for block in book.document.blocks:
        if isinstance(block, Paragraph):
            text = narrow(label(block.text))
            for match in FORM.finditer(text):
                after = re.match(r"[^\d，。；]{0,4}(-?\d[\d,.]*)", text[match.end() : match.end() + 20])
                if after and after[1].strip("-0.,"):
                    found.append(match[0] + text[match.end() : match.end() + after.end()])
    outcome.tried(len(found))
    if found:
        more = f"等{len(found)}处" if len(found) > 1 else ""
        outcome.breaks(f"正文“{found[0]}”{more}保留了模板文字，没有写明是增是减。", _first_fact(book.facts))
    else:
        outcome.absent = "正文没有模板文字"


def _first_fact(facts: Sequence[Fact]) -> tuple[Fact, ...]:
    return tuple(facts[:1])
