"""What has a name and fields is made, listed, read, changed and removed in one way, whatever it is: labels show it."""

from __future__ import annotations

from typing import Any

import pytest

from cxmock.testbed import Testbed
from cxmock.testbed.contact import BASE, Contact
from cxmock.wire.http import Response
from tests.reference.services.conftest import rows

LABELS = f"{BASE}/labels"


def code(answer: Response) -> tuple[int, int]:
    """Return the HTTP status and the envelope's code."""
    return answer.status, answer.json()["status"]["code"]


def make(api: Contact, name: str, **fields: Any) -> dict[str, Any]:
    """Make a label."""
    answer = api.send("POST", LABELS, json={"name": name, **fields})
    assert answer.status == 201, answer.text
    made: dict[str, Any] = answer.json()["data"]
    return made


def test_a_label_is_made_with_defaults_for_what_is_not_said(testbed: Testbed, api: Contact) -> None:
    made = make(api, "VIP", color="#ff0000")

    now = int(testbed.clock.now())
    assert made == api.get("/labels/VIP")
    assert made.pop("created") == made.pop("changed") == pytest.approx(now, abs=5)
    assert made == {"name": "VIP", "description": "", "color": "#ff0000", "contactLists": [], "version": 1}
    assert rows(testbed, "SELECT kind, name FROM cxc.named_object") == [("labels", "VIP")]


def test_a_name_is_given_once(api: Contact) -> None:
    make(api, "VIP")
    answer = api.send("POST", LABELS, json={"name": "VIP"})
    assert code(answer) == (409, 609)
    assert answer.json()["status"]["message"] == 'There is a label "VIP" already.'


def test_put_sets_all_fields_and_patch_some(api: Contact) -> None:
    make(api, "VIP", color="#ff0000", description="treat well")

    patched = api.send("PATCH", f"{LABELS}/VIP", json={"color": "#00ff00"}).json()["data"]
    assert (patched["color"], patched["description"], patched["version"]) == ("#00ff00", "treat well", 2)

    put = api.send("PUT", f"{LABELS}/VIP", json={"color": "#0000ff"}).json()["data"]
    assert (put["color"], put["description"], put["version"]) == ("#0000ff", "", 3)


def test_what_was_read_can_be_put_back_unless_somebody_changed_it_meanwhile(api: Contact) -> None:
    mine = make(api, "VIP")
    assert api.send("PUT", f"{LABELS}/VIP", json={**mine, "color": "#00ff00"}).status == 200

    late = api.send("PUT", f"{LABELS}/VIP", json={**mine, "color": "#ff0000"})
    assert code(late) == (409, 409)
    assert "has version 2 by now, not 1" in late.text
    assert api.get("/labels/VIP")["color"] == "#00ff00"


def test_a_removed_label_is_gone(api: Contact) -> None:
    make(api, "VIP")
    assert api.send("DELETE", f"{LABELS}/VIP").status == 200
    for method in ("GET", "DELETE", "PUT", "PATCH"):
        answer = api.send(method, f"{LABELS}/VIP", json={} if method in ("PUT", "PATCH") else None)
        assert code(answer) == (404, 604), method
    assert "There is: none." in answer.text


