"""A portal as data: the strict model of its YAML file."""

from re import compile as compile_pattern
from re import error as PatternError  # noqa: N812 - the class's own name says nothing outside `re`
from typing import Annotated, Final, Literal, Self
from urllib.parse import urljoin, urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator
from selectolax.lexbor import LexborHTMLParser, SelectolaxError

Family = Literal["trs_wcm", "jcms", "vsb", "static_html", "json_catalogue", "feed", "platform"]
Relevance = Literal["body", "government", "evaluation"]

RELEVANT: Final[tuple[Relevance, ...]] = ("body", "government", "evaluation")
"""Whose disclosures there are, in the order in which titles are asked."""


def _web_address(value: str) -> str:
    address = urlsplit(value)
    if address.scheme not in {"http", "https"} or not address.hostname:
        raise ValueError("give a whole web address, http://… or https://…")
    return value


def _pattern(value: str) -> str:
    try:
        compile_pattern(value)
    except PatternError as error:
        raise ValueError(f"not a regular expression: {error}") from error
    return value


WebAddress = Annotated[str, AfterValidator(_web_address)]


def _selector(value: str) -> str:
    try:
        LexborHTMLParser("<p>").css(value)
    except SelectolaxError as error:
        raise ValueError(f"not a CSS selector: {error}") from error
    return value


Pattern = Annotated[str, AfterValidator(_pattern)]
Selector = Annotated[str, StringConstraints(min_length=1), AfterValidator(_selector)]


class Strict(BaseModel):
    """A key the model does not know is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class ListFields(Strict):
    """What a JSON service calls its fields, whatever their case, where they are not found."""

    title: str | None = None
    url: str | None = Field(default=None, description="a field, or an address with fields in it: /detail?id={id}")
    date: str | None = None
    total: str | None = Field(default=None, description="how many rows the whole list has")
    page: str | None = Field(default=None, description="of the request: the number of the page")


class ListPage(Strict):
    """The first page of a list, as an address or a path under `base_url`."""

    url: str = Field(min_length=1)
    column: str | None = Field(default=None, description="what it lists; 部门预算 makes each row a disclosure")
    post: dict[str, str | int] | None = Field(
        default=None,
        description="fields of the JSON body of a list that is asked for by POST, its page's number too",
    )
    row: Selector | None = Field(default=None, description="CSS selector of a row, where the rows are not found")
    fields: ListFields = ListFields()


class Season(Strict):
    """Months in which the portal publishes more and is polled more often."""

    months: tuple[Annotated[int, Field(ge=1, le=12)], ...] = Field(min_length=1)
    interval_minutes: float = Field(gt=0)


class ItemCount(Strict):
    min: int = Field(ge=1)


class Expect(Strict):
    """What a sound portal shows; less is an outcome of its own, not "no news"."""

    items_per_page: ItemCount = ItemCount(min=1)
    known_title: str | None = Field(default=None, description="part of a title a full read must find")
    seasons: tuple[Season, ...] = ()


class TitleRules(Strict):
    """Whose disclosures are taken; regular expressions on titles, tried before the general rules."""

    kinds: tuple[Relevance, ...] = RELEVANT
    take: tuple[Pattern, ...] = ()
    leave: tuple[Pattern, ...] = ()


class Portal(Strict):
    """One county portal: where its lists are, which family its site is of, how to treat it."""

    name: str = Field(pattern=r"^[a-z][a-z0-9-]{0,39}$", description="its name in metrics, commands and events")
    region_code: str = Field(pattern=r"^\d{6}$", description="GB/T 2260, six digits, in quotes")
    region_name: str = Field(min_length=2, description="in full, with province and prefecture")
    family: Family
    base_url: WebAddress
    lists: tuple[ListPage, ...] = Field(min_length=1)
    hosts: tuple[str, ...] = Field(default=(), description="further hosts that belong to the portal")
    allow_private: tuple[str, ...] = Field(
        default=(), description="host or host:port that may have a private address"
    )
    tls: Literal["legacy"] | None = Field(
        default=None, description="legacy: a server of before 2015; its certificate is checked all the same"
    )
    ca_file: str | None = Field(
        default=None, description="PEM file, beside the portal's own, of who else may sign its certificate"
    )
    certificate_sha256: str | None = Field(
        default=None,
        pattern="^[0-9a-f]{64}$",
        description="SHA-256 of its certificate: that one and no other is taken, whoever signed it",
    )
    pace_seconds: float = Field(default=3, ge=0, description="pause between two requests to a host")
    interval_minutes: float | None = Field(
        default=None, gt=0, description="from one poll to the next; none: by the season and its own rhythm"
    )
    open_hours: tuple[Annotated[int, Field(ge=0, le=23)], Annotated[int, Field(ge=1, le=24)]] | None = Field(
        default=None, description="hours of the day, in China, between which it is polled"
    )
    page_limit: int = Field(default=200, ge=1, description="pages of a list read at most")
    usual_pages: int | None = Field(
        default=None, ge=1, description="pages of a list an ordinary poll reads; none: all"
    )
    full_poll_days: float = Field(default=7, gt=0, description="with usual_pages: days between reads of all pages")
    charset: Literal["utf-8", "gb18030"] | None = Field(default=None, description="where the pages say it wrong")
    body: tuple[Selector, ...] = Field(default=(), description="CSS selectors of an article's own content")
    titles: TitleRules = TitleRules()
    expect: Expect = Expect()

    @model_validator(mode="after")
    def _opens_before_it_closes(self) -> Self:
        if self.open_hours and self.open_hours[0] >= self.open_hours[1]:
            raise ValueError("open_hours: give the hour it opens and a later one, at most 24, at which it closes")
        return self

    @model_validator(mode="after")
    def _lists_are_on_site(self) -> Self:
        for page in self.lists:
            if not self.owns(self.address(page)):
                raise ValueError(f"the list {page.url} is on another host; name the host under `hosts`")
        return self

    def address(self, page: ListPage) -> str:
        """The whole address of a list's first page."""
        return urljoin(self.base_url, page.url)

    def owns(self, url: str) -> bool:
        """Whether `url` is on one of the portal's hosts; `www.` makes no difference."""
        host = _bare(urlsplit(url).hostname)
        own = {_bare(urlsplit(self.base_url).hostname), *(_bare(each) for each in self.hosts)}
        return host in own

    def home(self, url: str) -> str:
        """`url` without fragment; on the portal's own host with its scheme, and with or without www. as it is."""
        base, address = urlsplit(self.base_url), urlsplit(url)
        if _bare(address.netloc) == _bare(base.netloc):
            address = address._replace(scheme=base.scheme, netloc=base.netloc)
        return address._replace(fragment="").geturl()

    @property
    def host(self) -> str:
        """The host its pace and its circuit are kept by."""
        return host_of(self.base_url)


def host_of(url: str) -> str:
    """The host of `url` whose pace is kept, however it is spelled: with a port of its own, without www."""
    address = urlsplit(url)
    port = address.port if address.port not in {None, 80, 443} else None
    return _bare(address.hostname) + (f":{port}" if port else "")


def _bare(host: str | None) -> str:
    return (host or "").lower().removeprefix("www.").removesuffix(".")
