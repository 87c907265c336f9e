"""The normalizer as a service: stage.messages in the worker pool, under the runner."""

from collections.abc import Sequence
from contextlib import suppress
from functools import partial

import structlog
from fastapi import FastAPI

from services.normalizer.checks.rules import CHECKS
from services.normalizer.settings import NormalizerSettings
from services.normalizer.stage import messages
from services.normalizer.suspects import CheckHistory
from services.normalizer.unread import WARNED
from shared import metrics
from shared.bus.contract import Message, Received
from shared.bus.scan import scan
from shared.errors import Undecodable
from shared.schemas.events import NormalizedEvent, ParsedEvent, Reading
from shared.schemas.names import Severity
from shared.service import Context, create_service
from shared.stage.codec import decode
from shared.stage.contract import Stage
from shared.stage.runner import run_stage
from shared.topics import NORMALIZED, PARSED

log = structlog.get_logger()


def create_app(settings: NormalizerSettings) -> FastAPI:
    """The normalizer's app: health, metrics, and its stage while it is up."""
    for rule in CHECKS:
        metrics.FINDINGS.labels(rule.name, rule.severity)
    for check in WARNED:
        metrics.FINDINGS.labels(check, Severity.WARNING)
    return create_service("normalizer", settings, _work)


async def _work(context: Context) -> None:
    await run_stage(Stage("normalizer", PARSED, partial(_run, context, CheckHistory())), context)


async def _run(context: Context, history: CheckHistory, event: ParsedEvent) -> Sequence[Message]:
    standing = await _standing(context, event.disclosure_id)
    suspected = history.suspected(event.origin.portal)
    output: Sequence[Message] = await context.workers.call(messages, event, standing, context.archive, suspected)
    normalized = NormalizedEvent.model_validate_json(output[0].value or b"")
    history.learn(normalized)
    if portal := event.origin.portal:
        now = history.suspected(portal)
        for check in now | suspected | set(normalized.failed):
            metrics.SUSPECT_LAYOUT.labels(portal, check).set(check in now)
    return output


async def _standing(context: Context, disclosure_id: str) -> Reading | None:
    """The reading whose records the record topics hold, as the disclosure's last normalized event tells."""
    last = await context.bus.latest(NORMALIZED, disclosure_id)
    if last is None:
        return None
    try:
        return _told(last)
    except Undecodable as error:
        log.warning("looks for an earlier event that says what stands", reason=str(error))
    standing = None
    async for message in scan(context.bus, NORMALIZED):
        if message.key == disclosure_id:
            with suppress(Undecodable):
                standing = _told(message)
    return standing


def _told(message: Received) -> Reading | None:
    if message.value is None:
        return None
    event = decode(NormalizedEvent, message)
    return event.standing or event.reading
