"""The UI's server side, asked as a browser would ask it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from cxmock.clients.http import HttpClient
from cxmock.testbed import Testbed
from cxmock.topology import Component
from cxmock.wire.http import Response
from tests.reference.services.conftest import testbed, whole_testbed

__all__ = ["testbed", "whole_testbed"]

PAGE = "/ui/cxcontact"


@dataclass
class Browser:
    """Sends what a browser sends, and keeps the session's cookie."""

    testbed: Testbed
    client: HttpClient
    headers: dict[str, str] = field(default_factory=dict)

    def send(
        self, method: str, path: str, json: object = None, *, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> Response:
        sent = self.headers | (headers or {})
        return self.testbed.run(
            self.client.request(method, f"{PAGE}{path}", json=json, body=body, headers=sent, within=30), within=35
        )

    def call(self, method: str, path: str, json: object = None) -> Any:
        """Call as the page does; return the envelope's data."""
        answer = self.send(method, f"/api/{path}", json)
        assert answer.status < 300, answer.text
        return answer.json()["data"]

    def sign_in(self) -> Response:
        user = self.testbed.directory.credentials.gws_user
        answer = self.send("POST", "/api/login", {"username": user.name, "password": user.secret})
        assert answer.status == 200, answer.text
        self.headers["Cookie"] = answer.headers["set-cookie"].partition(";")[0]
        return answer


@pytest.fixture
def stranger(testbed: Testbed) -> Iterator[Browser]:
    """A browser at the ingress in which nobody has signed in."""
    url = testbed.directory.endpoint(Component.INGRESS).url
    client = HttpClient(url, context=testbed.authority.client_context, agent="browser/1")
    yield Browser(testbed, client)
    testbed.run(client.aclose())


@pytest.fixture
def browser(stranger: Browser) -> Browser:
    """A browser in which the supervisor has signed in."""
    stranger.sign_in()
    return stranger
