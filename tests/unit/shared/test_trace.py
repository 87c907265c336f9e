"""The place of any message in its trace is valid, goes on in the same trace, and is the same when made again."""

import re

from hypothesis import given
from hypothesis import strategies as st

from shared.bus.contract import Message, Received
from shared.stage.dead_letters import REDRIVES
from shared.stage.trace import beginning, carry, place

VALID = re.compile(r"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
HEADERS = st.dictionaries(st.sampled_from(["ce_id", "traceparent", "other"]), st.text(max_size=60))


@given(headers=HEADERS, offset=st.integers(min_value=0))
def test_whatever_the_headers_say_it_is_valid_and_steady(headers: dict[str, str], offset: int) -> None:
    received = Received("t", "k", b"", headers, 0, offset)
    assert VALID.fullmatch(place("parser", received).traceparent)
    assert place("parser", received) == place("parser", received)
    assert place("parser", received).span != place("normalizer", received).span


@given(trace=st.text("0123456789abcdef", min_size=32, max_size=32).filter(lambda text: set(text) != {"0"}))
def test_a_valid_trace_goes_on_below_the_span_that_sent_it(trace: str) -> None:
    received = Received("t", "k", b"", {"traceparent": f"00-{trace}-00f067aa0ba902b7-01"})
    assert place("parser", received).trace == trace
    assert place("parser", received).parent == "00f067aa0ba902b7"


@given(event=st.text(min_size=1, max_size=60))
def test_a_fetched_event_with_or_without_its_header_is_in_one_trace(event: str) -> None:
    poll, collect = beginning(event)
    (message,) = carry(collect, [Message("t", "k", b"", {"ce_id": event})])
    with_header = place("parser", Received("t", "k", b"", message.headers))
    without = place("parser", Received("t", "k", b"", {"ce_id": event}))
    assert poll.parent is None
    assert [collect.parent, with_header.parent] == [poll.span, collect.span]
    assert {poll.trace, collect.trace, with_header.trace, without.trace} == {poll.trace}
    assert len({poll.span, collect.span, with_header.span}) == 3


def test_a_dead_letter_sent_again_is_a_span_of_its_own() -> None:
    first = Received("t", "k", b"", {"ce_id": "e1"})
    again = Received("t", "k", b"", {"ce_id": "e1", REDRIVES: "1"})
    assert place("parser", first).span != place("parser", again).span
    assert place("parser", first).trace == place("parser", again).trace
