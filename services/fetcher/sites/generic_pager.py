"""The next page of a list by all the page says: words, arrows, pictures, numbers, jump lists, forms, scripts.

What leads there is only proposed here; who reads the list verifies that the page behind it has other rows.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final
from urllib.parse import urlencode, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from services.fetcher.sites.contract import Page, Request
from services.fetcher.sites.links import Base, literal_address, resolve, short_text
from services.fetcher.sites.outline import class_and_id
from services.fetcher.sites.page_counts import numbered, page_number
from services.fetcher.sites.page_scripts import Functions, address_for, addresses_for, fields_for

MOST_MARKS: Final = 5000
MOST_TEXTS: Final = 4096
"""How many texts of links are kept with what they say: a site's menus stand on each of its pages."""
LONGEST_MARK: Final = 16
LONGEST_BOX: Final = 400
FIRST_YEAR: Final = 1990
"""From here numbers are years."""
LONGEST_SCRIPT: Final = 20_000
_WORDS: Final = frozenset(
    [
        "下一页",
        "下页",
        "后页",
        "后一页",
        "下一頁",
        "下頁",
        "向后",
        "向后翻页",
        "下翻页",
        "下—页",
        "下1页",
        "次页",
        "往后",
        "后翻",
        "往后翻",
        "下一屏",
        "next",
        "nextpage",
        "nextpg",
        "next_page",
        "下一页next",
        "older",
        "olderposts",
        "loadmore",
        "showmore",
        "加载更多",
        "点击加载更多",
        "显示更多",
    ]
)
_NEXT_ROWS: Final = re.compile(r"(?:下|后)\d{1,3}[条项]")
_ARROWS: Final = frozenset([">", "›", "＞", "〉", "→", "▶", "►", "❯", "⟩", "﹥", "》"])
_DOUBLE: Final = frozenset(["»", ">>", "＞＞", "⏩", ">|", "»|", "››"])
_OTHER_THAN_PAGE: Final = re.compile(r"[月年篇日周图张幅]")
_SCRIPTED: Final = re.compile(
    r"(?:@|v-on:|ng-|ms-|:)click[^<>]{0,200}>(?:\s|<[^<>]{0,80}>){0,5}(?:下一?页|next\b)", re.IGNORECASE
)
_MORE: Final = frozenset(["更多", "查看更多", "more", "更多信息"])
_COUNTED: Final = re.compile(
    r"^(?:转到|跳到|翻到|前往|去|到|goto)|(?:共\d{1,5}页|\d{1,5}(?:/\d{1,5})?|pgdn|pagedown)$"
)
_DRESSING: Final = re.compile(r"[\s\[\]【】()（）<>＜＞«»‹›〈〉《》→←▶►❯⟩﹥…·|:：&;-]")
_NUMBER: Final = re.compile(r"[\[\(（【]?\s?第?\s?(\d{1,5})\s?页?\s?[\]\)）】]?")
_CLASSES: Final = re.compile(
    r"(?:^|[\s_-])(?:next(?:$|[\s_-]|page)|nxt(?:$|\s))|nextpage|btn-next|page-next", re.IGNORECASE
)
_RIGHT: Final = re.compile(
    r"(?:^|[\s_-])(?:arrow|page|btn|angle|chevron|caret|icon)[_-]?r(?:ight)?(?:$|\s)|(?:^|[\s_-])right[_-]?(?:arrow|btn|page)",
    re.I,
)
_PICTURE_NEXT: Final = re.compile(r"(?:^|[_-])(?:next|nextpage|xyy|xiayiye|xiaye)(?:$|[_-]|\d)", re.IGNORECASE)
_PICTURE_RIGHT: Final = re.compile(r"(?:^|[_-])(?:right|arrow[_-]?r|jt[_-]?r|r)(?:$|[_-]|\d)", re.IGNORECASE)
_COMPONENTS: Final = (
    "el-pagination, a-pagination, v-pagination, van-pagination, b-pagination, uni-pagination, Pagination"
)
_OTHER_NEXT: Final = re.compile(
    r"slick|swiper|carousel|banner|slide|calendar|month|article|photo|gallery|[\s_-](?:img|pic)|篇", re.IGNORECASE
)
_DEAD: Final = re.compile(r"(?:^|[\s_-])(?:disabled?|no|unable|gray|grey|none)(?:$|[\s_-])", re.IGNORECASE)
_CURRENT: Final = re.compile(
    r"(?:^|[\s_-])(?:cur\w*|active|on|now|this|selected|sel|here|hover|thisclass)(?:$|[\s_-])", re.IGNORECASE
)
_PAGER_BOX: Final = re.compile(r"pag(?:e|in)|fenye|yema|turn|flip", re.IGNORECASE)
_PAGER_WORDS: Final = re.compile(r"页|共|上一|下一|首|尾|末|next|prev|last", re.IGNORECASE)
_POSTBACK: Final = re.compile(
    r"__doPostBack\(\s{0,5}['\"]([^'\"]{0,300})['\"]\s{0,5},\s{0,5}['\"]([^'\"]{0,300})['\"]"
)
_CALL: Final = re.compile(r"(?:javascript:)?\s{0,5}(?:return\s{1,5})?([\w.$]{1,60})\(([^()]{0,200})\)")
_JOINED: Final = re.compile(
    r"['\"]([^'\"\s]{1,500})['\"]\s{0,5}\+\s{0,5}['\"]?(\d{1,6})['\"]?(?:\s{0,5}\+\s{0,5}['\"]([^'\"\s]{0,200})['\"])?"
)


