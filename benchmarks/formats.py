"""Whether every format is read alike: `python -m benchmarks.formats` writes the table of docs/accuracy.md.

Writes `--documents` generated disclosures of `--seed`, or the FILES given, in every format: by own writers, by
LibreOffice (`soffice`) and Chromium (`chromium`) where they are installed, and as scans where a Chinese font is
given (`--font`; the first `--scans` of them). Reads each, and prints F1 of the records against the truth by format
and type; of FILES the truth is what is read of the file itself.
"""

import argparse
import csv
import io
import shutil
import subprocess
import tempfile
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, takewhile
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape

import pypdfium2

from benchmarks.accuracy import FORMATS, Line, judged, origin, read, rendered
from services.cli.evaluate import LineComparison, compare
from services.parser.contents import NamedBytes
from services.parser.layout.glyphs import Glyph
from services.parser.layout.lines import runs_of
from services.parser.layout.page import PageContents
from services.parser.pdf.page import page_contents
from services.parser.reading import Limits
from services.parser.stage import read_document, read_file
from services.sample_portals.content import Content, Grid, GridCell, Heading, Prose, placed
from services.sample_portals.render import pdf, scan
from services.sample_portals.sample import sample
from shared.errors import GongkaiError
from shared.schemas.document import Document, Origin, Table

LIBREOFFICE: Final = {
    "doc": ("docx", "doc:MS Word 97"),
    "odt": ("docx", "odt"),
    "rtf": ("docx", "rtf"),
    "word-xml": ("docx", "xml:MS Word 2003 XML"),
    "pdf (LibreOffice)": ("docx", "pdf"),
    "xls": ("xlsx", "xls:MS Excel 97"),
    "ods": ("xlsx", "ods"),
    "xls-xml": ("xlsx", "xml:MS Excel 2003 XML"),
}
"""Format → from which of ours, and what LibreOffice calls it."""
MILLIMETRES: Final = 25.4 / 72
LIMITS: Final = Limits(scans=100)
TITLES: Final = 3
"""Lines before a table at most that are its titles: number and name, department, unit."""
LONGEST_TITLE: Final = 40


@dataclass(frozen=True)
class Source:
    """A disclosure to be written in every format: its content and the records that should come of it."""

    name: str
    content: list[Content]
    truth: list[Line]
    origin: Origin | None


def generated(documents: int, seed: int) -> Iterator[Source]:
    """The first disclosures of a seed, of every layout in turn."""
    for number in range(documents):
        each = sample(seed, number)
        yield Source(f"{number:03}", each.written.content, each.written.truth, origin(each))


def of_file(path: Path) -> Source:
    """A file that is read already: its blocks, and the records that come of them."""
    document = read_file(path)
    truth = [line for line in read(document) if judged(line)]
    for line in truth:
        for place in ("id", "disclosure_id", "revision_id", "provenance", "attachments", "subjects"):
            line.pop(place, None)
    return Source(path.stem, list(content_of(document)), truth, None)


def content_of(document: Document) -> Iterator[Content]:
    """The blocks of a document as what is rendered."""
    for block in document.blocks:
        if not isinstance(block, Table):
            text = block.text.replace("\n", "")
            yield Heading(text, min(block.heading, 4)) if block.heading else Prose(text)
            continue
        rows: list[list[GridCell]] = [[] for _ in range(block.row_count)]
        for cell in block.cells:
            rows[cell.row].append(GridCell(cell.text, cell.column_span, cell.row_span))
        yield Grid((), tuple(map(tuple, rows)), (1,) * block.column_count)


def separated(content: list[Content]) -> bytes:
    """Each table as a file of comma-separated values, the prose as text, in a zip archive."""
    files: dict[str, bytes] = {}
    prose: list[str] = []
    for block in content:
        if not isinstance(block, Grid):
            prose.append(block.text)
            continue
        out = io.StringIO()
        rows = [[each.text if each else "" for each in line] for line in placed(block.rows, block.columns)]
        titles = reversed([*takewhile(lambda text: len(text) <= LONGEST_TITLE, reversed(prose[-TITLES:]))])
        csv.writer(out).writerows([*([text] for text in (*titles, *block.caption)), *rows])
        files[f"{len(files):02}.csv"] = out.getvalue().encode("utf-8-sig")
    return packed({"00.txt": "\n".join(prose).encode(), **files})


