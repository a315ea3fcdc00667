"""The UI: a static page through the ingress, and a server side that asks all five back-end ports."""

from __future__ import annotations

from cxmock.testbed import Testbed
from cxmock.testbed.contact import Contact
from cxmock.topology import connection


def test_a_browser_is_sent_to_the_page(stranger: Contact) -> None:
    assert stranger.send("GET", "/").headers["location"] == "/ui/cxcontact/"
    assert stranger.send("GET", "/ui/cxcontact").headers["location"] == "/ui/cxcontact/"
    page = stranger.send("GET", "/ui/cxcontact/")
    assert page.content_type == "text/html"
    assert "<title>CX Contact" in page.text
    assert "default-src 'self'" in page.headers["content-security-policy"]


def test_everything_that_the_page_loads_is_there(stranger: Contact) -> None:
    for name, kind in (("page.css", "text/css"), ("page.js", "text/javascript"), ("icon.svg", "image/svg+xml")):
        answer = stranger.send("GET", f"/ui/cxcontact/{name}")
        assert (answer.status, answer.content_type) == (200, kind)


def test_nothing_but_the_page_can_be_read(stranger: Contact) -> None:
    for name in ("ui.py", "..%2fui.py", "%2e%2e/ui.py", "page", ""):
        answer = stranger.send("GET", f"/ui/cxcontact/{name}/x" if not name else f"/ui/cxcontact/{name}")
        assert answer.status == 404


def test_the_overview_asks_all_five_ports(testbed: Testbed, api: Contact) -> None:
    since = testbed.journal.mark
    shown = api.send("GET", "/ui/cxcontact/api/overview").json()["data"]

    assert shown["errors"] == {}
    assert shown["session"]["username"] == testbed.directory.credentials.gws_user.name
    asked = {seen.operation for seen in testbed.journal.exchanges(4, since=since)}
    assert asked == {
        "GET /cx-contact/v3/session",
        "GET /cx-contact/v3/campaign-groups",
        "GET /cx-contact/v3/jobs",
        "GET /cx-contact/v3/files/import",
        "GET /cx-contact/v3/contact-lists",
        "GET /cx-contact/v3/suppression-lists",
    }
    assert len(connection(4).ports) == 5


def test_what_a_back_end_does_not_give_is_named_and_the_rest_is_shown(testbed: Testbed, api: Contact) -> None:
    testbed.unplug(7)
    shown = api.send("GET", "/ui/cxcontact/api/overview").json()["data"]
    assert shown["jobs"] == []
    assert "PostgreSQL does not answer" in shown["errors"]["contact-lists"]


def test_one_can_log_in_on_the_page(testbed: Testbed, stranger: Contact) -> None:
    user = testbed.directory.credentials.gws_user
    refused = stranger.send("POST", "/ui/cxcontact/api/login", json={"username": user.name, "password": "wrong"})
    assert refused.status == 401
    answer = stranger.send("POST", "/ui/cxcontact/api/login", json={"username": user.name, "password": user.secret})
    assert answer.status == 200
    assert answer.headers["set-cookie"].startswith("cxc-session-cookie=")
    assert stranger.send("GET", "/ui/cxcontact/api/overview").status == 401
