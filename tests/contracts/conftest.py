"""A small provider of our own, its contract, and what is needed to verify it."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from cxmock.contracts.authoring import (
    Answer,
    Ask,
    Row,
    documented,
    each_like,
    from_state,
    given,
    integer,
    like,
    regex,
    uuid,
)
from cxmock.contracts.authoring.writing import canonical
from cxmock.contracts.model import Contract
from cxmock.contracts.reading import contract_of
from cxmock.net.background import Background
from cxmock.net.http_server import Handler, HttpConnection
from cxmock.net.listener import Listener
from cxmock.net.tls import Authority
from cxmock.serving import Routes, States
from cxmock.wire.http import Request, Response

TOKEN = "2f1c7bf6-1d0e-4d2a-9a53-0a6a1f6b7c11"


@dataclass
class Library:
    """A provider to verify: it lends books to who has a token. ``change`` spoils its answers."""

    books: list[dict[str, Any]] = field(default_factory=list)
    token: str = TOKEN
    change: Callable[[Request, Response], Response] = lambda request, response: response
    routes = Routes()
    states = States()

    async def answer(self, request: Request) -> Response:
        return self.change(request, self.routes.answer(self, request))

    @routes("GET", "/books")
    def listed(self, request: Request) -> Response:
        """List the books."""
        if request.headers.get("authorization") != f"Bearer {self.token}":
            return Response.of({"status": {"code": 601, "message": "Who are you?"}}, 401)
        return Response.of({"books": self.books, "total": len(self.books)})

    @routes("POST", "/loans")
    def lend(self, request: Request) -> Response:
        """Lend a book."""
        loan = {"id": TOKEN, "book": request.json()["book"]}
        return Response.of(loan, 201, {"Location": f"/loans/{TOKEN}"})

    @states("there are {count} books")
    def there_are(self, count: int) -> dict[str, str]:
        """Fill the shelves, and give a token."""
        self.books = [{"id": number, "title": f"Book {number}"} for number in range(count)]
        return {"token": self.token}


def library_row() -> Row:
    """Return the library's contract, on row 11."""
    row = Row(11)
    guide = documented("the library's guide")
    row.http(
        "the books are listed",
        guide,
        Ask("GET", "/books", headers={"Authorization": from_state("Bearer ${token}", "Bearer x")}),
        Answer(200, json={"books": each_like({"id": integer(1), "title": "Book 1"}), "total": integer(1)}),
        states=[given("there are {count} books", count=3)],
    )
    row.http(
        "a stranger is refused",
        guide,
        Ask("GET", "/books"),
        Answer(401, json={"status": {"code": 601, "message": like("No.")}}),
    )
    row.http(
        "a book is lent",
        guide,
        Ask("POST", "/loans", json={"book": 7}),
        Answer(201, headers={"Location": regex("/loans/.+", "/loans/1")}, json={"id": uuid(), "book": 7}),
    )
    return row


def contract(row: Row) -> Contract:
    """Return an authored contract as it is read from its file."""
    return contract_of(canonical(row.document()).encode(), row.connection.contract)


@dataclass
class Place:
    """Serves handlers on loopback until the test ends."""

    background: Background
    listeners: list[Listener] = field(default_factory=list)

    def serve(self, handler: Handler, authority: Authority | None = None) -> str:
        """Serve ``handler`` and return its URL: of https where there is an authority, else of http."""
        return self._open(lambda secure: HttpConnection(handler, lambda *seen: None), authority)

    def raw(self, protocol: Callable[[], asyncio.BaseProtocol]) -> str:
        """Serve a protocol of any kind and return its http URL."""
        return self._open(lambda secure: protocol(), None)

    def _open(self, factory: Callable[[bool], asyncio.BaseProtocol], authority: Authority | None) -> str:
        async def opening() -> Listener:
            tls = authority.server_context("127.0.0.1") if authority else None
            listener = Listener(socket.create_server(("127.0.0.1", 0)), factory, plain=tls is None, tls=tls)
            listener.open()
            return listener

        listener = self.background.run(opening())
        self.listeners.append(listener)
        return f"{'https' if authority else 'http'}://127.0.0.1:{listener.address[1]}"

    def close(self) -> None:
        """Stop serving."""
        for listener in self.listeners:
            self.background.run(listener.close())


@pytest.fixture
def place(background: Background) -> Iterator[Place]:
    """Where a test can serve what it verifies."""
    place = Place(background)
    yield place
    place.close()


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """A CA."""
    return Authority(tmp_path_factory.mktemp("ca"))


@pytest.fixture(scope="module")
def ca_file(authority: Authority) -> Path:
    """The CA's certificate."""
    return authority.ca_file
