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
from services.parser.reading import Limits as Bounds
from services.parser.settings import ParserSettings
from services.parser.stage import read_file
from shared.errors import Crashed, GongkaiError, OutOfMemory, StageFailed, TimedOut, UsageError
from shared.schemas.document import Document, Table
from shared.stage.worker_process import Fork, Limits

_AGAIN: Final = (Crashed, OutOfMemory, StageFailed, TimedOut)
"""Why a file is read again, each that it holds apart."""

Extract = Callable[[Path, ReadSource], list[str]]


def records_of(path: Path, read: ReadSource, bounds: Bounds | None = None) -> list[str]:
    """The records of one file, a JSON object each; raises what reading it raises."""
    return [record.model_dump_json() for record in normalize_document(read_file(path, bounds, read))]


def blocks_of(path: Path, read: ReadSource, bounds: Bounds | None = None) -> list[str]:
    """The document of one file as lines to look at; raises what reading it raises."""
    return [printable(line) for line in _lines(read_file(path, bounds, read))]


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
    html: Annotated[
        Path | None,
        typer.Option("--html", dir_okay=False, help="write a page of the sources beside what was read of them"),
    ] = None,
    jobs: Annotated[int | None, typer.Option(min=1, help="files read at a time; else one a processor")] = None,
) -> None:
    """Read and normalize files; records go to stdout as JSON lines, what failed is named on stderr."""
    settings = ParserSettings.read()
    limits = Limits(settings.task_seconds, settings.task_megabytes)
    work: Callable[[Path, ReadSource, Bounds | None], list[str]] = blocks_of if blocks else records_of
    if html is not None:
        from services.cli import reading_page  # which needs what draws pages

        work = reading_page.fragment_of

    def bounded(path: Path, read: ReadSource) -> list[str]:
        return work(path, read, settings.limits)

    outcomes = _outcomes(files, jobs or os.cpu_count() or 1, bounded, limits)
    failed: list[Path] = []
    shown = len(files) > 1 and sys.stderr.isatty() and (html is not None or not sys.stdout.isatty())
    with typer.progressbar(length=len(files), file=sys.stderr, hidden=not shown) as progress:
        lines = _told(files, outcomes, failed, lambda: progress.update(1))
        if html is not None:
            _write(html, reading_page.page(lines))
        else:
            for line in lines:
                typer.echo(line)
    if failed:
        raise typer.Exit(FAILED)


def _write(path: Path, pieces: Iterator[str]) -> None:
    """Write a file of `pieces`; raises UsageError where it can't be written."""
    try:
        with path.open("w", encoding="utf-8") as file:
            file.writelines(pieces)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}.") from error


def _told(
    files: list[Path],
    outcomes: Iterator[list[str] | GongkaiError],
    failed: list[Path],
    progress: Callable[[], None],
) -> Iterator[str]:
    """The lines of the files that could be read; what failed is told on stderr and added to `failed`."""
    for path, outcome in zip(files, outcomes, strict=True):
        if isinstance(outcome, GongkaiError):
            failed.append(path)
            typer.echo(f"gongkai: {path}: {printable(str(outcome))}", err=True)
        else:
            yield from outcome
        progress()
