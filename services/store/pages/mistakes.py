"""What is wrong with the parameters of a page, in the reader's language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from services.store.labels import label, labels

_LONGEST: Final = 100


@dataclass(frozen=True)
class Mistake:
    """A parameter that cannot be taken: its name, what the form calls it, what was given, and why."""

    parameter: str
    title: str
    given: str
    message: str


def mistakes(language: str, errors: Sequence[Mapping[str, Any]]) -> list[Mistake]:
    """What pydantic found wrong; each error's `loc` is that of the parameter."""
    return [_mistake(language, each) for each in errors]


def _mistake(language: str, error: Mapping[str, Any]) -> Mistake:
    parameter = str(error["loc"][-1]) if error["loc"] else "query"
    wording = labels(language, "mistake").get(error["type"])
    return Mistake(
        parameter=parameter,
        title=label(language, "parameter", parameter),
        given=str(error["input"])[:_LONGEST] if error["loc"] else "",
        message=wording.format(**error.get("ctx", {})) if wording else error["msg"],
    )
