"""What a page's scripts would ask for when given the number of a page; they are read, never run."""

import base64
import binascii
import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import unquote_plus

from services.fetcher.sites.contract import Page
from services.fetcher.sites.links import Base, resolve

LONGEST_DECODED: Final = 20_000
LONGEST_CALL: Final = 500
MOST_FUNCTIONS: Final = 200
MOST_DECODED: Final = 20
LONGEST_SCRIPTS: Final = 1_000_000
_VARIABLE: Final = (
    r"\(?\s{0,3}(?:parseInt\(|Number\()?\s{0,3}(?P<name>\$?\(?[\w.]{1,40}\)?(?:\.\w{1,20}\([^()]{0,40}\))?)\)?\s{0,3}"
    r"(?P<shift>[+-]\s{0,3}\d)?\s{0,3}\)?"
)
_JOINED: Final = re.compile(
    rf"['\"](?P<before>[^'\"\n]{{1,500}})['\"]\s{{0,5}}\+\s{{0,5}}{_VARIABLE}"
    r"(?:\s{0,5}\+\s{0,5}['\"](?P<after>[^'\"\n]{0,200})['\"])?"
)
_FILLED: Final = re.compile(
    r"`(?P<before>[^`$\n]{0,500})\$\{\s{0,3}(?P<name>[\w.]{1,40})\s{0,3}(?P<shift>[+-]\s{0,3}\d)?\s{0,3}\}(?P<after>[^`$\n]{0,200})`"
)
_SENT: Final = re.compile(
    r"(?:location(?:\.href)?\s{0,5}=|location\.(?:assign|replace)\(|open\(|\b(?:url|href|link)\s{0,5}[=:]|href['\"]\s{0,5},|\breturn)\s{0,5}$"
)
_PAGE_NAME: Final = re.compile(
    r"(?:^|\.|\b)(?:cur\w*|page\w*|p|n|num\w*|no|i|index)\)?$|\.(?:data|attr|val)\(", re.IGNORECASE
)
_ADDRESS: Final = re.compile(r"^(?:https?:/)?[./?]|[/?=&_-]$|\.\w{2,5}\?")
_PLACEHOLDER: Final = re.compile(
    r"['\"]([^'\"\s]{1,300}(?:\{(?:page|p|n|0|num|pageNo|pageno)\}|%d|\[page\]|__PAGE__)[^'\"\s]{0,100})['\"]"
)
_FIELD: Final = re.compile(
    r"(?:\.|\[['\"]|#|getElementById\(['\"]|name=['\"]?)([A-Za-z_][\w]{0,40})['\"\])]{0,4}\.(?:value\s{0,3}=|val\()\s{0,3}['\"]?([\w]{1,40})"
)
_CALL: Final = re.compile(r"(?:javascript:)?\s{0,5}(?:return\s{1,5})?([\w$]{1,60})\(([^()]{1,200})\)")
_ARGUMENT: Final = re.compile(r"['\"]([^'\"]{0,200})['\"]|([\w.-]{1,60})")
_PART: Final = re.compile(r"['\"]([^'\"\n]{0,300})['\"]|([\w$.]{1,40})")
_SUM: Final = re.compile(rf"(?:{_PART.pattern})(?:\s{{0,5}}\+\s{{0,5}}(?:{_PART.pattern})){{1,9}}")
"""Texts and names joined by +."""
_DECODED: Final = re.compile(
    r"(?:atob|unescape|decodeURIComponent|decodeURI|write|writeln)\(\s{0,5}(?:atob\(\s{0,5})?(['\"])((?:(?!\1)[^\n]){20,20000}?)\1"
)
_BASE64: Final = re.compile(r"[A-Za-z0-9+/\s]{40,20000}={0,2}\s*")


def address_for(script: str, number: int | str, base: Base) -> str | None:
    """The address that `script`, a function or a handler, makes of a page's number, or of a file's id."""
    found = [*_FILLED.finditer(script), *_JOINED.finditer(script)]
    sent = [each for each in found if _SENT.search(script[max(0, each.start() - 40) : each.start()])]
    for each in sent or found:
        if _ADDRESS.search(each["before"]) and "<" not in each["before"]:
            return _filled(each, number, base)
    return None


