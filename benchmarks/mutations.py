"""What becomes of damaged files of every format: `python -m benchmarks.mutations --count 2000`.

A small disclosure is written in every format (by writers of ours, and by LibreOffice where it is installed) and
damaged `--count` times each, the same for the same `--seed`: bytes, members of packages, streams, elements and
attributes, numbers, ends cut off. Each is read as the parser reads it, in a worker with its limits. A document or
a named outcome must come of it; a crash, a time-out, memory beyond the limit, and figures that differ untold
although a checksum tells of it are faults, and the exit code is 1. `--keep FOLDER` writes those files down.
"""

import argparse
import asyncio
import csv
import gzip
import io
import os
import random
import re
import resource
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape

from lxml import etree

from benchmarks.accuracy import rendered
from benchmarks.damage import damaged, scratched
from benchmarks.formats import LIBREOFFICE, Source, own
from services.parser import apart
from services.parser.contents import NamedBytes
from services.parser.stage import read_document
from services.sample_portals.content import Content, Grid, GridCell, Heading, Prose, row
from shared.errors import GongkaiError, OutOfMemory, PermanentError, StageFailed, TimedOut
from shared.processes import processor_seconds
from shared.schemas.document import Document, Table
from shared.stage.worker import WorkerPool
from shared.stage.worker_process import Limits

SEED: Final = 20261130
LIMITS: Final = Limits(seconds=30, megabytes=1024)
MEMORY: Final = 2 << 30
"""Bytes that this process may take to damage a file; one that would need more is tried as it is."""
SLOW: Final = 5.0
"""Seconds of a processor within which a small file is read or ends by a name."""
BROKEN: Final = {StageFailed.cause, TimedOut.cause, OutOfMemory.cause}
CRASHED: Final = "The reader ended by"
"""How the message begins of a reader that crashed: its cause is that of damage."""
CHECKED: Final = frozenset(("docx", "xlsx", "ofd", "odt", "ods", "zip", "tar.gz"))
"""Formats whose every member has a checksum; libarchive asks for none of a member that RAR stores as it is."""
FIGURE: Final = re.compile(r"\d[\d,.]*")
_FLAT_OPC: Final = "http://schemas.microsoft.com/office/2006/xmlPackage"
FLAT: Final = {"fodt": ("docx", "fodt"), "fods": ("xlsx", "fods")}
"""Formats that only the damaged files are tried in."""
CONTENT: Final[list[Content]] = [
    Heading("临江区教育局2025年部门预算", 1),
    Heading("一、部门职责", 2),
    Prose("临江区教育局贯彻教育方针，管理全区学校。2025年收入预算1,286.45万元，比上年增加12.5%。"),
    Heading("二、收支总表", 2),
    Grid(
        header=((GridCell("收入", 2), GridCell("支出", 2)), row("项目", "预算数", "项目", "预算数")),
        body=(
            row("一、一般公共预算", "1,286.45", "一、教育支出", "986.45"),
            row("二、政府性基金", "", "二、社会保障和就业支出", "300.00"),
            (GridCell("收入总计"), GridCell("1,286.45"), GridCell("支出总计"), GridCell("1,286.45")),
        ),
        widths=(4, 2, 4, 2),
        caption=("部门收支总表", "单位：万元"),
    ),
    Prose("注：本表的金额由财政部门批复。"),
]


def samples() -> dict[str, bytes]:
    """Format → the disclosure in it, by writers of ours."""
    files = {form: file.data for form, file in own(Source("a", CONTENT, [], None))}
    files["csv"] = _separated(CONTENT)
    files["xls-xml"] = _workbook_2003(CONTENT)
    files["tar.gz"] = _tar({"a.html": files["html"], "b.txt": files["text"]})
    files["rar"] = rar({"a.html": files["html"], "b.txt": files["text"]})
    files["protected"] = _protected(files["docx"])
    files["flat-opc"] = _flat(files["docx"])
    return files


def converted(folder: Path) -> dict[str, bytes]:
    """Format → the disclosure in it, by LibreOffice; nothing where that is not installed."""
    office = shutil.which("soffice")
    files = {}
    for form in ("docx", "xlsx"):
        (folder / f"a.{form}").write_bytes(rendered(CONTENT, form, "a").data)
    for form, (ours, theirs) in (LIBREOFFICE | FLAT).items() if office else ():
        out = folder / form
        profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
        command = [str(office), profile, "--headless", "--convert-to", theirs, "--outdir", str(out)]
        subprocess.run([*command, str(folder / f"a.{ours}")], check=True, capture_output=True)  # noqa: S603 - all of it is ours
        for path in out.iterdir():
            files[form] = path.read_bytes()
    return files


