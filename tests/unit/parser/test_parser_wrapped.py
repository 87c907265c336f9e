"""Documents in wrappings: saved pages, Word's XML of 2003, Office in one file, passwords; empty files."""

import base64
import io
import struct
import zipfile
from email.message import EmailMessage
from pathlib import Path

import docx
import msoffcrypto.format.ooxml
import olefile
import openpyxl
import pytest

from services.parser.contents import NamedBytes
from services.parser.formats import detect, reader_of
from services.parser.reading import Limits
from services.parser.stage import read_document
from shared.errors import Corrupt, EmptyFile, Encrypted
from shared.schemas.document import Block, Paragraph

PAGE = "<html><body><p>部门收支总表</p><table><tr><td>合计<td>1286.45<tr><td>其中<td>9</table></body></html>"
READ = ["部门收支总表", [["合计", "1286.45"], ["其中", "9"]]]


def said(block: Block) -> str | list[list[str]]:
    if isinstance(block, Paragraph):
        return block.text
    return [[cell.text for cell in block.cells if cell.row == row] for row in range(block.row_count)]


def blocks(data: bytes) -> list[str | list[list[str]]]:
    return [said(block) for block in reader_of(detect(data))(data, Limits()).blocks]


@pytest.mark.parametrize("charset", ["utf-8", "gb2312", None])
@pytest.mark.parametrize("encoding", ["base64", "quoted-printable", "8bit"])
def test_a_page_saved_with_its_parts(charset: str | None, encoding: str) -> None:
    content = PAGE.encode(charset or "gb18030")
    if encoding == "base64":
        body = base64.encodebytes(content)
    else:
        body = b"".join(b"=%02X" % byte if byte > 126 or byte == 61 else bytes([byte]) for byte in content)
        body = content if encoding == "8bit" else body
    said_so = f'; charset="{charset}"' if charset else ""
    data = (
        b"From: <Saved by a browser>\r\nSubject: =?utf-8?Q?x?=\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/related;\r\n\ttype="text/html"; boundary="----=_Part"\r\n\r\n------=_Part\r\n'
        + f"Content-Type: text/html{said_so}\r\nContent-Transfer-Encoding: {encoding}\r\n".encode()
        + b"Content-Location: http://127.0.0.1/a.htm\r\n\r\n"
        + body
        + b"\r\n------=_Part\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\nAAAA\r\n"
        b"------=_Part--\r\n"
    )
    assert blocks(data) == READ


@pytest.mark.parametrize("charset", ["no-such", "utf-8\x00", "\xff"])
def test_a_saved_page_in_a_charset_that_there_is_not_is_read_by_its_bytes(charset: str) -> None:
    head = "MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b\r\n\r\n--b\r\n"
    head += f'Content-Type: text/html; charset="{charset}"'
    assert blocks(head.encode("latin-1") + b"\r\n\r\n" + PAGE.encode() + b"\r\n--b--\r\n") == READ


def test_a_saved_page_without_a_page_is_corrupt() -> None:
    message = EmailMessage()
    message.set_content("text")
    message.add_related(b"x", "image", "png")
    with pytest.raises(Corrupt):
        blocks(
            b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n\r\n--x\r\n\r\ntext\r\n--x--\r\n"
        )


def word() -> bytes:
    document = docx.Document()
    document.add_paragraph("部门收支总表")
    table = document.add_table(2, 2)
    for cell, text in zip(
        (cell for row in table.rows for cell in row.cells), ("合计", "1286.45", "其中", "9"), strict=True
    ):
        cell.text = text
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def workbook() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "收支"
    for line in (["项目", "预算数"], ["合计", 1286.45]):
        sheet.append(line)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def flat(data: bytes) -> bytes:
    """The package as one XML file."""
    parts = []
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        for name in package.namelist():
            content = package.read(name)
            if name.endswith((".xml", ".rels")) and name != "[Content_Types].xml":
                inner = content.decode().partition("?>")[2] if content.startswith(b"<?xml") else content.decode()
                parts.append(f'<pkg:part pkg:name="/{name}"><pkg:xmlData>{inner}</pkg:xmlData></pkg:part>')
            elif not name.startswith("["):
                inner = base64.b64encode(content).decode()
                parts.append(f'<pkg:part pkg:name="/{name}"><pkg:binaryData>{inner}</pkg:binaryData></pkg:part>')
    namespace = "http://schemas.microsoft.com/office/2006/xmlPackage"
    return (
        '<?xml version="1.0" standalone="yes"?><?mso-application progid="Word.Document"?>'
        f'<pkg:package xmlns:pkg="{namespace}">{"".join(parts)}</pkg:package>'
    ).encode()


def test_office_documents_in_one_file() -> None:
    assert blocks(flat(word())) == READ
    assert blocks(flat(workbook())) == ["收支", [["项目", "预算数"], ["合计", "1286.45"]]]


