"""What the promises of CX Contact's own services share: the session in the request, the envelope around the data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from cxmock.contracts.authoring import (
    Answer,
    all_of,
    boolean,
    each_like,
    from_state,
    given,
    includes,
    integer,
    like,
    not_empty,
    one_of,
    regex,
    stated,
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
    "username": stated("supervisor"),
    "tenant": like("Acme"),
    "ccid": uuid("54740030-8867-4790-9ff5-f224bcc7eff5"),
    "person_dbid": integer(101),
    "privileges": like(["ROLE_SUPERVISOR"]),
}
JOB_SETTINGS = {
    "files": one_of("all", "newest", "new"),
    "type": one_of("Device", "ClientID"),
    "required": boolean(False),
    "retries": integer(0),
    "retryAfter": integer(60),
    "overlap": one_of("skip", "wait"),
    "enabled": boolean(True),
}
"""What is told of every job, whether it was asked for or not."""
IMPORTED = {
    **{name: integer(1) for name in ("import", "dbid", "lines", "rows", "contacts", "devices")},
    **{name: integer(0) for name in ("updated", "skipped", "duplicates", "rejected", "leftOutDevices")},
    "mode": one_of("create", "append", "update", "replace"),
    "encoding": like("ASCII"),
    "secured": boolean(False),
    "complianceVersion": like("9.0.43"),
    "table": regex(r"cxc\.\w+", "cxc.cl_summer"),
    "lists": each_like({"name": like("Summer"), "table": regex(r"cxc\.\w+", "cxc.cl_summer"), "dbid": integer(101)}),
    "ignoredColumns": like([]),
    "rejects": like([]),
    "rejectsFile": like(""),
}
"""What is told of every import that was done."""
_IN_LISTS: Mapping[str, Mapping[str, Any]] = {
    "contact-lists": {
        "name": like("Summer"),
        **{count: integer(1) for count in ("contacts", "devices", "created")},
        "secured": boolean(False),
        "table": regex(r"cxc\.\w+", "cxc.cl_summer"),
        "status": like(""),
    },
    "suppression-lists": {
        "name": like("bankrupt"),
        "type": one_of("Device", "ClientID"),
        "channel": one_of("", "voice", "sms", "email"),
        "required": boolean(True),
        "entries": integer(1),
        "created": integer(1767225600),
    },
    "jobs": {**JOB_SETTINGS, **{name: not_empty("nightly") for name in ("name", "action", "protocol", "path", "list")}},
    "campaigns": {"name": like("Spring"), "dbid": integer(101)},
    "campaign-groups": {"name": not_empty("Spring@Outbound agents"), "dbid": integer(101), "status": like("")},
    "api-keys": {"name": like("nightly"), "readOnly": boolean(False), "version": integer(1)},
    "files/import": {"name": not_empty("leads.csv"), "size": integer(80)},
}
PAGING = {"offset": integer(0), "limit": integer(100), "total": integer(0)}


def done(data: Any = None, *, status: int = 200, code: int = 0) -> Answer:
    """Return the answer to what was done: an envelope with ``data``, null where there is none."""
    return Answer(status, json={"status": {"code": code, "message": not_empty("OK"), "detail": like("")}, "data": data})


def each_of(kind: str) -> Any:
    """Return what a list tells: for some kinds what is told of each, however many there are."""
    return each_like(_IN_LISTS[kind], min=0) if kind in _IN_LISTS else like([])


def page(items: Any, paging: Mapping[str, Any] = PAGING) -> Answer:
    """Return the answer that tells a page of a list."""
    envelope = done(items)
    return replace(envelope, json={**envelope.json, "paging": paging})


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
