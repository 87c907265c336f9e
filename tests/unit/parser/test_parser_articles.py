"""An article's next page goes on with the table that its page before ends with; other files do not."""

from services.parser.contents import NamedBytes, read_contents
from services.parser.reading import Limits
from shared.schemas.document import Paragraph, Table

HEADER = "<tr><td>序号<td>项目<td>预算数</tr>"


def page(name: str, *blocks: str, article: bool = True) -> NamedBytes:
    data = f'<meta charset="utf-8"><body>{"".join(blocks)}</body>'.encode()
    return NamedBytes(name, data, article=article)


def rows(start: int, stop: int) -> str:
    return "".join(f"<tr><td>{number}<td>项目{number}<td>{number}.00</tr>" for number in range(start, stop))


def tables(*pages: NamedBytes) -> list[tuple[int, int, int]]:
    """(file, number in it, rows) of each table."""
    blocks = read_contents(pages, Limits()).blocks
    return [(block.file, block.index, block.row_count) for block in blocks if isinstance(block, Table)]


def test_a_table_over_three_pages_is_one_of_the_first_page() -> None:
    found = tables(
        page("1.html", "<p>收入总表</p>", f"<table>{HEADER}{rows(1, 4)}</table>"),
        page("1_2.html", f"<table>{rows(4, 7)}</table>"),
        page("1_3.html", f"<table>{HEADER}{rows(7, 9)}</table><p>支出总表</p><table>{HEADER}{rows(1, 3)}</table>"),
    )
    assert found == [(0, 0, 9), (2, 1, 3)]


def test_a_title_between_pages_parts_their_tables() -> None:
    first = page("1.html", f"<table>{HEADER}{rows(1, 4)}</table>")
    assert tables(first, page("1_2.html", "<p>支出总表</p>", f"<table>{HEADER}{rows(4, 6)}</table>")) == [
        (0, 0, 4),
        (1, 0, 3),
    ]


def test_files_that_are_no_pages_of_the_article_stay_apart() -> None:
    first = page("1.html", f"<table>{HEADER}{rows(1, 4)}</table>")
    other = page("附件.html", f"<table>{rows(4, 6)}</table>", article=False)
    last = page("1_2.html", f"<table>{rows(4, 7)}</table>")
    assert tables(first, other, last) == [(0, 0, 4), (1, 0, 2), (2, 0, 3)]


def test_text_between_pages_stays_text() -> None:
    blocks = read_contents(
        [page("1.html", "<p>一、职责</p>"), page("1_2.html", "<p>二、机构</p>")], Limits()
    ).blocks
    assert [(block.file, block.text) for block in blocks if isinstance(block, Paragraph)] == [
        (0, "一、职责"), (1, "二、机构"),
    ]  # fmt: skip
