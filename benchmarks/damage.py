"""Damage to files by chance, the same for the same seed: bytes, and the parts of what they are made of."""

import io
import random
import re
import zipfile
from collections.abc import Callable
from typing import Final

import olefile
from lxml import etree

Change = Callable[[bytes, random.Random], bytes]

EXTREMES: Final = (
    "", "0", "1", "-1", "-0.0", "32768", "65536", "99999999", "4294967295", "1e308", "NaN", "1/0", "true", "none",
    "一", "A0", "XFD1048576", "A1:XFD1048576", "#REF!", "../../x", "rId1", "x" * 2000, "{" * 50, "\u202e\u200b",
)  # fmt: skip
"""What an attribute or a number may not be prepared for."""
NUMBERS: Final = (
    b"\x00" * 4,
    b"\xff" * 4,
    b"\xff\xff\xff\x7f",
    b"\x00\x00\x00\x80",
    b"\x01\x00\x00\x00",
    b"\xff\xff",
)
"""Whole numbers as files keep them, at the ends of what they hold."""
_NUMBER: Final = re.compile(rb"-?\d+(?:\.\d+)?")
_FIRST_NUMBERS: Final = 5000
"""Numbers of a file of characters among which one is changed."""


def damaged(data: bytes, chance: random.Random) -> bytes:
    """`data` with one thing or several changed that it is made of."""
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        data = chance.choice(_changes(data))(data, chance)
    return data


def scratched(data: bytes, chance: random.Random) -> bytes:
    """`data` with bytes of the whole file changed, one thing or several."""
    for _ in range(chance.choice((1, 1, 2, 4))):
        data = chance.choice(_OF_BYTES)(data, chance)
    return data


def _changes(data: bytes) -> list[Change]:
    """How `data` may be damaged: by bytes always, and by its own parts where it is a package, a tree or a form."""
    if data.startswith(b"PK"):
        return [*_OF_BYTES, *_OF_PACKAGES * 8]
    if data.startswith(olefile.MAGIC):
        return [*_OF_BYTES, *[_stream_changed] * 12]
    if data.lstrip(b"\xef\xbb\xbf \r\n").startswith(b"<"):
        return [*_OF_BYTES, *_OF_TREES * 8]
    if data.startswith((b"%PDF", b"{\\rtf")):
        return [*_OF_BYTES, *[_number_changed] * 12]
    return [*_OF_BYTES]


def _bytes_replaced(data: bytes, chance: random.Random) -> bytes:
    at, size = chance.randrange(len(data) + 1), chance.choice((1, 1, 2, 16, 200))
    return data[:at] + chance.randbytes(len(data[at : at + size])) + data[at + size :]


def _bytes_doubled(data: bytes, chance: random.Random) -> bytes:
    at, size = chance.randrange(len(data) + 1), chance.choice((1, 2, 16, 200))
    return data[:at] + data[at : at + size] * chance.choice((1, 3, 50)) + data[at:]


def _bytes_gone(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data) + 1)
    return data[:at] + data[at + chance.choice((1, 2, 16, 200)) :]


def _byte_changed(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data) + 1)
    return data[:at] + chance.choice((b"\xff", b"\x00", b"<", b"-", b"9" * 12, *NUMBERS)) + data[at + 1 :]


def _number_set(data: bytes, chance: random.Random) -> bytes:
    at, number = chance.randrange(len(data) + 1), chance.choice(NUMBERS)
    return data[:at] + number + data[at + len(number) :]


def _cut_off(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(len(data) + 1)]


def _number_changed(data: bytes, chance: random.Random) -> bytes:
    found = list(_NUMBER.finditer(data))[:_FIRST_NUMBERS]
    if not found:
        return data
    one = chance.choice(found)
    value = chance.choice([each for each in EXTREMES if each.isascii()]).encode()
    return data[: one.start()] + value + data[one.end() :]


