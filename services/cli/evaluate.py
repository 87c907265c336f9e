"""`gongkai evaluate TRUTH RECORDS`: how much of a known truth the records hold, by type and by check."""

import json
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated, Final

import typer

from services.cli.exits import FAILED
from shared.errors import UsageError
from shared.schemas.records import RecordBase

Line = Mapping[str, object]

PLACE: Final = (frozenset(RecordBase.model_fields) - {"disclosure_id"}) | {
    "record", "optional", "message", "reason", "difference", "subjects", "findings", "comparisons", "attachments",
    "published_at", "source_url", "revision", "supersedes",
}  # fmt: skip
"""Fields that say where a record comes from or how it is worded, not what was read: never compared."""
_MARKS: Final = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'", "—": "-", "–": "-", "﹥": ">", "﹤": "<"})
_SIGNS: Final = (("≥", ">="), ("≤", "<="))


@dataclass
class LineComparison:
    """The lines of one type or check: how many agree, which the records lack, which they have beyond the truth."""

    matched: int = 0
    missing: list[Line] = field(default_factory=list)
    extra: list[Line] = field(default_factory=list)

    @property
    def recall(self) -> float:
        return _share(self.matched, self.matched + len(self.missing))

    @property
    def precision(self) -> float:
        return _share(self.matched, self.matched + len(self.extra))

    @property
    def f1(self) -> float:
        return _share(2 * self.matched, 2 * self.matched + len(self.missing) + len(self.extra))

    def add(self, other: "LineComparison") -> None:
        """Take over the counts and lines of `other`."""
        self.matched += other.matched
        self.missing += other.missing
        self.extra += other.extra


def compare(truth: Iterable[Line], records: Iterable[Line]) -> dict[str, LineComparison]:
    """Type → comparison, and `finding NAME`, `check NAME` → that check's; of the types that the truth names.

    A truth line is matched by at most one record: one that agrees in every field the line states (those of PLACE
    aside). Numbers agree by value; text after NFKC, without white space, quotation marks and dashes made one, and
    without punctuation at its ends. A line with `optional: true` may be met or not.
    """
    wanted, found = _by_name(truth), _by_name(records)
    types = {name.partition(" ")[0] for name in wanted}
    names = sorted(wanted.keys() | {name for name in found if name.partition(" ")[0] in types})
    result: dict[str, LineComparison] = {name: LineComparison() for name in sorted(types)}
    for name in names:
        comparison = _match(wanted.get(name, []), found.get(name, []))
        kind = name.partition(" ")[0]
        result[kind].add(comparison)
        if kind != name:
            result[name] = comparison
    return result


def _by_name(lines: Iterable[Line]) -> dict[str, list[Line]]:
    named: defaultdict[str, list[Line]] = defaultdict(list)
    for line in lines:
        check = f" {line.get('check')}" if line["record"] in ("finding", "check") else ""
        named[f"{line['record']}{check}"].append(line)
    return named


def _match(truth: list[Line], records: list[Line]) -> LineComparison:
    """Lines that state most are matched first, optional ones last."""
    result = LineComparison(extra=list(records))
    groups: defaultdict[tuple[bool, tuple[str, ...]], list[Line]] = defaultdict(list)
    for line in truth:
        groups[line.get("optional") is True, tuple(sorted(line.keys() - PLACE))].append(line)
    for (optional, fields), lines in sorted(groups.items(), key=lambda group: (group[0][0], -len(group[0][1]))):
        waiting: defaultdict[tuple[object, ...], list[Line]] = defaultdict(list)
        for line in lines:
            waiting[_key(line, fields)].append(line)
        rest = []
        for record in result.extra:
            same = waiting.get(_key(record, fields))
            if not same:
                rest.append(record)
                continue
            same.pop()
            result.matched += not optional
        result.extra = rest
        result.missing += [] if optional else [line for lines in waiting.values() for line in lines]
    return result


def _key(line: Line, fields: tuple[str, ...]) -> tuple[object, ...]:
    return tuple(_comparable(name, line.get(name)) for name in fields)


def _comparable(name: str, value: object) -> object:
    """The value of field `name` in the form in which two prints of it are equal; None for nothing."""
    if isinstance(value, list):
        texts = [str(_comparable(name, each) or "") for each in value]
        return "|".join(texts) if any(texts) else None
    if value is None or isinstance(value, bool):
        return value
    text = re.sub(r"\s+", "", unicodedata.normalize("NFKC", str(value))).translate(_MARKS).strip("。;,、.")
    if not name.endswith("code"):
        try:
            return f"{Decimal(text.replace(',', '')).normalize():f}"
        except InvalidOperation:
            pass
    for sign, plain in _SIGNS:
        text = text.replace(sign, plain)
    return text or None


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0


def report(comparisons: Mapping[str, LineComparison]) -> str:
    """A table: what, lines in the truth, records, matched, precision, recall, F1."""
    rows: list[tuple[str, ...]] = [("", "truth", "records", "matched", "precision", "recall", "F1")]
    for name, one in comparisons.items():
        counts = (one.matched + len(one.missing), one.matched + len(one.extra), one.matched)
        rows.append((name, *map(str, counts), *(f"{share:.4f}" for share in (one.precision, one.recall, one.f1))))
    width = max(len(row[0]) for row in rows)
    return "\n".join(f"{row[0]:{width}}" + "".join(f"{each:>11}" for each in row[1:]) for row in rows)


def read_lines(path: Path) -> list[Line]:
    """The JSON objects of a file, a line each; raises UsageError naming the line that is none."""
    lines: list[Line] = []
    for number, text in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not text.strip():
            continue
        try:
            line = json.loads(text, parse_float=Decimal)
        except json.JSONDecodeError:
            line = None
        if not isinstance(line, dict) or "record" not in line:
            raise UsageError(f"Line {number} of {path} is not a JSON object with a field `record`.")
        lines.append(line)
    return lines


def evaluate(
    truth: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="what is right, as JSON lines")],
    records: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="what was read, as JSON lines")],
    differences: Annotated[int, typer.Option(min=0, help="how many differences of each type to list")] = 0,
    least: Annotated[float, typer.Option(min=0, max=1, help="exit with 1 where the F1 of a type is lower")] = 0.0,
) -> None:
    """Compare records with a known truth: precision, recall and F1 by type of record and by check."""
    comparisons = compare(read_lines(truth), read_lines(records))
    typer.echo(report(comparisons))
    for name, one in comparisons.items():
        for word, lines in (("missing", one.missing), ("extra", one.extra)):
            for line in lines[:differences] if " " not in name else ():
                typer.echo(f"{word} {json.dumps(_shown(line), ensure_ascii=False, default=str)}")
    if any(one.f1 < least for name, one in comparisons.items() if " " not in name):
        raise typer.Exit(FAILED)


def _shown(line: Line) -> dict[str, object]:
    return {name: value for name, value in line.items() if name == "record" or name not in PLACE}
