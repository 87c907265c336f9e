"""What reading of a portal's pages takes and gives; reading is pure: text and address in, rows or article out."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from selectolax.lexbor import LexborHTMLParser

from services.fetcher.sites import links
from services.fetcher.sites.outline import Outline


@dataclass(frozen=True)
class Request:
    """What to ask for; with `form` or `json` (the body as text) it is a POST.

    `folder`: the names of the pages on the way to it, where they say what it is of.
    """

    url: str
    form: tuple[tuple[str, str], ...] | None = None
    headers: Mapping[str, str] = field(default_factory=dict, hash=False)
    json: str | None = None
    folder: tuple[str, ...] = ()

    @property
    def identity(self) -> tuple[object, ...]:
        """What tells two requests apart."""
        return (self.url, self.form) if self.json is None else (self.url, self.form, self.json)


@dataclass(frozen=True)
class FieldNames:
    """What a JSON service calls its fields, where they are not found; `url` may be a template, /a?id={id}."""

    title: str | None = None
    url: str | None = None
    date: str | None = None
    total: str | None = None
    page: str | None = None


@dataclass(frozen=True)
class Page:
    """A list page as text; `url` is where it was found after redirects, `row` the portal file's selector.

    `before` is how many rows of the list the pages before this one gave; `charset` is that of the page's bytes;
    `fields` are those of the portal file's list.
    """

    request: Request
    url: str
    text: str
    row: str | None = None
    before: int = 0
    charset: str = "utf-8"
    fields: FieldNames = FieldNames()

    @cached_property
    def tree(self) -> LexborHTMLParser:
        return LexborHTMLParser(self.text)

    @cached_property
    def outline(self) -> Outline | None:
        """None where the page has no body."""
        return Outline(self.tree.body) if self.tree.body is not None else None

    @cached_property
    def base(self) -> links.Base:
        """What the page's links are relative to."""
        return links.base_of(self.tree, self.url, self.charset)

    @cached_property
    def words(self) -> str:
        """The page's text with a blank between what stands in different elements."""
        return re.sub(r"\s+", " ", self.tree.body.text(separator=" ")) if self.tree.body else ""

    @cached_property
    def scripts(self) -> str:
        """The text of the page's scripts without what is commented out in them."""
        return "\n".join(links.without_comments(node.text()) for node in self.tree.css("script"))


@dataclass(frozen=True)
class Row:
    """One row of a list; `cut` says that the title ends in … and no whole one is on the page.

    `parts`: where the title was put together, what its page is known by.
    """

    url: str
    title: str
    cut: bool = False
    published_at: datetime | None = None
    source: str | None = None
    column: str | None = None
    parts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Listing:
    """What a list page says. `following` holds the ways to try for the next page, in order; none: the last page.

    `guesses` are ways that may lead to a next page or to something else. `more` says in words what speaks of
    further pages where no way to them was found. `total` and `pages`: how many the portal says its list has.
    `recognised`: the page bears a sign of its family. `heading`: it lists nothing itself, it only leads to pages
    that do; `categories` are the lists to read where `following` leads nowhere, `former` those of former years,
    where new rows are rare. `last`: the family's own numbers say that no page follows.
    """

    rows: tuple[Row, ...]
    following: tuple[Request, ...] = ()
    total: int | None = None
    recognised: bool = True
    heading: bool = False
    categories: tuple[Request, ...] = ()
    former: tuple[Request, ...] = ()
    guesses: tuple[Request, ...] = ()
    more: str | None = None
    pages: int | None = None
    last: bool = False


@dataclass(frozen=True)
class SiteFamily:
    """All that is known of a family of sites.

    `signs` tell its pages, `read` reads its lists. `article_numbers` find the number an article has in its
    address, `content` are CSS selectors of an article's text, `title_marks` comments around its title,
    `downloads` patterns of file addresses that do not end as files do.
    """

    name: str
    signs: re.Pattern[str]
    read: Callable[[Page], Listing]
    article_numbers: tuple[str, ...] = ()
    content: tuple[str, ...] = ()
    title_marks: tuple[tuple[str, str], ...] = ()
    downloads: tuple[str, ...] = ()