@dataclass
class Ways:
    """The ways to the next page: `sure` by words and signs, `guesses` by numbers alone; `more` in words."""

    sure: list[Request] = field(default_factory=list)
    guesses: list[Request] = field(default_factory=list)
    more: str | None = None

    def add(self, way: Request | None, here: str, sure: bool = True) -> bool:
        known = [*self.sure, *self.guesses]
        if way is None or (way.form is None and way.json is None and way.url == here):
            return False
        if way not in known:
            (self.sure if sure else self.guesses).append(way)
        return True

    def tell(self, what: str) -> None:
        """There is more, but no way to it is known."""
        if not self.sure:
            self.more = what


def next_page(page: Page, pages: int | None, markups: Sequence[str]) -> Ways:
    """Every way to the next page that `page` shows.

    `pages` is how many there are by its own word, `markups` is what its scripts unpack.
    """
    ways = Ways()
    for markup in (None, *markups):
        tree = page.tree if markup is None else LexborHTMLParser(markup)
        reader = _Pager(page, tree)
        reader.by_words(ways)
        reader.by_numbers(ways)
        reader.by_options(ways)
    _by_template(page, pages, ways)
    if not ways.more and (page.tree.css_first(_COMPONENTS) is not None or _SCRIPTED.search(page.text)):
        ways.tell("its pager is filled by a script")
    return ways


@lru_cache(maxsize=MOST_TEXTS)
def is_next(text: str) -> bool:
    """Whether a link of this text leads to the next page."""
    bare = _bare(text).lower()[: 2 * LONGEST_MARK]
    words = _COUNTED.sub("", _DRESSING.sub("", bare))
    arrow = bare in _ARROWS or (bare[:1] in "([【（" and bare[1:-1] in _ARROWS)
    return arrow or words in _WORDS or _NEXT_ROWS.fullmatch(words) is not None


