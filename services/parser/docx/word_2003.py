"""Word 2003 XML (WordprocessingML of 2003): the same words as .docx, put into the package that would hold them."""

import io
import zipfile
from typing import Final

from lxml import etree

from services.parser.docx import reader
from services.parser.office_xml import Element, child, local, parse
from services.parser.reading import Limits, Reading
from shared.errors import Corrupt

_RENAMED: Final = {
    "vmerge": "vMerge",
    "hmerge": "hMerge",
    "listPr": "numPr",
    "ilfo": "numId",
    "listDef": "abstractNum",
    "list": "num",
    "ilst": "abstractNumId",
}
"""Name of an element in 2003 → its name today."""
_ATTRIBUTES: Final = {"listDefId": "abstractNumId", "ilfo": "numId"}
_ARRANGED: Final = ("sect", "sub-section")
"""Elements that only group blocks by outline."""


def read(data: bytes, limits: Limits) -> Reading:
    """The document's blocks. Raises Corrupt, TooLarge."""
    root = parse(data, limits)
    for element in root.iter():
        name = local(element)
        if name in _RENAMED:
            element.tag = etree.QName(etree.QName(element).namespace, _RENAMED[name])
        for key in [key for key in element.attrib if etree.QName(key).localname in _ATTRIBUTES]:
            element.set(_ATTRIBUTES[etree.QName(key).localname], element.attrib.pop(key))
    body = child(root, "body")
    if body is None:
        raise Corrupt("The Word document has no body.")
    _ungroup(body)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as package:
        package.writestr("word/document.xml", b"<document>" + etree.tostring(body) + b"</document>")
        for name, path in (("styles", "styles.xml"), ("lists", "numbering.xml")):
            if (part := child(root, name)) is not None:
                package.writestr(f"word/{path}", etree.tostring(part))
    return reader.read(file.getvalue(), limits)


def _ungroup(body: Element) -> None:
    """Put the blocks of groups in their places."""
    groups = [element for element in body.iter() if local(element) in _ARRANGED]
    for group in reversed(groups):
        parent = group.getparent()
        if parent is not None:
            at = parent.index(group)
            parent[at : at + 1] = list(group)
