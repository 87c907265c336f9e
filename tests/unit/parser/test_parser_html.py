"""Web pages: the article and nothing around it, lines, tables with spans, bad pages."""

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.parser.html.reader import read
from services.parser.reading import Limits
from services.parser.stage import read_file
from shared.errors import TooLarge
from shared.schemas.document import Block, Paragraph, Table

FRAME = "<div class=nav><a href=/>首页</a></div>{}<div class=foot><p>主办：办公室 <a href=/>备案号</a></p></div>"


def blocks(page: str, body: str | None = None) -> tuple[Block, ...]:
    return read(page.encode(), Limits(), body).blocks


def texts(page: str, body: str | None = None) -> list[str]:
    return [block.text for block in blocks(page, body) if isinstance(block, Paragraph)]


def table(page: str) -> Table:
    (found,) = [block for block in blocks(page) if isinstance(block, Table)]
    return found


def shape(each: Table) -> list[tuple[int, int, int, int, str]]:
    return [(cell.row, cell.column, cell.row_span, cell.column_span, cell.text) for cell in each.cells]


@pytest.mark.parametrize(
    "container",
    [
        "<div class=TRS_Editor>{}</div>",
        "<div id=zoom>{}</div>",
        "<UCAPCONTENT>{}</UCAPCONTENT>",
        "<div id=vsb_content class=v_news_content>{}</div>",
        "<div class=article-content>{}</div>",
        "<table><tr><td id=fontzoom>{}</td></tr></table>",
    ],
)
def test_the_known_containers_hold_the_article(container: str) -> None:
    page = FRAME.format("<h1>标题</h1>" + container.format("<p>按照规定，现予以公开。</p>"))
    assert texts(page) == ["按照规定，现予以公开。"]


def test_the_portal_says_where_the_article_is() -> None:
    page = FRAME.format("<div class=TRS_Editor><p>别处</p></div><div id=mine><p>正文</p></div>")
    assert texts(page, "#mine") == ["正文"]
    assert texts(page, "#gone") == ["别处"]
    assert texts(page, "###[") == ["别处"]


def test_without_a_known_container_the_densest_part_is_the_article() -> None:
    words = "<p>按照《中华人民共和国预算法》的规定，现将部门预算公开如下。</p>" * 20
    assert texts(FRAME.format(f"<div><div class=x1>{words}</div></div>")) == texts(words)


def test_scripts_styles_comments_and_field_codes_are_no_text() -> None:
    page = (
        "<body><style>p{}</style><script>var a='x'</script><noscript>n</noscript>"
        "<p><!--[if supportFields]><span> TC 1、经费表 \\f C \\l 1 </span><![endif]-->1、补助支出绩效目标表"
        "<o:p></o:p></p>"
        "<p>分项目标<span> TC 分项目标 \\f A \\l 1 </span></p></body>"
    )
    assert texts(page) == ["1、补助支出绩效目标表", "分项目标"]


def test_lines_end_at_blocks_and_breaks_and_wrapped_source_lines_do_not() -> None:
    page = "<body>一、部门\n   职责<br>机构&nbsp;设置<div>甲<b>乙</b></div><ul><li>丙</ul><p>Word wraps\nhere</p>"
    assert texts(page) == ["一、部门职责", "机构 设置", "甲乙", "丙", "Word wraps here"]


def test_headings_have_their_level() -> None:
    found = blocks("<body><h2>部门预算</h2><p>正文</p></body>")
    assert [(block.text, block.heading) for block in found if isinstance(block, Paragraph)] == [
        ("部门预算", 2), ("正文", None),
    ]  # fmt: skip


