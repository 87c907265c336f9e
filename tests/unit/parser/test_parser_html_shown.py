"""What a browser does not show is not read; fields, and tables of other elements, are read as they look."""

import pytest

from services.parser.html.reader import read
from services.parser.reading import Limits
from shared.errors import TooLarge
from shared.schemas.document import HIDDEN, Paragraph, Table

ROW = "<tr><td>{}</td><td>{}</td></tr>".format
HEAD = ROW("项目", "预算数")


def cells(page: str) -> list[list[str]]:
    (table,) = [block for block in read(page.encode(), Limits()).blocks if isinstance(block, Table)]
    return [[cell.text for cell in table.cells if cell.row == row] for row in range(table.row_count)]


def causes(page: str) -> list[str]:
    return [note.cause for note in read(page.encode(), Limits()).unread]


@pytest.mark.parametrize(
    ("sheet", "attribute"),
    [
        ("", 'style="display:none"'),
        ("", 'style="DISPLAY : NONE !important; color: red"'),
        ("", "hidden"),
        (".old { display: none }", 'class="row old"'),
        ("/* .x */ #h, .other{color:red;display:none}", 'id="h"'),
        ("tr.old{display:table-row} tr.old{display:none}", 'class="old"'),
    ],
)
def test_rows_that_no_browser_shows_are_left_out_and_told(sheet: str, attribute: str) -> None:
    row = f"<tr {attribute}><td>水利</td><td>66.00</td></tr>"
    page = f"<style>{sheet}</style><table>{HEAD}{row}{ROW('合计', '280.00')}</table>"
    assert cells(page) == [["项目", "预算数"], ["合计", "280.00"]]
    assert causes(page) == [HIDDEN]


@pytest.mark.parametrize(
    ("sheet", "attribute"),
    [
        ("@media print { .screen { display: none } }", 'class="screen"'),
        ("@media (max-width: 600px) { .wide { display: none } .narrow { color: red } }", 'class="wide"'),
        (".a { display: none }", 'class="a" style="display: table-row"'),
        (".a { display: none } .a.shown { display: table-row }", 'class="a shown"'),
        ("", 'style="font-size: 10pt"'),
    ],
)
def test_rows_that_are_shown_on_a_screen_stay(sheet: str, attribute: str) -> None:
    row = f"<tr {attribute}><td>水利</td><td>66.00</td></tr>"
    page = f"<style>{sheet}</style><table>{HEAD}{row}</table>"
    assert cells(page) == [["项目", "预算数"], ["水利", "66.00"]]
    assert causes(page) == []


@pytest.mark.parametrize(
    "old",
    [
        '<span style="display: none">260.00</span>',
        '<span style="visibility:hidden">260.00</span>',
        '<span style="font-size:0">260.00</span>',
        "<span hidden>260.00</span>",
        "<s>260.00</s>",
        "<del>260.00</del>",
        "<strike>260.00</strike>",
    ],
)
def test_an_old_figure_that_is_hidden_or_struck_out_is_no_part_of_the_new_one(old: str) -> None:
    assert cells(f"<table>{HEAD}{ROW('防汛', old + '280.00')}</table>")[1] == ["防汛", "280.00"]


def test_a_cell_that_is_invisible_keeps_its_place() -> None:
    page = f"<table>{HEAD}<tr><td style='visibility:hidden'>水利</td><td>66.00</td></tr></table>"
    assert cells(page)[1] == ["", "66.00"]


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ('<input type="text" readonly value="486.45">', "486.45"),
        ('<input value="486.45">', "486.45"),
        ("<textarea>486.45</textarea>", "486.45"),
        ('<input type="hidden" value="1">486.45', "486.45"),
        ('<input type="checkbox" checked>', "√"),
        ('<input type="checkbox">', ""),
        ('<input type="button" value="计算">', ""),
    ],
)
def test_a_field_is_its_value(field: str, text: str) -> None:
    assert cells(f"<table>{HEAD}{ROW('合计', field)}</table>")[1] == ["合计", text]


def test_a_field_to_search_the_site_is_no_text_of_the_page() -> None:
    page = '<p>收支总表</p><input value="请输入关键词"><p>合计<input readonly value="1.00">万元</p>'
    found = [block.text for block in read(page.encode(), Limits()).blocks if isinstance(block, Paragraph)]
    assert found == ["收支总表", "合计1.00万元"]


