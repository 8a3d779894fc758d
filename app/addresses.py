"""Where a request may go: a host's addresses, looked up once, refused when they lead inside."""

import asyncio
import socket
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

Address = IPv4Address | IPv6Address

LOOKUP_SECONDS = 5.0
# What the standard library calls global, and yet leads to this machine or its neighbours:
# translated IPv4, tunnels, and the carrier's own network.
_TRANSLATED = ip_network("64:ff9b::/96")
_INSIDE = tuple(
    ip_network(one)
    for one in ("64:ff9b:1::/48", "2002::/16", "2001::/32", "100.64.0.0/10", "192.88.99.0/24")
)


class InsideError(Exception):
    """The host leads to an address that is not on the public internet; one sentence."""


class UnknownHostError(Exception):
    """The host has no address at the moment; one sentence."""


async def resolve(host: str, port: int, *, allow_local: bool) -> list[str]:
    """The addresses of a host, each one checked; connect to these, never to the name again.

    Raises InsideError when one of them is private, loopback, link-local, reserved or a cloud's
    metadata, unless `allow_local`; UnknownHostError when there is none.
    """
    try:
        async with asyncio.timeout(LOOKUP_SECONDS):
            found = await _look_up(host, port)
    except (TimeoutError, OSError, UnicodeError):
        raise UnknownHostError(f"{host} cannot be found in the network.") from None
    addresses = list(dict.fromkeys(found))
    if not addresses:
        raise UnknownHostError(f"{host} has no address.")
    # One bad address among good ones is how a name is made to change its mind.
    if not allow_local and not all(is_public(ip_address(one)) for one in addresses):
        raise InsideError(
            f"{host} leads to a private address, which is only asked with "
            "CHEERBOARD_ALLOW_LOCAL_FETCH."
        )
    return addresses


def is_public(address: Address) -> bool:
    """Whether an address is somebody's on the public internet."""
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped
        if inner is None and address in _TRANSLATED:
            inner = IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
        if address.scope_id is not None or address.is_site_local:
            return False
    if address.is_multicast or address.is_reserved or any(address in net for net in _INSIDE):
        return False
    return address.is_global


async def _look_up(host: str, port: int) -> list[str]:
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]
