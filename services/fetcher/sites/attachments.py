"""The files of an article, in page order: links, embedded viewers, script calls; and what to call them.

They belong to the article's own content or to an attachment block; files of neighbours and of the site do not.
"""

import base64
import binascii
import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Any, Final
from urllib.parse import parse_qs, unquote, unquote_to_bytes, urljoin, urlsplit

from selectolax.lexbor import LexborNode

from services.fetcher.sites import FAMILIES
from services.fetcher.sites.contract import Page
from services.fetcher.sites.links import Base, address_of, resolve, text_of
from services.fetcher.sites.outline import Given, Outline
from services.fetcher.sites.page_scripts import Functions, address_for
from shared.charset import decode
from shared.pictures import is_ornament, is_picture

MOST_FILES: Final = 200
MOST_ADDRESSES: Final = 4096
"""How many addresses are kept with what they were found to be: a site's menus stand on each of its pages."""
LONGEST_SCRIPT: Final = 2_000_000
CLIMB: Final = 12
LONGEST_LEAD: Final = 80
LONGEST_CALL: Final = 500
_EXTENSION: Final = re.compile(
    r"\.(?:pdf|docx?|xlsx?|pptx?|wps|et|ofd|rtf|od[st]|csv|txt|zip|rar|7z)$", re.IGNORECASE
)
_NAMES_PICTURE: Final = re.compile(
    r"预算|决算|绩效|公开|附件|附表|说明|报表|\.(?:png|jpe?g|gif|bmp|tiff?)$", re.IGNORECASE
)
_SPEAKS: Final = re.compile(r"附件|附表|预算|决算|绩效|公开表|报表|说明|下载|表格")
_PAGE: Final = re.compile(r"(?:\.(?:s?html?|jhtml|aspx?|jsp|php|do|action)|/)$", re.IGNORECASE)
_FILE_TYPE: Final = re.compile(r"application/(?!x-shockwave|x-javascript|javascript|json)", re.IGNORECASE)
_PICTURE_SOURCES: Final = ("data-original", "data-src", "src")
_CHROME_TAGS: Final = frozenset({"nav", "header", "footer", "aside"})
_CHROME: Final = re.compile(
    r"(?:^|[\s_-])(?:header|footer|foot|nav|menu|side(?:bar)?|copyright|related?|breadcrumb|recommend\w*|hot\w*|tuijian"
    r"|xg(?:wj|xx|wz|yd|ljs?|news)|prev\w*|pre_?next|sxp|bottom)(?:$|[\s_-])"
)
_BLOCK: Final = re.compile(
    r"(?:^|[\s_-])(?:appendix\w*|fj\w{0,6}|fujian\w*|attach\w*|annex\w*|accessor\w*|enclosure\w*|file-?list|wjfj|xgfj|down(?:load)?s?)(?:$|[\s_-])"
)
_BLOCK_WORDS: Final = re.compile(r"附件|附表|附\s?[：:]|文件下载|相关文档")
_NAMED_BLOCK: Final = re.compile(r"(?:相关|本文|文件)?附件(?:列表|下载)?\s?[：:]?\s{0,3}$")
_OTHER_WORDS: Final = re.compile(r"上一[篇条]|下一[篇条]|相关(?!附件|文档)|推荐|热[点门]|帮助|使用说明|最新")
_VIEWER: Final = re.compile(r"view|pdf|reader", re.IGNORECASE)
_VIEWED: Final = re.compile(r"(?:^|[\s_-])(?:media|pdf\w{0,10}|embed)(?:$|[\s_-])", re.IGNORECASE)
"""Classes of empty links in whose place a script shows the file."""
_VIEWER_NAMES: Final = frozenset(
    ["file", "url", "pdf", "pdfurl", "src", "path", "fileurl", "filepath", "furl", "doc", "document", "pdffile"]
)
_VIEWER_CALL: Final = re.compile(
    r"(?:showVsb\w{0,30}|PDFObject\.embed|getDocument|(?:load|open|show|view|preview|embed)_?(?:pdf|file|ofd|doc)\w{0,20})"
    r"\(\s{0,9}(?:\{\s{0,9}url\s{0,9}:\s{0,9})?['\"]([^'\"\s]{1,1000})['\"]",
    re.IGNORECASE,
)
_VIEWER_OPTION: Final = re.compile(
    r"(?<!['\"\w])(?:\w{0,20}pdf\w{0,20}|default_?url|file_?(?:url|path|src)?|url|src|path)\s{0,9}[:=]\s{0,9}['\"]([^'\"\s]{1,1000})['\"]",
    re.IGNORECASE,
)
_QUOTED_FILE: Final = re.compile(
    r"['\"]([^'\"\s<>]{1,500}\.(?:pdf|docx?|xlsx?|wps|et|ofd|zip|rar))['\"]", re.IGNORECASE
)
_ELSEWHERE: Final = re.compile(r"(?:file:|ftp:|data:|[A-Za-z]:[\\/])", re.IGNORECASE)
LONGEST_ADDRESS: Final = 200
_ID_CALL: Final = re.compile(r"(?:javascript:)?\s{0,5}([\w$]{1,60})\(\s{0,5}['\"]?([\w-]{1,64})['\"]?\s{0,5}[,)]")
_PACKED: Final = re.compile(r"[A-Za-z0-9+/ ]{16,1000}={0,2}")
_DETAIL: Final = re.compile(
    r'"attachment"\s{0,9}:\s{0,9}(?:"(\[(?:[^"\\]|\\.){0,100000}\])"|(\[[^\[\]]{0,100000}\]))'
)
_FRAME_ATTRIBUTES: Final = ("src", "data", "action")
_DATA_ADDRESSES: Final = frozenset({"data-pdf", "data-src", "data-url", "data-file", "data-href", "data-download"})
_LEADING: Final = frozenset({"a", "script", "iframe", "frame", "embed", "object"})
_LEADING_BY: Final = {
    "area": frozenset({"href"}),
    "param": frozenset({"value"}),
    "form": frozenset({"action"}),
    **dict.fromkeys(("span", "button", "div", "td", "li", "p", "input"), frozenset({"onclick"})),
}
"""Elements that lead to a file only with one of these attributes."""
_NONE: Final[frozenset[str]] = frozenset()
_HIDDEN: Final = re.compile(
    r"display\s{0,5}:\s{0,5}none|visibility\s{0,5}:\s{0,5}hidden|font-size\s{0,5}:\s{0,5}0(?![.\d])"
)
_GENERIC: Final = re.compile(
    r"(?:附件|下载|点击|查看|此处|这里|文件|详情|浏览|打开|[\d一二三四五六七八九十:：、.\s\[\]【】（）()])*"
)