class _Pager:
    """Reads one tree: the page itself, or markup that a script of it unpacks."""

    def __init__(self, page: Page, tree: LexborHTMLParser) -> None:
        self._page = page
        self._tree = tree
        self._base = page.base
        self._functions = Functions(page)
        self._marks = tree.css("a, button, input, area, img[onclick], [onclick], [data-url], [data-href]")[
            :MOST_MARKS
        ]
        self._labels = [tuple(_labels(mark)) for mark in self._marks]

    def by_words(self, ways: Ways) -> None:
        """Links, cells and buttons that say that they lead to the next page, by class, word, picture or arrow."""
        marked = [*self._tree.css(".p_next a, a[rel=next], link[rel=next]"), *filter(_is_marked, self._marks)]
        labelled = list(zip(self._marks, self._labels, strict=True))
        worded = [each for each, labels in labelled if _says_next(labels)]
        doubled = [each for each, labels in labelled if any(_bare(label) in _DOUBLE for label in labels)]
        doubled += [each for each in self._marks if _leads_right(each)]
        for strength, marks in (("sure", [*marked, *worded]), ("guess", doubled)):
            for mark in marks:
                if _is_dead(mark):
                    continue
                found = ways.add(self._way(mark), self._page.url, strength == "sure")
                if not found and strength == "sure" and _is_script(mark):
                    ways.tell(f"«{short_text(mark) or 'next'}» leads to a script")

    def by_numbers(self, ways: Ways) -> None:
        """The number after that of the page itself, in a row of page numbers."""
        boxes: dict[int, list[tuple[int, LexborNode]]] = defaultdict(list)
        nodes: dict[int, LexborNode] = {}
        for mark, labels in zip(self._marks, self._labels, strict=True):
            found = _NUMBER.fullmatch(labels[0]) if labels else None
            if found and (box := _box(mark)) is not None:
                boxes[box.mem_id].append((int(found[1]), mark))
                nodes[box.mem_id] = box
        for key, numbers in boxes.items():
            box = nodes[key]
            text = box.text(separator=" ")
            linked = {number for number, _ in numbers}
            if min(linked) > FIRST_YEAR:
                continue
            if len(text) > LONGEST_BOX or (
                len(linked) < 2
                and not _PAGER_WORDS.search(text)
                and not _is_pager(box)
                and "[" not in text
                and not any("Page$" in (mark.attributes.get("href") or "") for _, mark in numbers)
            ):
                continue
            current = _current(numbers, linked, text, page_number(self._page.url))
            sure = bool(_PAGER_WORDS.search(text)) or _is_pager(box)
            for each, mark in numbers:
                if each == current + 1 and not ways.add(self._way(mark), self._page.url, sure) and sure:
                    ways.tell(f"page {each} is behind a script")

    def by_options(self, ways: Ways) -> None:
        """The option after the selected one, in a list of pages to jump to; any other choice is no pager."""
        for choice in self._tree.css("select")[:50]:
            options = choice.css("option")
            texts = [short_text(option) for option in options]
            if len(options) < 2 or not all(
                re.fullmatch(r"第?\s?\d{1,5}\s?页?|\d{1,5}\s?/\s?\d{1,5}.{0,4}", text) for text in texts
            ):
                continue
            chosen = next((n for n, each in enumerate(options) if "selected" in each.attributes), 0)
            if chosen + 1 < len(options):
                value = options[chosen + 1].attributes.get("value") or ""
                if not ways.add(self._option(choice, value), self._page.url, sure=not value.isdigit()):
                    ways.tell("its list of pages to jump to leads to a script")

    def _option(self, choice: LexborNode, value: str) -> Request | None:
        if not value.isdigit():
            address = resolve(self._base, value)
            return Request(address) if address and re.search(r"[./?]", value) else None
        script = choice.attributes.get("onchange") or ""
        if address := address_for(script[:LONGEST_SCRIPT], int(value), self._base):
            return Request(address)
        if name := re.search(r"submit\(", script) and choice.attributes.get("name"):
            return _submitted(_form_of(choice, self._tree, name), self._page, {name: value})
        call = _CALL.search(script[:LONGEST_SCRIPT])
        return self._called(call[1], value, choice) if call else None

    def _way(self, mark: LexborNode) -> Request | None:
        """What a press on `mark` would ask for; None where only a browser could tell."""
        attributes = mark.attributes
        for name in ("href", "data-url", "data-href", "formaction"):
            stated = (attributes.get(name) or "").strip()
            if stated and not stated.lower().startswith(("javascript:", "#")):
                address = resolve(self._base, stated)
                if address:
                    return Request(address)
        for holder in (mark, *_above(mark, 2)):
            for script in (holder.attributes.get("href") or "", holder.attributes.get("onclick") or ""):
                if script and (way := self._scripted(script[:2000], holder)):
                    return way
        return self._pressed(mark)

    def _scripted(self, script: str, mark: LexborNode) -> Request | None:
        if postback := _POSTBACK.search(script):
            return _submitted(
                _form_of(mark, self._tree),
                self._page,
                {"__EVENTTARGET": postback[1], "__EVENTARGUMENT": postback[2]},
            )
        if joined := _JOINED.search(script):
            address = resolve(self._base, joined[1] + joined[2] + (joined[3] or ""))
            return Request(address) if address else None
        if fields := fields_for(script):
            return _submitted(_form_of(mark, self._tree, next(iter(fields))), self._page, fields)
        literal = literal_address(script) or _relative_query(script)
        if literal and (address := resolve(self._base, literal)):
            return Request(address)
        for call in _CALL.finditer(script):
            number = re.search(r"\d{1,6}", call[2])
            if number and (way := self._called(call[1], number[0], mark)):
                return way
        return None

    def _called(self, name: str, number: str, mark: LexborNode) -> Request | None:
        """What the page's own function `name` asks for when it is given `number`."""
        body = self._functions.find(name.rpartition(".")[2])[1]
        if address := address_for(body, int(number), self._base):
            return Request(address)
        if fields := fields_for(body, number):
            return _submitted(_form_of(mark, self._tree, next(iter(fields))), self._page, fields)
        return None

    def _pressed(self, mark: LexborNode) -> Request | None:
        """What a button that submits its form asks for."""
        kind = (mark.attributes.get("type") or ("submit" if mark.tag == "button" else "")).lower()
        if (
            mark.tag not in {"input", "button"}
            or kind not in {"submit", "image"}
            or mark.attributes.get("onclick")
        ):
            return None
        name = mark.attributes.get("name")
        return _submitted(
            _form_of(mark, self._tree), self._page, {name: mark.attributes.get("value") or ""} if name else {}
        )


