"""Text of others on a terminal: shown, never obeyed, and on one line."""


def printable(text: str) -> str:
    """`text` on one line; what would move the cursor, colour the screen or hide itself is written out."""
    return "".join(each if each.isprintable() else _written(each) for each in " ".join(text.split()))


def _written(character: str) -> str:
    return character.encode("unicode_escape").decode()
