"""Schemathesis calls every operation of the document with what fits its schemas and with what does not.

Whatever comes: no status that the document does not tell, no fault of the service, and answers that fit their schemas.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest

from cxmock.reference.openapi import document
from cxmock.reference.service import API
from cxmock.testbed import Testbed
from cxmock.testbed.contact import Contact
from cxmock.topology import Component
from tests.reference.services.conftest import GROUP

EXAMPLES = 2
"""Of each operation and way; they follow from a seed."""
LEADS = b"ClientID,FirstName,Device1\nC-1,Ada,+12125550143\n"
BRITISH = {"field": "Country", "operator": "equals", "value": "GB"}
THERE = {
    f"{API}/labels": {"name": "VIP"},
    f"{API}/api-keys": {"name": "nightly"},
    f"{API}/contact-lists": {"name": "Leads"},
    f"{API}/data-mapping-schemas": {"name": "German"},
    f"{API}/selection-rules": {"name": "British"},
    f"{API}/filtering-rules": {"name": "British"},
    f"{API}/upload-rules": {"name": "halves"},
    f"{API}/pgp-keys": {"name": "lists"},
    f"{API}/suppression-lists": {"name": "Never", "entry": "+12125550143"},
    f"{API}/compliance-rules": {"name": "quiet"},
    f"{API}/compliance-choices": {"group": f"Spring@{GROUP}"},
    f"{API}/campaign-groups": {"name": f"Spring@{GROUP}", "command": "load"},
    f"{API}/files": {"folder": "import", "name": "leads.csv"},
    f"{API}/jobs": {"name": "job"},
    f"{API}/session-profiles": {"name": "daytime"},
    f"{API}/dialing-profiles": {"name": "calls"},
    f"{API}/campaign-templates": {"name": "sales"},
}
"""What there is, by the path below which it is; elsewhere it is called so:"""
ELSEWHERE = {"name": "VIP"}
CALLS = sorted(
    (method.upper(), path)
    for path, item in document()["paths"].items()
    for method in item
    if method != "parameters" and not path.endswith("/logout")
)


@pytest.fixture(scope="module")
def caller(whole_testbed: Testbed) -> Iterator[Contact]:
    """Somebody who has logged in where there is one of everything."""
    whole_testbed.reset()
    contact = Contact(whole_testbed)
    contact.login()
    whole_testbed.part(Component.SFTP).put("/in/leads.csv", LEADS)
    yield contact
    contact.close()


def there(path: str) -> dict[str, str]:
    """Return what fills the holes of a path so that something is there."""
    return next((names for base, names in THERE.items() if path.startswith(base)), ELSEWHERE)


def arrange(contact: Contact, path: str) -> None:
    """Make what a call may have taken away, of that to which ``path`` leads."""
    kind = path.removeprefix(f"{API}/").partition("/")[0]
    if kind in ("files", "contact-lists", "campaign-groups"):
        contact.send("PUT", f"{API}/files/import/leads.csv", body=LEADS)
    if kind == "suppression-lists":
        contact.send("PUT", f"{API}/files/import/never.csv", body=b"Device\n+12125550143\n")
    made: dict[str, dict[str, Any]] = {
        "labels": {"name": "VIP"},
        "api-keys": {"name": "nightly"},
        "contact-lists": {"name": "Leads", "file": "import/leads.csv"},
        "data-mapping-schemas": {"name": "German"},
        "selection-rules": {"name": "British", "condition": BRITISH},
        "filtering-rules": {"name": "British", "condition": BRITISH},
        "upload-rules": {"name": "halves", "by": "quantity", "quantity": 2},
        "suppression-lists": {"name": "Never", "file": "import/never.csv"},
        "jobs": {"name": "job", "action": "append-contacts", "path": "/in/leads.csv", "list": "Leads"},
        "campaign-groups": {"name": "Spring", "group": GROUP, "contactList": "Leads"},
    }
    if kind == "campaign-groups":
        contact.send("POST", f"{API}/contact-lists", json=made["contact-lists"])
    if f"{API}/{kind}/{{name}}" in document()["paths"]:
        contact.send("POST", f"{API}/{kind}", json=made.get(kind, ELSEWHERE))
    if kind in ("compliance-rules", "compliance-choices"):
        contact.send("PUT", f"{API}/compliance-rules/quiet", json={"type": "location", "prefixes": ["1305"]})


@pytest.fixture(scope="module")
def schema() -> Any:
    """The document, as Schemathesis reads it."""
    import schemathesis

    return schemathesis.openapi.from_dict(document())


@pytest.mark.parametrize(("method", "path"), CALLS)
def test_any_call_is_answered_as_documented(
    caller: Contact, whole_testbed: Testbed, schema: Any, method: str, path: str
) -> None:
    import requests
    from hypothesis import HealthCheck, Phase, given, settings
    from schemathesis import GenerationMode, checks
    from schemathesis.specs.openapi import checks as openapi_checks

    operation = schema[path][method]
    fixed = {hole: name for hole, name in there(path).items() if f"{{{hole}}}" in path}
    held_to = [
        checks.not_a_server_error,
        openapi_checks.status_code_conformance,
        openapi_checks.content_type_conformance,
        openapi_checks.response_schema_conformance,
    ]
    seen = set()
    trusted = whole_testbed.env["SSL_CERT_FILE"]
    ways = [(GenerationMode.POSITIVE, fixed or None)]
    ways += [(GenerationMode.POSITIVE, None)] if fixed and method in ("GET", "DELETE") else []
    ways += [(GenerationMode.NEGATIVE, fixed or None)] if operation.body or operation.query else []
    with requests.Session() as session:
        for mode, names in ways:
            if names or method in ("POST", "PUT"):
                arrange(caller, path)

            @settings(
                max_examples=EXAMPLES,
                derandomize=True,
                database=None,
                deadline=None,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            )
            @given(case=operation.as_strategy(generation_mode=mode, path_parameters=names))
            def call(case: Any) -> None:
                case.headers.pop("x-api-key", None)
                case.cookies.clear()
                cookie = {"Cookie": caller.cookie}
                response = case.call(base_url=caller.url, session=session, headers=cookie, verify=trusted)
                seen.add(response.status_code)
                case.validate_response(response, checks=held_to)

            call()
    assert seen


BODIES = {
    "no UTF-8": b"\xff\xfe",
    "a lone surrogate": b'{"name":"\\ud800"}',
    "a NUL": b'{"name":"\\u0000","username":"\\u0000","password":"\\u0000","entries":["\\u0000"]}',
    "a list": b"[]",
    "null": b"null",
    "text": b'"name"',
    "a huge number": b'{"name":1e999,"version":123456789012345678901234567890}',
    "no number": b'{"name":NaN}',
    "cut short": b'{"name":',
    "very deep": b"[" * 100_000,
    "deep data": b'{"data":' * 500 + b"{}" + b"}" * 500,
    "an odd envelope": b'{"data":[1]}',
}


@pytest.mark.parametrize("kind", BODIES)
def test_no_body_is_too_strange_for_an_envelope(caller: Contact, kind: str) -> None:
    """Whatever cannot be read is told as such, by every operation that reads it."""
    for method, path in CALLS:
        if method in ("POST", "PUT", "PATCH") and "/files/" not in path:
            answer = caller.send(method, quote(path.format(**there(path))), body=BODIES[kind])
            told = document()["paths"][path][method.lower()]["responses"]
            assert str(answer.status) in told, (method, path, answer.text)
            assert answer.json()["status"]["message"]


@pytest.mark.parametrize(
    "name", ["%00", "a%00b", "%ff", "%20", "*", "%22", "'", "%F0%9F%98%80", "n" * 300, "%5C", "{}"]
)
def test_no_name_is_too_strange_for_an_envelope(caller: Contact, name: str) -> None:
    """Of what can be nobody's name there is nothing; no statement is tried with it that a database refuses."""
    for method, path in CALLS:
        if "{" in path:
            target = re.sub(r"\{\w+\}", lambda _: name, path.replace("{folder}", "import"))
            body: object = {} if method in ("POST", "PUT", "PATCH") and "/files/" not in path else None
            answer = caller.send(method, target, json=body)
            told = document()["paths"][path][method.lower()]["responses"]
            assert str(answer.status) in told, (method, path, answer.text)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "//labels",
        "/labels/",
        "/labels//VIP",
        "/labels/%",
        "/labels/%zz",
        "/labels/%00",
        "/labels/%2e%2e",
        "/labels/..%2Fapi-keys",
        "/labels/" + "n" * 5000,
        "/files/..%2F..%2Fetc/passwd",
        "/files/import/%2e%2e",
        "/files/import/..%2F..%2Fetc%2Fpasswd",
        "/nothing",
        "/calling-lists",
    ],
)
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "OPTIONS", "HEAD"])
def test_no_path_leads_astray(caller: Contact, method: str, path: str) -> None:
    answer = caller.send(method, API + path)
    assert answer.status in (400, 404, 405), answer.text


def test_a_method_that_will_not_do_is_told_with_those_that_will(caller: Contact) -> None:
    answer = caller.send("DELETE", f"{API}/contact-lists")
    assert (answer.status, answer.headers["allow"]) == (405, "GET, POST")
