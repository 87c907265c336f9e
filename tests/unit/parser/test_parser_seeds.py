"""Real disclosures as extracted text: nothing is lost, and every table comes out whole and once.

The counts are taken from the raw text by other means than the reader's own.
"""

import re
from collections import Counter
from pathlib import Path

import pytest

from services.parser.stage import read_file
from shared.schemas.document import Document, Paragraph, Table

FIELD_CODE = re.compile(r"\[bookmark: \w*\]|\{ ?TC [^}]*\}| TC [^\n]*?\\l 1 ?")


def texts(document: Document) -> list[str]:
    found: list[str] = []
    for block in document.blocks:
        found += [block.text] if isinstance(block, Paragraph) else [cell.text for cell in block.cells]
    return found


def tables(document: Document) -> list[Table]:
    return [block for block in document.blocks if isinstance(block, Table)]


def characters(text: str) -> Counter[str]:
    return Counter("".join(text.split()))


def files(seeds: Path, layout: str) -> list[Path]:
    """The seeds whose tables are written a cell a line, or a row a line."""
    found = []
    for path in sorted(seeds.glob("*.txt")):
        rows = re.findall(r"^.*\t.*$", path.read_text(), re.MULTILINE)
        single = sum(row.startswith("\t") and "\t" not in row.strip() for row in rows)
        if ("cell" if 2 * single > len(rows) else "row") == layout:
            found.append(path)
    assert found
    return found


def test_every_character_of_a_cell_a_line_text_is_kept_but_field_codes(seeds: Path) -> None:
    for path in files(seeds, "cell"):
        published = characters(FIELD_CODE.sub("", path.read_text()))
        assert characters("".join(texts(read_file(path)))) == published, path.name


def test_what_a_row_a_line_text_loses_stands_elsewhere_in_it(seeds: Path) -> None:
    """Only rows and captions that the text repeats may go."""
    for path in files(seeds, "row"):
        document = read_file(path)
        kept = characters("".join(texts(document)))
        lines = Counter("".join(line.split()) for line in path.read_text().splitlines())
        repeated = sum((characters(line * (count - 1)) for line, count in lines.items() if count > 1), Counter())
        again = characters("档次栏次") + Counter({"：": 200})
        lost = characters(path.read_text()) - kept
        assert not lost - repeated - again, path.name
        assert not kept - characters(path.read_text())


def test_every_performance_table_has_one_title_and_one_table(seeds: Path) -> None:
    for path in sorted(seeds.glob("*.txt")):
        text = FIELD_CODE.sub("", path.read_text())
        titles = len(re.findall(r"^[^\t\n。：]*绩效目标表\s*$", text, re.MULTILINE))
        document = read_file(path)
        headers = sum(sum(cell.text == "三级指标" for cell in table.cells) == 1 for table in tables(document))
        assert headers == titles, path.name
        heads = [block.text for block in document.blocks if isinstance(block, Paragraph)]
        assert (
            sum(bool(re.fullmatch(r"\d+[、.][^。]*绩效目标表", "".join(head.split()))) for head in heads) == titles
        )


def test_numbered_tables_have_all_their_rows(seeds: Path) -> None:
    """In tables with a 序号 column the last number is the number of rows, and none is missing."""
    seen = 0
    for path in files(seeds, "row"):
        for table in tables(read_file(path)):
            first = [cell for cell in table.cells if cell.column == 0]
            if first[0].text != "序号":
                continue
            numbers = [int(cell.text) for cell in first if cell.text.isdecimal()]
            assert numbers == list(range(1, len(numbers) + 1)), path.name
            header = sum(not cell.text.isdecimal() and bool(cell.text) for cell in first)
            assert table.row_count == len(numbers) + header + (first[0].row_span - 1)
            seen += len(numbers)
        raw = re.findall(r"^\d+\t\d*\t?\D", path.read_text(), re.MULTILINE)
        assert seen == len(raw) or seen == 0


def test_a_row_cut_by_a_page_break_is_one_row(seeds: Path) -> None:
    """No body row lacks the number all others have, and no amount breaks off before its second decimal."""
    for path in files(seeds, "row"):
        for table in tables(read_file(path)):
            if table.cells[0].text != "序号":
                continue
            for cell in table.cells:
                if cell.row >= 3 and cell.column >= 3 and re.match(r"[\d ]+\.", cell.text):
                    assert re.fullmatch(r"\d+\.\d\d", "".join(cell.text.split())), (path.name, cell)


def test_headers_of_two_rows_have_their_spans(seeds: Path) -> None:
    """What the upper row leaves blank belongs to a cell of it, in either layout."""
    checked = 0
    for path in sorted(seeds.glob("*.txt")):
        for table in tables(read_file(path)):
            upper = [cell for cell in table.cells if cell.row == 0]
            if not any(cell.row_span > 1 for cell in upper):
                continue
            assert sum(cell.column_span for cell in upper) == table.column_count
            assert all(cell.text for cell in upper)
            checked += 1
    assert checked > 5


@pytest.mark.parametrize("mark", ["bookmark:", "\\f C", " TC ", "HYPERLINK"])
def test_field_codes_are_gone(seeds: Path, mark: str) -> None:
    for path in sorted(seeds.glob("*.txt")):
        assert mark not in "".join(texts(read_file(path)))


def test_the_same_bytes_give_the_same_document(seeds: Path) -> None:
    for path in sorted(seeds.glob("*.txt")):
        assert read_file(path).model_dump_json() == read_file(path).model_dump_json()
