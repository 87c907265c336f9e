"""Patterns of a rule: a text with `*` and `?`, or a bound on a number; one that no value could meet is refused."""

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from fnmatch import fnmatchcase
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from shared.schemas.model import Text
from shared.schemas.record_types import BY_NAME

_BOUND: Final = re.compile(r"(>=|<=|>|<)\s*(-?\d+(?:\.\d+)?)")
_WHOLE: Final = re.compile(r"-?[0-9*?]+")
_DIGITS: Final[Mapping[str, int]] = {"region_code": 6, "area_code": 6, "fiscal_year": 4}
_SINGLE: Final = "a text, a number or a bound on a number"


def check(name: str, field: FieldInfo, wanted: Any) -> None:
    """Raise ValueError, which names the field and what it may say, for a pattern that no value would ever meet."""
    options = _options(wanted)
    if not options:
        raise ValueError(f"when: {name} has no pattern")
    allowed = _words(name, field)
    for option in options:
        if option is None or isinstance(option, dict | list):
            raise ValueError(f"when: {name}: {option!r} is neither {_SINGLE}")
        wrong = _not_a_word(option, allowed) if allowed else _unfit(name, option, _types(field))
        if wrong:
            raise ValueError(f"when: {name}: {option!r} {wrong}")


def meets(value: Any, wanted: Any) -> bool:
    """Whether a field's value in JSON, or an item of it where it is a list, meets one of the patterns."""
    values = value if isinstance(value, list) else [value]
    return any(_is(each, _written(option)) for each in values for option in _options(wanted))


def _options(wanted: Any) -> Sequence[Any]:
    return wanted if isinstance(wanted, list) else [wanted]


def _written(value: Any) -> str:
    """As JSON has it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _types(field: FieldInfo) -> list[Any]:
    """What the field's value, or an item of it, may be, but for null."""
    whole = Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation
    return list(_leaves(whole))


def _leaves(annotation: Any) -> Iterator[Any]:
    if get_origin(annotation) in {Union, UnionType, tuple}:
        for each in get_args(annotation):
            yield from _leaves(each)
    elif annotation not in {NoneType, Ellipsis}:
        yield annotation


def _base(leaf: Any) -> Any:
    return get_args(leaf)[0] if get_origin(leaf) is Annotated else leaf


def _words(name: str, field: FieldInfo) -> tuple[str, ...]:
    """All that the field may say; empty where that is not a list of words."""
    if name == "record_type":
        return tuple(BY_NAME)
    (kind, *others) = map(_base, _types(field))
    if others:
        return ()
    if get_origin(kind) is Literal:
        return tuple(map(str, get_args(kind)))
    if kind is bool:
        return ("true", "false")
    return tuple(kind) if isinstance(kind, type) and issubclass(kind, StrEnum) else ()


def _not_a_word(option: Any, allowed: Sequence[str]) -> str:
    is_one = any(fnmatchcase(word, _written(option)) for word in allowed)
    return "" if is_one else f"is none of its values; they are {', '.join(allowed)}"


def _unfit(name: str, option: Any, types: Sequence[Any]) -> str:
    """Why no value of a field of these types meets the pattern; empty where one may."""
    text, bases = str(option), {_base(each) for each in types}
    if not bases & {str, int, float, Decimal} and any(_is_nested(each) for each in bases):
        return "is compared with nothing: this field has parts of its own; choose by another"
    if text[:1] in {"<", ">"}:
        if not _BOUND.fullmatch(text):
            return "is no bound on a number; one is written like '>=10000000'"
        return "is a bound on a number, but the field is a text" if set(types) == {Text} else ""
    if bases & {Decimal, float}:
        return "is no bound; numbers are chosen by one, as '>=10000000' (money in yuan)"
    if int in bases and not _WHOLE.fullmatch(text):
        return "is no whole number; give one (2024), a part of one (202*) or a bound ('>=2024')"
    return _unfit_text(name, option, isinstance(option, int | float) and int not in bases)


def _unfit_text(name: str, option: Any, is_bare: bool) -> str:
    digits = _DIGITS.get(name)
    text = str(option)
    if digits and text.isdigit() and len(text) != digits:
        return f"is met by none: it has {digits} digits; '{text[:digits]}*' is met by all that begin so"
    if is_bare or not text:
        return "is no text; put one in quotes, with * for what may follow, as '201*'"
    return ""


def _is_nested(base: Any) -> bool:
    return get_origin(base) is dict or (isinstance(base, type) and hasattr(base, "model_fields"))


def _is(value: Any, pattern: str) -> bool:
    bound = _BOUND.fullmatch(pattern)
    if bound is None:
        return value is not None and fnmatchcase(_written(value), pattern)
    try:
        number, limit = Decimal(str(value)), Decimal(bound[2])
    except InvalidOperation:
        return False
    return {">=": number >= limit, "<=": number <= limit, ">": number > limit, "<": number < limit}[bound[1]]
