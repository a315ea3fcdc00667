"""What the page asks its own origin: the UI's server side has the back ends answer, for who is signed in."""

from __future__ import annotations

import pytest

from cxmock.testbed import Testbed
from cxmock.topology import Component, connection
from tests.reference.ui.conftest import Browser

CONTACTS = b"FirstName,Device1\nAda,+12025550143\nEve,nobody\n"
PLACES = {
    "session": Component.API_AGGREGATOR,
    "compliance-rules": Component.API_AGGREGATOR,
    "campaign-groups": Component.CAMPAIGN_MANAGER,
    "jobs": Component.JOB_SCHEDULER,
    "files/import": Component.LIST_MANAGER,
    "contact-lists": Component.LIST_BUILDER,
    "suppression-lists": Component.LIST_BUILDER,
    "compliance-data": Component.LIST_BUILDER,
}


def test_one_signs_in_on_the_page_and_out_again(testbed: Testbed, stranger: Browser) -> None:
    """No script reads the cookie, it goes nowhere unencrypted, nor along with what other sites send."""
    user = testbed.directory.credentials.gws_user
    wrong = stranger.send("POST", "/api/login", {"username": user.name, "password": "guessed"})
    assert (wrong.status, "set-cookie" in wrong.headers) == (401, False)

    cookie = stranger.sign_in().headers["set-cookie"]
    assert {"HttpOnly", "Secure", "SameSite=Lax"} <= set(cookie.split("; "))
    assert stranger.call("GET", "session")["username"] == user.name

    stranger.call("POST", "logout", {})
    assert stranger.send("GET", "/api/session").status == 401


@pytest.mark.parametrize("what", PLACES)
def test_each_call_goes_to_the_back_end_that_has_it(testbed: Testbed, browser: Browser, what: str) -> None:
    """At its port of the table's row 4, by the session's cookie and no privilege of the UI's own."""
    since = testbed.journal.mark
    browser.call("GET", what)

    [seen] = testbed.journal.exchanges(4, since=since)
    assert seen.operation == f"GET /cx-contact/v3/{what}"
    [place] = [one for one in connection(4).listens if one.component is PLACES[what]]
    endpoint = testbed.directory.endpoint(place.component, place.port)
    assert seen.request["headers"]["host"] == f"{endpoint.host}:{endpoint.port}"
    assert "cxc-session-cookie" in seen.request["headers"]["cookie"]
    assert "x-service-key" not in seen.request["headers"]


@pytest.mark.parametrize("what", [*PLACES, "overview"])
def test_who_is_not_signed_in_is_told_nothing(stranger: Browser, what: str) -> None:
    assert stranger.send("GET", f"/api/{what}").status == 401


def test_a_file_is_brought_in_chunks_and_imported(browser: Browser) -> None:
    for offset, part in ((0, CONTACTS[:20]), (20, CONTACTS[20:])):
        last = str(offset > 0).lower()
        taken = browser.send("PUT", f"/api/files/import/my%20leads.csv?offset={offset}&last={last}", body=part)
        assert taken.json()["data"]["whole"] is (offset > 0)

    told = browser.call("POST", "contact-lists", {"name": "My leads", "file": "import/my leads.csv"})
    assert (told["contacts"], told["rejected"]) == (1, 1)
    assert [one["line"] for one in told["rejects"]] == [3]
    assert browser.call("GET", "contact-lists/My%20leads")["contacts"] == 1
    rejects = browser.send("GET", f"/api/files/{told['rejectsFile'].replace(' ', '%20')}?offset=0")
    assert b"nobody" in rejects.body


def test_refusals_come_through_as_they_are(browser: Browser) -> None:
    """With message, detail, code, and the path at the back end."""
    refused = browser.send("GET", "/api/contact-lists/none")
    told = refused.json()
    assert (refused.status, told["status"]["code"]) == (404, 604)
    assert "none" in told["status"]["message"]
    assert told["status"]["detail"]
    assert told["path"] == "/cx-contact/v3/contact-lists/none"


@pytest.mark.parametrize(
    "path",
    [
        "wishes",
        "",
        "files%2Fimport",
        "contact%2Dlists",
        "../api/session",
        "//contact-lists",
        "calling-lists",
        "metrics",
    ],
)
def test_what_the_page_does_not_know_is_not_asked_for(testbed: Testbed, browser: Browser, path: str) -> None:
    since = testbed.journal.mark
    answer = browser.send("GET", f"/api/{path}")
    assert (answer.status, answer.json()["status"]["code"]) == (404, 604)
    assert testbed.journal.exchanges(4, since=since) == []


