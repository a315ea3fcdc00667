"""A connection's provider, played from a contract alone: by its components, and at any one port as well."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import TYPE_CHECKING

from cxmock.errors.stubs import NothingToPlay, PortUnusable, SeveralProviders
from cxmock.net.holders import holder_of
from cxmock.net.listener import Listener
from cxmock.net.relay import Relay
from cxmock.topology import Component, connection

if TYPE_CHECKING:
    from cxmock.testbed.testbed import Testbed

HOST = "127.0.0.1"


def play_row(testbed: Testbed, number: int, contract: Path | None = None) -> list[Component]:
    """Play those components of a connection that a contract has promises of; return them.

    Args:
        testbed: where they are played.
        number: the connection.
        contract: a Pact file; the connection's own when None.

    Raises:
        NoStub: what the connection leads to cannot be played from a contract.
        NothingToPlay: the contract has nothing that a component of the connection could answer.
        CxmockError: the contract cannot be used.
    """
    source = contract or number
    components = list(dict.fromkeys(place.component for place in connection(number).listens))
    played = []
    nothing: NothingToPlay | None = None
    for component in components:
        try:
            testbed.play(component, contract=source)
            played.append(component)
        except NothingToPlay as error:
            nothing = error
    if nothing is not None and not played:
        raise nothing
    return played


def listen_too(testbed: Testbed, number: int, played: list[Component], port: int) -> Listener:
    """Pass on from a port of 127.0.0.1 to who plays a connection's provider.

    Raises:
        SeveralProviders: they are several.
        PortUnusable: the port cannot be had.
    """
    if len(played) > 1:
        raise SeveralProviders(number, played)
    (component,) = played
    place = testbed.endpoints[component][0]
    if not 1 <= port <= 65535:
        raise PortUnusable(component, port, "there is no such port", "")
    try:
        sock = socket.create_server((HOST, port))
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise PortUnusable(component, port, reason, holder_of(HOST, port)) from error

    def opening() -> Listener:
        backend = (place.host, place.port)
        listener = Listener(sock, lambda secure: Relay(backend, None, lambda *seen: None, lambda source: False))
        listener.open()
        return listener

    return testbed.background.call(opening)
