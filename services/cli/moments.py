"""Moments as people write and read them."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer


def moment(text: str) -> datetime:
    """`2026-03-01` or `2026-03-01T08:30[+08:00]`, in UTC unless it says otherwise; raises BadParameter."""
    try:
        read = datetime.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} is no date such as 2026-03-01 or 2026-03-01T08:30+08:00") from error
    return read if read.tzinfo else read.replace(tzinfo=UTC)


Since = Annotated[datetime | None, typer.Option(parser=moment, metavar="DATE", help="from this date or time on")]
Until = Annotated[datetime | None, typer.Option(parser=moment, metavar="DATE", help="before this date or time")]


def age(span: timedelta) -> str:
    """`3 d`, `5 h`, `12 min` or `40 s`."""
    seconds = max(0, int(span.total_seconds()))
    for name, length in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= length:
            return f"{seconds // length} {name}"
    return f"{seconds} s"
