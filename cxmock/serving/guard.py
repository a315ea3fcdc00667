"""Strict mode: a request that nobody promised an answer to is refused before it is performed, with the explanation.

Every place that performs requests asks the guard first. Who judges is handed in by the testbed: nothing here knows what
a contract is. While no connection is strict, the guard is false, and nothing else happens.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final, Protocol

from cxmock.wire.http import Request, Response
from cxmock.wire.observed import Observed

NAME: Final = "cxmock strict mode"
"""With which every refusal begins, so that nobody looks for it in the real system."""
HEADER: Final = "Cxmock-Strict-Mode"
"""The header of a refused HTTP request: the first sentence, for a HEAD, too."""
UNPROMISED: Final = 501
"""The HTTP status of a refusal: no promise has it, so no client takes it for an answer that it knows."""
TOLD: Final = 4000
"""Characters of an explanation that are sent where it is a text."""

Asked = Request | Mapping[str, Any]
"""A request as it came over HTTP, or in the shape that the contracts of its transport use."""


class Why(Protocol):
    """Why a request is not promised. As text it is for people."""

    @property
    def what(self) -> str:
        """The first sentence."""

    def facts(self) -> dict[str, Any]:
        """Return the whole as JSON."""


Judge = Callable[[str, str, Asked, Collection[str]], Why | None]
"""Told the transport, the operation's name for people, the request, and the fields of it that are not known yet."""


class Guard:
    """Who judges requests, by connection; one for a whole testbed.

    >>> guard = Guard()
    >>> bool(guard), guard.refusal(5, "redis", "GET", {"argv": ["GET", "a"]})
    (False, None)
    """

    def __init__(self) -> None:
        self.judges: dict[int, Judge] = {}
        self._lifted = 0

    def __bool__(self) -> bool:
        return bool(self.judges) and not self._lifted

    @contextmanager
    def lifted(self) -> Iterator[None]:
        """Refuse nothing meanwhile: whoever brings about a state, or goes back to the first one, is no consumer."""
        self._lifted += 1
        try:
            yield
        finally:
            self._lifted -= 1

    def refusal(
        self, number: int | None, transport: str, operation: str, request: Asked, unknown: Collection[str] = ()
    ) -> Why | None:
        """Return why a request on a connection is refused; None when it is to be performed. Safe from any thread.

        Args:
            number: the row of the table; None for what the table does not list.
            transport: as exchanges and contracts name it.
            operation: its name for people.
            request: what is asked.
            unknown: fields of the request that are known only later (what a file will hold): they are not looked at.
        """
        judge = self.judges.get(number) if number is not None else None
        return judge(transport, operation, request, unknown) if judge is not None else None


class Objection:
    """What the guard has against the requests of one tap: a :class:`~cxmock.wire.observed.Objection`.

    Args:
        guard: who is asked.
        transport: the name that the tap's exchanges carry.
        connection_of: which row a request belongs to.
        keep: which requests are exchanges: what is none always passes.
    """

    def __init__(
        self,
        guard: Guard,
        transport: str,
        connection_of: Callable[[Observed], int | None],
        keep: Callable[[Observed], bool],
    ) -> None:
        self._guard = guard
        self._transport = transport
        self._connection_of = connection_of
        self._keep = keep

    def __bool__(self) -> bool:
        return bool(self._guard)

    def __call__(self, asked: Observed, unknown: Collection[str] = ()) -> str:
        """Return why a request is refused, as text; empty where it is to be performed."""
        if not self._guard or not self._keep(asked):
            return ""
        number = self._connection_of(asked)
        why = self._guard.refusal(number, self._transport, asked.operation, asked.request, unknown)
        return told(why) if why is not None else ""


def told(why: Why) -> str:
    """Return a refusal as text, where it came from first, and no longer than a message may be."""
    text = f"{NAME}: {why}"
    return text if len(text) <= TOLD else text[: TOLD - 4] + " ..."


def one_line(text: str) -> str:
    """Return a text without its line breaks.

    >>> one_line("What.\\n  fix:      This.")
    'What. fix: This.'
    """
    return " ".join(text.split())


def not_promised(why: Why, *, strict: bool = False) -> Response:
    """Return the HTTP response to what is not promised: the explanation as JSON, in strict mode with its name."""
    if not strict:
        return Response.of({"error": "not promised", **why.facts()}, UNPROMISED)
    sentence = one_line(why.what).encode("ascii", "replace").decode()
    return Response.of({"error": "not promised", "by": NAME, **why.facts()}, UNPROMISED, {HEADER: sentence})