@dataclass(frozen=True)
class Attachment:
    """A file an article leads to; `name` as the page calls it, may be empty; `others` are further addresses.

    `tentative`: what is there may turn out to be a page, which is then no file.
    """

    url: str
    name: str = ""
    others: tuple[str, ...] = ()
    tentative: bool = False


def read_attachments(page: Page, place: LexborNode | None = None) -> tuple[Attachment, ...]:
    """The files of `page`, each address once: those in `place`, the article's own content, and in an attachment
    block; without a place those of the page less its headers, menus, footers and related links."""
    found: dict[str, Attachment] = {}
    outline, functions = page.outline, Functions(page)
    if outline is None:
        return ()
    inside = _within(outline, place)
    for number, (tag, given) in enumerate(zip(outline.tags, outline.attributes, strict=True)):
        if tag not in _LEADING and not (given and _may_lead(tag, given)):
            continue
        node, own = outline.nodes[number], number in inside
        free = own or (place is None and tag != "script")
        for file in _files_of(node, given, page.base, free, functions):
            known = found.get(file.url)
            if known is None and (len(found) >= MOST_FILES or not _belongs(node, own, place)):
                continue
            found[file.url] = file if known is None or not known.name else known
    return tuple(found.values())


def _may_lead(tag: str | None, given: Given) -> bool:
    """Whether an element may lead to a file by one of its attributes."""
    return not _LEADING_BY.get(tag or "", _NONE).isdisjoint(given) or any(
        each.startswith("data-") for each in given
    )


def _within(outline: Outline, place: LexborNode | None) -> range:
    number = outline.number(place) if place is not None else None
    return range(number, outline.ends[number]) if number is not None else range(0)


