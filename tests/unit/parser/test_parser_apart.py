"""A file that ends whoever reads it costs that file: the others of its disclosure are read."""

import os
from collections.abc import Callable

import pytest

from services.parser import apart
from services.parser.contents import NamedBytes, ReadSource, read_source
from services.parser.reading import Limits, Reading
from services.parser.stage import read_document
from shared.errors import Corrupt, OutOfMemory, StageFailed, TooLarge
from shared.schemas.document import Document
from shared.stage.worker import WorkerPool
from shared.stage.worker_process import Limits as WorkerLimits
from shared.stage.worker_process import apart as run_apart

WORKER = WorkerLimits(20, 512)


def crash() -> None:
    os.abort()


def fill_memory() -> int:
    return len(bytearray(4 << 30))


def fail() -> None:
    raise KeyError("a fault of ours")


def refuse() -> None:
    raise TooLarge("The file is too large.")


def cause_of(function: Callable[[], object]) -> tuple[str, bool]:
    """The cause that `function` ends by when it runs apart, and whether this process is still the same."""
    number = os.getpid()
    try:
        run_apart(function)
    except (Corrupt, OutOfMemory, StageFailed, TooLarge) as error:
        return error.cause, os.getpid() == number
    return "", os.getpid() == number


@pytest.mark.parametrize(
    ("function", "cause"),
    [
        (crash, "corrupt"),
        (fill_memory, "out_of_memory"),
        (fail, "stage_failed"),
        (refuse, "too_large"),
        (list, ""),
    ],
)
async def test_what_happens_apart_has_a_name_and_stays_apart(function: Callable[[], object], cause: str) -> None:
    async with WorkerPool(1, WORKER) as workers:
        assert await workers.call(cause_of, function) == (cause, True)


def read_or_crash(source: NamedBytes, name: str, limits: Limits) -> Reading:
    if b"crash" in source.data:
        os.abort()
    return read_source(source, name, limits)


def read_or_crash_apart(source: NamedBytes, name: str, limits: Limits) -> Reading:
    return run_apart(read_or_crash, source, name, limits)


def document_of(sources: list[NamedBytes], read: ReadSource = read_or_crash) -> Document:
    return read_document(sources, read=read_or_crash_apart if read is apart.read_apart else read)


async def test_the_article_and_the_good_files_are_read_beside_one_that_ends_the_reader() -> None:
    sources = [
        NamedBytes("article.html", "<html><body><p>水务局2024年部门预算</p></body></html>".encode()),
        NamedBytes("bad.txt", b"crash"),
        NamedBytes("good.txt", "一、部门职责\n".encode()),
    ]
    async with WorkerPool(1, WORKER) as workers:
        document = await apart.call(workers, document_of, sources)
    assert [getattr(block, "text", "") for block in document.blocks] == ["水务局2024年部门预算", "一、部门职责"]
    assert [(each.name, each.cause) for each in document.unread] == [("bad.txt", "corrupt")]


async def test_a_file_alone_that_ends_the_reader_ends_by_name() -> None:
    async with WorkerPool(1, WORKER) as workers:
        with pytest.raises(Corrupt, match="SIGABRT"):
            await apart.call(workers, document_of, [NamedBytes("bad.txt", b"crash")])
