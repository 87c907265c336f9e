"""OFD pages: what they draw becomes the same blocks as a PDF's, by places and never by order."""

import io
import zipfile
from collections.abc import Sequence
from xml.sax.saxutils import escape

import pytest

from services.parser.ocr import scans
from services.parser.ofd.reader import read
from services.parser.reading import Limits
from shared.errors import Corrupt, TooLarge, Unsupported
from shared.schemas.document import SCAN, Paragraph, Table

NAMESPACE = 'xmlns:ofd="http://www.ofdspec.org/2016"'
SIZE = 4.0
"""Height of a character, millimetres."""


class Page:
    """A page drawn from the top left corner, in millimetres."""

    def __init__(self) -> None:
        self.objects: list[str] = []

    def text(self, x: float, y: float, text: str, attributes: str = "", inner: str = "", steps: str = "") -> None:
        """`text` with its baseline at `y`."""
        delta = steps or " ".join(str(SIZE if ord(each) > 0x2E80 else SIZE / 2) for each in text[:-1])
        self.objects.append(
            f'<ofd:TextObject ID="1" Boundary="{x} {y - SIZE} 100 6" Font="2" Size="{SIZE}" {attributes}>{inner}'
            f'<ofd:TextCode X="0" Y="{SIZE}" DeltaX="{delta}">{escape(text)}</ofd:TextCode></ofd:TextObject>'
        )

    def path(self, data: str, attributes: str = "", inner: str = "") -> None:
        """A path by its steps."""
        self.objects.append(
            f'<ofd:PathObject ID="3" Boundary="0 0 210 297" {attributes}>{inner}'
            f"<ofd:AbbreviatedData>{data}</ofd:AbbreviatedData></ofd:PathObject>"
        )

    def grid(self, columns: Sequence[float], rows: Sequence[float], texts: Sequence[Sequence[str]]) -> None:
        """A table with its texts."""
        for y in rows:
            self.path(f"M {columns[0]} {y} L {columns[-1]} {y}")
        for x in columns:
            self.path(f"M {x} {rows[0]} L {x} {rows[-1]}")
        for y, line in zip(rows, texts, strict=False):
            for x, text in zip(columns, line, strict=False):
                if text:
                    self.text(x + 1, y + 5, text)

    def content(self) -> str:
        """The page's part."""
        layer = "".join(self.objects)
        return f'<ofd:Page {NAMESPACE}><ofd:Content><ofd:Layer ID="9">{layer}</ofd:Layer></ofd:Content></ofd:Page>'


