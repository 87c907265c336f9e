"""A second machine: a network namespace, with a cable that can be pulled out."""

import itertools
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.e2e.deployment import Machine
from tests.servers.parts import missing

_numbers = itertools.count(1)


@dataclass(frozen=True)
class Link:
    """The cable between this machine, which has `address` on it, and `far`."""

    address: str
    far: Machine
    namespace: str

    @contextmanager
    def cut(self) -> Iterator[str]:
        """Pulled out while the block runs."""
        _ip("-n", self.namespace, "link", "set", "far", "down")
        try:
            yield f"machine {self.namespace}"
        finally:
            _ip("-n", self.namespace, "link", "set", "far", "up")


@contextmanager
def second_machine() -> Iterator[Link]:
    """One for as long as the block; the test is skipped where there are no network namespaces."""
    number = next(_numbers)
    namespace, near = f"gk{os.getpid()}-{number}", f"gk{os.getpid()}.{number}"
    net = f"10.{192 + os.getpid() // 256 % 64}.{os.getpid() % 256}"
    try:
        _ip("netns", "add", namespace)
    except (OSError, subprocess.CalledProcessError) as error:
        missing("a network namespace", f"`ip netns add` does not work here: {error}")
    try:
        _ip("link", "add", near, "type", "veth", "peer", "name", "far", "netns", namespace)
        _ip("address", "add", f"{net}.{4 * number + 1}/30", "dev", near)
        _ip("link", "set", near, "up")
        _ip("-n", namespace, "address", "add", f"{net}.{4 * number + 2}/30", "dev", "far")
        _ip("-n", namespace, "link", "set", "far", "up")
        _ip("-n", namespace, "link", "set", "lo", "up")
        far = Machine(("ip", "netns", "exec", namespace), f"{net}.{4 * number + 2}")
        yield Link(f"{net}.{4 * number + 1}", far, namespace)
    finally:
        _ip("netns", "del", namespace)  # and the cable with it


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)
