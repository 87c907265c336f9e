"""Why a poll went as it did, in Chinese: the fetcher's sentences by those in reasons.json."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Final

_SHAPES: Final = {"url": r"\S+", "target": r"\S+", "count": r"\d+", "found": r"\d+", "status": r"\d+"}
"""What stands for a name of a sentence; else any text."""
_NAME: Final = re.compile(r"\{(\w+)\}")
_NEXT: Final = "; "


@cache
def sentences() -> dict[str, str]:
    """A sentence in English, with names where it has values → the same in Chinese."""
    read: dict[str, str] = json.loads(Path(__file__).with_name("reasons.json").read_text(encoding="utf-8"))
    return read


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((_pattern(english), chinese) for english, chinese in sentences().items())


def _pattern(english: str) -> re.Pattern[str]:
    parts = _NAME.split(english)
    shapes = (
        f"(?P<{part}>{_SHAPES.get(part, '.*?')})" if number % 2 else re.escape(part)
        for number, part in enumerate(parts)
    )
    return re.compile(f"{''.join(shapes)}(?={_NEXT}|$)")


def reason_in(language: str, reason: str) -> str:
    """The sentences of `reason` that are known, in the reader's language; empty in English, or where none is."""
    told, start = [], 0 if language == "zh" else len(reason)
    while start < len(reason):
        matches = ((known.match(reason, start), chinese) for known, chinese in _patterns())
        match, chinese = next(((found, chinese) for found, chinese in matches if found), (None, ""))
        if match:
            told.append(chinese.format(**match.groupdict()))
        end = match.end() if match else reason.find(_NEXT, start)
        start = end + len(_NEXT) if end >= 0 else len(reason)
    return "；".join(told)
