"""The lists' filters as parameters of pages, which take a language, too."""

from typing import Any, Final, Literal

from pydantic import BaseModel, Field

from services.store.filters import MOST, DisclosureFilter, RecordFilter

PAGE_ROWS: Final = 50


class ListingPage(DisclosureFilter):
    """The list of disclosures."""

    limit: int = Field(default=PAGE_ROWS, ge=1, le=MOST)
    lang: Literal["zh", "en"] | None = None


class SearchPage(RecordFilter):
    """The search in all records."""

    limit: int = Field(default=PAGE_ROWS, ge=1, le=MOST)
    lang: Literal["zh", "en"] | None = None


def kept(wanted: BaseModel) -> dict[str, Any]:
    """What a link to the next page of the same list keeps."""
    return wanted.model_dump(mode="json", exclude={"cursor", "lang"}, exclude_defaults=True)
