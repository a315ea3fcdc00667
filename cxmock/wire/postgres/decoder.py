"""Watches a client's connection to PostgreSQL: one observation for each statement, with its role.

Shapes: a statement is ``{"sql": ..., "params": [...]}``, its result ``{"columns": [...], "rows": [[...]], "rowcount":
n}`` with the first rows only, or ``{"error": {"sqlstate": ..., "message": ...}}``. ``rowcount`` is that of the
command's tag, 0 where it has none. A bulk COPY is ``{"sql": ..., "copy": true}`` with ``{"rowcount": n, "bytes": n}``:
its data is counted, never read. A login is ``{"login": {"role", "database", "application"}}`` with ``{"ok": true}`` or
the error. Passwords are not looked at. The values are those of :mod:`cxmock.wire.postgres.values`.

How answers find their requests: the server answers in order. A simple query may hold several statements, each with a
completion of its own. In the extended protocol each Parse, Bind, Describe, Execute, Close has its own answer; after an
error the server passes over everything up to the next Sync.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any, Final

from cxmock.wire.observed import Observed
from cxmock.wire.postgres import messages as read
from cxmock.wire.postgres.framing import GSS_REQUEST, SSL_REQUEST, START, Framer, Message
from cxmock.wire.postgres.messages import PROTOCOL, Column
from cxmock.wire.postgres.sql import operation
from cxmock.wire.postgres.underway import Portal, Result, Statement, Step, request_facts

PENDING_LIMIT: Final = 65_536
"""Messages that may wait for their answers; with more the decoder gives up."""
STATEMENTS_KNOWN: Final = 1000
"""Prepared statements, and portals, that are remembered; the oldest are forgotten."""


class PostgresDecoder:
    """A :class:`~cxmock.wire.observed.Decoder` for PostgreSQL.

    Args:
        now: the observer's clock, for :attr:`Observed.began`.
    """

    def __init__(self, now: Callable[[], float] = lambda: 0.0) -> None:
        self._now = now
        self._client = Framer(client=True)
        self._server = Framer()
        self._pending: deque[Step] = deque()
        self._statements: dict[str, Statement] = {}
        self._portals: dict[str, Portal] = {}
        self._result: Result | None = None
        self._copying_in = False
        self._login: dict[str, str] = {}
        self._lost = False
        self.role = ""
        """Who logged in."""
        self.transaction = "I"
        """The server's word for the session's state: ``I`` idle, ``T`` in a transaction, ``E`` in a failed one."""

    @property
    def between_messages(self) -> bool:
        """Whether somebody has begun to log in, and neither side is in the middle of a message."""
        return bool(self.role) and not self._lost and self._client.between_messages and self._server.between_messages

    def statement(self, name: str) -> Statement | None:
        """Return a prepared statement that is known."""
        return self._statements.get(name)

    def upstream(self, data: bytes) -> list[Observed]:
        """Take bytes on their way to the server."""
        return self._take(self._client, data, self._asked, "from the client")

    def downstream(self, data: bytes) -> list[Observed]:
        """Take bytes on their way to the client; yields the exchanges which they complete."""
        return self._take(self._server, data, self._answered, "from the server")

    def _take(
        self, framer: Framer, data: bytes, handle: Callable[[Message, list[Observed]], None], whence: str
    ) -> list[Observed]:
        if self._lost:
            return []
        seen: list[Observed] = []
        why = ""
        try:
            for message in framer.feed(data):
                handle(message, seen)
        except read.MALFORMED as error:
            why = str(error)
        why = why or framer.broken
        if len(self._pending) > PENDING_LIMIT:
            why = f"over {PENDING_LIMIT} messages wait for their answers"
        if why:
            self._lost = True
            self._pending.clear()
            seen.append(Observed("undecodable", {"why": f"{whence}: {why}"}, {}, ok=False, source=self.role))
        return seen

    # What the client says

    def _asked(self, message: Message, seen: list[Observed]) -> None:
        kind, payload = chr(message.kind), message.payload
        if message.kind == START:
            self._start(payload)
        elif kind == "d":
            self._copied(message)
        elif kind == "Q":
            self._pending.append(Step("Q", self._now(), read.read_query(payload)))
        elif kind == "P":
            name, sql, types = read.read_parse(payload)
            self._remember(self._statements, name, Statement(sql, types))
            self._pending.append(Step("P", self._now(), sql, describes=self._statements[name]))
        elif kind == "B":
            bind = read.read_bind(payload)
            portal = Portal(self._statements.get(bind.statement) or Statement("", []), bind)
            self._remember(self._portals, bind.portal, portal)
            self._pending.append(Step("B", self._now(), portal=portal))
        elif kind == "D":
            of, name = read.read_name(payload)
            known = self._statements if of == "S" else self._portals
            self._pending.append(Step("D", self._now(), describes=known.get(name)))
        elif kind == "E":
            self._pending.append(Step("E", self._now(), portal=self._portals.get(read.read_execute(payload))))
        elif kind == "C":
            of, name = read.read_name(payload)
            (self._statements if of == "S" else self._portals).pop(name, None)
            self._pending.append(Step("C", self._now()))
        elif kind == "S":
            if not self._copying_in:  # the server passes over it there
                self._pending.append(Step("S", self._now()))
        elif kind in "cf":
            if not self._copying_in:
                self._pending.append(Step("c", self._now()))
            self._copying_in = False
        elif kind == "F":
            self._pending.append(Step("F", self._now(), "(function call)"))
        elif kind not in "pHX":
            raise ValueError(f"a client does not say {kind!r}")

    def _start(self, payload: bytes) -> None:
        code = int.from_bytes(payload[:4])
        if code in (SSL_REQUEST, GSS_REQUEST):
            self._server.expect_single()
        elif code >> 16 == PROTOCOL >> 16:
            given = read.read_startup(payload)
            self.role = given.get("user", "")
            self._login = {
                "role": self.role,
                "database": given.get("database", self.role),
                "application": given.get("application_name", ""),
            }
            self._pending.append(Step("login", self._now()))

    @staticmethod
    def _remember(known: dict[str, Any], name: str, what: object) -> None:
        known.pop(name, None)
        known[name] = what
        if len(known) > STATEMENTS_KNOWN:
            del known[next(iter(known))]

    # What the server says

    def _answered(self, message: Message, seen: list[Observed]) -> None:
        kind, payload = chr(message.kind), message.payload
        if kind == "D":
            self._open().add(payload, message.size)
        elif kind == "d":
            self._copied(message)
        elif kind in "CIs":
            self._complete(kind, payload, seen)
        elif kind == "T":
            self._described(read.read_columns(payload))
        elif kind == "t":
            if (head := self._head()) is not None and isinstance(head.describes, Statement):
                head.describes.types = read.read_types(payload)
        elif kind in "123":
            self._pop("PBC"[int(kind) - 1])
        elif kind == "n":
            self._pop("D")
        elif kind == "V":
            step = self._pop("F")
            seen.append(self._observed(step, request_facts(step), {"columns": [], "rows": [], "rowcount": 0}))
        elif kind in "SG" and message.size == 0:
            # The answer to a request for encryption.
            raise ValueError("encrypted")
        elif kind in "GHW":
            self._result = Result(copied=0)
            if kind == "G":
                self._begin_copy_in()
        elif kind == "E":
            self._failed(payload, seen)
        elif kind == "Z":
            self._ready(payload, seen)
        elif kind not in "RSKNAcv":
            raise ValueError(f"a server does not say {kind!r}")

    def _copied(self, message: Message) -> None:
        if self._result is not None and self._result.copied is not None:
            self._result.copied += message.size

    def _head(self) -> Step | None:
        """Return who waits first. The end of a COPY that never began waits for nothing."""
        while self._pending and self._pending[0].kind == "c":
            self._pending.popleft()
        return self._pending[0] if self._pending else None

    def _pop(self, kind: str) -> Step:
        head = self._head()
        if head is None or head.kind != kind:
            raise ValueError(f"an answer for {kind!r}, while {head.kind if head else 'nothing'!r} waits")
        return self._pending.popleft()

    def _described(self, columns: list[Column]) -> None:
        head = self._head()
        if head is not None and head.kind == "D":
            if head.describes is not None:
                head.describes.columns = columns
            self._pending.popleft()
        else:
            self._result = Result(columns)

    def _open(self) -> Result:
        """Return the answer under way; the rows of an Execute are announced by nothing but its portal."""
        if self._result is None:
            head = self._head()
            portal = head.portal if head is not None and head.kind == "E" else None
            self._result = Result(portal.result_columns() if portal is not None else [])
        return self._result

    def _complete(self, kind: str, payload: bytes, seen: list[Observed]) -> None:
        head = self._head()
        if head is None or head.kind not in ("Q", "E"):
            raise ValueError("a completion, while no statement waits")
        result, self._result = self._open(), None
        self._copying_in = False
        count = result.count if kind == "s" else read.read_count(payload) if kind == "C" else 0
        request = request_facts(head)
        response: dict[str, Any]
        if result.copied is not None:
            request = {"sql": request["sql"], "copy": True}
            response = {"rowcount": count, "bytes": result.copied}
        else:
            response = {"columns": [one.name for one in result.columns], "rows": result.rows, "rowcount": count}
        seen.append(self._observed(head, request, response))
        if head.kind == "Q":
            head.answered += 1
        else:
            self._pending.popleft()

    def _begin_copy_in(self) -> None:
        """Forget the Syncs that were sent before the data's end: the server passes over them."""
        head = self._head()
        later = list(self._pending)[1:]
        end = next((place for place, step in enumerate(later) if step.kind == "c"), None)
        before, after = (later, []) if end is None else (later[:end], later[end + 1 :])
        if head is not None:
            self._pending = deque([head, *(step for step in before if step.kind != "S"), *after])
        self._copying_in = end is None

    def _failed(self, payload: bytes, seen: list[Observed]) -> None:
        error = read.read_error(payload)
        response = {"error": {"sqlstate": error.sqlstate, "message": error.message}}
        self._result = None
        self._copying_in = False
        head = self._head()
        if head is None:
            seen.append(Observed("unsolicited", {"sql": "", "params": []}, response, ok=False, source=self.role))
        elif head.kind == "login":
            self._pending.popleft()
            seen.append(self._observed(head, {"login": self._login}, response, ok=False))
        elif head.kind == "Q":
            seen.append(self._observed(head, request_facts(head), response, ok=False))
        else:
            skipped: list[Step] = []
            while self._pending and self._pending[0].kind != "S":
                skipped.append(self._pending.popleft())
            failed = next((step for step in skipped if step.kind == "E"), head)
            seen.append(self._observed(failed, request_facts(failed), response, ok=False))

    def _ready(self, payload: bytes, seen: list[Observed]) -> None:
        self.transaction = chr(payload[0])
        self._result = None
        while self._pending:
            step = self._pending.popleft()
            if step.kind == "login":
                seen.append(self._observed(step, {"login": self._login}, {"ok": True}))
            if step.kind in ("login", "Q", "S"):
                break

    def _observed(self, step: Step, request: dict[str, Any], response: dict[str, Any], *, ok: bool = True) -> Observed:
        name = "LOGIN" if step.kind == "login" else operation(request["sql"])
        return Observed(name, request, response, ok, self.role, step.began)


def is_exchange(seen: Observed) -> bool:
    """Whether an observation is more than a login that went well."""
    return not (seen.ok and seen.operation == "LOGIN")
