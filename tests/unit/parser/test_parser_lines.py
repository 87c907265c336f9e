"""Sentences that a web page or a text breaks into lines are one paragraph; titles and items stay apart."""

import pytest

from services.parser.contents import NamedBytes
from services.parser.stage import read_document
from shared.schemas.document import Paragraph

OPENING = "青石县水务局部门预算编制说明"
SENTENCE = (
    "青石县水务局2024年收支预算总数4,068.36万元，其中：一般公共预算拨款收入3,808.94万元，上年结转32.73万元；支出包括："
    "基本支出1,784.77万元，项目支出2,283.59万元（其中上级资金12.00万元），主要用于一般公共服务支出（类）政府办公厅（室）"
    "及相关机构事务（款）行政运行（项）、农林水支出（类）水利（款）水利工程建设（项）和水利工程运行与维护（项）等方面"
    "的工作经费，以及全县小型水库维修养护、农村饮水安全巩固提升、河道治理和山洪灾害防治等项目的资金。"
)


def wrapped(text: str, width: int) -> list[str]:
    """`text` in lines of `width` half characters, as a print breaks it."""
    lines, line, wide = [], "", 0
    for sign in text:
        if wide >= width - 1:
            lines.append(line)
            line, wide = "", 0
        line += sign
        wide += 1 if sign.isascii() else 2
    return [*lines, line]


def said(name: str, text: str) -> list[str]:
    blocks = read_document([NamedBytes(name, text.encode())]).blocks
    return [block.text for block in blocks if isinstance(block, Paragraph)]


def page(body: str) -> list[str]:
    return said("a.html", f"<html><body><p>{OPENING}</p>{body}</body></html>")


@pytest.mark.parametrize("width", [38, 44, 56, 70])
def test_a_sentence_that_line_ends_break_is_one_paragraph(width: int) -> None:
    lines = wrapped(SENTENCE, width)
    assert page(f"<p>{'<br>'.join(lines)}</p><p>二、支出</p>") == [OPENING, "\n".join(lines), "二、支出"]
    assert page("".join(f"<p>{line}</p>" for line in lines)) == [OPENING, "\n".join(lines)]
    assert said("a.txt", "\n".join([OPENING, *lines])) == [OPENING, "\n".join(lines)]


@pytest.mark.parametrize(
    ("line", "below"),
    [
        ("收入预算", "，比上年增加"),
        ("公务接待费5万元、", "公务用车运行费6万元。"),
        ("运行维护费（不含", "购置费）6万元。"),
        ("机关运行经费120.5", "3万元。"),
        ("收入3000万元，其中：", "基本支出2000万元。"),
        ("收入3000万元，", "其中：基本支出2000万元。"),
    ],
)
def test_a_line_goes_on_where_its_end_or_the_next_beginning_says_so(line: str, below: str) -> None:
    assert page(f"<p>{line}<br>{below}</p>") == [OPENING, f"{line}\n{below}"]


@pytest.mark.parametrize(
    ("line", "below"),
    [
        (
            "五、收入、支出及“三公”经费增减变化的情况说明",
            "2024年本部门收入预算3000万元，比上年增加100万元，增长3.4%。",
        ),
        ("工资福利支出600万元，", "2.商品和服务支出80万元。"),
        ("青石县水务局2024年收支总表", "单位：万元"),
        ("部门收支总表........................12", "2024年收支预算总数"),
        ("本部门没有政府性基金预算支出。", "其中：无"),
    ],
)
def test_titles_items_and_captions_stay_apart(line: str, below: str) -> None:
    assert page(f"<p>{line}</p><p>{below}</p>") == [OPENING, line, below]


def test_the_headings_of_a_page_are_not_joined_to_its_text() -> None:
    assert page(f"<h2>收入、支出，</h2><p>{SENTENCE}</p>") == [OPENING, "收入、支出，", SENTENCE]