def _says_next(labels: Sequence[str]) -> bool:
    return any(map(is_next, labels)) and not any(map(_OTHER_THAN_PAGE.search, labels))


def _labels(mark: LexborNode) -> Iterator[str]:
    text = short_text(mark)
    if text and len(text) <= LONGEST_MARK:
        yield text
    for name in ("value", "title", "alt", "aria-label"):
        stated = mark.attributes.get(name) or ""
        if 0 < len(stated) <= LONGEST_MARK and not (name == "value" and mark.tag == "li"):
            yield stated.strip()
    if not text and (picture := mark.css_first("img, input[type=image]")) is not None:
        for name in ("alt", "title"):
            yield (picture.attributes.get(name) or "").strip()[:LONGEST_MARK]
        stated = (picture.attributes.get("alt") or picture.attributes.get("title") or "").strip()
        if not stated and _PICTURE_NEXT.search(_picture_name(picture)):
            yield "next"


def _picture_name(picture: LexborNode) -> str:
    address = (picture.attributes.get("src") or "")[:500].partition("?")[0]
    return address.rpartition("/")[2].partition(".")[0]


def _leads_right(mark: LexborNode) -> bool:
    """Whether a link in a pager says more, or says nothing and is called right or shows a picture of that name."""
    text = _bare(short_text(mark)).lower()
    if text and text not in _MORE:
        return False
    box = _box(mark)
    if box is None or not _is_pager(box):
        return False
    names = " ".join(each.attributes.get("class") or "" for each in (mark, *mark.css("i, span, em")[:3]))[:200]
    picture = mark.css_first("img")
    pictured = picture is not None and bool(_PICTURE_RIGHT.search(_picture_name(picture)))
    return bool(text) or pictured or bool(_RIGHT.search(names))


def _bare(text: str) -> str:
    return "".join(text.split())


def _is_marked(mark: LexborNode) -> bool:
    """Whether the class or id of a link, or of what is directly around it, says next; and not of what else."""
    around = " ".join(class_and_id(each.attributes) for each in (mark, *_above(mark, 1)))
    around += f" {mark.attributes.get('name') or ''}"[:100] if mark.tag == "a" else ""
    if not _CLASSES.search(around):
        return False
    text = short_text(mark)
    wider = " ".join(class_and_id(each.attributes) for each in _above(mark, 4))
    return len(text) <= LONGEST_MARK and not _OTHER_NEXT.search(around + wider + text)


def _is_dead(mark: LexborNode) -> bool:
    return any(
        "disabled" in each.attributes
        or each.attributes.get("aria-disabled") == "true"
        or _DEAD.search(each.attributes.get("class") or "")
        for each in (mark, *_above(mark, 1))
    )