def test_the_words_for_numbers_are_those_of_ocs(stranger: Browser) -> None:
    words = stranger.call("GET", "vocabulary")
    assert words["callResults"]["7"] == "No Answer"
    assert words["dialModes"]["4"] == "Progress and seize"
    assert words["aims"]["3"] == {"name": "Wait time", "most": 1000}


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "{own}"},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "{own}:8443"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Origin": "https://elsewhere.example", "X-Forwarded-Host": "elsewhere.example"},
    ],
    ids=str,
)
@pytest.mark.parametrize(
    ("method", "path"), [("POST", "jobs/nightly/run"), ("DELETE", "jobs/nightly"), ("POST", "logout")]
)
def test_what_another_site_sends_changes_nothing(
    testbed: Testbed, browser: Browser, method: str, path: str, headers: dict[str, str]
) -> None:
    """Even with the session's cookie; the host that counts is the one at the ingress."""
    own = testbed.directory.endpoint(Component.INGRESS).url
    since = testbed.journal.mark
    said = {name: value.replace("{own}", own) for name, value in headers.items()}
    answer = browser.send(method, f"/api/{path}", {}, headers=said)

    assert (answer.status, answer.json()["status"]["code"]) == (403, 603)
    assert "Another site sent this request" in answer.json()["status"]["message"]
    assert testbed.journal.exchanges(4, since=since) == []


@pytest.mark.parametrize(
    "headers", [{}, {"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}, {"Origin": "{own}"}], ids=str
)
def test_the_page_itself_and_programs_may_change_things(
    testbed: Testbed, browser: Browser, headers: dict[str, str]
) -> None:
    own = testbed.directory.endpoint(Component.INGRESS).url
    said = {name: value.replace("{own}", own) for name, value in headers.items()}
    assert browser.send("POST", "/api/compliance-data", {}, headers=said).status == 200


def test_a_back_end_that_is_away_is_named(testbed: Testbed, browser: Browser) -> None:
    """Lists need PostgreSQL; jobs do not."""
    testbed.unplug(7)
    shown = browser.call("GET", "overview")
    assert shown["jobs"] == []
    assert "PostgreSQL does not answer" in shown["errors"]["contact-lists"]
    refused = browser.send("GET", "/api/contact-lists")
    assert (refused.status, refused.json()["status"]["code"]) == (503, 515)


CHANGES = [
    ("POST", "contact-lists", {"name": "spring", "file": "import/leads.csv"}),
    ("PUT", "files/import/leads.csv?offset=0&last=true", None),
    ("POST", "contact-lists/spring/export", {"file": "export/spring.csv"}),
    ("POST", "campaign-groups", {"name": "Spring", "group": "Outbound agents", "contactList": "spring"}),
    ("POST", "campaign-groups/Spring@Agents/load", {}),
    ("POST", "jobs", {"name": "nightly", "action": "import-contacts", "path": "/in/leads.csv", "list": "spring"}),
    ("POST", "jobs/nightly/run", {}),
    ("DELETE", "jobs/nightly", None),
    ("PUT", "suppression-lists/never", {"required": True}),
    ("POST", "suppression-lists/never/entries", {"entries": ["+12025550143"]}),
    ("DELETE", "suppression-lists/never/entries/12025550143", None),
    ("DELETE", "suppression-lists/never", None),
    ("PUT", "compliance-rules/quiet", {"type": "location", "prefixes": ["1305"]}),
    ("DELETE", "compliance-rules/quiet", None),
    ("POST", "compliance-data", {}),
]
"""All that the page has changed."""


def test_what_the_page_does_not_offer_a_reader_is_refused_all_the_same(testbed: Testbed, stranger: Browser) -> None:
    known = testbed.part(Component.GWS).user_of_role_may_log_in("Ada", "ROLE_AGENT")
    login = {"username": known["username"], "password": known["password"]}
    answer = stranger.send("POST", "/api/login", login)
    stranger.headers["Cookie"] = answer.headers["set-cookie"].partition(";")[0]

    assert stranger.call("GET", "session")["read_only"] is True
    assert stranger.call("GET", "overview")["errors"] == {}
    for method, what, body in CHANGES:
        refused = stranger.send(
            method, f"/api/{what}", body, body=b"Device1\n" if method == "PUT" and not body else b""
        )
        assert (method, what, refused.status) == (method, what, 403)
        assert refused.json()["status"]["code"] == 603
