"""Every metric of gongkai; label values come from enums, file names or topics, never from a document or a URL."""

from typing import Final

from prometheus_client import Counter, Gauge, Histogram

_SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120)
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
    "Messages of a partition the stage has not committed yet.",
    ["stage", "topic", "partition"],
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
PORTAL_POLLS: Final = Counter(
    "gongkai_portal_polls_total", "Polls of a portal, by outcome.", ["portal", "outcome"]
)
PORTAL_LAST_SUCCESS: Final = Gauge(
    "gongkai_portal_last_success_timestamp_seconds",
    "When a poll of the portal last went well, Unix time.",
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
