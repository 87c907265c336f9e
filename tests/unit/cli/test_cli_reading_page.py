"""`gongkai extract --html`: the source beside what was read of it, and what was not."""

import subprocess
import sys
from pathlib import Path

from selectolax.lexbor import LexborHTMLParser

from services.cli.exits import FAILED
from services.cli.reading_page import fragment
from services.normalizer.stage import normalize_document
from services.parser.contents import NamedBytes
from services.parser.stage import read_document
from services.sample_portals.content import Content, Grid, Heading, Prose, row
from services.sample_portals.render import pdf
from shared.schemas.document import Document, Table

GONGKAI = Path(sys.executable).with_name("gongkai")
CONTENT: list[Content] = [
    Heading("青石县水利局2026年部门预算", 1),
    Prose("2026年本单位收入预算1286.45万元。"),
    Grid(
        (row("项目", "预算数", "项目", "预算数"),),
        (
            row("一、一般公共预算拨款收入", "1286.45", "一、农林水支出", "约1286.45"),
            row("本年收入合计", "1286.45", "本年支出合计", "1286.45"),
            row("收入总计", "1286.45", "支出总计", "1286.45"),
        ),
        (4, 2, 4, 2),
        ("部门收支总表", "单位：万元"),
    ),
]


def classes(document: Document) -> dict[str, str]:
    """Text of each cell and paragraph → how the page colours it."""
    page = LexborHTMLParser(fragment("a.pdf", document, normalize_document(document), {}))
    return {each.text(): each.attributes.get("class") or "" for each in page.css(".blocks td, .blocks p")}


def test_a_pdf_is_shown_with_its_pages_and_the_place_of_each_cell(tmp_path: Path) -> None:
    (tmp_path / "预算.pdf").write_bytes(pdf.render(CONTENT))
    (tmp_path / "坏.pdf").write_bytes(b"%PDF-1.4 no more")
    out = tmp_path / "page.html"
    command: list[str | Path] = [GONGKAI, "extract", "--html", out, tmp_path / "预算.pdf", tmp_path / "坏.pdf"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (FAILED, "")
    assert "坏.pdf" in done.stderr
    page = LexborHTMLParser(out.read_text(encoding="utf-8"))
    assert [each.text() for each in page.css("h1")] == ["预算.pdf"]
    (picture,) = page.css("svg image")
    assert (picture.attributes["href"] or "").startswith("data:image/png;base64,")
    amount = next(each for each in page.css("td.read") if each.text() == "1286.45")
    frames = {each.attributes["href"]: each.css("rect") for each in page.css("svg a")}
    assert [frame.attributes["class"] for frame in frames[f"#{amount.id}"]] == ["read"]


def test_each_cell_says_what_became_of_it() -> None:
    document = read_document([NamedBytes("a.pdf", pdf.render(CONTENT))])
    found = classes(document)
    assert found["1286.45"] == "read"
    assert found["约1286.45"] == ""
    assert found["项目"] == ""
    assert found["2026年本单位收入预算1286.45万元。"] == "read"


def test_an_amount_of_an_unknown_table_and_one_that_is_uncertain_stand_out() -> None:
    unknown = Grid((row("路段", "造价"),), (row("东山段", "18.60"), row("西山段", "24.90")), (2, 2))
    document = read_document([NamedBytes("a.pdf", pdf.render([*CONTENT, unknown]))])
    assert classes(document)["18.60"] == "left"
    (table, *_) = (block for block in document.blocks if isinstance(block, Table))
    doubtful = tuple(
        cell.model_copy(update={"confidence": 0.7 if cell.row == 2 else 0.99}) for cell in table.cells
    )
    blocks = tuple(
        block.model_copy(update={"cells": doubtful}) if block is table else block for block in document.blocks
    )
    assert classes(document.model_copy(update={"blocks": blocks}))["本年收入合计"] == "unsure"


def test_what_a_file_says_is_shown_and_never_obeyed() -> None:
    content: list[Content] = [Prose("<script>alert(1)</script> & <b>")]
    document = read_document([NamedBytes("<i>.pdf", pdf.render(content))])
    html = fragment("<i>.pdf", document, normalize_document(document), {})
    assert "<script" not in html
    assert "<i>" not in html
    assert "&lt;script&gt;" in html


def test_what_was_not_read_comes_first() -> None:
    document = read_document(
        [NamedBytes("a.txt", "青石县水利局2026年部门预算".encode()), NamedBytes("b.mp3", b"ID3")]
    )
    page = LexborHTMLParser(fragment("a.txt", document, [], {}))
    assert "b.mp3" in page.css(".unread")[0].text()
