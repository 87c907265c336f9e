"""Rows of an HTML list: every link with a title, and the date near it, whatever tags hold them."""

import re
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass
from typing import Final

from selectolax.lexbor import LexborNode

from services.fetcher.sites.contract import Page, Row
from services.fetcher.sites.dates import is_date, read_date, read_list_date
from services.fetcher.sites.links import DATA_ADDRESSES, Base, address_of, plain_text, text_of
from services.fetcher.sites.outline import Given, Outline, class_and_id
from services.fetcher.sites.page_scripts import Functions, address_called

MOST_ROWS: Final = 20_000
LINKS_IN_ROW: Final = 12
CLIMB: Final = 6
MOST_NODES: Final = 400
MOST_SILENT: Final = 2000
SHORTEST_TITLE: Final = 4
SHORTEST_DISCLOSURE: Final = 8
LONGEST_CATEGORY: Final = 8
LONGEST_TITLE: Final = 500
LONGEST_DATE: Final = 40
LONGEST_LABELLED: Final = 300
_ROWS: Final = frozenset({"li", "tr", "dd", "dt"})
_LISTS: Final = frozenset({"ul", "ol", "table", "tbody", "body", "html", "form"})
_WHOLE: Final = frozenset({"body", "html", "form"})
_NESTED: Final = frozenset({"ul", "ol", "table", "dl"})
_HIDDEN: Final = re.compile(r"display\s{0,3}:\s{0,3}none", re.IGNORECASE)
_CLICKED: Final = frozenset({"li", "tr", "td", "div", "p", "span"})
_BEARS: Final = frozenset({"onclick", *DATA_ADDRESSES})
_DATES: Final = ("data-date", "data-time", "datetime")
_CHROME_TAGS: Final = frozenset({"nav", "header", "footer"})
_CHROME: Final = re.compile(
    r"(?:^|[\s_-])(?:nav\w*|menu\w*|header|footer|foot|breadcrumbs?|location|position|crumbs?)(?:$|[\s_-])"
)
_DIGITS: Final = re.compile(r"[\s\[\]()（）【】\d\-/.年月日:：]{1,32}")
_LABELLED: Final = re.compile(
    r"(?:发布|更新|公开|成文|发文)?(?:时间|日期)\s{0,3}[：:]\s{0,5}(\d[\d年月日/.:\s-]{7,30})"
)
_PART: Final = re.compile(r"(\d{1,2}|(?:19|20)\d\d)\s?[年月日/.-]?")
"""A part of a date that stands in an element of its own."""
_DATE_LABEL: Final = re.compile(r"^\D{0,6}[：:]\s*")
_LABEL: Final = re.compile(r"^(?:文章)?标\s*题\s*[：:]\s*")
_OTHER_LABEL: Final = re.compile(r"^(?:更新时间|发布时间|发布日期|作者|点击数?|浏览次?数?|来源)\s*[：:]")
_TAIL: Final = re.compile(r"\s{1,9}(?:发布|更新|公开)(?:时间|日期)\s{0,3}[：:].{0,60}$")
_TELLS_NOTHING: Final = (
    "(?:点击|在线|附件|文件)?(?:查看|阅读|下载|预览|浏览|打开)(?:详情|全文|附件|文件)?|详情|详细"
)
_FORMATS: Final = r"(?:word|excel|pdf|ofd|wps|docx?|xlsx?)(?:版本?|格式|文件|文档|附件)?(?:下载)?"
_SILENT: Final = re.compile(
    rf"[\[【（(]?(?:{_TELLS_NOTHING}|{_FORMATS})?[\]】）)]?\s?(?:&gt;|[>»→]){{0,2}}", re.IGNORECASE
)
_NO_TITLE: Final = re.compile(
    rf"[\[【]?(?:{_TELLS_NOTHING}|更多|new|hot|热|新)[\]】]?\s?(?:&gt;|[>»→]){{0,2}}", re.IGNORECASE
)
_BADGE: Final = re.compile(r"^(?:[\[【(（](?:置顶|图文?|新|荐|热)[\]】)）]|[·•●■◆▪>]|\s)+")
_CUT: Final = re.compile(r"(?:…|\.{2}|⋯)$")
_DISCLOSES: Final = re.compile(r"预算|决算|预决算|三公|绩效|债务|债券|财政收支|转移支付|直达资金")
_YEAR: Final = re.compile(r"(?:19|20)\d\d|[〇○零一二三四五六七八九]{4}年")
_FILE: Final = re.compile(r"\.(?:pdf|docx?|xlsx?|wps|et|ofd|zip|rar|7z)(?:$|[?#])", re.IGNORECASE)
_ARTICLE: Final = re.compile(
    r"t\d{8}_\d+\.|/art_\d|/art/\d{4}/|/info/\d+/\d+\.|post_\d+\.|content_\d+|/\d{6,8}/\w{0,99}\d{3,}\.s?html?"
    r"|[Aa]rticle_?[Ii][Dd]=\d|/[Ii]tem/\d+\.aspx|/[Nn]ode-\d+\.|[?&](?:id|info_?id|news_?id)=[\w-]+"
    r"|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}|/[0-9a-f]{24,32}\.|\d{3,}\.jhtml"
)
_WHOLE_CELL: Final = re.compile(r"[\d\s.、]*")