def read_pictures(content: LexborNode, base: Base) -> tuple[Attachment, ...]:
    """The pictures that `content` shows, icons and the like left out: what a scanned disclosure consists of."""
    found: dict[str, Attachment] = {}
    for picture in content.css("img"):
        sources = (resolve(base, picture.attributes.get(name)) for name in _PICTURE_SOURCES)
        address = next((source for source in sources if source), None)
        shown = {**picture.attributes, "src": address}  # not what holds its place until it is loaded
        if address and len(found) < MOST_FILES and not is_ornament(shown, _link_above(picture)):
            name = (picture.attributes.get("title") or picture.attributes.get("alt") or "").strip()
            found.setdefault(address, Attachment(address, name if is_picture(name) else ""))
    return tuple(found.values())


def file_name(attachment: Attachment, disposition: str, title: str) -> str:
    """The file's name without any path: as shown, else as the server says, else after the article's title."""
    shown = _clean(attachment.name)
    stated = _clean(disposition)
    last = _clean(unquote(urlsplit(attachment.url).path).rpartition("/")[2])
    if _EXTENSION.search(shown):
        return shown
    extension = next((found[0] for name in (stated, last) if (found := _EXTENSION.search(name))), "")
    if shown and not _GENERIC.fullmatch(shown):
        return shown + extension
    return stated or (title + extension if extension else last or shown)


def disposition_name(header: bytes) -> str:
    """The file name in a Content-Disposition header: `filename*`, percent-encoded, raw UTF-8 or raw GBK."""
    if found := re.search(rb"filename\*\s*=\s*([\w-]*)'[^']*'([^;\s]+)", header, re.IGNORECASE):
        return decode(unquote_to_bytes(found[2]), "gb18030" if found[1].lower().startswith(b"gb") else None)
    found = re.search(rb'filename\s*=\s*(?:"([^"]*)"|([^;]+))', header, re.IGNORECASE)
    return decode(unquote_to_bytes((found[1] or found[2] or b"").strip())) if found else ""


def _files_of(node: LexborNode, given: Given, base: Base, own: bool, functions: Functions) -> Iterator[Attachment]:
    if node.tag in {"a", "area"}:
        yield from _linked(node, given, base, own, functions)
    elif node.tag == "script":
        yield from _scripted(node.text()[:LONGEST_SCRIPT], base, own)
    elif "onclick" in given:
        if (address := address_of(given, base)) and (file := _stated(given, address, _link_name(node, given))):
            yield file
    elif node.tag != "img":
        yield from _framed(node, given, base, own)


def _linked(link: LexborNode, given: Given, base: Base, own: bool, functions: Functions) -> Iterator[Attachment]:
    name = _link_name(link, given)
    address = address_of(given, base) or _called(given, base, name, functions)
    if address is None:
        if own and (_EXTENSION.search(name) or _BLOCK_WORDS.search(name)):
            yield from _unreachable(given, name)
        return
    file = replace(viewed, name=name) if (viewed := _viewed(address, base)) else _stated(given, address, name)
    if file is None and (
        "download" in given
        or (own and _SPEAKS.search(name) and not _is_page(address, base))
        or (own and _BLOCK_WORDS.search(name) and _is_deposit(address, base))
    ):
        file = Attachment(address, name, tentative=True)
    if file is not None and _is_seen(link):
        yield file


def _unreachable(given: Given, name: str) -> Iterator[Attachment]:
    """A file where no portal can be asked: on its writer's own machine, within the page, by FTP."""
    stated = (given.get("href") or "").strip()[:LONGEST_ADDRESS]
    if _ELSEWHERE.match(stated):
        yield Attachment(stated, name)


def _called(given: Given, base: Base, name: str, functions: Functions) -> str | None:
    """Where the page's own function leads that a link, which speaks of a file, calls with the file's id."""
    scripts = f"{given.get('href') or ''} {given.get('onclick') or ''}"[:LONGEST_CALL]
    call = _ID_CALL.search(scripts) if _EXTENSION.search(name) or _SPEAKS.search(name) else None
    return address_for(functions.find(call[1])[1], call[2], base) if call else None


def _stated(given: Given, address: str, name: str) -> Attachment | None:
    """The file that a link says to lead to: by its address, its name or its type."""
    stated = (
        is_file(address)
        or _EXTENSION.search(name)
        or (is_picture(address) and _NAMES_PICTURE.search(name))
        or _FILE_TYPE.match(given.get("type") or "")
    )
    return Attachment(address, name) if stated else None


