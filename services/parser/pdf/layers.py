"""Layers that are switched off: what lies on them is no part of the page (optional content, ISO 32000-1, 8.11)."""

import ctypes
import re
from collections.abc import Iterator
from typing import Any, Final

import pypdfium2
import pypdfium2.raw as pdfium

_MARKS: Final = (b"/OCG", b"/ObjStm")
"""What a file holds that may have layers: they are named, or packed among other objects."""
_TOKEN: Final = re.compile(
    rb"(?P<ref>\d+\s+\d+\s+R\b)|(?P<open><<|\[)|(?P<close>>>|\])|<(?P<hex>[0-9A-Fa-f\s]*)>|"
    rb"\((?P<text>(?:\\.|[^\\()]|\((?:\\.|[^\\()])*\))*)\)|(?P<name>/[^\s/<>\[\]()]*)|(?P<word>[^\s/<>\[\]()]+)",
    re.DOTALL,
)
_ESCAPE: Final = re.compile(rb"\\(?:([0-7]{1,3})|\r?\n|(.))", re.DOTALL)
_PLAIN: Final = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
_LONGEST: Final = 512
"""Bytes of a layer's name."""
_DEEPEST: Final = 12


def layers_off(document: pypdfium2.PdfDocument, data: bytes) -> frozenset[str]:
    """The names of the layers of `document`, whose file is `data`, that it opens without."""
    if not any(mark in data for mark in _MARKS):
        return frozenset()
    objects = _Objects(_plain(document))
    properties = objects.layers()
    if not isinstance(properties, dict):
        return frozenset()
    every = objects.references(properties.get("OCGs"))
    state = objects.resolved(properties.get("D"))
    if not isinstance(state, dict):
        return frozenset()
    off = set(every if state.get("BaseState") == "OFF" else ())
    off -= set(objects.references(state.get("ON")))
    off |= set(objects.references(state.get("OFF")))
    shown = {objects.name(each) for each in every if each not in off}
    return frozenset(objects.name(each) for each in off) - shown - {""}


def remove(page: pdfium.FPDF_PAGE, layers: frozenset[str]) -> int:
    """Take what lies on `layers` off the page; the number of elements that are gone."""
    gone = 0
    for index in range(pdfium.FPDFPage_CountObjects(page) - 1, -1, -1):
        element = pdfium.FPDFPage_GetObject(page, index)
        if layers.isdisjoint(_layers_of(element)):
            continue
        pdfium.FPDFPage_RemoveObject(page, element)
        pdfium.FPDFPageObj_Destroy(element)
        gone += 1
    return gone


def _layers_of(element: pdfium.FPDF_PAGEOBJECT) -> Iterator[str]:
    """The names of the layers that the element lies on."""
    size = ctypes.c_ulong()
    buffer = (ctypes.c_ubyte * _LONGEST)()
    wide = ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort))
    for number in range(pdfium.FPDFPageObj_CountMarks(element)):
        mark = pdfium.FPDFPageObj_GetMark(element, number)
        pdfium.FPDFPageObjMark_GetName(mark, wide, _LONGEST, size)
        if bytes(buffer[: size.value]).decode("utf-16-le", "replace").rstrip("\0") != "OC":
            continue
        if pdfium.FPDFPageObjMark_GetParamBlobValue(mark, b"Name", buffer, _LONGEST, size):
            yield _text(bytes(buffer[: size.value]))


def _text(string: bytes) -> str:
    return (
        string[2:].decode("utf-16-be", "replace") if string.startswith(b"\xfe\xff") else string.decode("latin-1")
    )


def _plain(document: pypdfium2.PdfDocument) -> bytes:
    """The file written anew: no object packed into another one, none encrypted."""
    pieces: list[bytes] = []

    def take(_writer: Any, piece: Any, size: int) -> int:
        pieces.append(ctypes.string_at(piece, size))
        return 1

    writer = pdfium.FPDF_FILEWRITE(version=1)
    writer.WriteBlock = type(writer.WriteBlock)(take)
    pdfium.FPDF_SaveAsCopy(document.raw, writer, pdfium.FPDF_REMOVE_SECURITY)
    return b"".join(pieces)


class _Objects:
    """The objects of a file that is written plainly; a name is a `str`, a reference an `int`, a string `bytes`."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def layers(self) -> Any:
        """The catalog's entry on layers."""
        at = self._data.rfind(b"/OCProperties")
        return (
            self.resolved(_parsed(_TOKEN.finditer(self._data, at + len(b"/OCProperties")), 0)) if at >= 0 else None
        )

    def resolved(self, value: Any) -> Any:
        """`value`, or what it refers to."""
        if not isinstance(value, int):
            return value
        found = re.search(rb"(?<!\d)%d 0 obj\b" % value, self._data)
        return _parsed(_TOKEN.finditer(self._data, found.end()), 0) if found else None

    def references(self, value: Any) -> list[int]:
        """What an array refers to."""
        found = self.resolved(value)
        return [each for each in found if isinstance(each, int)] if isinstance(found, list) else []

    def name(self, layer: int) -> str:
        """The name that people see of a layer."""
        found = self.resolved(layer)
        text = self.resolved(found.get("Name")) if isinstance(found, dict) else None
        return _text(text) if isinstance(text, bytes) else ""


def _parsed(tokens: Iterator[re.Match[bytes]], depth: int) -> Any:
    """The next object; None for what is no object here, as the end of an array."""
    match = next(tokens, None)
    kind = match.lastgroup if match else None
    if match is None or kind == "close" or depth > _DEEPEST:
        return None
    if kind == "ref":
        return int(match["ref"].split()[0])
    if kind == "hex":
        return bytes.fromhex((match["hex"] + b"0" * (len(b"".join(match["hex"].split())) % 2)).decode())
    if kind == "text":
        return _ESCAPE.sub(_unescaped, match["text"])
    if kind == "open":
        return _array(tokens, depth) if match["open"] == b"[" else _dictionary(tokens, depth)
    return match[0].removeprefix(b"/").decode("latin-1")


def _array(tokens: Iterator[re.Match[bytes]], depth: int) -> list[Any]:
    values = []
    while (value := _parsed(tokens, depth + 1)) is not None:
        values.append(value)
    return values


def _dictionary(tokens: Iterator[re.Match[bytes]], depth: int) -> dict[Any, Any]:
    values = {}
    while isinstance(key := _parsed(tokens, depth + 1), str):
        values[key] = _parsed(tokens, depth + 1)
    return values


def _unescaped(match: re.Match[bytes]) -> bytes:
    if match[1]:
        return bytes([int(match[1], 8) & 0xFF])
    return _PLAIN.get(match[2], match[2]) if match[2] else b""
