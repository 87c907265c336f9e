"""How the characters of an Office document are set, as far as it tells what of them is shown."""

from typing import Final, NamedTuple


class Look(NamedTuple):
    """How a style or a run sets its text."""

    hidden: bool = False
    """Not shown, struck out, or white on white."""
    raised: bool = False
    """Above the line, as the mark of a note."""


PLAIN: Final = Look()
