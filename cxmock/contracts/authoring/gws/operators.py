"""What an operator does with OAuth clients, ``/auth/v3/ops/clients``."""

from __future__ import annotations

from typing import Any

from cxmock.contracts.authoring import (
    Ask,
    Row,
    assumed,
    containing,
    documented,
    each_like,
    from_state,
    given,
    integer,
    like,
    one_of,
)
from cxmock.contracts.authoring.gws.shared import done, refused

SCRIPTS = documented("Genesys' deployment scripts: paths and fields of OAuth clients")
SHAPES = assumed("the calls are documented; that a client is told in the words of the request, and no secret, is ours")
REFUSALS = assumed("the codes are observed; which one a fault has, and its HTTP status, are ours")

CLIENTS = "/auth/v3/ops/clients"
OPERATOR = given("the operator may manage clients")
AS_OPERATOR = {"Authorization": from_state("${authorization}", "Basic b3BzOnNlY3JldA==")}
KNOWN = given("client {client_id} is known", client_id="reports")
UNKNOWN = given("client {client_id} is not known", client_id="reports")
SHOWN: dict[str, Any] = {
    "client_id": "reports",
    "name": like("reports"),
    "clientType": one_of("CONFIDENTIAL", "PUBLIC"),
    "authorities": like(["ROLE_INTERNAL_CLIENT"]),
    "authorizedGrantTypes": each_like("client_credentials"),
    "redirectURIs": like([]),
    "accessTokenExpirationTimeout": integer(43200),
    "refreshTokenExpirationTimeout": integer(43200),
    "scope": each_like("*"),
}


def promise(row: Row) -> None:
    """Add the promises about OAuth clients."""
    new = {
        "client_id": "reports",
        "client_secret": like("secret"),
        "name": like("Reports"),
        "clientType": "CONFIDENTIAL",
        "authorizedGrantTypes": ["client_credentials"],
    }
    row.http(
        "an operator makes a client",
        SCRIPTS,
        Ask("POST", CLIENTS, headers=AS_OPERATOR, json={"data": new}),
        done({**SHOWN, "authorizedGrantTypes": ["client_credentials"]}),
        states=[OPERATOR, UNKNOWN],
    )
    row.http(
        "an operator is shown the clients",
        SHAPES,
        Ask("GET", CLIENTS, headers=AS_OPERATOR),
        done(containing(SHOWN)),
        states=[KNOWN, OPERATOR],
    )
    row.http(
        "an operator is shown a client",
        SHAPES,
        Ask("GET", f"{CLIENTS}/reports", headers=AS_OPERATOR),
        done(SHOWN),
        states=[KNOWN, OPERATOR],
    )
    row.http(
        "an operator changes a client",
        SHAPES,
        Ask("PUT", f"{CLIENTS}/reports", headers=AS_OPERATOR, json={"data": {"accessTokenExpirationTimeout": 600}}),
        done({**SHOWN, "accessTokenExpirationTimeout": 600}),
        states=[KNOWN, OPERATOR],
    )
    row.http(
        "an operator removes a client",
        SHAPES,
        Ask("DELETE", f"{CLIENTS}/reports", headers=AS_OPERATOR),
        done(),
        states=[KNOWN, OPERATOR],
    )
    _refusals(row, new)


def _refusals(row: Row, new: dict[str, Any]) -> None:
    def refuse(description: str, status: int, code: int, ask: Ask, *states: Any) -> None:
        row.http(description, REFUSALS, ask, refused(status, code), states=states)

    refuse(
        "a client that is there is not made again",
        409,
        609,
        Ask("POST", CLIENTS, headers=AS_OPERATOR, json={"data": new}),
        KNOWN,
        OPERATOR,
    )
    nobody, change = f"{CLIENTS}/nobody", {"data": {"accessTokenExpirationTimeout": 600}}
    for description, ask in (
        ("a client that nobody made is not shown", Ask("GET", nobody, headers=AS_OPERATOR)),
        ("a client that nobody made is not changed", Ask("PUT", nobody, headers=AS_OPERATOR, json=change)),
        ("a client that nobody made is not removed", Ask("DELETE", nobody, headers=AS_OPERATOR)),
    ):
        refuse(description, 404, 604, ask, OPERATOR)
    refuse("the clients are not for who is no operator", 401, 601, Ask("GET", CLIENTS))
