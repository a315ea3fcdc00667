"""The OpenAPI document tells all that the API does, and nothing that it does not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest
import schemathesis

from cxmock.reference.openapi import behind, document, documented
from cxmock.reference.service import API
from cxmock.topology import Component

INTERNAL = {"POST /cx-contact/v3/calling-lists", "DELETE /cx-contact/v3/calling-lists/{name}"}
"""What services ask of one another; no caller from outside gets there."""
ROUTES = {
    (service, str(route))
    for service, one in documented().items()
    for route in one.routes.table
    if route.template.startswith(API)
}


def operations() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield what the document has: ``GET /path``, and what it says of it."""
    for path, item in document()["paths"].items():
        for method, operation in item.items():
            if method != "parameters":
                yield f"{method.upper()} {path}", operation


def test_every_route_is_in_the_document_and_nothing_else() -> None:
    assert {call for _, call in ROUTES} - INTERNAL == {call for call, _ in operations()}


def test_every_call_gets_to_the_service_that_answers_it() -> None:
    for service, call in ROUTES:
        segment = call.partition(f"{API}/")[2].partition("/")[0]
        assert behind().get(segment) is (None if call in INTERNAL else service), call


def test_it_is_an_openapi_document() -> None:
    schema = schemathesis.openapi.from_dict(json.loads(json.dumps(document())))
    schema.validate()
    assert document()["openapi"] == "3.1.0"


def test_each_operation_has_a_name_of_its_own_and_says_what_it_does() -> None:
    names = [operation["operationId"] for _, operation in operations()]
    assert len(names) == len(set(names))
    assert all(operation["summary"] and operation["tags"] for _, operation in operations())


@pytest.mark.parametrize(("call", "operation"), [pytest.param(*one, id=one[0]) for one in operations()])
def test_each_schema_is_one_and_has_a_meaning(call: str, operation: dict[str, Any]) -> None:
    schemas = [one["schema"] for one in operation.get("parameters", ())]
    contents = [operation.get("requestBody", {}), *operation["responses"].values()]
    schemas += [one["schema"] for said in contents for one in said.get("content", {}).values()]
    for schema in schemas:
        jsonschema_rs.meta.validate({**schema, "components": document()["components"]})
    properties = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    for name, field in properties.get("properties", {}).items():
        assert field, (call, name)


def test_who_is_not_logged_in_gets_at_what_is_open_alone() -> None:
    open_calls = {call for call, operation in operations() if operation.get("security") == []}
    assert open_calls == {f"POST {API}/login", f"GET {API}/openapi.json"}
    for call, operation in operations():
        assert ("401" in operation["responses"]) or call.endswith("openapi.json"), call


def test_what_ocs_and_nexus_ask_is_no_part_of_it() -> None:
    assert all(call.partition(" ")[2].startswith(API) for call, _ in operations())
    assert Component.DIAL_MANAGER not in documented()