def _separated(content: Iterable[Content]) -> bytes:
    out = io.StringIO()
    for block in content:
        if isinstance(block, Grid):
            csv.writer(out).writerows([[each.text for each in cells] for cells in block.rows])
    return out.getvalue().encode("gb18030")


def _workbook_2003(content: Iterable[Content]) -> bytes:
    """The tables as sheets of XML Spreadsheet 2003."""
    sheets = ""
    for number, block in enumerate(each for each in content if isinstance(each, Grid)):
        rows = ""
        for cells in block.rows:
            texts = (
                f'<Cell s:MergeAcross="{each.columns - 1}"><Data s:Type="String">{escape(each.text)}</Data></Cell>'
                for each in cells
            )
            rows += f"<Row>{''.join(texts)}</Row>"
        sheets += f'<Worksheet s:Name="{number}"><Table>{rows}</Table></Worksheet>'
    space = "urn:schemas-microsoft-com:office:spreadsheet"
    return f'<?xml version="1.0"?><Workbook xmlns="{space}" xmlns:s="{space}">{sheets}</Workbook>'.encode()


def _tar(files: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, data in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return gzip.compress(out.getvalue(), mtime=0)


def rar(files: Mapping[str, bytes]) -> bytes:
    """A RAR 5 archive of files as they are (RARLAB's technical note on the format)."""
    out = b"Rar!\x1a\x07\x01\x00" + _rar_header(_number(1) + _number(0) + _number(0))
    for name, data in files.items():
        sizes = _number(4) + _number(len(data)) + _number(0o644)
        about = sizes + zlib.crc32(data).to_bytes(4, "little") + _number(0) + _number(1)
        named = _number(len(name.encode())) + name.encode()
        out += _rar_header(_number(2) + _number(2) + _number(len(data)) + about + named) + data
    return out + _rar_header(_number(5) + _number(0) + _number(0))


def _rar_header(fields: bytes) -> bytes:
    sized = _number(len(fields)) + fields
    return zlib.crc32(sized).to_bytes(4, "little") + sized


def _number(value: int) -> bytes:
    """A number of seven bits a byte, the highest bit set where another follows."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes((*out, value))


def _protected(data: bytes) -> bytes:
    """An Office document encrypted by the password that Excel gives of its own accord."""
    from msoffcrypto.format.ooxml import OOXMLFile

    out = io.BytesIO()
    OOXMLFile(io.BytesIO(data)).encrypt("VelvetSweatshop", out)
    return out.getvalue()


def _flat(data: bytes) -> bytes:
    """A package as one XML file (Flat OPC)."""
    root = etree.Element(f"{{{_FLAT_OPC}}}package", nsmap={"pkg": _FLAT_OPC})
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        for name in package.namelist():
            if name.endswith((".xml", ".rels")):
                part = etree.SubElement(root, f"{{{_FLAT_OPC}}}part", {f"{{{_FLAT_OPC}}}name": f"/{name}"})
                etree.SubElement(part, f"{{{_FLAT_OPC}}}xmlData").append(etree.fromstring(package.read(name)))
    return etree.tostring(root)


@dataclass
class Outcomes:
    """What became of the damaged files of one format."""

    ends: Counter[str] = field(default_factory=Counter)
    faults: dict[int, str] = field(default_factory=dict)
    slowest: float = 0.0


async def tried(form: str, data: bytes, numbers: Iterable[int], seed: int, workers: WorkerPool) -> Outcomes:
    """Damage and read `data` once for each number; raises PermanentError where the sound file is not read."""
    sound = await apart.call(workers, read_document, [NamedBytes(form, data)], None, None)
    outcomes = Outcomes()
    for number in numbers:
        file, is_told = mutation(form, data, number, seed)
        begun = processor_seconds(os.getpid())
        try:
            document = await apart.call(workers, read_document, [NamedBytes(form, file)], None, None)
            end, fault = _end(document, sound, is_told=is_told)
        except GongkaiError as error:
            end, fault = "named", _broken(error.cause, str(error))
            if not isinstance(error, PermanentError):
                fault = f"{error.cause}: {error}"
        taken = processor_seconds(os.getpid()) - begun
        outcomes.ends[end] += 1
        outcomes.slowest = max(outcomes.slowest, taken)
        if fault or taken > SLOW:
            outcomes.faults[number] = fault or f"took {taken:.1f} s"
    return outcomes


def mutation(form: str, data: bytes, number: int, seed: int) -> tuple[bytes, bool]:
    """The damaged file of that number, and whether a checksum tells of the damage."""
    chance = random.Random(f"{seed} {form} {number}")  # noqa: S311 - damage is no secret
    if form in CHECKED and chance.random() < 0.3:
        return scratched(data, chance), True
    return damaged(data, chance), False


def _end(document: Document, sound: Document, *, is_told: bool) -> tuple[str, str]:
    """How a document that was read compares with the sound one, and what is wrong with that."""
    for each in document.unread:
        if fault := _broken(each.cause, each.message):
            return "told", fault
    if _said(document) == _said(sound):
        return "same", ""
    if len(document.unread) > len(sound.unread):
        return "told", ""
    if document.files[0].format != sound.files[0].format:
        return "other", ""
    figures, before = (Counter(FIGURE.findall(" ".join(_said(each)))) for each in (document, sound))
    return "other", f"other figures, untold: -{before - figures} +{figures - before}" if (
        is_told and figures != before
    ) else ""


def _broken(cause: str, message: str) -> str:
    return f"{cause}: {message}" if cause in BROKEN or message.startswith(CRASHED) else ""


def _said(document: Document) -> list[str]:
    texts = []
    for block in document.blocks:
        texts += [cell.text for cell in block.cells] if isinstance(block, Table) else [block.text]
    return texts


def table(found: Mapping[str, Outcomes]) -> str:
    """A row a format."""
    lines = ["| format | files | same | told | other | named | faults | slowest |", f"|{' --- |' * 8}"]
    for form, each in found.items():
        ends = " | ".join(str(each.ends[end]) for end in ("same", "told", "other", "named"))
        lines.append(f"| {form} | {each.ends.total()} | {ends} | {len(each.faults)} | {each.slowest:.1f} s |")
    return "\n".join(lines)


async def measure(
    files: Mapping[str, bytes], numbers: Iterable[int], seed: int, fault: Callable[[str, int, str], None]
) -> dict[str, Outcomes]:
    """Format → what became of its damaged files; `fault` is told of each that ended in none."""
    found = {}
    async with WorkerPool(1, LIMITS) as workers:
        for form, data in files.items():
            found[form] = await tried(form, data, numbers, seed, workers)
            for number, what in found[form].faults.items():
                fault(form, number, what)
            print(table({form: found[form]}).splitlines()[-1], file=sys.stderr, flush=True)
    return found


def main() -> None:
    options = argparse.ArgumentParser(description="damage files of every format and read them")
    options.add_argument("--count", type=int, default=2000, help="damaged files of each format")
    options.add_argument("--first", type=int, default=0, help="number of the first one")
    options.add_argument("--seed", type=int, default=SEED)
    options.add_argument("--only", nargs="*", metavar="FORMAT", help="formats to try; else all")
    options.add_argument("--keep", type=Path, metavar="FOLDER", help="where to write the files that are faults")
    chosen = options.parse_args()
    # A compound file damaged twice may lead its own writer round in circles, here as it would in a worker.
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, resource.getrlimit(resource.RLIMIT_DATA)[1]))
    with tempfile.TemporaryDirectory() as folder:
        files = samples() | converted(Path(folder))
    files = {form: data for form, data in files.items() if not chosen.only or form in chosen.only}

    def fault(form: str, number: int, what: str) -> None:
        print(f"{form} {number}: {what}", flush=True)
        if chosen.keep:
            chosen.keep.mkdir(parents=True, exist_ok=True)
            file, _ = mutation(form, files[form], number, chosen.seed)
            (chosen.keep / f"{form.replace(' ', '_')}.{number}").write_bytes(file)

    numbers = range(chosen.first, chosen.first + chosen.count)
    found = asyncio.run(measure(files, numbers, chosen.seed, fault))
    print(table(found))
    sys.exit(any(each.faults for each in found.values()))


if __name__ == "__main__":
    main()
