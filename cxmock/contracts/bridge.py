"""The bridge between Pact's verifier and everything that is not HTTP: provider states, and operations.

    POST /states/<row>                    {"state", "params", "action"} -> the values that the state gives
    POST /turns/<number>/states/<row>     the same, once it is that interaction's turn
    POST /transports/<row>/<transport>    {"description", "providerStates", "request": {"contents", "generators"}}
                                          -> what a client observed when it performed the operation

Whatever fails is answered with 404 or 422 and its explanation. Never with 5xx: Pact would ask eight times more, for two
minutes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from msgspec import ValidationError, convert

from cxmock.contracts.adapters import Adapter
from cxmock.contracts.arranging import Arrange
from cxmock.contracts.model import Message, State
from cxmock.contracts.state_values import fill_all
from cxmock.contracts.turns import Turns
from cxmock.errors.base import CxmockError
from cxmock.errors.states import UnknownState
from cxmock.serving import Routes
from cxmock.topology import CONNECTIONS
from cxmock.wire.http import Request, Response, from_json

NOT_FOUND = 404
REFUSED = 422


@dataclass
class _Row:
    """What the bridge remembers of a row between the calls for one interaction."""

    values: dict[str, Any] = field(default_factory=dict)
    used: bool = False
    explanations: list[str] = field(default_factory=list)


@dataclass
class Bridge:
    """Arranges states and performs operations for whoever verifies: Pact's engine of ours, or any Pact verifier.

    Args:
        arrange: brings about a state.
        adapter: gives the adapter of a row's transport.
        within: seconds for one state or operation.
    """

    arrange: Arrange
    adapter: Callable[[int, str], Adapter]
    within: float = 5.0
    routes = Routes()
    turns: Turns = field(default_factory=Turns)
    """Who of those that ask for states with a number may go on."""
    _rows: dict[int, _Row] = field(default_factory=dict)

    def begin(self, number: int) -> None:
        """Forget what earlier interactions of a row left."""
        self._rows[number] = _Row()

    def explanations(self, number: int) -> tuple[str, ...]:
        """Return why states or operations of a row failed since :meth:`begin`."""
        return tuple(self._row(number).explanations)

    async def answer(self, request: Request) -> Response:
        """Answer one call of a verifier."""
        answer = self.routes.answer(self, request)
        try:
            return answer if isinstance(answer, Response) else await answer
        except _NoRow as error:
            return Response.plain(f"{error}\n", NOT_FOUND)

    @routes("POST", "/states/{row}")
    async def change_state(self, request: Request) -> Response:
        """Bring about a provider state; return the values that it gives."""
        number = _number(request)
        row = self._row(number)
        if row.used:
            row.values, row.used = {}, False
        try:
            change = from_json(request.body)
            state = State(str(change.get("state") or ""), dict(change.get("params") or {}))
            # Pact asks for a nameless state where an interaction has none.
            if not state.name or change.get("action") == "teardown":
                return Response.of({})
            async with asyncio.timeout(self.within):
                values = await self.arrange(number, state.name, state.params)
        except UnknownState as error:
            return self._refuse(row, _said(error), NOT_FOUND)
        except Exception as error:
            return self._refuse(row, f"The state could not be arranged: {self._reason(error)}")
        row.values |= {**state.params, **values}
        return Response.of(dict(values))

    @routes("POST", "/turns/{turn}/states/{row}")
    async def change_state_in_turn(self, request: Request) -> Response:
        """Bring about a provider state as soon as it may be."""
        turn = request.params["turn"]
        if not (turn.isdecimal() and await self.turns.wait(int(turn))):
            return Response.plain("It is not asked for any more.\n", REFUSED)
        return await self.change_state(request)

    @routes("POST", "/transports/{row}/{transport}")
    async def perform(self, request: Request) -> Response:
        """Perform an operation against the live provider; return what was observed."""
        number = _number(request)
        row = self._row(number)
        row.used = True
        try:
            asked = convert(from_json(request.body).get("request", {}), Message)
            operation = fill_all(_operation(asked), asked.generators.body, row.values)
            adapter = self.adapter(number, request.params["transport"])
            async with asyncio.timeout(self.within):
                return Response.of(await adapter.perform(operation))
        except Exception as error:
            return self._refuse(row, f"The operation could not be performed: {self._reason(error)}")

    def _row(self, number: int) -> _Row:
        return self._rows.setdefault(number, _Row())

    def _refuse(self, row: _Row, explanation: str, status: int = REFUSED) -> Response:
        row.explanations.append(explanation)
        return Response.plain(explanation + "\n", status)

    def _reason(self, error: BaseException) -> str:
        if isinstance(error, CxmockError):
            return _said(error)
        if isinstance(error, TimeoutError):
            return f"it did not end within {self.within:g} s."
        return f"{type(error).__name__}: {error}"


class _NoRow(Exception):
    """The path names no row of the table."""


def _number(request: Request) -> int:
    text = request.params["row"]
    if not text.isdecimal() or not 1 <= int(text) <= len(CONNECTIONS):
        raise _NoRow(f"There is no connection {text[:20]}: the table has rows 1 to {len(CONNECTIONS)}.")
    return int(text)


def _said(error: CxmockError) -> str:
    return f"{error.what} {error.expected}".strip()


def _operation(asked: Message) -> Mapping[str, Any]:
    """Return the operation that a message's contents say."""
    content = asked.contents.value()
    if isinstance(content, (bytes, str)):
        content = from_json(content)
    if not isinstance(content, Mapping):
        raise ValidationError("an operation is a JSON object")
    return content