def saved_page(content: list[Content]) -> bytes:
    """A web page saved with its parts (MHTML)."""
    page = rendered(content, "html", "page").data
    head = (
        'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="part"; type="text/html"\r\n\r\n--part\r\n'
    )
    part = "Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    return (head + part).encode() + page + b"\r\n--part--\r\n"


def packed(files: Mapping[str, str | bytes]) -> bytes:
    """A zip archive of files by their names."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def ofd(content: list[Content]) -> bytes:
    """The pages of the PDF file as OFD (GB/T 33190): each text with the places of its characters, each line."""
    space = 'xmlns:ofd="http://www.ofdspec.org/2016"'
    pages = list(_pages(pdf.render(content)))
    width, height = (pages[0].characters.width * MILLIMETRES, pages[0].characters.height * MILLIMETRES)
    listed = "".join(f'<ofd:Page ID="{n}" BaseLoc="P{n}.xml"/>' for n in range(len(pages)))
    root = "<ofd:DocBody><ofd:DocRoot>D/Document.xml</ofd:DocRoot></ofd:DocBody>"
    area = f"<ofd:PageArea><ofd:PhysicalBox>0 0 {width} {height}</ofd:PhysicalBox></ofd:PageArea>"
    parts = {
        "OFD.xml": f"<ofd:OFD {space}>{root}</ofd:OFD>",
        "D/Document.xml": f"<ofd:Document {space}><ofd:CommonData>{area}</ofd:CommonData>"
        f"<ofd:Pages>{listed}</ofd:Pages></ofd:Document>",
    }
    for number, page in enumerate(pages):
        drawn = "".join((*_texts(page.shown), *_lines(page, width, height)))
        parts[f"D/P{number}.xml"] = (
            f"<ofd:Page {space}><ofd:Content><ofd:Layer>{drawn}</ofd:Layer></ofd:Content></ofd:Page>"
        )
    return packed(parts)


def _pages(data: bytes) -> Iterator[PageContents]:
    with pypdfium2.PdfDocument(data) as document:
        for page in document:
            text = page.get_textpage()
            yield page_contents(page.raw, text.raw, LIMITS)
            text.close()


def _texts(glyphs: Iterable[Glyph]) -> Iterator[str]:
    for run in runs_of(glyphs):
        first, size = run[0].box, (run[0].box.bottom - run[0].box.top) * MILLIMETRES
        steps = " ".join(f"{(two.box.left - one.box.left) * MILLIMETRES:.4f}" for one, two in pairwise(run))
        x, y = first.left * MILLIMETRES, first.bottom * MILLIMETRES - 0.14 * size
        text = escape("".join(each.text for each in run))
        yield (
            f'<ofd:TextObject Boundary="0 0 1000 1000" Size="{size:.4f}">'
            f'<ofd:TextCode X="{x:.4f}" Y="{y:.4f}" DeltaX="{steps}">{text}</ofd:TextCode></ofd:TextObject>'
        )


def _lines(page: PageContents, width: float, height: float) -> Iterator[str]:
    ends = [(line.start, line.at, line.end, line.at) for line in page.drawing.horizontal]
    ends += [(line.at, line.start, line.at, line.end) for line in page.drawing.vertical]
    for each in ends:
        x0, y0, x1, y1 = (side * MILLIMETRES for side in each)
        yield (
            f'<ofd:PathObject Boundary="0 0 {width} {height}" LineWidth="0.2"><ofd:AbbreviatedData>'
            f"M {x0:.4f} {y0:.4f} L {x1:.4f} {y1:.4f}</ofd:AbbreviatedData></ofd:PathObject>"
        )


def own(source: Source) -> Iterator[tuple[str, NamedBytes]]:
    """The source in the formats that have a writer of ours."""
    for form in FORMATS:
        yield form, rendered(source.content, form, source.name)
    yield "csv", NamedBytes("csv.zip", separated(source.content))
    yield "mhtml", NamedBytes("a.mht", saved_page(source.content))
    yield "ofd", NamedBytes("a.ofd", ofd(source.content))
    yield "zip", NamedBytes("a.zip", packed({"预算.docx": rendered(source.content, "docx", source.name).data}))


def converted(sources: Sequence[Source], folder: Path) -> Iterator[tuple[str, Source, NamedBytes]]:
    """The sources in what LibreOffice and Chromium write, where they are installed."""
    for source in sources:
        for form in ("docx", "xlsx", "html"):
            (folder / f"{source.name}.{form}").write_bytes(rendered(source.content, form, source.name).data)
    office, browser = shutil.which("soffice"), shutil.which("chromium")
    for form, (ours, theirs) in LIBREOFFICE.items() if office else ():
        out = folder / form
        files = [str(folder / f"{source.name}.{ours}") for source in sources]
        profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
        command = [str(office), profile, "--headless", "--convert-to", theirs, "--outdir", str(out), *files]
        subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - all of it is ours
        for source, file in ((each, path) for each in sources for path in out.glob(f"{each.name}.*")):
            yield form, source, NamedBytes(file.name, file.read_bytes())
    for source in sources if browser else ():
        out = folder / f"{source.name}.chromium.pdf"
        command = [str(browser), "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer"]
        page = (folder / f"{source.name}.html").as_uri()
        subprocess.run([*command, f"--print-to-pdf={out}", page], check=True, capture_output=True)  # noqa: S603 - all of it is ours
        yield "pdf (Chromium)", source, NamedBytes("a.pdf", out.read_bytes())


def measure(sources: Sequence[Source], font: Path | None, scans: int) -> dict[str, dict[str, LineComparison]]:
    """Format → type of record → comparison over all sources."""
    found: dict[str, dict[str, LineComparison]] = defaultdict(lambda: defaultdict(LineComparison))

    def take(form: str, source: Source, file: NamedBytes) -> None:
        try:
            lines = read(read_document([file], source.origin, LIMITS))
        except GongkaiError as error:
            print(f"{source.name} as {form}: {error}")
            lines = []
        for name, one in compare(source.truth, [line for line in lines if judged(line)]).items():
            found[form][name].add(one)

    for source in sources:
        for form, file in own(source):
            take(form, source, file)
    with tempfile.TemporaryDirectory() as folder:
        for form, source, file in converted(sources, Path(folder)):
            take(form, source, file)
    for source in sources[:scans] if font else ():
        assert font is not None
        take("scan, 200 dpi", source, NamedBytes("a.pdf", scan.render(source.content, font)))
    return found


def table(found: dict[str, dict[str, LineComparison]]) -> str:
    """A row a format, a column a type of record: F1, rounded down."""
    types = sorted({name for each in found.values() for name in each})
    lines = [f"| format | {' | '.join(types)} |", f"| --- |{' --- |' * len(types)}"]
    for form, by_type in found.items():
        shares = (f"{int(by_type[name].f1 * 1000) / 1000:.3f}" if name in by_type else "" for name in types)
        lines.append(f"| {form} | {' | '.join(shares)} |")
    return "\n".join(lines)


def main() -> None:
    options = argparse.ArgumentParser(description="measure every format on the same disclosures")
    options.add_argument("files", type=Path, nargs="*", metavar="FILE", help="rendered instead of generated ones")
    options.add_argument("--documents", type=int, default=40)
    options.add_argument("--seed", type=int, default=7)
    options.add_argument("--font", type=Path, help="TrueType file with Chinese characters, for scans")
    options.add_argument("--scans", type=int, default=4, help="how many documents are read as scans too")
    options.add_argument("--differences", type=int, default=0, help="how many lines of each format to list")
    chosen = options.parse_args()
    sources = [of_file(each) for each in chosen.files] or list(generated(chosen.documents, chosen.seed))
    found = measure(sources, chosen.font, chosen.scans)
    print(table(found))
    for form, by_type in found.items():
        for one in by_type.values():
            for sign, lines in (("-", one.missing), ("+", one.extra)):
                for line in lines[: chosen.differences]:
                    print(form, sign, {name: value for name, value in line.items() if value is not None})


if __name__ == "__main__":
    main()
