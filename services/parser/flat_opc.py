"""Office documents in one XML file (Flat OPC): their parts put into the package that they would be."""

import base64
import binascii
import io
import zipfile

from lxml import etree

from services.parser import formats
from services.parser.office_xml import Element, attribute, child, local, parse
from services.parser.reading import Limits, Reading
from shared.errors import Corrupt, Unsupported


def read(data: bytes, limits: Limits) -> Reading:
    """The blocks of the document. Raises Corrupt, TooLarge, Unsupported."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as package:
        for part in parse(data, limits):
            name = (attribute(part, "name") or "").lstrip("/")
            if local(part) == "part" and name:
                package.writestr(name, _content(part))
        package.writestr("[Content_Types].xml", "<Types/>")
    kind = formats.detect(file.getvalue())
    if kind not in ("docx", "xlsx"):
        raise Unsupported("The Office document in one XML file is neither a text nor a workbook.")
    return formats.reader_of(kind)(file.getvalue(), limits)


def _content(part: Element) -> bytes:
    if (xml := child(part, "xmlData")) is not None and len(xml):
        return etree.tostring(xml[0])
    binary = child(part, "binaryData")
    try:
        return base64.b64decode((binary.text or "") if binary is not None else "")
    except (binascii.Error, ValueError) as error:
        raise Corrupt("A part of the Office document is damaged.") from error
