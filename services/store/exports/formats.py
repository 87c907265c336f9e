"""The formats records are exported in, by the end of a file's name."""

import asyncio
from collections.abc import AsyncIterator
from importlib import import_module
from typing import Final

from sqlalchemy.ext.asyncio import AsyncEngine

from services.store.exports import pages
from services.store.exports.contract import Format, Writer
from services.store.filters import RecordFilter
from shared.errors import UsageError

_HERE: Final = "services.store.exports"
JSON_LINES: Final = Format(
    "jsonl",
    "application/jsonl",
    False,
    "",
    "All records that meet the filter, one a line.",
)
FORMATS: Final = {
    each.suffix: each
    for each in (
        Format(
            "csv",
            "text/csv",
            True,
            f"{_HERE}.comma_separated",
            "All records of one type that meet the filter as a table.",
        ),
        JSON_LINES,
        Format(
            "xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            False,
            f"{_HERE}.xlsx",
            "All records that meet the filter as a workbook in Chinese, a sheet for each type.",
        ),
        Format(
            "parquet",
            "application/vnd.apache.parquet",
            True,
            f"{_HERE}.parquet",
            "All records of one type that meet the filter as Parquet, money as exact decimals.",
        ),
        Format(
            "zip",
            "application/zip",
            False,
            f"{_HERE}.data_package",
            "All records that meet the filter as a Frictionless Data Package: a CSV for each type and its schema.",
        ),
        Format(
            "fiscal.zip",
            "application/zip",
            False,
            f"{_HERE}.fiscal_package",
            "All budget lines that meet the filter as a Fiscal Data Package.",
            "budget_line",
        ),
    )
}
"""End of the name → the format; `zip` is a data package, `fiscal.zip` a fiscal one."""


def format_of(name: str) -> Format:
    """The format of a file by its name; raises UsageError."""
    found = [each for suffix, each in FORMATS.items() if name.endswith(f".{suffix}")]
    if not found:
        raise UsageError(f"{name} names no format; its end is one of {', '.join(f'.{each}' for each in FORMATS)}.")
    return max(found, key=lambda each: len(each.suffix))


async def export(engine: AsyncEngine, wanted: RecordFilter, chosen: Format) -> AsyncIterator[bytes]:
    """The records that meet the filter as a file.

    Raises UsageError where the format holds one type and none or another is asked for, or its library is not
    installed.
    """
    if chosen.only:
        if wanted.type not in (None, chosen.only):
            raise UsageError(f".{chosen.suffix} has records of type {chosen.only} alone, not {wanted.type}.")
        wanted = wanted.model_copy(update={"type": chosen.only})
    if chosen.one_type and wanted.type is None:
        raise UsageError("A table has records of one type; give type.")
    if chosen is JSON_LINES:
        async for part in pages.json_lines(engine, wanted):
            yield part
        return
    writer = _writer(chosen)
    try:
        async for rows in pages.rows(engine, wanted):
            if part := await asyncio.to_thread(writer.add, rows):
                yield part
        rest = writer.end()
        while part := await asyncio.to_thread(next, rest, b""):
            yield part
    finally:
        writer.close()


def _writer(chosen: Format) -> Writer:
    try:
        made: Writer = import_module(chosen.module).writer()
    except ModuleNotFoundError as error:
        module = (error.name or "").partition(".")[0]
        raise UsageError(f"This needs {module}, which is not installed; install gongkai[exports].") from error
    return made
