"""Sentences and titles that a page break cut, page numbers and running heads."""

from services.parser.layout.continued.join import join
from services.parser.reading import Reading, paragraph
from shared.schemas.document import Block, Cell, Paragraph, Table


def joined(*blocks: Block) -> list[Block]:
    pages = [block.page for block in blocks if block.page]
    return join(Reading(blocks, pages=max(pages) if pages else None, cut=not pages))


def table(label: str, page: int | None = None) -> Table:
    texts = ((label, "金额"), ("合计", "1.00"))
    cells = tuple(
        Cell(row=row, column=column, text=text, page=page)
        for row, line in enumerate(texts)
        for column, text in enumerate(line)
    )
    return Table(file=0, index=0, page=page, row_count=2, column_count=2, cells=cells)


def test_a_sentence_goes_on_over_a_page_break() -> None:
    parts = [
        paragraph("（三）负责各级领导班子和干部队伍建设的宏观管理，指导", 1),
        paragraph("- 2 -", 1),
        paragraph("队伍建设。", 2),
    ]
    (found,) = joined(*parts)
    assert isinstance(found, Paragraph)
    assert found.text == "（三）负责各级领导班子和干部队伍建设的宏观管理，指导\n队伍建设。"


def test_within_a_page_paragraphs_stay_apart() -> None:
    assert (
        len(joined(paragraph("负责各级领导班子，指导干部队伍建设的宏观管理工作", 1), paragraph("队伍建设。", 1)))
        == 2
    )


def test_headings_and_sentences_that_end_stay_apart() -> None:
    for before, after in [
        ("四、财政拨款“三公”经费预算情况及增减变化原因", "2024年，我部门安排60万元。"),
        ("绩效目标：贯彻落实中央关于机构编制管理的政策，探索大部制。", "建设服务型政府。"),
        ("绩效指标：改革目标完成率98%、事业改革，目标完成率98%", "5、机构编制管理工作"),
        ("绩效目标：负责接待妇女来信来访，维护合法权益的各项工作", "绩效指标：满意率不低于80%。"),
    ]:
        assert len(joined(paragraph(before), paragraph(after))) == 2


def test_a_title_over_two_lines_is_one() -> None:
    parts = [
        paragraph("33、社区工作、社区党建和社区居民委员会人员培训"),
        paragraph("经费绩效目标表"),
        paragraph("单位：万元"),
    ]
    found = joined(*parts, table("项目"))
    assert [block.text for block in found if isinstance(block, Paragraph)] == [
        "33、社区工作、社区党建和社区居民委员会人员培训\n经费绩效目标表", "单位：万元",
    ]  # fmt: skip


def test_page_numbers_and_running_heads_go_but_captions_stay() -> None:
    blocks: list[Block] = []
    for page in range(1, 7):
        blocks += [paragraph("某局2024年部门预算公开", page), paragraph("单位：万元", page)]
        blocks += [table(f"表{page}", page), paragraph(str(page), page)]
    found = [block.text for block in joined(*blocks) if isinstance(block, Paragraph)]
    assert found.count("某局2024年部门预算公开") == 1
    assert found.count("单位：万元") == 6
    assert len(found) == 7


def test_what_stands_alone_on_its_page_is_no_running_head() -> None:
    blocks: list[Block] = []
    for page in range(1, 7):
        blocks += [paragraph("本页无内容", page), paragraph(str(page), page)]
    found = [block.text for block in joined(*blocks) if isinstance(block, Paragraph)]
    assert found == ["本页无内容"] * 6