def ofd(*pages: Page, more: dict[str, str] | None = None, common: str = "", after: str = "") -> bytes:
    """The file of `pages`."""
    listed = "".join(f'<ofd:Page ID="{n}" BaseLoc="Pages/Page_{n}/Content.xml"/>' for n in range(len(pages)))
    parts = {
        "OFD.xml": f"<ofd:OFD {NAMESPACE}><ofd:DocBody><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot>"
        "</ofd:DocBody></ofd:OFD>",
        "Doc_0/Document.xml": f"<ofd:Document {NAMESPACE}><ofd:CommonData><ofd:PageArea>"
        f"<ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea>{common}</ofd:CommonData>"
        f"<ofd:Pages>{listed}</ofd:Pages>{after}</ofd:Document>",
        **{f"Doc_0/Pages/Page_{n}/Content.xml": page.content() for n, page in enumerate(pages)},
        **(more or {}),
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as package:
        for name, part in parts.items():
            package.writestr(name, part)
    return file.getvalue()


def texts(table: Table) -> list[list[str]]:
    return [[cell.text for cell in table.cells if cell.row == row] for row in range(table.row_count)]


def blocks(data: bytes) -> list[str | list[list[str]]]:
    return [block.text if isinstance(block, Paragraph) else texts(block) for block in read(data, Limits()).blocks]


ROWS = [["项目", "预算数"], ["合计", "1,286.45"], ["人员经费", "486.45"]]


def test_a_title_and_a_ruled_table() -> None:
    page = Page()
    page.text(70, 20, "部门收支总表")
    page.grid((20, 80, 140), (30, 38, 46, 54), ROWS)
    assert blocks(ofd(page)) == ["部门收支总表", ROWS]


def test_lines_as_thin_filled_rectangles_and_a_merged_cell() -> None:
    page = Page()
    for y in (30, 38, 46):
        page.path(f"M 20 {y} L 140 {y} L 140 {y + 0.2} L 20 {y + 0.2} C", 'Fill="true" Stroke="false"')
    for x, top in ((20, 30), (140, 30), (80, 38)):
        page.path(f"M {x} {top} L {x + 0.2} {top} L {x + 0.2} 46 L {x} 46 C", 'Fill="true" Stroke="false"')
    page.text(21, 35, "收入")
    page.text(21, 43, "合计")
    page.text(81, 43, "9.00")
    assert blocks(ofd(page)) == [[["收入"], ["合计", "9.00"]]]


def test_the_order_of_drawing_does_not_count_and_distances_repeat() -> None:
    page = Page()
    page.text(80, 40, "第二行")
    page.text(80, 30, "部门预算公开", steps=f"g 5 {SIZE}")
    assert [text.replace("\n", "") for text in blocks(ofd(page)) if isinstance(text, str)] == [
        "部门预算公开",
        "第二行",
    ]


@pytest.mark.parametrize(
    ("attributes", "inner"),
    [
        ('Visible="false"', ""),
        ('Alpha="0"', ""),
        ('Fill="false"', ""),
        ("", '<ofd:FillColor Value="255 255 255"/>'),
        ("", '<ofd:FillColor Value="255"/>'),
        ("", '<ofd:FillColor Value="0 0 0 0"/>'),
    ],
)
def test_what_a_page_does_not_show_is_not_read(attributes: str, inner: str) -> None:
    page = Page()
    page.text(20, 30, "合计1286.45万元")
    page.text(20, 45, "旧数999.99万元", attributes, inner)
    assert blocks(ofd(page)) == ["合计1286.45万元"]


def test_what_a_white_area_covers_is_not_read_and_is_told() -> None:
    page = Page()
    page.text(20, 30, "旧数999.99万元")
    page.path(
        "M 15 20 L 120 20 L 120 33 L 15 33 C", 'Fill="true" Stroke="false"', '<ofd:FillColor Value="255 255 255"/>'
    )
    page.text(20, 30, "合计1286.45万元")
    reading = read(ofd(page), Limits())
    assert [block.text for block in reading.blocks if isinstance(block, Paragraph)] == ["合计1286.45万元"]
    assert [note.cause for note in reading.unread] == ["hidden"]


def test_a_page_on_its_side_is_read_upright() -> None:
    page = Page()
    for x in (60, 100):
        page.text(x, 40, "部门收入总表" if x == 100 else "单位万元", 'CTM="0 1 -1 0 0 0"')
    assert blocks(ofd(page)) == ["部门收入总表", "单位万元"]


def test_templates_and_composite_graphics_are_a_part_of_the_page() -> None:
    page, template = Page(), Page()
    template.text(20, 20, "第一部分部门概况。")
    page.objects.append('<ofd:CompositeObject ID="7" ResourceID="50" Boundary="20 60 100 10"/>')
    content = page.content().replace("<ofd:Content>", '<ofd:Template TemplateID="5"/><ofd:Content>')
    unit = Page()
    unit.text(0, 4, "印章以外的文字。")
    resource = (
        f'<ofd:Res {NAMESPACE}><ofd:CompositeGraphicUnits><ofd:CompositeGraphicUnit ID="50"><ofd:Content>'
        f"{''.join(unit.objects)}</ofd:Content></ofd:CompositeGraphicUnit></ofd:CompositeGraphicUnits></ofd:Res>"
    )
    common = (
        '<ofd:TemplatePage ID="5" BaseLoc="Tpls/Content.xml"/><ofd:DocumentRes>DocumentRes.xml</ofd:DocumentRes>'
    )
    more = {
        "Doc_0/Tpls/Content.xml": template.content(),
        "Doc_0/DocumentRes.xml": resource,
        "Doc_0/Pages/Page_0/Content.xml": content,
    }
    assert blocks(ofd(page, more=more, common=common)) == ["第一部分部门概况。", "印章以外的文字。"]


def test_files_that_it_carries_are_given_by_name() -> None:
    page = Page()
    page.text(20, 30, "见附件")
    more = {
        "Doc_0/Attachs/Attachments.xml": f'<ofd:Attachments {NAMESPACE}><ofd:Attachment ID="1" Name="表.txt">'
        "<ofd:FileLoc>t.txt</ofd:FileLoc></ofd:Attachment></ofd:Attachments>",
        "Doc_0/Attachs/t.txt": "一、职责",
    }
    after = "<ofd:Attachments>Attachs/Attachments.xml</ofd:Attachments>"
    assert read(ofd(page, more=more, after=after), Limits()).attached == (("表.txt", "一、职责".encode()),)


def test_a_page_of_a_picture_and_one_that_is_missing_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scans, "is_installed", lambda: False)
    page, scan, lost = Page(), Page(), Page()
    page.text(20, 30, "部门预算公开说明。")
    scan.objects.append('<ofd:ImageObject ID="4" ResourceID="9" Boundary="0 0 210 297"/>')
    reading = read(ofd(page, scan, lost, more={"Doc_0/Pages/Page_2/Content.xml": "<broken"}), Limits())
    assert [(note.name, note.cause) for note in reading.unread] == [
        ("page 2", SCAN),
        ("page 3", "corrupt"),
    ]
    assert reading.pages == 3


def test_damage_and_limits_have_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scans, "is_installed", lambda: False)
    scan = Page()
    scan.objects.append('<ofd:ImageObject ID="4" ResourceID="9" Boundary="0 0 210 297"/>')
    with pytest.raises(Unsupported):
        read(ofd(scan), Limits())
    with pytest.raises(Corrupt):
        read(ofd(), Limits())
    page = Page()
    page.text(20, 30, "部门")
    with pytest.raises(TooLarge):
        read(ofd(page, page), Limits(pages=1))
    with pytest.raises(Corrupt):
        read(ofd(page)[:300], Limits())


@pytest.mark.parametrize(("kind", "expected"), [("Path", ["单位：万元", "部门职责"]), ("Watermark", ["部门职责"])])
def test_what_a_note_says_is_text_of_its_page_and_a_watermark_is_not(kind: str, expected: list[str]) -> None:
    page, note = Page(), Page()
    page.text(20, 40, "部门职责")
    note.text(0, 5, "单位：万元")
    appearance = f'<ofd:Appearance Boundary="20 15 100 10">{"".join(note.objects)}</ofd:Appearance>'
    more = {
        "Doc_0/Annots/Annotations.xml": f'<ofd:Annotations {NAMESPACE}><ofd:Page PageID="0">'
        "<ofd:FileLoc>Page_0/Annotation.xml</ofd:FileLoc></ofd:Page></ofd:Annotations>",
        "Doc_0/Annots/Page_0/Annotation.xml": f'<ofd:PageAnnot {NAMESPACE}><ofd:Annot Type="{kind}">'
        f"{appearance}</ofd:Annot></ofd:PageAnnot>",
    }
    after = "<ofd:Annotations>Annots/Annotations.xml</ofd:Annotations>"
    assert blocks(ofd(page, more=more, after=after)) == expected