@pytest.mark.parametrize(
    ("table", "row", "cell"),
    [
        ("style='display:table'", "style='display:table-row'", "style='display:table-cell'"),
        ("", "role=row", "role=cell"),
        ("class=t", "class=r", "class=c"),
    ],
)
def test_elements_laid_out_as_rows_and_cells_are_a_table(table: str, row: str, cell: str) -> None:
    def line(*texts: str) -> str:
        return f"<div {row}>" + "".join(f"<div {cell}>{text}</div>" for text in texts) + "</div>"

    sheet = "<style>.t{display:table}.r{display:table-row}.c{display:table-cell}</style>"
    page = (
        f"{sheet}<p>收支总表</p><div {table}>{line('项目', '金额')}{line('', '1.00')}{line('合计', '2.00')}</div>"
    )
    assert cells(page) == [["项目", "金额"], ["", "1.00"], ["合计", "2.00"]]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("1286.45<sup>1</sup>", "1286.45"),
        ("1286.45<sup>[3]</sup>", "1286.45"),
        ("1286.45①", "1286.45"),
        ("1286.45 *", "1286.45"),
        ("房屋m<sup>2</sup>", "房屋m²"),
        ("合计<sup>1</sup>", "合计¹"),
        ("第1280号①", "第1280号①"),
    ],
)
def test_the_mark_of_a_note_is_no_digit(text: str, shown: str) -> None:
    assert cells(f"<table>{HEAD}{ROW(text, '1.00')}</table>")[1][0] == shown


def test_an_element_of_endless_attributes_is_refused() -> None:
    attributes = " ".join(f"a{number}=1" for number in range(20_000))
    with pytest.raises(TooLarge, match="attributes"):
        read(f"<div {attributes}>2024年</div>".encode(), Limits())
    assert read(f'<img alt="{"一 " * 20_000}"><p>2024年</p>'.encode(), Limits()).blocks


def test_end_tags_of_nothing_do_not_hide_how_deep_a_page_is() -> None:
    with pytest.raises(TooLarge, match="deep"):
        read(("<div></b>" * 3000 + "2024年").encode(), Limits())


@pytest.mark.parametrize(
    ("sheet", "attribute"),
    [
        ("", 'style="text-decoration: line-through"'),
        (".old { text-decoration-line: line-through }", 'class="old"'),
        ("", 'style="color: #FFFFFF"'),
        ("", 'style="color: rgb(255, 255, 255)"'),
        ("", 'style="opacity: 0"'),
        ("", 'style="mso-hide: all"'),
        ("", 'style="position: absolute; left: -9999px"'),
    ],
)
def test_a_part_of_a_cell_that_is_not_to_be_seen_is_left_out_and_told(sheet: str, attribute: str) -> None:
    page = f"<style>{sheet}</style><table>{HEAD}{ROW('合计', f'<span {attribute}>260.00</span>280.00')}</table>"
    assert cells(page) == [["项目", "预算数"], ["合计", "280.00"]]
    assert causes(page) == [HIDDEN]


@pytest.mark.parametrize(
    "row",
    [
        '<tr style="background: #4472c4; color: #fff"><td>项目</td><td>预算数</td></tr>',
        '<tr bgcolor="#4472c4"><td><font color="white">项目</font></td><td>预算数</td></tr>',
        '<tr class="head" style="color: white"><td>项目</td><td>预算数</td></tr>',
    ],
    ids=["style", "attributes", "a sheet in another file"],
)
def test_white_text_is_shown_where_it_stands_on_colour_or_may(row: str) -> None:
    page = f'<link rel="stylesheet" href="a.css"><table>{row}{ROW("合计", "280.00")}</table>'
    assert cells(page) == [["项目", "预算数"], ["合计", "280.00"]]


def test_a_mark_that_a_style_raises_is_no_digit() -> None:
    page = (
        f"<table>{HEAD}{ROW('合计', '280.00<span style=' + repr('vertical-align: super') + '>2</span>')}</table>"
    )
    assert cells(page)[1] == ["合计", "280.00"]


def test_a_choice_in_a_table_says_what_is_chosen() -> None:
    choice = "<select><option>260.00</option><option selected>280.00</option></select>"
    assert cells(f"<table>{HEAD}{ROW('合计', choice)}</table>")[1] == ["合计", "280.00"]
