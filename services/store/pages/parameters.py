"""The lists' filters as parameters of pages, which take a language, too."""

import unicodedata
from decimal import Decimal
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, BeforeValidator, Field

from services.store.filters import MOST, DisclosureFilter, RecordFilter

PAGE_ROWS: Final = 50


class ListingPage(DisclosureFilter):
    """The list of disclosures."""

    limit: int = Field(default=PAGE_ROWS, ge=1, le=MOST)
    lang: Literal["zh", "en"] | None = None


def _wan(value: object) -> object:
    """Amounts are typed in 万元, with separators and the unit or without."""
    if not isinstance(value, str):
        return value
    text = unicodedata.normalize("NFKC", value).replace(",", "").replace(" ", "")
    return text.removesuffix("元").removesuffix("万") or None


_Wan = Annotated[Annotated[Decimal, Field(max_digits=14, decimal_places=6)] | None, BeforeValidator(_wan)]


class SearchPage(RecordFilter):
    """The search in all records; the page's form asks for amounts in 万元."""

    min_wan: _Wan = Field(default=None, description="least amount, in 万元")
    max_wan: _Wan = Field(default=None, description="largest amount, in 万元")

    limit: int = Field(default=PAGE_ROWS, ge=1, le=MOST)
    lang: Literal["zh", "en"] | None = None

    @property
    def query(self) -> RecordFilter:
        """What is asked of the records, amounts in yuan."""
        own = {name: getattr(self, name) for name in RecordFilter.model_fields}
        low, high = (each and (each * 10_000).quantize(Decimal("0.01")) for each in (self.min_wan, self.max_wan))
        given = {name: each for name, each in (("min_amount", low), ("max_amount", high)) if each is not None}
        return RecordFilter.model_construct(**own | given)


def kept(wanted: BaseModel) -> dict[str, Any]:
    """What a link to the next page of the same list keeps."""
    return wanted.model_dump(mode="json", exclude={"cursor", "lang"}, exclude_defaults=True)
