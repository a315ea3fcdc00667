"""Redis commands as contracts promise them: a tenant's keys, what they hold, and the replies.

The words are Redis' own; keys and values are assumed.
"""

from __future__ import annotations

import re
from typing import Any

from cxmock.contracts.authoring import Evidence, Given, Row, Term, digits, given, observed, regex, stated

REPLIES = observed("Redis and Valkey alike")
SECONDS = digits("86400")
"""How long a key lives: ours to choose."""
JSON = regex(r"[\[{][\s\S]*", '{"name":"nightly"}')
OK = {"type": "string", "value": "OK"}
NIL = {"type": "nil", "value": None}


def key(*parts: str) -> Term:
    """Return an example of a key; any tenant, and in the last part any name, will do."""
    *before, _ = parts
    middle = "".join(f"{re.escape(part)}:" for part in before)
    return regex(rf"cxc:\{{[^}}]+\}}:{middle}.+", name(*parts))


def fixed(*parts: str) -> Term:
    """Return an example of a key that each tenant has once."""
    return regex(rf"cxc:\{{[^}}]+\}}:{':'.join(map(re.escape, parts))}", name(*parts))


def name(*parts: str) -> str:
    """Return the key itself."""
    return f"cxc:{{Acme}}:{':'.join(parts)}"


def no_key(*parts: str) -> Given:
    """Return the state that there is no such key."""
    return given("there is no key {key}", key=name(*parts))


def text(*parts: str, said: str) -> Given:
    """Return the state that a key is a string."""
    return given("key {key} is {text}", key=name(*parts), text=said)


def hash_of(*parts: str, **fields: str) -> Given:
    """Return the state that a key is a hash."""
    return given("hash {key} holds {fields}", key=name(*parts), fields=fields)


def count(number: int) -> dict[str, Any]:
    """Return the reply that counts: what was there before decides."""
    return {"type": "integer", "value": stated(number)}


def bulk(example: str, promised: Any = None) -> dict[str, Any]:
    """Return the reply that is a text: this one in the promise's state, any, or one as promised, elsewhere."""
    return {"type": "bulk", "value": stated(example, promised)}


def ask(row: Row, description: str, evidence: Evidence, argv: Any, reply: Any, *states: Given) -> None:
    """Add a promise about one command."""
    row.operation(description, evidence, "redis", {"argv": argv}, reply, states=states)
