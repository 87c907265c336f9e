"""The normalizer as a service: stage.messages in the worker pool, under the runner."""

from collections.abc import Sequence
from functools import partial

from fastapi import FastAPI

from services.normalizer.settings import NormalizerSettings
from services.normalizer.stage import messages
from shared.bus.contract import Message
from shared.schemas.events import NormalizedEvent, ParsedEvent, Reading
from shared.service import Context, create_service
from shared.stage.codec import decode
from shared.stage.contract import Stage
from shared.stage.runner import run_stage
from shared.topics import NORMALIZED, PARSED


def create_app(settings: NormalizerSettings) -> FastAPI:
    """The normalizer's app: health, metrics, and its stage while it is up."""
    return create_service("normalizer", settings, _work)


async def _work(context: Context) -> None:
    await run_stage(Stage("normalizer", PARSED, partial(_run, context)), context)


async def _run(context: Context, event: ParsedEvent) -> Sequence[Message]:
    standing = await _standing(context, event.disclosure_id)
    return await context.workers.call(messages, event, standing, context.archive)


async def _standing(context: Context, disclosure_id: str) -> Reading | None:
    """The reading whose records the record topics hold, as the disclosure's last normalized event tells."""
    last = await context.bus.latest(NORMALIZED, disclosure_id)
    if last is None or last.value is None:
        return None
    event = decode(NormalizedEvent, last)
    return event.standing or event.reading
