"""Runs the sample portals' server in a thread of its own, on ports of this machine."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Thread
from typing import Final

import uvicorn

from services.sample_portals.server import create_app
from services.sample_portals.world import World

HOST: Final = "127.0.0.1"


@dataclass(frozen=True)
class Running:
    """A served world: the base address of each county's portal, by its slug."""

    world: World
    addresses: dict[str, str]


def _listen(host: str, first_port: int, count: int) -> list[socket.socket]:
    """Sockets on `count` ports of `host` from `first_port` on; any free ones when it is 0."""
    sockets = []
    for number in range(count):
        listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, first_port + number if first_port else 0))
        listening.listen()  # who asks before the server runs waits for it
        sockets.append(listening)
    return sockets


@contextmanager
def serving(world: World, first_port: int = 0, host: str = HOST, listen: str = "") -> Iterator[Running]:
    """Serve `world` while the block runs, nothing published or corrected yet; OSError when a port is taken.

    Its addresses name `host`; it listens there, or at the address `listen`.
    """
    sockets = _listen(listen or host, first_port, len(world.counties))
    ports = [listening.getsockname()[1] for listening in sockets]
    config = uvicorn.Config(create_app(world, ports), log_config=None, access_log=False, lifespan="off")
    server = uvicorn.Server(config)
    thread = Thread(target=server.run, kwargs={"sockets": sockets}, name="sample-portals", daemon=True)
    thread.start()
    try:
        slugs = (county.slug for county in world.counties)
        yield Running(world, {slug: f"http://{host}:{port}" for slug, port in zip(slugs, ports, strict=True)})
    finally:
        server.should_exit = True
        thread.join()
