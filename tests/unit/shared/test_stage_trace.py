"""The traceparent of any message is valid, goes on in the same trace, and is the same when made again."""

import re

from hypothesis import given
from hypothesis import strategies as st

from shared.bus.contract import Received
from shared.stage.retry import Backoff
from shared.stage.trace import traceparent

VALID = re.compile(r"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
HEADERS = st.dictionaries(st.sampled_from(["ce_id", "traceparent", "other"]), st.text(max_size=60))


@given(headers=HEADERS, offset=st.integers(min_value=0))
def test_whatever_the_headers_say_it_is_valid_and_steady(headers: dict[str, str], offset: int) -> None:
    received = Received("t", "k", b"", headers, 0, offset)
    assert VALID.fullmatch(traceparent("parser", received))
    assert traceparent("parser", received) == traceparent("parser", received)
    assert traceparent("parser", received) != traceparent("normalizer", received)


@given(trace=st.text("0123456789abcdef", min_size=32, max_size=32).filter(lambda text: set(text) != {"0"}))
def test_a_valid_trace_goes_on(trace: str) -> None:
    received = Received("t", "k", b"", {"traceparent": f"00-{trace}-00f067aa0ba902b7-01"})
    assert traceparent("parser", received).split("-")[1] == trace


@given(failures=st.integers(min_value=1, max_value=10_000))
def test_back_off_grows_to_its_longest_wait_and_never_vanishes(failures: int) -> None:
    backoff = Backoff(first=0.5, longest=20)
    wait = backoff.seconds(failures)
    assert 0.25 <= wait <= 20
    assert wait <= 0.5 * 2 ** min(failures - 1, 10)
