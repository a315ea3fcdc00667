"""Loopback addresses with documented ports: every component has an address of its own, bound before it is announced."""

from __future__ import annotations

import contextlib
import errno
import ipaddress
import socket as sockets
from collections.abc import Iterable, Mapping
from typing import Literal

from cxmock.errors.addresses import LowPortDenied, NoBlockLeft, NoLoopbackAddress, PortTaken
from cxmock.net.holders import holder_of
from cxmock.topology import Component, Listening, listening_ports

Ports = Literal["auto", "documented", "ephemeral"]
"""``documented`` or fail, ``ephemeral`` ports on 127.0.0.1, or ``auto``: the first where the system allows it."""

BLOCKS = range(13, 250)
"""The second byte of the addresses, one block per testbed: whoever binds its control port first has it."""


class Addresses:
    """The bound sockets of one testbed.

    Args:
        worker: the third byte of the addresses, 0 to 255; pytest-xdist workers differ in it.
        ports: see :data:`Ports`.
        hosts: loopback addresses that components have instead of those of the block. An emulated machine, for one,
            reaches only 127.0.0.1 of its host.

    Raises:
        NoLoopbackAddress: one of ``hosts`` is none.
        PortTaken: somebody else holds a documented port (a wildcard listener blocks all addresses).
        LowPortDenied: ``ports="documented"`` and the system denies ports under 1024.
    """

    def __init__(self, *, worker: int = 0, ports: Ports = "auto", hosts: Mapping[Component, str] | None = None) -> None:
        self._hosts = dict(hosts or {})
        for component, host in self._hosts.items():
            _check(component, host)
        self._sockets: dict[tuple[Component, int], sockets.socket] = {}
        self._handed_over: dict[tuple[Component, int], sockets.socket] = {}
        self._ports: dict[tuple[Component, int], int] = {}
        self.worker = worker
        self.notice = ""
        """Why the ports are not the documented ones, if ``auto`` fell back; one sentence for people."""
        self.block: int | None = None
        if ports != "ephemeral" and not self._claim_block():
            ports = "ephemeral" if ports == "auto" else ports
        self.documented = self.block is not None
        self._strict = ports == "documented"

    def host(self, component: Component) -> str:
        """Return the component's address."""
        if component in self._hosts:
            return self._hosts[component]
        if self.block is None:
            return "127.0.0.1"
        return f"127.{self.block}.{self.worker}.{component.octet}"

    def bind(self, components: Iterable[Component]) -> None:
        """Bind every port of ``components`` that is not bound yet."""
        for component in components:
            for place in listening_ports(component):
                if (component, place.port) not in self._ports:
                    self._keep(place, self._bind(place, place.port if self.documented else 0))

    def socket(self, component: Component, port: int) -> sockets.socket:
        """Hand over the bound socket for a documented port: once it is closed, connections there are refused.

        Asked again, it binds the same address anew.
        """
        self.bind([component])
        key = component, port
        if (before := self._handed_over.pop(key, None)) is not None:  # whoever had it may have failed to start
            before.close()
        sock = self._sockets.pop(key, None) or self._bind(_place(component, port), self._ports[key])
        self._handed_over[key] = sock
        return sock

    def actual(self, component: Component, port: int) -> int:
        """Return the port that stands for documented port ``port``."""
        self.bind([component])
        return self._ports[component, port]

    def close(self) -> None:
        """Free every address, also of those who failed to start and forgot to."""
        for sock in (*self._sockets.values(), *self._handed_over.values()):
            sock.close()
        self._sockets.clear()
        self._handed_over.clear()

    def _keep(self, place: Listening, sock: sockets.socket) -> None:
        self._sockets[place.component, place.port] = sock
        self._ports[place.component, place.port] = sock.getsockname()[1]

    def _claim_block(self) -> bool:
        (place,) = listening_ports(Component.CONTROL)
        for block in BLOCKS:
            sock = _tcp_socket()
            try:
                sock.bind((f"127.{block}.{self.worker}.{Component.CONTROL.octet}", place.port))
                sock.listen(1)
            except OSError as error:
                sock.close()
                if error.errno == errno.EADDRNOTAVAIL:
                    self.notice = "This system has only 127.0.0.1, so all components share it, on ephemeral ports."
                    return False
                continue
            self.block = block
            self._keep(place, sock)
            return True
        raise NoBlockLeft(len(BLOCKS))

    def _bind(self, place: Listening, port: int) -> sockets.socket:
        sock = _tcp_socket()
        host = self.host(place.component)
        try:
            sock.bind((host, port))
        except PermissionError as error:
            sock.close()
            if self._strict:
                raise LowPortDenied(place.component, place.port) from error
            self.notice = (
                "This user may not bind ports under 1024, so those components have ephemeral ports. With documented "
                "ones: cxmock run --isolated, pytest --cxmock-isolated; or allow them (--ports documented says how)."
            )
            sock = _tcp_socket()
            sock.bind((host, 0))
        except OSError as error:
            sock.close()
            if error.errno == errno.EADDRINUSE:
                raise PortTaken(place.component, host, port, holder_of(host, port)) from error
            raise
        return sock


def _check(component: Component, host: str) -> None:
    try:
        address = ipaddress.IPv4Address(host)
    except ValueError:
        raise NoLoopbackAddress(component, host) from None
    if not address.is_loopback:
        raise NoLoopbackAddress(component, host)


def _place(component: Component, port: int) -> Listening:
    return next(place for place in listening_ports(component) if place.port == port)


def _tcp_socket() -> sockets.socket:
    # The protocol is named because asyncio sets TCP_NODELAY only on sockets that say they are TCP.
    sock = sockets.socket(sockets.AF_INET, sockets.SOCK_STREAM, sockets.IPPROTO_TCP)
    with contextlib.suppress(OSError):
        sock.setsockopt(sockets.SOL_SOCKET, sockets.SO_REUSEADDR, 1)
    return sock
