"""What an operation is called, so that promises about it are found without a search, and whether it failed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

UNASKED = ""
"""The name of what a provider says without being asked."""

PLACES: Mapping[str, str] = {
    "redis": "$.argv[0]",
    "sftp": "$.op",
    "ftp": "$.op",
    "nfs": "$.proc",
    "ocs": "$.message",
    "confserv": "$.message",
}
"""Where in a transport's operations the name stands. SQL begins with it."""


EXTENSIONS = "extensions"
_EXTENDED = ("ocs", "confserv")
"""Transports whose messages have that attribute."""


def name_of(transport: str, request: Mapping[str, Any]) -> str:
    """Return the name of an operation; of one that has none, the names of its fields.

    >>> name_of("redis", {"argv": ["hget", "a", "b"]}), name_of("postgresql", {"sql": "select 1"})
    ('HGET', 'SELECT')
    >>> name_of("nfs", {"proc": "READ", "path": "/in"}), name_of("postgresql", {"login": {}}), name_of("ocs", {})
    ('READ', 'login', '')
    """
    if not request:
        return UNASKED
    said: object = None
    if transport == "postgresql":
        sql = request.get("sql")
        said = sql.split(None, 1)[0].upper() if isinstance(sql, str) and sql.strip() else None
    elif transport == "redis":
        argv = request.get("argv")
        said = str(argv[0]).upper() if isinstance(argv, list) and argv else None
    elif transport in PLACES:
        said = request.get(PLACES[transport].removeprefix("$."))
    return said if isinstance(said, str) else ",".join(sorted(request))


def says_extensions(transport: str, request: object) -> bool:
    """Whether an operation says what goes along with it: the attribute ``extensions`` of a message.

    >>> says_extensions("ocs", {"message": "StopDialing", "attributes": {"extensions": {"x-b3-traceid": "463ac35c"}}})
    True
    """
    if transport not in _EXTENDED or not isinstance(request, Mapping):
        return False
    attributes = request.get("attributes")
    return isinstance(attributes, Mapping) and EXTENSIONS in attributes


def without_extensions(request: Mapping[str, Any]) -> dict[str, Any]:
    """Return a message without what goes along with it, as HTTP's headers do: it changes nothing of what is asked.

    >>> without_extensions({"message": "StopDialing", "attributes": {"groupId": 7, "extensions": {}}})
    {'message': 'StopDialing', 'attributes': {'groupId': 7}}
    """
    attributes = {name: value for name, value in request["attributes"].items() if name != EXTENSIONS}
    return {**request, "attributes": attributes}


def is_error(content: object) -> bool:
    """Whether what was observed is an error of the protocol, in the shape that contracts use.

    >>> is_error({"type": "error", "value": "ERR"}), is_error({"status": "NOENT"}), is_error({"error": "NO_SUCH_FILE"})
    (True, True, True)
    >>> is_error({"messages": [{"message": "Error", "attributes": {}}]}), is_error({"status": "OK", "count": 1})
    (True, False)
    """
    if not isinstance(content, Mapping):
        return False
    messages = content.get("messages")
    if isinstance(messages, list) and messages:
        last = messages[-1]
        return isinstance(last, Mapping) and last.get("message") == "Error"
    return "error" in content or content.get("type") == "error" or content.get("status", "OK") != "OK"
