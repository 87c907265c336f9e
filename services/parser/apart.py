"""A second try for what ends a worker: each of the files in a process of its own, so that the others are read."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from services.parser.contents import NamedBytes, read_source
from services.parser.formats import reader_of
from services.parser.reading import Limits, Reading
from shared.errors import OutOfMemory, PermanentError, StageFailed, TimedOut
from shared.stage.worker_process import apart

if TYPE_CHECKING:
    from shared.stage.worker import WorkerPool

T = TypeVar("T")


def read_apart(source: NamedBytes, name: str, limits: Limits) -> Reading:
    """As `read_source`, from a fork of this worker: whatever happens to it, this process goes on.

    Raises what `read_source` raises, Crashed where the fork crashes, TimedOut, OutOfMemory, StageFailed.
    """
    reader_of(name)  # imported here, once for all files
    return apart(read_source, source, name, limits)


async def call(workers: "WorkerPool", work: Callable[..., T], *args: Any) -> T:
    """`work(*args)` in a worker; where it ends one, again with `read_apart` as its last argument.

    Raises what the second try raises, its cause the first.
    """
    try:
        return await workers.call(work, *args)
    except (StageFailed, OutOfMemory, TimedOut) as error:
        try:
            return await workers.call(work, *args, read_apart)
        except PermanentError as second:
            raise second from error
