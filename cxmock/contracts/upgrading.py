"""Turns Pacts of specifications 1 to 3, as other people's tools write them, into version 4: all else here knows one."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from msgspec import UNSET, Struct, UnsetType, field

from cxmock.contracts import places
from cxmock.errors.contracts import ContractMalformed

Json = Any
_Headers = dict[str, str | list[str]]

VERSION = "4.0"
_BY_NAME = ("header", "query", "metadata")
"""Categories of rules that are by name; the others by path, or without any."""


class _State(Struct):
    name: str
    params: dict[str, Json] = {}


class _Described(Struct, kw_only=True):
    description: str
    state: str | None = field(default=None, name="providerState")
    old_state: str | None = field(default=None, name="provider_state")
    states: list[_State] | None = field(default=None, name="providerStates")


class _Ruled(Struct, kw_only=True):
    rules: dict[str, Json] | None = field(default=None, name="matchingRules")
    generators: dict[str, Json] | None = None


class _Request(_Ruled, kw_only=True):
    method: str = "GET"
    path: str = "/"
    query: str | dict[str, Json] | None = None
    headers: _Headers | None = None
    body: Json = UNSET


class _Response(_Ruled, kw_only=True):
    status: int = 200
    headers: _Headers | None = None
    body: Json = UNSET


class _Interaction(_Described, kw_only=True):
    request: _Request
    response: _Response


class _Message(_Described, kw_only=True):
    rules: dict[str, Json] | None = field(default=None, name="matchingRules")
    generators: dict[str, Json] | None = None
    contents: Json = UNSET
    jvm_metadata: dict[str, Json] | None = field(default=None, name="metaData")
    metadata: dict[str, Json] | None = None


class _Pact(Struct):
    interactions: list[_Interaction] = []
    messages: list[_Message] = []


def version_of(document: Mapping[str, Any]) -> str:
    """Return the version of the Pact specification that a document says it follows; empty where it says none.

    >>> version_of({"metadata": {"pactSpecification": {"version": "2.0.0"}}})
    '2.0.0'
    >>> version_of({"metadata": {"pactSpecificationVersion": "1.0.0"}})
    '1.0.0'
    """
    metadata = document.get("metadata")
    if not isinstance(metadata, dict):
        return ""
    for name in ("pactSpecification", "pact-specification"):
        if isinstance(said := metadata.get(name), dict) and isinstance(said.get("version"), str):
            return str(said["version"])
    said = metadata.get("pactSpecificationVersion")
    return said if isinstance(said, str) else ""


def upgraded(document: Mapping[str, Any], file: str) -> dict[str, Any]:
    """Return a document of specification 1, 2 or 3 as one of version 4. ``file`` is its name in errors.

    Raises:
        ContractMalformed: it is not what its specification says.
    """
    try:
        pact = msgspec.convert(document, _Pact)
    except msgspec.ValidationError as error:
        reason, _, place = str(error).partition(" - at ")
        raise ContractMalformed(file, place.strip("`"), reason) from error
    try:
        interactions = [_http(one, f"$.interactions[{place}]") for place, one in enumerate(pact.interactions)]
        interactions += [_message(one, f"$.messages[{place}]") for place, one in enumerate(pact.messages)]
    except _Fault as fault:
        raise ContractMalformed(file, fault.place, fault.reason) from fault
    kept = {name: document[name] for name in ("consumer", "provider") if name in document}
    ours = document["metadata"].get("cxmock", {})
    return {
        **kept,
        "interactions": interactions,
        "metadata": {"pactSpecification": {"version": VERSION}, "cxmock": ours},
    }


class _Fault(Exception):
    """Something is not as its specification says."""

    def __init__(self, place: str, reason: str) -> None:
        super().__init__(reason)
        self.place = place
        self.reason = reason


def _http(one: _Interaction, place: str) -> dict[str, Json]:
    request, response = one.request, one.response
    asked: dict[str, Json] = {"method": request.method.upper(), "path": request.path}
    if query := _query(request.query):
        asked["query"] = query
    asked |= _common(request, f"{place}.request")
    answered = {"status": response.status, **_common(response, f"{place}.response")}
    return {"type": "Synchronous/HTTP", **_described(one), "request": asked, "response": answered}


def _message(one: _Message, place: str) -> dict[str, Json]:
    metadata = one.metadata or one.jvm_metadata or {}
    said = next((value for name, value in metadata.items() if name.lower().replace("-", "") == "contenttype"), "")
    message: dict[str, Json] = {"type": "Asynchronous/Messages", **_described(one), "metadata": metadata}
    if one.contents is not UNSET and one.contents is not None:
        message["contents"] = _body(one.contents, str(said))
    return message | _ruled(one, place)


def _described(one: _Described) -> dict[str, Json]:
    single = one.state or one.old_state
    states = one.states if one.states is not None else [_State(single)] if single else []
    described: dict[str, Json] = {"description": one.description}
    if states:
        described["providerStates"] = [
            {"name": state.name, "params": state.params} if state.params else {"name": state.name} for state in states
        ]
    return described


def _common(one: _Request | _Response, place: str) -> dict[str, Json]:
    """Return what a request and a response have in common."""
    headers = one.headers or {}
    common: dict[str, Json] = {"headers": headers} if headers else {}
    if not isinstance(one.body, UnsetType):
        said = next((value for name, value in headers.items() if name.lower() == "content-type"), "")
        common["body"] = None if one.body is None else _body(one.body, said if isinstance(said, str) else said[0])
    return common | _ruled(one, place)


def _query(query: str | dict[str, Json] | None) -> dict[str, list[str]]:
    """Return a query as lists of values by name.

    >>> _query("a=1&b=x%20y&a=2"), _query({"a": "1", "b": ["2", None]})
    ({'a': ['1', '2'], 'b': ['x y']}, {'a': ['1'], 'b': ['2', '']})
    """
    found: dict[str, list[str]] = {}
    if isinstance(query, dict):
        for name, values in query.items():
            several = values if isinstance(values, list) else [values]
            found[name] = ["" if value is None else str(value) for value in several]
    else:
        for name, value in parse_qsl(query or "", keep_blank_values=True):
            found.setdefault(name, []).append(value)
    return found


# Bodies

_DETECTED = (
    (re.compile(r"\s*<\?xml\b"), "application/xml"),
    (re.compile(r"\s*<(!doctype|html)\b", re.IGNORECASE), "text/html"),
    (re.compile(r"\s*<\w+"), "application/xml"),
)
_JSON = re.compile(r"application/(?:[\w.+-]+\+)?json(?:;|$)|application/json-\w+", re.IGNORECASE)
_TEXT = re.compile(r"text/|application/(?:[\w.+-]+\+)?(?:xml|x-www-form-urlencoded|javascript|graphql)", re.IGNORECASE)


def _body(content: Json, content_type: str) -> dict[str, Json]:
    """Return a body with its content type, and how it is written.

    >>> _body({"a": 1}, "")
    {'content': {'a': 1}, 'contentType': 'application/json', 'encoded': False}
    >>> _body("AAE=", "application/octet-stream")["encoded"], _body("<a/>", "")["contentType"]
    ('base64', 'application/xml')
    """
    if not isinstance(content, str):
        return {"content": content, "contentType": content_type or "application/json", "encoded": False}
    if not content:
        return {"content": ""}
    content_type = content_type or next((name for looks, name in _DETECTED if looks.match(content)), "text/plain")
    if _JSON.match(content_type):
        return {"content": _as_json(content), "contentType": content_type, "encoded": "JSON"}
    binary = not _TEXT.match(content_type) and _is_base64(content)
    return {"content": content, "contentType": content_type, "encoded": "base64" if binary else False}


def _as_json(text: str) -> str:
    """Return JSON: older files have it as it is, or a text that is a JSON value itself."""
    try:
        json.loads(text)
    except ValueError:
        return json.dumps(text)
    return text


def _is_base64(text: str) -> bool:
    return len(text) % 4 == 0 and re.fullmatch(r"[A-Za-z0-9+/]+={0,2}", text) is not None


# Matching rules and generators


def _ruled(one: _Ruled | _Message, place: str) -> dict[str, Json]:
    ruled: dict[str, Json] = {}
    if one.rules:
        old = any(name.startswith("$") for name in one.rules)
        where = f"{place}.matchingRules"
        ruled["matchingRules"] = _from_paths(one.rules, where) if old else dict(_by_category(one.rules, where))
    if one.generators:
        ruled["generators"] = {_category(name): value for name, value in one.generators.items() if value}
    return ruled


def _by_category(rules: Mapping[str, Json], place: str) -> Iterator[tuple[str, Json]]:
    """Yield the rules of version 3, which are those of version 4 but for what is left out."""
    for name, said in rules.items():
        if not isinstance(said, dict):
            raise _Fault(f"{place}.{name}", "rules are an object")
        category = _category(name)
        if category in ("path", "status"):
            if said.get("matchers"):
                yield category, said
        elif kept := {where: rule for where, rule in said.items() if isinstance(rule, dict) and rule.get("matchers")}:
            yield category, kept


def _from_paths(rules: Mapping[str, Json], place: str) -> dict[str, Json]:
    """Return the rules of version 2, which has all in one place: ``$.body.items[*].id``, ``$.headers.Location``."""
    found: dict[str, Json] = {}
    for text, said in rules.items():
        where = f"{place}[{text!r}]"
        if not isinstance(said, dict):
            raise _Fault(where, "a rule is an object")
        try:
            category, *steps = places.read(text)
        except ValueError as error:
            raise _Fault(where, f"{text!r} is no path to body, path, query or a header") from error
        rule = {"combine": "AND", "matchers": [_matcher(said)]}
        name = _category(str(category))
        if name == "body":
            found.setdefault(name, {})[places.write(tuple(steps))] = rule
        elif name in _BY_NAME and steps:
            found.setdefault(name, {})[str(steps[0])] = rule
        elif name in ("path", "status"):
            found[name] = rule
        else:
            raise _Fault(where, f"{text!r} is no path to body, path, query or a header")
    return found


def _category(name: str) -> str:
    return {"headers": "header", "metaData": "metadata", "contents": "body"}.get(name, name)


def _matcher(said: Mapping[str, Json]) -> dict[str, Json]:
    """Return a matcher with its name: in version 2 its setting may be all there is.

    >>> _matcher({"min": 1}), _matcher({"regex": "a+"})
    ({'match': 'type', 'min': 1}, {'match': 'regex', 'regex': 'a+'})
    """
    if "match" in said:
        return dict(said)
    name = next((name for name in ("regex", "timestamp", "date", "time") if name in said), "type")
    return {"match": name, **said}
