"""Whether the `GONGKAI_…` variables are settings that there are: a misspelt one would change nothing, unsaid."""

import os
import re
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

from shared.errors import SettingsInvalid

if TYPE_CHECKING:
    from shared.settings import Environment

_PREFIX: Final = "GONGKAI_"
_OF_TRIALS: Final = frozenset({"GONGKAI_SEEDS", "GONGKAI_LONG"})
"""What a developer's shell has for the tests."""
_OF_KUBERNETES: Final = re.compile(r"\w+_(SERVICE_HOST|SERVICE_PORT\w*|PORT|PORT_\d+_(TCP|UDP|SCTP)\w*)")
"""What a pod is told of the services beside it: gongkai-parser is GONGKAI_PARSER_PORT and more."""


def check() -> None:
    """Raises SettingsInvalid for a variable that is no setting, or is none of the values it may have."""
    given = [name for name in sorted(os.environ) if name.startswith(_PREFIX)]
    if not given:
        return
    every = _settings()
    known = set(_known(every))
    for name in given:
        if name not in known | _OF_TRIALS and not _OF_KUBERNETES.fullmatch(name):
            near = get_close_matches(name, known, 1, 0.75)
            mend = f"did you mean {near[0]}?" if near else "docs/settings.md has them all."
            raise SettingsInvalid(f"There is no setting {name}; {mend}")
    for settings in every:
        settings.read()


def _settings() -> tuple[type["Environment"], ...]:
    # Not loaded where no such variable is: a command that needs none of them starts at once.
    from services.fetcher.settings import FetcherSettings
    from services.normalizer.settings import NormalizerSettings
    from services.parser.settings import ParserSettings
    from services.store.settings import StoreSettings
    from shared.settings import KafkaSettings

    return FetcherSettings, ParserSettings, NormalizerSettings, StoreSettings, KafkaSettings


def _known(every: Sequence[type["Environment"]]) -> Iterator[str]:
    for settings in every:
        prefix = settings.model_config.get("env_prefix", "")
        yield from (f"{prefix}{field}".upper() for field in settings.model_fields)
