"""People and API clients log in at the ingress: GWS knows them, Redis keeps the session, every call needs it."""

from __future__ import annotations

import pytest

from cxmock.testbed import Testbed
from cxmock.testbed.contact import BASE, Contact
from cxmock.topology import Component
from tests.reference.services.conftest import redis_of


def test_a_login_sets_the_cookie_and_keeps_the_session_in_redis(testbed: Testbed, stranger: Contact) -> None:
    user = testbed.directory.credentials.gws_user
    answer = stranger.send("POST", f"{BASE}/login", json={"username": user.name, "password": user.secret})

    assert answer.status == 200
    assert answer.json()["data"]["tenant"] == testbed.env["CX_TENANT"]
    assert "token" not in answer.text
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("cxc-session-cookie=")
    assert {"HttpOnly", "Secure"} <= {part.strip() for part in cookie.split(";")}
    with redis_of(testbed) as redis:
        session = cookie.partition("=")[2].partition(";")[0]
        key = f"cxc:{{{testbed.env['CX_TENANT']}}}:session:{session}"
        assert user.name in redis.get(key)
        assert 0 < redis.ttl(key) <= 8 * 3600
    assert testbed.journal.exchanges(11, operation="POST /auth/v3/oauth/token")
    assert testbed.journal.exchanges(11, operation="GET /auth/v3/userinfo")


def test_a_wrong_password_is_told_as_such(testbed: Testbed, stranger: Contact) -> None:
    user = testbed.directory.credentials.gws_user
    answer = stranger.send("POST", f"{BASE}/login", json={"username": user.name, "password": "wrong"})

    assert answer.status == 401
    assert answer.json()["status"]["code"] == 601
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("path", ["/contact-lists", "/jobs", "/campaign-groups", "/files/import", "/session", "/x"])
def test_without_a_session_nothing_is_told(stranger: Contact, path: str) -> None:
    answer = stranger.send("GET", BASE + path)
    assert (answer.status, answer.json()["status"]["code"]) == (401, 601)


def test_a_back_end_knows_the_session_too(testbed: Testbed, api: Contact) -> None:
    """The UI's server side calls the back ends with nothing but the cookie."""
    assert api.send("GET", "/ui/cxcontact/api/overview").status == 200
    seen = testbed.journal.exchanges(4)
    assert {exchange.source for exchange in seen} == {"cxc-amark-ui"}
    assert all("x-service-key" not in exchange.request["headers"] for exchange in seen)


def test_the_service_key_is_not_for_outsiders(testbed: Testbed, stranger: Contact) -> None:
    """The ingress passes no service key on, not even the right one."""

    async def ask() -> int:
        from cxmock.clients.http import HttpClient

        headers = {"x-service-key": testbed.env["CX_SERVICE_KEY"]}
        client = HttpClient(stranger.url, context=testbed.authority.client_context, headers=headers)
        status = (await client.request("GET", f"{BASE}/jobs")).status
        await client.aclose()
        return status

    assert testbed.run(ask()) == 401


def test_after_a_logout_the_session_is_gone(testbed: Testbed, api: Contact) -> None:
    answer = api.send("POST", f"{BASE}/logout", json={})
    assert "Max-Age=0" in answer.headers["set-cookie"]
    assert api.send("GET", f"{BASE}/session").status == 401
    assert testbed.journal.exchanges(11, operation="POST /auth/v3/sign-out")


def test_a_call_keeps_its_trace_id_from_the_ingress_to_gws(testbed: Testbed, api: Contact) -> None:
    since = testbed.journal.mark
    answer = api.send("GET", f"{BASE}/campaign-groups")
    trace = answer.headers["x-b3-traceid"]
    (seen, *_) = testbed.journal.exchanges(11, operation="GET /configuration", since=since)
    assert seen.request["headers"]["x-b3-traceid"] == trace


def test_a_system_that_does_not_answer_is_named(testbed: Testbed, api: Contact) -> None:
    testbed.unplug(11)
    answer = api.send("GET", f"{BASE}/campaign-groups")
    assert (answer.status, answer.json()["status"]["code"]) == (503, 515)
    assert answer.json()["status"]["message"].startswith("GWS does not answer")


def test_an_expired_token_of_cx_contact_is_replaced(testbed: Testbed, api: Contact) -> None:
    assert api.get("/campaigns") == []
    testbed.run(_revoke(testbed))
    assert api.get("/campaigns") == []


async def _revoke(testbed: Testbed) -> None:
    testbed.part(Component.GWS).revoke_all()
