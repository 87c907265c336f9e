"""The platform with a page for each department (财政预决算公开平台): in it folders of years, in those the files.

Nothing there bears a date, and a file is called 附件1.pdf: the folders on the way to it say whose it is, of which
fiscal year, and whether budget or final accounts. New departments and new years are new pages.
"""

import re
from dataclasses import replace
from typing import Final, Literal
from urllib.parse import urlsplit

from services.fetcher.sites import static_html
from services.fetcher.sites.contract import Listing, Page, Request, Row, SiteFamily
from services.fetcher.sites.generic_rows import in_chrome, leads_to_file
from services.fetcher.sites.links import address_of, short_text

RECENT: Final = 2
"""How many years of a department an ordinary poll looks into."""
DEEPEST: Final = 6
FEWEST: Final = 2
DATA_CELLS: Final = 12
MOST_LINKS: Final = 5000
_SIGN: Final = re.compile(r"预决算|(?:预算|决算)(?:信息)?公开|(?:部门|单位)(?:预算|决算)")
_YEAR: Final = re.compile(r"(20\d\d)年?度?(?:(?:部门|单位|政府)?(?:预算|决算|预决算)(?:信息)?(?:公开)?)?")
_SORT: Final = re.compile(r"(?:部门|单位|政府|本级)?(?:预算|决算|预决算)(?:信息)?(?:公开)?(?:目录|专栏)?")
_BODY: Final = re.compile(
    r"[\u4e00-\u9fff（）()·]{1,28}(?:局|委|办|部|院|校|学|会|厅|处|站|所|队|馆|社|台|联|庭|镇|乡|街道|中心|园|公司|集团|政府|机关|[林农牧渔]场|开发区)"
    r"(?:[（(][^（()）]{1,12}[）)])?"
)
_NO_BODY: Final = re.compile(r"(?:服务|办事|政务)大?厅|(?:新闻|下载|互动|数据|个人)中心|^(?:返回|网上|友情|联系)")
_NAMES_BODY: Final = re.compile(r"(?:局|委|办|部|院|校|会|镇|乡|街道|中心)(?:\(?本级\)?)?(?:20\d\d)年")

Sort = Literal["body", "year", "sort"]


def read(page: Page) -> Listing:
    """The folders that a page leads to, of former years apart; of a page with files the disclosures they are."""
    listing = static_html.read(page)
    folders = _folders(page)
    names = page.request.folder
    if not names and sum(kind == "body" for kind, _ in folders) < FEWEST and len(folders) < FEWEST:
        return listing
    rows = _rows(page, listing.rows) if names else listing.rows
    years = sorted({_year(request) for kind, request in folders if kind == "year"}, reverse=True)[:RECENT]
    recent = [each for kind, each in folders if kind != "year" or _year(each) in years]
    former = [each for kind, each in folders if kind == "year" and _year(each) not in years]
    further = [replace(request, folder=names) for request in listing.following[:1]] if folders else []
    if not folders:
        return replace(listing, rows=rows, recognised=True)
    return Listing(rows, heading=True, categories=(*recent, *further), former=tuple(former))


def _folders(page: Page) -> list[tuple[Sort, Request]]:
    """The links whose words are the name of a department, a year or a kind, with the names on the way to them."""
    names = page.request.folder
    found: dict[str, tuple[Sort, Request]] = {}
    for link in page.tree.css("a")[:MOST_LINKS] if len(names) < DEEPEST else ():
        name = re.sub(r"\s", "", short_text(link))
        kind = _kind(name)
        address = address_of(link.attributes, page.base) if kind else None
        if kind is None or address is None or leads_to_file(address) or not _is_beside(page.url, address):
            continue
        if address != page.url and not in_chrome(link):
            found.setdefault(address, (kind, Request(address, folder=(*names, name))))
    return list(found.values())


def _kind(name: str) -> Sort | None:
    if _YEAR.fullmatch(name):
        return "year"
    if _SORT.fullmatch(name):
        return "sort"
    return "body" if _BODY.fullmatch(name) and not _NO_BODY.search(name) else None


def _is_beside(here: str, there: str) -> bool:
    """Whether an address is in the same part of the same site."""
    one, other = urlsplit(here), urlsplit(there)
    part = one.path.rpartition("/")[0].split("/")[1:2]
    return one.netloc == other.netloc and (not part or other.path.split("/")[1:2] == part)


def _year(request: Request) -> int:
    found = _YEAR.fullmatch(request.folder[-1])
    return int(found[1]) if found else 0


def _rows(page: Page, rows: tuple[Row, ...]) -> tuple[Row, ...]:
    """The disclosures of a folder: files of one department, year and kind are one, and so is a page of tables."""
    whose = _Whose(page.request.folder)
    files = _files(page)
    articles = [row for row in rows if row.url not in files]
    if not whose.known or articles or any(map(_NAMES_BODY.search, files.values())):
        return tuple(whose.completed(row) for row in rows)
    kinds = {kind for name in files.values() if (kind := _named(whose.title(name)))}
    if len(files) > 1 and len(kinds) < 2:
        return (whose.row(page, next(iter(kinds), "预决算"), files),)
    if not files and len(page.tree.css("td")) >= DATA_CELLS:
        return (whose.row(page, whose.sort or "预决算", files),)
    return tuple(whose.completed(Row(url, name)) for url, name in files.items())


def _files(page: Page) -> dict[str, str]:
    links = ((address_of(link.attributes, page.base), link) for link in page.tree.css("a")[:MOST_LINKS])
    return {url: short_text(link) for url, link in links if url and leads_to_file(url) and not in_chrome(link)}


def _named(title: str) -> str:
    """Whether a title names a budget, final accounts, or both."""
    final, both = "决算" in title.replace("预决算", ""), "预决算" in title
    return "预决算" if both or (final and "预算" in title) else "决算" if final else "预算" * ("预算" in title)


class _Whose:
    """What the names of the folders say: the last of each kind."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self.body: str | None = None
        self.sort = self._year = ""
        for name in names:
            if found := _YEAR.fullmatch(name):
                self._year = found[1]
            rest = re.sub(r"^20\d\d年?度?|(?:信息)?公开|目录|专栏", "", name)
            if _kind(name) == "body":
                self.body = name
            elif _SORT.fullmatch(rest):
                self.sort = rest
        self.known = bool(self._year and (self.body or self.sort.startswith(("政府", "本级"))))

    def row(self, page: Page, kind: str, files: dict[str, str]) -> Row:
        """The row of a page that is itself the disclosure, with `files`."""
        parts = tuple(filter(None, (self.body, *files.values())))
        return Row(page.url, self.title(kind), source=self.body, parts=parts)

    def completed(self, row: Row) -> Row:
        """`row` with a title that says whose it is."""
        return replace(row, title=self.title(row.title), source=row.source or self.body)

    def title(self, own: str) -> str:
        """`own`, with what it leaves unsaid before it."""
        body = self.body if self.body and self.body not in own else ""
        year = f"{self._year}年" if self._year and not re.search(r"20\d\d", own) else ""
        if own in {"预算", "决算", "预决算"}:
            own = self.sort if _named(self.sort) == own else f"部门{own}"
        sort = self.sort if self.sort and not _named(own) else ""
        return f"{body}{year}{sort}{own}"


PLATFORM: Final = SiteFamily(name="platform", signs=_SIGN, read=read)
