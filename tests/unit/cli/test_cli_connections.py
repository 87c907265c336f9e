"""Who opens connections and asks nothing keeps nobody else from an answer, and does not fill the log."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable

import pytest
import uvicorn
from fastapi import FastAPI
from fastapi.responses import PlainTextResponse, StreamingResponse
from structlog.testing import capture_logs

from services.cli import connections
from services.cli.connections import BACKLOG, HEAD_BYTES, bounded, most_connections

MOST = 8
HALF = b"GET / HTTP/1.1\r\nX-Half: "


@pytest.fixture
async def port(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[int]:
    app = FastAPI()

    @app.get("/")
    async def whole() -> PlainTextResponse:
        return PlainTextResponse("whole")

    @app.get("/long")
    async def long() -> StreamingResponse:
        return StreamingResponse("x" * 1_000_000 for _ in range(1_000))

    config = uvicorn.Config(app, log_config=None, http=bounded(MOST), backlog=BACKLOG, lifespan="off",
                            h11_max_incomplete_event_size=HEAD_BYTES, timeout_graceful_shutdown=1)  # fmt: skip
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listening, server.capture_signals():
        serving = asyncio.create_task(server.serve([listening]))
        await until(lambda: server.started)
        yield listening.getsockname()[1]
        server.should_exit = True
        await serving


async def until(holds: Callable[[], bool]) -> None:
    for _ in range(1_000):
        if holds():
            return
        await asyncio.sleep(0.01)


async def hold(port: int, text: bytes) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(text)
    return reader, writer


async def ask(port: int) -> bytes:
    reader, writer = await hold(port, b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    answer = await reader.read()
    writer.close()
    return answer


async def ended(reader: asyncio.StreamReader) -> bool:
    with contextlib.suppress(ConnectionResetError):
        return await reader.read() == b""
    return True


async def test_connections_that_ask_nothing_make_room_for_those_that_do(port: int) -> None:
    with capture_logs() as logs:
        held = [await hold(port, HALF) for _ in range(10 * MOST)]
        async with asyncio.timeout(10):
            assert (await ask(port)).endswith(b"whole")
        async with asyncio.timeout(10):
            assert all([await ended(reader) for reader, _ in held[: 5 * MOST]])
    assert [each["event"] for each in logs].count("ended connections") <= 1
    for _, writer in held:
        writer.close()


async def test_half_a_request_is_cut_after_its_time(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "HEAD_SECONDS", 0.1)
    nothing, half = await hold(port, b""), await hold(port, HALF)
    again = await hold(port, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n" + HALF)
    async with asyncio.timeout(4):
        assert await ended(nothing[0])
        assert await ended(half[0])
        with contextlib.suppress(ConnectionResetError):
            assert b"whole" in await again[0].read()
    for _, writer in (nothing, half, again):
        writer.close()


@pytest.mark.parametrize(
    "text",
    [
        b"\r\n\r\n",
        b"GET / HTTP/1.1",
        b"GET /" + b"x" * 1_000,
        b"GET / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"PRI * HTTP/2.0\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nHost: x\r\n" + b"X: y\r\n" * 1_000,
    ],
    ids=["blank lines", "a line without end", "a long address", "an expectation", "TLS", "HTTP/2", "many headers"],
)
async def test_whatever_is_begun_and_not_ended_leaves_room(
    port: int, text: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "HEAD_SECONDS", 0.1)
    held = [await hold(port, text) for _ in range(2 * MOST)]
    async with asyncio.timeout(10):
        assert (await ask(port)).endswith(b"whole")
        for reader, writer in held:
            with contextlib.suppress(ConnectionResetError):
                assert (await reader.read())[9:10] in {b"", b"4"}
            writer.close()


async def test_who_takes_nothing_of_an_answer_is_cut(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "STALLED_SECONDS", 0.1)
    monkeypatch.setattr(connections, "HEAD_SECONDS", 0.1)
    stuck = [await hold(port, b"GET /long HTTP/1.1\r\nHost: x\r\n\r\n") for _ in range(MOST)]
    async with asyncio.timeout(10):
        answers = [await refused_or(port)]
        for _ in range(100):
            if answers[-1]:
                break
            await asyncio.sleep(0.05)
            answers.append(await refused_or(port))
    assert answers[-1].endswith(b"whole")
    for _, writer in stuck:
        writer.close()


async def test_an_address_with_all_connections_makes_room_for_another(port: int) -> None:
    long = b"GET /long HTTP/1.1\r\nHost: x\r\n\r\n"
    greedy = [await hold(port, long) for _ in range(3 * MOST)]
    for number in range(MOST // 2):
        other = socket.create_connection(("127.0.0.1", port), source_address=(f"127.0.0.{2 + number}", 0))
        reader, writer = await asyncio.open_connection(sock=other)
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        async with asyncio.timeout(10):
            assert b"200" in await reader.readline()
        greedy.append((reader, writer))
    for _, writer in greedy:
        writer.close()


async def refused_or(port: int) -> bytes:
    """The answer, or nothing where the connection was refused."""
    with contextlib.suppress(ConnectionResetError):
        return await ask(port)
    return b""


async def test_heads_without_an_end_are_refused(port: int) -> None:
    reader, writer = await hold(port, HALF + b"x" * 3 * HEAD_BYTES)
    async with asyncio.timeout(10):
        assert b"400" in await reader.readline()
    writer.close()


def test_there_is_room_for_files_whatever_the_system_allows() -> None:
    assert 8 <= most_connections() <= 1_000
