"""Bytes of pages and texts are read by what they are, whatever they say they are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.charset import decode

TEXT = "某县水利局（䶮）2024年部门预算公开"


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("declared", [None, "gb2312", "utf-8", "iso-8859-1", "hex", "nonsense", "\x00"])
def test_the_bytes_decide(charset: str, declared: str | None) -> None:
    assert decode(TEXT.encode(charset), declared) == TEXT


def test_a_cut_character_is_left_out_and_a_bad_byte_is_marked() -> None:
    assert decode(TEXT.encode() + b"\xe4\xb8") == TEXT
    damaged = TEXT.encode()[:24] + b"\xff" + TEXT.encode()[24:]
    assert decode(damaged) == TEXT[:8] + "\ufffd" + TEXT[8:]


@given(st.binary(max_size=60), st.sampled_from([None, "big5", "utf-16", "rot13", "idna"]))
def test_any_bytes_are_read(data: bytes, declared: str | None) -> None:
    assert "\x00" not in decode(data, declared)
