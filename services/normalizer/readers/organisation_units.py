"""部门机构设置情况 → organisation_unit records."""

from services.normalizer.collector import Collector
from services.normalizer.fields import fields_of
from services.normalizer.recognise import known_tables
from services.normalizer.wording import without_marker
from shared.schemas.document import Document
from shared.schemas.records import OrganisationUnit


def read(document: Document, collector: Collector) -> None:
    """Add a unit for each row that names one."""
    for table in known_tables(document):
        if table.kind != "organisation_units":
            continue
        fields = fields_of(table)
        if "name" not in fields.columns:
            continue
        collector.taken.add(table.block)
        for row in table.body:
            name = fields.text(row, "name")
            if name:
                collector.add(
                    OrganisationUnit,
                    collector.at_row(table.block, row),
                    name=without_marker(name),
                    nature=fields.text(row, "nature"),
                    rank=fields.text(row, "rank"),
                    funding=fields.text(row, "funding"),
                )
