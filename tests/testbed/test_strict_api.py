"""In strict mode the API takes whatever its OpenAPI document says, in any combination, and no field beyond that."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import chain
from typing import Any

import pytest

from cxmock.contracts.explaining import Explanation
from cxmock.reference.openapi import document
from cxmock.reference.service import API
from cxmock.serving.guard import Judge
from cxmock.testbed import Testbed
from cxmock.testbed.contact import Contact
from cxmock.testbed.strict import judges
from cxmock.topology import Component
from cxmock.wire.http import Request, to_json

Schema = dict[str, Any]
COOKIE = {"cookie": "cxc-session-cookie=4711"}
SENSIBLE: Mapping[str, Any] = {
    "file": "import/leads.csv",
    "color": "#00ff00",
    "encoding": "UTF-8",
    "country": "GB",
    "timeZone": "Europe/London",
    "callerId": "+442079460000",
    "to": "+447700900018",
    "otherwise": "rest",
    "rules": ["quiet"],
    "by": "custom",
    "list": "Spring",
    "path": "/in/leads-*.csv",
    "expires": 2147483647,
    "key": "-----BEGIN PGP PUBLIC KEY BLOCK-----",
    "at": "2099-01-01T08:00:00Z",
}
"""Values of fields of which their schemas do not tell enough; by name."""
OF_COMMANDS = {"load": ("autoCompletion",), "dial-mode": ("dialMode", "optimizeBy", "optimizeGoal")}
"""The commands that take fields: the document tells those of all commands together."""
WITHOUT = {"start", "pause", "resume", "stop", "unload", "force-unload", "load"}
"""The commands that are given without any."""
AS_GOOD_AS_NEEDED = {"test-messages": ("text",), "upload-rules": ("lists",), "upload-rules/{name}": ("lists",)}
"""One of several fields is needed: the one that goes with the others of the example."""
EXPORT = f"POST {API}/contact-lists/{{name}}/export"


@cache
def judge() -> Judge:
    return judges([1])[1]


def refusal(call: str, body: object = None, headers: Mapping[str, str] = COOKIE) -> Explanation | None:
    method, _, target = call.partition(" ")
    sent = dict(headers)
    if body is not None:
        sent["content-type"] = "application/octet-stream" if isinstance(body, bytes) else "application/json"
    data = body if isinstance(body, bytes) else b"" if body is None else to_json(body)
    request = Request(method, target, sent, data)
    found = judge()("http", call, request, ())
    assert found is None or isinstance(found, Explanation)
    return found


def example(name: str, schema: Schema) -> Any:
    """Return a sensible value of a field."""
    if name in SENSIBLE:
        return SENSIBLE[name]
    if "examples" in schema:
        return schema["examples"][0]
    if "enum" in schema:
        return next(one for one in schema["enum"] if one)
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    match kinds[0]:
        case "string":
            return "x" * max(1, schema.get("minLength", 0))
        case "integer":
            return max(1, schema.get("minimum", 1))
        case "number":
            return 50.5
        case "boolean":
            return True
        case "array":
            return [example("", schema["items"])]
        case _:
            return full(schema)


def full(schema: Schema) -> dict[str, Any]:
    """Return an object with all the fields that there are."""
    return {name: example(name, one) for name, one in schema.get("properties", {}).items()}


def bodies() -> Iterator[tuple[str, dict[str, Any], tuple[str, ...]]]:
    """Yield each call with a body: what it asks for, a full example, and the fields that are needed."""
    for path, item in document()["paths"].items():
        for method in ("post", "put", "patch"):
            content = item.get(method, {}).get("requestBody", {}).get("content", {})
            if (schema := content.get("application/json", {}).get("schema")) is None:
                continue
            call = f"{method.upper()} {path}"
            whole = full(schema)
            if call == EXPORT:
                whole["file"] = "export/results.csv"
            needed = (*schema.get("required", ()), *AS_GOOD_AS_NEEDED.get(call.partition(f"{API}/")[2], ()))
            if "{command}" not in call:
                yield call, whole, needed
            else:
                assert set(whole) == set(chain(*OF_COMMANDS.values()))
                for command, names in OF_COMMANDS.items():
                    needs = ("dialMode",) if command == "dial-mode" else ()
                    yield call.replace("{command}", command), {name: whole[name] for name in names}, needs


CALLS = [pytest.param(*one, id=one[0].replace(API, "")) for one in bodies()]


def named(call: str) -> str:
    """Return a call with names in its holes."""
    for hole, name in {"name": "Spring", "group": "Spring@Agents", "folder": "import", "entry": "1"}.items():
        call = call.replace(f"{{{hole}}}", name)
    return call


@pytest.mark.parametrize(("call", "whole", "needed"), CALLS)
def test_a_body_may_have_all_its_fields_or_any_of_them(
    call: str, whole: dict[str, Any], needed: tuple[str, ...]
) -> None:
    least = {name: whole[name] for name in needed}
    ways = [whole, *({**least, name: value} for name, value in whole.items())]
    ways += [{other: value for other, value in whole.items() if other != name} for name in whole if name not in needed]

    assert [str(why) for body in ways if (why := refusal(named(call), body))] == []


@pytest.mark.parametrize(("call", "whole", "needed"), CALLS)
def test_a_body_may_have_no_other_field(call: str, whole: dict[str, Any], needed: tuple[str, ...]) -> None:
    explained = refusal(named(call), {**whole, "shoeSize": 42})

    assert explained is not None
    assert [one.place for one in explained.mismatches] == ["$.shoeSize"]
    assert f"no promise that {named(call)} is done has it" in explained.mismatches[0].text
    assert explained.fix.startswith("Leave out the body's $.shoeSize; or add a promise to 01-client-ingress.json")


@pytest.mark.parametrize(("call", "whole", "needed"), CALLS)
def test_a_session_and_an_api_key_open_the_same(call: str, whole: dict[str, Any], needed: tuple[str, ...]) -> None:
    assert refusal(named(call), whole, {"x-api-key": "bmlnaHRseQ==.secret"}) is None


def queries() -> Iterator[tuple[str, dict[str, Schema]]]:
    for path, item in document()["paths"].items():
        for method, operation in item.items():
            if method != "parameters" and "parameters" in operation:
                asked = {one["name"]: one["schema"] for one in operation["parameters"]}
                yield f"{method.upper()} {path}", asked


@pytest.mark.parametrize(("call", "parameters"), [pytest.param(*one, id=one[0].replace(API, "")) for one in queries()])
def test_a_query_may_have_any_of_its_parameters_and_no_other(call: str, parameters: dict[str, Schema]) -> None:
    values = {name: example(name, schema) for name, schema in parameters.items()}
    values |= {"sort": "-name,created"} if "sort" in values else {}
    texts = {name: json.dumps(value) if not isinstance(value, str) else value for name, value in values.items()}
    pairs = [f"{name}={text}".replace("#", "%23").replace("+", "%2B") for name, text in texts.items()]

    body = b"FirstName,Device1\n" if call.startswith("PUT") else None

    for query in ["&".join(pairs), *pairs]:
        assert refusal(f"{named(call)}?{query}", body) is None, query
    assert refusal(f"{named(call)}?{'&'.join(pairs)}&shoeSize=42", body) is not None


def test_what_needs_no_body_is_asked_without_one() -> None:
    calls = [f"POST {API}/campaign-groups/Spring@Agents/{command}" for command in sorted(WITHOUT)]
    for path, item in document()["paths"].items():
        for method, operation in item.items():
            needed = method == "parameters" or operation.get("requestBody")
            if not needed:
                calls.append(f"{method.upper()} {named(path)}")

    assert [str(why) for call in calls if (why := refusal(call))] == []
    assert len(calls) > 60


def test_a_job_of_many_fields_is_defined_and_told_again(cx_testbed: Testbed) -> None:
    """Each of its fields is promised somewhere; all of them together nowhere. It is sent by an API key."""
    cx_testbed.start(Component.INGRESS)
    contact = Contact(cx_testbed)
    contact.login()
    key = contact.post("/api-keys", {"name": "nightly"})["key"]
    contact.close()
    job = {
        "name": "nightly",
        "action": "import-contacts",
        "list": "Spring",
        "path": "/in/leads-*.csv",
        "schedule": {"cron": "0 8 * * mon-fri", "timeZone": "Europe/Paris"},
        "files": "newest",
        "retries": 2,
        "options": {"duplicatesBy": ["ClientID"], "maxRejects": 5},
    }
    cx_testbed.be_strict(1)
    outside = Contact(cx_testbed)
    outside.use_key(key)

    defined = outside.send("POST", f"{API}/jobs", json=job)
    refused = outside.send("POST", f"{API}/jobs", json={**job, "overlaps": "wait"})
    outside.close()

    assert defined.status == 201
    assert job.items() <= defined.json()["data"].items()
    assert refused.status == 501
    told = refused.json()
    assert told["what"].startswith(f"POST {API}/jobs is not as promised on connection 1")
    assert told["nearest"][0]["differs"] == [
        f"request body $.overlaps: is not promised: no promise that POST {API}/jobs is done has it. "
        'Did you mean "overlap"?'
    ]