def _members(data: bytes) -> list[tuple[str, bytes]]:
    """The members of a package; none where it is damaged too much."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            return [(name, package.read(name)) for name in package.namelist()]
    except Exception:  # noqa: BLE001 - whatever damage an earlier change has done
        return []


def _packed(members: list[tuple[str, bytes]]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in members:
            package.writestr(zipfile.ZipInfo(name), content)
    return file.getvalue()


def _member_changed(data: bytes, chance: random.Random) -> bytes:
    members = _members(data)
    if not members:
        return data
    at = chance.randrange(len(members))
    name, content = members[at]
    members[at] = (name, damaged(content, chance))
    return _packed(members)


def _member_moved(data: bytes, chance: random.Random) -> bytes:
    """One member left out, called otherwise, or given the content of another."""
    members = _members(data)
    if not members:
        return data
    at, (other, content) = chance.randrange(len(members)), chance.choice(members)
    kind = chance.randrange(3)
    if kind == 0:
        del members[at]
    elif kind == 1:
        members[at] = (chance.choice((other + "x", other.upper(), other.replace("/", "\\"))), members[at][1])
    else:
        members[at] = (members[at][0], content)
    return _packed(members)


def _stream_changed(data: bytes, chance: random.Random) -> bytes:
    """Bytes of one stream of a compound file, which stays sound around it."""
    file = io.BytesIO(data)
    try:
        with olefile.OleFileIO(file, write_mode=True) as compound:
            path = chance.choice(compound.listdir())
            content = bytearray(compound.openstream(path).read())
            for _ in range(chance.choice((1, 1, 4, 20))):
                at = chance.randrange(len(content) + 1)
                piece = chance.choice((*NUMBERS, chance.randbytes(1), chance.randbytes(2)))
                content[at : at + len(piece)] = piece[: len(content) - at]
            compound.write_stream(path, bytes(content))
    except Exception:  # noqa: BLE001 - whatever damage an earlier change has done
        return data
    return file.getvalue()


def _tree_changed(data: bytes, chance: random.Random) -> bytes:
    """One element of an XML part or a page taken away, doubled, moved, wrapped, or called otherwise."""
    return _changed_in_tree(data, chance, _element_changed)


def _attribute_changed(data: bytes, chance: random.Random) -> bytes:
    """One attribute or text of an XML part or a page at an extreme, gone, or that of another element."""
    return _changed_in_tree(data, chance, _value_changed)


def _changed_in_tree(
    data: bytes, chance: random.Random, change: Callable[[list[etree._Element], random.Random], None]
) -> bytes:
    is_page = b"<html" in data[:500].lower()
    try:
        parser = etree.HTMLParser() if is_page else etree.XMLParser(recover=True, resolve_entities=False)
        root = etree.fromstring(data, parser)
        elements = [each for each in root.iter() if isinstance(each.tag, str)]
        change(elements, chance)
        return etree.tostring(root, encoding="utf-8", method="html" if is_page else "xml", xml_declaration=False)
    except Exception:  # noqa: BLE001 - whatever damage an earlier change has done, or no change that a tree takes
        return data


def _element_changed(elements: list[etree._Element], chance: random.Random) -> None:
    one, other = chance.choice(elements), chance.choice(elements)
    parent, kind = one.getparent(), chance.randrange(6)
    if parent is None:
        return
    at = parent.index(one)
    if kind == 0:
        parent.remove(one)
    elif kind == 1:
        for _ in range(chance.choice((1, 3, 50))):
            parent.insert(at, etree.fromstring(etree.tostring(one)))
    elif kind == 2 and one not in other.iterancestors():
        other.append(one)
    elif kind == 3:
        for _ in range(chance.choice((1, 60, 250))):
            outer = etree.SubElement(parent, one.tag)
            outer.append(one)
            one = outer
    elif kind == 4:
        one.tag = other.tag
    else:
        parent[at : at + 1] = list(one)


def _value_changed(elements: list[etree._Element], chance: random.Random) -> None:
    one, other, value = chance.choice(elements), chance.choice(elements), chance.choice(EXTREMES)
    kind = chance.randrange(4)
    if kind == 0 or not one.attrib:
        one.text = chance.choice((value, other.text))
        return
    name = chance.choice(list(one.attrib))
    if kind == 1:
        del one.attrib[name]
    elif kind == 2 and other.attrib:
        one.set(name, chance.choice(list(other.attrib.values())))
    else:
        one.set(name, value)


_OF_BYTES: Final = (_bytes_replaced, _bytes_doubled, _bytes_gone, _byte_changed, _number_set, _cut_off)
_OF_PACKAGES: Final = (_member_changed, _member_changed, _member_changed, _member_moved)
_OF_TREES: Final = (_tree_changed, _attribute_changed, _attribute_changed)
