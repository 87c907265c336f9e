"""Logs on stderr: JSON lines, or text for a person at a terminal; structlog's and the libraries' alike."""

import logging
import sys
import time
from contextlib import AbstractContextManager
from typing import Final

import structlog
from structlog.contextvars import bound_contextvars, merge_contextvars
from structlog.types import Processor

from shared.settings import Settings

_QUIET = ("httpx", "httpcore", "aiokafka", "aiosqlite", "alembic", "botocore", "uvicorn.access")
_REPEATING: Final = ("aiokafka", "asyncio", "uvicorn")
REPEAT_SECONDS: Final = 60.0
_SHARED: tuple[Processor, ...] = (
    merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.StackInfoRenderer(),
)


def configure(settings: Settings) -> None:
    """Send every log to stderr in the settings' format and level; may be called again."""
    logging.captureWarnings(True)
    root = logging.getLogger()
    root.handlers = [_handler(settings)]
    root.setLevel(settings.log_level.upper())
    for name in ("uvicorn", "uvicorn.error"):
        logging.getLogger(name).handlers = []
        logging.getLogger(name).propagate = True
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )


class Seldom(logging.Filter):
    """Lets each message of the libraries through once in REPEAT_SECONDS, whatever it is filled in with.

    While a broker is away every one of a process's connections tells of every try, and while there is no room for
    a connection every try to take one. What broke on a request is told each time.
    """

    def __init__(self) -> None:
        super().__init__()
        self._told: dict[tuple[str, str], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        if not record.name.startswith(_REPEATING) or (record.name.startswith("uvicorn") and record.exc_info):
            return True
        now = time.monotonic()
        message = record.name, str(record.msg)
        told = self._told.get(message)
        if told is not None and now - told < REPEAT_SECONDS:
            return False
        self._told[message] = now
        return True


def bind(disclosure_id: str, stage: str) -> AbstractContextManager[object]:
    """Within the context, every log line names the disclosure and the stage."""
    return bound_contextvars(disclosure_id=disclosure_id, stage=stage)


def _handler(settings: Settings) -> logging.Handler:
    terminal = settings.log_format == "terminal" or (settings.log_format == "auto" and sys.stderr.isatty())
    last: tuple[Processor, ...] = (
        (structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty()),)
        if terminal
        else (
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        )
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(Seldom())
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_SHARED,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
        )
    )
    return handler
