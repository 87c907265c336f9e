"""A file becomes records, in this process, without a bus, a database or a network."""

from collections.abc import Iterator, Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any, TypeVar, overload

from shared.errors import UsageError
from shared.schemas import tabular
from shared.schemas.record_types import BY_NAME, type_of
from shared.schemas.records import Disclosure, Finding, RecordBase

R = TypeVar("R", bound=RecordBase)


class Extraction(Sequence[RecordBase]):
    """The records of a file, in published order."""

    def __init__(self, records: Sequence[RecordBase]) -> None:
        self._records = tuple(records)

    @overload
    def __getitem__(self, index: int) -> RecordBase: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[RecordBase]: ...
    def __getitem__(self, index: int | slice) -> RecordBase | Sequence[RecordBase]:
        return self._records[index]

    def __len__(self) -> int:
        return len(self._records)

    def of(self, model: type[R]) -> list[R]:
        """The records of one model."""
        return [record for record in self._records if isinstance(record, model)]

    @property
    def disclosure(self) -> Disclosure | None:
        """What the file is: title, region, department, year, kind."""
        return next(iter(self.of(Disclosure)), None)

    @property
    def findings(self) -> list[Finding]:
        """What does not hold in it, or could not be read."""
        return self.of(Finding)

    def rows(self, type_: str) -> list[dict[str, Any]]:
        """The records of one type as rows for a DataFrame, with the columns of exports.

        Money is Decimal in yuan, a day a date, a time aware. Raises UsageError for a type there is not.
        """
        if type_ not in BY_NAME:
            raise UsageError(f"There is no record type {type_!r}; there are {', '.join(BY_NAME)}.")
        return list(self._rows(type_))

    def _rows(self, type_: str) -> Iterator[dict[str, Any]]:
        context: Mapping[str, Any] = self.disclosure.model_dump(mode="json") if self.disclosure else {}
        shown = tabular.columns(type_)
        for record in self._records:
            if type_of(record) == type_:
                values = tabular.row(record.model_dump(mode="json"), context)
                yield {
                    each.name: tabular.typed(value, each.shape) for each, value in zip(shown, values, strict=True)
                }


def extract(path: str | PathLike[str]) -> Extraction:
    """The records of the file at `path`, of any format gongkai reads (docs/records.md says what they are).

    Reads without limits of time and memory: what comes from strangers goes through `gongkai extract`. Raises
    GongkaiError for a file that is damaged or of no known format, OSError, UsageError without gongkai[extract].
    """
    try:
        # Here, for the models and the topics are used where the readers of files are not installed.
        from services.normalizer.stage import normalize_document
        from services.parser.stage import read_file
    except ModuleNotFoundError as error:
        raise UsageError(f"This needs {error.name}, which is not installed; install gongkai[extract].") from error
    return Extraction(normalize_document(read_file(Path(path))))
