"""What a page break cut is one again; what only looks alike stays apart."""

import itertools
from collections.abc import Mapping, Sequence

from hypothesis import given
from hypothesis import strategies as st

from services.parser.layout.continued.join import join
from services.parser.reading import Reading, paragraph
from shared.schemas.document import Block, Cell, Table

HEADER = [["序号", "名称", "金额"], ["栏次", "1", "2"]]


def table(
    rows: Sequence[Sequence[str]], page: int | None = None, spans: dict[tuple[int, int], int] | None = None
) -> Table:
    """A table of one-place cells; `spans` gives some of them more rows."""
    spans = spans or {}
    covered = {(row + more, column) for (row, column), span in spans.items() for more in range(1, span)}
    cells = tuple(
        Cell(row=row, column=column, row_span=spans.get((row, column), 1), text=text, page=page)
        for row, line in enumerate(rows)
        for column, text in enumerate(line)
        if (row, column) not in covered
    )
    return Table(file=0, index=0, page=page, row_count=len(rows), column_count=len(rows[0]), cells=cells)


def rows(block: Block) -> list[list[str]]:
    assert isinstance(block, Table)
    return [[cell.text for cell in block.cells if cell.row == row] for row in range(block.row_count)]


def joined(*blocks: Block, edges: Mapping[int, tuple[float, ...]] | None = None) -> list[Block]:
    pages = [block.page for block in blocks if block.page]
    return join(Reading(blocks, pages=max(pages) if pages else None, edges=edges or {}, cut=not pages))


def numbered(start: int, stop: int) -> list[list[str]]:
    return [[str(number), f"科目{number}", f"{number}.00"] for number in range(start, stop)]


CAPTION = [paragraph("收支总表"), paragraph("550 机关事务"), paragraph("预算年度：2024"), paragraph("单位：万元")]


def test_parts_with_the_caption_broken_otherwise_and_the_header_again_are_one_table() -> None:
    again = [["序号", "名 称", "金额"], ["档次", "1", "2"]]
    between = [paragraph(text) for text in ("550 机关事务", "预算年度：", "单位：万元", "2024")]
    found = joined(*CAPTION, table(HEADER + numbered(1, 5)), *between, table(again + numbered(5, 8)))
    assert [block.kind for block in found] == ["paragraph"] * 4 + ["table"]
    assert rows(found[-1]) == HEADER + numbered(1, 8)


def test_a_title_of_its_own_makes_a_table_of_its_own() -> None:
    found = joined(
        paragraph("1、取暖费绩效目标表"),
        table(HEADER + numbered(1, 5)),
        paragraph("2、水费绩效目标表"),
        table(HEADER + numbered(5, 8)),
    )
    assert [block.kind for block in found] == ["paragraph", "table", "paragraph", "table"]


def test_a_title_that_the_list_of_contents_has_makes_a_table_of_its_own() -> None:
    contents = [paragraph(text) for text in ("目录", "表1 一般公共预算收入表", "表2 一般公共预算支出表")]
    found = joined(
        *contents,
        *(paragraph(text) for text in ("表1", "一般公共预算收入表", "单位：万元")),
        table(HEADER + numbered(1, 5)),
        *(paragraph(text) for text in ("表2", "一般公共预算支出表", "单位：万元")),
        table(HEADER + numbered(1, 8)),
    )
    assert sum(block.kind == "table" for block in found) == 2


def test_the_same_title_with_a_mark_of_continuation_goes_on() -> None:
    found = joined(
        paragraph("收入总表"),
        table(HEADER + numbered(1, 5)),
        paragraph("收入总表（续）"),
        table(HEADER + numbered(5, 8)),
    )
    assert [block.kind for block in found] == ["paragraph", "table"]


def test_a_table_that_begins_alike_is_another_one() -> None:
    for lines in (HEADER + numbered(1, 5), [["甲", "乙"], ["1", "2"]], HEADER):
        first = table(lines)
        assert joined(paragraph("表"), first, first) == [paragraph("表"), first, first]


def test_names_numbers_and_codes_cut_in_two_are_joined() -> None:
    before = [
        ["序号", "编码", "名称", "金额"],
        ["1", "201", "服务", "10.00"],
        ["2", "205", "教育", "12.30"],
        ["3", "2013", "宣传", "925.7"],
    ]
    after = [["", "3", "事务", "4"], ["4", "210", "卫生", "8.05"], ["5", "212", "城乡", "9.15"]]
    (found,) = joined(table(before, 1), table(after, 2))
    assert rows(found)[3] == ["3", "2013\n3", "宣传\n事务", "925.7\n4"]
    assert found.kind == "table"
    assert [cell.page for cell in found.cells if cell.column == 0] == [1, 1, 1, 1, 2, 2]


