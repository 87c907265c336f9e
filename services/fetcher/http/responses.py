"""What an answer is, beyond its status: a challenge, a block, a missing page, a file cut short."""

import html
import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final, Literal
from urllib.parse import urlsplit

import yaml
from pydantic import TypeAdapter
from selectolax.lexbor import LexborHTMLParser

from shared.charset import decode
from shared.errors import Blocked, Challenged, Corrupt, Gone, NotShown, PortalUnavailable, Refused

Kind = Literal["challenge", "blocked", "gone", "faulty", "maintenance", "login"]
STUB_BYTES: Final = 32 * 1024
MOST_BYTES: Final = 2 * 1024 * 1024
STUB_CHARACTERS: Final = 400
CHALLENGE_CHARACTERS: Final = 150
NOTHING: Final = 60
TAIL_BYTES: Final = 2048
_CHALLENGE_STATUSES: Final = frozenset({202, 412, 468, 493, 512, 521, 566, 567})
_BLOCK_STATUSES: Final = frozenset({401, 403, 406, 407, 418})
_PASSWORD: Final = re.compile(r"<input\b[^<>]{0,300}type\s{0,5}=\s{0,5}['\"]?password", re.IGNORECASE)
_BINARY: Final = re.compile(r"\.(?:pdf|ofd|docx|xlsx|pptx|zip|rar|7z)$", re.IGNORECASE)
_HIDDEN: Final = re.compile(r"<(script|style|noscript)\b", re.IGNORECASE)
_LEFT_ALONE: Final = "the portal is left alone for some hours"
_REFRESH: Final = re.compile(r"url\s{0,9}=\s{0,9}['\"]?\s{0,9}([^'\"\s]{1,1000})", re.IGNORECASE)
_LOCATION: Final = re.compile(
    r"\blocation(?:\.href)?\s{0,9}=\s{0,9}['\"]([^'\"\s]{1,1000})['\"]"
    r"|\blocation\.(?:replace|assign)\(\s{0,9}['\"]([^'\"\s]{1,1000})['\"]"
)
_CONTENT: Final = re.compile(r"<(?:i?frame|embed|object|img|table)\b|showVsb", re.IGNORECASE)
_OFFERS: Final = re.compile(
    r"href\s{0,5}=\s{0,5}['\"]?[^'\"<>\s]{1,500}\.(?:pdf|docx?|xlsx?|wps|et|ofd|zip|rar)\b", re.IGNORECASE
)
_DAY: Final = re.compile(r"20\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}")
FEWEST_ROWS: Final = 3
_SETS_OFF: Final = re.compile(
    r"document\.cookie\s{0,5}=(?!=)|document\[_0x|\b_0x[0-9a-f]{3,8}\b|\b_\$[A-Za-z]{2}\b|eval\(function\(p,a,c,k,e"
)
_LINKED: Final = re.compile(r"<a\b", re.IGNORECASE)
_ZIP_ENDS: Final = (b"PK\x05\x06", b"PK\x06\x06")


@cache
def _phrases() -> dict[Kind, tuple[re.Pattern[str], list[str]]]:
    """Of each kind its Chinese phrases as one pattern, and the others.

    Markup has few signs that a Chinese phrase begins with; one that begins with a letter is looked for by itself.
    """
    text = Path(__file__).with_name("responses.yaml").read_text(encoding="utf-8")
    phrases = TypeAdapter(dict[Kind, list[str]]).validate_python(yaml.safe_load(text))
    chinese = {
        kind: [re.escape(phrase) for phrase in each if not phrase[0].isascii()] for kind, each in phrases.items()
    }
    return {
        kind: (re.compile("|".join(chinese[kind]) or "(?!)"), [phrase for phrase in each if phrase[0].isascii()])
        for kind, each in phrases.items()
    }


class Faulty(PortalUnavailable):
    """The server is there, and answers this one request with an error that may pass."""


def meant_status(status: int, headers: Mapping[str, str], size: int) -> int:
    """200 for an answer that is as good: 203, and 206 with the whole of what is there."""
    whole = re.fullmatch(r"bytes 0-(\d{1,15})/(\d{1,15}|\*)", headers.get("content-range", "bytes 0-0/*").strip())
    if status == 203 or (status == 206 and whole and whole[2] in {"*", str(size)}):
        return 200
    return status


def check_status(status: int, data: bytes, url: str) -> None:
    """Raise what a status other than 200 means.

    Challenged, Blocked, Refused, Gone, or Faulty where the same request may go through later.
    """
    source = decode(data[:MOST_BYTES])
    if (status in _CHALLENGE_STATUSES and (status == 412 or "<script" in source)) or _challenges(source):
        raise Challenged(f"{url} answers with a script challenge ({status}); {_LEFT_ALONE}.")
    if status in _BLOCK_STATUSES or _says("blocked", source[:STUB_BYTES]):
        raise Blocked(f"{url} is closed to gongkai ({status}), check pace and contact with the portal.")
    if status == 451:
        raise Refused(f"{url} may not be shown ({status}).")
    if status in {404, 410}:
        raise Gone(f"{url} is not there ({status}).")
    if status == 405:
        raise Gone(f"{url} takes no such request ({status}), a list that is asked for by POST is told by `post`.")
    raise Faulty(f"{url} answers {status}.")


