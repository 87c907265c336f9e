"""A table that lists many projects, a run of rows each: name, money and goals stand in columns of their own."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from services.normalizer.readers.performance.forms import Form
from services.normalizer.readers.performance.headings import clean_name
from services.normalizer.readers.performance.lines import Line
from services.normalizer.tables.captions import Named, department_in

_FORM_KINDS = ("code", "budget", "fiscal_funds", "other_funds", "goals")


@dataclass
class Entry:
    """One project of the list."""

    name: str
    number: int | None
    form: Form = field(default_factory=Form)
    lines: list[Line] = field(default_factory=list)


def entries(lines: Iterable[Line]) -> list[Entry]:
    """The projects that `lines` list; a name printed again in the next row, or left blank, goes on with it."""
    found: list[Entry] = []
    for line in lines:
        name = clean_name(line.texts.get("project", ""))
        if name and (not found or found[-1].name != name):
            number = line.texts.get("number", "")
            found.append(Entry(name, int(number) if number.isdecimal() and len(number) < 5 else None))
        if found:
            _take(found[-1], line)
    return found


def _take(entry: Entry, line: Line) -> None:
    for kind in _FORM_KINDS:
        text = line.texts.get(kind)
        if text and text not in entry.form.texts.get(kind, ""):
            entry.form.add(kind, text, line.row)
    owner = line.texts.get("unit_name")
    if owner and entry.form.owner is None:
        entry.form.owner = department_in(owner) or Named(owner, None)
    entry.lines.append(line)
