"""The inside of a worker process: its limits, and one call after the other from its pipe."""

import ctypes
import os
import resource
import signal
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from multiprocessing.reduction import ForkingPickler
from typing import Any, Final, Generic, ParamSpec, TypeVar

from shared.errors import Crashed, GongkaiError, OutOfMemory, StageFailed, TimedOut
from shared.processes import collect_seldom

_MEBIBYTE: Final = 1024 * 1024
_CODE_MEGABYTES: Final = 1024
_PARENT_DEATH_SIGNAL: Final = 1  # PR_SET_PDEATHSIG
_LONGEST_STACK: Final = 20_000
_APART_SECONDS: Final = 60.0
"""Processor time of a part of a call that runs apart, seconds."""

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True)
class Limits:
    """What one call may take: seconds of a processor, and MiB of the process's memory, None for what it has."""

    seconds: float
    megabytes: int | None


@dataclass(frozen=True)
class Call:
    """A function by its import path, with its arguments."""

    function: Callable[..., Any]
    args: tuple[Any, ...]


@dataclass(frozen=True)
class Started:
    """The worker has imported what the call needs and begins."""


@dataclass(frozen=True)
class Returned:
    value: Any


@dataclass(frozen=True)
class Raised:
    """The call raised; `stack` is the traceback as text."""

    error: type[GongkaiError]
    message: str
    stack: str


Answer = Started | Returned | Raised


def main(handle: int) -> None:
    """Answer calls until the pipe closes, which it does when the parent ends, however it ends."""
    _die_with_parent()
    collect_seldom()
    for number in (signal.SIGINT, signal.SIGTERM):  # a terminal, or systemd, sends it to all; the parent decides
        signal.signal(number, signal.SIG_IGN)
    with Connection(handle) as pipe, suppress(EOFError, ConnectionResetError, BrokenPipeError):
        limits = pipe.recv()
        assert isinstance(limits, Limits)
        _limit_memory(limits.megabytes)
        _serve(pipe, limits.seconds)


class Fork(Generic[T]):
    """A call of `function` in a fork of this process, which may crash or pass its limits alone.

    It must be made where no other thread runs, as in a worker or on the command line.
    """

    def __init__(self, limits: Limits, function: Callable[..., T], *args: Any) -> None:
        self._seconds = limits.seconds
        self._pipe, theirs = Pipe(duplex=False)
        self._number = os.fork()
        if not self._number:
            try:
                self._pipe.close()
                _die_with_parent()
                collect_seldom()
                _limit_memory(limits.megabytes)
                signal.setitimer(signal.ITIMER_PROF, limits.seconds)
                _send(theirs, _result(function, *args))
            finally:
                os._exit(0)  # nothing of the parent's is cleaned up twice
        theirs.close()

    def result(self) -> T:
        """What the call returns; waits for it.

        Raises what the function raises if it is of shared.errors; Crashed when the fork crashes, TimedOut,
        OutOfMemory, and StageFailed for anything else.
        """
        try:
            answer = self._pipe.recv()
        except EOFError:
            answer = None
        finally:
            self._pipe.close()
            _, status = os.waitpid(self._number, 0)
        if answer is None:
            raise self._ended(status)
        if isinstance(answer, Raised):
            error = answer.error(answer.message)
            error.add_note(answer.stack)
            raise error
        value: T = answer.value
        return value

    def _ended(self, status: int) -> GongkaiError:
        """Why the fork ended without an answer."""
        number = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
        if number == signal.SIGPROF:
            return TimedOut(f"Reading it took more than {self._seconds:g} s of a processor.")
        if number == signal.SIGKILL:
            return OutOfMemory("The system ended the reader on it, as it does for memory.")
        how = signal.Signals(number).name if number else f"exit code {os.WEXITSTATUS(status)}"
        return Crashed(f"The reader ended by {how} on it: it is damaged, or needs more memory than is allowed.")


def apart(function: Callable[..., T], *args: Any) -> T:
    """The result of a part of this call, from a fork with this process's limit of memory; raises as Fork does."""
    return Fork(Limits(_APART_SECONDS, None), function, *args).result()


def _result(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Answer:
    try:
        return Returned(function(*args, **kwargs))
    except GongkaiError as error:
        return Raised(type(error), str(error), _stack())
    except MemoryError:
        return Raised(OutOfMemory, "The work on this message passed its memory limit.", _stack())
    except Exception as error:  # noqa: BLE001 - whatever a call raises goes to the parent, with its stack
        return Raised(StageFailed, f"{type(error).__name__}: {error}", _stack())


def _serve(pipe: Connection, seconds: float) -> None:
    while True:
        answer = _answer(pipe, pipe.recv_bytes(), seconds)
        signal.setitimer(signal.ITIMER_PROF, 0)
        _send(pipe, answer)
        if isinstance(answer, Raised) and answer.error is OutOfMemory:
            return  # the next call gets a process whose memory is whole


def _answer(pipe: Connection, call_as_sent: bytes, seconds: float) -> Answer:
    try:
        call = ForkingPickler.loads(call_as_sent)  # imports what the call needs; that is not its time
        assert isinstance(call, Call)
        pipe.send(Started())
        # Ends the process with SIGPROF. The clock on the wall would count what a paused or crowded machine takes.
        signal.setitimer(signal.ITIMER_PROF, seconds)
    except MemoryError:
        return Raised(OutOfMemory, "The work on this message passed its memory limit.", _stack())
    except Exception as error:  # noqa: BLE001 - unpickling runs code of the arguments' classes
        return Raised(StageFailed, f"{type(error).__name__}: {error}", _stack())
    return _result(call.function, *call.args)


def _send(pipe: Connection, answer: Answer) -> None:
    try:
        pipe.send(answer)
    except BrokenPipeError:
        raise
    except Exception as error:  # noqa: BLE001 - pickling runs code of the answer's classes
        pipe.send(Raised(StageFailed, f"The answer cannot be sent: {type(error).__name__}: {error}", _stack()))


def _stack() -> str:
    return traceback.format_exc()[-_LONGEST_STACK:]


def _limit_memory(megabytes: int | None) -> None:
    if megabytes is None:
        return
    # RLIMIT_DATA counts what a process writes to; where a system counts only the heap in it, RLIMIT_AS, which
    # counts code and mapped files as well, is the wider net.
    _lower(resource.RLIMIT_DATA, megabytes * _MEBIBYTE)
    _lower(resource.RLIMIT_AS, (megabytes + _CODE_MEGABYTES) * _MEBIBYTE)
    _lower(resource.RLIMIT_CORE, 0)


def _lower(limit: int, value: int) -> None:
    _, hardest = resource.getrlimit(limit)
    if hardest != resource.RLIM_INFINITY:
        value = min(value, hardest)
    resource.setrlimit(limit, (value, hardest))


def _die_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PARENT_DEATH_SIGNAL, signal.SIGKILL)
