"""A real OTLP/HTTP collector: takes spans as protobuf and keeps them for a test to look at."""

import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, Status
from opentelemetry.proto.trace.v1.trace_pb2 import Span as Sent


@dataclass(frozen=True)
class Span:
    """A span as received; ids in hex, times in nanoseconds, `parent` empty for the first of a trace."""

    service: str
    name: str
    trace: str
    span: str
    parent: str
    began: int
    ended: int
    attributes: Mapping[str, str | int]
    error: str | None
    events: tuple[str, ...]


@dataclass
class Collector:
    """Where to send spans, and those that came."""

    address: str
    spans: list[Span] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def take(self, path: str, body: bytes) -> None:
        request = ExportTraceServiceRequest.FromString(body)
        if path != "/v1/traces":
            self.wrong.append(path)
        for resource in request.resource_spans:
            self.spans += _spans(resource)


@contextmanager
def running_collector() -> Iterator[Collector]:
    """A collector on a free port of 127.0.0.1 for as long as the context."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            collector.take(self.path, self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Type", "application/x-protobuf")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    collector = Collector(f"http://127.0.0.1:{server.server_port}/v1/traces")
    thread = threading.Thread(target=server.serve_forever, name="collector")
    thread.start()
    try:
        yield collector
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _spans(resource: ResourceSpans) -> Iterator[Span]:
    service = str(_values(resource.resource.attributes)["service.name"])
    for scope in resource.scope_spans:
        for sent in scope.spans:
            yield _span(service, sent)


def _span(service: str, sent: Sent) -> Span:
    return Span(
        service,
        sent.name,
        sent.trace_id.hex(),
        sent.span_id.hex(),
        sent.parent_span_id.hex(),
        sent.start_time_unix_nano,
        sent.end_time_unix_nano,
        _values(sent.attributes),
        sent.status.message if sent.status.code == Status.STATUS_CODE_ERROR else None,
        tuple(event.name for event in sent.events),
    )


def _values(attributes: Iterable[KeyValue]) -> dict[str, str | int]:
    return {
        each.key: each.value.int_value if each.value.HasField("int_value") else each.value.string_value
        for each in attributes
    }