class Functions:
    """The functions of a page's scripts by name, each looked for once and MOST_FUNCTIONS of them at most."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._found: dict[str, tuple[list[str], str]] = {}

    def find(self, name: str) -> tuple[list[str], str]:
        """What the function `name` calls that which it is given, and its text; both empty where there is none."""
        if name not in self._found and len(self._found) < MOST_FUNCTIONS:
            self._found[name] = _function(self._page.scripts[:LONGEST_SCRIPTS], name)
        return self._found.get(name, ([], ""))


def address_called(functions: Functions, call: str, base: Base) -> str | None:
    """Where a call of a page's own function leads: the address that the function joins of what it is given."""
    called = _CALL.search(call[:LONGEST_CALL])
    if called is None:
        return None
    names, body = functions.find(called[1])
    values = dict(zip(names, (each or other for each, other in _ARGUMENT.findall(called[2])), strict=False))
    for joined in _SUM.finditer(body):
        parts = _PART.findall(joined[0])
        sent = _SENT.search(body[max(0, joined.start() - 40) : joined.start()])
        if sent and all(not name or name in values for _, name in parts):
            return resolve(base, "".join(values[name] if name else text for text, name in parts))
    return None


def addresses_for(scripts: str, number: int, base: Base) -> Iterator[str]:
    """Where scripts that speak of pages go with a page's number, on their own or when a pager calls them back."""
    for found in list(_PLACEHOLDER.finditer(scripts[:LONGEST_SCRIPTS]))[:5]:
        name = re.sub(r"\{\w+\}|%d|\[page\]|__PAGE__", str(number), found[1], count=1)
        if address := resolve(base, name):
            yield address
    for pattern in (_FILLED, _JOINED):
        for each in list(pattern.finditer(scripts[:LONGEST_SCRIPTS]))[:50]:
            sent = _SENT.search(scripts[max(0, each.start() - 40) : each.start()])
            paged = sent and _PAGE_NAME.search(each["name"]) and "<" not in each["before"]
            if paged and (address := _filled(each, number, base)):
                yield address


def _filled(found: re.Match[str], number: int | str, base: Base) -> str | None:
    if isinstance(number, str):
        return resolve(base, f"{found['before']}{number}{found['after'] or ''}")
    shift = int(re.sub(r"\s", "", found["shift"])) if found["shift"] else 0
    return resolve(base, f"{found['before']}{number + shift}{found['after'] or ''}")


def fields_for(script: str, number: str | None = None) -> dict[str, str]:
    """The fields of a form that `script` fills and sends: with a number it states, else with `number` if given."""
    if not re.search(r"submit\(", script):
        return {}
    filled = ((name, value if value.isdigit() else number) for name, value in _FIELD.findall(script))
    return {name: value for name, value in filled if value is not None}


def _function(scripts: str, name: str) -> tuple[list[str], str]:
    """As Functions.find; the text as far as it is near the function's head."""
    word = re.escape(name)
    head = re.search(
        rf"(?:function\s{{1,5}}{word}|\b{word}\s{{0,5}}[=:]\s{{0,5}}function)\s{{0,5}}\(([\w$,\s]{{0,200}})\)?"
        rf"|\b{word}\s{{0,5}}=\s{{0,5}}\(?([\w$,\s]{{0,200}})\)?\s{{0,5}}=>",
        scripts,
    )
    if head is None:
        return [], ""
    body = scripts[head.end() : head.end() + 1500]
    following = re.search(r"\bfunction\s{1,5}\w", body)
    names = [each.strip() for each in (head[1] or head[2] or "").split(",")]
    return names, body[: following.start()] if following else body


def unpacked(page: Page) -> Iterator[str]:
    """Markup that scripts of the page unpack: base64, percent codes, what document.write gives."""
    packed = [found[2] for found in _DECODED.finditer(page.scripts[:LONGEST_SCRIPTS])]
    packed += [
        text
        for box in page.tree.css("[class*=page], [id*=page], [class*=Page], [id*=Page]")[:50]
        if _BASE64.fullmatch(text := box.text()[:LONGEST_DECODED])
    ]
    for text in packed[:MOST_DECODED]:
        markup = _decoded(text)
        if "<" in markup:
            yield markup[:LONGEST_DECODED]


def _decoded(text: str) -> str:
    if _BASE64.fullmatch(text):
        try:
            text = base64.b64decode(text, validate=False).decode("utf-8", "replace")
        except (binascii.Error, ValueError):
            return ""
    codes = re.sub(r"%u([0-9a-fA-F]{4})", lambda code: chr(int(code[1], 16)), text)
    return unquote_plus(codes).replace('\\"', '"').replace("\\'", "'").replace("\\/", "/")
