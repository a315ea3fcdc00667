"""Where a name that a user sets leads to: the reference reaches this machine alone, 127.0.0.0/8."""

from __future__ import annotations

import asyncio
import ipaddress
import socket

from cxmock.reference.envelope import Code, Refusal

RESOLVED_WITHIN = 2.0
"""Seconds for the system to resolve a name."""


async def address_of(host: str, name: str = "url") -> str:
    """Return the address on this machine at which ``host`` is; connect to that, since a name may lead elsewhere later.

    Args:
        host: an address or a name.
        name: of the field in which a user said it.

    Raises:
        Refusal: it is nowhere, or not on this machine, be it by one of several addresses (652).
    """
    try:
        addresses = {host} if ipaddress.ip_address(host) else set()
    except ValueError:
        addresses = await _resolved(host)
    here = {one for one in addresses if is_here(one)}
    if not here or here != addresses:
        found = ", ".join(sorted(addresses)) or "nowhere"
        where = "" if addresses == {host} else f", which is {found}"
        raise Refusal(
            Code.INVALID,
            f'"{name}" leads to {host:.100}{where}: that is not on this machine.',
            "The reference reaches addresses of 127.0.0.0/8 only. Have what is asked listen at one of them.",
        )
    return min(here)


def is_here(address: str) -> bool:
    """Return whether an address is of 127.0.0.0/8.

    >>> is_here("127.13.0.9"), is_here("10.0.0.1"), is_here("::1"), is_here("::ffff:127.0.0.1")
    (True, False, False, False)
    """
    parsed = ipaddress.ip_address(address)
    return parsed.version == 4 and parsed.is_loopback


async def _resolved(host: str) -> set[str]:
    """Return a name's IPv4 addresses."""
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(RESOLVED_WITHIN):
            found = await loop.getaddrinfo(host, None, family=socket.AF_INET, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError, TimeoutError):
        return set()
    return {str(one[4][0]) for one in found}
