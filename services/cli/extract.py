"""`gongkai extract FILE…`: parse and normalize files without a bus; records as JSON lines on stdout."""

import os
import sys
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Final

import typer

from services.cli.exits import FAILED
from services.cli.printable import printable
from services.normalizer.stage import normalize_document
from services.parser.apart import read_apart
from services.parser.contents import ReadSource, read_source
from services.parser.stage import read_file
from shared.errors import Crashed, GongkaiError, OutOfMemory, StageFailed, TimedOut
from shared.schemas.document import Document, Table
from shared.settings import Settings
from shared.stage.worker_process import Fork, Limits

_AGAIN: Final = (Crashed, OutOfMemory, StageFailed, TimedOut)
"""Why a file is read again, each that it holds apart."""

Extract = Callable[[Path, ReadSource], list[str]]


def records_of(path: Path, read: ReadSource) -> list[str]:
    """The records of one file, a JSON object each; raises what reading it raises."""
    return [record.model_dump_json() for record in normalize_document(read_file(path, read=read))]


def blocks_of(path: Path, read: ReadSource) -> list[str]:
    """The document of one file as lines to look at; raises what reading it raises."""
    return [printable(line) for line in _lines(read_file(path, read=read))]


def _lines(document: Document) -> Iterator[str]:
    """Each block after its page, tables a line a row; what was not read at the end."""
    file = -1
    for block in document.blocks:
        if block.file != file:
            file = block.file
            yield f"== {document.files[file].name} ({document.files[file].format})"
        page = f"[{block.page}] " if block.page else ""
        if not isinstance(block, Table):
            yield f"{page}{'#' * (block.heading or 0)}{' ' if block.heading else ''}{block.text}"
            continue
        yield f"{page}table {block.index}: {block.row_count} × {block.column_count}"
        rows: list[list[str]] = [[] for _ in range(block.row_count)]
        for cell in block.cells:
            rows[cell.row].append(cell.text)
        yield from (f"| {' | '.join(row)} |" for row in rows)
    yield from (f"!! {each.name}: {each.cause}: {each.message}" for each in document.unread)


def _outcomes(files: list[Path], jobs: int, work: Extract, limits: Limits) -> Iterator[list[str] | GongkaiError]:
    """What `work` gives of each file in order, `jobs` of them at a time, or why it gives nothing."""
    waiting, running = deque(files), deque[tuple[Path, Fork[list[str]]]]()
    while waiting or running:
        while waiting and len(running) < jobs:
            path = waiting.popleft()
            running.append((path, Fork(limits, work, path, read_source)))
        path, fork = running.popleft()
        try:
            yield fork.result()
        except _AGAIN:
            try:
                yield Fork(limits, work, path, read_apart).result()
            except GongkaiError as error:
                yield error
        except GongkaiError as error:
            yield error


def extract(
    files: Annotated[list[Path], typer.Argument(exists=True, dir_okay=False, readable=True, help="files to read")],
    blocks: Annotated[bool, typer.Option("--blocks", help="print the documents instead of records")] = False,
    jobs: Annotated[int | None, typer.Option(min=1, help="files read at a time; else one a processor")] = None,
) -> None:
    """Read and normalize files; records go to stdout as JSON lines, what failed is named on stderr."""
    settings = Settings.read()
    limits = Limits(settings.task_seconds, settings.task_megabytes)
    outcomes = _outcomes(files, jobs or os.cpu_count() or 1, blocks_of if blocks else records_of, limits)
    failed = 0
    shown = len(files) > 1 and sys.stderr.isatty() and not sys.stdout.isatty()
    with typer.progressbar(length=len(files), file=sys.stderr, hidden=not shown) as progress:
        for path, outcome in zip(files, outcomes, strict=True):
            if isinstance(outcome, GongkaiError):
                failed += 1
                typer.echo(f"gongkai: {path}: {printable(str(outcome))}", err=True)
            else:
                for line in outcome:
                    typer.echo(line)
            progress.update(1)
    if failed:
        raise typer.Exit(FAILED)
