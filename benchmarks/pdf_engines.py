"""Tables of PDFs by gongkai and its peers: `python benchmarks/pdf_engines.py [--documents N | FILE …] [--long]`.

Reads the same files with each engine that is installed, each in a process of its own. Prints the share of cells
that stand in a row which is right as a whole (of generated disclosures only: their truth is known), pages a
second of processor time, that time as a multiple of the bare text pass of PDFium, and the peak of memory.
`--long` reads files of 10, 50, 250 and 300 pages by gongkai instead, which should cost the same a page.
"""

import argparse
import itertools
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

HERE: Final = Path(__file__).resolve().parents[1]
LONG: Final = (10, 50, 250, 300)
SEED: Final = 7

Rows = Iterable[Iterable[str | None]]
"""Rows of tables, each with its texts from left to right."""
Engine = Callable[[Path], tuple[int, Rows]]
"""A file → its pages, and the rows of its tables."""


def floor(path: Path) -> tuple[int, Rows]:
    pdfium = import_module("pypdfium2")
    with pdfium.PdfDocument(path) as document:
        for page in document:
            page.get_textpage().get_text_range()
            page.close()
        return len(document), ()


def gongkai(path: Path) -> tuple[int, Rows]:
    read, limits = (
        import_module("services.parser.stage").read_file,
        import_module("services.parser.reading").Limits,
    )
    document = read(path, limits=limits())
    rows: list[list[str | None]] = []
    for block in document.blocks:
        for number in range(block.row_count if block.kind == "table" else 0):
            rows.append([cell.text for cell in block.cells if cell.row == number])
    return document.files[0].pages, rows


def pdfplumber(path: Path) -> tuple[int, Rows]:
    rows: list[list[str | None]] = []
    with import_module("pdfplumber").open(path) as document:
        for page in document.pages:
            rows += [row for table in page.extract_tables() for row in table]
            page.close()
        return len(document.pages), rows


def pymupdf(path: Path) -> tuple[int, Rows]:
    document = import_module("pymupdf").open(path)
    rows = [row for page in document for table in page.find_tables().tables for row in table.extract()]
    return len(document), rows


def camelot(path: Path) -> tuple[int, Rows]:
    tables = import_module("camelot").read_pdf(str(path), pages="all", flavor="lattice")
    pages, _ = floor(path)
    return pages, [row for table in tables for row in table.df.values.tolist()]


def docling(path: Path) -> tuple[int, Rows]:
    result = import_module("docling.document_converter").DocumentConverter().convert(path)
    rows = [[cell.text for cell in row] for table in result.document.tables for row in table.data.grid]
    return len(result.document.pages), rows


ENGINES: Final[dict[str, tuple[str, Engine]]] = {
    "bare text pass": ("pypdfium2", floor),
    "gongkai": ("services.parser", gongkai),
    "pdfplumber": ("pdfplumber", pdfplumber),
    "camelot": ("camelot", camelot),
    "PyMuPDF": ("pymupdf", pymupdf),
    "docling": ("docling", docling),
}
"""Name → what it imports, and how it reads a file."""


def row_of(texts: Iterable[str | None]) -> str:
    """A row's filled cells, without the blanks and line breaks in them; of cells over several columns once."""
    return "|".join(text for each in texts if (text := "".join((each or "").split())))


def measure(name: str, paths: Iterable[Path]) -> dict[str, Any]:
    """What the engine finds in the files, and what that costs; run in a process of its own."""
    _, read = ENGINES[name]
    found: list[str] = []
    pages = 0
    for number, path in enumerate(paths):
        if number == 1:  # the first one loads what the engine needs
            pages, begun = 0, time.process_time()
        own, rows = read(path)
        pages += own
        found += map(row_of, rows)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    return {"pages": pages, "seconds": time.process_time() - begun, "megabytes": peak, "rows": found}


def in_its_own_process(name: str, paths: Iterable[Path]) -> dict[str, Any]:
    command = [sys.executable, __file__, "--engine", name, *map(str, paths)]
    result = subprocess.run(command, cwd=HERE, check=True, capture_output=True, text=True)  # noqa: S603
    found: dict[str, Any] = json.loads(result.stdout.splitlines()[-1])
    return found


def generated(folder: Path, count: int) -> Iterator[tuple[Path, list[str]]]:
    """Generated disclosures as PDF, each with the rows of its tables."""
    from services.sample_portals.render import blocks, pdf
    from services.sample_portals.sample import sample
    from shared.schemas.document import Origin

    for number in range(count):
        written = sample(SEED, number).written
        path = folder / f"{number}.pdf"
        path.write_bytes(pdf.render(written.content))
        origin = Origin(url="http://county.example/", portal="county")
        tables = [each for each in blocks.document(written.content, "a", origin).blocks if each.kind == "table"]
        rows = [
            [cell.text for cell in table.cells if cell.row == row]
            for table in tables
            for row in range(table.row_count)
        ]
        yield path, [row_of(row) for row in rows]


def compare(paths: list[Path], truth: Iterable[str] = ()) -> None:
    """Print each engine's line; the first file is read before the time counts."""
    expected = Counter(truth)
    cells = sum(count * (row.count("|") + 1) for row, count in expected.items() if row)
    least = 0.0
    for name, (module, _) in ENGINES.items():
        if find_spec(module) is None:
            print(f"{name:16} not installed")
            continue
        found = in_its_own_process(name, [paths[0], *paths])
        least = least or found["seconds"]
        right = sum(
            count * (row.count("|") + 1) for row, count in (Counter(found["rows"]) & expected).items() if row
        )
        share = f"{right / cells:6.1%} of {cells} cells right" if cells and found["rows"] else ""
        speed = f"{found['pages'] / found['seconds']:7.1f} pages/s {found['seconds'] / least:7.1f} times"
        print(f"{name:16} {speed} {found['megabytes']:6.0f} MB  {share}", flush=True)


def read_long(folder: Path) -> None:
    """Print what a page costs in files of more and more pages."""
    pdfium = import_module("pypdfium2")
    parts = [pdfium.PdfDocument(path) for path, _ in generated(folder, 12)]
    for pages in LONG:
        whole = pdfium.PdfDocument.new()
        for part in itertools.cycle(parts):
            whole.import_pages(part, list(range(min(len(part), pages - len(whole)))))
            if len(whole) == pages:
                break
        path = folder / f"long-{pages}.pdf"
        whole.save(path)
        found = in_its_own_process("gongkai", [next(iter(folder.glob("0.pdf"))), path])
        cost = 1000 * found["seconds"] / pages
        print(f"{pages:4} pages {cost:6.2f} ms a page, {found['megabytes']:.0f} MB at most", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--documents", type=int, default=12)
    parser.add_argument("--long", action="store_true")
    parser.add_argument("--engine", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.engine:
        print(json.dumps(measure(chosen.engine, chosen.files)))
        return
    with tempfile.TemporaryDirectory() as name:
        if chosen.long:
            read_long(Path(name))
        elif chosen.files:
            compare([each.resolve() for each in chosen.files])
        else:
            made = list(generated(Path(name), chosen.documents))
            compare([path for path, _ in made], [row for _, rows in made for row in rows])


if __name__ == "__main__":
    main()