def read_rows(page: Page) -> tuple[Row, ...]:
    """The rows in page order, each address once; rows that lead to the page itself are left out."""
    if page.row:
        found = [read_row(box, page.base) for box in page.tree.css(page.row)[:MOST_ROWS]]
        rows = [row for row in found if row is not None]
    else:
        rows = _Rows(page.outline, page).read() if page.outline is not None else []
    here = page.base.url.partition("#")[0]
    own = (row for row in rows if row.url != here)
    unique: dict[str, Row] = {}
    for row in own:
        unique.setdefault(row.url, row)
    return tuple(unique.values())


def read_row(box: LexborNode, base: Base) -> Row | None:
    """The row in `box`: its link with the longest title; None when there is none."""
    inside = [box] if box.tag == "a" else box.css("a")
    links = [(address_of(link.attributes, base), link) for link in inside[:LINKS_IN_ROW]]
    titled = [(_title(link, link.attributes), url) for link, url in ((link, url) for url, link in links) if url]
    titled = [(title, url) for title, url in titled if len(title) >= SHORTEST_TITLE]
    if not titled:
        return None
    title, url = max(titled, key=lambda pair: len(pair[0]))
    return Row(url, title, bool(_CUT.search(title)), read_list_date(_dates_in(box), url))


@dataclass
class _Link:
    """A link with a title, and the date found for it."""

    place: int
    url: str
    title: str
    date: str | None = None
    taken: bool = False


