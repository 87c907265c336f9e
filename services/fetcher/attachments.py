"""The files of an article, in page order: links, embedded viewers, script calls; and what to call them."""

import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import parse_qs, unquote, unquote_to_bytes, urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from services.fetcher.links import address_of, resolve, text_of
from shared.charset import decode
from shared.pictures import is_ornament, is_picture

MOST_FILES: Final = 200
_EXTENSION: Final = re.compile(
    r"\.(?:pdf|docx?|xlsx?|pptx?|wps|et|ofd|rtf|od[st]|csv|txt|zip|rar|7z)$", re.IGNORECASE
)
_DOWNLOAD: Final = re.compile(
    r"downfile\.|download\.\w+\?|DownloadAttach|virtual_attach_file|/attachment/\d|filedown|attachdown|downloadfile",
    re.IGNORECASE,
)
_NAMES_PICTURE: Final = re.compile(
    r"预算|决算|绩效|公开|附件|附表|说明|报表|\.(?:png|jpe?g|gif|bmp|tiff?)$", re.IGNORECASE
)
_PICTURE_SOURCES: Final = ("data-original", "data-src", "src")
_CHROME: Final = frozenset(
    {"header", "footer", "foot", "nav", "menu", "sidebar", "copyright", "related", "breadcrumb"}
)
_CHROME_TAGS: Final = frozenset({"nav", "header", "footer", "aside"})
_VIEWER: Final = re.compile(r"\.html?\?(?:[^#]*&)?file=.", re.IGNORECASE)
_VIEWER_CALL: Final = re.compile(r"showVsb\w*\(\s*['\"]([^'\"\s]{1,1000})['\"]")
_LITERAL: Final = re.compile(r"['\"]([^'\"\s]{3,1000})['\"]")
_DETAIL: Final = re.compile(r'"attachment"\s*:\s*(?:"(\[(?:[^"\\]|\\.)*\])"|(\[[^\]]*\]))')
_FRAME_ATTRIBUTES: Final = ("src", "data", "data-pdf", "data-src", "data-url")
_GENERIC: Final = re.compile(
    r"(?:附件|下载|点击|查看|此处|这里|文件|详情|浏览|打开|[\d一二三四五六七八九十:：、.\s\[\]【】（）()])*"
)


@dataclass(frozen=True)
class Attachment:
    """A file an article leads to; `name` as the page calls it, may be empty; `others` are further addresses."""

    url: str
    name: str = ""
    others: tuple[str, ...] = ()


def read_attachments(tree: LexborHTMLParser, base: str) -> tuple[Attachment, ...]:
    """The files of the page at `base`, each address once, the links of headers, menus and footers left out."""
    found: dict[str, Attachment] = {}
    if tree.body is None:
        return ()
    for node in tree.body.traverse():
        for file in _files_of(node, base):
            known = found.get(file.url)
            if known is None and (len(found) >= MOST_FILES or _in_chrome(node)):
                continue
            found[file.url] = file if known is None or not known.name else known
    return tuple(found.values())


def read_pictures(content: LexborNode, base: str) -> tuple[Attachment, ...]:
    """The pictures that `content` shows, icons and the like left out: what a scanned disclosure consists of."""
    found: dict[str, Attachment] = {}
    for picture in content.css("img"):
        sources = (resolve(base, picture.attributes.get(name)) for name in _PICTURE_SOURCES)
        address = next((source for source in sources if source), None)
        if address and len(found) < MOST_FILES and not is_ornament(picture.attributes, _link_above(picture)):
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


def _files_of(node: LexborNode, base: str) -> Iterator[Attachment]:
    if node.tag == "a":
        address = address_of(node, base)
        name = _link_name(node)
        if address and _VIEWER.search(address):
            for file in _viewed(address, base):
                yield replace(file, name=name)
            return
        pictured = address and is_picture(address) and _NAMES_PICTURE.search(name)
        if address and (is_file(address) or _EXTENSION.search(name) or pictured):
            yield Attachment(address, name)
    elif node.tag == "script":
        yield from _scripted(node.text(), base)
    elif node.tag in {"iframe", "frame", "embed", "object"} or "data-pdf" in node.attributes:
        yield from _framed(node, base)


def _framed(frame: LexborNode, base: str) -> Iterator[Attachment]:
    for attribute in _FRAME_ATTRIBUTES:
        address = resolve(base, frame.attributes.get(attribute))
        if address is None:
            continue
        yield from _viewed(address, base)
        if is_file(address) and "file=" not in urlsplit(address).query:
            yield Attachment(address)


def _viewed(viewer: str, base: str) -> Iterator[Attachment]:
    """The file a viewer's address names: quoted once or twice, relative to viewer, article or the site's root."""
    for value in parse_qs(urlsplit(viewer).query).get("file", []):
        path = unquote(value)
        places = (resolve(viewer, path), resolve(base, path), resolve(urljoin(base, "/"), path))
        ways = list(dict.fromkeys(place for place in places if place))
        if ways:
            yield Attachment(ways[0], others=tuple(ways[1:]))


def _scripted(script: str, base: str) -> Iterator[Attachment]:
    literals = _LITERAL.findall(script)
    files = [text for text in literals if "/" in text and text.lower().endswith((".pdf", ".ofd"))]
    for path in (*_VIEWER_CALL.findall(script), *files):
        address = resolve(base, path)
        if address and _VIEWER.search(address):
            yield from _viewed(address, base)
        elif address:
            yield Attachment(address)
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


def _link_name(link: LexborNode) -> str:
    picture = link.css_first("img[alt]")
    names = (
        text_of(link),
        link.attributes.get("title") or "",
        link.attributes.get("download") or "",
        (picture.attributes.get("alt") or "") if picture else "",
    )
    named = [name.strip() for name in names if name.strip()]
    return next((name for name in named if _EXTENSION.search(name)), named[0] if named else "")


def is_file(address: str) -> bool:
    """Whether an address is that of a file rather than a page, as far as it shows."""
    parts = urlsplit(address)
    values = [value for values in parse_qs(parts.query).values() for value in values]
    return any(_EXTENSION.search(text) for text in (unquote(parts.path), *values)) or bool(
        _DOWNLOAD.search(address)
    )


def _link_above(node: LexborNode) -> str | None:
    parent = node.parent
    while parent is not None and parent.tag != "a":
        parent = parent.parent
    return parent.attributes.get("href") if parent is not None else None


def _in_chrome(node: LexborNode) -> bool:
    place: LexborNode | None = node
    while place is not None and place.tag not in {"body", "html"}:
        marks = f"{place.attributes.get('class') or ''} {place.id or ''}".lower().split()
        if place.tag in _CHROME_TAGS or not _CHROME.isdisjoint(marks):
            return True
        place = place.parent
    return False


def _clean(name: str) -> str:
    last = re.split(r"[\\/]", name)[-1]
    return re.sub(r"[\x00-\x1f\x7f]|\s+", " ", last).strip()
