"""The phrases that name a figure in prose, compiled from the vocabulary, and the form of text they expect."""

import re
from dataclasses import dataclass
from functools import cache
from typing import Final

from services.normalizer.language import vocabulary
from services.normalizer.language.text import joined, narrow
from shared.schemas.names import Metric

_QUOTES: Final = str.maketrans("", "", "“”\"‘’'「」")
_PLAIN: Final = str.maketrans("（）：，", "():,")
_SIGNED: Final = re.compile(r"增(?:加|长)?\((?:减少?|下降|降低)\)(?:加|长)?")


@dataclass(frozen=True)
class Phrases:
    """The vocabulary's phrases, each with what may stand before and after it."""

    both_totals: re.Pattern[str]
    metrics: dict[Metric, re.Pattern[str]]
    parts: dict[Metric, dict[Metric, re.Pattern[str]]]
    named_changes: tuple[tuple[Metric, int, re.Pattern[str]], ...]
    changes: tuple[tuple[int, re.Pattern[str]], ...]
    other_changes: re.Pattern[str]
    outturn: re.Pattern[str]
    bare: re.Pattern[str]


@cache
def phrases() -> Phrases:
    """The phrases, compiled once."""
    words = vocabulary.metrics()
    before, after, compared = words.prefix.pattern, words.suffix.pattern, words.compared.pattern
    directions = ((1, words.increase.pattern), (-1, words.decrease.pattern))
    return Phrases(
        both_totals=_of(before, words.both_totals.pattern, after),
        metrics={metric: _of(before, each.pattern, after) for metric, each in words.metrics.items()},
        parts={
            whole: {metric: _of(before, each.pattern, after) for metric, each in parts.items()}
            for whole, parts in words.parts.items()
        },
        named_changes=tuple(
            (metric, sign, _of(f"(?:{compared})?", before, each.pattern, after, f"(?:{compared})?", direction))
            for metric, each in words.subjects.items()
            for sign, direction in directions
        ),
        changes=tuple(
            (sign, _of(f"(?:{before})?", f"(?:{compared})?", direction)) for sign, direction in directions
        ),
        other_changes=_of(".*", "|".join(direction for _, direction in directions)),
        outturn=_of(before, words.outturn.pattern),
        bare=_of(before, words.bare.pattern),
    )


def _of(*parts: str) -> re.Pattern[str]:
    return re.compile("".join(f"(?:{part})" for part in parts))


def plain(text: str) -> str:
    """`text` as the phrases expect it: on one line, ASCII digits and brackets, no quotation marks, no `(境)`.

    `增加(减少)` before a signed figure is `增加`.
    """
    line = narrow(joined(text)).translate(_QUOTES).translate(_PLAIN)
    return _SIGNED.sub("增加", line.replace("(境)", "").replace("(境外)", ""))
