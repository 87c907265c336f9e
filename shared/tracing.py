"""Traces: the spans of a disclosure's way, told to a collector where GONGKAI_TRACES names one, else to nobody."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from shared.errors import SettingsInvalid
from shared.settings import Settings
from shared.topics import StageName


@dataclass(frozen=True)
class Place:
    """Where a span stands, as W3C trace context: ids in hex, `parent` None for the first span of a trace."""

    trace: str
    span: str
    parent: str | None = None
    flags: str = "01"

    @property
    def traceparent(self) -> str:
        """The header for what this span causes."""
        return f"00-{self.trace}-{self.span}-{self.flags}"

    @property
    def sampled(self) -> bool:
        return bool(int(self.flags, 16) & 1)


@dataclass(frozen=True)
class Failure:
    """Something that went wrong within a span: a retry, or what ended it."""

    at: datetime
    cause: str
    message: str


@dataclass(frozen=True)
class Span:
    """Something done, from `began` to `ended`; `failure` is what it ended with, `retries` what it overcame.

    `consumes` says that it is the work on a message.
    """

    name: str
    place: Place
    began: datetime
    ended: datetime
    attributes: Mapping[str, str | int]
    consumes: bool = False
    failure: Failure | None = None
    retries: Sequence[Failure] = ()


class Traces:
    """Where spans go: nowhere."""

    def record(self, span: Span) -> None:
        """Keep `span` to be sent; takes no time, never fails."""

    async def close(self) -> None:
        """Send what is kept, for as long as a stop may take; what cannot be sent then is lost."""


NO_TRACES: Final = Traces()


def open_traces(settings: Settings, service: StageName) -> Traces:
    """Where the spans of `service` go by its settings; raises SettingsInvalid when that cannot be had."""
    if not settings.traces:
        return NO_TRACES
    try:
        from shared.otlp import OtlpTraces
    except ModuleNotFoundError as error:
        raise SettingsInvalid(
            "GONGKAI_TRACES needs OpenTelemetry, which is not installed; install gongkai[tracing]."
        ) from error
    return OtlpTraces(settings.traces, service, settings.instance)
