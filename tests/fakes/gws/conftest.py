"""A GWS without a socket, and a caller for it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, field
from inspect import isawaitable
from typing import Any, cast
from urllib.parse import urlencode

import pytest

from cxmock.clients.campaign_control import CampaignControl
from cxmock.clients.confserv import Confserv
from cxmock.clients.genesys import GenesysClient
from cxmock.fakes.gws import Gws
from cxmock.fakes.gws.gws import current_trace
from cxmock.net.clock import Clock
from cxmock.serving import Credentials
from cxmock.wire.genesys import Message
from cxmock.wire.http import Request, Response, to_json


@dataclass
class Caller:
    """Calls a GWS as CX Contact does."""

    gws: Gws
    headers: dict[str, str] = field(default_factory=dict)

    def __call__(
        self,
        method: str,
        target: str,
        *,
        json: object = None,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """Call, and return the response."""
        body, sent = b"", {**self.headers, **(headers or {})}
        if json is not None:
            body, sent["Content-Type"] = to_json(json), "application/json"
        elif form is not None:
            body, sent["Content-Type"] = urlencode(form).encode(), "application/x-www-form-urlencoded"
        return resolved(self.gws.answer(Request(method, target, sent, body)))

    def token(self, **fields: str) -> Response:
        """Ask for a token as CX Contact's client; ``fields`` win over its own."""
        client = self.gws.credentials.gws_client
        return self(
            "POST",
            "/auth/v3/oauth/token",
            form={"client_id": client.name, "client_secret": client.secret, **fields},
            headers={"Authorization": ""},
        )

    def arrange(self, state: str, **params: Any) -> dict[str, Any]:
        """Bring about a provider state."""
        return asyncio.run(Gws.states.arrange(self.gws, state, params))


@dataclass
class Server:
    """Stands for Configuration Server or OCS: answers what it is told to, and remembers what it was asked."""

    answers: dict[str, list[Message] | Exception] = field(default_factory=dict)
    asked: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    closed: bool = False

    async def ask(self, name: str, attributes: Mapping[str, Any]) -> list[Message]:
        """Answer a message."""
        self.asked.append((name, attributes))
        answer = self.answers[name]
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def aclose(self) -> None:
        """Be closed."""
        self.closed = True


def resolved(answer: Response | Awaitable[Response]) -> Response:
    """Return the response, awaited where it has to be."""
    if not isawaitable(answer):
        return answer

    async def awaited() -> Response:
        return await answer

    return asyncio.run(awaited())


@pytest.fixture
def clock() -> Clock:
    """A clock that begins with 2026."""
    return Clock(start=1_767_225_600)


@pytest.fixture
def confserv() -> Server:
    """What answers for Configuration Server."""
    return Server()


@pytest.fixture
def ocs() -> Server:
    """What answers for OCS."""
    return Server()


@pytest.fixture
def gws(clock: Clock, confserv: Server, ocs: Server) -> Gws:
    """A GWS between them."""
    return Gws(
        Credentials(),
        clock,
        Confserv(cast("GenesysClient", confserv)),
        CampaignControl(cast("GenesysClient", ocs), current_trace),
    )


@pytest.fixture
def call(gws: Gws) -> Caller:
    """Calls GWS without a token."""
    return Caller(gws)


@pytest.fixture
def supervisor(gws: Gws) -> Caller:
    """Calls GWS with the supervisor's token."""
    return Caller(gws, {"Authorization": f"Bearer {gws.issue_token_for('supervisor')}"})
