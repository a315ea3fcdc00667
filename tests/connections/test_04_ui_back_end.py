"""Connection 4: the UI's server side asks the back-end services, at ports 3004 to 3008, for who is logged in."""

from __future__ import annotations

from cxmock.journal import Journal
from cxmock.testbed import Testbed
from cxmock.testbed.contact import BASE, Contact
from cxmock.topology import connection

OVERVIEW = "/ui/cxcontact/api/overview"


def test_the_overview_asks_all_five_ports(cx_testbed: Testbed, cx_journal: Journal, supervisor: Contact) -> None:
    """One page shows what five services know: session, campaigns, jobs, files, lists."""
    shown = supervisor.send("GET", OVERVIEW).json()["data"]

    assert shown["errors"] == {}
    asked = {one.request["headers"]["host"] for one in cx_journal.exchanges(4)}
    back_ends = connection(4).listens
    places = [cx_testbed.directory.endpoint(place.component, place.port) for place in back_ends]
    assert asked == {f"{place.host}:{place.port}" for place in places}
    assert [place.documented for place in places] == [3004, 3005, 3006, 3007, 3008]


def test_the_session_goes_along_and_no_other_privilege(cx_journal: Journal, supervisor: Contact) -> None:
    """The back ends know the person by the session's cookie; the UI has no key of its own."""
    supervisor.send("GET", OVERVIEW)

    for exchange in cx_journal.exchanges(4):
        assert exchange.source == "cxc-amark-ui"
        assert "cxc-session-cookie" in exchange.request["headers"]["cookie"]
        assert "x-service-key" not in exchange.request["headers"]


def test_without_a_session_nothing_is_shown(cx_contact: Contact, cx_journal: Journal) -> None:
    """Every back end refuses a stranger."""
    assert cx_contact.send("GET", OVERVIEW).status == 401
    assert {one.response["status"] for one in cx_journal.exchanges(4)} == {401}


def test_a_service_that_is_away_is_named_and_the_rest_is_shown(cx_testbed: Testbed, supervisor: Contact) -> None:
    """Lists need PostgreSQL; jobs do not."""
    cx_testbed.unplug(7)

    shown = supervisor.send("GET", OVERVIEW).json()["data"]

    assert shown["jobs"] == []
    assert "PostgreSQL does not answer" in shown["errors"]["contact-lists"]


def test_one_can_log_in_on_the_page(cx_testbed: Testbed, cx_contact: Contact, cx_journal: Journal) -> None:
    """The UI hands the login to API Aggregator, and its cookie to the browser."""
    user = cx_testbed.directory.credentials.gws_user

    answer = cx_contact.send("POST", "/ui/cxcontact/api/login", json={"username": user.name, "password": user.secret})

    assert answer.headers["set-cookie"].startswith("cxc-session-cookie=")
    assert cx_journal.wait_for(4, operation=f"POST {BASE}/login").ok
