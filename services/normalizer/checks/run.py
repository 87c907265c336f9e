"""Runs every rule on one document, explains what fails together, writes findings and a check record a rule."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from services.normalizer.checks import policy
from services.normalizer.checks.book import Book
from services.normalizer.checks.causes import Cause, Changes, causes, mends
from services.normalizer.checks.equations import Equation
from services.normalizer.checks.evidence import Evidence
from services.normalizer.checks.outcome import YUAN, Draft, Outcome, draft_of, draft_of_parts
from services.normalizer.checks.prints import Prints
from services.normalizer.checks.rules import CHECKS, Rule
from services.normalizer.checks.wording import amount_of, money, yuan
from services.normalizer.layout import Layout
from services.normalizer.recorder import ReaderResult, Recorder
from shared.schemas.names import CheckStatus, Severity
from shared.schemas.records import BudgetLine, Check, Finding, Provenance, RecordBase

_SHOWN: Final = 3
"""How many of the equalities that a wrong cell breaks a message names."""
_GRAVITY: Final = (Severity.INFO, Severity.WARNING, Severity.ERROR)


@dataclass
class _Answer:
    """What one rule said, and the ids of the findings that tell of it; `broken` is why it could not run."""

    rule: Rule
    outcome: Outcome
    findings: list[str] = field(default_factory=list)
    broken: str | None = None

    @property
    def status(self) -> CheckStatus:
        if self.broken:
            return CheckStatus.ERROR
        return CheckStatus.FAIL if self.findings else self.outcome.status


def run(
    layout: Layout, recorder: Recorder, read: ReaderResult, told: Sequence[Finding] = ()
) -> list[Finding | Check]:
    """The findings of every rule on the records `read`, and one `check` record a rule.

    What was `told` of the unread under a rule's name counts as that rule's. A rule that breaks gives status
    `error` with its reason and no finding; the others go on.
    """
    answers = _ask(Book(layout, read))
    for answer in answers:
        answer.findings += [finding.id for finding in told if finding.check == answer.rule.name]
    findings: list[Finding] = []
    explained = _explain(answers, layout, read, recorder)
    spoken: list[tuple[Finding, Sequence[Changes]]] = []
    for answer in answers:
        for draft in answer.outcome.breaches:
            finding = _of_cause(draft.failed, explained + spoken) if draft.failed else None
            if finding is None:
                finding = _finding(recorder, answer.rule, draft)
                findings.append(finding)
                if draft.failed:
                    spoken.append((finding, mends(Cause((0,)), (draft.failed,))))
            answer.findings.append(finding.id)
    findings += (finding for finding, _ in explained)
    whole = recorder.at_document()
    return [*findings, *(_check(recorder, whole, answer) for answer in answers)]


def _ask(book: Book) -> list[_Answer]:
    answers = []
    for rule in CHECKS:
        answer = _Answer(rule, Outcome())
        try:
            rule.function(book, answer.outcome)
        except Exception as error:  # noqa: BLE001 - a rule's own bug must not cost the document its other checks
            answer = _Answer(rule, Outcome(comparisons=answer.outcome.comparisons))
            answer.broken = f"规则出错：{type(error).__name__}：{error}"
        book.off_scale.extend(answer.outcome.off_scale)
        answers.append(answer)
    return answers


def _of_cause(failed: Equation, explained: Sequence[tuple[Finding, Sequence[Changes]]]) -> Finding | None:
    """The finding of a cause without which what `failed` would hold: the same figure is wrong."""
    return next(
        (finding for finding, ways in explained if any(failed.holds_with(changes) for changes in ways)), None
    )


def _explain(
    answers: Sequence[_Answer], layout: Layout, read: ReaderResult, recorder: Recorder
) -> list[tuple[Finding, Sequence[Changes]]]:
    """One finding for each cause of failed equalities that the policy lets speak, and what would mend it."""
    explained: list[tuple[Finding, Sequence[Changes]]] = []
    tried = [(answer, equation) for answer in answers for equation in answer.outcome.equations]
    equations = [equation for _, equation in tried]
    found = causes(equations, Prints(read.of(BudgetLine)))
    if not found:
        return []
    by_name = {answer.rule.name: answer for answer in answers}
    evidence = Evidence(layout, read)
    evidence.hear(equations)
    for cause in found:
        failed = [tried[number] for number in cause.equations]
        gravest = max((_severity(answer.rule, equation) for answer, equation in failed), key=_GRAVITY.index)
        said = policy.verdict(gravest, evidence.doubts(cause, equations))
        if said.severity is None:
            for answer, equation in failed:
                answer.outcome.drop(equation, said.reason or "")
            continue
        grave = [(answer.rule, each) for answer, each in failed if _severity(answer.rule, each) is gravest]
        speaker = _speaker(cause, [one for one in grave if not one[1].doubt] or grave)
        draft = _draft(cause, [equation for _, equation in failed], equations, said)
        finding = _finding(recorder, speaker, draft)
        for name in dict.fromkeys(answer.rule.name for answer, _ in failed):
            by_name[name].findings.append(finding.id)
        explained.append((finding, mends(cause, equations)))
    return explained


def _severity(rule: Rule, equation: Equation) -> Severity:
    return equation.severity or rule.severity


def _speaker(cause: Cause, failed: Sequence[tuple[Rule, Equation]]) -> Rule:
    """The first rule one of whose equalities is about the wrong cell; else the first."""
    key = cause.cell.key if cause.cell else None
    return next((rule for rule, equation in failed if key and equation.total.key == key), failed[0][0])


def _draft(cause: Cause, failed: Sequence[Equation], tried: Sequence[Equation], said: policy.Verdict) -> Draft:
    """The finding of one cause: the wrong cell first, then the equalities it breaks."""
    first = failed[0]
    if cause.cell is None or cause.amount is None or (cause.cell.key == first.total.key and len(failed) == 1):
        draft = draft_of_parts(first) if cause.among_parts else draft_of(first)
        message = draft.message.removesuffix("。") + (f"；另有{len(failed) - 1}项等式不成立" if failed[1:] else "")
        records: list[RecordBase] = [*draft.records]
        expected, actual, difference, unit = draft.expected, draft.actual, draft.difference, draft.unit
    else:
        wrong = cause.cell
        records = [wrong.record]
        apart = wrong.amount - cause.amount
        expected, actual, difference, unit = yuan(cause.amount), yuan(wrong.amount), yuan(apart), YUAN
        message = (
            f"{_subject(cause, tried)}应为{money(cause.amount)}，公布为{money(wrong.amount)}，"
            f"相差{money(abs(apart))}：{_evidence(failed)}"
        )
    message += f"（{said.reason}，请核对原文）。" if said.reason else "。"
    records += [figure.record for equation in failed for figure in equation.figures]
    return Draft(message, tuple(dict.fromkeys(records)), expected, actual, difference, unit, said.severity)


def _subject(cause: Cause, equations: Sequence[Equation]) -> str:
    """How the rules call the wrong cell, where one of them does; else what its record says."""
    assert cause.cell is not None
    key = cause.cell.key
    called = next((equation.subject for equation in equations if equation.total.key == key), None)
    return called or amount_of(cause.cell.record)


def _evidence(failed: Sequence[Equation]) -> str:
    parts = [
        f"{equation.subject}公布为{money(equation.total.amount)}，{equation.basis}为{money(equation.expected)}"
        for equation in failed[:_SHOWN]
    ]
    return "；".join(parts) + (f"；共{len(failed)}项等式不成立" if len(failed) > _SHOWN else "")


def _finding(recorder: Recorder, rule: Rule, draft: Draft) -> Finding:
    return recorder.make(
        Finding,
        draft.records[0].provenance if draft.records else recorder.at_document(),
        check=rule.name,
        severity=_spoken(draft, draft.severity or rule.severity),
        message=draft.message,
        expected=draft.expected,
        actual=draft.actual,
        difference=draft.difference,
        unit=draft.unit,
        subjects=tuple(record.id for record in draft.records),
    )


def _spoken(draft: Draft, severity: Severity) -> Severity:
    """How loudly to tell of it: no error rests on text that was recognised in a picture."""
    doubt = policy.recognised(record.provenance for record in draft.records)
    return Severity.WARNING if doubt and severity is Severity.ERROR else severity


def _check(recorder: Recorder, whole: Provenance, answer: _Answer) -> Check:
    return recorder.make(
        Check,
        whole,
        check=answer.rule.name,
        status=answer.status,
        reason=answer.broken or answer.outcome.reason,
        comparisons=answer.outcome.comparisons,
        findings=tuple(answer.findings),
    )
