"""Web pages saved with their parts as a mail is (MHTML, RFC 2557), by browsers and by Word as .doc."""

import email
from email.message import Message
from email.policy import compat32

from services.parser.html import reader as html
from services.parser.reading import Limits, Reading
from shared.errors import Corrupt


def read(data: bytes, limits: Limits) -> Reading:
    """The blocks of the page that the file opens with. Raises Corrupt where it has none, TooLarge."""
    message = email.message_from_bytes(data.lstrip(), policy=compat32)
    pages = [part for part in message.walk() if part.get_content_type() == "text/html"]
    if not pages:
        raise Corrupt("The saved page has no part that is a page.")
    start = message.get_param("start")
    page = next((part for part in pages if start and part.get("Content-ID") == start), pages[0])
    return html.read(_content(page), limits)


def _content(page: Message) -> bytes:
    """The page as UTF-8, where it says in which charset it is; its own declaration of a charset is older."""
    content = page.get_payload(decode=True)
    if not isinstance(content, bytes):
        raise Corrupt("The saved page cannot be decoded.")
    charset = page.get_content_charset()
    try:
        return content.decode(charset).encode() if charset else content
    except (LookupError, ValueError):
        return content
