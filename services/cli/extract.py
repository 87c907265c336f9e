"""`gongkai extract FILE…`: parse and normalize files without a bus; records as JSON lines on stdout."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from services.cli.exits import FAILED
from services.normalizer.stage import normalize_document
from services.parser import apart
from services.parser.contents import ReadSource, read_source
from services.parser.stage import read_file
from shared import logs
from shared.errors import GongkaiError
from shared.settings import Settings
from shared.stage.worker import WorkerPool
from shared.stage.worker_process import Limits


def records_of(path: Path, read: ReadSource = read_source) -> list[str]:
    """The records of one file, a JSON object each; raises what reading it raises."""
    return [record.model_dump_json() for record in normalize_document(read_file(path, read=read))]


async def _extract(files: list[Path], settings: Settings) -> int:
    """Write the records of `files` in order; returns how many files failed, each named on stderr."""
    failed = 0
    limits = Limits(settings.task_seconds, settings.task_megabytes)
    async with WorkerPool(settings.workers, limits) as workers:
        reading = [asyncio.create_task(apart.call(workers, records_of, path)) for path in files]
        for path, task in zip(files, reading, strict=True):
            try:
                lines = await task
            except GongkaiError as error:
                failed += 1
                typer.echo(f"gongkai: {path}: {error}", err=True)
                continue
            for line in lines:
                typer.echo(line)
    return failed


def extract(
    files: Annotated[list[Path], typer.Argument(exists=True, dir_okay=False, readable=True, help="files to read")],
) -> None:
    """Read and normalize files; records go to stdout as JSON lines, what failed is named on stderr."""
    settings = Settings.read()
    logs.configure(settings)
    if asyncio.run(_extract(files, settings)):
        raise typer.Exit(FAILED)
