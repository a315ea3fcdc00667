"""An API client at CX Contact's ingress: the customer's side of connection 1."""

from __future__ import annotations

from typing import Any

from cxmock.clients.http import HttpClient
from cxmock.errors.contact import ContactRefused
from cxmock.testbed.testbed import Testbed
from cxmock.topology import Component
from cxmock.wire.http import Response

BASE = "/cx-contact/v3"
SESSION_COOKIE = "cxc-session-cookie"
CALL_WITHIN = 60.0


class Contact:
    """Logs in and calls the API, as a partner's program would. Synchronous.

    Args:
        testbed: one in which CX Contact runs.
    """

    def __init__(self, testbed: Testbed) -> None:
        self._testbed = testbed
        self._cookie = ""
        self._api_key = ""
        self._client: HttpClient | None = None

    @property
    def url(self) -> str:
        """Where the ingress is."""
        return self._testbed.directory.endpoint(Component.INGRESS).url

    @property
    def cookie(self) -> str:
        """The session's cookie, as calls carry it; empty before a login."""
        return self._cookie

    def service(self, component: Component) -> Any:
        """Return one of CX Contact's services, to look into it."""
        return self._testbed.part(component)

    def login(self, user: str = "", password: str = "") -> None:
        """Log in; without arguments, as the testbed's supervisor. Later calls carry the session's cookie.

        Raises:
            ContactRefused: user or password is wrong.
        """
        known = self._testbed.directory.credentials.gws_user
        credentials = {"username": user or known.name, "password": password or known.secret}
        answer = self.send("POST", f"{BASE}/login", json=credentials)
        self._data("POST /login", answer)
        pair = answer.headers.get("set-cookie", "").partition(";")[0]
        if pair.startswith(f"{SESSION_COOKIE}="):
            self._cookie = pair

    def use_key(self, api_key: str) -> None:
        """Have later calls carry an API key; with it, no login is needed."""
        self._api_key = api_key

    def get(self, path: str) -> Any:
        """GET below ``/cx-contact/v3``; return the envelope's data."""
        return self.call("GET", path)

    def post(self, path: str, json: object = None) -> Any:
        """POST below ``/cx-contact/v3``; return the envelope's data."""
        return self.call("POST", path, {} if json is None else json)

    def call(self, method: str, path: str, json: object = None) -> Any:
        """Call below ``/cx-contact/v3``; return the envelope's data.

        Raises:
            ContactRefused: the envelope says so.
        """
        return self._data(f"{method} {path}", self.send(method, BASE + path, json=json))

    async def fetch(self, path: str) -> Any:
        """GET below ``/cx-contact/v3`` on the testbed's loop; return the envelope's data."""
        return self._data(f"GET {path}", await self._send("GET", BASE + path, None))

    def send(self, method: str, target: str, *, json: object = None, body: bytes = b"") -> Response:
        """Send any request to the ingress, with the session's cookie, and return the response as it is."""
        return self._testbed.run(self._send(method, target, json, body), within=CALL_WITHIN + 5)

    def close(self) -> None:
        """Close the connection to the ingress."""
        if self._client is not None:
            self._testbed.run(self._client.aclose())
            self._client = None

    async def _send(self, method: str, target: str, json: object, body: bytes = b"") -> Response:
        if self._client is None:
            self._client = HttpClient(
                self.url, context=self._testbed.authority.client_context, agent="api-client/1", within=CALL_WITHIN
            )
        headers = {"Cookie": self._cookie} if self._cookie else {}
        if self._api_key:
            headers["x-api-key"] = self._api_key
        return await self._client.request(method, target, json=json, body=body, headers=headers)

    def _data(self, call: str, answer: Response) -> Any:
        try:
            told = answer.json()
        except ValueError:
            told = {"status": {"code": -1, "message": answer.text[:200] or "an empty answer"}}
        status = told.get("status") if isinstance(told, dict) else None
        code = status.get("code", 0) if isinstance(status, dict) else 0
        if answer.status >= 400 or code not in (0, 1):
            said = status if isinstance(status, dict) else {}
            message, detail = str(said.get("message", "no message")), str(said.get("detail") or "")
            raise ContactRefused(call, answer.status, code, message, detail)
        return told.get("data")
