"""Runs every rule on one document and writes its findings and its check record."""

from collections import defaultdict
from collections.abc import Sequence

from services.normalizer.checks.book import Book
from services.normalizer.checks.outcome import Draft, Outcome
from services.normalizer.checks.rules import CHECKS, Rule
from services.normalizer.layout import Layout
from services.normalizer.recorder import ReaderResult, Recorder
from shared.schemas.names import CheckStatus
from shared.schemas.records import Check, Finding


def run(
    layout: Layout, recorder: Recorder, read: ReaderResult, told: Sequence[Finding] = ()
) -> list[Finding | Check]:
    """The findings of every rule on the records `read`, and one `check` record a rule.

    What was `told` of the unread under a rule's name counts as that rule's. A rule that breaks gives status
    `error` with its reason and no finding; the others go on.
    """
    book = Book(layout, read)
    made: list[Finding | Check] = []
    earlier: defaultdict[str, list[str]] = defaultdict(list)
    for finding in told:
        earlier[finding.check].append(finding.id)
    for rule in CHECKS:
        outcome = Outcome()
        try:
            rule.function(book, outcome)
        except Exception as error:  # noqa: BLE001 - a rule's own bug must not cost the document its other checks
            reason = f"规则出错：{type(error).__name__}：{error}"
            made.append(_check(recorder, rule, (CheckStatus.ERROR, reason), outcome, ()))
            continue
        book.off_scale.extend(outcome.off_scale)
        found = [_finding(recorder, rule, draft) for draft in outcome.drafts]
        findings = (*earlier[rule.name], *(finding.id for finding in found))
        status = CheckStatus.FAIL if findings else outcome.status
        made += [*found, _check(recorder, rule, (status, outcome.reason), outcome, findings)]
    return made


def _finding(recorder: Recorder, rule: Rule, draft: Draft) -> Finding:
    return recorder.make(
        Finding,
        draft.records[0].provenance if draft.records else recorder.at_document(),
        check=rule.name,
        severity=draft.severity or rule.severity,
        message=draft.message,
        expected=draft.expected,
        actual=draft.actual,
        difference=draft.difference,
        subjects=tuple(record.id for record in draft.records),
    )


def _check(
    recorder: Recorder,
    rule: Rule,
    said: tuple[CheckStatus, str | None],
    outcome: Outcome,
    findings: tuple[str, ...],
) -> Check:
    return recorder.make(
        Check,
        recorder.at_document(),
        check=rule.name,
        status=said[0],
        reason=said[1],
        comparisons=outcome.comparisons,
        findings=findings,
    )