class _Rows:
    """Reads the rows of a page by where its links and dates stand."""

    def __init__(self, outline: Outline, page: Page) -> None:
        self._base, self._functions = page.base, Functions(page)
        self._nodes, self._parents, self._ends = outline.nodes, outline.parents, outline.ends
        self._tags, self._attributes = outline.tags, outline.attributes
        self._links = self._find_links()
        self._link_places = [link.place for link in self._links]
        self._spread = self._spread_dates()
        self._dates = [place for place in range(len(self._nodes)) if self._is_date(place)]

    def read(self) -> list[Row]:
        """Links with dates, their undated neighbours, and links that speak of disclosures or lead to files."""
        boxes = self._boxes()
        for box in sorted(boxes, key=lambda box: (self._ends[box] - box, box)):
            self._take(box)
        self._take_neighbours(boxes)
        dated = any(link.taken for link in self._links)
        for link in self._links:
            if not link.taken and self._is_row(link, dated):
                link.taken = True
        return [
            Row(link.url, link.title, bool(_CUT.search(link.title)), read_list_date(link.date or "", link.url))
            for link in self._links
            if link.taken
        ][:MOST_ROWS]

    def _find_links(self) -> list[_Link]:
        found = []
        for place, (tag, given) in enumerate(zip(self._tags, self._attributes, strict=True)):
            node = self._nodes[place]
            if tag == "a":
                hidden = _HIDDEN.search(given.get("style") or "")
                url = None if hidden else self._address(given)
            elif given and tag in _CLICKED and not _BEARS.isdisjoint(given):
                url = self._address(given) if node.css_first("a") is None else None
            else:
                continue
            if url and len(title := _title(node, given)) <= LONGEST_TITLE:
                found.append(_Link(place, url, title))
        self._name(found)
        return [link for link in found if link.title]

    def _address(self, given: Given) -> str | None:
        """Where a link with these attributes leads, by a call of the page's own functions too."""
        address = address_of(given, self._base)
        calls = (given.get(name) or "" for name in ("onclick", "href")) if address is None else ()
        called = (address_called(self._functions, call, self._base) for call in calls if "(" in call)
        return address or next(filter(None, called), None)

    def _name(self, links: list[_Link]) -> None:
        """Give one link of each row whose links say nothing (an icon, 下载) the title that stands beside it.

        That which leads to a file, else the first; and only a title that speaks of a year's disclosures.
        """
        bare = [link for link in links if _SILENT.fullmatch(link.title)]
        telling = [link.place for link in links if not _SILENT.fullmatch(link.title)]
        named: dict[int, tuple[str, list[_Link]]] = {}
        for link in bare[:MOST_SILENT]:
            row, title = self._title_beside(link.place, telling)
            if title:
                named.setdefault(row, (title, []))[1].append(link)
        for title, candidates in named.values():
            min(candidates, key=lambda link: not leads_to_file(link.url)).title = title

    def _title_beside(self, place: int, telling: list[int]) -> tuple[int, str]:
        """The smallest element around a link with a title outside links, and that; none where other links tell."""
        for _ in range(CLIMB):
            place = self._parents[place]
            if (
                place < 0
                or self._tags[place] in _LISTS
                or _CHROME.search(class_and_id(self._attributes[place]).lower())
            ):
                break
            end = self._ends[place]
            if end - place > MOST_NODES or bisect_left(telling, place) < bisect_left(telling, end):
                break
            for inner in range(place, end):
                text = self._beside(inner)
                speaks = len(text) >= SHORTEST_DISCLOSURE and _DISCLOSES.search(text) and _YEAR.search(text)
                if speaks and not self._inside(inner, "a"):
                    return place, text
        return place, ""

    def _beside(self, place: int) -> str:
        """The text of a text, or the title that an element bears."""
        node = self._nodes[place]
        text = node.text_content if node.is_text_node else self._attributes[place].get("title")
        return plain_text((text or "")[:LONGEST_TITLE])

    def _spread_dates(self) -> dict[int, str]:
        """Dates whose year, month and day stand in neighbouring elements, by the place of the first."""
        spread: dict[int, str] = {}
        texts = (
            (place, (node.text_content or "").strip())
            for place, node in enumerate(self._nodes)
            if node.is_text_node
        )
        shown = [(place, _PART.fullmatch(text)) for place, text in texts if text.strip("年月日/.-")]
        for (place, first), (_, second), (_, third) in zip(shown, shown[1:], shown[2:], strict=False):
            if first and second and third and 4 in (lengths := (len(first[1]), len(third[1]))):
                parts = (first, second, third) if lengths[0] == 4 else (third, second, first)
                date = "-".join(part[1] for part in parts)
                if read_date(date):
                    spread[place] = date
        return spread

    def _is_date(self, place: int) -> bool:
        part = self._date_part(place)
        return part is not None and (is_date(part) or read_date(part) is not None)

    def _date_part(self, place: int) -> str | None:
        """A text of digits and date signs, its label taken off; outside links also a short one with a date.

        Of an element the date that it bears as data.
        """
        node = self._nodes[place]
        if place in self._spread:
            return self._spread[place]
        if not node.is_text_node:
            return self._stated(place) if self._attributes[place] else None
        content = (node.text_content or "").strip()
        if len(content) > LONGEST_DATE and (labelled := _LABELLED.search(content[:LONGEST_LABELLED])):
            return labelled[1]
        if not content or len(content) > LONGEST_DATE:
            return None
        bare = _DATE_LABEL.sub("", content)
        if _DIGITS.fullmatch(bare):
            return bare
        return content if read_date(content) and not self._inside(place, "a") else None

    def _stated(self, place: int) -> str | None:
        """The date that an element bears as data."""
        given = self._attributes[place]
        values = ((given.get(name) or "")[:LONGEST_DATE] for name in _DATES)
        return next((value for value in values if value and read_date(value)), None)

    def _inside(self, place: int, tag: str) -> bool:
        for _ in range(CLIMB):
            place = self._parents[place]
            if place < 0:
                return False
            if self._tags[place] == tag:
                return True
        return False

    def _links_in(self, box: int) -> range:
        return range(bisect_left(self._link_places, box), bisect_left(self._link_places, self._ends[box]))

    def _dates_in(self, box: int) -> list[int]:
        return self._dates[bisect_left(self._dates, box) : bisect_left(self._dates, self._ends[box])]

    def _boxes(self) -> dict[int, None]:
        """The smallest elements with a date and a link."""
        boxes: dict[int, None] = {}
        for date in self._dates:
            place = self._parents[date] if self._nodes[date].is_text_node else date
            for _ in range(CLIMB):
                links = len(self._links_in(place)) if place >= 0 else 0
                if place < 0 or self._tags[place] in (_LISTS if links > 1 else _WHOLE):
                    if links > 1 and links == len(self._dates_in(place)):  # a row of its own for each date
                        boxes.setdefault(place)
                    break
                if links:
                    boxes.setdefault(self._row_around(place))
                    break
                place = self._parents[place]
        return boxes

    def _row_around(self, box: int) -> int:
        """The list row that `box` is in where it is a link that holds its date itself, or a cell of a row."""
        if self._tags[box] not in {"a", "td", "th"}:
            return box
        place = box
        for _ in range(CLIMB):
            place = self._parents[place]
            if place < 0 or self._tags[place] in _LISTS:
                break
            if self._tags[place] in _ROWS and len(self._links_in(place)) <= LINKS_IN_ROW:
                return place
        return box

    def _take(self, box: int) -> None:
        """Make rows of the links of `box` that are its own: not those of a list within it, nor of a category."""
        dates = self._dates_in(box)
        links = [self._links[number] for number in self._links_in(box) if not self._links[number].taken]
        own = [link for link in links if not self._nested(link.place, box)] or links
        if len(dates) > 1 and len(own) > 1 and not self._one_date(dates):
            self._pair(own, dates)
            return
        if len(own) > LINKS_IN_ROW:
            return
        named = self._named(own, box)
        texts = range(box, min(self._ends[box], box + MOST_NODES))
        text = " ".join(filter(None, map(self._date_part, texts)))
        for link in named:
            link.taken, link.date = True, text

    def _named(self, own: list[_Link], box: int) -> list[_Link]:
        """The links whose titles say something; in a table's row short ones are completed by its own words."""
        titled = [link for link in own if len(link.title) >= SHORTEST_TITLE]
        longest = max((len(link.title) for link in titled), default=0)
        if longest > LONGEST_CATEGORY:
            return [link for link in titled if len(link.title) > LONGEST_CATEGORY or len(titled) == 1]
        if self._tags[box] == "tr" and (label := self._label(box)):
            for link in own:
                link.title = label + link.title
            return own
        return titled[:1]

    def _label(self, box: int) -> str:
        """The longest text of a table's row outside its links and dates."""
        cells = (cell for cell in self._nodes[box].css("td, th") if cell.css_first("a") is None)
        texts = [text for cell in cells if not is_date(text := text_of(cell)) and not _WHOLE_CELL.fullmatch(text)]
        return max(texts, key=len, default="")[:LONGEST_TITLE]

    def _one_date(self, dates: list[int]) -> bool:
        """Whether several texts are the parts of one date: a day here, year and month there."""
        return not all(read_date(self._date_part(date) or "") for date in dates)

    def _pair(self, links: list[_Link], dates: list[int]) -> None:
        """Links and dates side by side: a date is that of the link before it, or of the one after it."""
        after = dates[0] < links[0].place
        places = dates if after else [-date for date in reversed(dates)]
        for link in links:
            if len(link.title) < SHORTEST_TITLE:
                continue
            number = bisect_left(places, link.place) - 1 if after else bisect_left(places, -link.place) - 1
            link.taken = True
            link.date = self._date_part(abs(places[number])) if 0 <= number < len(places) else None

    def _nested(self, place: int, box: int) -> bool:
        while (place := self._parents[place]) > box:
            if self._tags[place] in _NESTED:
                return True
        return False

    def _take_neighbours(self, boxes: dict[int, None]) -> None:
        """The rows without a date beside those with one, in the list that has most of them."""
        lists = Counter(self._parents[box] for box in boxes if self._tags[box] in _ROWS)
        if not lists:
            return
        main = lists.most_common(1)[0][0]
        tags = {self._tags[box] for box in boxes if self._parents[box] == main}
        for link in self._links:
            if link.taken or len(link.title) < SHORTEST_TITLE:
                continue
            row = self._child_of(main, link.place)
            untaken = row is not None and not any(self._links[number].taken for number in self._links_in(row))
            if row is not None and untaken and self._tags[row] in tags and not self._dates_in(row):
                link.taken = len(self._links_in(row)) <= LINKS_IN_ROW

    def _child_of(self, ancestor: int, place: int) -> int | None:
        for _ in range(CLIMB):
            if self._parents[place] == ancestor:
                return place
            place = self._parents[place]
            if place < 0:
                return None
        return None

    def _is_row(self, link: _Link, dated: bool) -> bool:
        """Whether a link without a date is a row: by its words, or by where it leads when nothing has a date."""
        file = leads_to_file(link.url)
        speaks = len(link.title) >= SHORTEST_DISCLOSURE and bool(_DISCLOSES.search(link.title))
        named = speaks and bool(_YEAR.search(link.title) or file or _ARTICLE.search(link.url))
        leads = not dated and len(link.title) > SHORTEST_TITLE and (file or bool(_ARTICLE.search(link.url)))
        return (named or leads) and not in_chrome(self._nodes[link.place]) and not self._within_taken(link.place)

    def _within_taken(self, place: int) -> bool:
        """Whether a link stands in a list within a row that has its own link."""
        outer = self._row_of(self._row_of(place))
        links = (self._links[number] for number in self._links_in(outer)) if outer >= 0 else ()
        return any(link.taken and self._row_of(link.place) == outer for link in links)

    def _row_of(self, place: int) -> int:
        """The row that an element or text stands in, -1 where it is in none."""
        for _ in range(2 * CLIMB):
            place = self._parents[place] if place >= 0 else -1
            if place < 0 or self._tags[place] in _ROWS:
                return place
        return -1


