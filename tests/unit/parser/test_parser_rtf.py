"""RTF documents: text in any charset, tables with merged cells, and nothing that Word does not show."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.parser.reading import Limits
from services.parser.rtf.reader import read
from shared.errors import Corrupt, PermanentError, TooLarge
from shared.schemas.document import HIDDEN, Block, Paragraph

FONTS = r"{\fonttbl{\f0\fnil\fcharset134 \'cb\'ce\'cc\'e5;}{\f1\fswiss\fcharset0 Arial;}}"


def gbk(text: str) -> str:
    """`text` as Word writes it in RTF: each byte of GBK by its number."""
    return "".join(f"\\'{byte:02x}" if byte > 0x7F else chr(byte) for byte in text.encode("gbk"))


def rtf(body: str, head: str = "") -> bytes:
    return (r"{\rtf1\ansi\ansicpg936\deff0\uc1 " + FONTS + head + r"\pard\plain\f0 " + body + "}").encode(
        "latin-1"
    )


def said(block: Block) -> str | list[list[str]]:
    if isinstance(block, Paragraph):
        return block.text
    return [[cell.text for cell in block.cells if cell.row == row] for row in range(block.row_count)]


def blocks(body: str, head: str = "") -> list[str | list[list[str]]]:
    return [said(block) for block in read(rtf(body, head), Limits()).blocks]


def row(*cells: str, definition: str = "") -> str:
    edges = definition or "".join(rf"\cellx{1000 * (number + 1)}" for number in range(len(cells)))
    return (
        r"\trowd\trleft0" + edges + r"\pard\intbl " + "".join(gbk(cell) + r"\cell " for cell in cells) + r"\row "
    )


@given(st.text(alphabet="县水务局收支预算公开2024年一（）、。1,286.45%△元万", min_size=1, max_size=40))
def test_text_is_read_by_its_charset_and_as_unicode(text: str) -> None:
    # Between the two a letter, at which the bytes of characters for older programs end.
    unicode = "".join(rf"\u{ord(each) if ord(each) < 0x8000 else ord(each) - 0x10000}?" for each in text)
    assert blocks(rf"A{gbk(text)}B\par A{unicode}B\par") == [f"A{text}B"] * 2


def test_headings_by_their_style_or_their_own_level() -> None:
    head = r"{\stylesheet{\s1\outlinelevel0 heading 1;}{\s2 normal;}}"
    found = read(
        rtf(rf"\s1 {gbk('收支')}\par\pard\outlinelevel1 {gbk('说明')}\par\pard {gbk('正文')}\par", head), Limits()
    )
    assert [(block.text, block.heading) for block in found.blocks if isinstance(block, Paragraph)] == [
        ("收支", 1),
        ("说明", 2),
        ("正文", None),
    ]


def test_a_table_with_cells_merged_both_ways() -> None:
    body = (
        gbk("部门收支总表")
        + r"\par "
        + row("项目", "预算数", "", definition=r"\clvmgf\cellx1000\clmgf\cellx2000\clmrg\cellx3000")
        + row("", "基本", "项目", definition=r"\clvmrg\cellx1000\cellx2000\cellx3000")
        + row("合计", "486.45", "800.00")
        + r"\pard "
        + gbk("注：无")
        + r"\par"
    )
    assert blocks(body) == [
        "部门收支总表",
        [["项目", "预算数"], ["基本", "项目"], ["合计", "486.45", "800.00"]],
        "注：无",
    ]


def test_a_table_in_a_cell_is_a_part_of_its_text() -> None:
    inner = (
        r"\pard\intbl\itap2 " + gbk("甲") + r"\nestcell " + gbk("乙") + r"\nestcell "
        r"{\*\nesttableprops\trowd\cellx400\cellx800\nestrow}{\nonesttables\par}"
    )
    body = r"\trowd\cellx1000\cellx2000\pard\intbl A\cell " + inner + r"\pard\intbl\itap1 B\cell\row"
    assert blocks(body) == [[["A", "甲 乙\nB"]]]


@pytest.mark.parametrize(
    "unseen",
    [
        r"{\v 9}", r"{\strike 9}", r"{\striked1 9}", r"{\deleted 9}", r"{\*\comment 9}", r"{\footer 9\par}",
        r"{\field{\*\fldinst PAGE 9}{\fldrslt }}", r"{\pict\pngblip 89504e47}", r"{\*\annotation 9\par}",
        r"{\super [1]}", r"{\*\shppict{\pict 00ff}}", r"{\info{\title 9}}", r"{\*\bkmkstart 9}", "\\bin3 9}\\",
    ],
)  # fmt: skip
def test_what_word_does_not_show_is_not_read(unseen: str) -> None:
    assert blocks(f"{gbk('合计')}1286.45{unseen} {gbk('万元')}\\par") == ["合计1286.45 万元"]


def test_page_heads_stand_first_boxes_and_notes_last() -> None:
    body = (
        gbk("正文") + r"{\footnote\pard " + gbk("注：含结转。")
        + r"}{\shp{\*\shpinst{\sp{\sn a}{\sv 1}}{\shptxt\pard "
        + gbk("框内") + r"\par}}{\shprslt{\*\do x}}}\par"
    )  # fmt: skip
    head = r"{\header\pard " + gbk("水务局") + r"\par\pard 3\par}"
    assert blocks(body, head) == ["水务局", "正文", "注：含结转。", "框内"]


def test_a_number_that_word_printed_before_a_list_is_kept() -> None:
    assert blocks(r"{\listtext " + gbk("一、") + "}" + gbk("职责") + r"\par") == ["一、职责"]


def test_damage_and_limits_have_names() -> None:
    with pytest.raises(Corrupt):
        read(b"{\\rtf1 }", Limits())
    with pytest.raises(TooLarge):
        read(rtf("{" * 2000), Limits())
    with pytest.raises(TooLarge):
        read(rtf(r"\par A" * 500), Limits(elements=100))


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_end_by_name(data: bytes) -> None:
    with contextlib.suppress(PermanentError):
        read(b"{\\rtf1\\ansi " + data, Limits())


def test_a_word_table_of_one_column_is_its_text() -> None:
    assert blocks(row("职责") + row("机构")) == ["职责", "机构"]


COLOURS = r"{\colortbl;\red255\green255\blue255;\red68\green114\blue196;}"


def test_white_text_is_left_out_and_told_unless_it_stands_on_colour() -> None:
    head = row("项目", "预算数", definition=r"\clcbpat2\cellx1000\clcbpat2\cellx2000").replace(
        r"\intbl ", r"\intbl\cf1 "
    )
    body = (
        head
        + r"\plain\f0 "
        + row("合计", "486.45")
        + r"\pard\plain\f0 {\cf1 "
        + gbk("底稿")
        + "}"
        + gbk("部门职责")
        + r"\par"
    )
    found = read(rtf(body, COLOURS), Limits())
    assert [said(block) for block in found.blocks] == [[["项目", "预算数"], ["合计", "486.45"]], "部门职责"]
    assert [note.cause for note in found.unread] == [HIDDEN]


@pytest.mark.parametrize(("width", "count"), [(9000, 1), (900, 0)])
def test_a_picture_as_large_as_a_table_is_told_in_a_long_text_too(width: int, count: int) -> None:
    picture = rf"{{\pict\pngblip\picwgoal{width}\pichgoal5000 89504e47}}"
    body = gbk("部门预算说明，单位：万元。" * 20) + r"\par " + picture + r"{\nonshppict" + picture + r"}\par"
    assert len(read(rtf(body), Limits()).unread) == count
