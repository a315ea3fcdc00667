"""Who may do what: a session may read or change, an API key stands in for a login, and what ends is known no more."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from cxmock.testbed import Testbed
from cxmock.testbed.contact import BASE, Contact
from cxmock.topology import Component
from tests.reference.services.conftest import redis_of, rows
from tests.reference.services.test_resources import code

KEYS = f"{BASE}/api-keys"


@pytest.fixture
def agent(testbed: Testbed) -> Iterator[Contact]:
    """An API client whose user is no supervisor."""
    known = testbed.part(Component.GWS).user_of_role_may_log_in("Ada", "ROLE_AGENT")
    contact = Contact(testbed)
    contact.login(known["username"], known["password"])
    yield contact
    contact.close()


@pytest.fixture
def program(testbed: Testbed) -> Iterator[Contact]:
    """A program without a login."""
    contact = Contact(testbed)
    yield contact
    contact.close()


def key_for(api: Contact, name: str = "nightly", **more: Any) -> str:
    """Make an API key."""
    made: str = api.post("/api-keys", {"name": name, **more})["key"]
    return made


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/labels"),
        ("PATCH", "/settings"),
        ("POST", "/api-keys"),
        ("POST", "/contact-lists"),
        ("POST", "/campaign-groups"),
        ("POST", "/jobs"),
        ("PUT", "/files/import/leads.csv"),
        ("PUT", "/compliance-rules/quiet"),
        ("DELETE", "/jobs/nightly"),
    ],
)
def test_who_is_no_supervisor_changes_nothing(testbed: Testbed, agent: Contact, method: str, path: str) -> None:
    answer = agent.send(method, BASE + path, json={})
    assert code(answer) == (403, 603)
    assert "Ada may only read." in answer.text
    assert rows(testbed, "SELECT name FROM cxc.named_object") == []


def test_who_is_no_supervisor_reads_and_leaves(agent: Contact) -> None:
    assert agent.get("/session")["read_only"] is True
    assert agent.get("/contact-lists") == []
    assert agent.send("POST", f"{BASE}/logout", json={}).status == 200


def test_a_back_end_asked_directly_lets_nobody_change_more(testbed: Testbed, agent: Contact) -> None:
    """The UI's server side calls it with the cookie alone (row 4)."""

    async def ask() -> int:
        from cxmock.clients.http import HttpClient

        client = HttpClient(testbed.env["CX_LIST_BUILDER_URL"], headers={"Cookie": agent.cookie})
        try:
            return (await client.request("POST", f"{BASE}/contact-lists", json={})).status
        finally:
            await client.aclose()

    assert testbed.run(ask()) == 403


def test_an_api_key_stands_in_for_a_login(api: Contact, program: Contact) -> None:
    program.use_key(key_for(api))
    assert program.get("/session")["api_key"] == "nightly"
    assert program.post("/labels", {"name": "VIP"})["name"] == "VIP"
    assert program.get("/contact-lists") == []


def test_of_an_api_key_only_a_hash_is_kept(testbed: Testbed, api: Contact) -> None:
    key = key_for(api)
    kept = rows(testbed, "SELECT data::text FROM cxc.named_object WHERE kind = 'api-keys'")[0][0]
    secret = key.partition(".")[2]
    assert len(secret) >= 32
    assert secret not in kept
    told = [api.send("GET", f"{KEYS}/nightly").text, api.send("GET", KEYS).text]
    assert not any(secret in text or "hash" in text for text in told)


def test_an_api_key_may_be_for_reading_alone(api: Contact, program: Contact) -> None:
    program.use_key(key_for(api, readOnly=True))
    assert program.get("/labels") == []
    answer = program.send("POST", f"{BASE}/labels", json={"name": "VIP"})
    assert code(answer) == (403, 603)
    assert "API key nightly may only read." in answer.text


def test_an_api_key_makes_no_api_keys(api: Contact, program: Contact) -> None:
    program.use_key(key_for(api))
    assert code(program.send("POST", KEYS, json={"name": "another"})) == (403, 603)


def test_an_api_key_ends_when_it_expires_or_is_revoked(testbed: Testbed, api: Contact, program: Contact) -> None:
    program.use_key(key_for(api, expires=int(testbed.clock.now()) + 3600))
    assert program.get("/labels") == []
    testbed.clock.advance(3601)
    assert code(program.send("GET", f"{BASE}/labels")) == (401, 601)

    program.use_key(key_for(api, "other"))
    assert program.get("/labels") == []
    assert api.send("DELETE", f"{KEYS}/other").status == 200
    assert code(program.send("GET", f"{BASE}/labels")) == (401, 601)


@pytest.mark.parametrize("key", ["x", "bmlnaHRseQ==.guessed", "....", "%00.a", "a" * 5000, "w6k=.\u00e9"])
def test_a_guessed_api_key_opens_nothing(api: Contact, program: Contact, key: str) -> None:
    key_for(api)
    program.use_key(key)
    assert code(program.send("GET", f"{BASE}/labels")) == (401, 601)


def test_api_keys_do_not_change(api: Contact) -> None:
    key_for(api)
    answer = api.send("PUT", f"{KEYS}/nightly", json={"readOnly": True})
    assert answer.status == 405
    assert answer.headers["allow"] == "DELETE, GET"


def test_a_session_lives_as_long_as_it_is_used(testbed: Testbed, api: Contact) -> None:
    """Each call begins its time anew; when it is over, the session is known no more."""
    with redis_of(testbed) as redis:
        key = redis.keys("cxc:*:session:*")[0]
        redis.expire(key, 100)
        assert api.get("/labels") == []
        assert redis.ttl(key) > 8 * 3600 - 60
        redis.delete(key)
    assert code(api.send("GET", f"{BASE}/labels")) == (401, 601)


def test_settings_hold_where_an_import_does_not_say(testbed: Testbed, api: Contact) -> None:
    """A number without a country is read as the account's are."""
    assert api.get("/settings") == {"country": "US", "timeZone": "UTC", "encoding": "", "messageDays": 90}
    changed = api.call("PATCH", "/settings", {"country": "GB"})
    assert changed == {"country": "GB", "timeZone": "UTC", "encoding": "", "messageDays": 90} == api.get("/settings")

    file = b"ClientID,FirstName,Device1\nC-1,Ada,020 7946 0018\n"
    assert api.send("PUT", f"{BASE}/files/import/leads.csv", body=file).status == 200
    api.post("/contact-lists", {"name": "Leads", "file": "import/leads.csv"})
    assert rows(testbed, "SELECT contact_info FROM cxc.cl_leads") == [("+442079460018",)]

    assert api.call("PATCH", "/settings", {"country": None})["country"] == "US"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"country": "XX"}, "ISO 3166"),
        ({"country": "Britain"}, "From 2 to 2"),
        ({"timeZone": "Mars/Base"}, "IANA"),
        ({"timeZone": "../etc/passwd"}, "IANA"),
        ({"encoding": "EBCDIC"}, "UTF-8"),
        ({"zone": "UTC"}, "timeZone"),
    ],
)
def test_settings_that_cannot_be_are_refused(api: Contact, body: dict[str, str], said: str) -> None:
    answer = api.send("PATCH", f"{BASE}/settings", json=body)
    assert code(answer) == (400, 652)
    assert said in answer.text
