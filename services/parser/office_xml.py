"""The XML parts of Office documents: parsed without entities or network, addressed by local names."""

import posixpath
import zipfile
from collections.abc import Iterator
from typing import Final

from lxml import etree

from services.parser.packages import part
from services.parser.reading import Limits
from shared.errors import Corrupt, TooLarge

Element = etree._Element

_OFFICE: Final = "/relationships/officeDocument"


def parse(data: bytes, limits: Limits) -> Element:
    """The root of an XML part; raises Corrupt when it is no well-formed XML or declares entities, TooLarge."""
    if data.count(b"<") > limits.elements:
        raise TooLarge(f"The document has more than {limits.elements} elements.")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Corrupt("The document's XML is damaged or nested too deep.") from error
    if root.getroottree().docinfo.doctype:
        raise Corrupt("The document's XML declares a document type, which no Office document does.")
    return root


def main_part(package: zipfile.ZipFile, usual: str, limits: Limits) -> str:
    """The path of the document's main part: as its relationships say, else the `usual` one."""
    relationships = part(package, "_rels/.rels", limits)
    if relationships is not None:
        for each in parse(relationships, limits):
            if str(each.get("Type", "")).endswith(_OFFICE):
                return str(each.get("Target", usual)).lstrip("/")
    return usual


def targets(package: zipfile.ZipFile, path: str, limits: Limits) -> dict[str, str]:
    """Id of a relationship of the part at `path` → the path of the part it leads to."""
    folder, file = posixpath.split(path)
    content = part(package, f"{folder}/_rels/{file}.rels", limits)
    found = {}
    for each in parse(content, limits) if content is not None else ():
        target = str(each.get("Target", "")).replace("\\", "/")
        whole = target if target.startswith("/") else f"{folder}/{target}"
        found[str(each.get("Id"))] = posixpath.normpath(whole).lstrip("/")
    return found


def sibling(path: str, name: str) -> str:
    """The path of the part `name` beside `path`."""
    return posixpath.join(posixpath.dirname(path), name)


def local(element: Element) -> str:
    """The element's name without its namespace; empty for comments and processing instructions."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def attribute(element: Element | None, name: str) -> str | None:
    """The attribute with that local name, in whichever namespace."""
    if element is None:
        return None
    for key, value in element.items():
        if str(key).rpartition("}")[2] == name:
            return str(value)
    return None


def child(element: Element | None, *path: str) -> Element | None:
    """The first child with each local name in turn; None when one is missing."""
    for name in path:
        if element is None:
            return None
        element = next(element.iterchildren(f"{{*}}{name}"), None)
    return element


def children(element: Element | None) -> dict[str, Element]:
    """The children by local name, of those with one name the first."""
    return {local(each): each for each in reversed(element)} if element is not None else {}


def number(element: Element | None, name: str = "val") -> int | None:
    """An attribute as a whole number; None when it is missing or none."""
    text = attribute(element, name)
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 10 else None


def is_on(element: Element | None) -> bool:
    """Whether a switch element is there and not turned off."""
    return element is not None and attribute(element, "val") not in ("0", "false", "off", "none")


def under(element: Element, name: str) -> Iterator[Element]:
    """Every element with that local name under `element`."""
    return element.iter(f"{{*}}{name}")