def test_a_name_cut_in_a_table_without_numbers_is_joined() -> None:
    head = ["一级", "二级", "三级", "描述", "值"]
    before = [
        head,
        ["产出", "数量", "次数", "开展次数", "≥2次"],
        ["", "质量", "合格率", "验收合格率", "≥9成"],
        ["", "时效", "计划按期", "按期情况", "及时"],
    ]
    after = [head, ["", "", "完成率", "", ""], ["", "成本", "总额", "支出总额", "≤7万元"]]
    (found,) = joined(table(before), table(after))
    assert rows(found)[3] == ["", "时效", "计划按期\n完成率", "按期情况", "及时"]
    assert len(rows(found)) == 5


def test_a_whole_row_under_a_merged_cell_stays_a_row() -> None:
    head = ["一级", "二级", "值"]
    before = [head, ["产出", "数量", "2"], ["", "质量", "3"], ["效益", "社会", "5"], ["满意度", "对象", "6"]]
    after = [["", "群众", "4"], ["其他", "其他", "5"]]
    (found,) = joined(table(before, 1), table(after, 2))
    assert len(rows(found)) == 7


def test_a_label_cut_in_two_is_known_by_how_its_column_ends() -> None:
    head = ["一级", "二级指标", "三级", "描述", "值", "依据"]
    before = [
        head,
        ["产出", "数量指标", "次数", "开展次数", "≥2次", "计划"],
        ["产出", "质量指标", "合格率", "验收合格率", "≥9成", "计划"],
        ["产出", "时效指标", "及时率", "按期情况", "及时", "计划"],
        ["效益", "可持续影响", "影响力", "持续维护秩序，打击", "是", "关于做好统战"],
    ]
    whole = ["效益", "生态效益指标", "", "", "", ""]
    cut = ["", "指标", "", "非法活动", "", "工作的请示"]
    last = ["满意度", "服务对象指标", "满意", "满意度", "≥95%", "问卷"]
    (found,) = joined(table(before, 1), table([head, cut, last], 2))
    assert rows(found)[4][1] == "可持续影响\n指标"
    assert len(rows(found)) == 6
    (found,) = joined(table(before[:-1], 1), table([head, whole, last], 2))
    assert len(rows(found)) == 6


def test_two_whole_amounts_never_become_one() -> None:
    before = HEADER + numbered(1, 6)
    after = [["", "其中：工资", "12.00"], *numbered(6, 8)]
    (found,) = joined(table(before, 1), table(after, 2))
    assert len(rows(found)) == len(before) + 3


def test_the_first_row_after_a_header_is_never_joined_to_it() -> None:
    (found,) = joined(table(HEADER, 1), table([["", "合计", "15.00"], *numbered(1, 4)], 2))
    assert len(rows(found)) == 6


def test_a_merged_cell_that_a_page_break_cut_covers_both_parts() -> None:
    before = [["级别", "名称", "值"], ["产出", "数量", "一"], ["", "质量", "二"]]
    after = [["", "时效", "三"], ["", "成本", "四"]]
    (found,) = joined(table(before, 1, {(1, 0): 2}), table(after, 2, {(0, 0): 2}))
    assert isinstance(found, Table)
    assert [(cell.row, cell.row_span) for cell in found.cells if cell.text == "产出"] == [(1, 4)]


def test_columns_are_matched_by_their_borders() -> None:
    """A form above made the first part's grid finer than the second's."""
    before = [["编码", "P01", "名称", "电费"], ["一级", "二级", "值", ""], ["产出", "数量", "4", ""]]
    after = [["效益", "社会", "≥95%"]]
    edges = {0: (50.0, 100.0, 150.0, 200.0, 250.0), 1: (50.5, 100.0, 150.0, 250.0)}
    (found,) = joined(table(before, 1), table(after, 2), edges=edges)
    assert isinstance(found, Table)
    assert [(cell.column, cell.column_span) for cell in found.cells if cell.row == 3] == [(0, 1), (1, 1), (2, 2)]


def test_other_borders_are_another_table() -> None:
    edges = {0: (50.0, 100.0, 150.0, 250.0), 1: (50.0, 90.0, 180.0, 250.0)}
    found = joined(table(HEADER + numbered(1, 5), 1), table(numbered(5, 8), 2), edges=edges)
    assert len(found) == 2


