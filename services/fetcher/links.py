"""Link → address: relative, with blanks or backslashes, or a literal inside a script call that is never run."""

import re
from typing import Final
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

LONGEST: Final = 2000
_SESSION: Final = re.compile(r";jsessionid=[^/?#]*", re.IGNORECASE)
_LITERAL: Final = re.compile(r"""['"]([^'"\s]{1,1000})['"]""")
_BLOCK_COMMENT: Final = re.compile(r"/\*(?:[^*]|\*(?!/))*(?:\*/|\Z)")
_LINE_COMMENT: Final = re.compile(r"""(?<![:'"\\/])//[^\r\n]*""")  # not the // of an address
_INFO_CALL: Final = re.compile(r"javascript:\s*\w+\(\s*'?(\d+)'?\s*,\s*'?(\d+)'?\s*\)", re.IGNORECASE)


def base_of(tree: LexborHTMLParser, url: str) -> str:
    """What the page's links are relative to: its own address, unless it states another."""
    stated = tree.css_first("base[href]")
    return resolve(url, stated.attributes.get("href")) or url if stated else url


def resolve(base: str, href: str | None) -> str | None:
    """`href` as a whole web address without fragment and session id; None when it is none."""
    text = re.sub(r"[\t\r\n]", "", (href or "").strip()).replace("\\", "/").strip()
    if not text or text.startswith("#") or len(text) > LONGEST:
        return None
    try:
        address = urlsplit(urljoin(base, text))
        if address.scheme not in {"http", "https"} or not address.hostname:
            return None
    except ValueError:
        return None
    return _SESSION.sub("", address._replace(fragment="").geturl()).replace(" ", "%20")


def address_of(link: LexborNode, base: str) -> str | None:
    """Where `link` leads: its href, or the literal address in its script call."""
    href = (link.attributes.get("href") or "").strip()
    if href and not href.lower().startswith("javascript:") and not href.startswith("#"):
        return resolve(base, href)
    if call := _INFO_CALL.match(href):
        return resolve(base, f"/info/{call[1]}/{call[2]}.htm")
    for script in (href, link.attributes.get("onclick") or ""):
        for literal in _LITERAL.findall(script[:LONGEST]):
            if "/" in literal or re.search(r"\.\w{2,5}$", literal):
                return resolve(base, literal)
    return None


def without_comments(script: str) -> str:
    """A script's text without what is commented out in it."""
    return _LINE_COMMENT.sub("", _BLOCK_COMMENT.sub(" ", script))


def text_of(node: LexborNode) -> str:
    """The visible text of `node`, blanks collapsed."""
    return re.sub(r"\s+", " ", node.text()).strip()