def test_row_and_column_spans_stay_spans() -> None:
    each = table(
        "<table><tr><td rowspan=2>序号<td colspan=2>科目<tr><td>编码<td>名称"
        "<tr><td>1<td>201<td><p>服务</p><p>支出</p></table>"
    )
    assert shape(each) == [
        (0, 0, 2, 1, "序号"), (0, 1, 1, 2, "科目"), (1, 1, 1, 1, "编码"), (1, 2, 1, 1, "名称"),
        (2, 0, 1, 1, "1"), (2, 1, 1, 1, "201"), (2, 2, 1, 1, "服务\n支出"),
    ]  # fmt: skip


def test_blank_cells_are_kept_and_columns_no_cell_begins_in_are_not() -> None:
    each = table(
        "<table><tr><td colspan=9>标题<tr><td>甲<td colspan=3>&nbsp;<td>丙<tr><td>1<td colspan=3>2</table>"
    )
    assert (each.row_count, each.column_count) == (3, 3)
    assert shape(each)[1:] == [
        (1, 0, 1, 1, "甲"), (1, 1, 1, 1, ""), (1, 2, 1, 1, "丙"),
        (2, 0, 1, 1, "1"), (2, 1, 1, 1, "2"), (2, 2, 1, 1, ""),
    ]  # fmt: skip


def test_a_table_of_data_is_found_in_tables_of_layout() -> None:
    inner = "<table border=1><tr><td>项目<td>金额<tr><td>合计<td>1.00</table>"
    found = blocks(f"<table><tr><td>位置：首页<tr><td><table><tr><td>标题{inner}<p>说明</p></table></table>")
    assert [block.kind for block in found] == ["paragraph", "paragraph", "table", "paragraph"]


def test_a_rowspan_of_millions_is_cut_to_the_table() -> None:
    each = table("<table><tr><td rowspan=10000000>甲<td colspan=9999999>乙<tr><td>丙<td>丁</table>")
    assert (each.row_count, each.column_count) == (2, 3)
    assert shape(each)[0] == (0, 0, 2, 1, "甲")


def test_many_wide_cells_are_too_large() -> None:
    with pytest.raises(TooLarge):
        blocks("<table>" + ("<tr>" + "<td colspan=1000>甲<td>乙" * 60) * 60 + "</table>")


@pytest.mark.parametrize("declared", ["utf-8", "gb2312", "big5"])
def test_the_bytes_decide_the_charset_not_the_page(declared: str) -> None:
    page = f"<html><meta charset={declared}><body><p>广阳区䶮</p></body></html>"
    for charset in ("gb18030", "utf-8"):
        (found,) = read(page.encode(charset), Limits()).blocks
        assert isinstance(found, Paragraph)
        assert found.text == "广阳区䶮"


def test_a_page_that_only_shows_pictures_says_so() -> None:
    reading = read(b"<body><div class=TRS_Editor><p><img src='/a/W020.png'></p></div></body>", Limits())
    assert [note.name for note in reading.unread] == ["W020.png"]


@pytest.mark.parametrize(
    ("sides", "told"),
    [
        ("width=640 height='480'", ["W020.png"]),
        ("style='WIDTH: 640px; height:12.5cm'", ["W020.png"]),
        ("width=100% height=480", []),
        ("style='width:640.5.2px;height:480px'", []),
        ("width=200 height=480", []),
        ("", []),
    ],
)
def test_a_picture_as_large_as_a_table_is_told_beside_a_long_text(sides: str, told: list[str]) -> None:
    page = (
        f"<body><div class=TRS_Editor><p>{'本部门公开如下。' * 60}</p><img src='/a/W020.png' {sides}></div></body>"
    )
    assert [note.name for note in read(page.encode(), Limits()).unread] == told


@pytest.mark.parametrize(
    "icon",
    [
        "<a href='/down.jsp?filename=1.doc'><img src='/module/jslib/icons/word.png'>预算.doc</a>",
        "<img src='/ueditor/dialogs/attachment/fileTypeImages/icon_pdf.gif'><a href='/1.pdf'>预算.pdf</a>",
        "<img src='/images/pdf.png'><a href='/1.pdf'>预算.pdf</a>",
        "<img src='/images/a.gif' width=16 height=16><a href='/1.pdf'>预算.pdf</a>",
    ],
)
def test_the_icon_of_a_link_is_no_picture_of_the_page(icon: str) -> None:
    page = f"<html><body><div class=TRS_Editor><p>详见附件。</p><p>附件：{icon}</p></div></body></html>"
    assert read(page.encode(), Limits()).unread == ()


