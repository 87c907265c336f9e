"""Spans sent over OTLP/HTTP by the OpenTelemetry SDK, in batches from a thread of its own."""

import asyncio
import logging
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

import structlog
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.id_generator import IdGenerator
from opentelemetry.trace import (
    NonRecordingSpan,
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    TraceFlags,
    set_span_in_context,
)

from shared.topics import StageName
from shared.tracing.contract import Failure, Place, Span, Traces
from shared.version import VERSION

REQUEST_SECONDS: Final = 5.0
LAST_SECONDS: Final = 3.0
PAUSE_MILLISECONDS: Final = 1_000
MOST_WAITING: Final = 10_000
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

log = structlog.get_logger()


class OtlpTraces(Traces):
    """Sends spans to the collector at `address`; what it does not take, and what passes MOST_WAITING, is lost."""

    def __init__(self, address: str, service: StageName, instance: str) -> None:
        named = {"service.namespace": "gongkai", "service.name": f"gongkai-{service}", "service.version": VERSION}
        if instance:
            named["service.instance.id"] = instance
        self._ids = _GivenIds()
        self._exporter = _Exporter(address)
        self._provider = TracerProvider(
            resource=Resource.create(named), id_generator=self._ids, shutdown_on_exit=False
        )
        self._provider.add_span_processor(BatchSpanProcessor(self._exporter, MOST_WAITING, PAUSE_MILLISECONDS))
        self._tracer = self._provider.get_tracer("gongkai", VERSION)

    def record(self, span: Span) -> None:
        place = span.place
        if not place.sampled:
            return
        self._ids.next = place
        parent = NonRecordingSpan(_context(place, place.parent)) if place.parent else None
        told = self._tracer.start_span(
            span.name,
            set_span_in_context(parent) if parent else None,
            SpanKind.CONSUMER if span.consumes else SpanKind.INTERNAL,
            dict(span.attributes),
            start_time=_nanoseconds(span.began),
        )
        for retry in span.retries:
            told.add_event("retry", _exception(retry), _nanoseconds(retry.at))
        if span.failure:
            told.add_event("exception", _exception(span.failure), _nanoseconds(span.failure.at))
            told.set_status(Status(StatusCode.ERROR, span.failure.message))
        told.end(_nanoseconds(span.ended))

    async def close(self) -> None:
        # What the collector does not take in LAST_SECONDS is given up, for a stop must not wait for it.
        giving_up = asyncio.get_running_loop().call_later(LAST_SECONDS, self._exporter.shutdown)
        try:
            await asyncio.to_thread(self._provider.shutdown)
        finally:
            giving_up.cancel()


class _GivenIds(IdGenerator):
    """Gives the next span the ids of its place; spans are made one at a time, in the event loop's thread."""

    def __init__(self) -> None:
        self.next = Place("", "")

    def generate_span_id(self) -> int:
        return int(self.next.span, 16)

    def generate_trace_id(self) -> int:
        return int(self.next.trace, 16)


class _Exporter(SpanExporter):
    """The SDK's exporter, whose log is one line when the collector goes and one when it is back."""

    def __init__(self, address: str) -> None:
        logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)
        self._address = address
        self._exporter = OTLPSpanExporter(address, timeout=REQUEST_SECONDS)
        self._away = False
        self._over = False

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        result = self._exporter.export(spans)
        away = result is not SpanExportResult.SUCCESS
        if away and not self._away:
            log.warning("traces are lost: the collector does not take them", address=self._address)
        if self._away and not away:
            log.info("the collector takes traces again", address=self._address)
        self._away = away
        return result

    def shutdown(self) -> None:
        if not self._over:
            self._over = True
            self._exporter.shutdown()  # type: ignore[no-untyped-call]  # the SDK leaves it untyped


def _context(place: Place, span: str) -> SpanContext:
    return SpanContext(
        int(place.trace, 16), int(span, 16), is_remote=True, trace_flags=TraceFlags(int(place.flags, 16))
    )


def _exception(failure: Failure) -> dict[str, str]:
    return {"exception.type": failure.cause, "exception.message": failure.message}


def _nanoseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(microseconds=1) * 1_000
