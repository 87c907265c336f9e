"""The files of words (vocabulary/**/*.yaml), read by libyaml where the machine has it: Python's own is slow."""

from pathlib import Path
from typing import Any, Final

import yaml

_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_words(path: Path) -> Any:
    """What the file says, not yet checked; raises yaml.YAMLError."""
    return yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506 - both loaders are safe ones
