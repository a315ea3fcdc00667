"""Row 1: a browser or an API client enters CX Contact by its ingress, over HTTPS whatever the table calls it.

The session's cookie is documented; where page and API are is observed; what the API is like below that is assumed.
"""

from __future__ import annotations

from dataclasses import replace

from cxmock.contracts.authoring import (
    Answer,
    Ask,
    Row,
    all_of,
    assumed,
    documented,
    includes,
    like,
    observed,
    regex,
)
from cxmock.contracts.authoring.contact import (
    API,
    COOKIE,
    LOGGED_IN,
    MAY_LOG_IN,
    NEW_COOKIE,
    PASSWORD,
    SESSION,
    WITH_SESSION,
    done,
    refused,
)

STICKY = documented("the guide: the ingress keeps sessions sticky by the cookie cxc-session-cookie; the login is ours")
PLACES = observed("public pages: the UI at /ui/cxcontact/, the API below /cx-contact/v3")
ENDED_COOKIE = all_of(
    regex(f"{COOKIE}=;.*", f"{COOKIE}=; Path=/; HttpOnly; Secure; SameSite=Lax; Max-Age=0"),
    includes("Max-Age=0", ""),
    includes("Path=/", ""),
)
"""Without the path of the cookie that was set, browsers would keep that one."""
CALLS = assumed("the API's paths, bodies and refusals are not public")


def contract() -> Row:
    """Return the contract."""
    row = Row(1)
    _sessions(row)
    _page(row)
    _calls(row)
    return row


def _sessions(row: Row) -> None:
    row.http(
        "a login sets the session's cookie",
        STICKY,
        Ask("POST", f"{API}/login", json=PASSWORD),
        Answer(200, headers={"Set-Cookie": NEW_COOKIE}),
        states=[MAY_LOG_IN],
    )
    row.http(
        "a login tells who is logged in, and no token",
        CALLS,
        Ask("POST", f"{API}/login", json=PASSWORD),
        done(SESSION),
        states=[MAY_LOG_IN],
    )
    row.http(
        "a login with a wrong password is refused",
        CALLS,
        Ask("POST", f"{API}/login", json={**PASSWORD, "password": like("not the password")}),
        refused(401, 601),
        states=[MAY_LOG_IN],
    )
    row.http(
        "who is logged in",
        CALLS,
        Ask("GET", f"{API}/session", headers=WITH_SESSION),
        done(SESSION),
        states=[LOGGED_IN],
    )
    row.http(
        "a logout ends the cookie",
        CALLS,
        Ask("POST", f"{API}/logout", headers=WITH_SESSION),
        replace(done(), headers={"Set-Cookie": ENDED_COOKIE}),
        states=[LOGGED_IN],
    )
    row.http(
        "without a session the API answers nothing",
        CALLS,
        Ask("GET", f"{API}/campaign-groups"),
        refused(401, 601),
    )
    row.http(
        "a cookie that nobody was given is no session",
        CALLS,
        Ask("GET", f"{API}/session", headers={"Cookie": like(f"{COOKIE}=guessed")}),
        refused(401, 601),
    )


def _page(row: Row) -> None:
    row.http(
        "the page is there without a login",
        PLACES,
        Ask("GET", "/ui/cxcontact/"),
        Answer(200, text=includes("</html>", "<html></html>"), content_type="text/html"),
    )
    row.http(
        "a browser at the door is sent to the page",
        CALLS,
        Ask("GET", "/"),
        Answer(302, headers={"Location": "/ui/cxcontact/"}),
    )
    row.http("nothing is elsewhere", CALLS, Ask("GET", "/elsewhere"), refused(404, 604))


def _calls(row: Row) -> None:
    for what in ("campaign-groups", "contact-lists", "suppression-lists", "jobs"):
        row.http(
            f"the {what.replace('-', ' ')} are listed",
            CALLS,
            Ask("GET", f"{API}/{what}", headers=WITH_SESSION),
            done(like([])),
            states=[LOGGED_IN],
        )
    row.http(
        "a contact list that nobody made is not found",
        CALLS,
        Ask("GET", f"{API}/contact-lists/Autumn", headers=WITH_SESSION),
        refused(404, 604),
        states=[LOGGED_IN],
    )
