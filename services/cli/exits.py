"""The exit codes: 0 is done."""

from typing import Final

FAILED: Final = 1
"""Something in the input failed; it is named on stderr."""
USAGE: Final = 2
"""A wrong call or setting."""
