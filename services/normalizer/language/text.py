"""Text as published, less layout: what only comes from wrapping, listing or conversion goes, nothing else."""

import re
import unicodedata
from collections.abc import Callable
from typing import Final, TypeVar

T = TypeVar("T")

_REMEMBERED: Final = 2000
"""Characters up to which a text is a cell's, a name or a paragraph, and met again."""
_MOST: Final = 1 << 21
"""Characters that the texts remembered may have together, each with what remembering it costs beside them."""
_COST: Final = 32

_WIDE: Final = (
    "\u2e80-\u2fdf\u3001-\u303f\u3040-\u30ff\u3105-\u312f\u3200-\u33ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\ufe30-\ufe4f\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65\U00020000-\U0003134f“”‘’—…·≥≤±×÷％"
)
"""Characters beside which Chinese text takes no space."""

_BESIDE_WIDE: Final = re.compile(rf"(?<=[{_WIDE}]) | (?=[{_WIDE}])")
_CUT_NUMBER: Final = re.compile(r"(?<=[\d.,])[ \t]*\n\s*(?=[\d.,])")
_INVISIBLE: Final = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")

_FORMULA: Final = re.compile(r"\$([^$\n]{1,80})\$")
_COMMANDS: Final = {
    "geqslant": "≥", "geq": "≥", "ge": "≥", "leqslant": "≤", "leq": "≤", "le": "≤", "neq": "≠",
    "gt": ">", "lt": "<", "times": "×", "div": "÷", "pm": "±", "sim": "~", "approx": "≈", "circ": "°",
    "cdot": "·", "bullet": "•",
    "ldots": "…", "dots": "…", "cdots": "…", "quad": " ", "qquad": " ",
}  # fmt: skip
_COMMAND: Final = re.compile(r"\\([A-Za-z]{1,12})[ ]?")
_STYLE: Final = re.compile(r"\\(?:text|mathrm|mathbf|mathit|rm|bf|textbf|operatorname)\s*\{([^{}]{0,60})\}")
_ESCAPED: Final = re.compile(r"\\([%$#&_{} ,;!])")
_SCRIPT: Final = re.compile(r"[\^_]\{([^{}]{0,20})\}|\^(?=[°\d])")

_MARKDOWN: Final = re.compile(r"\*\*(?=\S)([^*\n]{1,200}?)(?<=\S)\*\*")

_NUMERAL: Final = "一二三四五六七八九十百"
_MARKER: Final = re.compile(
    rf"\s*(?:[-*•·●■◆▪◦]\s+|[（(]\s*(?:[{_NUMERAL}]{{1,4}}|\d{{1,3}})\s*[)）]\s*[、.．]?|[{_NUMERAL}]{{1,4}}\s*[、.．]|"
    r"\d{1,3}\s*[、．]|\d{1,3}\s*\.(?!\s*\d)|\d{1,3}[)）]|[①-⑳⑴-⒇⒈-⒛㈠-㈩]|其\s*中\s*[:：])\s*"
)
_WIDE_ASCII: Final = {
    code: code - 0xFEE0 for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))
}
_WIDE_ASCII.update({0xFF0E: ".", 0xFF05: "%", 0xFF0D: "-", 0x2212: "-", 0xFE63: "-"})


class _Remembered(dict[str, T]):
    """What a function gives for short texts; asks it for those not met before, and for long ones each time."""

    def __init__(self, function: Callable[[str], T]) -> None:
        super().__init__()
        self._function = function
        self._size = 0

    def __missing__(self, text: str) -> T:
        found = self._function(text)
        if len(text) <= _REMEMBERED:
            self._size += len(text) + _COST
            if self._size > _MOST:
                self.clear()
                self._size = len(text) + _COST
            self[text] = found
        return found


def remembered(function: Callable[[str], T]) -> Callable[[str], T]:
    """`function`, which gives the same for the same text, asked once for a short text."""
    return _Remembered(function).__getitem__


@remembered
def joined(text: str) -> str:
    """`text` on one line: NFC, no spaces or breaks beside Chinese characters, no residue of LaTeX or Markdown.

    A number cut by a line break is joined; between Latin words one space stays.
    """
    text = _INVISIBLE.sub("", without_residue(unicodedata.normalize("NFC", text)))
    if "\n" in text:
        text = _CUT_NUMBER.sub("", text)
    text = " ".join(text.split())
    return _BESIDE_WIDE.sub("", text) if " " in text else text


@remembered
def squeezed(text: str) -> str:
    """`text` as `joined` gives it, without any white space: for codes, and to compare labels."""
    return joined(text).replace(" ", "")


def narrow(text: str) -> str:
    """`text` with full-width digits, letters, points, signs and per cent signs made ASCII; same length."""
    return text if text.isascii() else text.translate(_WIDE_ASCII)


@remembered
def code(text: str) -> str:
    """A printed code (科目编码, 项目编码, 采购目录序号) in one piece: no white space, ASCII digits and letters."""
    return narrow(squeezed(text))


def without_marker(text: str) -> str:
    """`text` less its leading list markers: `一、`, `（二）`, `3.`, `①`, `- `, `其中：`; `1.5` is no marker."""
    while (match := _MARKER.match(text)) and match.end() < len(text):
        text = text[match.end() :]
    return text


@remembered
def name(text: str) -> str:
    """A name as records carry it: on one line, without list marker."""
    return without_marker(joined(text))


@remembered
def label(text: str) -> str:
    """`text` ready for comparison with the vocabulary: no white space, full-width forms made plain (NFKC)."""
    return unicodedata.normalize("NFKC", squeezed(text))


def without_residue(text: str) -> str:
    r"""`text` without LaTeX (`$\geq 85\%$` is `≥85%`) and Markdown bold."""
    if "$" in text or "\\" in text:
        text = _FORMULA.sub(lambda match: _unformatted(match.group(1)), text)
    return _MARKDOWN.sub(r"\1", text) if "**" in text else text


def _unformatted(formula: str) -> str:
    formula = _STYLE.sub(r"\1", formula)
    formula = _COMMAND.sub(lambda match: _COMMANDS.get(match.group(1), match.group(0)), formula)
    return _ESCAPED.sub(r"\1", _SCRIPT.sub(r"\1", formula)).replace(" ", "")
