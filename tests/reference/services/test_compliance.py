"""Whom nobody may call or write to, and when: rules and suppression lists as people set them, at the ingress."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any, ClassVar
from urllib.parse import quote

import pytest

from cxmock.clients.http import HttpClient
from cxmock.reference import on_this_machine
from cxmock.reference.keys import OPT_OUT_LIST
from cxmock.testbed import Testbed
from cxmock.testbed.contact import BASE, Contact
from cxmock.wire.http import from_json
from tests.reference.services.conftest import redis_of, rows

PHONE, OTHER = "+12025550143", "+442079460018"
GROUP = "Spring@Outbound agents"
NEVER = b"Device\n+12025550143\n"
RunJob = Callable[..., dict[str, Any]]
Ask = Callable[..., tuple[int, Any]]


@pytest.fixture
def ocs_asks(testbed: Testbed) -> Iterator[Ask]:
    """Ask Compliance Manager as OCS does before an attempt; gives status and body."""
    client = HttpClient(testbed.env["CX_COMPLIANCE_MANAGER_URL"], agent="ocs/9.0")

    def ask(phone: str = PHONE, **more: Any) -> tuple[int, Any]:
        record = {"GSW_PHONE": phone, "GSW_CUSTOMER_ID": "C-1", "GSW_CAMPAIGN_GROUP_NAME": GROUP, **more}
        answer = testbed.run(client.request("POST", "/ocs/validation", json=record))
        return answer.status, answer.json()

    yield ask
    testbed.run(client.aclose())


def forbidden(rule: str, kind: str = "suppression", result: int = 51) -> tuple[int, dict[str, Any]]:
    return 409, {"GSW_CALL_RESULT": result, "GSW_BLOCKING_RULE": rule, "GSW_BLOCKING_RULE_TYPE": kind}


def refusal(api: Contact, method: str, path: str, body: object = None) -> tuple[int, int, str]:
    """Return HTTP status, code and message of a call that is refused."""
    answer = api.send(method, BASE + quote(path), json=body)
    said = answer.json()["status"]
    return answer.status, said["code"], said["message"]


def change(api: Contact, method: str, path: str, body: object = None) -> Any:
    answer = api.send(method, BASE + quote(path), json=body)
    assert answer.status == 200, answer.text
    return answer.json()["data"]


# Rules


def test_a_rule_that_somebody_sets_at_the_ingress_holds_for_running_campaigns_at_once(
    api: Contact, ocs_asks: Ask
) -> None:
    assert ocs_asks()[0] == 200
    rule = {"type": "location", "countries": ["US"], "states": ["DC"], "priority": 1}

    change(api, "PUT", "/compliance-rules/not in DC", rule)

    in_dc = {"cd_country_code_iso": "US", "cd_state_code": "DC"}
    assert ocs_asks(**in_dc) == forbidden("not in DC", "location")
    assert ocs_asks(OTHER, cd_country_code_iso="GB")[0] == 200
    assert change(api, "GET", "/compliance-rules/not in DC") == {"name": "not in DC", **rule}
    change(api, "DELETE", "/compliance-rules/not in DC")
    assert ocs_asks(**in_dc)[0] == 200


def test_a_campaign_chooses_among_what_is_not_required_and_has_what_is(api: Contact, ocs_asks: Ask) -> None:
    """Who chose nothing has everything: nobody is called by mistake."""
    change(api, "PUT", "/compliance-rules/no US", {"type": "location", "prefixes": ["1"], "required": False})
    change(api, "PUT", "/compliance-rules/no UK", {"type": "location", "prefixes": ["44"], "required": True})
    assert (ocs_asks()[0], ocs_asks(OTHER)[0]) == (409, 409)

    assert change(api, "PUT", f"/compliance-choices/{GROUP}", {"rules": []}) == {"rules": [], "suppressionLists": []}
    assert (ocs_asks()[0], ocs_asks(OTHER)[0]) == (200, 409)
    assert ocs_asks(GSW_CAMPAIGN_GROUP_NAME="Other@Outbound agents")[0] == 409

    change(api, "PUT", f"/compliance-choices/{GROUP}", {"rules": ["no US"]})
    assert ocs_asks() == forbidden("no US", "location")
    change(api, "DELETE", f"/compliance-choices/{GROUP}")
    assert change(api, "GET", f"/compliance-choices/{GROUP}") is None


def test_a_list_that_is_not_required_holds_for_who_chose_it(api: Contact, run_job: RunJob, ocs_asks: Ask) -> None:
    run_job(NEVER, action="import-suppression", name="Never", required=False)
    change(api, "PUT", f"/compliance-choices/{GROUP}", {})
    assert ocs_asks()[0] == 200

    change(api, "PUT", f"/compliance-choices/{GROUP}", {"suppressionLists": ["Never"]})
    assert ocs_asks() == forbidden("Never")

    change(api, "PUT", f"/compliance-choices/{GROUP}", {})
    change(api, "PUT", "/suppression-lists/Never", {"required": True})
    assert ocs_asks() == forbidden("Never")


def test_one_cannot_choose_what_is_not_there(api: Contact) -> None:
    path = f"/compliance-choices/{GROUP}"
    assert refusal(api, "PUT", path, {"rules": ["x"]}) == (404, 604, 'There is no rule "x".')
    assert refusal(api, "PUT", path, {"suppressionLists": ["x"]}) == (404, 604, 'There is no suppression list "x".')
    assert refusal(api, "PUT", path, {"rules": "x"})[:2] == (400, 652)
    assert change(api, "GET", path) is None


# Suppression lists


def test_a_list_that_expires_holds_until_then(testbed: Testbed, api: Contact, run_job: RunJob, ocs_asks: Ask) -> None:
    run_job(NEVER, action="import-suppression", name="Never", required=True)
    until = int(testbed.clock.now()) + 3600

    assert change(api, "PUT", "/suppression-lists/Never", {"expires": until})["expires"] == until
    assert ocs_asks() == forbidden("Never")
    testbed.clock.advance(3601)
    assert ocs_asks()[0] == 200

    assert change(api, "PUT", "/suppression-lists/Never", {"expires": None})["expires"] is None
    assert ocs_asks() == forbidden("Never")


def test_single_entries_are_put_on_a_list_looked_up_and_taken_off(
    testbed: Testbed, api: Contact, run_job: RunJob, ocs_asks: Ask
) -> None:
    run_job(NEVER, action="import-suppression", name="Never", required=True)
    until = int(testbed.clock.now()) + 60
    path = "/suppression-lists/Never/entries"

    added = change(api, "POST", path, {"entries": ["020 7946 0018", OTHER], "country": "GB", "expires": until})

    assert added == {"name": "Never", "added": 1, "entries": 2}
    assert change(api, "GET", f"{path}/{OTHER}") == {"entry": "442079460018", "expires": until}
    assert ocs_asks(OTHER) == forbidden("Never")
    testbed.clock.advance(61)
    assert ocs_asks(OTHER)[0] == 200
    change(api, "DELETE", f"{path}/{PHONE}")
    assert ocs_asks()[0] == 200
    assert api.get("/suppression-lists/Never")["entries"] == 1
    assert refusal(api, "DELETE", f"{path}/{PHONE}")[:2] == (404, 604)
    assert refusal(api, "GET", f"{path}/nobody")[:2] == (404, 604)


def test_a_list_that_is_removed_leaves_nothing(testbed: Testbed, api: Contact, run_job: RunJob, ocs_asks: Ask) -> None:
    run_job(NEVER, action="import-suppression", name="Never", required=True)

    change(api, "DELETE", "/suppression-lists/Never")

    assert ocs_asks()[0] == 200
    assert rows(testbed, "SELECT count(*) FROM cxc.suppression_entry") == [(0,)]
    with redis_of(testbed) as redis:
        assert not redis.keys("*suppression*")
    assert refusal(api, "DELETE", "/suppression-lists/Never")[:2] == (404, 604)


def test_the_list_of_opt_outs_is_always_there_and_stays(api: Contact, ocs_asks: Ask) -> None:
    shown = {"name": OPT_OUT_LIST, "type": "Device", "channel": "sms", "required": True, "expires": None, "entries": 0}
    assert api.get("/suppression-lists") == [{**shown, "created": 0}]

    change(api, "POST", f"/suppression-lists/{OPT_OUT_LIST}/entries", {"entries": [PHONE]})

    assert ocs_asks(media="sms") == forbidden(OPT_OUT_LIST)
    assert ocs_asks(media="voice")[0] == 200
    assert api.get(f"/suppression-lists/{OPT_OUT_LIST}")["entries"] == 1
    assert refusal(api, "DELETE", f"/suppression-lists/{OPT_OUT_LIST}")[:2] == (409, 409)
    assert refusal(api, "PUT", f"/suppression-lists/{OPT_OUT_LIST}", {"required": False})[:2] == (409, 409)
    as_ids = {"name": OPT_OUT_LIST, "file": "import/x.csv", "type": "ClientID"}
    assert refusal(api, "POST", "/suppression-lists", as_ids)[:2] == (409, 409)


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "words"),
    [
        ("PUT", "", {"expires": 1}, 400, '"expires" is 1.'),
        ("PUT", "", {"expires": 2**31}, 400, '"expires" is 2147483648.'),
        ("PUT", "", {"expires": "tomorrow"}, 400, '"expires" is to be a whole number'),
        ("PUT", "", {"channel": "fax"}, 400, '"channel" is "fax".'),
        ("PUT", "", {"required": 1}, 400, '"required" is to be true or false'),
        ("PUT", "x", {"required": True}, 404, 'There is no suppression list "Neverx".'),
        ("POST", "/entries", {}, 400, '"entries" is missing.'),
        ("POST", "/entries", {"entries": [7]}, 400, '"entries" is to be a list of texts'),
        ("POST", "/entries", {"entries": ["+442079460018", "12"]}, 400, "\"entries\" has '12'"),
        ("POST", "/entries", {"entries": ["+442079460018"] * 1001}, 400, '"entries" has 1001.'),
        ("POST", "/entries", {"entries": ["\x00"]}, 400, "\"entries\" has '\\x00'"),
        ("POST", "x/entries", {"entries": ["+442079460018"]}, 404, 'There is no suppression list "Neverx".'),
        ("GET", "x/entries/1", None, 404, 'There is no suppression list "Neverx".'),
    ],
)
def test_a_change_of_a_list_that_makes_no_sense_changes_nothing(
    testbed: Testbed, api: Contact, run_job: RunJob, method: str, path: str, body: object, status: int, words: str
) -> None:
    run_job(NEVER, action="import-suppression", name="Never", required=True)
    before = api.get("/suppression-lists/Never")

    said = refusal(api, method, f"/suppression-lists/Never{path}", body)

    assert said[0] == status
    assert said[2].startswith(words)
    assert api.get("/suppression-lists/Never") == before
    with redis_of(testbed) as redis:
        assert redis.hlen(f"cxc:{{{testbed.env['CX_TENANT']}}}:suppression:Never") == 1


def test_without_redis_a_list_stays_as_it_is_in_the_database_too(
    testbed: Testbed, api: Contact, run_job: RunJob
) -> None:
    """Its session lives there as well, so a service of CX Contact asks."""
    run_job(NEVER, action="import-suppression", name="Never", required=True)
    headers = {"x-service-key": testbed.env["CX_SERVICE_KEY"]}
    builder = HttpClient(testbed.env["CX_LIST_BUILDER_URL"], agent="cxc-job-scheduler", headers=headers)
    testbed.unplug(5)

    answer = testbed.run(builder.request("DELETE", f"{BASE}/suppression-lists/Never"))

    testbed.plug(5)
    testbed.run(builder.aclose())
    assert answer.status == 503
    assert rows(testbed, "SELECT name, size FROM cxc.suppression_list") == [("Never", 1)]


# External validation


class _Customer(BaseHTTPRequestHandler):
    """The customer's own validation."""

    asked: ClassVar[list[Any]] = []
    status, body = 200, b"{}"

    def do_POST(self) -> None:
        self.asked.append((self.path, from_json(self.rfile.read(int(self.headers["Content-Length"])))))
        self.send_response(self.status)
        self.send_header("Content-Length", str(len(self.body)))
        self.end_headers()
        self.wfile.write(self.body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def customer() -> Iterator[tuple[type[_Customer], str]]:
    """The customer's validation, and where it is."""
    kind = type("Customer", (_Customer,), {"asked": []})
    with HTTPServer(("127.0.0.1", 0), kind) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield kind, f"http://127.0.0.1:{server.server_address[1]}/may-call?list=a"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (200, b"", (200, {})),
        (409, b'{"GSW_CALL_RESULT":52}', forbidden("ask", "external", 52)),
        (409, b"no", forbidden("ask", "external", 51)),
        (409, b'{"GSW_CALL_RESULT":999}', forbidden("ask", "external", 51)),
        (500, b"", forbidden("ask", "external", 3)),
    ],
)
def test_the_customers_own_validation_is_asked_with_the_whole_record(
    api: Contact, ocs_asks: Ask, customer: tuple[type[_Customer], str], status: int, body: bytes, said: object
) -> None:
    validation, url = customer
    validation.status, validation.body = status, body
    change(api, "PUT", "/compliance-rules/ask", {"type": "external", "url": url})

    assert ocs_asks(c_first_name="Ada") == said

    [(path, record)] = validation.asked
    assert path == "/may-call?list=a"
    assert (record["GSW_PHONE"], record["c_first_name"]) == (PHONE, "Ada")


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("http://10.0.0.1/may-call", "10.0.0.1"),
        ("https://169.254.169.254/latest/meta-data", "169.254.169.254"),
        ("http://[::1]:8080/", "::1"),
        ("http://[::ffff:127.0.0.1]/", "::ffff:127.0.0.1"),
        ("http://0.0.0.0/", "0.0.0.0"),
        ("http://nobody.invalid/", "nobody.invalid, which is nowhere"),
        ("http://3232235521/", "3232235521, which is 192.168.0.1"),
    ],
)
def test_a_validation_that_is_not_on_this_machine_cannot_be_set(api: Contact, url: str, host: str) -> None:
    """Whoever is logged in could have the reference call anybody else."""
    refused = api.send("PUT", f"{BASE}/compliance-rules/ask", json={"type": "external", "url": url})

    told = refused.json()["status"]
    assert (refused.status, told["code"]) == (400, 652)
    assert told["message"] == f'"url" leads to {host}: that is not on this machine.'
    assert "127.0.0.0/8 only" in told["detail"]


