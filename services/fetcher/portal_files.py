"""Portal files → portals; all that is wrong in a file is told at once, each with its line and the mend."""

import json
import ssl
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Final

import yaml
from pydantic import ValidationError

from services.fetcher.portal import Expect, ItemCount, ListFields, ListPage, Portal, Season, TitleRules
from shared.errors import PortalInvalid

_KEYS: Final = sorted(
    {
        key
        for model in (Portal, ListPage, ListFields, Expect, ItemCount, Season, TitleRules)
        for key in model.model_fields
    }
)


def load_portals(folder: Path) -> tuple[Portal, ...]:
    """The portals of all `*.yaml` files in `folder`, by name; none when there is no such folder.

    Raises PortalInvalid with every fault of every file, each with file, line and mend.
    """
    portals: dict[str, Portal] = {}
    faults = []
    for path in sorted(folder.glob("*.yaml")):
        try:
            portal = load_portal(path)
        except PortalInvalid as error:
            faults.append(str(error))
            continue
        if portal.name in portals:
            faults.append(f"{path}: there is another portal called {portal.name!r}; names must differ.")
        portals[portal.name] = portal
    if faults:
        raise PortalInvalid("\n".join(faults))
    return tuple(portals[name] for name in sorted(portals))


def load_portal(path: Path) -> Portal:
    """The portal in one file; raises PortalInvalid with all its faults, a line each with file, line and mend."""
    try:
        text = path.read_text(encoding="utf-8")
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        content = yaml.safe_load(text)
    except (OSError, UnicodeDecodeError) as error:
        raise PortalInvalid(f"{path} cannot be read: {error}.") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"{path}:{mark.line + 1}" if mark else str(path)
        raise PortalInvalid(f"{place}: not YAML: {getattr(error, 'problem', error)}.") from error
    if root is None or not isinstance(root, yaml.MappingNode):
        raise PortalInvalid(f"{path}:1: a portal file holds keys and values, name: … first.")
    faults = [(line, f"{key}: this key stands twice; take one out") for line, key in _doubles(root)]
    try:
        portal = Portal.model_validate_json(_as_json(path, content))
        if portal.ca_file is not None:
            portal = portal.model_copy(update={"ca_file": str(path.parent / portal.ca_file)})
            faults += _certificate_faults(root, Path(portal.ca_file or ""))
    except ValidationError as error:
        faults += [_fault(root, each["loc"], each["type"], each["msg"]) for each in error.errors()]
    if faults:
        raise PortalInvalid("\n".join(f"{path}:{line}: {fault}." for line, fault in sorted(faults)))
    return portal


def _certificate_faults(root: yaml.Node, file: Path) -> list[tuple[int, str]]:
    try:
        ssl.create_default_context(cafile=file)
    except (OSError, ssl.SSLError) as error:
        return [(_line(root, ["ca_file"]), f"ca_file: {file} is no file of PEM certificates: {error}")]
    return []


def _fault(root: yaml.Node, place: Sequence[int | str], kind: str, message: str) -> tuple[int, str]:
    """The line of a fault, and what is wrong there with the way to mend it."""
    where = ".".join(str(part) for part in place) or "the file"
    reason = message.removeprefix("Value error, ")
    if kind == "extra_forbidden":
        near = get_close_matches(str(place[-1]), _KEYS, 1)
        reason = "no such key" + (f"; do you mean {near[0]}?" if near else "; take it out")
    elif kind == "missing":
        reason = f"is missing; add {place[-1]}: …"
    return _line(root, place), f"{where}: {reason}"


def _as_json(path: Path, content: object) -> bytes:
    """JSON, so that YAML lists become tuples while every other type is taken strictly."""
    try:
        return json.dumps(content, ensure_ascii=False).encode()
    except TypeError as error:
        raise PortalInvalid(f"{path}: {error}; put the value in quotes.") from error


def _doubles(node: yaml.Node) -> Iterator[tuple[int, str]]:
    """The keys that stand twice in one place, with their lines."""
    if isinstance(node, yaml.SequenceNode):
        for each in node.value:
            yield from _doubles(each)
    if isinstance(node, yaml.MappingNode):
        keys = set()
        for key, value in node.value:
            if key.value in keys:
                yield key.start_mark.line + 1, key.value
            keys.add(key.value)
            yield from _doubles(value)


def _line(root: yaml.Node, place: Sequence[int | str]) -> int:
    """The line of the innermost node on the way to `place`, counted from 1."""
    node, line = root, root.start_mark.line
    for step in place:
        if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
            line = node.start_mark.line
        elif isinstance(node, yaml.MappingNode):
            found = [(key, value) for key, value in node.value if key.value == str(step)]
            if not found:
                break
            key, node = found[0]
            line = key.start_mark.line
    return line + 1