def test_columns_are_matched_by_the_repeated_header_when_their_number_differs() -> None:
    before = [
        ["编码", "P01", "名称", "电费", ""],
        ["一级", "二级", "三级", "值", ""],
        ["产出", "数量", "次数", "4", ""],
    ]
    after = [["一级", "二级", "三级", "值"], ["效益", "社会", "影响", "好"]]
    found = joined(paragraph("1、绩效目标表"), table(before), table(after))
    assert rows(found[1])[-1] == ["效益", "社会", "影响", "好", ""]
    assert len(rows(found[1])) == 4


def test_a_column_lost_on_one_page_is_found_by_its_label() -> None:
    before = [["产出", "一级", "二级", "三级", "描述", "值"], ["", "", "数量", "次数", "开展次数", "≥2"]]
    after = [["一级", "二级", "三级", "描述", "值", "依据"], ["效益", "社会", "影响", "影响力", "好", "计划"]]
    found = joined(paragraph("1、绩效目标表"), table(before), table(after))
    assert rows(found[1]) == [
        ["产出", "一级", "二级", "三级", "描述", "值", "依据"],
        ["", "", "数量", "次数", "开展次数", "≥2", ""],
        ["", "效益", "社会", "影响", "影响力", "好", "计划"],
    ]


def test_tables_of_one_page_or_with_a_page_between_stay_apart() -> None:
    first, second = table(HEADER + numbered(1, 5), 1), table(numbered(5, 8), 1)
    assert len(joined(first, second)) == 2
    assert len(joined(first, table(numbered(5, 8), 3))) == 2


def test_a_table_of_labels_does_not_continue_one_of_numbers() -> None:
    other = table([["单位", "性质", "级别"], ["组织部", "行政", "正科"]], 2)
    assert len(joined(table(HEADER + numbered(1, 5), 1), other)) == 2


def test_without_pages_only_a_header_or_a_number_shows_that_a_table_goes_on() -> None:
    first, second = table(HEADER + numbered(1, 5)), table(numbered(5, 8))
    other = table([["无", "编号", "3.00"]])
    assert len(join(Reading((first, second)))) == 1
    assert len(join(Reading((first, other)))) == 2


def test_a_title_row_printed_again_goes_and_another_title_is_another_table() -> None:
    def titled(title: str, lines: list[list[str]], page: int) -> Table:
        body = table([["", "", ""], *HEADER, *lines], page)
        title_cell = Cell(row=0, column=0, column_span=3, text=title, page=page)
        return body.model_copy(update={"cells": (title_cell, *body.cells[3:])})

    first = titled("收入总表", numbered(1, 4), 1)
    (found,) = joined(first, titled("收入总表（续）", numbered(4, 6), 2))
    assert rows(found) == [["收入总表"], *HEADER, *numbered(1, 6)]
    assert len(joined(first, titled("支出总表", numbered(4, 6), 2))) == 2


@given(
    count=st.integers(1, 40),
    cuts=st.lists(st.integers(1, 39), max_size=6),
    header=st.booleans(),
    pages=st.booleans(),
)
def test_a_numbered_table_cut_anywhere_is_whole_again(
    count: int, cuts: list[int], header: bool, pages: bool
) -> None:
    whole = numbered(1, count + 1)
    borders = [0, *sorted({cut for cut in cuts if cut < count}), count]
    blocks: list[Block] = [*CAPTION] if not pages else []
    for page, (start, stop) in enumerate(itertools.pairwise(borders), 1):
        lines = (HEADER if header or page == 1 else []) + whole[start:stop]
        blocks += ([paragraph("单位：万元")] if not pages and page > 1 else []) + [
            table(lines, page if pages else None)
        ]
    found = [block for block in joined(*blocks) if isinstance(block, Table)]
    assert [rows(block) for block in found] == [HEADER + whole]


@given(
    st.lists(
        st.lists(
            st.lists(st.sampled_from(["", "甲", "1.00", "一级", "合计"]), min_size=3, max_size=3),
            min_size=1,
            max_size=5,
        ),
        max_size=5,
    )
)
def test_joining_keeps_the_grid_whole(parts: list[list[list[str]]]) -> None:
    found = joined(*(table(lines, page) for page, lines in enumerate(parts, 1)))
    for block in found:
        assert isinstance(block, Table)
        places = [
            (row, column)
            for cell in block.cells
            for row in range(cell.row, cell.row + cell.row_span)
            for column in range(cell.column, cell.column + cell.column_span)
        ]
        assert sorted(places) == [(row, column) for row in range(block.row_count) for column in range(3)]
