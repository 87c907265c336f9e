"""Traces: the spans of a disclosure's way, and where they are told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final


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
