"""Dates as portals write them → aware times in China's zone."""

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

CHINA: Final = timezone(timedelta(hours=8), "Asia/Shanghai")
EARLIEST: Final = datetime(1995, 1, 1, tzinfo=CHINA)
_DAY: Final = r"(?<!\d)((?:19|20)\d{2})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})(?!\d)\s*日?"
_TIME: Final = r"(?:[ T　]{0,3}(\d{1,2}):(\d{2})(?::(\d{2}))?)?"
_WHOLE: Final = re.compile(_DAY + _TIME)
_DAY_FIRST: Final = re.compile(r"(?<![\d:-])(\d{1,2})\s+((?:19|20)\d{2})\s*[-/.年]\s*(\d{1,2})月?(?![\d-])")
_DAY_LAST: Final = re.compile(r"(?<!\d)((?:19|20)\d{2})\s*[-/.年]\s*(\d{1,2})月?\s+(\d{1,2})(?![\d:-])")
_PARTS: Final = re.compile(r"(?<![\d:-])(\d{1,2})\s+(\d{1,2})月?\s+((?:19|20)\d{2})年?(?![\d-])")
_ENGLISH: Final = re.compile(r"\b([A-Z][a-z]{2})[a-z]{0,6}\.?\s{1,3}(\d{1,2}),?\s{1,3}((?:19|20)\d{2})\b")
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_SHORT_YEAR: Final = re.compile(r"[\s\[(（]*([0-3]\d)[-/.](\d{1,2})[-/.](\d{1,2})[\s\])）]*")
_DIGIT: Final = re.compile(r"\d")
_WIDE: Final = str.maketrans("０１２３４５６７８９－／．", "0123456789-/.")
_COMPACT: Final = re.compile(r"(?<!\d)((?:19|20)\d{2})(\d{2})(\d{2})(?!\d)")
_ORDERS: Final = (
    (_WHOLE, (1, 2, 3)),
    (_DAY_FIRST, (2, 3, 1)),
    (_DAY_LAST, (1, 2, 3)),
    (_PARTS, (3, 2, 1)),
    (_COMPACT, (1, 2, 3)),
)
_NO_YEAR: Final = re.compile(r"(?<![\d-])(\d{1,2})\s*[-/月]\s*(\d{1,2})日?(?![\d-])")
_IN_PATH: Final = re.compile(r"/t?((?:19|20)\d{2})/?(\d{2})?(?:/?(\d{2}))?(?=[_/])")
_LONGEST_EPOCH: Final = 15
_LATEST_EPOCH: Final = 1e14
_ONLY: Final = re.compile(r"[\s\[\]()（）【】\d\-/.年月日:：]{4,32}")


def read_date(text: str) -> datetime | None:
    """The first date in `text` with its time of day if there is one; None for none, or one before 1995."""
    if not _DIGIT.search(text):
        return None
    text = text.translate(_WIDE)
    for pattern, order in _ORDERS:
        if found := pattern.search(text):
            year, month, day = (int(found[group]) for group in order)
            clock = [int(part or 0) for part in found.groups()[3:]] if pattern is _WHOLE else []
            return _moment(year, month, day, *clock)
    if (found := _ENGLISH.search(text)) and found[1] in _MONTHS:
        return _moment(int(found[3]), _MONTHS.index(found[1]) + 1, int(found[2]))
    return None


def read_list_date(text: str, url: str) -> datetime | None:
    """As `read_date`; [24-04-20] is of this century; a date without its year, [04-20], has that of the address."""
    moment = read_date(text)
    if moment is None and (short := _SHORT_YEAR.fullmatch(text)):
        return _moment(2000 + int(short[1]), int(short[2]), int(short[3]))
    year = _IN_PATH.search(url)
    if moment is None and year and (found := _NO_YEAR.search(text)):
        moment = _moment(int(year[1]), int(found[1]), int(found[2]))
    return moment


def from_epoch(seconds: object) -> datetime | None:
    """Epoch seconds (or milliseconds) → time; None for anything that is no plausible one."""
    if isinstance(seconds, str) and seconds.isascii() and seconds.isdigit() and len(seconds) < _LONGEST_EPOCH:
        seconds = int(seconds)
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 <= seconds < _LATEST_EPOCH:
        return None
    value = seconds / 1000 if seconds > 1e11 else seconds
    if not EARLIEST.timestamp() <= value <= 4e9:
        return None
    return datetime.fromtimestamp(value, UTC).astimezone(CHINA)


def is_date(text: str) -> bool:
    """Whether `text` is a date and nothing else, or the part of one that names a month."""
    return bool(_ONLY.fullmatch(text)) and bool(re.search(r"\d{1,4}\s*[-/.年月]\s*\d{1,2}", text))


def is_plausible(moment: datetime | None, now: datetime) -> bool:
    """Neither before 1995 (1970-01-01 is what a site says when it knows none) nor in the future."""
    return moment is not None and EARLIEST <= moment <= now + timedelta(days=1)


def _moment(year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0) -> datetime | None:
    try:
        moment = datetime(year, month, day, hour, minute, second, tzinfo=CHINA)
    except ValueError:
        return None
    return moment if moment >= EARLIEST else None
