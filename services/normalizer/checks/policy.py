"""When a check may speak, and how loudly: the one place that decides between error, warning and silence.

An error accuses a department in public, so it must be true. A failed equality is

- an `error` where nothing between its figures is unknown or unread, the reading of its tables is borne out by
  other equalities that hold in them, and nothing that the document states explains the difference;
- a `warning` that says what is uncertain where only the bearing out is missing, or a figure may be lost or stand
  in the wrong column;
- `insufficient_data` with the reason where something between its figures was not read, where a note may explain
  the difference, where the layout leaves its reading open, or where most equalities of a table fail: then it is
  our reading that is wrong.

It is never taken back into `pass`, and a table that was there but not read is never `not_applicable`.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from shared.schemas.names import Severity
from shared.schemas.records import Provenance

CERTAIN: Final = 0.9
"""How certain a figure recognised in a picture is at least for a check to speak of it (docs/accuracy.md)."""
_MANY: Final = 4
"""From how many failures on they may be a misreading of ours rather than slips of the publisher."""


class Clause(StrEnum):
    """Why a failed equality may not be the publisher's fault; the value is the sentence in docs/checks.md."""

    UNKNOWN_LABEL = "a row has an amount where its name should stand: its cells may be displaced"
    UNREAD_CELL = "a cell in the row or column that is added was not read"
    UNREAD_COLUMN = "a column of money was not read, and no row shows that it is no part of the sum"
    UNCERTAIN = "a figure was recognised in a picture and is not certain"
    RECOGNISED = "a figure was recognised in a picture: it may have been read wrongly, however certain it looks"
    UNREAD_TABLE = "a table that was not read follows and may be the rest of this one"
    PAGE_BREAK = "its rows stand on several pages, and no other sum over the page break holds"
    NOTE = "a note of the table says what its figures hold or leave out"
    READING = "the layout leaves open which figures are added"
    MISREAD = "most equalities of the table, or all of a column, fail"
    DISPLACED = "a cell may stand in the wrong column: what one has too much another lacks, or a row is shifted"
    LOST = "a cell that is added is blank: the figure that is lacking may stand there"
    LOST_ROW = "every column of a sum lacks the figures of one row, and its rows go over a page: a row may be lost"
    ALONE = "no other equality holds that would bear out how the table, or the column, was read"


SOFT: Final = frozenset({Clause.ALONE, Clause.DISPLACED, Clause.LOST, Clause.LOST_ROW, Clause.RECOGNISED})
"""The doubts that leave a warning."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """One clause that applies, and the sentence about it for readers, in Chinese."""

    clause: Clause
    reason: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a failed equality: a finding of `severity`, or none (`insufficient_data`); and why."""

    severity: Severity | None
    reason: str | None = None


def verdict(severity: Severity, doubts: Sequence[Sequence[Doubt]]) -> Verdict:
    """Judge one cause of failed equalities, of a rule of `severity`; `doubts` are those of each equality.

    One equality about which there is no doubt is enough for what the rule says.
    """
    clearest = min(doubts, key=_weight)
    hard = next((doubt for doubt in clearest if doubt.clause not in SOFT), None)
    if hard is not None:
        return Verdict(None, hard.reason)
    if not clearest:
        return Verdict(severity)
    lowered = Severity.WARNING if severity is Severity.ERROR else severity
    return Verdict(lowered, clearest[0].reason)


def _weight(doubts: Iterable[Doubt]) -> tuple[int, int]:
    clauses = [doubt.clause for doubt in doubts]
    return sum(clause not in SOFT for clause in clauses), len(clauses)


def recognised(places: Iterable[Provenance]) -> Doubt | None:
    """What speaks against the figures at `places` for being read in a picture."""
    certain = [place.confidence for place in places if place.confidence is not None]
    if not certain:
        return None
    if min(certain) < CERTAIN:
        return Doubt(Clause.UNCERTAIN, "有数字由图片识别，把握不足")
    return Doubt(Clause.RECOGNISED, "数字由图片识别")


def misread(apart: Collection[Decimal], tried: int) -> bool:
    """Whether so many of the equalities `tried` fail that it is our reading that is wrong.

    `apart` is by how much each failed one does: one slip shows in every row above it by the same amount, a misread
    column in each row by another.
    """
    return len(set(apart)) >= _MANY and 2 * len(apart) > tried
