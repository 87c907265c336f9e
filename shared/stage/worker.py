"""The worker pool: functions run in processes of their own, under a time and a memory limit."""

import asyncio
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Final, ParamSpec, Self, TypeVar

from prometheus_client import Counter

from shared import metrics
from shared.errors import GongkaiError, OutOfMemory, StageFailed, Stalled, TimedOut, TransientError
from shared.processes import processor_seconds
from shared.stage.worker_process import Answer, Call, Limits, Raised, Returned, Started

START_SECONDS: Final = 60.0
STALLED: Final = 5
"""How many times its processor time a call may go without using any: then it waits for something that is away."""
_PROGRESS: Final = 0.005
"""The part of a processor that a call uses at least, on however busy a machine."""
_LAST_SECONDS: Final = 1.0
_SOON_SECONDS: Final = 0.2
"""Most calls are answered within this, and nobody need look how they get on."""
_PROGRAM: Final = """
import sys
sys.path[:] = sys.argv[2:]
from shared.stage.worker_process import main
main(int(sys.argv[1]))
"""
_CLOSED: Final = "The worker pool is closed."
_KILLED: Final = "The system killed the worker on this message twice, as it does for memory."

P = ParamSpec("P")
T = TypeVar("T")


class WorkerPool:
    """Up to `size` calls run at once, each under `limits`; a process is started when it is first needed.

    The metrics tell of its processes as those of `stage`.
    """

    def __init__(self, size: int, limits: Limits, stage: str = "none") -> None:
        self.size = size
        self._limits = limits
        self._busy = metrics.WORKERS_BUSY.labels(stage)
        self._starts = metrics.WORKER_STARTS.labels(stage)
        metrics.WORKERS.labels(stage).set(size)
        self._closed = False
        self._threads = ThreadPoolExecutor(max_workers=size, thread_name_prefix="worker")
        self._idle: asyncio.LifoQueue[_Worker] = asyncio.LifoQueue()
        self._workers = {_Worker(limits, self._starts) for _ in range(size)}
        for worker in self._workers:
            self._idle.put_nowait(worker)

    async def call(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The result of `function(*args)` from a worker; all three can be pickled, the function from a module.

        Raises what the function raises if it is of shared.errors, TimedOut (the process is killed), OutOfMemory,
        Stalled when it does not get on, and StageFailed for anything else, a crash of the process included.
        The stack within the worker is a note of the error. Cancelling the call kills the process.
        """
        assert not kwargs
        worker = await self._idle.get()
        loop = asyncio.get_running_loop()
        try:
            if self._closed:
                raise TransientError(_CLOSED)
            with self._busy.track_inprogress():
                answer = await loop.run_in_executor(self._threads, worker.call, Call(function, args))
        except asyncio.CancelledError:
            if not self._closed:
                self._workers.remove(worker)
                worker.retire()
                self._threads.submit(worker.bury)
                worker = _Worker(self._limits, self._starts)
                self._workers.add(worker)
            raise
        finally:
            self._idle.put_nowait(worker)
        if isinstance(answer, Raised):
            raise _error(answer)
        assert isinstance(answer, Returned)
        value: T = answer.value
        return value

    async def close(self) -> None:
        """Kill the processes; calls under way, and later ones, raise TransientError."""
        self._closed = True
        for worker in self._workers:
            worker.retire()
        await asyncio.get_running_loop().run_in_executor(None, self._end_all)

    def _end_all(self) -> None:
        self._threads.shutdown()
        for worker in self._workers:
            worker.bury()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, stack: TracebackType | None
    ) -> None:
        await self.close()


class _Worker:
    """One process and the pipe to it, for one call at a time."""

    def __init__(self, limits: Limits, starts: Counter) -> None:
        self._limits = limits
        self._starts = starts
        self._lock = threading.Lock()
        self._calling = threading.Lock()
        self._retired = False
        self._process: subprocess.Popen[bytes] | None = None
        self._pipe: Connection | None = None

    def call(self, call: Call) -> Answer:
        """The answer to `call`; blocks for as long as the time limit.

        A system short of memory may kill the process for another's sake: the call is tried once more.
        """
        with self._calling:
            return self._call(call) or self._call(call) or Raised(OutOfMemory, _KILLED, "")

    def retire(self) -> None:
        """Kill the process for good; a call under way raises TransientError."""
        with self._lock:
            self._retired = True
            if self._process is not None:
                self._process.kill()

    def bury(self) -> None:
        """After `retire`: take leave of the process, once the call under way has noticed."""
        with self._calling:
            self._stop()

    def _call(self, call: Call) -> Answer | None:
        """As `call`; None where the system killed the process."""
        try:
            pipe = self._start()
        except OSError as error:
            self._stop()
            raise TransientError(f"A worker process could not be started: {error}.") from error
        try:
            pipe.send(call)
            if not self._answers(pipe, START_SECONDS):
                return self._end(Stalled, f"A worker process did not start within {START_SECONDS:g} s.")
            started = pipe.recv()
            if not isinstance(started, Started):
                return self._checked(started)
            patience = STALLED * self._limits.seconds
            if not self._answers(pipe, patience):
                return self._end(Stalled, f"A worker process did not get on for {patience:g} s.")
            return self._checked(pipe.recv())
        except (EOFError, OSError):
            return self._died()

    def _answers(self, pipe: Connection, patience: float) -> bool:
        """Wait for the pipe; False after `patience` seconds in which the process did next to nothing.

        On a busy machine a call may take many times its processor time: its own limit ends it, not the clock.
        """
        if pipe.poll(_SOON_SECONDS):
            return True
        used = self._used()
        while not pipe.poll(patience):
            before, used = used, self._used()
            if used - before < _PROGRESS * patience:
                return False
        return True

    def _used(self) -> float:
        with self._lock:
            return processor_seconds(self._process.pid) if self._process is not None else 0.0

    def _stop(self) -> int | None:
        """End the process and return its exit code, its own if it had ended already; None without a process."""
        with self._lock:
            process, pipe = self._process, self._pipe
            self._process = self._pipe = None
        if process is None or pipe is None:
            return None
        pipe.close()
        late = threading.Timer(_LAST_SECONDS, process.kill)
        late.start()
        try:
            return process.wait()
        finally:
            late.cancel()

    def _start(self) -> Connection:
        with self._lock:
            if self._retired:
                raise TransientError(_CLOSED)
            if self._process is None or self._pipe is None:
                self._pipe, theirs = Pipe()
                with theirs:
                    self._process = _spawn(theirs.fileno())
                self._starts.inc()
                self._pipe.send(self._limits)
            return self._pipe

    def _checked(self, answer: object) -> Answer:
        assert isinstance(answer, Returned | Raised)
        if isinstance(answer, Raised) and answer.error is OutOfMemory:
            self._stop()
        return answer

    def _end(self, error: type[GongkaiError], message: str) -> Answer:
        with self._lock:
            if self._process is not None:
                self._process.kill()
        self._stop()
        return Raised(error, message, "")

    def _died(self) -> Answer | None:
        code = self._stop()
        if self._retired:
            return Raised(TransientError, _CLOSED, "")
        if code == -signal.SIGPROF:
            reason = f"The work on this message took more than {self._limits.seconds:g} s of a processor."
            return Raised(TimedOut, reason, "")
        if code == -signal.SIGKILL:
            return None
        how = signal.Signals(-code).name if code is not None and code < 0 else f"exit code {code}"
        return Raised(StageFailed, f"The worker ended by {how} on this message.", "")


def _spawn(pipe: int) -> subprocess.Popen[bytes]:
    # Not multiprocessing.Process, which imports the parent's main module again in every worker.
    command = [sys.executable, "-c", _PROGRAM, str(pipe), *sys.path]
    return subprocess.Popen(command, pass_fds=[pipe], stdin=subprocess.DEVNULL)  # noqa: S603 - all of it is ours


def _error(raised: Raised) -> GongkaiError:
    error = raised.error(raised.message)
    if raised.stack:
        error.add_note(raised.stack)
    return error
