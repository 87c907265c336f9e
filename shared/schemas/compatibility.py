"""Whether a schema still holds what an earlier one of the same topic promised.

Two readers must go on working: one written for the earlier schema, which ignores fields it does not know, reads
the messages to come, and one written for the later schema reads those on the topic already. So within a version

- a field may be added that is not required,
- a growing vocabulary (`x-extensible-enum`) may gain values,
- titles, descriptions and examples may change,

and whatever else changes is a break: it needs a topic with the next version.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from shared.schemas.json_schema import VALUES_SO_FAR

Schema = Mapping[str, Any]

_NOTES: Final = {"$schema", "$id", "$defs", "$comment", "title", "description", "examples", "deprecated"}
_WALKED: Final = {
    "type",
    "enum",
    "const",
    VALUES_SO_FAR,
    "properties",
    "required",
    "items",
    "additionalProperties",
}
"""What is compared by its meaning; any other keyword has to stay as it is."""
_UNSAID: Final = object()


def breaks(earlier: Schema, later: Schema) -> list[str]:
    """A sentence for each promise of `earlier` that `later` does not keep, with the path of the field; else empty.

    Both are whole documents: `$ref` leads into their own `$defs`.
    """
    return list(dict.fromkeys(_Comparison(earlier, later).node("the value", earlier, later, ())))


class _Comparison:
    """Two documents, walked together."""

    def __init__(self, earlier: Schema, later: Schema) -> None:
        self._earlier = earlier
        self._later = later

    def node(self, path: str, was: Schema, now: Schema, within: tuple[object, ...]) -> Iterator[str]:
        """The breaks at `path` and below; `within` are the pairs of references it lies in."""
        references = (was.get("$ref"), now.get("$ref"))
        if any(references) and references in within:
            return
        within = (*within, references)
        old, new = _alternatives(self._earlier, was), _alternatives(self._later, now)
        for kind in sorted(new.keys() - old.keys()):
            yield f"{path} may be {kind} now"
        for kind in sorted(old.keys() - new.keys()):
            yield f"{path} is never {kind} any more"
        for kind in sorted(old.keys() & new.keys()):
            yield from self._alike(path, old[kind], new[kind], within)

    def _alike(self, path: str, was: Schema, now: Schema, within: tuple[object, ...]) -> Iterator[str]:
        yield from _values(path, was, now)
        yield from self._fields(path, was, now, within)
        for keyword, below in (("items", "[]"), ("additionalProperties", "{}")):
            old, new = was.get(keyword, _UNSAID), now.get(keyword, _UNSAID)
            if isinstance(old, Mapping) and isinstance(new, Mapping):
                yield from self.node(_below(path, below), old, new, within)
            elif _shown(old) != _shown(new):
                yield _changed(path, keyword, old, new)
        for keyword in sorted((was.keys() | now.keys()) - _NOTES - _WALKED):
            old, new = was.get(keyword, _UNSAID), now.get(keyword, _UNSAID)
            if _shown(old) != _shown(new):
                yield _changed(path, keyword, old, new)

    def _fields(self, path: str, was: Schema, now: Schema, within: tuple[object, ...]) -> Iterator[str]:
        old, new = was.get("properties", {}), now.get("properties", {})
        needed_before, needed = set(was.get("required", ())), set(now.get("required", ()))
        for name in sorted(old.keys() | new.keys() | needed_before | needed):
            field = _below(path, f".{name}")
            if name in old and name not in new:
                yield f"{field} is gone"
            elif name in needed_before - needed:
                yield f"{field} may be absent now"
            elif name in needed - needed_before:
                yield f"{field} is required now, and messages on the topic lack it: give it a default"
            elif name in new and name not in old and was.get("additionalProperties", True) is not True:
                yield f"{field} is new where any other field had a meaning"
            if name in old and name in new:
                yield from self.node(field, old[name], new[name], within)


def _values(path: str, was: Schema, now: Schema) -> Iterator[str]:
    old, new = _closed(was), _closed(now)
    if (old is None) != (new is None):
        yield f"{path} has a closed list of values {'no more' if old else 'now'}"
    elif old is not None and new is not None:
        yield from (f"{path} may be {value} now" for value in sorted(new - old))
        yield from (f"{path} is never {value} any more" for value in sorted(old - new))
    for value in was.get(VALUES_SO_FAR, ()):
        if value not in now.get(VALUES_SO_FAR, ()):
            yield f"{path} does not know {_shown(value)} any more"


def _closed(schema: Schema) -> set[str] | None:
    """The values of `enum` or `const`; None where there is neither."""
    if "const" in schema:
        return {_shown(schema["const"])}
    return {_shown(each) for each in schema["enum"]} if "enum" in schema else None


def _alternatives(document: Schema, schema: Schema) -> dict[str, Schema]:
    """JSON type → what a value of it must be; two of one type are told apart by their titles."""
    found: dict[str, Schema] = {}
    for option in _options(document, schema):
        kind = str(option.get("type", "anything"))
        found[kind if kind not in found else f"{kind} {option.get('title', len(found))}"] = option
    return found


def _options(document: Schema, schema: Schema) -> Iterator[Schema]:
    """`schema` without `$ref` and `anyOf`: one for each alternative, with what stands beside them."""
    if "$ref" in schema:
        beside = {name: value for name, value in schema.items() if name != "$ref"}
        yield from _options(document, {**document["$defs"][schema["$ref"].rpartition("/")[2]], **beside})
    elif "anyOf" in schema:
        beside = {name: value for name, value in schema.items() if name != "anyOf"}
        for option in schema["anyOf"]:
            yield from _options(document, {**beside, **option})
    else:
        yield schema


def _below(path: str, step: str) -> str:
    return step.removeprefix(".") if path == "the value" else path + step


def _changed(path: str, keyword: str, was: object, now: object) -> str:
    return f"{path}: {keyword} was {_shown(was)}, is {_shown(now)}"


def _shown(value: object) -> str:
    """As JSON, which tells 1 from true and null from nothing said."""
    return "not said" if value is _UNSAID else json.dumps(value, ensure_ascii=False, sort_keys=True)
