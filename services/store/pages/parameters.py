"""The lists' filters as parameters of pages, which take a language, too, and keep what is wrong in their form."""

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from types import SimpleNamespace
from typing import Annotated, Any, Final, Generic, Literal, TypeVar

from fastapi import Request
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, BeforeValidator, Field, ValidationError

from services.store.filters import MOST, DisclosureFilter, RecordFilter
from services.store.labels import label
from services.store.pages.mistakes import Mistake, mistakes
from services.store.pages.rendering import address, language_of
from services.store.queries.totals import Region

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


_WORDS: Final = {"type": "record"}
"""Parameter → the vocabulary of its values, where it is not called the same."""
_PLAIN: Final = frozenset({"q", "type", "region", "department", "year", "kind", "table", "column", "check"})
"""Parameters whose values say of themselves what they are."""
_ARRANGED: Final = frozenset({"sort", "limit"})


def told(language: str, query: Mapping[str, Any], regions: Iterable[Region]) -> str:
    """What a list or search is narrowed to, for its title: `支出总计 · 青石县 · 2024`; empty for all there is.

    `query` is what `kept` gives.
    """
    said, names = [], {each.region_code: each.region_name for each in regions}
    for name in sorted(query, key=lambda each: each != "q"):
        value = str(query[name])
        words = label(language, _WORDS.get(name, name), value)
        if name == "region":
            words = names.get(value) or f"{value}…"
        elif name not in _PLAIN:
            words = f"{label(language, 'parameter', name)} {words}"
        if name not in _ARRANGED:
            said.append(words)
    return " · ".join(said)


P = TypeVar("P", bound=BaseModel)


@dataclass(frozen=True)
class Submitted(Generic[P]):
    """What a form sent: the filter it makes, or None, and what is wrong; `form` has its fields as shown.

    A parameter there is not (messengers add theirs to a link that is passed on) is told and left out.
    """

    wanted: P | None
    form: Any
    kept: dict[str, Any]
    wrong: Sequence[Mistake] = ()
    shorter: RedirectResponse | None = None
    """To the same page without the fields that were left empty, where there are any."""


def submitted(model: type[P]) -> Callable[[Request], Submitted[P]]:
    """A dependency that reads the parameters of a page as `model`."""

    def read(request: Request) -> Submitted[P]:
        sent = dict(request.query_params)
        given = {name: value for name, value in sent.items() if value}
        shorter = RedirectResponse(address(request.url.path, **given), 303) if given != sent else None
        known = {name: value for name, value in given.items() if name in model.model_fields}
        errors: list[Any] = [
            {"type": "extra_forbidden", "loc": (name,), "input": given[name]}
            for name in given
            if name not in known
        ]
        wanted = None
        try:
            wanted = model.model_validate(known)
        except ValidationError as error:
            errors += error.errors()
        wrong = mistakes(language_of(request), errors)
        if wanted is not None:
            return Submitted(wanted, wanted, kept(wanted), wrong, shorter)
        form = SimpleNamespace(**{name: given.get(name) for name in model.model_fields})
        return Submitted(None, form, {name: known[name] for name in known if name != "lang"}, wrong, shorter)

    return read
