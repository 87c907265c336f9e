"""A project while its blocks go by, until it is whole and becomes records."""

from dataclasses import dataclass, field

from services.normalizer.language.money import Unit
from services.normalizer.readers.performance.forms import Form, read_form
from services.normalizer.readers.performance.headings import Heading, clean_name
from services.normalizer.readers.performance.lines import Line, settled
from services.normalizer.readers.performance.listings import entries
from services.normalizer.readers.performance.publishing import Publisher
from services.normalizer.readers.performance.rows import Header, Row
from services.normalizer.tables.captions import Named
from shared.schemas.records import Provenance

NAMED = frozenset({"name", "code"})


@dataclass
class Draft:
    """What stands under one heading: form rows, then indicator lines; `header` is the last one printed."""

    heading: Heading
    heading_block: int | None
    unit: Unit | None
    owner: Named | None
    form_rows: list[Row] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    header: Header | None = None

    def publish(self, publisher: Publisher) -> None:
        """Add the project (or all that the table lists) and its indicators, or those of the department."""
        form = read_form(self.form_rows)
        form.unit, form.owner = form.unit or self.unit, form.owner or self.owner
        if self.header and self.header.many_projects:
            self._publish_listing(publisher, form)
        elif self._is_department(form):
            publisher.indicators("department", None, None, list(settled(self.lines)))
        else:
            name = clean_name(form.texts.get("name", "")) or self.heading.name or ""
            publisher.project(self._place(publisher, form), self.heading.number, name, form)
            publisher.indicators("project", self.heading.number, name, list(settled(self.lines)))

    def _publish_listing(self, publisher: Publisher, form: Form) -> None:
        for entry in entries(self.lines):
            entry.form.unit, entry.form.owner = form.unit, entry.form.owner or form.owner
            place = publisher.recorder.at_row(entry.lines[0].row.block, entry.lines[0].row.index)
            publisher.project(place, entry.number, entry.name, entry.form)
            publisher.indicators("project", entry.number, entry.name, list(settled(entry.lines)))

    def _is_department(self, form: Form) -> bool:
        if NAMED & form.texts.keys():
            return False
        return self.heading.whole or (self.heading == Heading() and "goals" not in form.texts)

    def _place(self, publisher: Publisher, form: Form) -> Provenance:
        row = form.places.get("name") or form.places.get("code")
        if row is None and self.heading_block is not None:
            return publisher.recorder.at_paragraph(self.heading_block)
        row = row or [*self.form_rows, *(line.row for line in self.lines)][0]
        return publisher.recorder.at_row(row.block, row.index)
