"""Worker processes: limits that hold, errors that say what happened, no process left behind."""

import asyncio
import ctypes
import os
import re
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from shared.errors import ArchiveUnavailable, Corrupt, OutOfMemory, StageFailed, Stalled, TimedOut, TransientError
from shared.processes import processor_seconds
from shared.stage import worker
from shared.stage.worker import WorkerPool
from shared.stage.worker_process import Limits, apart

PARENT = """
import asyncio, sys
sys.path.insert(0, sys.argv[1])
from shared.stage.worker import WorkerPool
from shared.stage.worker_process import Limits
import test_stage_worker

async def main():
    async with WorkerPool(1, Limits(100, 512)) as pool:
        await pool.call(test_stage_worker.hold_the_interpreter)

if __name__ == "__main__":
    asyncio.run(main())
"""


def process_number() -> int:
    return os.getpid()


def double(number: int) -> int:
    return 2 * number


def spend(seconds: float) -> None:
    while time.process_time() < seconds:
        pass


def hang() -> None:
    time.sleep(1000)


def stand_still(seconds: float) -> int:
    subprocess.Popen(["sh", "-c", f"sleep {seconds}; kill -CONT {os.getpid()}"])
    os.kill(os.getpid(), signal.SIGSTOP)
    return os.getpid()


def creep_apart(seconds: float) -> str:
    """Wait for a fork that does the work, as the parser does for a file that may break its reader."""
    return apart(creep, seconds)


