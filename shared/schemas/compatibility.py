"""Whether a schema still holds what an earlier one of the same topic promised.

Two readers must go on working: one written for the earlier schema, which ignores fields it does not know, reads
the messages to come, and one written for the later schema reads those on the topic already. So within a version

- a field may be added that is not required,
- a growing vocabulary (`x-extensible-enum`) may gain values,
- titles, descriptions and examples may change,

and whatever else changes is a break: it needs a topic with the next version.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final

from shared.schemas.json_schema import VALUES_SO_FAR

Schema = Mapping[str, Any]
_Kind = tuple[str, str, int]
"""JSON type of an alternative; where several have it, its title, and its place among those of that title."""

_NOTES: Final = {"$schema", "$id", "$defs", "$comment", "title", "description", "examples", "deprecated"}
_WALKED: Final = {
    "type",
    "enum",
    "const",
    VALUES_SO_FAR,
    "properties",
    "required",
    "items",
    "prefixItems",
    "additionalProperties",
    "patternProperties",
    "propertyNames",
}
"""What is compared by its meaning; any other keyword has to stay as it is, with all that it refers to."""
_STEPS: Final = {"items": "[]", "additionalProperties": "{}", "propertyNames": "{name}"}
"""Keyword with one schema below it → its step in a path."""
_OPENED: Final = frozenset({"Basis"})
"""Titles of vocabularies that were closed before the first release and grow since."""
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

    def node(self, path: str, was: Schema, now: Schema, within: tuple[tuple[str, str], ...]) -> Iterator[str]:
        """The breaks at `path` and below; `within` are the pairs of schemas it lies in."""
        old, new = _alternatives(self._earlier, was), _alternatives(self._later, now)
        for kind in sorted(new.keys() - old.keys()):
            yield f"{path} may be {_called(kind)} now"
        for kind in sorted(old.keys() - new.keys()):
            yield f"{path} is never {_called(kind)} any more"
        for kind in sorted(old.keys() & new.keys()):
            yield from self._alike(path, old[kind], new[kind], within)

    def _alike(self, path: str, was: Schema, now: Schema, within: tuple[tuple[str, str], ...]) -> Iterator[str]:
        pair = (_bare(was), _bare(now))
        if pair in within:  # it holds itself
            return
        within = (*within, pair)
        yield from _values(path, was, now)
        yield from self._fields(path, was, now, within)
        olds, news = _below_it(was), _below_it(now)
        for step, keyword in sorted(olds.keys() | news.keys()):
            old, new = olds.get((step, keyword), _UNSAID), news.get((step, keyword), _UNSAID)
            if isinstance(old, Mapping) and isinstance(new, Mapping):
                yield from self.node(_below(path, step), old, new, within)
            elif _shown(old) != _shown(new):
                yield _changed(path, keyword, old, new)
        for keyword in sorted((was.keys() | now.keys()) - _NOTES - _WALKED):
            old = _resolved(self._earlier, was.get(keyword, _UNSAID))
            new = _resolved(self._later, now.get(keyword, _UNSAID))
            if _shown(old) != _shown(new):
                yield _changed(path, keyword, old, new)

    def _fields(self, path: str, was: Schema, now: Schema, within: tuple[tuple[str, str], ...]) -> Iterator[str]:
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
    if new is None and was.get("title") in _OPENED:
        old = None
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


def _below_it(schema: Schema) -> dict[tuple[str, str], object]:
    """(Step of the path, keyword) → the schema there, for all but fields."""
    found = {(step, keyword): schema[keyword] for keyword, step in _STEPS.items() if keyword in schema}
    for number, each in enumerate(schema.get("prefixItems", ())):
        found[f"[{number}]", "prefixItems"] = each
    for pattern, each in schema.get("patternProperties", {}).items():
        found[f"{{{pattern}}}", "patternProperties"] = each
    return found


def _alternatives(document: Schema, schema: Schema) -> dict[_Kind, Schema]:
    """What a value may be; their order tells nothing but those of one type and title apart."""
    options = [(str(each.get("type", "anything")), each) for each in _options(document, schema)]
    of_type = Counter(kind for kind, _ in options)
    named = [(kind, str(each.get("title", "")) if of_type[kind] > 1 else "", each) for kind, each in options]
    found: dict[_Kind, Schema] = {}
    before: Counter[tuple[str, str]] = Counter()
    for kind, title, option in named:
        found[kind, title, before[kind, title]] = option
        before[kind, title] += 1
    return found


def _options(document: Schema, schema: Schema) -> Iterator[Schema]:
    """`schema` without `$ref`, `anyOf` and `oneOf`: one for each alternative, with what stands beside them."""
    keyword = next((each for each in ("$ref", "anyOf", "oneOf") if each in schema), None)
    if keyword is None:
        yield schema
        return
    # The title beside alternatives is not theirs, and they may be told apart by it.
    beside = {name: value for name, value in schema.items() if name not in {keyword, "title"}}
    if keyword == "$ref":
        yield from _options(document, {**_definition(document, schema["$ref"]), **beside})
    else:
        for option in schema[keyword]:
            yield from _options(document, {**beside, **option})


def _definition(document: Schema, reference: str) -> Schema:
    found: Schema = document["$defs"][reference.rpartition("/")[2]]
    return found


def _resolved(document: Schema, value: object, within: tuple[str, ...] = ()) -> object:
    """`value` with definitions for the references in it, but for what holds itself."""
    if isinstance(value, list):
        return [_resolved(document, each, within) for each in value]
    if not isinstance(value, Mapping):
        return value
    reference = value.get("$ref")
    if isinstance(reference, str) and reference not in within:
        beside = {name: each for name, each in value.items() if name != "$ref"}
        held = {name: each for name, each in _definition(document, reference).items() if name not in _NOTES}
        return _resolved(document, {**held, **beside}, (*within, reference))
    return {name: _resolved(document, each, within) for name, each in value.items()}


def _below(path: str, step: str) -> str:
    return step.removeprefix(".") if path == "the value" else path + step


def _bare(schema: Schema) -> str:
    return _shown({name: value for name, value in schema.items() if name not in _NOTES})


def _called(kind: _Kind) -> str:
    name, title, before = kind
    return name + (f" {title}" if title else "") + (f" ({before + 1})" if before else "")


def _changed(path: str, keyword: str, was: object, now: object) -> str:
    return f"{path}: {keyword} was {_shown(was)}, is {_shown(now)}"


def _shown(value: object) -> str:
    """As JSON, which tells 1 from true and null from nothing said."""
    return "not said" if value is _UNSAID else json.dumps(value, ensure_ascii=False, sort_keys=True)
