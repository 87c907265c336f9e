"""What lists can be narrowed by: the parameters of API and pages, checked; an unknown one is refused."""

from decimal import Decimal
from typing import Annotated, ClassVar, Final, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from services.store.cursor import BIGINT, INT, TEXT, Kind, Place, read
from services.store.search import words
from services.store.tables import LARGEST
from shared.schemas.model import Text
from shared.schemas.names import CheckStatus, ColumnName, DisclosureKind, Severity, TableName
from shared.topics import RECORDS

MOST: Final = 1_000
LONGEST_PART: Final = 100
"""Characters of a text that is looked for."""
_WORDS: Final = 10


def _given(value: object) -> object:
    """A form sends the fields left empty, too; what has a NUL no text can be."""
    if isinstance(value, str) and "\0" in value:
        raise PydanticCustomError("has_nul", "has a NUL character, which no text has")
    return None if value == "" else value


def _searchable(query: str) -> str:
    found = words(query)
    if not found:
        raise PydanticCustomError(
            "nothing_searched", "nothing to look for: give at least one letter, digit or character"
        )
    if len(found) > _WORDS:
        raise PydanticCustomError("too_many_words", "too many words; at most {most}", {"most": _WORDS})
    return query


def _is_record_type(name: str) -> str:
    if name not in RECORDS:
        there_are = {"name": name, "types": ", ".join(RECORDS)}
        raise PydanticCustomError(
            "no_record_type", "there is no record type '{name}'; there are {types}", there_are
        )
    return name


Id = Annotated[str, Field(pattern="^[0-9a-zA-Z]{1,64}$")]
"""An id as shared/ids.py makes them."""

ReadingKey = Annotated[int, Field(ge=1, le=LARGEST)]
"""A reading's number in this database."""

_Given = BeforeValidator(_given)
_Id = Annotated[Id | None, _Given]
_Reading = Annotated[ReadingKey | None, _Given]
_Short = Annotated[str, Field(max_length=LONGEST_PART), *Text.__metadata__]  # what has no str first counts "items"
_Part = Annotated[_Short | None, _Given]
_Words = Annotated[Annotated[_Short, AfterValidator(_searchable)] | None, _Given]
_Yuan = Annotated[Annotated[Decimal, Field(max_digits=16, decimal_places=2)] | None, _Given]
_Year = Annotated[Annotated[int, Field(ge=1949, le=2999)] | None, _Given]
_Region = Annotated[Annotated[str, Field(pattern=r"^\d{2,6}$")] | None, _Given]
_RecordType = Annotated[Annotated[str, AfterValidator(_is_record_type)] | None, _Given]
_Cursor = Annotated[Annotated[str, Field(max_length=8_000)] | None, _Given]


class Page(BaseModel):
    """A part of a list; its cursor names a value of each of SORTS[sort]."""

    SORTS: ClassVar[dict[str, tuple[Kind, ...]]]

    model_config = ConfigDict(extra="forbid", frozen=True)

    sort: Annotated[str | None, _Given] = None
    cursor: _Cursor = Field(default=None, description="`next_cursor` of the page before")
    limit: int = Field(default=100, ge=1, le=MOST, description="how many at most")

    @property
    def after(self) -> Place | None:
        """The place the page begins after."""
        return read(self.cursor, *self.SORTS[self.order]) if self.cursor else None

    @property
    def order(self) -> str:
        return self.sort or next(iter(self.SORTS))

    @model_validator(mode="after")
    def _check_cursor(self) -> Self:
        _ = self.after
        return self


class Scope(Page):
    """Which disclosures: those that meet all that is given."""

    region: _Region = Field(default=None, description="GB/T 2260 code or the beginning of one: 13, 1310, 131003")
    year: _Year = Field(default=None, description="fiscal year")
    department: _Part = Field(default=None, description="part of the department's name")
    kind: Annotated[DisclosureKind | None, _Given] = Field(default=None, description="kind of disclosure")

    @property
    def covers_all(self) -> bool:
        """Whether nothing is asked of the disclosure."""
        return self.region is None and self.year is None and self.department is None and self.kind is None


class DisclosureFilter(Scope):
    """A page of disclosures that stand."""

    SORTS = {"stored": (BIGINT,), "published": (INT, BIGINT), "errors": (INT, BIGINT)}

    q: _Words = Field(default=None, description="words in title, department, region, year or kind")
    severity: Annotated[Severity | None, _Given] = Field(
        default=None, description="with findings of this severity"
    )
    sort: Annotated[Literal["stored", "published", "errors"] | None, _Given] = Field(
        default=None, description="stored (the newest first), published (the latest) or errors (the most)"
    )


class _RecordScope(Scope):
    """Which records of which disclosures."""

    SORTS = {"stored": (BIGINT,)}

    disclosure: _Id = Field(default=None, description="disclosure id")
    revision: _Id = Field(default=None, description="revision id; without it, revisions that stand now")
    reading: _Reading = Field(
        default=None, description="one reading of a revision; without it, the one that stands, else the newest"
    )
    check: _Part = Field(default=None, description="name of a check")
    q: _Words = Field(
        default=None,
        description="words in its text or in its disclosure's title, region, department, year and kind;"
        " an amount as printed (3,383.3; 2.5亿元); a code",
    )
    sort: Annotated[Literal["stored"] | None, _Given] = Field(default=None, description="the order they came in")

    @property
    def covers_all(self) -> bool:
        return super().covers_all and self.disclosure is None and self.revision is None and self.reading is None


class FindingFilter(_RecordScope):
    """A page of findings."""

    severity: Annotated[Severity | None, _Given] = Field(default=None, description="error, warning or info")


class CheckFilter(_RecordScope):
    """A page of checks."""

    status: Annotated[CheckStatus | None, _Given] = Field(default=None, description="outcome of the check")


class RecordFilter(_RecordScope):
    """A page of records."""

    SORTS = {"stored": (BIGINT,), "amount": (BIGINT, BIGINT), "newest": (BIGINT,)}

    type: _RecordType = Field(default=None, description="record type: budget_line, fact, project …")
    code: _Part = Field(default=None, description="科目编码, 项目编码 or 采购目录代码; 201* for all that begin so")
    table: Annotated[TableName | None, _Given] = Field(default=None, description="budget table")
    column: Annotated[ColumnName | None, _Given] = Field(default=None, description="column of a budget table")
    min_amount: _Yuan = Field(default=None, description="least amount, in yuan")
    max_amount: _Yuan = Field(default=None, description="largest amount, in yuan")
    severity: Annotated[Severity | None, _Given] = Field(default=None, description="severity of a finding")
    status: Annotated[CheckStatus | None, _Given] = Field(default=None, description="outcome of a check")
    sort: Annotated[Literal["stored", "amount", "newest"] | None, _Given] = Field(  # type: ignore[assignment]  # more
        default=None,
        description="stored (in the order they came), newest (the last first) or amount (the largest)",
    )


class Following(BaseModel):
    """What came to stand after a place in the order of that."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    after: _Cursor = Field(default=None, description="`next_cursor` of the answer before; none: from the start")
    limit: int = Field(default=100, ge=1, le=MOST, description="how many at most")

    @property
    def place(self) -> Place:
        """The place it goes on after."""
        return read(self.after, BIGINT, BIGINT) if self.after else (0, 0)

    @model_validator(mode="after")
    def _check_cursor(self) -> Self:
        _ = self.place
        return self


class DepartmentFilter(Scope):
    """A page of departments, by region and name."""

    SORTS = {"name": (TEXT, TEXT)}

    sort: Annotated[Literal["name"] | None, _Given] = Field(default=None, description="by region and name")
