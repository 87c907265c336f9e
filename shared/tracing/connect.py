"""Chooses where spans go: to the collector that GONGKAI_TRACES names, else to nobody."""

from shared.errors import SettingsInvalid
from shared.settings import Settings
from shared.topics import StageName
from shared.tracing.contract import NO_TRACES, Traces


def open_traces(settings: Settings, service: StageName) -> Traces:
    """Where the spans of `service` go by its settings; raises SettingsInvalid when that cannot be had."""
    if not settings.traces:
        return NO_TRACES
    try:
        from shared.tracing.otlp import OtlpTraces
    except ModuleNotFoundError as error:
        raise SettingsInvalid(
            "GONGKAI_TRACES needs OpenTelemetry, which is not installed; install gongkai[tracing]."
        ) from error
    return OtlpTraces(settings.traces, service, settings.instance)
