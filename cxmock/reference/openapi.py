"""The OpenAPI 3.1 document of CX Contact's API, made of what stands beside each service's routes (see ``operations``).

That there is such a document, and where, is assumed; so are most of the operations in it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from typing import Any

from cxmock import __version__
from cxmock.reference.operations import PAGING, Documented, Operation
from cxmock.reference.service import API, API_KEY_HEADER
from cxmock.reference.sessions import COOKIE
from cxmock.serving.routes import Route
from cxmock.topology import Component

ANSWERING = (
    Component.API_AGGREGATOR,
    Component.LIST_BUILDER,
    Component.LIST_MANAGER,
    Component.COMPLIANCE_MANAGER,
    Component.CAMPAIGN_MANAGER,
    Component.JOB_SCHEDULER,
    Component.DIAL_MANAGER,
)
"""The services that answer calls of the API; each has a module ``api``."""

REFUSALS = {
    400: "A field or parameter is missing (651) or wrong (652); or the body is not JSON.",
    401: "Nobody is logged in, or the session or API key has expired (601).",
    403: "The caller may not do this (603).",
    404: "There is no such object (604).",
    405: "Another method would do; `Allow` tells which.",
    409: "There is one already (609), or the state of things does not allow it (409).",
    502: "A system behind answered what cannot be understood (515).",
    503: "A system behind does not answer (515).",
}
_HOLE = re.compile(r"\{(\w+)\}")


@cache
def documented() -> Mapping[Component, Documented]:
    """Return the operations of each service.

    The services do not know one another: their modules are looked up by name.
    """
    return {
        service: import_module(f"cxmock.reference.services.{service.value.replace('-', '_')}.api").DOCUMENTED
        for service in ANSWERING
    }


@cache
def behind() -> Mapping[str, Component]:
    """Return who answers what begins with a first segment below the API's base."""
    found: dict[str, Component] = {}
    for service, one in documented().items():
        for call in one.operations:
            found.setdefault(call.partition(f"{API}/")[2].partition("/")[0], service)
    return found


@cache
def document() -> dict[str, Any]:
    """Return the document."""
    paths: dict[str, dict[str, Any]] = {}
    for service, one in documented().items():
        summaries = {f"{route.method} {route.template}": route for route in one.routes.table}
        for call, operation in one.operations.items():
            method, _, path = call.partition(" ")
            there = paths.setdefault(path, _path_item(path))
            there[method.lower()] = _operation(service, summaries[call], operation)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "CX Contact in miniature",
            "version": __version__,
            "description": "The API of the reference CX Contact. Base path and envelope follow the real one; "
            "paths and bodies below are assumed, for they are not public.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/", "description": "The ingress."}],
        "tags": [{"name": service.label} for service in documented()],
        "paths": dict(sorted(paths.items())),
        "components": {"schemas": _SCHEMAS, "securitySchemes": _SECURITY},
        "security": [{"session": []}, {"apiKey": []}],
    }


def _path_item(path: str) -> dict[str, Any]:
    holes = _HOLE.findall(path)
    schema = {"type": "string", "minLength": 1}
    if not holes:
        return {}
    return {"parameters": [{"name": hole, "in": "path", "required": True, "schema": schema} for hole in holes]}


def _operation(service: Component, route: Route, operation: Operation) -> dict[str, Any]:
    told: dict[str, Any] = {
        "operationId": f"{service.value}.{route.name}",
        "tags": [service.label],
        "summary": route.summary.removesuffix("."),
    }
    if operation.open:
        told["security"] = []
    if operation.query:
        told["parameters"] = [
            {
                "name": name,
                "in": "query",
                "required": False,
                "description": schema.get("description", ""),
                "schema": {key: value for key, value in schema.items() if key != "description"},
            }
            for name, schema in operation.query.items()
        ]
    if (schema := operation.request_schema) is not None:
        told["requestBody"] = {
            "required": bool(schema.get("required")),
            "content": {operation.takes: {"schema": schema}},
        }
    answers = {str(status): _answer(status, operation) for status in operation.statuses}
    refusals = {str(status): _refusal(status) for status in sorted(_statuses(route, operation))}
    told["responses"] = answers | refusals
    return told


def _statuses(route: Route, operation: Operation) -> set[int]:
    """Return the statuses with which an operation may refuse."""
    found = {502, 503, *operation.refuses}
    takes_body = operation.request_schema is not None
    if operation.query or takes_body:
        found.add(400)
    if not operation.open:
        found.add(401)
        if route.method != "GET" and not operation.for_readers:
            found.add(403)
    if "{" in route.template:
        found |= {404, 405}
    return found


def _answer(status: int, operation: Operation) -> dict[str, Any]:
    if operation.raw:
        return {"description": "Done.", "content": {operation.raw: {"schema": operation.answer}}}
    properties = {"status": {"$ref": "#/components/schemas/Status"}, "data": operation.answer}
    if operation.paged:
        properties["paging"] = PAGING
    schema = {"type": "object", "properties": properties, "required": list(properties)}
    said = {201: "Made.", 202: "Accepted: it is under way."}.get(status, "Done.")
    return {"description": said, "content": {"application/json": {"schema": schema}}}


def _refusal(status: int) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Refusal"}
    return {"description": REFUSALS[status], "content": {"application/json": {"schema": schema}}}


_TEXT = {"type": "string"}
_CODE = {"type": "integer", "examples": [0, 604]}
_SCHEMAS = {
    "Status": {
        "type": "object",
        "description": "What became of the request: 0 done, 1 accepted, else why not.",
        "properties": {"code": _CODE, "message": _TEXT, "detail": _TEXT},
        "required": ["code", "message", "detail"],
    },
    "Paging": {
        "type": "object",
        "description": "Which part of the list this is, and how many there are in all.",
        "properties": {name: {"type": "integer", "minimum": 0} for name in ("offset", "limit", "total")},
        "required": ["offset", "limit", "total"],
    },
    "Refusal": {
        "type": "object",
        "properties": {
            "status": {"$ref": "#/components/schemas/Status"},
            "data": {"type": "null"},
            "errors": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {"code": _CODE, "message": _TEXT},
                    "required": ["code", "message"],
                },
            },
            "path": _TEXT,
        },
        "required": ["status", "data", "errors", "path"],
    },
}
_SECURITY = {
    "session": {"type": "apiKey", "in": "cookie", "name": COOKIE, "description": "Set by a login."},
    "apiKey": {"type": "apiKey", "in": "header", "name": API_KEY_HEADER, "description": "Made below /api-keys."},
}
