"""What the promises of CX Contact's own services share: the session in the request, the envelope around the data."""

from __future__ import annotations

from typing import Any

from cxmock.contracts.authoring import Answer, from_state, given, integer, like, not_empty, uuid

API = "/cx-contact/v3"
COOKIE = "cxc-session-cookie"

MAY_LOG_IN = given("user {name} may log in", name="supervisor")
LOGGED_IN = given("user {name} is logged in to CX Contact", name="supervisor")
PASSWORD = {
    "username": from_state("${username}", "Acme\\supervisor"),
    "password": from_state("${password}", "secret"),
}
WITH_SESSION = {"Cookie": from_state("${cookie}", f"{COOKIE}=4711")}
SESSION = {
    "username": "supervisor",
    "tenant": like("Acme"),
    "ccid": uuid("54740030-8867-4790-9ff5-f224bcc7eff5"),
    "person_dbid": integer(101),
    "privileges": like(["ROLE_SUPERVISOR"]),
}


def done(data: Any = None, *, status: int = 200, code: int = 0) -> Answer:
    """Return the answer to what was done, and ``data`` where something is promised of it."""
    return Answer(status, json={"status": {"code": code}} | ({} if data is None else {"data": data}))


def refused(status: int, code: int) -> Answer:
    """Return the answer to what was not done: a code, and a message for people."""
    return Answer(status, json={"status": {"code": code, "message": not_empty("why")}})
