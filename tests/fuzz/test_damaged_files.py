"""Files of every format, damaged at random but the same each time: each ends in a document or by a name.

A few of each in every run; with GONGKAI_LONG two thousand.
"""

import io
import os
import random
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
import openpyxl
import pytest
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from services.parser.apart import read_apart
from services.parser.contents import NamedBytes
from services.parser.formats import ARCHIVES, READERS
from services.parser.stage import read_document
from shared.errors import PermanentError, StageFailed, TimedOut
from shared.stage.worker import WorkerPool
from shared.stage.worker_process import Limits

COUNT = 2000 if os.environ.get("GONGKAI_LONG") else 12
SEED = 20261130
ROWS = (("项目", "预算数"), ("合计", "1,286.45"), ("人员经费", "486.45"))
OFFICE = "urn:oasis:names:tc:opendocument:xmlns:"
HTML_ROWS = "".join("<tr>" + "".join(f"<td>{text}</td>" for text in row) + "</tr>" for row in ROWS)
PAGE = f"<html><body><p>部门收支总表</p><table>{HTML_ROWS}</table></body></html>"


def zipped(parts: dict[str, str]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as package:
        for name, part in parts.items():
            package.writestr(name, part)
    return file.getvalue()


def pdf() -> bytes:
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    file = io.BytesIO()
    canvas = Canvas(file, pageCompression=0)
    canvas.setFont("STSong-Light", 10)
    for y, row in zip((700, 680, 660), ROWS, strict=True):
        canvas.grid((72, 172, 272), (y - 6, y + 14))
        for x, text in zip((75, 175), row, strict=True):
            canvas.drawString(x, y, text)
    canvas.save()
    return file.getvalue()


def word() -> bytes:
    document = docx.Document()
    table = document.add_table(3, 2)
    for row, texts in zip(table.rows, ROWS, strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def workbook() -> bytes:
    book = openpyxl.Workbook()
    for row in ROWS:
        book.worksheets[0].append(list(row))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def open_document(kind: str) -> bytes:
    rows = ""
    for row in ROWS:
        cells = "".join(f"<t:table-cell><x:p>{text}</x:p></t:table-cell>" for text in row)
        rows += f"<t:table-row>{cells}</t:table-row>"
    names = f'xmlns:o="{OFFICE}office:1.0" xmlns:t="{OFFICE}table:1.0" xmlns:x="{OFFICE}text:1.0"'
    body = f"<o:body><o:{kind}><t:table>{rows}</t:table></o:{kind}></o:body>"
    content = f"<o:document-content {names}>{body}</o:document-content>"
    return zipped({"mimetype": f"application/vnd.oasis.opendocument.{kind}", "content.xml": content})


def ofd() -> bytes:
    lines = "<PathObject Boundary='0 0 210 297'><AbbreviatedData>M 20 20 L 90 20 B 1 2 3 4 5 6 C</AbbreviatedData>"
    lines += "</PathObject>"
    for y, row in zip((20, 30, 40), ROWS, strict=True):
        code = f'<TextCode X="0" Y="4" DeltaX="g 9 4">{"".join(row)}</TextCode>'
        lines += f'<TextObject Boundary="20 {y} 90 6" Size="4">{code}</TextObject>'
    return zipped(
        {
            "OFD.xml": "<OFD><DocBody><DocRoot>D/Document.xml</DocRoot></DocBody></OFD>",
            "D/Document.xml": '<Document><Pages><Page ID="1" BaseLoc="P/C.xml"/></Pages></Document>',
            "D/P/C.xml": f"<Page><Content><Layer>{lines}</Layer></Content></Page>",
        }
    )


def rtf() -> bytes:
    rows = "".join(
        r"\trowd\cellx2000\cellx4000\pard\intbl "
        + "".join("".join(rf"\u{ord(each)}?" for each in text) + r"\cell " for text in row)
        + r"\row "
        for row in ROWS
    )
    return (r"{\rtf1\ansi\ansicpg936{\fonttbl{\f0\fcharset134 A;}}" + rows + "}").encode()


SAMPLES: dict[str, Callable[[], bytes]] = {
    "pdf": pdf,
    "docx": word,
    "xlsx": workbook,
    "xls": (Path(__file__).parents[1] / "unit/parser/county.xls").read_bytes,
    "odt": lambda: open_document("text"),
    "ods": lambda: open_document("spreadsheet"),
    "ofd": ofd,
    "rtf": rtf,
    "html": PAGE.encode,
    "text": lambda: "\n".join("\t".join(row) for row in ROWS).encode("gb18030"),
    "mhtml": lambda: (
        b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b\r\n\r\n--b\r\nContent-Type: text/html; "
        b"charset=utf-8\r\n\r\n" + PAGE.encode() + b"\r\n--b--\r\n"
    ),
    "zip": lambda: zipped({"表.html": PAGE, "说明.txt": "一、职责\n"}),
}


def damaged(data: bytes, chance: random.Random) -> bytes:
    """`data` with bytes changed, doubled, moved or cut off; of a package the parts are damaged or the whole."""
    if data.startswith(b"PK") and chance.random() < 0.8:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            parts = {name: package.read(name) for name in package.namelist()}
        name = chance.choice(sorted(parts))
        parts[name] = damaged(parts[name], chance)
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as package:
            for each, part in parts.items():
                package.writestr(each, part)
        return file.getvalue()
    changed = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 8))):
        at, size = chance.randrange(len(changed) + 1), chance.choice((1, 2, 16, 200))
        piece = bytes(changed[at : at + size])
        kind = chance.randrange(5)
        if kind == 0:
            changed[at : at + size] = bytes(chance.randrange(256) for _ in piece)
        elif kind == 1:
            changed[at:at] = piece * chance.choice((1, 3, 50))
        elif kind == 2:
            del changed[at : at + size]
        elif kind == 3:
            changed[at : at + 1] = chance.choice((b"\xff", b"\x00", b"<", b"-", b"9" * 12, b"\xff\xff\xff\x7f"))
        else:
            del changed[at:]
    return bytes(changed)


def faults(name: str, data: bytes, count: int) -> list[str]:
    """The seeds whose file ended in neither a document nor a named outcome, and what they ended in.

    Raises PermanentError where the sound file itself is not read.
    """
    read_document([NamedBytes(name, data)])
    found = []
    for number in range(count):
        source = NamedBytes(f"{name}.{number}", damaged(data, random.Random(f"{SEED} {name} {number}")))
        try:
            document = read_document([source], read=read_apart)
            causes = {each.cause for each in document.unread}
        except PermanentError as error:
            causes = {error.cause}
            if isinstance(error, StageFailed):
                found.append(f"{number}: {error} {getattr(error, '__notes__', '')}")
        if causes & {StageFailed.cause, TimedOut.cause}:
            found.append(f"{number}: {causes}")
    return found


@pytest.mark.parametrize("name", SAMPLES)
async def test_a_damaged_file_ends_in_a_document_or_by_a_name(name: str) -> None:
    data = SAMPLES[name]()
    async with WorkerPool(1, Limits(1000, 1024)) as workers:
        assert await workers.call(faults, name, data, COUNT) == []


def test_the_samples_are_of_formats_that_there_are() -> None:
    assert SAMPLES.keys() <= {*READERS, *ARCHIVES}