def creep(seconds: float) -> str:
    """Get a tenth of a processor, as on a machine where many others are at work."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        began = time.process_time()
        while time.process_time() - began < 0.01:
            pass
        time.sleep(0.09)
    return "done"


def hold_the_interpreter() -> None:
    print(os.getpid(), flush=True)
    re.match(r"(a+)+$", "a" * 60 + "b")


def take_memory(megabytes: int) -> int:
    return len(bytearray(megabytes * 1024 * 1024))


def damaged() -> None:
    raise Corrupt("The file 预算.pdf is damaged.")


def away() -> None:
    raise ArchiveUnavailable("The archive is away.")


def divide() -> float:
    return 1 / 0


def die(number: int) -> None:
    os.kill(os.getpid(), number)


def die_once(marker: str) -> int:
    if not Path(marker).exists():
        Path(marker).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return os.getpid()


def crash() -> None:
    ctypes.string_at(0)


def leave() -> None:
    os._exit(3)


def not_picklable() -> object:
    return lambda: None


async def test_what_workers_spend_is_told_of_the_process_they_belong_to() -> None:
    async with WorkerPool(1, Limits(100, 512)) as pool:
        before = processor_seconds(os.getpid())
        await pool.call(spend, 0.3)
        assert processor_seconds(os.getpid()) - before >= 0.25


async def test_a_result_comes_back_from_another_process(workers: WorkerPool) -> None:
    assert await workers.call(double, 21) == 42
    assert await workers.call(process_number) != os.getpid()


async def test_a_process_is_kept_for_the_next_call(workers: WorkerPool) -> None:
    assert await workers.call(process_number) == await workers.call(process_number)


async def test_many_calls_share_the_processes(workers: WorkerPool) -> None:
    assert await asyncio.gather(*[workers.call(double, number) for number in range(50)]) == list(range(0, 100, 2))
    numbers = await asyncio.gather(*[workers.call(process_number) for _ in range(10)])
    assert len(set(numbers)) <= 2


async def test_work_over_its_time_is_ended_and_the_next_call_goes_through(workers: WorkerPool) -> None:
    with pytest.raises(TimedOut, match="1 s"):
        await workers.call(hold_the_interpreter)
    assert await workers.call(double, 1) == 2


async def test_work_that_waits_is_ended_too_but_that_is_not_the_message_s_fault(workers: WorkerPool) -> None:
    with pytest.raises(TransientError, match="did not get on"):
        await workers.call(hang)
    assert await workers.call(double, 1) == 2


async def test_processor_time_decides_and_not_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "STALLED", 1)
    async with WorkerPool(1, Limits(0.4, 256)) as pool:
        assert await pool.call(creep, 1.5) == "done"
        assert await pool.call(creep_apart, 1.5) == "done"
        with pytest.raises(TimedOut):
            await pool.call(creep, 20)
        with pytest.raises(Stalled):
            await pool.call(hang)


async def test_time_in_which_the_machine_stood_still_does_not_count(workers: WorkerPool) -> None:
    assert await workers.call(stand_still, 1.5) == await workers.call(process_number)


async def test_work_over_its_memory_is_ended_and_the_next_call_goes_through(workers: WorkerPool) -> None:
    with pytest.raises(OutOfMemory):
        await workers.call(take_memory, 300)
    assert await workers.call(take_memory, 50) == 50 * 1024 * 1024


async def test_an_error_of_the_tree_keeps_its_class_and_sentence(workers: WorkerPool) -> None:
    with pytest.raises(Corrupt) as caught:
        await workers.call(damaged)
    assert str(caught.value) == "The file 预算.pdf is damaged."
    assert "in damaged" in "".join(caught.value.__notes__)
    with pytest.raises(ArchiveUnavailable):
        await workers.call(away)


async def test_any_other_error_is_a_failure_of_the_stage_with_its_stack(workers: WorkerPool) -> None:
    with pytest.raises(StageFailed, match="ZeroDivisionError") as caught:
        await workers.call(divide)
    assert "in divide" in "".join(caught.value.__notes__)


async def test_an_answer_that_cannot_be_sent_is_a_failure_of_the_stage(workers: WorkerPool) -> None:
    with pytest.raises(StageFailed, match="cannot be sent"):
        await workers.call(not_picklable)


async def test_a_process_the_system_kills_counts_as_out_of_memory(workers: WorkerPool) -> None:
    with pytest.raises(OutOfMemory):
        await workers.call(die, signal.SIGKILL)
    assert await workers.call(double, 1) == 2


async def test_a_process_killed_for_another_s_sake_costs_its_message_nothing(
    workers: WorkerPool, tmp_path: Path
) -> None:
    before = await workers.call(process_number)
    assert await workers.call(die_once, str(tmp_path / "killed")) != before


async def test_what_tells_all_processes_of_a_service_to_end_leaves_it_to_the_service(workers: WorkerPool) -> None:
    number = await workers.call(process_number)
    await workers.call(die, signal.SIGTERM)
    await workers.call(die, signal.SIGINT)
    assert await workers.call(process_number) == number


async def test_a_process_that_crashes_fails_its_message_only(workers: WorkerPool) -> None:
    crashed, fine = await asyncio.gather(workers.call(crash), workers.call(double, 4), return_exceptions=True)
    assert isinstance(crashed, StageFailed)
    assert "SIGSEGV" in str(crashed)
    assert fine == 8
    with pytest.raises(StageFailed, match="exit code 3"):
        await workers.call(leave)
    assert await workers.call(double, 5) == 10


async def test_a_cancelled_call_frees_its_process_at_once() -> None:
    async with WorkerPool(1, Limits(100, 512)) as pool:
        first = await pool.call(process_number)
        call = asyncio.create_task(pool.call(hang))
        await asyncio.to_thread(lambda: None)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        assert await pool.call(process_number) != first


async def test_closing_ends_what_is_under_way() -> None:
    pool = WorkerPool(1, Limits(100, 512))
    number = await pool.call(process_number)
    handle = os.pidfd_open(number)
    call = asyncio.create_task(pool.call(hang))
    await asyncio.to_thread(lambda: None)
    await pool.close()
    assert isinstance((await asyncio.gather(call, return_exceptions=True))[0], Exception)
    assert _ended(handle, 5)


async def test_a_pool_that_is_closed_is_away_and_no_message_s_fault() -> None:
    async with WorkerPool(1, Limits(100, 512)) as pool:
        pass
    with pytest.raises(TransientError):
        await pool.call(process_number)


def test_no_process_outlives_a_parent_that_is_killed(tmp_path: Path) -> None:
    program = tmp_path / "parent.py"
    program.write_text(PARENT)
    parent = subprocess.Popen(
        [sys.executable, program, Path(__file__).parent], stdout=subprocess.PIPE, text=True, bufsize=1
    )
    assert parent.stdout is not None
    worker = os.pidfd_open(int(parent.stdout.readline()))
    parent.kill()
    parent.wait()
    parent.stdout.close()
    assert _ended(worker, 10)


def _ended(handle: int, seconds: float) -> bool:
    try:
        return bool(select.select([handle], [], [], seconds)[0])
    finally:
        os.close(handle)