def test_words_xml_of_2003() -> None:
    def cell(text: str, properties: str = "") -> str:
        return f"<w:tc><w:tcPr>{properties}</w:tcPr><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>"

    begins, wide = '<w:vmerge w:val="restart"/>', '<w:gridSpan w:val="2"/>'
    rows = (
        f"<w:tr>{cell('项目', begins)}{cell('预算数', wide)}</w:tr>"
        f"<w:tr>{cell('', '<w:vmerge/>')}{cell('基本')}{cell('项目')}</w:tr>"
        f"<w:tr>{cell('合计')}{cell('486.45')}{cell('800')}</w:tr>"
    )
    data = (
        '<?xml version="1.0"?><?mso-application progid="Word.Document"?>'
        '<w:wordDocument xmlns:w="http://schemas.microsoft.com/office/word/2003/wordml" '
        'xmlns:wx="http://schemas.microsoft.com/office/word/2003/auxHint"><w:styles><w:style w:type="paragraph" '
        'w:styleId="1"><w:name w:val="heading 1"/></w:style></w:styles><w:body><wx:sect><wx:sub-section>'
        '<w:p><w:pPr><w:pStyle w:val="1"/></w:pPr><w:r><w:t>部门收支总表</w:t></w:r>'
        "<w:r><w:rPr><w:vanish/></w:rPr><w:t>藏</w:t></w:r></w:p>"
        f"<w:tbl>{rows}</w:tbl></wx:sub-section></wx:sect></w:body></w:wordDocument>"
    ).encode()
    assert blocks(data) == ["部门收支总表", [["项目", "预算数"], ["基本", "项目"], ["合计", "486.45", "800"]]]
    heading = reader_of("word-xml")(data, Limits()).blocks[0]
    assert isinstance(heading, Paragraph)
    assert heading.heading == 1


def test_a_part_without_a_name_is_no_part_of_the_package() -> None:
    assert blocks(flat(word()).replace(b'pkg:name="/docProps/core.xml"', b'pkg:name=""')) == READ


def test_a_storage_that_holds_itself_is_damage() -> None:
    """The root of a compound file is called a storage, and its own child ([MS-CFB] 2.6.1)."""
    data = bytearray((Path(__file__).parent / "county.xls").read_bytes())
    root = 512 * (1 + int.from_bytes(data[48:52], "little"))
    data[root + 66] = 1
    data[root + 76 : root + 80] = bytes(4)
    with pytest.raises(Corrupt):
        read_document([NamedBytes("a.xls", bytes(data))])


def locked(data: bytes, password: str) -> bytes:
    file = io.BytesIO()
    msoffcrypto.format.ooxml.OOXMLFile(io.BytesIO(data)).encrypt(password, file)
    return file.getvalue()


def test_the_password_that_excel_gives_of_its_own_accord_is_tried() -> None:
    document = read_document([NamedBytes("a.xlsx", locked(workbook(), "VelvetSweatshop"))])
    assert [said(block) for block in document.blocks][1:] == [[["项目", "预算数"], ["合计", "1286.45"]]]
    assert document.files[0].format == "xlsx"


@pytest.mark.parametrize("data", [word(), workbook()], ids=["docx", "xlsx"])
def test_another_password_is_told_by_its_name(data: bytes) -> None:
    with pytest.raises(Encrypted):
        read_document([NamedBytes("a", locked(data, "某密码"))])


def test_damage_to_what_says_how_a_file_is_encrypted_is_told_by_its_name() -> None:
    file = io.BytesIO(locked(workbook(), "VelvetSweatshop"))
    with olefile.OleFileIO(file, write_mode=True) as compound:
        about = compound.openstream("EncryptionInfo").read()
        compound.write_stream("EncryptionInfo", about.replace(b"<keyData", b"<\x00eyData"))
    with pytest.raises(Corrupt):
        read_document([NamedBytes("a.xlsx", file.getvalue())])


def test_a_password_of_before_excel_97_is_told_by_its_name() -> None:
    old, new = (
        name.encode("utf-16-le").ljust(64, b"\0") + struct.pack("<H", size)
        for name, size in (("Workbook", 18), ("Book", 10))
    )
    file = io.BytesIO((Path(__file__).parent / "county.xls").read_bytes().replace(old, new))
    with olefile.OleFileIO(file, write_mode=True) as compound:
        first = struct.pack("<HHHHHH", 0x0809, 8, 0x0500, 5, 0, 0)
        key = struct.pack("<HHHH", 0x002F, 4, 0xB359, 0x9A0A)
        compound.write_stream("Book", (first + key).ljust(compound.get_size("Book"), b"\0"))
    with pytest.raises(Encrypted):
        read_document([NamedBytes("a.xls", file.getvalue())])


def test_an_empty_file_beside_others_is_told_as_such() -> None:
    document = read_document([NamedBytes("a.txt", "一、职责\n".encode()), NamedBytes("b.doc", b"\x00" * 100)])
    assert [(each.name, each.cause) for each in document.unread] == [("b.doc", "empty_file")]
    with pytest.raises(EmptyFile):
        read_document([NamedBytes("b.doc", b"")])
