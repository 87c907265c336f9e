"""Spans reach a real collector as they were told; without one, or without traces, nothing waits or fails."""

import asyncio
import socket
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError

from shared.settings import Settings
from shared.tracing.connect import open_traces
from shared.tracing.contract import NO_TRACES, Failure, Place, Span
from tests.servers.collector import running_collector

BEGAN = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
LATER = BEGAN + timedelta(milliseconds=1500)
ROOT = Place("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331")
BELOW = Place(ROOT.trace, "00f067aa0ba902b7", ROOT.span)
NOT_SAMPLED = Place("1" * 32, "2" * 16, None, "00")


def span(place: Place, failure: Failure | None = None, retries: tuple[Failure, ...] = ()) -> Span:
    about: dict[str, str | int] = {"gongkai.stage": "parser", "messaging.kafka.offset": 7}
    return Span("parser", place, BEGAN, LATER, about, consumes=True, failure=failure, retries=retries)


async def test_a_span_arrives_with_its_place_its_time_and_what_went_wrong() -> None:
    away = Failure(BEGAN, "archive_unavailable", "The archive is away.")
    damaged = Failure(LATER, "corrupt", "The file is damaged.")
    with running_collector() as collector:
        traces = open_traces(Settings(traces=collector.address, instance="parser-1"), "parser")
        traces.record(span(ROOT))
        traces.record(span(BELOW, damaged, (away, away)))
        traces.record(span(NOT_SAMPLED))
        await traces.close()
    first, second = collector.spans
    assert [first.service, first.name, first.trace] == ["gongkai-parser", "parser", ROOT.trace]
    assert [first.span, first.parent, second.span, second.parent] == [ROOT.span, "", BELOW.span, ROOT.span]
    assert first.ended - first.began == 1_500_000_000
    assert first.began == int(BEGAN.timestamp()) * 1_000_000_000
    assert first.attributes == {"gongkai.stage": "parser", "messaging.kafka.offset": 7}
    assert first.error is None
    assert second.trace == ROOT.trace
    assert second.error == "The file is damaged."
    assert second.events == ("retry", "retry", "exception")


@pytest.mark.parametrize("silent", [True, False], ids=["does not answer", "is not there"])
async def test_a_collector_that_is_away_holds_up_nobody_and_is_told_of_once(
    silent: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        if not silent:
            listening.close()
        traces = open_traces(Settings(traces=f"http://127.0.0.1:{port}/v1/traces"), "parser")
        for _ in range(2_000):
            traces.record(span(ROOT))
        async with asyncio.timeout(60):
            await traces.close()
    said = capsys.readouterr().out
    assert said.count("traces are lost: the collector does not take them") == 1
    assert "Traceback" not in said


def test_without_an_address_there_are_none() -> None:
    assert open_traces(Settings(), "parser") is NO_TRACES


def test_an_address_that_is_none_is_a_wrong_setting() -> None:
    with pytest.raises(ValidationError):
        Settings(traces="collector:4318")


def test_the_sdk_is_not_even_imported_where_traces_are_off() -> None:
    said = run(
        "import shared.service", "open_traces(Settings(), 'parser')", "print('opentelemetry.sdk' in sys.modules)"
    )
    assert said.stdout == "False\n"


def test_where_it_is_not_installed_the_sentence_says_what_to_install() -> None:
    said = run(
        "sys.modules['opentelemetry'] = None", "open_traces(Settings(traces='http://c/v1/traces'), 'parser')"
    )
    assert said.stderr.splitlines()[-1].startswith(
        "shared.errors.SettingsInvalid: GONGKAI_TRACES needs OpenTelemetry"
    )
    assert "gongkai[tracing]" in said.stderr


def run(*lines: str) -> subprocess.CompletedProcess[str]:
    program = [
        "import sys",
        "from shared.settings import Settings",
        "from shared.tracing.connect import open_traces",
        *lines,
    ]
    return subprocess.run([sys.executable, "-c", "\n".join(program)], capture_output=True, text=True, check=False)