def _is_deposit(address: str, base: Base) -> bool:
    """Whether an address is that of one thing on another host: files are left with others, pages linked there."""
    one, other = urlsplit(address), urlsplit(base.url)
    return one.hostname != other.hostname and not _PAGE.search(one.path) and bool(one.path)


def _is_page(address: str, base: Base) -> bool:
    one, other = urlsplit(address), urlsplit(base.url)
    return bool(_PAGE.search(one.path)) or not one.path or one.hostname != other.hostname


def _is_seen(link: LexborNode) -> bool:
    """Whether a reader of the page sees the link: it has words or a picture, and nothing hides it."""
    shown = text_of(link) or link.css_first("img, svg, input, [class*=icon]") is not None
    if link.tag == "a" and not shown and not _VIEWED.search(link.attributes.get("class") or ""):
        return False
    holders = [link, *_above(link, 3)]
    return not any(_HIDDEN.search((each.attributes.get("style") or "")[:500]) for each in holders)


def _framed(frame: LexborNode, given: Given, base: Base, own: bool) -> Iterator[Attachment]:
    names = ("value",) if frame.tag == "param" else (*_FRAME_ATTRIBUTES, *_data_names(given))
    for attribute in names:
        stated = given.get(attribute) or ""
        behind = stated.partition("#")[2]
        address = resolve(base, behind if _EXTENSION.search(behind.partition("?")[0]) else stated)
        if address is None:
            continue
        viewed = _viewed(address, base, framed=True)
        typed = _FILE_TYPE.match(given.get("type") or "")
        if viewed:
            yield viewed
        elif is_file(address) or typed:
            yield Attachment(address)
        elif own and frame.tag in {"iframe", "embed", "object"} and not _is_page(address, base):
            yield Attachment(address, tentative=True)


def _data_names(given: Given) -> Iterator[str]:
    """The names of data that hold an address, or what ends as the name of a file does."""
    for name, value in given.items():
        if name.startswith("data-") and (
            name in _DATA_ADDRESSES or _EXTENSION.search((value or "").partition("?")[0])
        ):
            yield name


def _viewed(viewer: str, base: Base, framed: bool = False) -> Attachment | None:
    """The file a viewer's address names: quoted once or twice, relative to viewer, article or the site's root."""
    if "?" not in viewer:
        return None
    parts = urlsplit(viewer)
    if not parts.query or not (framed or _VIEWER.search(parts.path)):
        return None
    for name, values in parse_qs(parts.query).items():
        if name.lower() in _VIEWER_NAMES and (packed := _unpacked(values[0])):
            return Attachment(packed)
        path = unquote(values[0]) if _PAGE.search(parts.path) else ""
        if name.lower() not in _VIEWER_NAMES or not ("/" in path or _EXTENSION.search(path)):
            continue
        if name.lower() != "file" and not (_EXTENSION.search(urlsplit(path).path) or _VIEWER.search(parts.path)):
            continue
        places = (resolve(Base(viewer), path), resolve(base, path), resolve(Base(urljoin(base.url, "/")), path))
        ways = list(dict.fromkeys(place for place in places if place))
        if ways:
            return Attachment(ways[0], others=tuple(ways[1:]))
    return None


def _unpacked(text: str) -> str | None:
    """The address that is base64 in a viewer's address."""
    if not _PACKED.fullmatch(text):
        return None
    try:
        address = base64.b64decode(text + "=" * (-len(text) % 4)).decode()
    except (binascii.Error, ValueError):
        return None
    return address if address.startswith(("http://", "https://")) and is_file(address) else None


def _scripted(script: str, base: Base, own: bool) -> Iterator[Attachment]:
    """What viewer and download calls of a script name, and the platform's own list of the article's files.

    Of a script in the article's own content every file it names.
    """
    named = dict.fromkeys(_QUOTED_FILE.findall(script)) if own else {}
    yield from (Attachment(address) for path in named if (address := resolve(base, path)) and is_file(address))
    paths = [(path, False) for path in _VIEWER_CALL.findall(script)]
    paths += [(path, True) for path in _VIEWER_OPTION.findall(script) if path.lower().endswith((".pdf", ".ofd"))]
    for path, _ in paths:
        address = resolve(base, path)
        if address and (viewed := _viewed(address, base)):
            yield viewed
        elif address:
            yield Attachment(address, tentative=not is_file(address))
    for quoted, plain in _DETAIL.findall(script):
        for file in _listed(f'"{quoted}"' if quoted else plain):
            if address := resolve(base, file.get("url")):
                yield Attachment(address, html.unescape(str(file.get("name") or "")))


