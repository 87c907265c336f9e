"""Addresses a portal may not lead to (private, loopback, reserved …), checked as the connection is made."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final

import httpcore

from services.fetcher.http.transport import Stream
from shared.errors import AddressRefused

Address = IPv4Address | IPv6Address
Resolve = Callable[[str, int], Awaitable[Sequence[Address]]]
SocketOption = tuple[int, int, int] | tuple[int, int, bytes | bytearray] | tuple[int, int, None, int]
_NAT64: Final = ip_network("64:ff9b::/96")
_NOT_PUBLIC: Final = tuple(
    ip_network(each)
    for each in (
        "fec0::/10",  # site-local (RFC 3879)
        "64:ff9b:1::/48",  # NAT64 within a network (RFC 8215)
        "::/96",  # IPv4-compatible (RFC 4291)
        "::ffff:0:0:0/96",  # IPv4-translated (RFC 2765)
    )
)


async def resolve(host: str, port: int) -> Sequence[Address]:
    """The addresses of `host`, in the system's order; raises OSError when there are none."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]


def is_public(address: Address) -> bool:
    """Whether `address`, and the IPv4 address it may carry inside, is one of the open internet."""
    inner = _carried(address)
    if any(address in network for network in _NOT_PUBLIC if network.version == address.version):
        return False
    return address.is_global and not address.is_multicast and (inner is None or is_public(inner))


def _carried(address: Address) -> IPv4Address | None:
    if isinstance(address, IPv4Address):
        return None
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)


class CheckedBackend(httpcore.AsyncNetworkBackend):
    """Connects to the very address it has checked, so that a name that resolves anew changes nothing.

    `allowed` holds hosts (or host:port) of the portal's file that may have any address.
    """

    def __init__(self, allowed: Iterable[str], resolve: Resolve = resolve, pin: str | None = None) -> None:
        self._pin = pin
        self._allowed = frozenset(each.lower() for each in allowed)
        self._resolve = resolve

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the interface's own
        local_address: str | None = None,  # noqa: ARG002
        socket_options: Iterable[SocketOption] | None = None,  # noqa: ARG002
    ) -> httpcore.AsyncNetworkStream:
        try:
            async with asyncio.timeout(timeout):
                addresses = await self._resolve(host, port)
        except TimeoutError as error:
            raise httpcore.ConnectTimeout(f"the name {host} was not resolved in time") from error
        except OSError as error:
            raise httpcore.ConnectError(f"the name {host} has no address") from error
        failure: httpcore.ConnectError | httpcore.ConnectTimeout | None = None
        for address in self._permitted(host, port, addresses):
            try:
                return await Stream.open(str(address), port, timeout, self._pin)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure or httpcore.ConnectError(f"the name {host} has no address")

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,  # noqa: ARG002, ASYNC109 - the interface's own
        socket_options: Iterable[SocketOption] | None = None,  # noqa: ARG002
    ) -> httpcore.AsyncNetworkStream:
        raise AddressRefused(f"A portal is not reached through the socket {path}.")

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    def _permitted(self, host: str, port: int, addresses: Sequence[Address]) -> list[Address]:
        name = host.lower()
        if name in self._allowed or f"{name}:{port}" in self._allowed:
            return list(addresses)
        public = [address for address in addresses if is_public(address)]
        if addresses and not public:
            raise AddressRefused(
                f"{host} is at {addresses[0]}, which is no public address; "
                f"a portal that is meant to be there names the host under allow_private."
            )
        return public
