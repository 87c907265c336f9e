"""部门机构设置情况 → organisation_unit records: of a table, else of the list in prose."""

from services.normalizer.language.text import without_marker
from services.normalizer.layout import Layout
from services.normalizer.readers import unit_lists
from services.normalizer.recorder import ReaderResult, Recorder
from services.normalizer.tables.fields import fields_of
from shared.schemas.records import OrganisationUnit


def read(layout: Layout, recorder: Recorder) -> ReaderResult:
    """A unit for each row that names one; where no table does, those that prose lists."""
    units: list[OrganisationUnit] = []
    taken = []
    for table in layout.of("organisation_units"):
        fields = fields_of(table)
        if "name" not in fields.columns:
            continue
        taken.append(table.block)
        for row in table.body:
            name = fields.text(row, "name")
            if name:
                units.append(
                    recorder.make(
                        OrganisationUnit,
                        recorder.at_row(table.block, row),
                        name=without_marker(name),
                        nature=fields.text(row, "nature"),
                        rank=fields.text(row, "rank"),
                        funding=fields.text(row, "funding"),
                    )
                )
    return ReaderResult(tuple(units or unit_lists.units(layout, recorder)), frozenset(taken))
