"""Stands before a PostgreSQL server in strict mode: what is refused never reaches it, and it knows of the refusal.

A refused statement is replaced by one that fails as soon as it is read, so that the server itself answers in its turn,
passes over what depends on it, and fails the transaction. Its error is replaced by one that explains, on the way back.

What is refused in the extended protocol: a Parse, when no promise is about such a statement whatever its parameters; a
Bind, when there is none with these parameters. In a simple query with several statements, the first one that is not
promised ends it, as it does when a server finds it wrong.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from typing import Any, Final

from cxmock.wire.observed import Objection, Observed
from cxmock.wire.postgres import messages as say
from cxmock.wire.postgres.decoder import PostgresDecoder
from cxmock.wire.postgres.framing import Framer, Message
from cxmock.wire.postgres.sql import operation, split
from cxmock.wire.postgres.underway import Portal, Statement, Step, request_facts

SQLSTATE: Final = "0A000"
"""Feature not supported: no client takes it for an answer that it knows."""
WAITING_LIMIT: Final = 1000
"""Refusals that wait for the server's error; of more the oldest are forgotten."""

_LEAVING = frozenset(("ROLLBACK", "ABORT", "DEALLOCATE", "EMPTY"))
"""What always passes: a client has to get out of a transaction that has failed; drivers tidy up behind themselves."""
_LATER: Final = frozenset(("params", "copy", "data"))
"""What of a statement is not known before it is bound, or copied."""
_MARK = re.compile(r"cxmock-refused-\d+")


class PostgresScreen:
    """The :class:`~cxmock.wire.observed.Screen` of PostgreSQL.

    Args:
        decoder: watches the same connection; it is given what comes after this has seen it.
        objection: who objects to statements.
    """

    def __init__(self, decoder: PostgresDecoder, objection: Objection) -> None:
        self._decoder = decoder
        self._objection = objection
        self._requests: _Passing | None = None
        self._answers: _Passing | None = None
        self._parsed: dict[str, Statement] = {}
        """Statements of which the decoder does not know yet."""
        self._passed_over = False
        """Whether the server passes over everything up to the next Sync."""
        self._refusals: dict[str, str] = {}
        """Why, by the mark that the server's error will have."""
        self._count = 0

    def upstream(self, data: bytes) -> bytes:
        """Return what is said to the server instead of ``data``."""
        if self._requests is None:
            if not self._objection or not self._decoder.between_messages:
                return data
            self._requests, self._answers = _Passing(), _Passing()
        self._parsed.clear()
        said = self._requests.through(data, self._instead)
        if not self._objection and not self._refusals and self._requests.idle and self._decoder.between_messages:
            self._requests = self._answers = None
        return said

    def downstream(self, data: bytes) -> bytes:
        """Return what is said to the client instead of ``data``."""
        return data if self._answers is None else self._answers.through(data, self._explained)

    def _instead(self, message: Message) -> bytes | None:
        """Return what a message of the client is replaced by; None where it is said as it is."""
        kind = chr(message.kind)
        if kind == "S":
            self._passed_over = False
        if kind not in "QPB" or (self._passed_over and kind != "Q"):
            return None
        try:
            if kind == "Q":
                return self._query(say.read_query(message.payload))
            why = self._why_not_parse(message.payload) if kind == "P" else self._why_not_bind(message.payload)
        except say.MALFORMED:
            return None
        if not why:
            return None
        self._passed_over = True
        return say.parse("cxmock-refused", self._failing(why))

    def _query(self, sql: str) -> bytes | None:
        statements = split(sql) if ";" in sql else [sql]
        for place, one in enumerate(statements):
            later = _LATER if operation(one) == "COPY" else ()
            if why := self._why({"sql": one, "params": []}, later):
                return say.query(";".join([*statements[:place], self._failing(why)]))
        return None

    def _why_not_parse(self, payload: bytes) -> str:
        name, sql, types = say.read_parse(payload)
        self._parsed[name] = Statement(sql, types)
        return self._why({"sql": sql}, _LATER)

    def _why_not_bind(self, payload: bytes) -> str:
        bind = say.read_bind(payload)
        statement = self._parsed.get(bind.statement) or self._decoder.statement(bind.statement)
        if statement is None:
            return ""
        request = request_facts(Step("B", 0.0, portal=Portal(statement, bind)))
        types = statement.types + [0] * len(bind.values)
        unread = any(binary and not oid for binary, oid in zip(bind.binary, types, strict=False))
        copying = operation(statement.sql) == "COPY"
        return self._why(request, _LATER if copying else ("params",) if unread else ())

    def _why(self, request: dict[str, Any], unknown: Collection[str]) -> str:
        name = operation(request["sql"])
        if name in _LEAVING:
            return ""
        return self._objection(Observed(name, request, {}, source=self._decoder.role), unknown)

    def _failing(self, why: str) -> str:
        """Return a statement that fails as soon as it is read; the error will be told as ``why``."""
        self._count += 1
        mark = f"cxmock-refused-{self._count}"
        self._refusals[mark] = why
        if len(self._refusals) > WAITING_LIMIT:
            del self._refusals[next(iter(self._refusals))]
        return f"SELECT CAST('{mark}' AS integer)"

    def _explained(self, message: Message) -> bytes | None:
        """Return the error that takes the place of one that the server gave to what stood for a refused statement."""
        if chr(message.kind) != "E":
            return None
        mark = _MARK.search(say.read_error(message.payload).message)
        why = self._refusals.pop(mark[0], "") if mark else ""
        first, _, rest = why.partition("\n")
        return say.error(SQLSTATE, first, rest) if why else None


class _Passing:
    """One direction of a connection, message by message; no more is held than it takes to judge one."""

    def __init__(self) -> None:
        self._framer = Framer()
        self._held = b""
        self._left = 0
        """Bytes still to come of a message that was judged."""
        self._dropping = False

    @property
    def idle(self) -> bool:
        """Whether no message is under way."""
        return not self._held and not self._left

    def through(self, data: bytes, instead: Callable[[Message], bytes | None]) -> bytes:
        """Return ``data`` with messages replaced; the end of it may be returned only with what comes next."""
        messages = self._framer.feed(data)
        data = self._held + data
        passed: list[bytes] = []
        position = self._take(data, 0, self._left, passed)
        for message in messages:
            replacement = instead(message)
            self._dropping = replacement is not None
            if replacement is not None:
                passed.append(replacement)
            position = self._take(data, position, message.size + 5, passed)
        self._held = data[position:]
        if self._framer.broken:
            passed.append(self._held)
            self._held = b""
        return b"".join(passed)

    def _take(self, data: bytes, position: int, size: int, passed: list[bytes]) -> int:
        """Pass on, or drop, as much of ``size`` bytes as is here; return where they end."""
        end = min(position + size, len(data))
        self._left = size - (end - position)
        if not self._dropping:
            passed.append(data[position:end])
        return end
