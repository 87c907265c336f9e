"""Damaged Word documents are read or refused; nothing else happens."""

import contextlib

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.parser.doc.reader import read
from services.parser.reading import Limits
from shared.errors import Corrupt, TooLarge, Unsupported

CHECKS = settings(
    max_examples=80,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
OFFSETS = st.integers(0, 24_575)
WORDS = st.sampled_from([0, 1, 2, 0x7F, 0x80, 0xFE, 0xFF])


def is_taken(data: bytes) -> None:
    with contextlib.suppress(Corrupt, TooLarge, Unsupported):
        read(data, Limits())


@CHECKS
@given(st.lists(st.tuples(OFFSETS, st.integers(0, 255)), min_size=1, max_size=60))
def test_single_bytes_changed(county: bytes, changes: list[tuple[int, int]]) -> None:
    data = bytearray(county)
    for at, value in changes:
        data[at % len(data)] = value
    is_taken(bytes(data))


@CHECKS
@given(OFFSETS, st.lists(WORDS, min_size=1, max_size=80))
def test_stretches_overwritten(county: bytes, at: int, values: list[int]) -> None:
    at %= len(county)
    is_taken((county[:at] + bytes(values) + county[at + len(values) :])[: len(county)])


@CHECKS
@given(st.lists(st.tuples(st.integers(0, 1500), st.integers(0, 255)), min_size=1, max_size=8))
def test_the_header_changed(county: bytes, changes: list[tuple[int, int]]) -> None:
    data = bytearray(county)
    begin = county.index(b"\xec\xa5")
    for at, value in changes:
        data[begin + at] = value
    is_taken(bytes(data))


@CHECKS
@given(OFFSETS, OFFSETS, st.integers(1, 2000))
def test_parts_moved(county: bytes, source: int, target: int, size: int) -> None:
    data = bytearray(county)
    part = data[source : source + size]
    data[target : target + len(part)] = part
    is_taken(bytes(data[: len(county)]))


@CHECKS
@given(OFFSETS)
def test_the_end_missing(county: bytes, size: int) -> None:
    is_taken(county[: size % len(county)])
