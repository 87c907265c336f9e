"""Back-off."""

from hypothesis import given
from hypothesis import strategies as st

from shared.stage.retry import Backoff


@given(failures=st.integers(min_value=1, max_value=10_000))
def test_back_off_grows_to_its_longest_wait_and_never_vanishes(failures: int) -> None:
    backoff = Backoff(first=0.5, longest=20)
    wait = backoff.seconds(failures)
    assert 0.25 <= wait <= 20
    assert wait <= 0.5 * 2 ** min(failures - 1, 10)