def test_a_list_is_told_in_pages(api: Contact) -> None:
    for number in range(5):
        make(api, f"label {number}", color="#ff0000" if number % 2 else "")

    def listed(query: str) -> tuple[list[str], dict[str, int]]:
        answer = api.send("GET", f"{LABELS}?{query}").json()
        return [one["name"].removeprefix("label ") for one in answer["data"]], answer["paging"]

    assert listed("") == (["0", "1", "2", "3", "4"], {"offset": 0, "limit": 100, "total": 5})
    assert listed("limit=2") == (["0", "1"], {"offset": 0, "limit": 2, "total": 5})
    assert listed("limit=2&offset=4") == (["4"], {"offset": 4, "limit": 2, "total": 5})
    assert listed("offset=9") == ([], {"offset": 9, "limit": 100, "total": 5})
    assert listed("sort=-name&limit=2")[0] == ["4", "3"]
    assert listed("sort=-color,-name")[0] == ["3", "1", "4", "2", "0"]
    assert listed("name=BEL%203")[0] == ["3"]
    assert listed("color=%23ff0000&limit=1") == (["1"], {"offset": 0, "limit": 1, "total": 2})


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("limit=0", '"limit" is 0'),
        ("limit=1001", "From 1 to 1000"),
        ("limit=ten", "a whole number"),
        ("limit=", "a whole number"),
        ("limit=9999999999999999999", "a whole number"),
        ("offset=-1", '"offset" is -1'),
        ("sort=size", '"sort" has "size"'),
        ("sort=name;drop", '"sort" has'),
        ("sort=" + ",".join(["name"] * 9), "At most 8"),
        ("sotr=name", "no parameter of this list"),
        ("name=%00", "No control characters"),
        ("color=red", "It is to match"),
    ],
)
def test_a_list_asked_for_in_a_wrong_way_is_refused(api: Contact, query: str, said: str) -> None:
    answer = api.send("GET", f"{LABELS}?{query}")
    assert code(answer) == (400, 652), answer.text
    assert said in answer.json()["status"]["message"] + answer.json()["status"]["detail"]


@pytest.mark.parametrize(
    ("body", "number"),
    [
        ({}, 651),
        ({"name": None}, 651),
        ({"name": ""}, 651),
        ({"name": 7}, 652),
        ({"name": "a/b"}, 652),
        ({"name": "n" * 101}, 652),
        ({"name": "a\x00b"}, 652),
        ({"name": "VIP", "color": "red"}, 652),
        ({"name": "VIP", "color": 7}, 652),
        ({"name": "VIP", "description": "d" * 1001}, 652),
        ({"name": "VIP", "description": "\x00"}, 652),
        ({"name": "VIP", "contactLists": "Spring"}, 652),
        ({"name": "VIP", "contactLists": [1]}, 652),
        ({"name": "VIP", "contactLists": ["a"] * 1001}, 652),
        ({"name": "VIP", "colour": "#ff0000"}, 652),
        ({"name": "VIP", "version": 0}, 652),
        ({"name": "VIP", "version": True}, 652),
    ],
)
def test_a_label_that_cannot_be_is_refused(testbed: Testbed, api: Contact, body: dict[str, Any], number: int) -> None:
    answer = api.send("POST", LABELS, json=body)
    assert code(answer) == (400, number), answer.text
    assert rows(testbed, "SELECT name FROM cxc.named_object") == []


def test_a_typing_error_is_told_with_what_was_meant(api: Contact) -> None:
    answer = api.send("POST", LABELS, json={"name": "VIP", "colour": "#ff0000"}).json()["status"]
    assert answer["message"] == '"colour" is not known here.'
    assert "color" in answer["detail"]


def test_a_name_that_can_be_nobodys_is_not_found(api: Contact) -> None:
    for name in ("%00", "a%2Fb", ".hidden", "n" * 300, "%ff", "a*"):
        assert code(api.send("GET", f"{LABELS}/{name}")) == (404, 604), name
    assert code(api.send("PUT", f"{LABELS}/%00", json={"color": ""})) == (404, 604)


def test_a_name_stays_as_it_is(api: Contact) -> None:
    make(api, "VIP")
    answer = api.send("PUT", f"{LABELS}/VIP", json={"name": "VIPs"})
    assert code(answer) == (400, 652)
    assert "A name stays as it is." in answer.text


def test_another_tenants_objects_are_not_seen(testbed: Testbed, api: Contact) -> None:
    """Their names are free, and nothing here touches them."""
    import psycopg

    with psycopg.connect(testbed.env["CX_POSTGRES_URL"]) as connection:
        connection.execute("INSERT INTO cxc.named_object VALUES ('theirs', 'labels', 'VIP', 1, 0, 0, '{}')")

    assert code(api.send("GET", f"{LABELS}/VIP")) == (404, 604)
    assert code(api.send("DELETE", f"{LABELS}/VIP")) == (404, 604)
    assert api.get("/labels") == []
    make(api, "VIP")
    assert len(rows(testbed, "SELECT tenant FROM cxc.named_object WHERE name = 'VIP'")) == 2
