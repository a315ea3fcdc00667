"""The states of CX Contact, brought about through its own API: they hold whoever plays its services."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from cxmock.clients.http import HttpClient
from cxmock.contracts.arranging import Arrange
from cxmock.errors.contracts import StateRefused
from cxmock.serving import States
from cxmock.wire.http import Response

API = "/cx-contact/v3"
COOKIE = "cxc-session-cookie"


@dataclass(slots=True)
class ContactStates:
    """Calls the API as a person would who is logged in, and stays so as long as the session lasts.

    What is there already, as the API tells, is not made again: to look takes a third of the time. Whatever the API
    refuses is raised as :class:`~cxmock.errors.contracts.StateRefused`.

    Args:
        client: the API's entry, the ingress or API Aggregator.
        number: the connection that is verified.
        arrange: makes the person known at GWS.
    """

    client: HttpClient
    number: int
    arrange: Arrange
    _cookie: str = field(default="", repr=False)
    _known: dict[str, tuple[str, dict[str, str]]] = field(default_factory=dict, repr=False)
    """Person -> the role in which he logged in last (empty: as he is), and what that login gave."""
    states = States()

    @states("user {name} is logged in to CX Contact")
    async def logged_in(self, name: str) -> dict[str, str]:
        """Log a person in; gives the session's cookie."""
        return await self._log_in(name, "", await self.arrange(self.number, "user {name} may log in", {"name": name}))

    @states("user {name} of role {role} is logged in to CX Contact")
    async def of_role_logged_in(self, name: str, role: str) -> dict[str, str]:
        """Log a person in who has one authority at GWS; gives the session's cookie."""
        known = await self.arrange(self.number, "user {name} of role {role} may log in", {"name": name, "role": role})
        return await self._log_in(name, role, known)

    async def _log_in(self, name: str, role: str, known: Mapping[str, Any]) -> dict[str, str]:
        earlier, given = self._known.pop(name, ("", {}))
        if given and earlier == role and await self._lasts(given["cookie"]):
            self._known[name] = role, given
            return given
        login = {"username": known["username"], "password": known["password"]}
        response = await self.client.request("POST", f"{API}/login", json=login)
        if response.status >= 400:
            raise _refusal("POST", "/login", response)
        cookie = response.headers.get("set-cookie", "").partition(";")[0]
        given = {"cookie": cookie, "session": cookie.partition("=")[2]}
        self._known[name] = role, given
        return given

    async def _lasts(self, cookie: str) -> bool:
        """Return whether the API tells whose session this is."""
        response = await self._ask("GET", "/session", cookie=cookie)
        return response.status == 200 and b'"username"' in response.body

    @states("CX Contact has {kind} {name}")
    async def has_object(self, kind: str, name: str) -> None:
        """Make a named object of a kind (as its path has it) with nothing but a name, as new."""
        await self.has_no_object(kind, name)
        await self._call("POST", f"/{kind}", json={"name": name})

    @states("CX Contact has {kind} {name} with {fields}")
    async def has_object_with(self, kind: str, name: str, fields: Mapping[str, Any]) -> None:
        """Make a named object of a kind with these fields, as new."""
        await self.has_no_object(kind, name)
        await self._call("POST", f"/{kind}", json={"name": name, **fields})

    @states("CX Contact has no {kind} {name}")
    async def has_no_object(self, kind: str, name: str) -> None:
        """Remove a named object of a kind."""
        await self._call("DELETE", f"/{kind}/{quote(name)}", but_for=(404,))

    @states("API key {name} is known")
    async def has_api_key(self, name: str) -> dict[str, str]:
        """Make an API key; gives it."""
        return await self._new_key(name, read_only=False)

    @states("API key {name} may only read")
    async def has_reading_key(self, name: str) -> dict[str, str]:
        """Make an API key that may only read; gives it."""
        return await self._new_key(name, read_only=True)

    async def _new_key(self, name: str, *, read_only: bool) -> dict[str, str]:
        await self.has_no_object("api-keys", name)
        answer = await self._call("POST", "/api-keys", json={"name": name, "readOnly": read_only})
        return {"api_key": answer.json()["data"]["key"]}

    @states("CX Contact has file {file} with {text}")
    async def has_file(self, file: str, text: str) -> None:
        """Put a file on the share, by its folder and name."""
        await self._call("PUT", f"/files/{file}", body=text.encode())

    @states("CX Contact has no file {file}")
    async def has_no_file(self, file: str) -> None:
        """Remove a file from the share."""
        await self._call("DELETE", f"/files/{file}", but_for=(404,))

    @states("CX Contact has contact list {name} of {text}")
    async def has_contact_list(self, name: str, text: str) -> None:
        """Import a file as a contact list, in place of one that is there."""
        await self.has_no_contact_list(name)
        await self.has_file(f"import/{name}.csv", text)
        await self._call("POST", "/contact-lists", json={"name": name, "file": f"import/{name}.csv"})

    @states("CX Contact has no contact list {name}")
    async def has_no_contact_list(self, name: str) -> None:
        """Remove a contact list."""
        await self.has_no_object("contact-lists", name)

    @states("CX Contact has job {name}")
    async def has_job(self, name: str) -> None:
        """Define a job that runs when somebody asks for it."""
        job = {"name": name, "action": "import-contacts", "path": "/in/leads.csv", "list": "Spring"}
        await self._call("POST", "/jobs", json=job)

    @states("CX Contact has no job {name}")
    async def has_no_job(self, name: str) -> None:
        """Remove a job."""
        await self.has_no_object("jobs", name)

    @states("CX Contact has campaign template {name}, and what it builds on")
    async def has_template(self, name: str) -> None:
        """Make session profile "daytime", dialing profile "calls" and the template, unless they are there."""
        for kind, order in (
            ("session-profiles", {"name": "daytime"}),
            ("dialing-profiles", {"name": "calls", "type": "agent", "sessionProfile": "daytime"}),
            ("campaign-templates", {"name": name, "dialingProfile": "calls"}),
        ):
            if (await self._call("GET", f"/{kind}/{quote(order['name'])}", but_for=(404,))).status == 404:
                await self._call("POST", f"/{kind}", json=order, but_for=(409,))

    @states("CX Contact has compliance rule {name}")
    async def has_rule(self, name: str) -> None:
        """Set a rule by which nobody in Miami is called."""
        await self._call("PUT", f"/compliance-rules/{name}", json={"type": "location", "prefixes": ["1305"]})

    @states("CX Contact has no compliance rule {name}")
    async def has_no_rule(self, name: str) -> None:
        """Remove a rule."""
        await self.has_no_object("compliance-rules", name)

    @states("campaign group {name} chose nothing")
    async def chose_nothing(self, name: str) -> None:
        """Forget what a campaign group chose."""
        await self._call("DELETE", f"/compliance-choices/{quote(name)}")

    @states("campaign group {name} chose rule {rule}")
    async def chose(self, name: str, rule: str) -> None:
        """Have a campaign group choose one rule that is not required."""
        await self._call("PUT", f"/compliance-choices/{quote(name)}", json={"rules": [rule]})

    @states("CX Contact has suppression list {name} with {device}")
    async def has_suppression_list(self, name: str, device: str) -> None:
        """Make a required suppression list of one device."""
        await self.has_no_suppression_list(name)
        file = f"import/{name}.csv"
        await self.has_file(file, f"Device\n{device}\n")
        await self._call("POST", "/suppression-lists", json={"name": name, "file": file, "required": True})

    @states("CX Contact has no suppression list {name}")
    async def has_no_suppression_list(self, name: str) -> None:
        """Remove a suppression list."""
        await self.has_no_object("suppression-lists", name)

    @states("CX Contact has no message template {name}")
    async def has_no_message_template(self, name: str) -> None:
        """Remove a message template."""
        await self.has_no_object("message-templates", name)

    @states("CX Contact has message template {name} of {text}")
    async def has_message_template(self, name: str, text: str) -> None:
        """Make a template of a text message."""
        await self.has_object_with("message-templates", name, {"media": "sms", "text": text})

    @states("CX Contact has sent test message {id} to {to}")
    async def has_sent_a_test(self, id: str, to: str) -> None:
        """Send a test message."""
        wanted = {"media": "sms", "to": to, "text": "Hello", "id": id}
        await self._call("POST", "/test-messages", json=wanted)

    async def _call(
        self, method: str, path: str, *, json: object = None, body: bytes = b"", but_for: tuple[int, ...] = ()
    ) -> Response:
        response = await self._ask(method, path, json, body, self._cookie) if self._cookie else None
        if response is None or response.status == 401:
            self._cookie = (await self.logged_in("supervisor"))["cookie"]
            response = await self._ask(method, path, json, body, self._cookie)
        if response.status >= 400 and response.status not in but_for:
            raise _refusal(method, path, response)
        return response

    async def _ask(self, method: str, path: str, json: object = None, body: bytes = b"", cookie: str = "") -> Response:
        return await self.client.request(method, API + path, json=json, body=body, headers={"Cookie": cookie})


def _refusal(method: str, path: str, response: Response) -> StateRefused:
    return StateRefused("CX Contact", f"{method} {API}{path}", f"HTTP {response.status}: {response.text[:300]}")
