"""Signs of symbol fonts, which stand at private places of their own, → the characters they show."""

from typing import Final

_SYMBOL: Final = dict(
    zip(
        range(0xF020, 0xF07F),
        " !∀#∃%&∋()∗+,−./0123456789:;<=>?≅ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ[∴]⊥_‾αβχδεφγηιϕκλμνοπθρστυϖωξψζ{|}~",
        strict=True,
    )
) | dict(
    zip(
        range(0xF0A1, 0xF0F0),
        "ϒ′≤⁄∞ƒ♣♦♥♠↔←↑→↓°±″≥×∝∂•÷≠≡≈…│─↵ℵℑℜ℘⊗⊕∅∩∪⊃⊇⊄⊂⊆∈∉∠∇®©™∏√⋅¬∧∨⇔⇐⇑⇒⇓◊〈®©™∑⎛⎜⎝⎡⎢⎣⎧⎨⎩⎪",
        strict=True,
    )
)
_WINGDINGS: Final = {
    0xF06C: "●",
    0xF06E: "■",
    0xF06F: "□",
    0xF070: "□",
    0xF071: "❑",
    0xF072: "❒",
    0xF075: "◆",
    0xF076: "❖",
    0xF09F: "•",
    0xF0A7: "▪",
    0xF0A8: "□",
    0xF0B2: "☆",
    0xF0AB: "★",
    0xF0D8: "➢",
    0xF0DF: "←",
    0xF0E0: "→",
    0xF0E8: "➔",
    0xF0F0: "⇨",
    0xF0FB: "✗",
    0xF0FC: "✓",
    0xF0FD: "☒",
    0xF0FE: "☑",
}
_WINGDINGS_2: Final = {0xF04F: "✗", 0xF050: "✓", 0xF051: "☒", 0xF052: "☑", 0xF0A3: "□"}
_FONTS: Final = {"symbol": _SYMBOL, "wingdings": _WINGDINGS, "wingdings2": _WINGDINGS_2}
PRIVATE: Final = range(0xE000, 0xF900)
"""Codes that mean something in their font only."""
UNKNOWN: Final = "\ufffd"


def character(code: int, font: str) -> str:
    """What the sign `code` (with or without the private offset) of `font` shows; U+FFFD when that is not known.

    A code of another font is a character already.
    """
    name = "".join(filter(str.isalnum, font.rpartition("+")[2].lower()))
    signs = _FONTS.get(name.removesuffix("regular").removesuffix("mt"))
    if signs is None:
        return UNKNOWN if code in PRIVATE else chr(code)
    return " " if code == 0x20 else signs.get(code if code in PRIVATE else 0xF000 + code, UNKNOWN)