def _is_script(mark: LexborNode) -> bool:
    return (
        bool(
            mark.attributes.get("onclick")
            or (mark.attributes.get("href") or "").strip()
            or mark.tag in {"button", "input"}
        )
        and (mark.tag != "input" or (mark.attributes.get("type") or "").lower() in {"button", "submit", "image"})
        and not (mark.tag == "a" and resolve(Base("http://x/"), mark.attributes.get("href")) is not None)
    )


def _above(mark: LexborNode, levels: int) -> list[LexborNode]:
    found: list[LexborNode] = []
    node = mark.parent
    while node is not None and len(found) < levels and node.tag not in {"body", "html", "form", "ul", "table"}:
        found.append(node)
        node = node.parent
    return found


def _box(mark: LexborNode) -> LexborNode | None:
    """What holds a row of page numbers: the element around the link, past what is around a single number."""
    node = mark.parent
    for _ in range(3):
        if node is None or node.tag in {"body", "html"}:
            return node
        if node.tag not in {"li", "span", "td", "b", "i", "em", "font", "strong"} or len(node.css("a")) > 1:
            return node
        node = node.parent
    return node


def _is_pager(box: LexborNode) -> bool:
    return any(
        _PAGER_BOX.search(f"{each.attributes.get('class') or ''} {each.id or ''}")
        for each in (box, *_above(box, 2))
    )


def _current(numbers: list[tuple[int, LexborNode]], linked: set[int], text: str, stated: int | None) -> int:
    marked = [
        n
        for n, mark in numbers
        if any(_CURRENT.search(each.attributes.get("class") or "") for each in (mark, *_above(mark, 1)))
    ]
    if len(marked) == 1:
        return marked[0]
    if stated is not None:
        return stated
    shown = [int(each) for each in re.findall(r"(?<![\d/.-])\d{1,5}(?!\s?[\d/.-]|\s?[条篇项页])", text)]
    unlinked = dict.fromkeys(number for number in shown if number not in linked)
    before = [number for number in unlinked if number + 1 in linked]
    if len(unlinked) == 1 or before:
        return before[0] if before else next(iter(unlinked))
    return min(linked) - 1 if 1 not in linked else 1


def _form_of(mark: LexborNode, tree: LexborHTMLParser, named: str | None = None) -> LexborNode | None:
    node: LexborNode | None = mark
    while node is not None and node.tag != "form":
        node = node.parent
    if node is not None:
        return node
    forms = tree.css("form")
    with_field = (
        form for form in forms if named and any(each.attributes.get("name") == named for each in form.css("input"))
    )
    return next(with_field, forms[0] if forms else None)


def _submitted(form: LexborNode | None, page: Page, fields: dict[str, str]) -> Request | None:
    """What sending `form` with `fields` asks for: its hidden and filled fields too, as a browser sends them."""
    if form is None:
        return None
    action = resolve(page.base, form.attributes.get("action")) or page.url
    own: dict[str, str] = {}
    for each in form.css("input[name], select[name]")[:500]:
        kind = (each.attributes.get("type") or "text").lower()
        if each.tag == "select":
            option = each.css_first("option[selected]") or each.css_first("option")
            own[each.attributes.get("name") or ""] = (option.attributes.get("value") or "") if option else ""
        elif kind in {"hidden", "text"} or (kind in {"radio", "checkbox"} and "checked" in each.attributes):
            own[each.attributes.get("name") or ""] = each.attributes.get("value") or ""
    own |= fields
    if (form.attributes.get("method") or "get").lower() == "post":
        return Request(action, tuple(own.items()))
    return Request(urlsplit(action)._replace(query=urlencode(own)).geturl())


def _relative_query(script: str) -> str | None:
    found = re.search(r"['\"](\?[^'\"\s]{1,300})['\"]", script)
    return found[1] if found else None


def _by_template(page: Page, pages: int | None, ways: Ways) -> None:
    """A pattern of addresses in a script that speaks of pages, with the number after the page's own."""
    current = page_number(page.url)
    numbered_name = re.search(r"_(\d{1,5})\.\w+$", urlsplit(page.url).path)
    number = (current if current is not None else int(numbered_name[1]) if numbered_name else 1) + 1
    if pages is None or number <= pages:
        for address in addresses_for(page.scripts, number, page.base):
            ways.add(Request(address), page.url, sure=False)
    if current is not None and pages is not None and current < pages:
        ways.add(Request(numbered(page.url, current + 1)), page.url, sure=False)
