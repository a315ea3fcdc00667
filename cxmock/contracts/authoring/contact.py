"""What the promises of CX Contact's own services share: the session in the request, the envelope around the data."""

from __future__ import annotations

from typing import Any

from cxmock.contracts.authoring import (
    Answer,
    all_of,
    from_state,
    given,
    includes,
    integer,
    like,
    not_empty,
    regex,
    uuid,
)

API = "/cx-contact/v3"
COOKIE = "cxc-session-cookie"

MAY_LOG_IN = given("user {name} may log in", name="supervisor")
LOGGED_IN = given("user {name} is logged in to CX Contact", name="supervisor")
PASSWORD = {
    "username": from_state("${username}", "Acme\\supervisor"),
    "password": from_state("${password}", "secret"),
}
NEW_COOKIE = all_of(
    regex(f"{COOKIE}=[^;]+;.*", f"{COOKIE}=4711; Path=/; HttpOnly; Secure; SameSite=Lax"),
    includes("Path=/", ""),
    includes("HttpOnly", ""),
    includes("Secure", ""),
    includes("SameSite=", ""),
)
"""A session's cookie: no script reads it, and it goes nowhere unencrypted, nor along with other sites' requests."""
ENDED_COOKIE = all_of(
    regex(f"{COOKIE}=;.*", f"{COOKIE}=; Path=/; HttpOnly; Secure; SameSite=Lax; Max-Age=0"),
    includes("Max-Age=0", ""),
    includes("Path=/", ""),
)
"""Without the path of the cookie that was set, browsers would keep that one."""
WITH_SESSION = {"Cookie": from_state("${cookie}", f"{COOKIE}=4711")}
SESSION = {
    "username": "supervisor",
    "tenant": like("Acme"),
    "ccid": uuid("54740030-8867-4790-9ff5-f224bcc7eff5"),
    "person_dbid": integer(101),
    "privileges": like(["ROLE_SUPERVISOR"]),
}


def done(data: Any = None, *, status: int = 200, code: int = 0) -> Answer:
    """Return the answer to what was done: an envelope with ``data``, null where there is none."""
    return Answer(status, json={"status": {"code": code, "message": not_empty("OK"), "detail": like("")}, "data": data})


def refused(status: int, code: int) -> Answer:
    """Return the answer to what was not done: an envelope without data, with a code and a message for people."""
    return Answer(
        status,
        json={
            "status": {"code": code, "message": not_empty("why"), "detail": like("")},
            "data": None,
            "errors": [{"code": code, "message": not_empty("why")}],
            "path": regex("/.*", f"{API}/contact-lists"),
        },
    )
