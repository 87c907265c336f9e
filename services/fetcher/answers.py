"""What an answer is, beyond its status: a challenge, a block, a missing page, a file cut short."""

import html
import re
from functools import cache
from pathlib import Path
from typing import Final, Literal

import yaml
from pydantic import TypeAdapter
from selectolax.lexbor import LexborHTMLParser

from shared.charset import decode
from shared.errors import Blocked, Challenged, Corrupt, Gone, PortalUnavailable, Refused

Kind = Literal["challenge", "blocked", "gone", "maintenance"]
STUB_BYTES: Final = 32 * 1024
STUB_CHARACTERS: Final = 400
NOTHING: Final = 60
TAIL_BYTES: Final = 2048
_CHALLENGE_STATUSES: Final = frozenset({412, 512, 521})
_BLOCK_STATUSES: Final = frozenset({401, 403, 405, 406, 407, 418})
_LEFT_ALONE: Final = "the portal is left alone for some hours"
_REFRESH: Final = re.compile(r"url\s*=\s*['\"]?\s*([^'\"\s]{1,1000})", re.IGNORECASE)
_LOCATION: Final = re.compile(
    r"\blocation(?:\.href)?\s*=\s*['\"]([^'\"\s]{1,1000})['\"]"
    r"|\blocation\.(?:replace|assign)\(\s*['\"]([^'\"\s]{1,1000})['\"]"
)
_CONTENT: Final = re.compile(r"<(?:i?frame|embed|object|img|table)\b|showVsb", re.IGNORECASE)
_ZIP_ENDS: Final = (b"PK\x05\x06", b"PK\x06\x06")


@cache
def _phrases() -> dict[Kind, list[str]]:
    text = Path(__file__).with_name("answers.yaml").read_text(encoding="utf-8")
    return TypeAdapter(dict[Kind, list[str]]).validate_python(yaml.safe_load(text))


def check_status(status: int, data: bytes, url: str) -> None:
    """Raise what a status other than 200 means.

    Challenged, Blocked, Refused, Gone, or PortalUnavailable where the same request may go through later.
    """
    stub = decode(data[:STUB_BYTES])
    if (status in _CHALLENGE_STATUSES and (status == 412 or "<script" in stub)) or _says("challenge", stub):
        raise Challenged(f"{url} answers with a script challenge ({status}); {_LEFT_ALONE}.")
    if status in _BLOCK_STATUSES:
        raise Blocked(f"{url} is closed to gongkai ({status}); check pace and contact with the portal.")
    if status == 451:
        raise Refused(f"{url} may not be shown ({status}).")
    if status in {408, 425, 429} or status >= 500:
        raise PortalUnavailable(f"{url} answers {status}.")
    raise Gone(f"{url} is not there ({status}).")


def check_page(data: bytes, url: str) -> None:
    """Raise Challenged, Blocked or Gone when a page with status 200 is a small one that only says so."""
    if len(data) > STUB_BYTES or not is_markup(data):
        return
    source = decode(data)
    visible = _visible(source)
    if len(visible) > STUB_CHARACTERS:
        return
    if _says("challenge", source):
        raise Challenged(f"{url} answers with a script challenge; {_LEFT_ALONE}.")
    if _says("blocked", source):
        raise Blocked(f"{url} answers with a firewall's page.")
    if _says("gone", source):
        raise Gone(f"{url} says that it is not there, with status 200.")


def sent_on(data: bytes, url: str) -> str | None:
    """Where a page that shows nothing itself sends its reader on to, by a refresh or by a plain script.

    Raises Challenged for a script that sets a cookie first.
    """
    if len(data) > STUB_BYTES or not is_markup(data):
        return None
    source = decode(data)
    stated = _LOCATION.search(source) or _refresh(source)
    shows = _CONTENT.search(source) or len(_visible(source)) > NOTHING
    if stated is None or shows or _says("challenge", source):
        return None
    if "document.cookie" in source:
        raise Challenged(f"{url} answers with a script that sets a cookie; {_LEFT_ALONE}.")
    return html.unescape(next(each for each in stated.groups() if each)).strip()


def check_file(data: bytes, url: str) -> None:
    """Raise Corrupt for a small page where a file should be: a login, a captcha, a notice."""
    if len(data) <= STUB_BYTES and is_markup(data):
        source = decode(data)
        if "<table" not in source.lower() and len(_visible(source)) <= STUB_CHARACTERS:
            raise Corrupt(f"{url} answers with a page in place of the file.")


def _refresh(source: str) -> re.Match[str] | None:
    for node in LexborHTMLParser(source).css("meta[http-equiv][content]"):
        if (node.attributes.get("http-equiv") or "").strip().lower() == "refresh":
            return _REFRESH.search(node.attributes.get("content") or "")
    return None


def is_maintenance(source: str) -> bool:
    """Whether a page does no more than say that the site is under maintenance."""
    return len(source) <= STUB_BYTES and len(_visible(source)) <= STUB_CHARACTERS and _says("maintenance", source)


def check_complete(data: bytes, url: str) -> None:
    """Raise Corrupt when a PDF or a zip (docx, xlsx too) lacks the end its format has."""
    tail = data[-TAIL_BYTES:]
    if data.startswith(b"%PDF") and b"%%EOF" not in tail:
        raise Corrupt(f"{url} is cut short: a PDF without its end, {len(data)} bytes.")
    if data.startswith(b"PK\x03\x04") and not any(end in data[-66_000:] for end in _ZIP_ENDS):
        raise Corrupt(f"{url} is cut short: a zip without its directory, {len(data)} bytes.")


def is_markup(data: bytes) -> bool:
    return data[:512].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")


def _says(kind: Kind, text: str) -> bool:
    return any(phrase in text for phrase in _phrases()[kind])


def _visible(source: str) -> str:
    tree = LexborHTMLParser(source)
    for node in tree.css("script, style"):
        node.decompose()
    return re.sub(r"\s+", "", tree.root.text() if tree.root else "")
