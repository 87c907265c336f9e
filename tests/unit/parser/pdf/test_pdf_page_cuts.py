"""What the foot of a page cuts: sentences, with the page's number between the halves."""

from typing import TYPE_CHECKING

import pytest

from services.parser.layout.continued.join import join
from shared.schemas.document import Paragraph

if TYPE_CHECKING:
    from tests.unit.parser.pdf.conftest import Sheet


def paragraphs(sheet: "Sheet") -> list[str]:
    return [block.text for block in join(sheet.reading()) if isinstance(block, Paragraph)]


@pytest.mark.parametrize(
    "number",
    [
        "- 16 -",
        "—16—",
        "－ 16 －",
        "第 16 页 共 20 页",
        "第16页",
        "16 / 20",
        "16",
        "·16·",
        "共20页 第16页",
        "- 16",
    ],
)
@pytest.mark.parametrize("size", [9, 12])
def test_a_sentence_goes_on_behind_the_pages_number(sheet: "Sheet", number: str, size: float) -> None:
    sheet.text(72, 700, "一、机关运行经费支出预算情况说明", 12)
    sheet.text(96, 724, "青石县水利局2025年一般公共预算机关运行经费预算", 12)
    sheet.text(280, 790, number, size)
    sheet.page()
    sheet.text(72, 80, "支出630.74万元，与上年相比增加14.89万元。", 12)
    sheet.text(96, 104, "主要原因是公用定额增加。", 12)
    sheet.text(280, 790, number.replace("16", "17"), size)
    assert paragraphs(sheet) == [
        "一、机关运行经费支出预算情况说明",
        "青石县水利局2025年一般公共预算机关运行经费预算\n支出630.74万元，与上年相比增加14.89万元。",
        "主要原因是公用定额增加。",
    ]


def test_a_number_that_ends_an_unruled_table_is_none_of_the_page(sheet: "Sheet") -> None:
    for number, (name, figure) in enumerate(
        [("教育支出", "60"), ("卫生支出", "60"), ("农业支出", "40"), ("合计", "160")]
    ):
        sheet.text(72, 720 + 18 * number, name)
        sheet.text(400, 720 + 18 * number, figure)
    (table,) = sheet.reading().blocks
    assert not isinstance(table, Paragraph)
    assert table.cells[-1].text == "160"


def test_a_heading_at_a_pages_foot_does_not_go_on(sheet: "Sheet") -> None:
    sheet.text(96, 760, "十、一般公共预算机关运行经费支出预算表情况说明", 16)
    sheet.page()
    sheet.text(96, 80, "本表反映部门年度机关运行经费支出预算安排情况。", 16)
    assert len(paragraphs(sheet)) == 2
