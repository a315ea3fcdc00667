"""A service as a process of its own: the same code, configured by environment variables, ended by SIGTERM.

``python -m cxmock.reference list-builder --listen 127.0.0.1:3008``

When it accepts connections it writes one line to standard output, ``{"ready": true, "service": ..., "url": ...}``.
"""

from __future__ import annotations

import argparse
import asyncio
import hmac
import ipaddress
import os
import signal
import socket
import ssl
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module

from cxmock.errors.base import CxmockError
from cxmock.errors.running import CannotListen, UnknownService
from cxmock.net.clock import Clock
from cxmock.net.garbage import look_seldom
from cxmock.net.http_server import HttpConnection
from cxmock.net.listener import Listener
from cxmock.reference.service import Service
from cxmock.reference.settings import Settings
from cxmock.topology import Component
from cxmock.wire.http import Request, Response, to_json

LIVE = "/health/live"
"""Answers as long as the service runs, whatever becomes of the systems around it (assumed)."""
RESET = "/cxmock/reset"
"""Returns the service to the state right after its start; for who passes requests on to it, and knows the key."""
_KEY, _PEER, _SECURE = "x-cxmock-key", "x-cxmock-peer", "x-cxmock-secure"
_INTRODUCTION = frozenset(name.encode() for name in (_KEY, _PEER, _SECURE))

SERVICES = tuple(str(component) for component in Component if component.in_contact)
"""The services, by their names in commands."""


def build(name: str, settings: Settings, clock: Clock) -> Service:
    """Return service ``name``.

    Raises:
        UnknownService: there is none of that name.
    """
    if name not in SERVICES:
        raise UnknownService(name, SERVICES)
    module = import_module(f"cxmock.reference.services.{name.replace('-', '_')}")
    service: Service = module.build(settings, clock)
    return service


def bound(place: str) -> socket.socket:
    """Return a socket bound to ``HOST:PORT``.

    Raises:
        CannotListen: it is no loopback address, or it is taken.
    """
    host, _, port = place.rpartition(":")
    try:
        if not ipaddress.IPv4Address(host).is_loopback or not port.isdigit() or int(port) > 65535:
            raise CannotListen(place, "it is not on this machine alone" if port.isdigit() else "the port is no number")
    except ipaddress.AddressValueError as error:
        raise CannotListen(place, str(error).lower()) from None
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((host, int(port)))
    except OSError as error:
        sock.close()
        raise CannotListen(place, (error.strerror or str(error)).lower()) from error
    return sock


def behind(key: str, *, peer: str = "", secure: bool = False) -> list[tuple[bytes, bytes]]:
    """Return the headers by which a service knows whoever passes requests on to it, and who is in front of that.

    Args:
        key: the services' key.
        peer: the address of the one in front.
        secure: whether that one speaks TLS.
    """
    told = ((_KEY, key), (_PEER, peer), (_SECURE, "1" if secure else "0"))
    return [(name.encode(), value.encode("latin-1")) for name, value in told]


@dataclass(frozen=True, slots=True)
class Behind:
    """A service behind somebody who passes requests on to it: believes what that one tells, and nobody else."""

    service: Service
    key: str

    async def answer(self, request: Request) -> Response:
        """Answer one request."""
        if (given := request.headers.get(_KEY)) is None:
            return await self.service.answer(request)
        if not hmac.compare_digest(given.encode(), self.key.encode()):
            return Response.plain("Who passes requests on to a service knows the services' key.\n", 403)
        if request.path == RESET:
            await self.service.renew()
            return Response.of({"reset": True})
        peer, secure = request.headers.get(_PEER, ""), request.headers.get(_SECURE) == "1"
        headers = [pair for pair in request.raw_headers if pair[0].lower() not in _INTRODUCTION]
        return await self.service.answer(
            Request(request.method, request.target, headers, request.body, peer=peer, secure=secure)
        )


async def serve(service: Service, name: str, sock: socket.socket, key: str, tls: ssl.SSLContext | None = None) -> None:
    """Serve at ``sock`` until SIGTERM or SIGINT.

    What the service does by itself begins once it is ready.
    """
    answer = Behind(service, key).answer
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    listener = Listener(
        sock,
        lambda secure: HttpConnection(answer, _unobserved, secure=secure),
        plain=tls is None,
        tls=tls,
    )
    listener.open()
    try:
        host, port = listener.address
        url = f"{'https' if tls else 'http'}://{host}:{port}"
        sys.stdout.write(to_json({"ready": True, "service": name, "url": url}).decode() + "\n")
        sys.stdout.flush()
        service.begin()
        await ended.wait()
    finally:
        await listener.close()
        await service.aclose()


def main(arguments: Sequence[str] | None = None, environment: Mapping[str, str] | None = None) -> int:
    """Run a service; return the exit code: 0 after a clean end, 2 when it could not be run."""
    parser = argparse.ArgumentParser(prog="python -m cxmock.reference", description="Run one service of the reference.")
    parser.add_argument("service", metavar="SERVICE", help=", ".join(SERVICES))
    parser.add_argument("--listen", default="127.0.0.1:0", metavar="HOST:PORT", help="where (default: any free port)")
    parser.add_argument("--fd", type=int, help="or an inherited socket, bound already")
    parser.add_argument("--tls", nargs=2, metavar=("CERTIFICATE", "KEY"), help="PEM files: serve HTTPS only")
    asked = parser.parse_args(arguments)
    try:
        settings = Settings.from_env(os.environ if environment is None else environment)
        service = build(
            asked.service, settings, Clock.following(settings.clock_file) if settings.clock_file else Clock()
        )
        sock = bound(asked.listen) if asked.fd is None else socket.socket(fileno=asked.fd)
        tls = None
        if asked.tls:
            tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            tls.load_cert_chain(*asked.tls)
        if arguments is None:
            look_seldom()
        asyncio.run(serve(service, asked.service, sock, settings.service_key, tls))
    except CxmockError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


def _unobserved(request: Request, response: Response, seconds: float) -> None:
    """Record nothing: a process of its own has no journal; whoever stands in front of it has."""
