"""What is said to Pact verifiers that are not ours."""

from __future__ import annotations

from collections.abc import Sequence

from cxmock.errors.base import CxmockError


class WhichProvider(CxmockError):
    """A request on a connection with several providers does not tell which of them is meant.

    >>> print(WhichProvider(4, "GET /cx-contact/v3/job", [], ["GET /cx-contact/v3/jobs"]))
    Connection 4: nobody promises to answer GET /cx-contact/v3/job.
      expected: A request of the contract. The nearest: GET /cx-contact/v3/jobs.
      why:      The connection has several providers; the contract tells which of them is asked.
      fix:      Verify the contract of this connection, or ask the provider at its own address.
    >>> print(WhichProvider(4, "GET /health", ["list-builder", "list-manager"], []))
    Connection 4: GET /health is promised by list-builder and list-manager.
      expected: A request that one provider alone promises to answer.
      why:      The connection has several providers; the contract tells which of them is asked.
      fix:      Verify the contract of this connection, or ask the provider at its own address.
    """

    def __init__(self, number: int, request: str, providers: Sequence[str], near: Sequence[str]) -> None:
        several = f"is promised by {' and '.join(providers)}"
        close = f" The nearest: {', '.join(near)}." if near else ""
        super().__init__(
            f"Connection {number}: {f'{request} {several}' if providers else f'nobody promises to answer {request}'}.",
            expected="A request that one provider alone promises to answer."
            if providers
            else f"A request of the contract.{close}",
            why="The connection has several providers; the contract tells which of them is asked.",
            fix="Verify the contract of this connection, or ask the provider at its own address.",
        )


class NotAsked(CxmockError):
    """The control address does not answer such a request.

    >>> print(NotAsked("GET /state/5"))
    The control address does not answer GET /state/5.
      expected: POST /states/<row>, POST /transports/<row>/<transport>, or /providers/<row>/<path>; rows are 1 to 13.
      fix:      Take the addresses from cxmock up --json: "states" and "transports".
    """

    def __init__(self, request: str) -> None:
        super().__init__(
            f"The control address does not answer {request}.",
            expected="POST /states/<row>, POST /transports/<row>/<transport>, or /providers/<row>/<path>; "
            "rows are 1 to 13.",
            fix='Take the addresses from cxmock up --json: "states" and "transports".',
        )
