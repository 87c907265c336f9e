"""The real parts tests run against: what is missing is skipped with its reason, and under CI it is a failure."""

import os
from typing import NoReturn

import pytest


def missing(part: str, why: str) -> NoReturn:
    """Skip the test because `part` cannot be had here; fail it when CI is set."""
    reason = f"{part} is missing: {why}"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)
