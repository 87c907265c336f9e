"""Link → address: relative, with blanks or backslashes, or a literal inside a script call that is never run."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final
from urllib.parse import quote, unquote_to_bytes, urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from services.fetcher.sites.outline import Given

LONGEST: Final = 2000
LONGEST_TEXT: Final = 2000
DATA_ADDRESSES: Final = ("data-url", "data-href", "data-link")
_SESSION: Final = re.compile(r";jsessionid=[^/?#]*", re.IGNORECASE)
_LITERAL: Final = re.compile(r"""['"]([^'"\s]{1,1000})['"]""")
_BLOCK_COMMENT: Final = re.compile(r"/\*(?:[^*]|\*(?!/))*(?:\*/|\Z)")
_LINE_COMMENT: Final = re.compile(r"""(?<![:'"\\/])//[^\r\n]*""")  # not the // of an address
_INFO_CALL: Final = re.compile(
    r"javascript:\s{0,9}\w{1,99}\(\s{0,9}'?(\d{1,20})'?\s{0,9},\s{0,9}'?(\d{1,20})'?\s{0,9}\)", re.I
)
_UNSEEN: Final = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")
_UNRESERVED: Final = re.compile(r"%(2D|2E|5F|7E|3\d|[46][1-9A-F]|[57][0-9A])", re.IGNORECASE)
_STAMP_NAMES: Final = frozenset(
    [
        "t",
        "ts",
        "timestamp",
        "_",
        "_t",
        "rnd",
        "rand",
        "random",
        "nonce",
        "stamp",
        "token",
        "phpsessid",
        "jsessionid",
        "expires",
        "signature",
    ]
)
_STAMP: Final = re.compile(r"\d{8,17}|0?\.\d+|[0-9a-fA-F-]{8,64}|[\w%+/=-]{16,200}")
_ORIGIN: Final = re.compile(r"https?://[\w.-]{1,253}(?::\d{1,4})?(?=/)", re.ASCII | re.IGNORECASE)
_PATH: Final = re.compile(r"(?:/[\w~-][\w.~-]*)+/?", re.ASCII)
"""A path from the root, without a step up and without what would have to be quoted."""
_PORTS: Final = {"http": 80, "https": 443}


@dataclass(frozen=True)
class Base:
    """What links are relative to, and in which charset the page's bytes are: a query goes back in it."""

    url: str
    charset: str = "utf-8"

    @cached_property
    def origin(self) -> str | None:
        """Scheme and host where both are as they should be; what is on them needs no more than a path."""
        found = _ORIGIN.match(self.url)
        return found[0].lower() if found else None


def base_of(tree: LexborHTMLParser, url: str, charset: str = "utf-8") -> Base:
    """The page's own address, unless it states another."""
    stated = tree.css_first("base[href]")
    return Base((resolve(Base(url), stated.attributes.get("href")) or url) if stated else url, charset)


def resolve(base: Base, href: str | None) -> str | None:
    """`href` as a whole web address without fragment, session id and login; None when it is none."""
    text = (href or "").strip()
    if not text.isprintable():
        text = _CONTROL.sub("", text).strip()
    text = text.replace("\\", "/")
    if not text or text.startswith("#") or len(text) > LONGEST:
        return None
    if base.origin and _PATH.fullmatch(text):
        return base.origin + text
    try:
        address = urlsplit(urljoin(base.url, text))
        if address.scheme not in _PORTS or not address.hostname or (address.port or 1) < 0:
            return None
    except ValueError:
        return None
    query = _in_charset(address.query, base.charset)
    plain = address._replace(netloc=address.netloc.rpartition("@")[2], query=query, fragment="")
    return _SESSION.sub("", plain.geturl()).replace(" ", "%20")


def _in_charset(query: str, charset: str) -> str:
    """`query` with what is not ASCII in the page's charset, as browsers send it."""
    if query.isascii() or charset == "utf-8":
        return query
    return "".join(each if each.isascii() else quote(each.encode(charset, "replace")) for each in query)


def canonical(url: str) -> str:
    """One spelling for the address of one thing.

    What differs only in the case of the host, in a default port, in //, /./ or needless percent signs, or in a
    stamp made anew with each page, is the same.
    """
    address = urlsplit(url)
    host = address.hostname or ""
    host = f"[{host}]" if ":" in host else host
    port = f":{address.port}" if address.port and address.port != _PORTS.get(address.scheme) else ""
    path = _plain_path(address.path)
    pairs = [part for part in address.query.split("&") if part and not _is_stamp(part)]
    return address._replace(netloc=host + port, path=path, query="&".join(pairs), fragment="").geturl()


def _plain_path(path: str) -> str:
    plain = _UNRESERVED.sub(lambda code: unquote_to_bytes(code[0]).decode("ascii"), path)
    plain = re.sub(r"/{2,}", "/", plain)
    kept: list[str] = []
    for part in plain.split("/"):
        if part == ".." and len(kept) > 1:
            kept.pop()
        elif part not in {".", ".."}:
            kept.append(part)
    return "/".join(kept) + ("/" if plain.endswith(("/.", "/..")) else "")


def _is_stamp(pair: str) -> bool:
    name, _, value = pair.partition("=")
    return name.lower() in _STAMP_NAMES and bool(_STAMP.fullmatch(value))


def address_of(given: Given, base: Base) -> str | None:
    """Where a link leads: its href, the literal address in its script call, or the one it bears as data."""
    href = (given.get("href") or "").strip()
    if href and not href.lower().startswith("javascript:") and not href.startswith("#"):
        return resolve(base, href)
    if call := _INFO_CALL.match(href):
        return resolve(base, f"/info/{call[1]}/{call[2]}.htm")
    for script in (href, given.get("onclick") or ""):
        if literal := literal_address(script):
            return resolve(base, literal)
    stated = next((value for name in DATA_ADDRESSES if (value := given.get(name))), None)
    return resolve(base, stated)


def literal_address(script: str) -> str | None:
    """The first address that stands whole in a script call."""
    for literal in _LITERAL.findall(script[:LONGEST]):
        if "/" in literal or re.search(r"\.\w{2,5}(?:\?[^'\"]*)?$", literal):
            return str(literal)
    return None


def without_comments(script: str) -> str:
    """A script's text without what is commented out in it."""
    return _LINE_COMMENT.sub("", _BLOCK_COMMENT.sub(" ", script))


def text_of(node: LexborNode) -> str:
    """The visible text of `node`, blanks collapsed, characters that are not shown left out."""
    return plain_text(node.text())


def plain_text(text: str) -> str:
    """`text` with blanks collapsed and control characters left out."""
    return " ".join((text if text.isprintable() else _UNSEEN.sub("", text)).split())


def shown(text: str) -> str:
    """`text` as it may be written to a terminal or a log: control characters as their codes."""
    return _UNSEEN.sub(lambda sign: f"\\x{ord(sign[0]):02x}", text)


def short_text(node: LexborNode) -> str:
    """The text of `node` where it is short; nothing of one that holds much."""
    first = node.child
    if first is not None and first.is_text_node and first.next is None:
        text = first.text_content or ""
        return plain_text(text) if len(text) <= LONGEST_TEXT else ""
    parts: list[str] = []
    for count, text in enumerate(_texts(node)):
        parts.append(text)
        if count > 20 or sum(map(len, parts)) > LONGEST_TEXT:
            return ""
    return plain_text("".join(parts))


def _texts(node: LexborNode) -> Iterator[str]:
    for each in node.traverse(include_text=True):
        if each.is_text_node:
            yield each.text_content or ""
