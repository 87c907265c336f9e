"""Fictional portals at addresses that stay: every run over them keeps the same records under the same ids."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from random import Random
from typing import Literal

import httpx

from services.sample_portals.portal_files import portal_files
from services.sample_portals.serve import HOST, serving
from services.sample_portals.world import World

Change = Literal["publish", "correct"]


class Portals:
    """The portals of `world`; `folder` has their portal files."""

    def __init__(self, world: World, folder: Path, host: str = HOST) -> None:
        self.folder = folder
        self.world = world
        self.host = host
        self._first_port = _free_block(host, len(world.counties))

    @property
    def disclosures(self) -> int:
        """How many there are to find while nothing is published or corrected."""
        return sum(item.kind != "notice" and not item.held for item in self.world.items)

    @contextmanager
    def served(self) -> Iterator[None]:
        """Serve them while the block runs, nothing published or corrected yet."""
        with serving(self.world, self._first_port, self.host) as running:
            self.folder.mkdir(parents=True, exist_ok=True)
            for name, text in portal_files(self.world, running.addresses).items():
                (self.folder / name).write_text(text, encoding="utf-8")
            yield

    def change(self, change: Change) -> None:
        """Let one more disclosure appear, or replace a file of one: either makes one more revision."""
        httpx.post(f"http://{self.host}:{self._first_port}/__{change}", timeout=60).raise_for_status()


def _free_block(host: str, count: int) -> int:
    """The first of `count` ports in a row that nobody listens on."""
    chance = Random()
    while True:
        first = chance.randrange(20_000, 30_000)
        try:
            with ExitStack() as stack:
                for port in range(first, first + count):
                    stack.enter_context(socket.create_server((host, port)))
        except OSError:
            continue
        return first
