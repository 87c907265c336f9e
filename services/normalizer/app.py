"""The normalizer as a service: stage.messages in the worker pool, under the runner."""

from collections.abc import Sequence
from functools import partial

from fastapi import FastAPI

from services.normalizer.settings import NormalizerSettings
from services.normalizer.stage import messages
from shared.bus.contract import Message
from shared.schemas.events import ParsedEvent
from shared.service import Context, create_service
from shared.stage.contract import Stage
from shared.stage.runner import run_stage
from shared.topics import PARSED


def create_app(settings: NormalizerSettings) -> FastAPI:
    """The normalizer's app: health, metrics, and its stage while it is up."""
    return create_service("normalizer", settings, _work)


async def _work(context: Context) -> None:
    await run_stage(Stage("normalizer", PARSED, partial(_run, context)), context)


async def _run(context: Context, event: ParsedEvent) -> Sequence[Message]:
    return await context.workers.call(messages, event, context.archive)
