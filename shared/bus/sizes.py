"""How large a message may be: the same on every bus, so that what goes on one goes on another."""

import hashlib
from collections.abc import Iterable
from typing import Final

from shared.bus.contract import Message
from shared.errors import TooLarge

MESSAGE_BYTES: Final = 1_000_000
"""Of key, value and headers together; a Kafka broker's `max.message.bytes` is 1,048,588 unless set."""
_BRIEF_CHARACTERS: Final = 128


def brief(text: str) -> str:
    """`text` where there is little room: a key or header longer than any of ours by its start, length and hash."""
    if len(text) <= 2 * _BRIEF_CHARACTERS:
        return text
    data = text.encode(errors="replace")
    return f"{text[:_BRIEF_CHARACTERS]}… ({len(data)} bytes, sha256 {hashlib.sha256(data).hexdigest()})"


def _surely_fits(message: Message) -> bool:
    """By the number of characters, of which none takes more than four bytes: nearly all messages."""
    characters = len(message.key) + sum(map(len, message.headers)) + sum(map(len, message.headers.values()))
    return 4 * characters + len(message.value or b"") <= MESSAGE_BYTES


def check_sizes(messages: Iterable[Message]) -> None:
    """Raises TooLarge for a message that goes on no bus."""
    for message in messages:
        if _surely_fits(message):
            continue
        size = len(message.key.encode()) + len(message.value or b"")
        size += sum(len(name.encode()) + len(value.encode()) for name, value in message.headers.items())
        if size > MESSAGE_BYTES:
            raise TooLarge(
                f"A message of {message.topic} with the key {brief(message.key)!r} has {size} bytes; "
                f"at most {MESSAGE_BYTES} go on the bus."
            )