def test_a_scanned_page_that_leads_to_its_larger_self_is_a_picture() -> None:
    page = (
        "<html><body><div class=TRS_Editor><a href='/W020_big.jpg'><img src='/W020.jpg'></a></div></body></html>"
    )
    assert [note.name for note in read(page.encode(), Limits()).unread] == ["W020.jpg"]


@pytest.mark.parametrize(
    "page",
    [
        b"<html><body>" + b"<p>" * 3_000_000,
        b"<div>" * 300_000,
        b"<table>" + b"<tr><td>1" * 1_300_000,
    ],
    ids=["many elements", "deep", "many cells"],
)  # fmt: skip
def test_huge_pages_are_refused_at_once(page: bytes) -> None:
    start = time.process_time()
    with pytest.raises(TooLarge):
        read(page, Limits())
    assert time.process_time() - start < 20


def test_fifty_megabytes_of_text_are_read() -> None:
    page = b"<html><body>" + b"<p>" + b"x" * 50_000_000 + b"</p><p>end</p></body></html>"
    assert [len(block.text) for block in read(page, Limits()).blocks if isinstance(block, Paragraph)] == [
        50_000_000,
        3,
    ]


def test_tables_nested_a_thousand_times_end_well() -> None:
    assert texts("<table><tr><td>" * 900 + "正文" + "</table>" * 900) == ["正文"]


cells = st.lists(
    st.tuples(st.integers(0, 4), st.integers(0, 4), st.text(alphabet="甲乙1 ", max_size=3)), min_size=1, max_size=5
)


@given(st.lists(cells, min_size=1, max_size=6))
def test_any_spans_give_a_proper_grid(rows: list[list[tuple[int, int, str]]]) -> None:
    source = "".join(
        "<tr>"
        + "".join(f"<td rowspan={down} colspan={across}>{text}</td>" for down, across, text in row)
        + "</tr>"
        for row in rows
    )
    for block in blocks(f"<body><p>前</p><table>{source}</table></body>"):
        if isinstance(block, Table):
            places = [
                (row, column)
                for cell in block.cells
                for row in range(cell.row, cell.row + cell.row_span)
                for column in range(cell.column, cell.column + cell.column_span)
            ]
            assert sorted(places) == [
                (row, column) for row in range(block.row_count) for column in range(block.column_count)
            ]


@given(st.text(alphabet="<>/ptdrable=\"' 甲a!-&;#", max_size=200))
def test_any_bytes_are_read_without_a_crash(page: str) -> None:
    blocks(f"<body>{page}")


def test_the_sample_article_has_the_same_tables_as_its_text(seeds: Path, portals_folder: Path) -> None:
    """The same disclosure pasted into a page and extracted as text."""
    page = next(
        path
        for path in (portals_folder / "site").rglob("*.html")
        if path.stat().st_size > 150_000 and b"colSpan" in path.read_bytes()
    )
    mine = [block for block in read_file(page).blocks if isinstance(block, Table)]
    same = 0
    for seed in seeds.glob("*.txt"):
        theirs = [block for block in read_file(seed).blocks if isinstance(block, Table)]
        same = max(same, sum(words(one) == words(two) for one, two in zip(mine, theirs, strict=False)))
    assert same == len(mine) > 30


def words(each: Table) -> list[list[str]]:
    rows: list[list[str]] = [[] for _ in range(each.row_count)]
    for cell in each.cells:
        if cell.text.strip():
            rows[cell.row].append("".join(cell.text.split()))
    return rows
