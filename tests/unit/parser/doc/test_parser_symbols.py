"""Signs of symbol fonts show what they print."""

import pytest

from services.parser.symbols import character


@pytest.mark.parametrize(
    ("code", "font", "shown"),
    [
        (0xF0B3, "Symbol", "≥"),
        (0xA3, "Symbol", "≤"),
        (0xF0B0, "ABCDEF+SymbolMT", "°"),
        (0xF06C, "Wingdings", "●"),
        (0xF0FE, "ABCDEF+Wingdings-Regular", "☑"),
        (0xF052, "Wingdings 2", "☑"),
        (0x2265, "宋体", "≥"),
        (0xF0B3, "宋体", "\ufffd"),
    ],
)
def test_a_sign_is_told_by_its_font(code: int, font: str, shown: str) -> None:
    assert character(code, font) == shown
