"""The states of CX Contact, brought about through its own API: they hold whoever plays its services."""

from __future__ import annotations

from dataclasses import dataclass

from cxmock.clients.http import HttpClient
from cxmock.contracts.arranging import Arrange
from cxmock.serving import States
from cxmock.wire.http import Response

API = "/cx-contact/v3"
COOKIE = "cxc-session-cookie"


@dataclass(slots=True)
class ContactStates:
    """Calls the API as a person would who is logged in.

    Args:
        client: the API's entry, the ingress or API Aggregator.
        number: the connection that is verified.
        arrange: makes the person known at GWS.
    """

    client: HttpClient
    number: int
    arrange: Arrange
    states = States()

    @states("user {name} is logged in to CX Contact")
    async def logged_in(self, name: str) -> dict[str, str]:
        """Log a person in; gives the session's cookie."""
        known = await self.arrange(self.number, "user {name} may log in", {"name": name})
        login = {"username": known["username"], "password": known["password"]}
        response = _good(await self.client.request("POST", f"{API}/login", json=login))
        cookie = response.headers.get("set-cookie", "").partition(";")[0]
        return {"cookie": cookie, "session": cookie.partition("=")[2]}

    @states("CX Contact has file {file} with {text}")
    async def has_file(self, file: str, text: str) -> None:
        """Put a file on the share, by its folder and name."""
        await self._call("PUT", f"/files/{file}", body=text.encode())

    @states("CX Contact has no file {file}")
    async def has_no_file(self, file: str) -> None:
        """Remove a file from the share."""
        await self._call("DELETE", f"/files/{file}", missing=True)

    @states("CX Contact has job {name}")
    async def has_job(self, name: str) -> None:
        """Define a job that runs when somebody asks for it."""
        job = {"name": name, "action": "import-contacts", "path": "/in/leads.csv", "list": "Spring"}
        await self._call("POST", "/jobs", json=job)

    @states("CX Contact has no job {name}")
    async def has_no_job(self, name: str) -> None:
        """Remove a job."""
        await self._call("DELETE", f"/jobs/{name}", missing=True)

    async def _call(
        self, method: str, path: str, *, json: object = None, body: bytes = b"", missing: bool = False
    ) -> None:
        session = await self.logged_in("supervisor")
        response = await self.client.request(
            method, API + path, json=json, body=body, headers={"Cookie": session["cookie"]}
        )
        _good(response, missing=missing)


def _good(response: Response, *, missing: bool = False) -> Response:
    """Return ``response`` unless it tells an error; 404 is none where something is to be ``missing``."""
    if response.status >= 400 and not (missing and response.status == 404):
        raise RuntimeError(f"CX Contact answered HTTP {response.status}: {response.text[:300]}")
    return response
