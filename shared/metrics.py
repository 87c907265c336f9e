"""Every metric of gongkai; label values come from enums, file names or topics, never from a document or a URL.

Each process counts for itself. What runs in a worker process counts nothing, for nobody scrapes those.
"""

from collections.abc import Iterator
from typing import Final

from prometheus_client import Counter, Gauge, Histogram, disable_created_metrics

from shared.errors import PermanentError, TransientError
from shared.topics import DEAD_LETTERS as DEAD_LETTER_TOPICS
from shared.topics import RECORDS as RECORD_TOPICS
from shared.topics import TOPICS, StageName
from shared.version import VERSION

_SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120)
_ANSWER_SECONDS: Final = (0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_AGES: Final = (1, 5, 15, 60, 300, 900, 3600, 6 * 3600, 24 * 3600, 7 * 24 * 3600, 30 * 24 * 3600)

EVENTS: Final = Counter(
    "gongkai_events_total", "Events a stage finished, by outcome: done or dead_letter.", ["stage", "outcome"]
)
EVENT_DURATION: Final = Histogram(
    "gongkai_event_duration_seconds",
    "Time of one try of a stage on one event.",
    ["stage"],
    buckets=_SECONDS,
)
EVENT_AGE: Final = Histogram(
    "gongkai_event_age_seconds",
    "Time from fetching a disclosure to a stage being done with it.",
    ["stage"],
    buckets=_AGES,
)
CONSUMER_LAG: Final = Gauge(
    "gongkai_consumer_lag",
    "Messages of a partition the stage has not committed yet, told by every service that reaches the bus.",
    ["stage", "topic", "partition"],
)
PARTITIONS_HELD: Final = Gauge(
    "gongkai_partitions_held", "Partitions the instance of the stage reads; 0 while it reads none.", ["stage"]
)
MESSAGES_EXPIRED: Final = Counter(
    "gongkai_messages_expired_total",
    "Messages that the bus no longer had when a stage came to read them; transactions' marks count too.",
    ["stage", "topic"],
)
DEAD_LETTERS: Final = Counter(
    "gongkai_dead_letters_total",
    "Messages a stage could not take, by the cause in the dead letter.",
    ["stage", "cause"],
)
RETRIES: Final = Counter(
    "gongkai_retries_total", "Tries that met a transient error and were made again.", ["stage", "cause"]
)
RECORDS: Final = Counter("gongkai_records_total", "Records published, by record type.", ["type"])
FINDINGS: Final = Counter(
    "gongkai_findings_total", "Findings published, by check and severity.", ["check", "severity"]
)
FIGURES: Final = Counter(
    "gongkai_figures_total",
    "Amounts of money printed in tables, by portal, kind of table and outcome: read, as records, or unread.",
    ["portal", "table", "outcome"],
)
SUSPECT_LAYOUT: Final = Gauge(
    "gongkai_suspect_layout",
    "1 while a check fails in most of a portal's latest disclosures and its errors are kept back as warnings.",
    ["portal", "check"],
)
WORKING: Final = Gauge(
    "gongkai_working", "1 while the service does its work, 0 while it waits to start it again.", ["service"]
)
READY: Final = Gauge(
    "gongkai_ready", "1 while the service reaches its bus, archive and database, 0 while it does not.", ["service"]
)
WORKERS: Final = Gauge("gongkai_workers", "Worker processes a stage may use.", ["stage"])
WORKERS_BUSY: Final = Gauge("gongkai_workers_busy", "Worker processes at work on a message.", ["stage"])
WORKER_STARTS: Final = Counter(
    "gongkai_worker_starts_total",
    "Worker processes started, the first ones and those in place of ended ones.",
    ["stage"],
)
PORTAL_POLLS: Final = Counter(
    "gongkai_portal_polls_total", "Polls of a portal, by outcome.", ["portal", "outcome"]
)
PORTAL_OUTCOME: Final = Gauge(
    "gongkai_portal_outcome",
    "1 for the outcome of the portal's last poll, 0 for the others.",
    ["portal", "outcome"],
)
PORTAL_LAST_SUCCESS: Final = Gauge(
    "gongkai_portal_last_success_timestamp_seconds",
    "When a poll of the portal last went well, Unix time; 0 when none has.",
    ["portal"],
)
HTTP_REQUEST_DURATION: Final = Histogram(
    "gongkai_http_request_duration_seconds", "Time of one HTTP request to a portal.", ["portal"], buckets=_SECONDS
)
BYTES_ARCHIVED: Final = Counter(
    "gongkai_bytes_archived_total", "Bytes of a portal put into the archive.", ["portal"]
)
PORTAL_ITEMS: Final = Gauge(
    "gongkai_portal_items", "Rows of the portal's last poll, by what became of them.", ["portal", "kind"]
)
OUTBOX_EVENTS: Final = Gauge("gongkai_outbox_events", "Fetched events that wait to be published.")
OUTBOX_OLDEST: Final = Gauge(
    "gongkai_outbox_oldest_timestamp_seconds",
    "When the oldest event that waits to be published was fetched, Unix time; 0 when none waits.",
)
RECORDS_STORED: Final = Counter(
    "gongkai_records_stored_total", "Records written to the database, by record type.", ["type"]
)
STORE_WRITE_DURATION: Final = Histogram(
    "gongkai_store_write_duration_seconds",
    "Time of the database transaction that keeps one revision.",
    buckets=_SECONDS,
)
API_REQUEST_DURATION: Final = Histogram(
    "gongkai_api_request_duration_seconds",
    "Time of one request to a service, by the route's template and the status answered.",
    ["service", "route", "status"],
    buckets=_ANSWER_SECONDS,
)
BUILD_INFO: Final = Gauge("gongkai_build_info", "1, with the version that runs as label.", ["version"])


def expect(service: StageName) -> None:
    """Serve as 0 what `service` may count, before it happens.

    A series that appears with its first count has not increased, as Prometheus sees it: no alert would tell of it.
    """
    disable_created_metrics()  # type: ignore[no-untyped-call]  # the client leaves it untyped
    BUILD_INFO.labels(VERSION).set(1)
    WORKING.labels(service).set(0)
    READY.labels(service).set(0)
    EVENTS.labels(service, "done")
    for cause in (*_causes(TransientError), *(["poll_broke"] if service == "fetcher" else [])):
        RETRIES.labels(service, cause)
    for topic in TOPICS:
        if service in topic.consumers:
            MESSAGES_EXPIRED.labels(service, topic.name)
    if service in DEAD_LETTER_TOPICS:
        PARTITIONS_HELD.labels(service).set(0)
        EVENTS.labels(service, "dead_letter")
        for cause in _causes(PermanentError):
            DEAD_LETTERS.labels(service, cause)
    records = {"normalizer": RECORDS, "store": RECORDS_STORED}.get(service)
    for record in RECORD_TOPICS if records else ():
        assert records
        records.labels(record)


def _causes(error: type[PermanentError] | type[TransientError]) -> Iterator[str]:
    for kind in error.__subclasses__():
        yield kind.cause
        yield from _causes(kind)
