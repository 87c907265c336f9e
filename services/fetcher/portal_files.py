"""Portal files → portals; what is wrong in a file is told with its line."""

import json
from collections.abc import Sequence
from pathlib import Path

import yaml
from pydantic import ValidationError

from services.fetcher.portal import Portal
from shared.errors import PortalInvalid


def load_portals(folder: Path) -> tuple[Portal, ...]:
    """The portals of all `*.yaml` files in `folder`, by name; none when there is no such folder.

    Raises PortalInvalid, naming file and line.
    """
    portals: dict[str, Portal] = {}
    for path in sorted(folder.glob("*.yaml")):
        portal = load_portal(path)
        if portal.name in portals:
            raise PortalInvalid(f"{path}: there is another portal called {portal.name!r}; names must differ.")
        portals[portal.name] = portal
    return tuple(portals[name] for name in sorted(portals))


def load_portal(path: Path) -> Portal:
    """The portal in one file; raises PortalInvalid, naming file and line."""
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
    _refuse_doubles(path, root)
    try:
        return Portal.model_validate_json(_as_json(path, content))
    except ValidationError as error:
        # A misspelt key first: it is also why another one is missing.
        first = min(error.errors(), key=lambda each: each["type"] != "extra_forbidden")
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        line = _line(root, first["loc"])
        raise PortalInvalid(f"{path}:{line}: {where}: {_reason(first['type'], first['msg'])}.") from error


def _as_json(path: Path, content: object) -> bytes:
    """JSON, so that YAML lists become tuples while every other type is taken strictly."""
    try:
        return json.dumps(content, ensure_ascii=False).encode()
    except TypeError as error:
        raise PortalInvalid(f"{path}: {error}; put the value in quotes.") from error


def _reason(kind: str, message: str) -> str:
    if kind == "extra_forbidden":
        return "no such key"
    return message.removeprefix("Value error, ")


def _refuse_doubles(path: Path, node: yaml.Node) -> None:
    if isinstance(node, yaml.SequenceNode):
        for each in node.value:
            _refuse_doubles(path, each)
    if isinstance(node, yaml.MappingNode):
        keys = set()
        for key, value in node.value:
            if key.value in keys:
                raise PortalInvalid(f"{path}:{key.start_mark.line + 1}: {key.value}: this key stands twice.")
            keys.add(key.value)
            _refuse_doubles(path, value)


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
