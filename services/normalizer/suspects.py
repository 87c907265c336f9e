"""Checks that fail in most disclosures of one publisher: a layout misread, more likely than many wrong budgets."""

from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

from services.normalizer.recorder import Recorder
from shared.schemas.events import NormalizedEvent
from shared.schemas.names import CheckStatus, Severity
from shared.schemas.records import Check, Finding, RecordBase

SUSPECT: Final = "suspect_layout"
_REMEMBERED: Final = 50
"""How many of a portal's disclosures are remembered, the latest ones."""
_LEAST: Final = 6
"""Of how many a check must have been evaluated before its failures say anything of the layout."""
_NOTE: Final = "（同一网站的多数文件在这项核对上都不符，疑为版式误读，暂不作错误）"


class CheckHistory:
    """How the checks went in the latest disclosures of each portal; kept in memory, learnt anew after a start."""

    def __init__(self) -> None:
        self._went: defaultdict[str, OrderedDict[str, dict[str, bool]]] = defaultdict(OrderedDict)

    def learn(self, event: NormalizedEvent) -> None:
        """Remember which checks failed and which held in the event's disclosure; a later revision replaces it."""
        if event.origin.portal is None:
            return
        disclosures = self._went[event.origin.portal]
        disclosures.pop(event.disclosure_id, None)
        disclosures[event.disclosure_id] = dict.fromkeys(event.held, False) | dict.fromkeys(event.failed, True)
        if len(disclosures) > _REMEMBERED:
            disclosures.popitem(last=False)

    def suspected(self, portal: str | None) -> frozenset[str]:
        """The checks that failed in more than half of the portal's disclosures in which they were evaluated."""
        outcomes: defaultdict[str, list[bool]] = defaultdict(list)
        for checks in self._went.get(portal or "", {}).values():
            for check, failed in checks.items():
                outcomes[check].append(failed)
        return frozenset(
            check for check, failed in outcomes.items() if len(failed) >= _LEAST and 2 * sum(failed) > len(failed)
        )


def failed_and_held(records: Iterable[RecordBase]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The checks that accuse the publisher of an error, and those that were evaluated and hold."""
    every = list(records)
    errors = {each.check for each in every if isinstance(each, Finding) and each.severity is Severity.ERROR}
    good = {CheckStatus.PASS, CheckStatus.ROUNDING}
    held = {each.check for each in every if isinstance(each, Check) and each.status in good and each.comparisons}
    return tuple(sorted(errors)), tuple(sorted(held - errors))


def kept_back(records: Sequence[RecordBase], suspected: frozenset[str], recorder: Recorder) -> list[RecordBase]:
    """`records` with the errors of `suspected` checks as warnings, and one finding that says so."""
    held = [
        each
        for each in records
        if isinstance(each, Finding) and each.check in suspected and each.severity is Severity.ERROR
    ]
    if not held:
        return list(records)
    warned = {
        each.id: each.model_copy(update={"severity": Severity.WARNING, "message": each.message + _NOTE})
        for each in held
    }
    names = "、".join(sorted({each.check for each in held}))
    told = recorder.make(
        Finding,
        recorder.at_document(),
        check=SUSPECT,
        severity=Severity.WARNING,
        message=f"同一网站的多数文件在{names}上都不符，本文件的{len(held)}个错误暂作警示，待核实版式。",
        expected=None,
        actual=None,
        difference=None,
        subjects=tuple(warned),
    )
    return [*(warned.get(each.id, each) for each in records), told]
