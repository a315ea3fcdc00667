"""OAuth clients are managed by the operator."""

from __future__ import annotations

from typing import Any

import pytest

Call = Any
"""The caller of conftest.py."""

CXC = {
    "client_id": "external_api_client",
    "client_secret": "secret",
    "name": "External",
    "clientType": "CONFIDENTIAL",
    "internalClient": True,
    "authorizedGrantTypes": ["client_credentials", "refresh_token"],
    "authorities": ["ROLE_INTERNAL_CLIENT"],
    "redirectURIs": ["https://gws.example"],
    "accessTokenExpirationTimeout": 60,
    "refreshTokenExpirationTimeout": 120,
    "scope": ["*"],
}


@pytest.fixture
def operator(call: Call) -> Call:
    """Calls GWS with the operator's credentials."""
    call.headers["Authorization"] = call.arrange("the operator may manage clients")["authorization"]
    return call


def test_a_client_is_made_shown_changed_and_deleted(operator: Call) -> None:
    """Every field comes back but the secret; an update changes what it names."""
    path = "/auth/v3/ops/clients"
    made = operator("POST", path, json={"data": CXC}).json()
    shown = {name: value for name, value in CXC.items() if name not in ("client_secret", "internalClient")}
    assert made == {"status": {"code": 0}, "data": shown}
    assert [one["client_id"] for one in operator("GET", path).json()["data"]] == ["cx_contact", CXC["client_id"]]
    changed = operator("PUT", f"{path}/external_api_client", json={"data": {"redirectURIs": ["https://wwe.example"]}})
    assert changed.json()["data"] == {**shown, "redirectURIs": ["https://wwe.example"]}
    assert operator("GET", f"{path}/external_api_client").json()["data"]["redirectURIs"] == ["https://wwe.example"]
    assert operator("DELETE", f"{path}/external_api_client").json() == {"status": {"code": 0}}
    assert operator("GET", f"{path}/external_api_client").json()["status"]["code"] == 604


def test_a_new_client_gets_tokens_of_its_own_length(operator: Call) -> None:
    """Until it is deleted: then its tokens end too."""
    operator("POST", "/auth/v3/ops/clients", json={"data": CXC})
    proof = {"client_id": "external_api_client", "client_secret": "secret"}
    token = operator.token(grant_type="client_credentials", **proof)
    assert token.json()["expires_in"] == 60
    assert operator.token(grant_type="password", **proof).json()["error"] == "unauthorized_client"
    operator("DELETE", "/auth/v3/ops/clients/external_api_client")
    assert operator.gws.tokens == {}
    assert operator.token(grant_type="client_credentials", **proof).status == 401


@pytest.mark.parametrize(
    ("changes", "code", "message"),
    [
        ({"client_id": "cx_contact"}, 609, "There is a client cx_contact already."),
        ({"client_id": None}, 651, "client_id is missing."),
        ({"client_secret": None}, 651, "client_secret is missing."),
        ({"clientType": "SECRET"}, 652, "clientType is to be CONFIDENTIAL or PUBLIC."),
        ({"authorizedGrantTypes": ["magic"]}, 652, "There is no grant magic."),
        ({"authorizedGrantTypes": [1]}, 652, "authorizedGrantTypes is to be a list of texts."),
        ({"redirectURIs": "x"}, 652, "redirectURIs is to be a list."),
        ({"accessTokenExpirationTimeout": 0}, 652, "A token lives for a positive number of seconds."),
        ({"accessTokenExpirationTimeout": True}, 652, "accessTokenExpirationTimeout is to be an integer."),
    ],
)
def test_a_wrong_client_is_not_made(operator: Call, changes: dict[str, Any], code: int, message: str) -> None:
    """The reply says what is wrong, and nothing has changed."""
    response = operator("POST", "/auth/v3/ops/clients", json={"data": {**CXC, **changes}})
    assert response.json()["status"]["code"] == code
    assert response.json()["status"]["message"] == message
    assert list(operator.gws.clients) == ["cx_contact"]


@pytest.mark.parametrize(
    ("state", "message"),
    [("a token is valid", "This is for the operator."), (None, "These are not the operator's credentials.")],
)
def test_nobody_but_the_operator_manages_clients(call: Call, state: str | None, message: str) -> None:
    """A user's token does not do, nor do wrong credentials."""
    header = call.arrange(state)["authorization"] if state else "Basic b3BzOndyb25n"
    response = call("GET", "/auth/v3/ops/clients", headers={"Authorization": header})
    assert (response.status, response.json()["status"]["message"]) == (401, message)


@pytest.mark.parametrize(
    ("body", "code", "message"),
    [
        (b"", 652, "The body is not JSON."),
        (b"[]", 652, "The body is not a JSON object."),
        (b"{}", 651, "data is missing."),
        (b'{"data": 1}', 652, "data is to be an object."),
        (b'{"data":' + b"[" * 100_000, 652, "The body is not JSON."),
    ],
)
def test_a_body_without_an_envelope_is_refused(operator: Call, body: bytes, code: int, message: str) -> None:
    """What is wrong with it is said."""
    from cxmock.wire.http import Request

    response = operator.gws.answer(Request("POST", "/auth/v3/ops/clients", operator.headers, body))
    assert (response.json()["status"]["code"], response.json()["status"]["message"]) == (code, message)
