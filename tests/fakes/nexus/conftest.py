"""Nexus on a loop, and somebody who receives its webhooks."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from cxmock.fakes.nexus import Nexus, Outcomes, Webhooks
from cxmock.net.background import Background
from cxmock.net.clock import Clock
from cxmock.net.http_server import HttpConnection
from cxmock.net.listener import Listener
from cxmock.wire.http import Request, Response

SECRET = "webhook secret"
CCID = "9350e2fc-a1dd-4c65-8d40-1f75a2e080dd"
KEY = "565c12cb-cdae-4141-881d-c91cd55082c2"


@dataclass
class Receiver:
    """Acknowledges every webhook, or answers as ``react`` says."""

    url: str = ""
    got: list[Request] = field(default_factory=list)
    react: Callable[[Request], Response] | None = None

    def answer(self, request: Request) -> Response:
        self.got.append(request)
        if self.react is not None:
            return self.react(request)
        return Response.of({"messageId": request.json()["messageId"]})


@pytest.fixture
def receiver(background: Background) -> Iterator[Receiver]:
    receiver = Receiver()

    def serve() -> Listener:
        sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        sock.bind(("127.0.0.1", 0))
        listener = Listener(sock, lambda secure: HttpConnection(receiver.answer, lambda *seen: None, secure=secure))
        listener.open()
        return listener

    listener = background.call(serve)
    host, port = listener.address
    receiver.url = f"http://{host}:{port}/nexus/receipts"
    yield receiver
    background.run(listener.close(), within=10)


@pytest.fixture
def nexus(background: Background) -> Iterator[Nexus]:
    clock = Clock(1_767_225_600)
    nexus = background.call(lambda: Nexus(CCID, KEY, Webhooks(SECRET, clock), clock, Outcomes(seed=1)))
    yield nexus
    background.run(nexus.aclose(), within=10)
