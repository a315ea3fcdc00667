"""Component names that resolve: in this process, or for programs through a hosts file."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

SYSTEM = Path("/etc/hosts")
_LIBRARIES = ("lib/*/libnss_wrapper.so", "lib*/libnss_wrapper.so", "local/lib*/libnss_wrapper.so")


@contextmanager
def resolving(names: Mapping[str, str]) -> Iterator[None]:
    """Have Python's look-ups in this process find ``names``, until the end of the ``with`` block.

    This reaches whatever looks up hosts through :mod:`socket`: asyncio, httpx, requests, asyncssh, redis-py. Libraries
    in C that look up by themselves (libpq) do not ask Python.

    Args:
        names: host name -> IPv4 address.

    >>> with resolving({"gws": "127.13.0.10"}):
    ...     socket.getaddrinfo("gws", 443, type=socket.SOCK_STREAM)[0][4]
    ('127.13.0.10', 443)
    """
    plain = socket.getaddrinfo

    def look_up(host: Any, *arguments: Any, **named: Any) -> Any:
        text = host.decode("ascii", "replace") if isinstance(host, bytes) else host
        address = names.get(text.lower().rstrip(".")) if isinstance(text, str) else None
        return plain(address or host, *arguments, **named)

    socket.getaddrinfo = look_up
    try:
        yield
    finally:
        socket.getaddrinfo = plain


def hosts_file(names: Mapping[str, str], system: Path = SYSTEM) -> str:
    """Return the text of a hosts file: the system's own, after ``names``.

    >>> print(hosts_file({"gws": "127.13.0.10"}, Path("/nowhere")), end="")
    127.13.0.10 gws
    """
    own = "".join(f"{address} {name}\n" for name, address in names.items())
    return own + (system.read_text("utf-8", "surrogateescape") if system.exists() else "")


def nss_wrapper() -> str | None:
    """Return the library that has glibc's programs read another hosts file (Debian's libnss-wrapper), if it is here."""
    return next((str(found) for pattern in _LIBRARIES for found in sorted(Path("/usr").glob(pattern))), None)