def leads_to_file(url: str) -> bool:
    """Whether an address ends as that of a document or an archive does."""
    return bool(_FILE.search(url))


def in_chrome(node: LexborNode) -> bool:
    """Whether a link is in a page's menu, header or footer, or on the way to where it is."""
    holder = node.parent
    for _ in range(3 * CLIMB):
        if holder is None:
            return False
        if holder.tag in _CHROME_TAGS or _is_chrome(holder.attributes):
            return True
        holder = holder.parent
    return False


def _is_chrome(given: Given) -> bool:
    """Whether an element with these attributes is a page's menu, header or footer by its class or id."""
    return _CHROME.search(class_and_id(given).lower()) is not None


def _title(link: LexborNode, given: Given) -> str:
    """The whole title: of the `title` attribute when that goes on where the text was cut, else the text."""
    heading = link.css_first("h1, h2, h3, h4, h5, h6")
    text = text_of(heading) if heading else " ".join(_texts(link))
    shown = _BADGE.sub("", plain_text(text[: 4 * LONGEST_TITLE])).strip()
    stem = _squeezed(shown.rstrip(".…⋯"))
    for part in (given.get("title") or "")[: 4 * LONGEST_TITLE].splitlines():
        line = _TAIL.sub("", plain_text(part)) if "：" in part or ":" in part else plain_text(part)
        stated = _BADGE.sub("", _LABEL.sub("", line)).strip()
        if not _OTHER_LABEL.match(stated) and _squeezed(stated).startswith(stem):
            return stated
    return shown


def _texts(link: LexborNode) -> list[str]:
    texts = (node.text_content or "" for node in link.traverse(include_text=True) if node.is_text_node)
    stripped = [text.strip() for text in texts]
    named = [text for text in stripped if text and not is_date(text) and not _NO_TITLE.fullmatch(text)]
    return named or stripped


def _dates_in(box: LexborNode) -> str:
    texts = ((node.text_content or "").strip() for node in box.traverse(include_text=True) if node.is_text_node)
    bare = (_DATE_LABEL.sub("", text) for text in texts if 0 < len(text) <= LONGEST_DATE)
    return " ".join(part for part in bare if _DIGITS.fullmatch(part) or read_date(part))


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)