def _listed(text: str) -> list[dict[str, Any]]:
    """The files of a JSON list, or of one that stands inside a JSON string."""
    try:
        files = json.loads(text)
        files = json.loads(files) if isinstance(files, str) else files
    except (ValueError, RecursionError):
        return []
    return [file for file in files if isinstance(file, dict) and isinstance(file.get("url"), str)]


def _link_name(link: LexborNode, given: Given) -> str:
    first = link.child
    bare = first is not None and first.is_text_node and first.next is None
    picture = None if bare else link.css_first("img[alt]")
    stated = (given.get("title"), given.get("download"), picture.attributes.get("alt") if picture else None)
    named = [name for each in (text_of(link), *stated) if each and (name := each.strip())]
    return next((name for name in named if _EXTENSION.search(name)), named[0] if named else "")


@lru_cache(maxsize=MOST_ADDRESSES)
def is_file(address: str) -> bool:
    """Whether an address is that of a file rather than a page, as far as it shows."""
    parts = urlsplit(address)
    values = [value for values in parse_qs(parts.query).values() for value in values] if parts.query else []
    return any(_EXTENSION.search(text) for text in (unquote(parts.path), *values)) or bool(
        _downloads().search(address)
    )


@cache
def _downloads() -> re.Pattern[str]:
    return re.compile("|".join(each for family in FAMILIES.values() for each in family.downloads), re.IGNORECASE)


def _belongs(node: LexborNode, own: bool, place: LexborNode | None) -> bool:
    """Whether a file that `node` leads to is the article's: in its content, an attachment block, or the page's."""
    if node.tag == "script":
        return True
    above = _above(node, CLIMB, place)
    marks = [f"{each.attributes.get('class') or ''} {each.id or ''}".lower()[:300] for each in (node, *above)]
    aside = any(each.tag in _CHROME_TAGS for each in above) or any(map(_CHROME.search, marks))
    if aside and not (node.tag == "a" and _NAMED_BLOCK.search(_lead(node))):
        return False
    if own:
        return True
    if _OTHER_WORDS.search(_lead(node)) or _OTHER_WORDS.search(text_of(node)[:LONGEST_LEAD]):
        return False
    if place is None or node.tag != "a":
        return True
    return any(map(_BLOCK.search, marks[:5])) or bool(_BLOCK_WORDS.search(_lead(node)))


def _lead(node: LexborNode) -> str:
    """The words before a link: in its own block, and in the heading before that."""
    holder: LexborNode | None = node
    parts: list[str] = []
    for _ in range(3):
        before = holder.prev if holder is not None else None
        for _ in range(6):
            text = "" if before is None else before.text_content or "" if before.is_text_node else text_of(before)
            if before is None or len(text) > LONGEST_LEAD:
                break
            parts.append(text)
            before = before.prev
        holder = holder.parent if holder is not None else None
        if any(part.strip() for part in parts) or holder is None or holder.tag in {"body", "html"}:
            break
    return " ".join(parts)


def _above(node: LexborNode, levels: int, place: LexborNode | None = None) -> list[LexborNode]:
    """What `node` lies in, the nearest first, no further up than `place`."""
    found: list[LexborNode] = []
    end = place.mem_id if place is not None else None
    parent = node.parent
    while (
        parent is not None and len(found) < levels and parent.tag not in {"body", "html"} and parent.mem_id != end
    ):
        found.append(parent)
        parent = parent.parent
    return found


def _link_above(node: LexborNode) -> str | None:
    parent = node.parent
    while parent is not None and parent.tag != "a":
        parent = parent.parent
    return parent.attributes.get("href") if parent is not None else None


def _clean(name: str) -> str:
    last = re.split(r"[\\/]", name)[-1]
    return re.sub(r"[\x00-\x1f\x7f]|\s+", " ", last).strip()
