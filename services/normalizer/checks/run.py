"""Runs every rule on one document and writes its findings and its check record."""

from collections import defaultdict

from services.normalizer.checks.book import Book
from services.normalizer.checks.outcome import Draft, Outcome
from services.normalizer.checks.rules import CHECKS, Rule
from services.normalizer.collector import Collector
from shared.schemas.document import Document
from shared.schemas.names import CheckStatus
from shared.schemas.records import Check, Finding


def run(document: Document, collector: Collector) -> None:
    """Add to `collector` the findings of every rule on its records, and one `check` record a rule.

    A finding that a reader made earlier under a rule's name counts as that rule's. A rule that breaks gives status
    `error` with its reason and no finding; the others go on.
    """
    book = Book(document, collector)
    earlier: defaultdict[str, list[str]] = defaultdict(list)
    for finding in collector.of(Finding):
        earlier[finding.check].append(finding.id)
    for rule in CHECKS:
        outcome = Outcome()
        try:
            rule.function(book, outcome)
        except Exception as error:  # noqa: BLE001 - a rule's own bug must not cost the document its other checks
            reason = f"规则出错：{type(error).__name__}：{error}"
            _record(collector, rule, CheckStatus.ERROR, reason, outcome.comparisons, ())
            continue
        book.off_scale.extend(outcome.off_scale)
        findings = (*earlier[rule.name], *(_find(collector, rule, draft) for draft in outcome.drafts))
        status = CheckStatus.FAIL if findings else outcome.status
        _record(collector, rule, status, outcome.reason, outcome.comparisons, findings)


def _find(collector: Collector, rule: Rule, draft: Draft) -> str:
    finding = collector.add(
        Finding,
        draft.records[0].provenance if draft.records else collector.at_document(),
        check=rule.name,
        severity=draft.severity or rule.severity,
        message=draft.message,
        expected=draft.expected,
        actual=draft.actual,
        difference=draft.difference,
        subjects=tuple(record.id for record in draft.records),
    )
    return finding.id


def _record(
    collector: Collector,
    rule: Rule,
    status: CheckStatus,
    reason: str | None,
    comparisons: int,
    findings: tuple[str, ...],
) -> None:
    collector.add(
        Check,
        collector.at_document(),
        check=rule.name,
        status=status,
        reason=reason,
        comparisons=comparisons,
        findings=findings,
    )