def test_a_validation_whose_name_leads_elsewhere_by_now_is_not_asked(
    api: Contact,
    ocs_asks: Ask,
    customer: tuple[type[_Customer], str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A name is resolved whenever the rule is followed, and what is connected to is the address that was looked at."""
    validation, url = customer
    addresses = {"127.0.0.1"}

    async def resolved(host: str) -> set[str]:
        return addresses if host == "customer" else set()

    monkeypatch.setattr(on_this_machine, "_resolved", resolved)
    url = url.replace("127.0.0.1", "customer")
    change(api, "PUT", "/compliance-rules/ask", {"type": "external", "url": url})
    assert ocs_asks() == (200, {})
    assert len(validation.asked) == 1

    addresses.add("10.0.0.1")
    assert ocs_asks() == forbidden("ask", "external", 3)
    assert len(validation.asked) == 1


def test_the_customer_is_not_asked_about_whom_a_rule_here_forbids(
    api: Contact, ocs_asks: Ask, customer: tuple[type[_Customer], str]
) -> None:
    validation, url = customer
    change(api, "PUT", "/compliance-rules/ask", {"type": "external", "url": url, "priority": 1})
    change(api, "PUT", "/compliance-rules/no US", {"type": "location", "prefixes": ["1"], "priority": 2})

    assert ocs_asks() == forbidden("no US", "location")
    assert validation.asked == []


def test_a_rule_says_what_becomes_of_a_record_about_which_the_customer_says_nothing(
    api: Contact, ocs_asks: Ask
) -> None:
    nobody = {"type": "external", "url": "http://127.0.0.1:1/", "milliseconds": 50}
    change(api, "PUT", "/compliance-rules/ask", nobody)
    assert ocs_asks() == forbidden("ask", "external", 3)

    change(api, "PUT", "/compliance-rules/ask", {**nobody, "otherwise": "dial"})
    assert ocs_asks()[0] == 200


# Compliance data


def test_compliance_data_older_than_those_at_hand_are_not_taken(testbed: Testbed, api: Contact) -> None:
    from dataclasses import replace as with_

    from cxmock.topology import Component

    provider = testbed.part(Component.COMPLIANCE_PROVIDER)
    held = api.post("/compliance-data")["version"]
    provider.data = with_(provider.data, version="1.0", body=provider.data.body.replace(held.encode(), b"1.0", 1))

    status, code, message = refusal(api, "POST", "/compliance-data")

    assert (status, code) == (502, 515)
    assert message == f'The compliance data are "1.0", older than "{held}", which is kept.'
    assert api.get("/compliance-data")["version"] == held
