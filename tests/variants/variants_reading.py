"""Reads the bytes of an invented disclosure and keeps what it came to, ready for comparison."""

from dataclasses import dataclass
from decimal import Decimal

from services.normalizer.stage import normalize_document
from services.parser.contents import NamedBytes
from services.parser.stage import read_document
from shared.schemas.names import Severity
from shared.schemas.records import BudgetLine, Disclosure, Fact, Finding, RecordBase

WAN = Decimal(10_000)


@dataclass(frozen=True)
class Reading:
    """The records of one disclosure."""

    records: list[RecordBase]

    @property
    def disclosure(self) -> Disclosure:
        return next(each for each in self.records if isinstance(each, Disclosure))

    def lines(self, table: str) -> set[tuple[str | None, str, str, Decimal | None]]:
        """The lines of a table: code, name, column, amount in 万元."""
        return {
            (each.code, each.name, each.column.value, None if each.amount is None else each.amount / WAN)
            for each in self.records
            if isinstance(each, BudgetLine) and each.table.value == table
        }

    def amounts(self, table: str) -> set[tuple[str, str]]:
        """The lines of a table: name, amount in 万元 as text."""
        return {(name, "" if amount is None else _plain(amount)) for _, name, _, amount in self.lines(table)}

    @property
    def tables(self) -> set[str]:
        return {each.table.value for each in self.records if isinstance(each, BudgetLine)}

    @property
    def facts(self) -> dict[str, str]:
        """Metric → amount in 万元 of the whole department; with its year where that is not the disclosure's."""
        year = self.disclosure.fiscal_year
        return {
            each.metric.value if each.year == year else f"{each.metric.value} {each.year}": _plain(
                each.amount / WAN
            )
            for each in self.records
            if isinstance(each, Fact) and each.amount is not None and each.scope is None
        }

    @property
    def complaints(self) -> list[str]:
        """What errors and warnings say: nothing, where a document is consistent and was read."""
        return [
            f"{each.check}: {each.message}"
            for each in self.records
            if isinstance(each, Finding) and each.severity is not Severity.INFO
        ]

    @property
    def unread(self) -> list[str]:
        """The checks of all that was not read, whatever its severity."""
        return [
            each.check for each in self.records if isinstance(each, Finding) and each.check.startswith("unread")
        ]

    def said(self, record: str, *fields: str) -> list[tuple[object, ...]]:
        """The named fields of all records of a type, numbers as text."""
        return [
            tuple(_text(getattr(each, field)) for field in fields)
            for each in self.records
            if getattr(each, "record", None) == record
        ]


def read(data: bytes) -> Reading:
    """What the pipeline makes of one file."""
    return Reading(normalize_document(read_document([NamedBytes("disclosure", data)])))


def _text(value: object) -> object:
    return _plain(value) if isinstance(value, Decimal) else value


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"
