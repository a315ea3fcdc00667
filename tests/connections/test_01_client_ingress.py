"""Connection 1: browsers and API clients come in at one door, over TLS, and are known by their session's cookie."""

from __future__ import annotations

from cxmock.journal import Journal
from cxmock.testbed import Testbed
from cxmock.testbed.contact import BASE, SESSION_COOKIE, Contact
from cxmock.testbed.faces import RedisFace

LOGIN, SESSION = f"{BASE}/login", f"{BASE}/session"


def test_the_session_cookie_travels_over_tls_alone_and_no_script_reads_it(
    cx_testbed: Testbed, cx_contact: Contact, cx_journal: Journal
) -> None:
    """A login sets the documented cookie, by which a load balancer keeps sessions sticky."""
    user = cx_testbed.directory.credentials.gws_user

    answer = cx_contact.send("POST", LOGIN, json={"username": user.name, "password": user.secret})

    name, *attributes = answer.headers["set-cookie"].split("; ")
    assert name.startswith(f"{SESSION_COOKIE}=")
    assert {"Secure", "HttpOnly", "SameSite=Lax"} <= set(attributes)
    assert cx_journal.wait_for(1, operation=f"POST {LOGIN}").secure


def test_a_wrong_password_opens_no_session(cx_contact: Contact, cx_journal: Journal) -> None:
    """The answer is 401, without a cookie, and does not tell whether the user exists."""
    answers = [
        cx_contact.send("POST", LOGIN, json={"username": user, "password": "guessed"})
        for user in ("supervisor", "nobody")
    ]

    assert [answer.status for answer in answers] == [401, 401]
    assert not any("set-cookie" in answer.headers for answer in answers)
    assert len({answer.json()["status"]["message"] for answer in answers}) == 1
    assert not cx_journal.wait_for(1).ok


def test_an_expired_session_has_to_log_in_again(cx_redis: RedisFace, supervisor: Contact) -> None:
    """Once Redis has let a session go, its cookie is worth nothing: 401, and how to get another."""
    assert supervisor.send("GET", SESSION).status == 200

    [key] = cx_redis.keys("*:session:*")
    cx_redis.call("EXPIRE", key, 0)

    answer = supervisor.send("GET", SESSION)
    assert answer.status == 401
    assert "the session has expired" in answer.json()["status"]["message"]
    assert f"POST {LOGIN}" in answer.json()["status"]["detail"]


def test_behind_the_door_are_the_ui_and_the_api(cx_contact: Contact) -> None:
    """A browser is led to the UI; whoever asks for anything else is told what there is."""
    assert cx_contact.send("GET", "/").headers["location"] == "/ui/cxcontact/"
    assert "<title>CX Contact" in cx_contact.send("GET", "/ui/cxcontact/").text
    nothing = cx_contact.send("GET", "/admin")
    assert nothing.status == 404
    assert "The UI is at /ui/cxcontact/, the API below /cx-contact/v3/." in nothing.json()["status"]["detail"]
