"""The parser as a service: fetched events in, parsed events out."""

from collections.abc import Sequence

from fastapi import FastAPI

from services.parser import apart
from services.parser.settings import ParserSettings
from services.parser.stage import parse
from shared.bus.contract import Message
from shared.schemas.events import FetchedEvent
from shared.service import Context, create_service
from shared.stage.codec import encode
from shared.stage.contract import Stage
from shared.stage.runner import run_stage
from shared.topics import FETCHED, PARSED


def create_app(settings: ParserSettings) -> FastAPI:
    """The service; raises SettingsInvalid."""
    limits = settings.limits

    async def work(context: Context) -> None:
        async def run(event: FetchedEvent) -> Sequence[Message]:
            parsed = await apart.call(context.workers, parse, event, context.archive, limits)
            return [encode(PARSED, parsed.disclosure_id, parsed, event)]

        await run_stage(Stage("parser", FETCHED, run), context)

    return create_service("parser", settings, work)
