"""Connection 11: CX Contact asks GWS who somebody is, what is configured, and to have campaigns run."""

from __future__ import annotations

import pytest

from cxmock.errors.contact import ContactRefused
from cxmock.fakes.gws import Gws
from cxmock.journal import Journal
from cxmock.testbed import Testbed
from cxmock.testbed.contact import Contact

from .conftest import Define

TOKEN = "POST /auth/v3/oauth/token"


def test_people_log_in_with_their_password_and_cx_contact_with_its_own_client(
    cx_journal: Journal, supervisor: Contact
) -> None:
    """Two grants: a person's password becomes a session; everything else is asked with CX Contact's own token."""
    supervisor.get("/campaigns")

    person, service = cx_journal.exchanges(11, operation=TOKEN)
    assert "grant_type=password" in person.request["body"]
    assert "username=Acme%5Csupervisor" in person.request["body"]
    assert service.request["body"] == "grant_type=client_credentials"
    assert all(one.secure for one in cx_journal.exchanges(11))


def test_a_wrong_password_is_refused_by_gws(cx_contact: Contact, cx_journal: Journal) -> None:
    """CX Contact keeps no passwords: it is GWS that says no."""
    with pytest.raises(ContactRefused, match=r"does not accept this user and password\. \(HTTP 401, code 601\)"):
        cx_contact.login("supervisor", "guessed")

    assert not cx_journal.wait_for(11, operation=TOKEN).ok


def test_an_expired_token_is_replaced_unnoticed(cx_gws: Gws, cx_journal: Journal, supervisor: Contact) -> None:
    """GWS answers 401; CX Contact gets another token and asks again."""
    supervisor.get("/campaigns")
    cx_gws.revoke_all()
    since = cx_journal.mark

    assert supervisor.get("/campaigns") == []

    statuses = [one.response["status"] for one in cx_journal.exchanges(11, since=since)]
    assert statuses == [401, 200, 200]


def test_a_campaign_is_configured_and_commanded_through_gws(cx_journal: Journal, campaign: Define) -> None:
    """CX Contact never speaks to Configuration Server or OCS itself: every step is a call of GWS's API."""
    campaign().do("load", "start")

    posts = [one.operation.removeprefix("POST ") for one in cx_journal.exchanges(11, operation="POST ")]
    wanted = [path for path in posts if path.startswith("/configuration") or path.endswith(("-campaign", "-dialing"))]
    assert [path.rpartition("/")[2] for path in wanted] == [
        *("table-accesses", "calling-lists", "campaigns", "campaign-groups"),
        *("load-campaign", "start-dialing"),
    ]


def test_gws_that_is_away_is_named(cx_testbed: Testbed, supervisor: Contact) -> None:
    """Who calls CX Contact learns that the fault is not CX Contact's, and where to look."""
    cx_testbed.unplug(11)

    with pytest.raises(ContactRefused, match=r"GWS does not answer: .* \(HTTP 503, code 515\)"):
        supervisor.get("/campaigns")
