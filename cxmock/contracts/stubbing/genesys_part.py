"""Plays OCS or Configuration Server from a contract: registered clients, canned answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cxmock.contracts.explaining import Explanation
from cxmock.contracts.model import Contract
from cxmock.contracts.stubbing.operation_stub import OperationStub
from cxmock.contracts.stubbing.situation import Situation
from cxmock.serving import Site
from cxmock.serving.genesys import Answer, Client, GenesysServer, Refused
from cxmock.topology import Connection
from cxmock.wire.genesys import FINAL_AFTER, Message
from cxmock.wire.genesys.enumerations import ErrorCode


class GenesysStub:
    """The server of connection 9 or 10, played from a contract. Any application may register.

    Args:
        contract: its messages over the row's transport are played.
        row: the connection.
    """

    def __init__(self, contract: Contract, row: Connection) -> None:
        self._contract = contract
        self._row = row
        (self._transport,) = row.transports
        self._stub = OperationStub(contract, self._transport)
        self._site: Site | None = None

    @property
    def states(self) -> Situation:
        """The provider states, which choose among answers to the same request."""
        return self._stub.states

    async def start(self, site: Site) -> None:
        """Serve on the documented port."""
        self._site = site
        self._stub = OperationStub(self._contract, self._transport, seed=site.seed, now=site.clock.now)
        server = GenesysServer(
            self._transport,
            register=lambda application: {"applicationName": application},
            answer=self._answer,
            row_of=lambda application: self._row.number if application == self._row.consumer else None,
        )
        (place,) = self._row.listens
        await server.listen(site, place.port)

    async def stop(self) -> None:
        """Stop serving."""
        if self._site is not None:
            await self._site.close()

    async def reset(self) -> None:
        """Forget the states that were chosen."""
        self._stub.reset()

    def _answer(self, client: Client, request: Message) -> Answer:
        told = self._stub.perform({"message": request.name, "attributes": request.attributes})
        if isinstance(told, Explanation):
            raise Refused(ErrorCode.UNKNOWN_MESSAGE, f"Not promised. {told}")
        answers = [request.answer(*_message(one)) for one in _messages(told)]
        if not answers or answers[-1].name in FINAL_AFTER:
            raise Refused(ErrorCode.FAILED, f"The contract promises an answer that has no end: {str(told)[:200]}")
        return answers


def _messages(told: Any) -> list[Any]:
    messages = told.get("messages") if isinstance(told, Mapping) else None
    return messages if isinstance(messages, list) else []


def _message(one: Any) -> tuple[str, dict[str, Any]]:
    said = one if isinstance(one, Mapping) else {}
    attributes = said.get("attributes")
    return str(said.get("message", "")), attributes if isinstance(attributes, dict) else {}