def check_page(data: bytes, url: str) -> None:
    """Raise Challenged, Blocked, Gone or Faulty when a page with status 200 only says so."""
    if not is_markup(data):
        return
    source = decode(data[:MOST_BYTES])
    if _challenges(source):
        raise Challenged(f"{url} answers with a script challenge; {_LEFT_ALONE}.")
    said = (
        [kind for kind in ("blocked", "gone", "faulty") if _says(kind, source)] if len(data) <= STUB_BYTES else []
    )
    if not said or len(_visible(source)) > STUB_CHARACTERS or _offers(source):
        return
    if said[0] == "blocked":
        raise Blocked(f"{url} answers with a firewall's page.")
    if said[0] == "gone":
        raise Gone(f"{url} says that it is not there, with status 200.")
    raise Faulty(f"{url} answers with an error's page, with status 200.")


def _challenges(source: str) -> bool:
    """Whether a page holds little but what a browser is to pass: by its words, or by scripts without any."""
    said = _says("challenge", source)
    if not said and (len(source) > STUB_BYTES or _LINKED.search(source) or not _SETS_OFF.search(source)):
        return False
    most = CHALLENGE_CHARACTERS if said else NOTHING
    return len(_visible(source)) <= most and not _offers(source) and bool(said or not _CONTENT.search(source))


def _offers(source: str) -> bool:
    """Whether a page has something to give: links to files, or the dates of rows."""
    return bool(_OFFERS.search(source)) or len(_DAY.findall(source)) >= FEWEST_ROWS


def sent_on(data: bytes) -> str | None:
    """Where a page that shows nothing itself sends its reader on to, by a refresh or by a plain script."""
    if len(data) > STUB_BYTES or not is_markup(data):
        return None
    source = decode(data)
    stated = (_LOCATION.search(source) if "location" in source else None) or _refresh(source)
    if stated is None or _CONTENT.search(source) or len(_visible(source)) > NOTHING or _challenges(source):
        return None
    return html.unescape(next(each for each in stated.groups() if each)).strip()


def check_file(data: bytes, url: str) -> None:
    """Raise Corrupt for a page where a file should be: a login, a captcha, a notice.

    A table in markup is a file where its address does not promise another format: many .doc and .xls are such.
    """
    if _is_message(data) and not url.endswith(".json"):
        raise Corrupt(f"{url} answers with a message in place of the file.")
    if not is_markup(data):
        return
    source = decode(data[:MOST_BYTES])
    words = _visible(source)
    table = "<table" in source.lower()
    if (
        _PASSWORD.search(source)
        or _BINARY.search(urlsplit(url).path)
        or (_says("login", words) and not table)
        or (not table and len(words) <= STUB_CHARACTERS)
    ):
        raise Corrupt(f"{url} answers with a page in place of the file.")


def check_shown(data: bytes, title: str, url: str) -> None:
    """Raise NotShown for a message in JSON in place of the page of `title`."""
    if _is_message(data) and title not in decode(data):
        raise NotShown(f"{url} answers with a message in place of {title}.")


def _is_message(data: bytes) -> bool:
    """Whether data is an object in JSON, as programs answer when something is wrong, with status 200 too."""
    if len(data) > STUB_BYTES or not data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return False
    try:
        return isinstance(json.loads(decode(data)), dict)
    except (ValueError, RecursionError):
        return False


def _refresh(source: str) -> re.Match[str] | None:
    if "refresh" not in source.lower():
        return None
    for node in LexborHTMLParser(source).css("meta[http-equiv][content]"):
        if (node.attributes.get("http-equiv") or "").strip().lower() == "refresh":
            return _REFRESH.search(node.attributes.get("content") or "")
    return None


def is_maintenance(source: str) -> bool:
    """Whether a page does no more than say that the site is under maintenance."""
    return len(source) <= STUB_BYTES and _says("maintenance", source) and len(_visible(source)) <= STUB_CHARACTERS


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
    chinese, others = _phrases()[kind]
    return chinese.search(text) is not None or any(phrase in text for phrase in others)


def _visible(source: str) -> str:
    """What a page shows, without blanks; in one pass, whatever is left open."""
    parts: list[str] = []
    place = 0
    while (start := source.find("<", place)) >= 0:
        parts.append(source[place:start])
        hidden = _HIDDEN.match(source, start)
        end = "-->" if source.startswith("<!--", start) else f"</{hidden[1].lower()}" if hidden else ">"
        closing = _find(source, end, start)
        if closing < 0:
            place = len(source)
            break
        place = closing + 1 if end == ">" else closing + len(end)
    parts.append(source[place:])
    return re.sub(r"\s+", "", html.unescape("".join(parts)))


def _find(source: str, end: str, start: int) -> int:
    found = source.find(end, start)
    return found if found >= 0 or not end.startswith("</") else source.find(end.upper(), start)
